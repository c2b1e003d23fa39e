"""Screen « Entretiens et démarches »: contacts and steps with the time they took, stages, and periods of rights."""

import streamlit as st

from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.session import open_office

db = open_office()
st.title(db.tables["intervention"].plural)
table = choose_table([db.tables[name] for name in ("intervention", "stage", "benefit")], "follow_up")
edit_grid(db, table, table.name)
