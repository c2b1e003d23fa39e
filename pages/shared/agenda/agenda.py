"""The appointments of today, and those of a week."""

from datetime import date, timedelta

import streamlit as st

from db.base.french import capitalised, french_date, french_day, french_number, french_time
from db.model.dictionary import APPOINTMENT
from db.model.lists import AGENTS, APPOINTMENT_STATES
from db.model.office import Office
from db.model.types import Context
from db.rows import appointments, records
from db.rows.records import Row
from pages.shared.agenda import lines
from pages.shared.form import dialog
from pages.shared.shell.markdown import escape_markdown

_WEEK = "agenda:week"
_DONE = {"came": ":material/check_circle:", "absent": ":material/cancel:", "excused": ":material/event_busy:"}
_EVERYBODY = ""


def show_today(db: Office) -> None:
    """Show the card of today's appointments, at the top of « Aujourd’hui »."""
    today = records.today()
    rows, context = appointments.of_days(db, today, today), records.context(db)
    with st.container(border=True, key="agenda-today"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Rendez-vous du jour**", width="stretch")
            st.badge(french_number(len(rows)), color="blue" if rows else "gray")
            if st.button(APPOINTMENT.new, icon=":material/add:", key="agenda:today:new"):
                dialog.edit_dialog(APPOINTMENT.name)
            if st.button("La semaine", icon=":material/calendar_view_week:", type="tertiary", key="agenda:week-link"):
                st.switch_page("agenda.py")
        if not rows:
            st.caption("Aucun rendez-vous aujourd’hui.")
        meetings = appointments.noted_meetings(db, rows)
        for row in rows:
            lines.show(db, row, context, meetings, "today")


def show_week(db: Office) -> None:
    """Show the days of one week side by side, with the buttons that lead to the week before and after."""
    monday, agent = _choose_week(db)
    last = monday + timedelta(days=6)
    rows, context = appointments.of_days(db, monday.isoformat(), last.isoformat(), agent or None), records.context(db)
    days = [monday + timedelta(days=number) for number in range(7)]
    shown = [
        day for day in days if day.weekday() < 5 or any(row.values["planned_on"] == day.isoformat() for row in rows)
    ]
    for day, column in zip(shown, st.columns(len(shown), gap="small"), strict=True):
        with column:
            _show_day(day, [row for row in rows if row.values["planned_on"] == day.isoformat()], context)


def _choose_week(db: Office) -> tuple[date, str]:
    """Show the tools of the week. Returns its Monday and the colleague chosen, '' for everybody."""
    today = date.fromisoformat(records.today())
    monday: date = st.session_state.setdefault(_WEEK, today - timedelta(days=today.weekday()))

    def go(days: int) -> None:
        st.session_state[_WEEK] = monday + timedelta(days=days) if days else today - timedelta(days=today.weekday())

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        before, after = "icon-only:agenda:before", "icon-only:agenda:after"
        st.button("Semaine précédente", icon=":material/chevron_left:", key=before, on_click=go, args=(-7,))
        st.button("Cette semaine", key="agenda:now", on_click=go, args=(0,))
        st.button("Semaine suivante", icon=":material/chevron_right:", key=after, on_click=go, args=(7,))
        st.markdown(
            f"**Du {french_date(monday.isoformat())} au {french_date((monday + timedelta(days=6)).isoformat())}**",
            width="content",
        )
        labels = records.context(db).labels[AGENTS.name]
        agent: str | None = st.selectbox(
            "Avec",
            [_EVERYBODY, *labels],
            format_func=lambda code: labels.get(code, "Toute l’équipe"),
            label_visibility="collapsed",
            key="agenda:agent",
            width=200,
        )
    return monday, agent or _EVERYBODY


def _show_day(day: date, rows: list[Row], context: Context) -> None:
    is_today = day.isoformat() == records.today()
    name = french_day(day.isoformat())
    short = capitalised(f"{name[:3]}. {day:%d/%m}")
    with st.container(border=True, gap="small", height="stretch", key=f"agenda:day:{day}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":blue[**{short}**]" if is_today else f"**{short}**", width="stretch")
            label, key = f"Nouveau rendez-vous le {name}", f"icon-only:agenda:new:{day}"
            if st.button(label, icon=":material/add:", type="tertiary", key=key):
                dialog.edit_dialog(APPOINTMENT.name, None, {"planned_on": day.isoformat()})
        if not rows:
            st.caption("–")
        with st.container(gap=None):
            for row in rows:
                _show_row(row, context)


def _show_row(row: Row, context: Context) -> None:
    values = row.values
    state = APPOINTMENT_STATES.values[values["state"]]
    label = f"**{french_time(values['starts_at'])}** {escape_markdown(context.title('person', values['person_id']))}"
    icon = _DONE.get(values["state"], lines.icon(row))
    if st.button(label, key=f"agenda:row:{row.id}", icon=icon, type="tertiary", help=_help(state, values["purpose"])):
        dialog.edit_dialog(APPOINTMENT.name, row.id)


def _help(state: str, purpose: str | None) -> str:
    return escape_markdown(" · ".join(filter(None, (state, purpose))))
