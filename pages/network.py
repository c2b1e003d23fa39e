"""Screen « Réseau » : partners, needs met in the field, collective projects."""

import streamlit as st

from db.model.dictionary import NEED, PARTNER, PROJECT
from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.session import office

st.title("Réseau")
table = choose_table([PARTNER, NEED, PROJECT], "network")
edit_grid(office(), table, table.name)
