"""From the office’s file to a release: count, substitute, round; again until it gives nobody away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from db.base.errors import PaletteError
from db.customise import edit as shaped
from db.model.office import Office
from db.rows import personal_text
from publication.inference import guessing, intervals
from publication.release import tables
from publication.release.population import Counts, Ints, People, count, read, substituted
from publication.release.release import Fact, Release, made
from publication.release.rounding import rounded
from publication.release.tables import ATTRIBUTES, SMALL

TOO_FAR = 3.0
"""A mean distance to the truth, in persons, that only another file's numbers have."""
FEWEST_CHANGED = 10
"""So many persons must have come, left or changed category before another year is published."""
_AT_A_LEVEL, _LEVELS = 4, 5
"""So many draws are tried with as many substitutes, then with more: nearness yields, safety never does.

Each draw that is refused tells something to whoever knows why draws are refused: better few, and few refused.
"""


class NothingSafeError(PaletteError):
    """No draw gave numbers that give nobody away."""


@dataclass(frozen=True)
class SourceData:
    """What a publication is made from: the office's key, and the people of each year that is (to be) published."""

    key: bytes
    years: Mapping[int, People]
    personal: frozenset[str] = frozenset()
    """What was written of anybody: no free text of a public file may hold it."""
    demonstration: bool = False
    """Whether all of it is made up, which the public file then says."""
    own: frozenset[str] = frozenset()
    """The tables of the office's own fields that a new year has; ``years`` know those of older ones as well."""


def read_source(db: Office, years: Sequence[int]) -> SourceData:
    """Read what these years need."""
    ever = tables.own(shaped.ever_published(db))
    people = {year: read(db, year, ever) for year in sorted(set(years))}
    personal, own = frozenset(personal_text.personal(db)), frozenset(one.name for one in shaped.published(db))
    return SourceData(personal_text.key(db), people, personal, personal_text.is_demonstration(db), own)


def numbers(people: People, year: int, key: bytes, attempt: int, facts: tuple[Fact, ...] = ()) -> Release:
    """One draw: the same people, key and attempt give the same release, with every own table that people tell."""
    counted = substituted(people, key, attempt // _AT_A_LEVEL)
    counts = count(counted)
    largest = counted.cents.max(axis=0, initial=0)
    return made(year, counts.total, rounded(counts, largest, key, f"{year} {attempt}"), facts, people.own)


def draw(
    office: SourceData, year: int, earlier: Sequence[Release] = (), facts: tuple[Fact, ...] = (), start: int = 0
) -> tuple[Release, int]:
    """The first draw, from ``start`` on, that withstands who knows nearly everything; and its number.

    How near it is to the truth is not looked at, nor is anything told of why it was taken: whoever knew could try every
    profile of the last person and keep those with which the draw would have been taken. Raises NothingSafeError.
    """
    people, key = office.years[year].telling(office.own), office.key
    before = [(office.years[release.year], release) for release in earlier]
    for attempt in range(start, _AT_A_LEVEL * _LEVELS):
        release = numbers(people, year, key, attempt, facts)
        if not guessing.too_good([*before, (people, release)]) and not leaks(release):
            return release, attempt
    raise NothingSafeError(
        f"Aucun arrondi des chiffres de {year} n’est sûr : le fichier compte trop peu de personnes pour être publié."
    )


def attempt_of(release: Release, people: People, key: bytes) -> int:
    """Which draw a release was; 0 when the office's file has changed since, so that none gives it any more."""
    draws = ((attempt, numbers(people, release.year, key, attempt)) for attempt in range(_AT_A_LEVEL * _LEVELS))
    return next((attempt for attempt, again in draws if again.same_numbers(release)), 0)


def distances(release: Release, true: Counts) -> Ints:
    """How far each published number of persons is from the true one."""
    far = [np.abs(release.margins[one.name].persons - margin) for one, margin in zip(ATTRIBUTES, true.margins, strict=True)]  # fmt: skip  # noqa: E501
    far += [np.abs(sheet.persons - true.tables[name]).ravel() for name, sheet in release.tables.items()]
    return np.concatenate(far)


def leaks(release: Release) -> list[intervals.Interval]:
    """Numbers, of two criteria or of three, of which the published ones tell too much."""
    known = intervals.intervals(release)
    return [item for item in _all(release, known) if tells(item)]


def tells(item: intervals.Interval) -> bool:
    """Whether so much is known of a number that it speaks of few persons."""
    return (item.exact and item.high <= SMALL) or item.few


def _all(release: Release, known: Sequence[intervals.Interval]) -> Iterator[intervals.Interval]:
    yield from known
    yield from intervals.three_way(release, known)


def changed(before: People, after: People) -> int:
    """How many persons came, left, or are in another category than before."""
    old, new = (_profiles(people) for people in (before, after))
    return sum(old.get(person) != new.get(person) for person in old.keys() | new.keys())


def _profiles(people: People) -> dict[int, tuple[int, ...]]:
    rows = np.flatnonzero(people.followed)
    return dict(zip(people.ids[rows].tolist(), map(tuple, people.codes[rows].tolist()), strict=True))
