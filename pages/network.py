"""Screen « Réseau »: partners, needs observed in the field, collective projects."""

import streamlit as st

from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.session import open_office

db = open_office()
st.title("Réseau")
table = choose_table([db.tables[name] for name in ("partner", "need", "project")], "network")
edit_grid(db, table, table.name)
