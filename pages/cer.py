"""Screen « CER »: all contracts in an editable grid."""

import streamlit as st

from pages.shared.grid.grid import edit_grid
from pages.shared.shell.session import open_office

st.title("CER et contrats d’engagement")
st.caption(
    "Ouvrez un contrat (↗) pour préparer son renouvellement. Les CER encore en cours sont à remplacer par un contrat "
    "d’engagement avant le 01/01/2027 : filtrez « À remplacer »."
)
db = open_office()
edit_grid(db, db.tables["cer"], "cer")
