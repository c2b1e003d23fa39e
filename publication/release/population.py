"""Who is counted in a year: one row per person, in published categories only, with a few profiles substituted.

Substitutes: a few persons, chosen with the office's secret key, are counted with an invented profile whose parts come
from other persons. Without them, an attacker who knows everybody but one person could try every profile for that
person and keep the one that gives the published tables; with them, the last person cannot be told from a substitute.
The choice is the same every year, so comparing releases does not reveal it. Who is chosen, and how many, is secret.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.figures import counting
from db.figures.periods import Period, period_of
from db.model.office import Office
from publication.release.tables import ATTRIBUTES, EVENT_PLANS, PLANS, TablePlan

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_MIN_SUBSTITUTES, _SUBSTITUTES_SPREAD, _MORE_PER_LEVEL = 3, 3, 3
"""Three to five substitutes, and three more at each further level."""
_MIN_PERSONS_PER_SUBSTITUTE = 10
"""In a small office at most one person in ten is substituted, so that the tables still describe the office."""


@dataclass(frozen=True)
class Population:
    """One person per row. ``ids``: ascending. ``codes``: persons × ATTRIBUTES, the index of the person's category.

    ``indicators``: by plan of events or of the office's own fields, persons × categories: whether the person is in it.
    ``cents``: persons × types of aid, what was granted. ``own_plans``: the tables of the office's own fields.
    """

    ids: Ints
    followed: Bools
    codes: Ints
    indicators: Mapping[str, Bools]
    cents: Ints
    own_plans: tuple[TablePlan, ...] = ()

    def take(self, rows: Ints | Bools) -> "Population":
        """Return these rows, in this order."""
        indicators = {name: indicator[rows] for name, indicator in self.indicators.items()}
        return Population(
            self.ids[rows], self.followed[rows], self.codes[rows], indicators, self.cents[rows], self.own_plans
        )

    def with_own_tables(self, names: Container[str]) -> "Population":
        """Return the same population with only these tables of the office's own fields."""
        own_plans = tuple(plan for plan in self.own_plans if plan.name in names)
        indicators = {name: indicator for name, indicator in self.indicators.items() if name in PLANS or name in names}
        return replace(self, indicators=indicators, own_plans=own_plans)


def read_population(db: Office, year: int, own_plans: Sequence[TablePlan] = ()) -> Population:
    """Read everybody who was followed in a year or has an event dated in it."""
    period = period_of(str(year))
    events = {plan.name: counting.by_person(db, period, plan.groupings[0].figure) for plan in EVENT_PLANS}
    profiles = counting.profiles(db, period)
    ids = np.array(sorted({row[0] for rows in (profiles, *events.values()) for row in rows}), dtype=np.int64)
    row_of = {person: row for row, person in enumerate(ids.tolist())}
    followed = np.zeros(len(ids), dtype=bool)
    followed[[row_of[profile[0]] for profile in profiles]] = True
    indicators, cents = _read_events(events, row_of)
    for plan in own_plans:
        indicators[plan.name] = _read_own_field(db, period, plan, row_of)
    return Population(ids, followed, _read_codes(profiles, row_of), indicators, cents, tuple(own_plans))


def _read_codes(profiles: Sequence[tuple[Any, ...]], row_of: Mapping[int, int]) -> Ints:
    rows = np.array([row_of[profile[0]] for profile in profiles], dtype=np.int64)
    codes = np.zeros((len(row_of), len(ATTRIBUTES)), dtype=np.int64)
    for column, grouping in enumerate(ATTRIBUTES):
        index = 1 + counting.PROFILE.index(grouping.figure)
        categories = {code: grouping.category(code) for code in {profile[index] for profile in profiles}}
        codes[rows, column] = [categories[profile[index]] for profile in profiles]
    return codes


def _read_events(
    events: Mapping[str, Sequence[tuple[int, str, float]]], row_of: Mapping[int, int]
) -> tuple[dict[str, Bools], Ints]:
    """Return the indicators of each plan of events, and the cents granted by person and type of aid."""
    indicators, cents = {}, np.zeros((len(row_of), len(PLANS["aides"].groupings[0].labels)), dtype=np.int64)
    for plan in EVENT_PLANS:
        indicator = np.zeros((len(row_of), len(plan.groupings[0].labels)), dtype=bool)
        for person, code, value in events[plan.name]:
            category = plan.groupings[0].category(code)
            if plan.is_partition:  # a person who left twice in the year is counted once, for the last reason listed
                indicator[row_of[person]] = False
            indicator[row_of[person], category] = True
            if plan.has_amounts:
                cents[row_of[person], category] += int(value)
        indicators[plan.name] = indicator
    return indicators, cents


