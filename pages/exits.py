"""Screen « Sorties »: exits from the RSA or from accompaniment, with date and reason, in an editable grid."""

import streamlit as st

from db.model.dictionary import EXIT
from pages.shared.grid.grid import edit_grid
from pages.shared.shell.session import open_office

st.title(EXIT.plural)
db = open_office()
edit_grid(db, db.tables["exit"], "exit")
