"""What the file holds beside people's own rows: needs met in the field, and collective projects."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from db.demonstration.days import months_later, working
from db.demonstration.paths import SEED
from db.demonstration.rows import Row
from db.demonstration.story import Story
from db.demonstration.texts import NETWORK

_FIRST_NEED, _NEED_EVERY = date(2018, 2, 12), timedelta(days=124)
_FIRST_PROJECT, _PROJECT_EVERY_MONTHS = date(2018, 4, 20), 8


def needs() -> list[Row]:
    """One need every four months; the answer comes later."""
    rows = []
    for place, line in enumerate(NETWORK["needs"]):
        title, domain, territory, obstacle, state, answer = line.split("|")
        day = working(_FIRST_NEED + place * _NEED_EVERY)
        if "contrat d’engagement" in title:
            day = date(2024, 12, 9)
        row = Row(
            "need", day, {"title": title, "noted_on": day, "domain": domain or None, "territory": territory or None}
        )
        row.values |= {"obstacle": obstacle, "state": "open", "note": None}
        if answer:
            row.then(working(day + timedelta(days=95)), state="open" if state == "open" else "doing", answer=answer)
        if state == "met":
            row.then(working(day + timedelta(days=210)), state="met")
        rows.append(row)
    return rows


def projects(stories: Sequence[Story], partners: Sequence[Row], until: date) -> list[Row]:
    """A project every eight months, announced three months ahead, with people then in the portfolio."""
    rows, place, day = [], 0, _FIRST_PROJECT
    while day <= months_later(until, 4):
        rows.append(_project(place, working(day), stories, partners))
        place, day = place + 1, months_later(day, _PROJECT_EVERY_MONTHS)
    return rows


def _project(place: int, first: date, stories: Sequence[Story], partners: Sequence[Row]) -> Row:
    lines = NETWORK["projects"]
    name, kind, length, where, partner, domains, number, note = lines[place % len(lines)].split("|")
    announced = months_later(first, -3)
    able = [
        story.person
        for story in stories
        if story.path.accompanied
        and story.path.accompanied < announced
        and story.path.followed_in(first, first)
        and story.profile.craft.domain in domains.split()
    ]
    rng = Random(f"{SEED} project {place}")
    values = {
        "name": f"{name}, {first.year}",
        "kind": kind,
        "starts_on": first,
        "ends_on": first + timedelta(days=int(length) - 1),
        "place": where,
        "partner_id": next(row for row in partners if row.values["name"] == partner),
        "note": note,
    }
    row = Row("project", announced, values)
    row.then(announced + timedelta(days=20), participants=rng.sample(able, min(int(number), len(able))))
    return row
