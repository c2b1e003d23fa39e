"""Screen « Réglages » : the office's own limits and alert delays."""

import streamlit as st

from db.connection import office
from db.dictionary import SETTING
from pages.shared.form import edit_form

st.title(SETTING.plural)
st.caption("Un changement vaut aussitôt pour toute l’équipe, et reste dans l’historique.")
with st.container(width=640):
    if edit_form(office(), SETTING, "settings", 1, {}):
        st.rerun()
