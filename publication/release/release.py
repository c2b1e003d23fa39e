"""What one year publishes, as plain data: the same when just rounded, kept in the record, or read by a partner."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from publication.release.population import Ints
from publication.release.rounding import Rounded
from publication.release.tables import ATTRIBUTES, PLANS, Plan


@dataclass(frozen=True)
class Sheet:
    """One table of one year: ``labels`` of each of its columns, ``persons`` in an array of that shape.

    ``means``: euros by line, None where not shown; empty for a table without money. ``title``: what a table of the
    office's own is called, which nothing else knows; empty for those of the menu.
    """

    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    persons: Ints
    means: tuple[int | None, ...] = ()
    title: str = ""

    def same(self, other: "Sheet") -> bool:
        """Whether both say the same."""
        same = (self.title, self.labels, self.means) == (other.title, other.labels, other.means)
        return same and np.array_equal(self.persons, other.persons)


@dataclass(frozen=True)
class Fact:
    """An exact number that partners already have. ``sheet``: an attribute or a plan; ``label``: a category."""

    year: int
    sheet: str
    label: str
    number: int
    source: str


@dataclass(frozen=True)
class Release:
    """``total``: exact number of persons followed; ``rounded``: what every table of persons adds up to.

    ``margins``: each attribute alone. ``facts``: exact numbers already public. ``measures``: the attestation.
    """

    year: int
    total: int
    rounded: int
    margins: Mapping[str, Sheet]
    tables: Mapping[str, Sheet]
    facts: tuple[Fact, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)

    @property
    def own(self) -> dict[str, Sheet]:
        """The tables of the office's own fields, each of one criterion."""
        return {name: sheet for name, sheet in self.tables.items() if sheet.title}

    @property
    def menu(self) -> "Release":
        """The same without the tables of the office's own fields."""
        return replace(self, tables={name: sheet for name, sheet in self.tables.items() if not sheet.title})

    @property
    def alone(self) -> dict[str, Sheet]:
        """Every criterion by itself: what each person followed is in one category of."""
        return {**self.margins, **self.own}

    def same_numbers(self, other: "Release") -> bool:
        """Whether both publish the same."""
        pairs = [(self.margins, other.margins), (self.tables, other.tables)]
        return self.total == other.total and all(
            mine.keys() == theirs.keys() and all(mine[name].same(theirs[name]) for name in mine)
            for mine, theirs in pairs
        )

    def with_tables(self, **tables: Sheet) -> "Release":
        """The same with other numbers in some tables."""
        return replace(self, tables={**self.tables, **tables})


def made(year: int, total: int, rounded: Rounded, facts: tuple[Fact, ...] = (), own: tuple[Plan, ...] = ()) -> Release:
    """The rounded numbers of a year, labelled as the menu and the office's ``own`` tables say."""
    margins = {
        grouping.name: Sheet((grouping.name,), (grouping.labels,), rounded.margins[place])
        for place, grouping in enumerate(ATTRIBUTES)
    }
    tables = {plan.name: _sheet(plan, rounded) for plan in PLANS.values()}
    tables |= {plan.name: replace(_sheet(plan, rounded), title=plan.title) for plan in own}
    return Release(year, total, rounded.total, margins, tables, facts)


def _sheet(plan: Plan, rounded: Rounded) -> Sheet:
    labels = tuple(grouping.labels for grouping in plan.groupings)
    return Sheet(plan.columns, labels, rounded.tables[plan.name], rounded.means if plan.money else ())


def dumped(release: Release) -> str:
    """As JSON, for the private file's memory of what was published."""
    return json.dumps(
        {
            "year": release.year,
            "total": release.total,
            "rounded": release.rounded,
            "margins": {name: _plain(sheet) for name, sheet in release.margins.items()},
            "tables": {name: _plain(sheet) for name, sheet in release.tables.items()},
            "facts": [fact.__dict__ for fact in release.facts],
            "measures": dict(release.measures),
        },
        ensure_ascii=False,
    )


def _plain(sheet: Sheet) -> dict[str, Any]:
    told = {**sheet.__dict__, "persons": sheet.persons.tolist()}
    return {name: value for name, value in told.items() if name != "title" or value}


def loaded(text: str) -> Release:
    """The release that ``dumped`` wrote."""
    kept = json.loads(text)
    kept["margins"] = {name: _labelled(sheet) for name, sheet in kept["margins"].items()}
    kept["tables"] = {name: _labelled(sheet) for name, sheet in kept["tables"].items()}
    kept["facts"] = tuple(Fact(**fact) for fact in kept["facts"])
    return Release(**kept)


def _labelled(kept: Mapping[str, Any]) -> Sheet:
    labels = tuple(tuple(one) for one in kept["labels"])
    persons = np.array(kept["persons"], dtype=np.int64)
    return Sheet(tuple(kept["columns"]), labels, persons, tuple(kept["means"]), kept.get("title", ""))
