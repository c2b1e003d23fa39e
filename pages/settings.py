"""Screen « Réglages » : the office's own limits and alert delays."""

import streamlit as st

from db.access import Role
from db.dictionary import SETTING
from pages.shared import safety
from pages.shared.form import edit_form
from pages.shared.session import beyond

st.title(SETTING.plural)
st.caption("Un changement vaut aussitôt pour toute l’équipe, et reste dans l’historique.")
turn = st.session_state.setdefault("settings:turn", 0)  # a new form after each save, so that it shows what was kept
with st.container(width=640):
    if edit_form(beyond(Role.ADMIN), SETTING, f"form:settings:{turn}", 1, {}):
        st.session_state["settings:turn"] = turn + 1
        st.rerun()
safety.show()
