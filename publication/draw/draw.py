"""Draw a release: read the office's file, count, add noise, round.

Everything drawn follows from the office's secret key: the same file, key and attempt always give the same release, and
without the key no draw can be repeated. Whether a year may be published, and with how much noise, is decided on
simulated keys (publication/inference/simulated_keys.py), not on the draw: a draw that was refused for what it shows
would tell something to whoever knows why. Only a draw from which small numbers follow is drawn again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from db.base.errors import PaletteError
from db.base.french import french_number
from db.base.progress import Progress, ignore_progress
from db.customise import edit
from db.model.office import Office
from db.rows.personal_text import collect_personal_texts
from publication.draw import own_fields
from publication.inference import intervals
from publication.inference.intervals import Interval
from publication.inference.simulated_keys import MAX_GAIN, Gain, Simulation
from publication.release import ledger, tables
from publication.release.noise import add_noise, normals_of
from publication.release.population import Counts, Ints, Population, count_tables, read_population
from publication.release.release import Fact, Release, make_release
from publication.release.rounding import round_means, round_tables
from publication.release.tables import ATTRIBUTES, MAX_SMALL_COUNT

MAX_MEAN_DISTANCE = 3.0
"""Mean distance to the true numbers, in persons and with the usual noise, above which a release was not made from this
file."""
MIN_PERSONS = 50
"""Persons followed in a year, below which noise would be as large as most numbers."""
MIN_CHANGED = 10
"""Persons who must have come, left or changed category before another year is published."""
DRAWS_PER_LEVEL, LEVELS = 4, 3
"""How many draws are tried with one amount of noise before some is added, and with how many amounts. With more noise
the numbers would be more than three persons from the truth on average."""
_MORE_PER_LEVEL = 0.15
"""What a level adds to the noise, in shares of the usual one."""


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


def scale(level: int) -> float:
    """Return the noise of a level, in times of the usual one."""
    return 1.0 + _MORE_PER_LEVEL * level


def build_release(population: Population, year: int, key: bytes, attempt: int, facts: tuple[Fact, ...] = ()) -> Release:
    """Return one draw, with every own table of the population. The same arguments give the same release."""
    counts = count_tables(population)
    level, turn = divmod(attempt, DRAWS_PER_LEVEL)
    rounded = round_tables(add_noise(counts, year, normals_of(key, {year: turn}), scale(level)))
    means = round_means(counts, rounded.tables["aides"], population.cents.max(axis=0, initial=0))
    return make_release(year, rounded, means, facts, population.own_plans, level)


@dataclass(frozen=True)
class Draw:
    """A release, the attempt that gave it, and what simulated attacks gain with as much noise."""

    release: Release
    attempt: int
    gains: tuple[Gain, ...]


def draw(
    office: SourceData,
    year: int,
    earlier: Sequence[Release] = (),
    facts: tuple[Fact, ...] = (),
    start: int = 0,
    tick: Progress = ignore_progress,
) -> Draw:
    """Return the first safe draw from attempt ``start`` on. Raises NoSafeDrawError without one. ``tick`` may raise to
    cancel."""
    population, key = office.years[year].with_own_tables(office.own_names), office.key
    persons = int(population.followed.sum())
    if persons < MIN_PERSONS:
        raise NoSafeDrawError(
            f"{year} compte trop peu de personnes pour être publiée : {persons} suivies, il en faut {MIN_PERSONS}. Ce "
            "qui cacherait chacune changerait trop les nombres."
        )
    if reasons := list(own_fields.refusals(population)):
        raise NoSafeDrawError(f"{year} ne peut pas être publiée avec ces champs du bureau. {' '.join(reasons)}")
    why = ""
    for level in range(start // DRAWS_PER_LEVEL, LEVELS):
        gains = measure_gains(office, year, earlier, level, facts, tick)
        if worst := excessive(gains):
            why = gain_sentence(year, worst[0])
            continue
        for attempt in range(max(start, level * DRAWS_PER_LEVEL), (level + 1) * DRAWS_PER_LEVEL):
            release = build_release(population, year, key, attempt, facts)
            leak = next(find_leaks(release), None)
            if leak is None:
                return Draw(release, attempt, gains)
            why = f"« Additions et soustractions » : {leak.table}, « {' · '.join(leak.labels)} » serait retrouvé."
    raise NoSafeDrawError(f"Aucun arrondi des chiffres de {year} n’est sûr. {why} {_what_helps(population)}")


def measure_gains(
    office: SourceData,
    year: int,
    others: Sequence[Release],
    level: int = 0,
    facts: Sequence[Fact] = (),
    tick: Progress = ignore_progress,
) -> tuple[Gain, ...]:
    """Return what attacks with simulated keys gain on a year, compared with ``others``, the published ones. If the year
    is among them, its own fields are those that it published. ``facts``: of the year, besides those in ``others``."""
    populations = {one.year: office.years[one.year].with_own_tables(one.own_tables) for one in others}
    scales = {one.year: scale(one.level) for one in others} | {year: scale(level)}
    populations.setdefault(year, office.years[year].with_own_tables(office.own_names))
    known = [*facts, *(fact for one in others for fact in one.facts)]
    return tuple(Simulation(populations, year, scales, facts=known).gains(tick))


def excessive(gains: Sequence[Gain]) -> list[Gain]:
    """Return the gains that are larger than allowed, the largest first."""
    return sorted((gain for gain in gains if gain.is_excessive), key=lambda gain: -gain.upper)


def gain_sentence(year: int, gain: Gain) -> str:
    """Return in French what an attack gains."""
    mean, upper = (french_number(100 * share, 1) for share in (gain.mean, gain.upper))
    return (
        f"{year}, « {gain.criterion} » ({gain.scenario}) : l’attaquant donne à la vérité {mean} points de plus que les "
        f"parts publiées (au plus {upper}, pour une limite de {french_number(100 * MAX_GAIN)}), et jusqu’à "
        f"{french_number(100 * gain.largest)} % pour une personne."
    )


def _what_helps(population: Population) -> str:
    """Return in French what an office can do when no draw is safe."""
    if population.own_plans:
        return "Ce qui aiderait : ne plus publier un champ du bureau (Réglages, Champs)."
    persons = int(population.followed.sum())
    return f"Ce qui aiderait : une année où plus de {persons} personnes sont suivies."


def attempt_of(release: Release, population: Population, key: bytes) -> int:
    """Return the attempt that gave a release, or 0 if none does because the office's file has changed since."""
    attempts = range(DRAWS_PER_LEVEL * LEVELS)
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
