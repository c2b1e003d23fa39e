"""What a person reads when something broke that nobody foresaw: a French sentence; server/logs.py keeps the log."""

import sqlite3

import streamlit as st

from db.base.errors import PaletteError
from db.base.sqlite_errors import palette_error

_UNFORESEEN = "Palette a rencontré une erreur sur cette page. Ce qui était enregistré l’est toujours ; rechargez-la."


def show(error: Exception) -> bool:
    """Say it in French: Palette's own errors are sentences already. True: nothing else is to be shown."""
    told = palette_error(error) if isinstance(error, sqlite3.Error) else error
    st.error(str(told) if isinstance(told, PaletteError) else _UNFORESEEN)
    return True
