"""Appointments: those of some days, what became of one, put off to another day, and the meeting that came of it."""

from typing import Any

from db.model.dictionary import APPOINTMENT
from db.model.office import Office
from db.rows import records
from db.rows.queries import Filter, Query
from db.rows.records import Edit, Row
from db.rows.transactions import writing

_MOST = 2_000
_KINDS = {
    "office": "meeting",
    "workshop": "workshop_visit",
    "phone": "phone",
    "video": "meeting",
    "elsewhere": "meeting",
}
"""Where or how somebody was met -> the kind of the intervention."""


def of_days(db: Office, first: str, last: str, agent: str | None = None) -> list[Row]:
    """Return the appointments from one ISO day to another, both included, in order of time; those of one colleague if
    ``agent`` is given. One that was put off is found on its new day alone."""
    filters = [Filter("planned_on", "between", (first, last))]
    if agent:
        filters.append(Filter("agent", "in", (agent,)))
    found = records.read(
        db, db.tables[APPOINTMENT.name], Query(tuple(filters), sort=("planned_on", "starts_at"), size=_MOST)
    )
    return [row for row in found.rows if row.values["state"] != "moved"]


def set_state(db: Office, appointment: Row, state: str, who: str) -> None:
    """Note what became of an appointment. Raises as ``records.save_all``."""
    records.save(db, db.tables[APPOINTMENT.name], Edit({"state": state}, appointment.id, appointment.version), who)


def put_off(db: Office, appointment: Row, day: str, time: str, who: str) -> int:
    """Mark an appointment as put off and make the same one on another day, in one operation. ``day`` and ``time``: as
    typed. Returns the id of the new one. Raises as ``records.save_all``."""
    table = db.tables[APPOINTMENT.name]
    kept = {field.name: appointment.values[field.name] for field in table.fields}
    following = {**kept, "planned_on": day, "starts_at": time, "state": "planned"}
    edits = [Edit({"state": "moved"}, appointment.id, appointment.version), Edit(following)]
    with writing(db):
        return records.save_within(db, table, edits, who)[1].row_id


def meeting_of(appointment: Row) -> dict[str, Any]:
    """Return what the form of the meeting begins with: who, when, how long, how, and what was planned."""
    values = appointment.values
    purpose = f"Prévu\u00a0: {values['purpose']}\n\n" if values["purpose"] else None
    return {
        "person_id": values["person_id"],
        "appointment_id": appointment.id,
        "happened_on": values["planned_on"],
        "minutes": values["minutes"],
        "kind": _KINDS.get(values["way"], "meeting"),
        "note": purpose,
    }


def noted_meetings(db: Office, appointments: list[Row]) -> dict[int, int]:
    """Return the id of an appointment -> that of the meeting that came of it, for those that have one."""
    marks = ", ".join("?" * len(appointments))
    sql = f"""SELECT appointment_id, min(id) FROM intervention
      WHERE deleted_at IS NULL AND appointment_id IN ({marks}) GROUP BY appointment_id"""
    return dict(db.execute(sql, [row.id for row in appointments]).fetchall())
