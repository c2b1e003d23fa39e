"""What follows a meeting: the next appointment, an action of the plan. Shown under its form; asked when a new one is
saved while no appointment is to come."""

from typing import Any

import streamlit as st

from db.base.errors import NotFoundError
from db.model.dictionary import ACTION, APPOINTMENT, CER, DIAGNOSTIC, INTERVENTION, PERSON
from db.model.office import Office
from db.rows import overview, records
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office
from reports import calendar_file

Form = tuple[str, dict[str, Any]]
"""A table, and the values that a new row of it begins with."""
_ASKED = "after-meeting:asked"
_MET = ("meeting", "workshop_visit")


def buttons(db: Office, meeting: int) -> Form | None:
    """Show the buttons of what follows a meeting. Returns the form that is wanted."""
    found = records.rows(db, db.tables[INTERVENTION.name], [meeting])
    if not found:
        return None
    person = found[0].values["person_id"]
    glance = overview.of_person(db, person, records.today())
    plan = _plan(glance)
    with st.container(horizontal=True):
        if st.button("Prochain rendez-vous", icon=":material/event:", key=f"after:{meeting}:appointment"):
            return APPOINTMENT.name, {"person_id": person, "agent": glance.person.values["agent"]}
        help_text = None if plan else "Une action demande un diagnostic ou un contrat."
        is_wanted = st.button(
            ACTION.new, icon=":material/task_alt:", key=f"after:{meeting}:action", disabled=not plan, help=help_text
        )
    return (ACTION.name, {"person_id": person, **plan}) if is_wanted else None


def _plan(glance: overview.Overview) -> dict[str, int]:
    """Return to which plan a new action belongs: that of the contract, else of the diagnosis."""
    if glance.contract:
        return {f"{CER.name}_id": glance.contract.id}
    return {f"{DIAGNOSTIC.name}_id": glance.diagnostic.id} if glance.diagnostic else {}


def saved(db: Office, meeting: int) -> None:
    """Note that a new meeting was saved: what follows is asked in the next run, if no appointment is to come."""
    found = records.rows(db, db.tables[INTERVENTION.name], [meeting])
    if not found or not (found[0].values["appointment_id"] or found[0].values["kind"] in _MET):
        return
    person = records.rows(db, db.tables[PERSON.name], [found[0].values["person_id"]])
    if person and person[0].values["without_appointment"]:
        st.session_state[_ASKED] = meeting


def is_asked() -> bool:
    """Return whether what follows is to be asked in this run."""
    return _ASKED in st.session_state


def ask(open_form: Any) -> None:
    """Ask what follows, once. ``open_form``: called with the table and the values of the form that is wanted."""
    _ask(st.session_state.pop(_ASKED), open_form)


@st.dialog("Et ensuite ?")
def _ask(meeting: int, open_form: Any) -> None:
    db = open_office()
    try:
        row = records.get(db, db.tables[INTERVENTION.name], meeting)
    except NotFoundError:  # a colleague deleted it meanwhile
        st.rerun()
    name = records.context(db).title(PERSON.name, row.values["person_id"])
    st.markdown(f"Aucun rendez-vous n’est prévu avec **{escape_markdown(name)}**.")
    wanted = buttons(db, meeting)
    if wanted:
        open_form(*wanted)
    if st.button("Rien pour l’instant", type="tertiary", key=f"after:{meeting}:nothing"):
        st.rerun()


def calendar_button(appointment: int) -> None:
    """Show the button that downloads one appointment for a calendar, without a name."""
    name = f"rendez-vous-{appointment}.ics"

    def make(office: Office) -> bytes:
        return calendar_file.appointment_bytes(office, appointment)

    download_button(
        "Pour mon agenda (.ics)", make, name, calendar_file.TYPE, f"ics:{appointment}", icon=":material/event:"
    )
