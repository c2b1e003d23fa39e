"""A card of « Aujourd’hui »: how many rows wait for something and why, the first of them, and what is done with one."""

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from db.base.errors import InvalidError, PaletteError
from db.base.french import french_number
from db.model.dictionary import EXIT, INTERVENTION
from db.model.fields import OfficeTable
from db.model.lists import AFTER_EXITS, APPOINTMENT_STATES
from db.model.office import Office
from db.model.types import Context, Date
from db.people import waiting
from db.people.waiting import Reminder
from db.rows import appointments, records
from db.rows.records import Edit, Row
from pages.shared.form import dialog
from pages.shared.grid.view import show_among, show_only
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

_LISTED = 5
_LATER, _DONE = "Plus tard…", "Fait : ne plus le montrer"
_WEEK, _MONTH = "Dans une semaine", "Dans un mois"
_DAYS = {_WEEK: 7, _MONTH: 30}


def show_all(db: Office) -> None:
    """Show a card for each reminder of which something waits; then, in a sentence, those of which nothing does."""
    today, nothing = records.today(), []
    waiting.number(db, today, anew=True)
    with st.grid(2, min_column_width=340):
        for reminder in waiting.REMINDERS_IN_ORDER:
            ids = waiting.waiting(db, reminder, today)
            if ids:
                _show_card(db, reminder, ids)
            else:
                nothing.append(reminder.title)
    if nothing:
        st.caption(f"Rien n’attend : {', '.join(map(_as_words, nothing))}.")


def _as_words(label: str) -> str:
    """Return a label within a sentence."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def _show_card(db: Office, reminder: Reminder, ids: list[int]) -> None:
    table, context = db.tables[reminder.table], records.context(db)
    with st.container(border=True, height="stretch", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{reminder.title}**", width="stretch")
            st.badge(french_number(len(ids)), color="orange")
        st.caption(waiting.reason(db, reminder))
        with st.container(gap=None, key=f"{reminder.code}:waiting"):
            for row in records.rows(db, table, ids[:_LISTED]):
                _show_row(row, table, reminder, context)
        if len(ids) > _LISTED:
            label = f"Voir les {french_number(len(ids))}"
            if st.button(label, key=f"{reminder.code}:all", icon=":material/arrow_forward:", type="tertiary"):
                _open_grid(db, table, reminder, ids)


def _open_grid(db: Office, table: OfficeTable, reminder: Reminder, ids: list[int]) -> None:
    """Open the screen of the table on what waits. By filters where there are some: they hold when rows change."""
    screen = reminder.screen.removesuffix(".py")
    key = screen if reminder.table == "person" else reminder.table
    conditions = reminder.conditions(db, records.today())
    if conditions:
        show_only(table, key, conditions, (reminder.day,) if reminder.day else ())
    else:
        show_among(table, key, reminder.title, ids)
    st.session_state[f"{screen}:table"] = reminder.table
    st.switch_page(reminder.screen)


def _show_row(row: Row, table: OfficeTable, reminder: Reminder, context: Context) -> None:
    person = row.values["person_id"] if table.belongs_to_person else row.id
    shown = [name for name in (reminder.day, reminder.detail) if name]
    texts = [table.column(name).type.show(row.values[name], context) for name in shown]
    parts = (
        [*texts[:1], context.title("person", person), *texts[1:]] if reminder.day else [context.title("person", person)]
    )
    key = f"{reminder.code}:{row.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{reminder.code}:{row.id}:row"):
        with st.container(width="stretch"):
            label = escape_markdown(" · ".join(filter(None, parts)))
            if st.button(label, key=key, type="tertiary", icon=":material/chevron_right:"):
                st.switch_page("person.py", query_params={"dossier": str(person)})
        _show_actions(row, reminder)


_NOTE = "Écrire le compte rendu"
_CAME, _ABSENT, _EXCUSED = "Venu : écrire le compte rendu", "Absent", "Excusé"
_STATES = {_CAME: "came", _ABSENT: "absent", _EXCUSED: "excused"}
_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "to_settle": tuple(_STATES),
    "without_note": (_NOTE,),
    "to_ask": tuple(AFTER_EXITS.values),
}
"""Reminder -> what answers it."""


def _show_actions(row: Row, reminder: Reminder) -> None:
    """Show the menu that answers a reminder, or sets it aside."""
    answers = _ANSWERS.get(reminder.code, ())
    chosen = st.menu_button(
        "Répondre, plus tard, fait",
        [*answers, _WEEK, _MONTH, _LATER, _DONE],
        icon=":material/more_horiz:",
        format_func=lambda option: AFTER_EXITS.values.get(option, option),
        key=f"icon-only:{reminder.code}:{row.id}",
        type="tertiary",
    )
    if chosen is not None and chosen in AFTER_EXITS.values:
        _answer_dialog(row, chosen)
    elif chosen == _NOTE or chosen in _STATES:
        _settle(row, _STATES.get(chosen))
    elif chosen == _LATER:
        _later_dialog(reminder, row.id)
    elif chosen:
        days = _DAYS.get(chosen)
        _set_aside(reminder, row.id, (date.today() + timedelta(days)).isoformat() if days else None)


def _settle(row: Row, state: str | None) -> None:
    """Note what became of an appointment, if that is asked; open the form of its meeting if the person came."""
    try:
        if state:
            appointments.set_state(open_office(), row, state, user_name())
            queue_toast(f"{APPOINTMENT_STATES.values[state]} : noté")
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    if state in (None, "came"):
        dialog.open_later(INTERVENTION.name, appointments.meeting_of(row))
    st.rerun()


def _set_aside(reminder: Reminder, row_id: int, until: str | None) -> None:
    try:
        waiting.set_aside(open_office(), reminder, row_id, until, user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        queue_toast("Rappel remis à plus tard" if until else "Rappel fait")
        st.rerun()


@st.dialog("Plus tard")
def _later_dialog(reminder: Reminder, row_id: int) -> None:
    text = st.text_input("Me le rappeler le *", placeholder="jj/mm/aaaa", key=f"{reminder.code}:{row_id}:until")
    if not st.button("Remettre à ce jour", type="primary"):
        return
    try:
        until = Date().read(text, Context({}))
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    if until is None or until <= records.today():
        st.error("Choisissez un jour à venir.")
        return
    _set_aside(reminder, row_id, until)


@st.dialog("Que devient la personne ?")
def _answer_dialog(row: Row, became: str) -> None:
    """Keep the answer of somebody who left, with the day on which it was asked."""
    db = open_office()
    person = records.context(db).title("person", row.values["person_id"])
    st.markdown(f"**{escape_markdown(person)}** : {_as_words(AFTER_EXITS.values[became])}")
    news = st.text_input("En une ligne", key=f"to_ask:{row.id}:news", max_chars=300)
    if not st.button("Enregistrer", type="primary"):
        return
    values = {"asked_on": records.today(), "became": became, "news": news or None}
    try:
        records.save(db, db.tables[EXIT.name], Edit(values, row.id, row.version), user_name())
    except InvalidError as error:
        for problem in error.problems:
            st.error(escape_markdown(str(problem)))
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        queue_toast("Nouvelles enregistrées")
        st.rerun()
