"""Screen « Réseau » : partners, needs met in the field, collective projects."""

import streamlit as st

from db.dictionary import NEED, PARTNER, PROJECT
from pages.shared.grid import edit_grid
from pages.shared.session import office
from pages.shared.tabs import choose_table

st.title("Réseau")
table = choose_table([PARTNER, NEED, PROJECT], "network")
edit_grid(office(), table, table.name)
