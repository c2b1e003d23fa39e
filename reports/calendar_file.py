"""Appointments as iCalendar (RFC 5545), for the calendars of the team: times in Europe/Paris, and no name.

A person is her initials or the number of her file, as the office chooses. Purpose, place and notes stay in Palette,
because they may say more; where or how she is met is a word of a list.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from db.model.dictionary import APPOINTMENT, PERSON
from db.model.lists import APPOINTMENT_WAYS
from db.model.office import Office
from db.rows import records
from db.rows.queries import Filter, Query
from db.rows.records import Row

TYPE = "text/calendar"
_SUMMER_TIME = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZNAME:CEST
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""Directive 2000/84/EC. What icalendar 7.3 makes by itself lists days until 2038, at the hour after each change instead
of the hour before it, and some clients read it wrongly."""
_ZONE = ZoneInfo("Europe/Paris")
_PAST = 31
"""Days before today that a calendar still shows."""
_MOST = 5_000
_STATUS = {"confirmed": "CONFIRMED", "came": "CONFIRMED", "planned": "TENTATIVE"}
"""What is not named here was cancelled."""


def calendar_bytes(db: Office, agent: str, today: str) -> bytes:
    """Return the appointments of one colleague (a code of the list « agent ») from a month ago on. ``today``: ISO."""
    since = (date.fromisoformat(today) - timedelta(days=_PAST)).isoformat()
    wanted = (Filter("agent", "in", (agent,)), Filter("planned_on", "between", (since, None)))
    return _bytes(
        db, records.read(db, db.tables[APPOINTMENT.name], Query(wanted, sort=("planned_on",), size=_MOST)).rows
    )


def appointment_bytes(db: Office, appointment: int) -> bytes:
    """Return one appointment. Raises NotFoundError."""
    return _bytes(db, [records.get(db, db.tables[APPOINTMENT.name], appointment)])


def _bytes(db: Office, rows: list[Row]) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Palette//Agenda//FR")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Palette")
    calendar.add_component(Timezone.from_ical(_SUMMER_TIME))
    named, changed = _names(db, rows), _changed(db, rows)
    for row in rows:
        calendar.add_component(_event(db, row, named[row.values["person_id"]], changed[row.id]))
    content: bytes = calendar.to_ical()
    return content


def _event(db: Office, row: Row, name: str, changed: datetime) -> Event:
    values, event = row.values, Event()
    begins = datetime.fromisoformat(f"{values['planned_on']}T{values['starts_at']}").replace(tzinfo=_ZONE)
    ways = records.context(db).labels[APPOINTMENT_WAYS.name]
    event.add("uid", f"rendez-vous-{row.id}@palette")
    event.add("sequence", row.version)
    event.add("dtstamp", changed)
    event.add("dtstart", begins)
    event.add("duration", timedelta(minutes=values["minutes"]))
    event.add("summary", f"Rendez-vous {name}")
    event.add("location", ways.get(values["way"], ""))
    event.add("status", _STATUS.get(values["state"], "CANCELLED"))
    event.add("class", "PRIVATE")
    return event


def _names(db: Office, rows: list[Row]) -> dict[int, str]:
    """Return the number of each person -> what a calendar calls her."""
    ids = list({row.values["person_id"] for row in rows})
    by_number = records.get(db, db.tables["setting"], 1).values["calendar_name"] == "number"
    people = {row.id: row.values for row in records.rows(db, db.tables[PERSON.name], ids)}

    def name(number: int) -> str:
        if by_number or number not in people:
            return f"n°\u00a0{number}"
        return "\u00a0".join(f"{people[number][field][0].upper()}." for field in ("first_name", "last_name"))

    return {number: name(number) for number in ids}


def _changed(db: Office, rows: list[Row]) -> dict[int, datetime]:
    """Return the id of each appointment -> the moment of its last change, which calendars compare."""
    marks = ", ".join("?" * len(rows))
    sql = f"""SELECT row_id, max(at) FROM history WHERE table_name = 'appointment' AND row_id IN ({marks})
      GROUP BY row_id"""
    return {row_id: datetime.fromisoformat(at) for row_id, at in db.execute(sql, [row.id for row in rows])}