def _read_own_field(db: Office, period: Period, plan: TablePlan, row_of: Mapping[int, int]) -> Bools:
    """Return the indicator of one own field: persons followed are in one category each, the others in none."""
    grouping = plan.groupings[0]
    indicator = np.zeros((len(row_of), len(grouping.labels)), dtype=bool)
    for person, code in counting.own_codes(db, period, grouping.figure):
        indicator[row_of[person], grouping.category(code)] = True
    return indicator


def substitute_profiles(population: Population, key: bytes, level: int = 0) -> Population:
    """Return the population with a few followed persons' profiles replaced. A higher ``level`` replaces some more."""
    order = _keyed_numbers(population.ids, key, "order")
    pool = np.flatnonzero(population.followed)
    pool = pool[np.argsort(order[pool], kind="stable")]
    wanted = _MIN_SUBSTITUTES + _keyed_number(key, "how many") % _SUBSTITUTES_SPREAD + _MORE_PER_LEVEL * level
    count = min(wanted, len(pool) // _MIN_PERSONS_PER_SUBSTITUTE)
    chosen = pool[:count]
    if not count:
        return population
    codes, cents = population.codes.copy(), population.cents.copy()
    indicators = {name: indicator.copy() for name, indicator in population.indicators.items()}

    def donors(part: str) -> Ints:
        """Return, for each chosen person, the row of another person of the year, stable while neither leaves."""
        return pool[(_keyed_numbers(population.ids[chosen], key, part) % np.uint64(len(pool))).astype(np.int64)]

    for column, grouping in enumerate(ATTRIBUTES):
        codes[chosen, column] = population.codes[donors(grouping.name), column]
    for plan in (*EVENT_PLANS, *population.own_plans):
        rows = donors(plan.name)
        indicators[plan.name][chosen] = population.indicators[plan.name][rows]
        if plan.has_amounts:
            cents[chosen] = population.cents[rows]
    return replace(population, codes=codes, indicators=indicators, cents=cents)


def _keyed_numbers(ids: Ints, key: bytes, purpose: str) -> NDArray[np.uint64]:
    """Return a pseudo-random number for each id, unpredictable without the key."""
    start = blake2b(purpose.encode(), key=key, digest_size=8)
    numbers = np.empty(len(ids), dtype=np.uint64)
    for row, person in enumerate(ids.tolist()):
        mixed = start.copy()
        mixed.update(person.to_bytes(8, "big"))
        numbers[row] = int.from_bytes(mixed.digest(), "big")
    return numbers


def _keyed_number(key: bytes, purpose: str) -> int:
    return int.from_bytes(blake2b(purpose.encode(), key=key, digest_size=8).digest(), "big")


@dataclass(frozen=True)
class Counts:
    """True numbers of persons: ``total`` followed, each attribute alone (``margins``), each plan; and sums in cents."""

    total: int
    margins: tuple[Ints, ...]
    tables: Mapping[str, Ints]
    cents: Ints


def count_tables(population: Population) -> Counts:
    """Count every published table, without rounding. These numbers never leave the office."""
    codes = population.codes[population.followed]
    sizes = [len(grouping.labels) for grouping in ATTRIBUTES]
    margins = tuple(np.bincount(codes[:, column], minlength=size) for column, size in enumerate(sizes))
    tables = {plan.name: _count_plan(population, codes, plan) for plan in (*PLANS.values(), *population.own_plans)}
    return Counts(len(codes), margins, tables, population.cents.sum(axis=0))


def _count_plan(population: Population, codes: Ints, plan: TablePlan) -> Ints:
    if plan.name in population.indicators:
        counts: Ints = population.indicators[plan.name].sum(axis=0)
        return counts
    first, second = (ATTRIBUTES.index(grouping) for grouping in plan.groupings)
    rows, columns = (len(grouping.labels) for grouping in plan.groupings)
    cells = np.bincount(codes[:, first] * columns + codes[:, second], minlength=rows * columns)
    return cells.reshape(rows, columns)
