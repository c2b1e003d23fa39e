"""Several releases at once: what they tell of who came and who left, to somebody who knows who was there when.

The attacker knows each person's years of presence, not her categories. Persons with the same years form a group; a
group all of whose members must have one category gives it away for each of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from publication.inference.intervals import Name, System, cells, crossed
from publication.release.release import Release

LASTING = ("genre", "domaine", "foyer", "etudes", "origine")
"""What the office's file holds once for each person, the same in every year; age and seniority are not."""
Presence = frozenset[int]


@dataclass(frozen=True)
class Certain:
    """A group whose category is known: ``years`` present, how many ``persons``, the criterion and its category."""

    years: Presence
    persons: int
    criterion: str
    category: str


def presences(years_of: Mapping[int, Iterable[int]]) -> dict[Presence, int]:
    """How many persons were followed in just these years, from the ids of each year."""
    of_person: dict[int, set[int]] = {}
    for year, ids in years_of.items():
        for person in ids:
            of_person.setdefault(person, set()).add(year)
    groups: dict[Presence, int] = {}
    for years in of_person.values():
        groups[frozenset(years)] = groups.get(frozenset(years), 0) + 1
    return groups


def certain(
    releases: Sequence[Release], groups: Mapping[Presence, int], lasting: Sequence[str] = LASTING
) -> list[Certain]:
    """Every group of which the releases together tell a category for sure."""
    found = []
    names = [
        name for name, sheet in crossed(releases[-1]).items() if set(sheet.columns) <= set(lasting)
    ]  # the margins are sums of these
    names += dict.fromkeys(name for release in releases for name in release.own)  # a person has one value, in any year
    for name in names:
        found += _of_table([release for release in releases if name in release.tables], name, groups)
    return list(dict.fromkeys(found))


def _of_table(releases: Sequence[Release], name: str, groups: Mapping[Presence, int]) -> list[Certain]:
    sheet = releases[-1].tables[name]
    places = [place for place, _ in cells(sheet)]
    system = System()
    for rank, (years, persons) in enumerate(groups.items()):
        if not years & {release.year for release in releases}:
            continue
        for place in places:
            system.add((rank, *place), 0, persons)
        system.equal([(rank, *place) for place in places], persons)
    for release in releases:
        _add_year(system, release, name, [rank for rank, years in enumerate(groups) if release.year in years])
    targets: list[list[Name]] = []
    told = []
    for rank, (years, persons) in enumerate(groups.items()):
        if (rank, *places[0]) not in system.names:
            continue
        for axis, column in enumerate(sheet.columns):
            for at, category in enumerate(sheet.labels[axis]):
                # All have it when nobody can have another one.
                targets.append([(rank, *place) for place in places if place[axis] != at])
                told.append(Certain(years, persons, column, category))
    # One's own field is filled in and mended over the years: who takes it as lasting finds that it is not, and by how
    # much at least; just that much would make him sure of what is only likeliest.
    _, highs = system.bounds(targets, more=1 if sheet.title else 0)
    return [one for one, others in zip(told, highs, strict=True) if others == 0]


def _add_year(system: System, release: Release, name: str, ranks: Sequence[int]) -> None:
    """What a year publishes of a table and of its margins, as sums over the groups present in it."""
    sheet = release.tables[name]
    for place, number in cells(sheet):
        cell = (release.year, *place)
        system.rounded(cell, number)
        system.equal([(rank, *place) for rank in ranks], cell)
    for axis, column in enumerate(sheet.columns):
        for (at,), number in cells(release.margins[column]) if column in release.margins else ():
            margin = (release.year, column, at)
            system.rounded(margin, number)
            system.equal([(release.year, *place) for place, _ in cells(sheet) if place[axis] == at], margin)
