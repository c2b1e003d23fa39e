"""Screen « Réglages »: the office's own limits, fields and lists, and their export to another office."""

import streamlit as st

from db.model.dictionary import SETTING
from db.model.roles import Role
from db.storage import permissions
from pages.shared.office import documents, fields, limits, lists, model_file
from pages.shared.shell.session import roles, unrestricted_office

VIEWS = {
    "Limites et délais": limits.show,
    "Champs": fields.show,
    "Listes": lists.show,
    "Documents": documents.show,
    "Modèle": model_file.show,
    "Historique": limits.show_history,
}

permissions.require(roles(), Role.ADMIN)
st.title(SETTING.plural)
view = st.segmented_control(
    "Vue", list(VIEWS), default="Limites et délais", required=True, key="settings:view", label_visibility="collapsed"
)
VIEWS[view or "Limites et délais"](unrestricted_office(Role.ADMIN))
