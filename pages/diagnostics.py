"""Screen « Diagnostics » : skills, potential, obstacles, resources; and the action plans that follow."""

import streamlit as st

from db.model.dictionary import ACTION, DIAGNOSTIC
from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.session import office

st.title(DIAGNOSTIC.plural)
table = choose_table([DIAGNOSTIC, ACTION], "diagnostics")
edit_grid(office(), table, table.name)
