"""Show an unhandled exception of a page as a French sentence. server/logs.py writes it to the log."""

import sqlite3

import streamlit as st

from db.base.errors import PaletteError
from db.base.sqlite_errors import palette_error
from pages.shared.shell.markdown import escape_markdown

_UNEXPECTED = "Palette a rencontré une erreur sur cette page. Ce qui était enregistré l’est toujours ; rechargez-la."


def show(error: Exception) -> bool:
    """Show an exception in French and return True, which tells Streamlit to show nothing else."""
    known = palette_error(error) if isinstance(error, sqlite3.Error) else error
    st.error(escape_markdown(str(known)) if isinstance(known, PaletteError) else _UNEXPECTED)
    return True
