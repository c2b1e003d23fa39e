"""The agenda of the demonstration: what was planned before the meetings of everybody, and what was missed.

Kept since 2025, and drawn from a generator of its own: nothing else of the demonstration changes with it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest
from random import Random

from db.demo.days import days, working, working_before
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import Story
from db.demo.texts import load

AGENDA_BEGINS = date(2025, 1, 6)
_PURPOSES = load("appointments")
_WAYS = {"meeting": "office", "workshop_visit": "workshop", "phone": "phone"}
"""Kind of an intervention -> where or how it was planned; the others are not planned."""
_PHONED = 0.4
"""Share of the telephone calls that had been planned."""
_TIMES = ("09:00", "14:00", "10:15", "15:15", "11:15", "16:15", "13:00", "17:15", "08:00")
_LENGTHS = {"office": 60, "workshop": 60, "phone": 30}
_GAP = 45
"""Days between two meetings in which somebody may miss three appointments in a row."""

Slots = dict[tuple[date, str], int]
"""Day and colleague -> how many of ``_TIMES`` are taken."""


def add_appointments(stories: list[Story]) -> None:
    """Add the appointments of everybody to their stories."""
    taken: Slots = {}
    for story in stories:
        rng = Random(f"{SEED} appointments {story.index}")
        for meeting, until in list(_meetings(story)):
            way = _WAYS[meeting.values["kind"]]
            if way != "phone" or rng.random() < _PHONED:
                meeting.values["appointment_id"] = _kept(rng, story, meeting, way, taken)
            _missed(rng, story, meeting, until, taken)


def _meetings(story: Story) -> Iterator[tuple[DemoRow, date]]:
    """Yield the meetings that may have been planned, each with the day of the next contact, or of the last one."""
    met = sorted((row for row in story.rows if row.table == "intervention"), key=lambda row: row.day)
    for row, after in zip_longest(met, met[1:]):
        if row.day >= AGENDA_BEGINS and row.values["kind"] in _WAYS:
            yield row, after.day if after else row.day


def _kept(rng: Random, story: Story, meeting: DemoRow, way: str, taken: Slots) -> DemoRow:
    """Add the appointment of a meeting. It is made one to four weeks before, never before the request."""
    made = max(working_before(meeting.day - days(rng.randint(7, 28))), story.path.requested, AGENDA_BEGINS)
    row = _add(story, made, meeting.day, way, rng.choice(_PURPOSES[meeting.values["domain"]]), taken)
    row.values["minutes"] = min(meeting.values["minutes"], _LENGTHS[way])
    confirmed = working_before(meeting.day - days(2))
    if rng.random() < 0.3 and confirmed > made:
        row.then(confirmed, state="confirmed")
    row.then(meeting.day, state="came")
    return row


def _missed(rng: Random, story: Story, meeting: DemoRow, until: date, taken: Slots) -> None:
    """Add what was missed between a meeting and the next contact: seldom one appointment, very seldom three."""
    chance, gap = rng.random(), (until - meeting.day).days
    days_missed: tuple[int, ...]
    states: tuple[str, ...]
    if chance < 0.04 and gap > _GAP:
        days_missed, states = (10, 22, 34), ("absent", "absent", "absent")
    elif chance < 0.14 and gap > 14:
        days_missed, states = (9,), (rng.choice(("absent", "excused", "moved")),)
    else:
        return
    made = meeting.day
    for number, state in zip(days_missed, states, strict=True):
        planned = working(meeting.day + timedelta(days=number))
        row = _add(story, made, planned, "office", rng.choice(_PURPOSES["missed"]), taken)
        row.then(planned, state=state)
        made = planned


def _add(story: Story, made: date, planned: date, way: str, purpose: str, taken: Slots) -> DemoRow:
    agent = story.person.values["agent"]
    number = taken.get((planned, agent), 0)
    taken[planned, agent] = number + 1
    return story.add_own_row(
        "appointment",
        made,
        planned_on=planned,
        starts_at=_TIMES[number % len(_TIMES)],
        minutes=_LENGTHS[way],
        way=way,
        purpose=purpose,
        state="planned",
        agent=agent,
    )
