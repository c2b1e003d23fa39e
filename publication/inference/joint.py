"""Several releases together: what they reveal about persons who came or left, to an attacker who knows who was there.

The attacker knows in which years each person was followed, but no categories. Persons with the same years form a group;
if all members of a group must have the same category, the releases reveal it for each of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from publication.inference.intervals import LinearSystem, Variable, cells, crossed_tables
from publication.release.population import Population
from publication.release.release import Release

LASTING_CRITERIA = ("genre", "domaine", "foyer", "etudes", "origine")
"""Criteria that the office's file stores once per person, the same in every year; age and seniority change."""
Presence = frozenset[int]
"""The years in which a person was followed."""


@dataclass(frozen=True)
class CertainGroup:
    """A group whose category is known: its ``years``, how many ``persons`` it has, the criterion and the category."""

    years: Presence
    persons: int
    criterion: str
    category: str


def followed_by_year(years: Mapping[int, Population]) -> dict[int, list[int]]:
    """Return the ids of the persons followed in each year."""
    return {year: population.ids[population.followed].tolist() for year, population in years.items()}


def count_by_presence(ids_by_year: Mapping[int, Iterable[int]]) -> dict[Presence, int]:
    """Count the persons who were followed in exactly the same years."""
    years_of: dict[int, set[int]] = {}
    for year, ids in ids_by_year.items():
        for person in ids:
            years_of.setdefault(person, set()).add(year)
    groups: dict[Presence, int] = {}
    for years in years_of.values():
        groups[frozenset(years)] = groups.get(frozenset(years), 0) + 1
    return groups


def find_certain_groups(
    releases: Sequence[Release], groups: Mapping[Presence, int], lasting: Sequence[str] = LASTING_CRITERIA
) -> list[CertainGroup]:
    """Return every group for which the releases together reveal a category."""
    found = []
    names = [
        name for name, table in crossed_tables(releases[-1]).items() if set(table.columns) <= set(lasting)
    ]  # the margins are sums of these tables
    names += dict.fromkeys(name for release in releases for name in release.own_tables)  # also taken as lasting
    for name in names:
        found += _certain_in_table([release for release in releases if name in release.tables], name, groups)
    return list(dict.fromkeys(found))


def _certain_in_table(releases: Sequence[Release], name: str, groups: Mapping[Presence, int]) -> list[CertainGroup]:
    table = releases[-1].tables[name]
    indices = [index for index, _ in cells(table)]
    system = LinearSystem()
    for rank, (years, persons) in enumerate(groups.items()):
        if not years & {release.year for release in releases}:
            continue
        for index in indices:
            system.add((rank, *index), 0, persons)
        system.add_sum([(rank, *index) for index in indices], persons)
    for release in releases:
        _add_year(system, release, name, [rank for rank, years in enumerate(groups) if release.year in years])
    targets: list[list[Variable]] = []
    candidates = []
    for rank, (years, persons) in enumerate(groups.items()):
        if (rank, *indices[0]) not in system.columns:
            continue
        for axis, column in enumerate(table.columns):
            for position, category in enumerate(table.labels[axis]):
                # All members have the category if none of them can have another one.
                targets.append([(rank, *index) for index in indices if index[axis] != position])
                candidates.append(CertainGroup(years, persons, column, category))
    # Own fields are filled in and corrected over the years, so taking them as lasting may contradict the releases. The
    # attacker then knows only that at least that many values changed; one more change is allowed for, or the least
    # number of changes, which is merely the likeliest, would count as certain.
    _, highs = system.bounds(targets, slack=1 if table.title else 0)
    return [candidate for candidate, others in zip(candidates, highs, strict=True) if others == 0]


def _add_year(system: LinearSystem, release: Release, name: str, ranks: Sequence[int]) -> None:
    """Add what a year publishes of a table and of its margins, as sums over the groups present in that year."""
    table = release.tables[name]
    for index, number in cells(table):
        cell = (release.year, *index)
        system.add_rounded(cell, number)
        system.add_sum([(rank, *index) for rank in ranks], cell)
    for axis, column in enumerate(table.columns):
        for (category,), number in cells(release.margins[column]) if column in release.margins else ():
            margin = (release.year, column, category)
            system.add_rounded(margin, number)
            system.add_sum([(release.year, *index) for index, _ in cells(table) if index[axis] == category], margin)
