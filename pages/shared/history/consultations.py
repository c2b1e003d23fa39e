"""« Historique », « Consultations et accès »: the access log (files opened, downloads, sign-ins)."""

import pandas as pd
import streamlit as st

from db.model.office import Office
from db.model.roles import Role
from db.model.types import Context
from db.rows import access_log, history, records
from db.rows.access_log import LogLine
from pages.shared.history import search_form
from pages.shared.shell.session import open_office, roles

_PAGE_SIZE = 100


def show() -> None:
    """Show the search form, then the entries, latest first."""
    db = open_office()
    context = records.context(db)
    named = bool({Role.AGENT, Role.ADMIN} & roles())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="readings:strip"):
        name = search_form.choose("Par", history.names(db), "readings:who")
        action = search_form.choose("Quoi", list(access_log.ACTIONS), "readings:action", access_log.ACTIONS)
        person = search_form.person(db, context, "readings:person") if Role.AGENT in roles() else None
        since, until = search_form.days("readings")
    if since is None or until is None:
        return
    question = (name, action, person, since, until)

    def find(first: int) -> tuple[list[LogLine], int]:
        return access_log.find(db, name, action, person, since, until, first, _PAGE_SIZE)

    lines = search_form.page("readings", question, find, _PAGE_SIZE)
    if not lines:
        st.info("Aucune trace.")
        return
    show_table(db, lines, context, named)


def show_table(db: Office, lines: list[LogLine], context: Context, named: bool) -> None:
    """Show the entries as a table. ``named``: whether to show persons by name instead of by id."""
    rows = [
        (
            line.moment,
            line.who,
            access_log.ACTIONS.get(line.action, line.action),
            _person(line, context, named),
            line.detail,
        )
        for line in lines
    ]
    frame = pd.DataFrame(rows, columns=["Le", "Par", "Quoi", "Dossier", "Détail"])
    st.dataframe(frame, hide_index=True, alt="Consultations et accès", height="content")


def _person(line: LogLine, context: Context, named: bool) -> str:
    if line.person_id is None:
        return ""
    return context.title("person", line.person_id) if named else f"n° {line.person_id}"
