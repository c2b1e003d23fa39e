"""Screen « Aides » : every aid in one editable grid, and what each person has left under the ceiling."""

import streamlit as st

from db.dictionary import AID
from pages.shared.grid import edit_grid
from pages.shared.session import office

st.title(AID.plural)
edit_grid(office(), AID, "aid")
