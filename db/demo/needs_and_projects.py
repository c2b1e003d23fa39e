"""The rows of no single person: needs noted in the field, and collective projects."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from db.demo.days import months_later, working
from db.demo.network_details import helping_with
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import FILE_BEGINS, Story
from db.demo.texts import NETWORK

_FIRST_NEED, _NEED_EVERY = date(2018, 2, 12), timedelta(days=124)
_YEARS_A_PROJECT = 9 / 14
"""Fourteen projects in nine years, after which the list starts over."""


def needs(partners: Sequence[DemoRow]) -> list[DemoRow]:
    """Return one need every four months, answered later, with a partner that helps with its obstacle."""
    rows = []
    for index, line in enumerate(NETWORK["needs"]):
        title, domain, territory, obstacle, state, answer = line.split("|")
        day = working(_FIRST_NEED + index * _NEED_EVERY)
        if "contrat d’engagement" in title:
            day = date(2024, 12, 9)
        row = DemoRow(
            "need", day, {"title": title, "noted_on": day, "domain": domain or None, "territory": territory or None}
        )
        row.values |= {"obstacle": obstacle, "state": "open", "note": None}
        if answer:
            row.values["partners"] = _answering(index, partners, obstacle)
            row.then(working(day + timedelta(days=95)), state="open" if state == "open" else "doing", answer=answer)
        if state == "met":
            row.then(working(day + timedelta(days=210)), state="met")
        rows.append(row)
    return rows


def _answering(index: int, partners: Sequence[DemoRow], obstacle: str) -> list[DemoRow]:
    helping = helping_with(partners, obstacle)
    return [Random(f"{SEED} need {index}").choice(helping)] if helping else []


def projects(stories: Sequence[Story], partners: Sequence[DemoRow], until: date) -> list[DemoRow]:
    """Return one or two projects a year, announced three months ahead, with participants from the caseload."""
    number = math.ceil((until.year + 2 - FILE_BEGINS.year) / _YEARS_A_PROJECT)
    return [_project(index, stories, partners) for index in range(number)]


def _project(index: int, stories: Sequence[Story], partners: Sequence[DemoRow]) -> DemoRow:
    lines = NETWORK["projects"]
    begins, name, kind, length, where, partner, domains, number, note = lines[index % len(lines)].split("|")
    first = date.fromisoformat(f"{FILE_BEGINS.year + int(index * _YEARS_A_PROJECT)}-{begins}")
    announced = months_later(first, -3)
    candidates = [
        story.person
        for story in stories
        if story.path.accompanied
        and story.path.accompanied < announced
        and story.path.followed_in(first, first)
        and story.profile.craft.domain in domains.split()
    ]
    rng = Random(f"{SEED} project {index}")
    values = {
        "name": f"{name}, {first.year}",
        "kind": kind,
        "starts_on": first,
        "ends_on": first + timedelta(days=int(length) - 1),
        "place": where,
        "partner_id": next(row for row in partners if row.values["name"] == partner),
        "note": note,
    }
    row = DemoRow("project", announced, values)
    row.then(announced + timedelta(days=20), participants=rng.sample(candidates, min(int(number), len(candidates))))
    return row
