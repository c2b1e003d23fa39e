"""« Réglages », limits and delays: their form, the state of the backups, and the history of all settings."""

import streamlit as st

from db.model.dictionary import OFFICE
from db.model.office import Office
from db.rows import history, records
from pages.shared.form.form import edit_form, key_of
from pages.shared.history import changes as past_changes
from pages.shared.shell import backup_status

_LATEST = 200


def show(db: Office) -> None:
    """Show the single row of limits as a form."""
    st.caption("Un changement vaut aussitôt pour toute l’équipe, et reste dans l’historique.")
    with st.container(width=640):
        if edit_form(db, db.tables["setting"], key_of("setting", 1), 1, {}):
            st.rerun()
    backup_status.show()
    backup_status.show_code(db)


def show_history(db: Office) -> None:
    """Show the changes of settings, latest first; each can be undone."""
    st.caption("Qui a changé un réglage, un champ ou une liste. « Défaire » reprend une opération entière.")
    context = records.context(db)
    changes = history.of_tables(db, tuple(OFFICE), context, _LATEST)
    if not changes:
        st.info("Rien encore.")
    past_changes.show_list(db, changes, context, "settings:history", settings=True)


def show_last(key: str) -> None:
    """Show « Défaire » for the last change of fields, lists and limits by the person signed in."""
    past_changes.show_last(tuple(OFFICE), key, settings=True)
