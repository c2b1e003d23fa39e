"""A release: what one year publishes, as plain data. Drawn, stored in the ledger and read from a public file alike."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from publication.release.population import Ints
from publication.release.rounding import Rounded
from publication.release.tables import ATTRIBUTES, PLANS, TablePlan


@dataclass(frozen=True)
class PublishedTable:
    """One table of one year: ``labels`` of each of its columns, ``persons`` in an array of that shape.

    ``means``: euros by line, None where not published; empty for a table without amounts. ``title``: the French title
    of a table of an own field; empty for the tables of the dictionary. The ledger stores these names as JSON keys.
    """

    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    persons: Ints
    means: tuple[int | None, ...] = ()
    title: str = ""

    def is_same(self, other: "PublishedTable") -> bool:
        """Whether both have the same title, labels and numbers."""
        same = (self.title, self.labels, self.means) == (other.title, other.labels, other.means)
        return same and np.array_equal(self.persons, other.persons)


@dataclass(frozen=True)
class Fact:
    """An exact number that is already public. ``table``: an attribute or a plan; ``label``: one of its categories."""

    year: int
    table: str
    label: str
    number: int
    source: str


_FACT_KEYS = ("year", "sheet", "label", "number", "source")
"""The JSON keys of the fields of a Fact in the ledger."""


@dataclass(frozen=True)
class Release:
    """``rounded``: the number of persons followed, rounded, which every table of persons adds up to. ``level``: how
    much noise it was drawn with, from 0 (publication/draw/draw.py).

    ``margins``: each attribute alone. ``facts``: exact numbers already public. ``measures``: the attestation. The
    ledger stores these names as JSON keys.
    """

    year: int
    rounded: int
    margins: Mapping[str, PublishedTable]
    tables: Mapping[str, PublishedTable]
    facts: tuple[Fact, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    level: int = 0

    @property
    def own_tables(self) -> dict[str, PublishedTable]:
        """The tables of the office's own fields, of one criterion each."""
        return {name: table for name, table in self.tables.items() if table.title}

    def without_own_tables(self) -> "Release":
        """Return the release without the tables of the office's own fields."""
        return replace(self, tables={name: table for name, table in self.tables.items() if not table.title})

    @property
    def single_criteria(self) -> dict[str, PublishedTable]:
        """The tables of one criterion in which every person followed has exactly one category."""
        return {**self.margins, **self.own_tables}

    def has_same_numbers(self, other: "Release") -> bool:
        """Whether both publish the same tables."""
        pairs = [(self.margins, other.margins), (self.tables, other.tables)]
        return all(
            left.keys() == right.keys() and all(left[name].is_same(right[name]) for name in left)
            for left, right in pairs
        )

    def with_tables(self, **tables: PublishedTable) -> "Release":
        """Return the release with these tables added or replaced."""
        return replace(self, tables={**self.tables, **tables})


def make_release(
    year: int,
    rounded: Rounded,
    means: tuple[int | None, ...],
    facts: tuple[Fact, ...] = (),
    own_plans: tuple[TablePlan, ...] = (),
    level: int = 0,
) -> Release:
    """Label the rounded numbers of a year with the categories of the dictionary and of the office's own fields."""
    margins = {
        grouping.name: PublishedTable((grouping.name,), (grouping.labels,), rounded.margins[index])
        for index, grouping in enumerate(ATTRIBUTES)
    }
    tables = {plan.name: _label(plan, rounded, means) for plan in PLANS.values()}
    tables |= {plan.name: replace(_label(plan, rounded), title=plan.title) for plan in own_plans}
    return Release(year, int(rounded.total), margins, tables, facts, level=level)


def _label(plan: TablePlan, rounded: Rounded, means: tuple[int | None, ...] = ()) -> PublishedTable:
    labels = tuple(grouping.labels for grouping in plan.groupings)
    return PublishedTable(plan.columns, labels, rounded.tables[plan.name], means if plan.has_amounts else ())


def to_json(release: Release) -> str:
    """Return a release as JSON, as the ledger stores it."""
    return json.dumps(
        {
            "year": release.year,
            "rounded": release.rounded,
            "margins": {name: _table_to_dict(table) for name, table in release.margins.items()},
            "tables": {name: _table_to_dict(table) for name, table in release.tables.items()},
            "facts": [dict(zip(_FACT_KEYS, fact.__dict__.values(), strict=True)) for fact in release.facts],
            "measures": dict(release.measures),
            "level": release.level,
        },
        ensure_ascii=False,
    )


def _table_to_dict(table: PublishedTable) -> dict[str, Any]:
    values = {**table.__dict__, "persons": table.persons.tolist()}
    return {name: value for name, value in values.items() if name != "title" or value}


def from_json(text: str) -> Release:
    """Return the release that ``to_json`` wrote."""
    values = json.loads(text)
    values.pop("total", None)  # published exactly by older versions
    values["margins"] = {name: _table_from_dict(table) for name, table in values["margins"].items()}
    values["tables"] = {name: _table_from_dict(table) for name, table in values["tables"].items()}
    values["facts"] = tuple(Fact(*(fact[key] for key in _FACT_KEYS)) for fact in values["facts"])
    return Release(**values)


def _table_from_dict(values: Mapping[str, Any]) -> PublishedTable:
    labels = tuple(map(tuple, values["labels"]))
    persons = np.array(values["persons"], dtype=np.int64)
    return PublishedTable(tuple(values["columns"]), labels, persons, tuple(values["means"]), values.get("title", ""))
