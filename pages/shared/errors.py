"""What a person reads when something broke that nobody foresaw: a French sentence; server/logs.py keeps the log."""

import streamlit as st

from db.errors import PaletteError


def show(error: Exception) -> bool:
    """Say it in French: Palette's own errors are sentences already. True: nothing else is to be shown."""
    if isinstance(error, PaletteError):
        st.error(str(error))
    else:
        st.error(
            "Palette a rencontré une erreur sur cette page. Ce qui était enregistré l’est toujours ; rechargez-la."
        )
    return True
