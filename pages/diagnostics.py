"""Screen « Diagnostics » : skills, potential, obstacles, resources; and the action plans that follow."""

import streamlit as st

from db.dictionary import ACTION, DIAGNOSTIC
from pages.shared.grid import edit_grid
from pages.shared.session import office
from pages.shared.tabs import choose_table

st.title(DIAGNOSTIC.plural)
table = choose_table([DIAGNOSTIC, ACTION], "diagnostics")
edit_grid(office(), table, table.name)
