"""Who is counted: one row a person of the year, in published categories only; and the few counted with another profile.

Substitutes: a few persons, drawn with the office's secret key, are counted with a made-up profile whose parts come from
other people. Without them, whoever knows everybody but one could rebuild the last one's profile from the rounded
tables; with them he cannot tell the last one from a substitute. The draw stays the same from year to year, so that
comparing releases does not wear it off. Never told: who, and how many.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from db.figures import counting
from db.figures.periods import period_of
from db.model.office import Office
from publication.release.tables import ALONE, ATTRIBUTES, PLANS, Plan

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_FEWEST, _SPREAD, _MORE = 3, 3, 3
"""Three to five substitutes, and three more at each further level: enough to hide the last one among."""
_ONE_IN = 10
"""Of a small office at most one person in so many: its tables would say nothing else any more."""


@dataclass(frozen=True)
class People:
    """``ids``: one person a row, ascending. ``codes``: the place of her category for each of ATTRIBUTES.

    ``marks``: a plan of ALONE, or of the office's ``own``: whether she has each of its categories. ``cents``: what she
    was granted, by category.
    """

    ids: Ints
    followed: Bools
    codes: Ints
    marks: Mapping[str, Bools]
    cents: Ints
    own: tuple[Plan, ...] = ()

    def take(self, rows: Ints | Bools) -> "People":
        """Some of them, in that order."""
        marks = {name: marked[rows] for name, marked in self.marks.items()}
        return People(self.ids[rows], self.followed[rows], self.codes[rows], marks, self.cents[rows], self.own)

    def telling(self, names: Container[str]) -> "People":
        """The same, with only these tables of the office's own."""
        own = tuple(plan for plan in self.own if plan.name in names)
        marks = {name: marked for name, marked in self.marks.items() if name in PLANS or name in names}
        return replace(self, marks=marks, own=own)


def read(db: Office, year: int, own: Sequence[Plan] = ()) -> People:
    """Everybody followed in a year, and whoever has an event dated in it. ``own``: the office's own tables."""
    period = period_of(str(year))
    events = {plan.name: counting.by_person(db, period, plan.groupings[0].figure) for plan in ALONE}
    profiles = counting.profiles(db, period)
    ids = np.array(sorted({row[0] for rows in (profiles, *events.values()) for row in rows}), dtype=np.int64)
    place = {person: row for row, person in enumerate(ids.tolist())}
    followed = np.zeros(len(ids), dtype=bool)
    rows = np.array([place[row[0]] for row in profiles], dtype=np.int64)
    followed[rows] = True
    codes = np.zeros((len(ids), len(ATTRIBUTES)), dtype=np.int64)
    for column, grouping in enumerate(ATTRIBUTES):
        at = 1 + counting.PROFILE.index(grouping.figure)
        known = {code: grouping.category(code) for code in {row[at] for row in profiles}}
        codes[rows, column] = [known[row[at]] for row in profiles]
    marks, cents = {}, np.zeros((len(ids), len(PLANS["aides"].groupings[0].labels)), dtype=np.int64)
    for plan in ALONE:
        marked = np.zeros((len(ids), len(plan.groupings[0].labels)), dtype=bool)
        for person, code, value in events[plan.name]:
            category = plan.groupings[0].category(code)
            if plan.parts:  # somebody who left twice in the year left once, for the last reason listed
                marked[place[person]] = False
            marked[place[person], category] = True
            if plan.money:
                cents[place[person], category] += int(value)
        marks[plan.name] = marked
    for plan in own:  # everybody followed has one category; whoever only has an event in the year is not counted here
        grouping = plan.groupings[0]
        marked = np.zeros((len(ids), len(grouping.labels)), dtype=bool)
        for person, answer in counting.own_codes(db, period, grouping.figure):
            marked[place[person], grouping.category(answer)] = True
        marks[plan.name] = marked
    return People(ids, followed, codes, marks, cents, tuple(own))


def substituted(people: People, key: bytes, level: int = 0) -> People:
    """The same people, a few of the followed with another profile; at a higher ``level`` those, and some more."""
    order = _drawn(people.ids, key, "order")
    pool = np.flatnonzero(people.followed)
    pool = pool[np.argsort(order[pool], kind="stable")]
    number = min(_FEWEST + _number(key, "how many") % _SPREAD + _MORE * level, len(pool) // _ONE_IN)
    chosen = pool[:number]
    if not number:
        return people
    codes, cents = people.codes.copy(), people.cents.copy()
    marks = {name: marked.copy() for name, marked in people.marks.items()}

    def donors(part: str) -> Ints:
        """For each of the chosen, somebody else of the year, the same as long as neither leaves."""
        return pool[(_drawn(people.ids[chosen], key, part) % np.uint64(len(pool))).astype(np.int64)]

    for column, grouping in enumerate(ATTRIBUTES):
        codes[chosen, column] = people.codes[donors(grouping.name), column]
    for plan in (*ALONE, *people.own):
        other = donors(plan.name)
        marks[plan.name][chosen] = people.marks[plan.name][other]
        if plan.money:
            cents[chosen] = people.cents[other]
    return replace(people, codes=codes, marks=marks, cents=cents)


def _drawn(ids: Ints, key: bytes, what: str) -> NDArray[np.uint64]:
    """A number for each id that nobody can guess without the key."""
    start = blake2b(what.encode(), key=key, digest_size=8)
    numbers = np.empty(len(ids), dtype=np.uint64)
    for row, person in enumerate(ids.tolist()):
        mixed = start.copy()
        mixed.update(person.to_bytes(8, "big"))
        numbers[row] = int.from_bytes(mixed.digest(), "big")
    return numbers


def _number(key: bytes, what: str) -> int:
    return int.from_bytes(blake2b(what.encode(), key=key, digest_size=8).digest(), "big")


@dataclass(frozen=True)
class Counts:
    """Numbers of persons: ``total`` followed, each attribute alone (``margins``), each plan; and sums in cents."""

    total: int
    margins: tuple[Ints, ...]
    tables: Mapping[str, Ints]
    cents: Ints


def count(people: People) -> Counts:
    """The numbers of every published table, not rounded. They never leave the office."""
    codes = people.codes[people.followed]
    sizes = [len(grouping.labels) for grouping in ATTRIBUTES]
    margins = tuple(np.bincount(codes[:, column], minlength=size) for column, size in enumerate(sizes))
    tables = {plan.name: _counted(people, codes, plan) for plan in (*PLANS.values(), *people.own)}
    return Counts(len(codes), margins, tables, people.cents.sum(axis=0))


def _counted(people: People, codes: Ints, plan: Plan) -> Ints:
    if plan.name in people.marks:
        marked: Ints = people.marks[plan.name].sum(axis=0)
        return marked
    one, other = (ATTRIBUTES.index(grouping) for grouping in plan.groupings)
    rows, columns = (len(grouping.labels) for grouping in plan.groupings)
    cells = np.bincount(codes[:, one] * columns + codes[:, other], minlength=rows * columns)
    return cells.reshape(rows, columns)
