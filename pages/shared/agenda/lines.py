"""One appointment on a line, with what is done most: noting what became of it, and the meeting that came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import streamlit as st

from db.base.errors import InvalidError, PaletteError
from db.base.french import french_time
from db.model.dictionary import APPOINTMENT, INTERVENTION
from db.model.lists import APPOINTMENT_STATES
from db.model.office import Office
from db.model.types import Context
from db.rows import appointments, records
from db.rows.records import Row
from pages.shared.form import dialog
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

_PUT_OFF, _OPEN = "Reporter…", "Modifier…"
_COLORS = {"planned": "gray", "confirmed": "blue", "came": "green", "excused": "orange", "absent": "red"}
_ICONS = {
    "office": "desk", "workshop": "home_work", "phone": "call", "video": "videocam", "elsewhere": "location_on",
}  # fmt: skip


def show(db: Office, row: Row, context: Context, meetings: Mapping[int, int], key: str) -> None:
    """Show an appointment on a line. ``meetings``: of an appointment -> its meeting."""
    values = row.values
    person = context.title("person", values["person_id"])
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"appointment-line:{key}:{row.id}"
    ):
        with st.container(gap=None, width="stretch"):
            label = f"**{hours(row)}**\u2002{escape_markdown(person)}"
            if st.button(label, key=f"{key}:{row.id}:person", type="tertiary", help="Ouvrir le dossier"):
                st.switch_page("person.py", query_params={"dossier": str(values["person_id"])})
            st.caption(_details(db, row, context))
            for _, why in row.marks.values():  # not in the caption, whose pale text would make it hard to read
                st.markdown(f":orange-badge[:material/warning: {escape_markdown(why)}]")
        state = APPOINTMENT_STATES.values[values["state"]]
        st.markdown(f":{_COLORS[values['state']]}-badge[{escape_markdown(state)}]", width="content")
        _actions(db, row, meetings.get(row.id), key)


def hours(row: Row) -> str:
    """Return « 9 h – 10 h »."""
    begins = datetime.strptime(row.values["starts_at"], "%H:%M")
    ends = begins + timedelta(minutes=row.values["minutes"])
    return f"{french_time(row.values['starts_at'])} – {french_time(f'{ends:%H:%M}')}"


def icon(row: Row) -> str:
    """Return the icon of where or how an appointment takes place."""
    return f":material/{_ICONS.get(row.values['way'], 'event')}:"


def _details(db: Office, row: Row, context: Context) -> str:
    table = db.tables[APPOINTMENT.name]
    names = ("way", "place", "purpose", "agent")
    texts = [table.field(name).type.show(row.values[name], context) for name in names]
    parts = [escape_markdown(text) for text in texts if text]
    return f"{icon(row)} " + " · ".join(parts)


def _actions(db: Office, row: Row, meeting: int | None, key: str) -> None:
    """Show the buttons of an appointment, and do what is pressed."""
    state = row.values["state"]
    if state == "came":
        label = "Compte rendu" if meeting is None else "Voir le compte rendu"
        if st.button(label, icon=":material/edit_note:", key=f"{key}:{row.id}:note"):
            _open_meeting(row, meeting)
    else:
        came = "Noter la venue et écrire le compte rendu"
        if st.button("Venu", icon=":material/check:", key=f"{key}:{row.id}:came", help=came) and _set(db, row, "came"):
            _open_meeting(row, meeting)
    others = [code for code in APPOINTMENT_STATES.values if code not in (state, "moved", "came")]
    chosen = st.menu_button(
        "Autre",
        [*others, _PUT_OFF, _OPEN],
        format_func=lambda code: APPOINTMENT_STATES.values.get(code, code),
        key=f"{key}:{row.id}:more",
        type="tertiary",
    )
    if chosen == _PUT_OFF:
        put_off_dialog(row)
    elif chosen == _OPEN:
        dialog.edit_dialog(APPOINTMENT.name, row.id)
    elif chosen and _set(db, row, chosen):
        st.rerun()


def _open_meeting(row: Row, meeting: int | None) -> None:
    if meeting is None:
        dialog.open_later(INTERVENTION.name, appointments.meeting_of(row))
    else:
        dialog.open_later(INTERVENTION.name, {}, meeting)


def _set(db: Office, row: Row, state: str) -> bool:
    """Note what became of an appointment; show why it cannot be. Returns whether it was noted."""
    try:
        appointments.set_state(db, row, state, user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return False
    queue_toast(f"{APPOINTMENT_STATES.values[state]} : noté")
    return True


@st.dialog("Reporter le rendez-vous")
def put_off_dialog(row: Row) -> None:
    """Ask for another day and time, and put the appointment off."""
    db = open_office()
    context = records.context(db)
    st.markdown(f"Pour **{escape_markdown(context.title('person', row.values['person_id']))}**")
    with st.container(horizontal=True):
        day = st.text_input("Nouveau jour *", placeholder="jj/mm/aaaa", key=f"put_off:{row.id}:day")
        time = st.text_input("Heure *", french_time(row.values["starts_at"]), key=f"put_off:{row.id}:time")
    if not st.button("Reporter", type="primary", key=f"put_off:{row.id}:save"):
        return
    if not day.strip():
        st.error("Le nouveau jour manque.")
        return
    try:
        appointments.put_off(db, row, day, time, user_name())
    except InvalidError as error:
        for problem in error.problems:
            st.error(escape_markdown(str(problem)))
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        queue_toast("Rendez-vous reporté")
        st.rerun()
