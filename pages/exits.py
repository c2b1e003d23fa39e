"""Screen « Sorties » : who left the RSA or the accompaniment, when and why."""

import streamlit as st

from db.dictionary import EXIT
from pages.shared.grid import edit_grid
from pages.shared.session import office

st.title(EXIT.plural)
edit_grid(office(), EXIT, "exit")
