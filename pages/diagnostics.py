"""Screen « Diagnostics »: diagnostics (skills, obstacles, resources) and the actions planned from them."""

import streamlit as st

from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.session import open_office

db = open_office()
st.title(db.tables["diagnostic"].plural)
table = choose_table([db.tables[name] for name in ("diagnostic", "action")], "diagnostics")
edit_grid(db, table, table.name)
