"""Screen « Historique »: the changes, each of which can be undone, and the access log. Not named history.py, to avoid
confusion with db/rows/history.py."""

import streamlit as st

from pages.shared.history import changes, consultations

VIEWS = {"Modifications": changes.show, "Consultations et accès": consultations.show}

st.title("Historique")
allowed = list(VIEWS) if changes.is_open() else ["Consultations et accès"]
view = st.segmented_control(
    "Vue", allowed, default=allowed[0], required=True, key="changes:view", label_visibility="collapsed"
)
VIEWS[view or allowed[0]]()
