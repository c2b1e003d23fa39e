"""Screen « Réglages » : the office's own limits, fields and lists, and the file that takes them elsewhere."""

import streamlit as st

from db import access
from db.access import Role
from db.dictionary import SETTING
from pages.shared import office_fields, office_limits, office_lists, office_model
from pages.shared.session import beyond, roles

VIEWS = {
    "Limites et délais": office_limits.show,
    "Champs": office_fields.show,
    "Listes": office_lists.show,
    "Modèle": office_model.show,
    "Historique": office_limits.show_history,
}

access.require(roles(), Role.ADMIN)
st.title(SETTING.plural)
view = st.segmented_control(
    "Vue", list(VIEWS), default="Limites et délais", required=True, key="settings:view", label_visibility="collapsed"
)
VIEWS[view or "Limites et délais"](beyond(Role.ADMIN))
