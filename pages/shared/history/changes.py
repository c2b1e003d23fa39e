"""« Historique », what was changed: look for it, read it, take it back."""

from collections.abc import Iterator
from itertools import groupby

import streamlit as st

from db.base import instants
from db.base.errors import PaletteError
from db.base.french import french_instant
from db.model.dictionary import FILES, TABLES
from db.model.office import Office
from db.model.roles import Role
from db.model.types import Context
from db.people import duplicates
from db.rows import history, operations, records, undo
from db.rows.history import Asked, Change
from db.rows.operations import Operation
from db.storage.connection import remembered
from pages.shared.history import search_form
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, roles, unrestricted_office, user_name
from pages.shared.shell.toasts import queue_toast

_SIZE = 60
_FIRST = 6
_SHORT = 400
_ACTIONS = {
    "insert": "création", "update": "modification", "delete": "suppression", "restore": "rétablissement",
    "erase": "effacement",
}  # fmt: skip


def is_open() -> bool:
    """Whether this tab may read what the changes say."""
    return Role.AGENT in roles()


def show() -> None:
    """The conditions, then the changes, latest first."""
    db = open_office()
    context = records.context(db)
    asked = _ask(db, context)
    if asked is None:
        return
    page = search_form.page("changes", asked, lambda first: history.find(db, asked, context, first, _SIZE), _SIZE)
    if not page:
        st.info("Rien ne correspond." if asked != Asked() else "Rien encore dans l’historique.")
    show_list(db, page, context, "changes")


def _ask(db: Office, context: Context) -> Asked | None:
    """What is looked for; None while a date cannot be read."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="changes:strip"):
        words = st.text_input("Mots", key="changes:words", width=200, placeholder="dans les valeurs")
        name = search_form.choose("Par", history.names(db), "changes:who")
        table = search_form.choose(
            "Quoi", list(FILES), "changes:table", {one.name: one.plural for one in FILES.values()}
        )
        action = search_form.choose("Action", list(_ACTIONS), "changes:action", _ACTIONS)
        person = search_form.person(db, context, "changes:person")
        since, until = search_form.days("changes")
    if since is None or until is None:
        return None
    return Asked(name, table, action, person, since, until, words)


def show_list(
    db: Office, changes: list[Change], context: Context, key: str, of_person: int | None = None, settings: bool = False
) -> None:
    """Changes by operation, each with its way back. ``of_person``: whose file it is, named once for all.

    ``settings``: of what an administrator sets, which is beyond an agent's rights.
    """
    with st.container(gap="xsmall"):
        for operation, lines in _by_operation(db, changes):
            told = [_told(db, change, context, of_person) for change in lines[:_FIRST]]
            _show(operation, lines, told, f"{key}:{lines[0].id}", settings)


def _by_operation(db: Office, changes: list[Change]) -> Iterator[tuple[Operation | None, list[Change]]]:
    with_operation = [(operations.of_line(db, change.id), change) for change in changes]
    for _, group in groupby(with_operation, key=lambda pair: pair[0].id if pair[0] else -pair[1].id):
        found = list(group)
        yield found[0][0], [change for _, change in found]


def _show(operation: Operation | None, lines: list[Change], told: list[str], key: str, settings: bool) -> None:
    """One operation: a line when it changed one row, otherwise a heading and its first rows."""
    heading = f":gray[{lines[0].moment}] · **{escape_markdown(lines[0].who)}** "
    text = heading + told[0]
    if len(lines) > 1:
        text = f"{heading} · {len(lines)} lignes\n" + "\n".join(f"- {one}" for one in told)
    if len(lines) > _FIRST:
        text += f"\n- … et {len(lines) - _FIRST} autres"
    with st.container(horizontal=True, vertical_alignment="top"):
        st.markdown(text, width="stretch")
        _way_back(operation, key, settings)


def _way_back(operation: Operation | None, key: str, settings: bool) -> None:
    if operation is None:
        return
    if operation.undone_by:
        st.caption("annulée depuis", width="content")
    elif st.button("Annuler", key=f"{key}:undo", icon=":material/undo:", type="tertiary"):
        confirm(operation.id, settings)
    if operation.undoes:
        st.caption("annulation", width="content")


def _told(db: Office, change: Change, context: Context, of_person: int | None = None) -> str:
    """« a modifié **Aide Mobilité 06/03/2023** de Marchand Lou : Montant (…) »."""
    label, title = TABLES[change.table].label, context.title(change.table, change.row_id)
    what = title if title.startswith(label) else f"{label} {title}"
    person = records.person_of(db, db.tables[change.table], change.row_id)
    hers = context.title("person", person) if person else ""
    whose = f" · {escape_markdown(hers)}" if hers and person != of_person and hers not in title else ""
    verb, _, told = change.sentence.removeprefix(change.who).strip().partition(" : ")
    said = f" : {escape_markdown(told if len(told) < _SHORT else told[:_SHORT] + '…')}" if told else ""
    kept = duplicates.merged_into(db, change.row_id) if (change.table, change.action) == ("person", "delete") else None
    merged = f", réunie à **{escape_markdown(context.title('person', kept))}**" if kept else ""
    return f"{verb} **{escape_markdown(what)}**{whose}{said}{merged}"


def _file(settings: bool) -> Office:
    return unrestricted_office(Role.ADMIN) if settings else open_office()


def show_last(tables: tuple[str, ...], key: str, settings: bool = False) -> None:
    """« Annuler »: the way back from what this very person saved last in one of these tables, today."""
    db, name = _file(settings), user_name()
    last = remembered(db, ("last", name, tables), lambda: operations.last_of(db, name, *tables))
    if last and last.at[:10] == instants.now()[:10]:
        told = f"Votre dernier enregistrement ici, le {french_instant(last.at)}"
        if st.button("Annuler", key=key, icon=":material/undo:", help=told):
            confirm(last.id, settings)


@st.dialog("Annuler cette opération ?")
def confirm(operation_id: int, settings: bool = False) -> None:
    """What will be as before, and the button. What somebody changed since is never overwritten."""
    db = _file(settings)
    context, operation = records.context(db), operations.get(db, operation_id)
    if operation is None:
        st.warning("Cette opération n’existe pas.")
        return
    lines = history.of_operation(db, operation, context)
    for change in lines[:_FIRST]:
        st.markdown(f"- {_told(db, change, context)}")
    if len(lines) > _FIRST:
        st.caption(f"… et {len(lines) - _FIRST} autres lignes.")
    st.caption("Tout revient comme avant, ou rien. L’annulation est elle-même dans l’historique, et peut être annulée.")
    if st.button("Annuler l’opération", type="primary", key="undo:go"):
        try:
            undo.undo(db, operation_id, user_name())
        except PaletteError as error:
            st.error(str(error).replace("\n", "\n\n- "))
        else:
            queue_toast("Annulé.", ":material/undo:")
            st.rerun()
