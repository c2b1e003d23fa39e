"""What the file holds beside people's own rows: needs met in the field, and collective projects."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from db.demo.days import months_later, working
from db.demo.paths import SEED
from db.demo.rows import Row
from db.demo.story import FILE_BEGINS, Story
from db.demo.texts import NETWORK

_FIRST_NEED, _NEED_EVERY = date(2018, 2, 12), timedelta(days=124)
_YEARS_A_PROJECT = 9 / 14
"""Fourteen projects in nine years, then the same ones again."""


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
    """One or two projects a year, announced three months ahead, with people then in the portfolio."""
    number = math.ceil((until.year + 2 - FILE_BEGINS.year) / _YEARS_A_PROJECT)
    return [_project(place, stories, partners) for place in range(number)]


def _project(place: int, stories: Sequence[Story], partners: Sequence[Row]) -> Row:
    lines = NETWORK["projects"]
    begins, name, kind, length, where, partner, domains, number, note = lines[place % len(lines)].split("|")
    first = date.fromisoformat(f"{FILE_BEGINS.year + int(place * _YEARS_A_PROJECT)}-{begins}")
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
