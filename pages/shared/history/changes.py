"""« Historique », « Modifications »: search the changes, read them, undo an operation."""

from collections.abc import Iterator
from itertools import groupby

import streamlit as st

from db.base import instants
from db.base.errors import PaletteError
from db.base.french import french_instant
from db.model.dictionary import TABLES, WORK
from db.model.office import Office
from db.model.roles import Role
from db.model.types import Context
from db.people import duplicates
from db.rows import history, operations, records, undo
from db.rows.history import Change, Search
from db.rows.operations import Operation
from db.storage.connection import remembered
from pages.shared.history import search_form
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, roles, unrestricted_office, user_name
from pages.shared.shell.toasts import queue_toast

_PAGE_SIZE = 60
_LISTED = 6
_LONGEST_TEXT = 400
_ACTIONS = {
    "insert": "création", "update": "modification", "delete": "suppression", "restore": "rétablissement",
    "erase": "effacement",
}  # fmt: skip


def is_open() -> bool:
    """Whether the person signed in may read the changes."""
    return Role.AGENT in roles()


def show() -> None:
    """Show the search form, then the changes, latest first."""
    db = open_office()
    context = records.context(db)
    question = _ask(db, context)
    if question is None:
        return
    page = search_form.page(
        "changes", question, lambda first: history.find(db, question, context, first, _PAGE_SIZE), _PAGE_SIZE
    )
    if not page:
        st.info("Rien ne correspond." if question != Search() else "Rien encore dans l’historique.")
    show_list(db, page, context, "changes")


def _ask(db: Office, context: Context) -> Search | None:
    """Show the search form. Returns the question; None while a date cannot be parsed."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="changes:strip"):
        words = st.text_input("Mots", key="changes:words", width=200, placeholder="dans les valeurs")
        name = search_form.choose("Par", history.names(db), "changes:who")
        table = search_form.choose("Quoi", list(WORK), "changes:table", {one.name: one.plural for one in WORK.values()})
        action = search_form.choose("Action", list(_ACTIONS), "changes:action", _ACTIONS)
        person = search_form.person(db, context, "changes:person")
        since, until = search_form.days("changes")
    if since is None or until is None:
        return None
    return Search(name, table, action, person, since, until, words)


def show_list(
    db: Office, changes: list[Change], context: Context, key: str, of_person: int | None = None, settings: bool = False
) -> None:
    """Show changes by operation, each with its button « Défaire ». ``of_person``: the person whose file is shown, who
    is not named in every line. ``settings``: changes of settings, which an agent may not undo."""
    with st.container(gap="xsmall"):
        for operation, lines in _by_operation(db, changes):
            texts = [_sentence(db, change, context, of_person) for change in lines[:_LISTED]]
            _show(operation, lines, texts, f"{key}:{lines[0].id}", settings)


def _by_operation(db: Office, changes: list[Change]) -> Iterator[tuple[Operation | None, list[Change]]]:
    with_operation = [(operations.of_line(db, change.id), change) for change in changes]
    for _, group in groupby(with_operation, key=lambda pair: pair[0].id if pair[0] else -pair[1].id):
        pairs = list(group)
        yield pairs[0][0], [change for _, change in pairs]


def _show(operation: Operation | None, lines: list[Change], texts: list[str], key: str, settings: bool) -> None:
    """Show one operation: one line when it changed one row, else a heading and its first rows."""
    heading = f":gray[{lines[0].moment}] · **{escape_markdown(lines[0].who)}** "
    text = heading + texts[0]
    if len(lines) > 1:
        text = f"{heading} · {len(lines)} lignes\n" + "\n".join(f"- {line}" for line in texts)
    if len(lines) > _LISTED:
        text += f"\n- … et {len(lines) - _LISTED} autres"
    with st.container(horizontal=True, vertical_alignment="top"):
        st.markdown(text, width="stretch")
        _show_undo(operation, key, settings)


def _show_undo(operation: Operation | None, key: str, settings: bool) -> None:
    if operation is None:
        return
    if operation.undone_by:
        st.caption("défaite depuis", width="content")
    elif st.button("Défaire", key=f"{key}:undo", icon=":material/undo:", type="tertiary"):
        confirm(operation.id, settings)
    if operation.undoes:
        st.caption("défait une opération", width="content")


def _sentence(db: Office, change: Change, context: Context, of_person: int | None = None) -> str:
    """Return « a modifié **Aide Mobilité 06/03/2023** · Marchand Lou : Montant (…) » as Markdown."""
    label, title = TABLES[change.table].label, context.title(change.table, change.row_id)
    what = title if title.startswith(label) else f"{label} {title}"
    person = records.person_of(db, db.tables[change.table], change.row_id)
    name = context.title("person", person) if person else ""
    whose = f" · {escape_markdown(name)}" if name and person != of_person and name not in title else ""
    verb, _, values = change.sentence.removeprefix(change.who).strip().partition(" : ")
    short = values if len(values) < _LONGEST_TEXT else f"{values[:_LONGEST_TEXT]}…"
    detail = f" : {escape_markdown(short)}" if values else ""
    kept = duplicates.merged_into(db, change.row_id) if (change.table, change.action) == ("person", "delete") else None
    merged = f", réunie à **{escape_markdown(context.title('person', kept))}**" if kept else ""
    return f"{escape_markdown(verb)} **{escape_markdown(what)}**{whose}{detail}{merged}"


def _open(settings: bool) -> Office:
    return unrestricted_office(Role.ADMIN) if settings else open_office()


def last_today(tables: tuple[str, ...], settings: bool = False) -> Operation | None:
    """Return the last operation of the person signed in on one of these tables, if it was today."""
    db, name = _open(settings), user_name()
    last = remembered(db, ("last", name, tables), lambda: operations.last_of(db, name, *tables))
    return last if last and last.at[:10] == instants.now()[:10] else None


def show_last(tables: tuple[str, ...], key: str, settings: bool = False) -> None:
    """Show « Défaire » for the last operation of the person signed in on one of these tables, if it was today."""
    last = last_today(tables, settings)
    if last:
        help_text = f"Votre dernier enregistrement ici, le {french_instant(last.at)}"
        if st.button("Défaire", key=key, icon=":material/undo:", help=help_text):
            confirm(last.id, settings)


@st.dialog("Défaire cette opération ?")
def confirm(operation_id: int, settings: bool = False) -> None:
    """Show what will be undone, and the button. Undoing fails when one of these values was changed since."""
    db = _open(settings)
    context, operation = records.context(db), operations.get(db, operation_id)
    if operation is None:
        st.warning("Cette opération n’existe pas.")
        return
    lines = history.of_operation(db, operation, context)
    for change in lines[:_LISTED]:
        st.markdown(f"- {_sentence(db, change, context)}")
    if len(lines) > _LISTED:
        st.caption(f"… et {len(lines) - _LISTED} autres lignes.")
    st.caption("Tout revient comme avant, ou rien. L’historique le garde, et cela se défait aussi.")
    if st.button("Défaire l’opération", type="primary", key="undo:go"):
        try:
            undo.undo(db, operation_id, user_name())
        except PaletteError as error:
            st.error(escape_markdown(str(error)))
        else:
            queue_toast("Défait.", ":material/undo:")
            st.rerun()
