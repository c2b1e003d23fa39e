"""Screen « Contrats »: all contracts in an editable grid."""

import streamlit as st

from pages.shared.grid.grid import edit_grid
from pages.shared.shell.session import open_office

st.title("Contrats")
st.caption(
    "Contrats d’engagement et CER, du projet au terme. Ouvrez un contrat (↗) pour préparer celui qui le suit. Les CER "
    "encore en cours sont à remplacer avant le 01/01/2027 : filtrez « À remplacer »."
)
db = open_office()
edit_grid(db, db.tables["cer"], "cer")
