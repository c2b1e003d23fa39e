"""Screen « Orientations »: requests for orientation, with the computed verdict and its reasons."""

import streamlit as st

from db.model.dictionary import ORIENTATION
from pages.shared.grid.grid import edit_grid
from pages.shared.shell.session import open_office

st.title(ORIENTATION.plural)
st.caption(
    "L’avis se calcule : 60 ans et plus, accompagnement ailleurs, mobilité, emploi alimentaire. "
    "On peut s’en écarter, avec un motif écrit ; une sollicitation ponctuelle reste toujours possible."
)
db = open_office()
edit_grid(db, db.tables["orientation"], "orientation")
