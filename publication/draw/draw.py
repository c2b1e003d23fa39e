"""From the office's file to a release: count, substitute, round; and again until the release is safe.

A draw is one way to publish a year. The office's secret key decides which persons are substitutes (counted with an
invented profile, see population.py) and how ties are rounded; the number of the attempt varies the rounding and, every
few attempts, adds substitutes. So the same file, key and attempt always give the same release, and without the
key no draw can be repeated. Each draw is attacked as by an attacker who knows everybody but one person, and searched
for small numbers that follow from the others; if either succeeds the next attempt is drawn (a redraw).

How near a draw is to the truth plays no part: an attacker who knew the rule could try every profile of the last person
and keep those with which this draw would have been chosen. For the same reason redraws are few.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from db.base.errors import PaletteError
from db.customise import edit
from db.model.office import Office
from db.rows.personal_text import collect_personal_texts
from publication.inference import guessing, intervals
from publication.inference.intervals import Interval
from publication.release import ledger, tables
from publication.release.population import Counts, Ints, Population, count_tables, read_population, substitute_profiles
from publication.release.release import Fact, Release, make_release
from publication.release.rounding import round_tables
from publication.release.tables import ATTRIBUTES, MAX_SMALL_COUNT

MAX_MEAN_DISTANCE = 3.0
"""Mean distance to the true numbers, in persons, above which a release was not made from this file."""
MIN_CHANGED = 10
"""Persons who must have come, left or changed category before another year is published."""
DRAWS_PER_LEVEL, _LEVELS = 4, 5
"""How many draws are tried with one number of substitutes before some are added, and how often some are added.

Each refused draw reveals something to an attacker who knows the rule, so there should be few.
"""


class NoSafeDrawError(PaletteError):
    """No draw of a year was safe to publish."""


@dataclass(frozen=True)
class SourceData:
    """What a publication is made from: the office's key, and the population of each year that is (to be) published."""

    key: bytes
    years: Mapping[int, Population]
    personal_texts: frozenset[str] = frozenset()
    """Texts written about a person; no free text of a public file may contain one."""
    demonstration: bool = False
    """Whether all data are invented, which the public file then says."""
    own_names: frozenset[str] = frozenset()
    """The tables of the office's own fields that a new year has; ``years`` also have those of older releases."""


def read_source(db: Office, years: Sequence[int]) -> SourceData:
    """Read what the publication of these years needs."""
    plans = tables.own_plans(edit.ever_published(db))
    populations = {year: read_population(db, year, plans) for year in sorted(set(years))}
    personal_texts = frozenset(collect_personal_texts(db))
    own_names = frozenset(grouping.name for grouping in edit.published(db))
    key, demonstration = ledger.read_secret_key(db), ledger.is_demonstration(db)
    return SourceData(key, populations, personal_texts, demonstration, own_names)


def build_release(population: Population, year: int, key: bytes, attempt: int, facts: tuple[Fact, ...] = ()) -> Release:
    """Return one draw, with every own table of the population. The same arguments give the same release."""
    counted = substitute_profiles(population, key, attempt // DRAWS_PER_LEVEL)
    counts = count_tables(counted)
    largest = counted.cents.max(axis=0, initial=0)
    rounded = round_tables(counts, largest, key, f"{year} {attempt}")
    return make_release(year, counts.total, rounded, facts, population.own_plans)


def draw(
    office: SourceData, year: int, earlier: Sequence[Release] = (), facts: tuple[Fact, ...] = (), start: int = 0
) -> tuple[Release, int]:
    """Return the first safe draw from attempt ``start`` on, and its attempt. Raises NoSafeDrawError without one."""
    population, key = office.years[year].with_own_tables(office.own_names), office.key
    before = [(office.years[release.year], release) for release in earlier]
    for attempt in range(start, DRAWS_PER_LEVEL * _LEVELS):
        release = build_release(population, year, key, attempt, facts)
        if not guessing.find_excessive_guesses([*before, (population, release)]) and not any(find_leaks(release)):
            return release, attempt
    raise NoSafeDrawError(
        f"Aucun arrondi des chiffres de {year} n’est sûr : le fichier compte trop peu de personnes pour être publié."
    )


def attempt_of(release: Release, population: Population, key: bytes) -> int:
    """Return the attempt that gave a release, or 0 if none does because the office's file has changed since."""
    attempts = range(DRAWS_PER_LEVEL * _LEVELS)
    draws = ((attempt, build_release(population, release.year, key, attempt)) for attempt in attempts)
    return next((attempt for attempt, drawn in draws if drawn.has_same_numbers(release)), 0)


def distances(release: Release, true: Counts) -> Ints:
    """Return the distance of each published number of persons to the true one."""
    margins = zip(ATTRIBUTES, true.margins, strict=True)
    found = [np.abs(release.margins[grouping.name].persons - margin) for grouping, margin in margins]
    found += [np.abs(table.persons - true.tables[name]).ravel() for name, table in release.tables.items()]
    return np.concatenate(found)


def find_leaks(release: Release) -> Iterator[Interval]:
    """Yield the numbers, of two or three criteria, about which the published numbers reveal too much."""
    found = intervals.find_intervals(release)
    yield from filter(is_disclosive, found)
    yield from filter(is_disclosive, intervals.find_three_way_intervals(release, found))


def is_disclosive(interval: Interval) -> bool:
    """Whether an interval is so narrow that it reveals a small number of persons."""
    return (interval.is_exact and interval.high <= MAX_SMALL_COUNT) or interval.is_few


def count_changed(before: Population, after: Population) -> int:
    """Count the persons who came, left, or are in another category than before."""
    old, new = (_profiles(population) for population in (before, after))
    return sum(old.get(person) != new.get(person) for person in old.keys() | new.keys())


def _profiles(population: Population) -> dict[int, tuple[int, ...]]:
    rows = np.flatnonzero(population.followed)
    return dict(zip(population.ids[rows].tolist(), map(tuple, population.codes[rows].tolist()), strict=True))
