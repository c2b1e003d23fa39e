"""Who works, in this browser tab. Until Palette has a door, the person says it in the sidebar."""

import streamlit as st

from db import records
from db.connection import Database

_KEY = "who"


def who() -> str:
    """The name that the history writes for what this tab saves."""
    return str(st.session_state.get(_KEY) or "La CIPA")


def choose_who(db: Database) -> None:
    """Show who is at work, and let another of the team say so."""
    names = list(records.context(db).labels["agent"].values())
    st.sidebar.selectbox("Vous êtes", names, key=_KEY, help="Votre nom dans l’historique de ce que vous enregistrez.")
