"""Who is counted in a year: one row per person, in published categories only; and the true numbers of every table."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.figures import counting
from db.figures.periods import Period, period_of
from db.model.office import Office
from publication.release.tables import ATTRIBUTES, EVENT_PLANS, PLANS, TablePlan

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


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
