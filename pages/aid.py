"""Screen « Aides »: all aids in an editable grid, with what each person has left under the ceiling."""

import streamlit as st

from db.model.dictionary import AID
from pages.shared.grid.grid import edit_grid
from pages.shared.shell.session import open_office

st.title(AID.plural)
db = open_office()
edit_grid(db, db.tables["aid"], "aid")
