"""The form of a row in a dialog, from any screen, and what follows when a form has ended."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from db.base.errors import PaletteError
from db.model.dictionary import ACTION, APPOINTMENT, CER, INTERVENTION, PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import contracts, records
from db.rows.records import Row
from pages.shared.form import after_meeting, drafts, form, letters, printing
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

_PENDING = "form:pending"
Wanted = tuple[str, Mapping[str, Any], int | None]
"""The form of a row: its table, the values of a new one, the id of an existing one."""


def edit_dialog(table_name: str, row_id: int | None = None, fixed: Mapping[str, Any] | None = None) -> None:
    """Open the form of a new row (``row_id`` None) or of an existing one in a dialog. ``fixed``: preset values."""
    table = open_office().tables[table_name]
    form.forget(form.key_of(table_name, row_id))
    st.dialog(table.new if row_id is None else table.label, width="large", dismissible=False)(_dialog)(
        table, row_id, fixed or {}
    )


def _dialog(table: OfficeTable, row_id: int | None, fixed: Mapping[str, Any]) -> None:
    db = open_office()
    ended = form.edit_form(db, table, form.key_of(table.name, row_id), row_id, fixed)
    if ended:
        open_created(table, row_id, ended)
        note_created(db, table, row_id, ended)
        st.rerun()
    following = show_below(db, table, row_id)
    if following:
        open_later(*following)


def open_created(table: OfficeTable, row_id: int | None, ended: form.Ended) -> None:
    """Go to the file of a person who was just created by the form of a new row."""
    if table.name == PERSON.name and row_id is None and ended.row_id is not None:
        st.switch_page("person.py", query_params={"dossier": str(ended.row_id)})


def note_created(db: Office, table: OfficeTable, row_id: int | None, ended: form.Ended) -> None:
    """Ask in the next run what follows a meeting that was just noted."""
    if table.name == INTERVENTION.name and row_id is None and ended.row_id is not None:
        after_meeting.saved(db, ended.row_id)


def show_below(db: Office, table: OfficeTable, row_id: int | None) -> Wanted | None:
    """Show, below the form of an existing row, what is done with it: the letters about it, the next contract, what
    follows a meeting, an appointment for a calendar. Returns the form that is wanted next. Buttons that lead to another
    form are disabled while this one has unsaved changes, which would be lost."""
    found = records.rows(db, table, [row_id]) if row_id is not None else []
    if row_id is None or not found:  # a new row, or a colleague deleted it
        return None
    if table.name == CER.name:
        following = _next_contract(db, table, found[0])
        return (CER.name, {}, following) if following else None
    letters.show(db, table, row_id)
    if table.name == APPOINTMENT.name:
        after_meeting.calendar_button(row_id)
    if table.name == INTERVENTION.name and not st.session_state.get(f"{form.key_of(table.name, row_id)}:changed"):
        wanted = after_meeting.buttons(db, row_id)
        return (*wanted, None) if wanted else None
    return None


def _next_contract(db: Office, table: OfficeTable, contract: Row) -> int | None:
    """Show what the actions of the contract before came to, the document of this one, and the button that prepares the
    next one. Returns the id of that contract once it is pressed."""
    row_id = contract.id
    _show_contract_before(db, contract)
    changed = bool(st.session_state.get(f"{form.key_of(table.name, row_id)}:changed"))
    help_text = "Enregistrez d’abord ce que vous avez changé." if changed else None
    label, icon = "Préparer le contrat suivant", ":material/event_repeat:"
    with st.container(horizontal=True):
        printing.show(contract)
        wanted = st.button(label, icon=icon, disabled=changed, help=help_text)
    if not wanted:
        return None
    try:
        following = contracts.prepare_next(db, row_id, records.today(), user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return None
    queue_toast("Contrat suivant préparé : un projet, à signer")
    return following


def _show_contract_before(db: Office, contract: Row) -> None:
    """Show the review of the contract that this one replaces, and the state of each of its actions."""
    before = records.rows(db, db.tables[CER.name], list(filter(None, [contract.values["replaces_id"]])))
    if not before:
        return
    context, state, review = records.context(db), db.tables[ACTION.name].field("state").type, before[0].values["review"]
    with st.expander("Le contrat d’avant : ce que chaque action est devenue"):
        lines = [
            f"- {escape_markdown(one.values['objective'])} : **{state.show(one.values['state'], context)}**"
            for one in contracts.actions_of(db, before[0].id)
        ]
        st.markdown("\n".join(lines) or "Son plan ne contient aucune action.")
        if review:
            st.markdown(f"**Bilan** : {escape_markdown(review)}")


def open_later(table_name: str, fixed: Mapping[str, Any], row_id: int | None = None) -> None:
    """Open a form in a dialog in the next run: Streamlit opens one dialog per run. It takes the place of a form beside
    the grid, which may be the same one; what was written there is kept as a draft."""
    st.session_state.pop(form.BESIDE, None)
    st.session_state[_PENDING] = (table_name, row_id, dict(fixed))
    st.rerun()


def show_pending() -> None:
    """Open the form requested by ``open_later`` in the previous run, if any."""
    if _PENDING in st.session_state:
        edit_dialog(*st.session_state.pop(_PENDING))
    elif after_meeting.is_asked():
        after_meeting.ask(open_later)


def show_drafts() -> None:
    """Show the menu of what the person signed in was writing, and open the form of what is chosen."""
    chosen = drafts.menu(open_office())
    if chosen:
        open_later(chosen.form.table, chosen.form.fixed, chosen.form.row_id)
