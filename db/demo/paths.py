"""The path of each invented person: the dates of request, diagnosis, accompaniment, contracts and exit.

Three groups: persons who left before 2022; those of the photograph (followed in 2022 or until 6 March 2023, whose
numbers match the presentation exactly; see photo.py); and those who came later. Beside them, requests that were not
oriented to the office.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from db.demo.days import YEAR, days, lengths, month_end, spread, working, working_before

PHOTO_DAY = date(2023, 3, 6)
SEED = "Palette"
ONE_DAY = timedelta(days=1)

ARRIVALS_A_YEAR = 47
LEAVERS_BEFORE = {2018: 30, 2019: 31, 2020: 29, 2021: 36}
ENDED_MEAN_DAYS = 2.5 * YEAR - 0.5
"""Half a day under 2.5 years from first to last day, half a day over when both are counted: 2.50 either way."""


@dataclass
class Contract:
    """One contract. ``replaces``: the index of the contract that it replaces; ``cut``: the day it was ended early."""

    signed: date
    starts: date
    ends: date
    replaces: int | None = None
    cut: date | None = None


@dataclass
class Path:
    """The dates of one person in the file. ``leaves`` is None only for a request that was not oriented."""

    requested: date
    diagnosis: date | None = None
    completed: date | None = None
    outcome: str | None = None
    diagnosis_ends: date | None = None
    accompanied: date | None = None
    light: date | None = None
    leaves: date | None = None
    exits: date | None = None
    reason: str | None = None
    refused: str | None = None
    """Why the request is not oriented to the office."""
    photo: bool = False
    """Whether followed in 2022: the profiles of these persons match the exact figures."""
    over_ceiling: bool = False
    """Whether this is the one person with aids above the ceiling."""
    contracts: list[Contract] = field(default_factory=list)

    @property
    def stays_after_exit(self) -> bool:
        """Whether the person left the RSA for the « prime d’activité » and is still followed."""
        return bool(self.exits and self.leaves and self.exits < self.leaves)

    def followed_in(self, first: date, last: date) -> bool:
        """Return whether the person is in the caseload on at least one day of the period."""
        return bool(self.diagnosis and self.leaves and self.diagnosis <= last and self.leaves >= first)


def accompanied_path(rng: Random, starts: date, leaves: date) -> Path:
    """Return a path with a diagnosis and an accompaniment from ``starts`` to ``leaves``."""
    diagnosis = working(starts - timedelta(days=rng.randint(42, 105)))
    ends = starts - ONE_DAY
    completed = max(diagnosis, working_before(ends - timedelta(days=rng.randint(0, 8))))
    return Path(
        _requested(rng, diagnosis), diagnosis, completed, "accompaniment", ends, accompanied=starts, leaves=leaves
    )


def diagnosis_path(rng: Random, diagnosis: date, leaves: date, outcome: str | None) -> Path:
    """Return a path with a diagnosis and no accompaniment; without an outcome it was never completed."""
    completed = working_before(leaves) if outcome else None
    return Path(_requested(rng, diagnosis), diagnosis, completed, outcome, leaves, leaves=leaves)


def _requested(rng: Random, diagnosis: date) -> date:
    return working_before(diagnosis - timedelta(days=rng.randint(9, 34)))


def exit_day(day: date) -> date:
    """Return the end of a month nearest to the day, in the same year: rights end with a month."""
    end = month_end(day)
    before = day.replace(day=1) - ONE_DAY
    return before if day.day < 15 and before.year == day.year else end


def leave(rng: Random, path: Path, reason: str | None = "") -> Path:
    """Let the person also leave the RSA for that reason ('': drawn later), or, for None, the accompaniment only."""
    path.exits, path.reason = (path.leaves, reason) if reason is not None else (None, None)
    _go_light(rng, path, chance=0.55)
    return path


def _go_light(rng: Random, path: Path, chance: float) -> None:
    """Make most long accompaniments light in about their last third."""
    if path.accompanied and path.leaves and rng.random() < chance:
        length = (path.leaves - path.accompanied).days
        if length > 500:
            path.light = working(path.accompanied + days(length * rng.uniform(0.45, 0.7)))
            path.outcome = "accompaniment"
        elif length > 240 and rng.random() < 0.15:
            path.light, path.outcome = path.accompanied, "light"


def paths_before_2022() -> list[Path]:
    """Return the paths of the persons who left from 2018 to 2021."""
    paths = []
    for year, number in LEAVERS_BEFORE.items():
        rng = Random(f"{SEED} left {year}")
        stays = lengths(rng, number, 2.1, 0.3)
        for index, day in enumerate(spread(rng, number, date(year, 1, 10), date(year, 12, 20))):
            if index % 6 == 5:
                diagnosis = working(day - timedelta(days=rng.randint(45, 100)))
                paths.append(_unaccompanied(rng, diagnosis, working_before(day)))
            else:
                leaves = exit_day(day)
                starts = working(leaves - days(stays[index] * YEAR))
                paths.append(_leaver(rng, accompanied_path(rng, starts, leaves)))
    return paths


def _unaccompanied(rng: Random, diagnosis: date, leaves: date) -> Path:
    """Return a path without accompaniment: two in three are directed elsewhere, the others leave the RSA before."""
    if rng.random() < 0.65:
        outcome = rng.choice(("elsewhere", "elsewhere", "redirection", "none"))
        return diagnosis_path(rng, diagnosis, leaves, outcome)
    return leave(rng, diagnosis_path(rng, diagnosis, max(exit_day(leaves), diagnosis), None))


def _leaver(rng: Random, path: Path) -> Path:
    """Let one person in nine leave the accompaniment only, and one in nine stay with the « prime d’activité »."""
    chance = rng.random()
    path = leave(rng, path, None if chance < 0.11 else "")
    length = (path.leaves - path.accompanied).days if path.leaves and path.accompanied else 0
    if chance > 0.89 and length > 420 and path.leaves and path.accompanied:
        path.exits = month_end(path.leaves - timedelta(days=rng.randint(130, 330)))
        path.light = min(path.light or path.exits, working_before(path.exits))
    return path


def paths_of_year(year: int) -> list[Path]:
    """Return the paths of the persons who came in that year; in 2023, after the photograph."""
    rng = Random(f"{SEED} came {year}")
    first = max(date(year, 1, 3), PHOTO_DAY + ONE_DAY)
    number = round(ARRIVALS_A_YEAR * (date(year, 12, 28) - first).days / YEAR)
    stays = lengths(rng, number, 2.3, 0.3)
    paths = []
    for index, day in enumerate(spread(rng, number, first, date(year, 12, 28))):
        diagnosis = working(day)
        ends = diagnosis + timedelta(days=rng.randint(50, 105))
        if (index * 3 + year) % 17 < 3:
            paths.append(_unaccompanied(rng, diagnosis, working_before(ends)))
        else:
            starts = working(ends + ONE_DAY)
            paths.append(_begun(rng, diagnosis, starts, exit_day(starts + days(stays[index] * YEAR))))
    return paths


def _begun(rng: Random, diagnosis: date, starts: date, leaves: date) -> Path:
    """Return the path of an accompaniment whose diagnosis began on that day."""
    path = accompanied_path(rng, starts, leaves)
    path.requested, path.diagnosis = _requested(rng, diagnosis), diagnosis
    return _leaver(rng, path)


def paths_not_oriented(year: int) -> list[Path]:
    """Return the requests that a criterion refuses; far more since 2025, when every allocataire is oriented."""
    rng = Random(f"{SEED} turned away {year}")
    reasons = ("elsewhere", "age", "mobility", "food_job", "not_suitable")
    gap = 11 if year >= 2025 else 30
    start, number = date(year, 1, 5), 356 // gap
    return [
        Path(working(start + timedelta(days=gap * index + rng.randint(0, 3))), refused=reasons[(index + year) % 5])
        for index in range(number)
    ]


def leaving_days(rng: Random, number: int, mean: float) -> list[date]:
    """Return the days on which the persons present on the day of the photograph leave, over the following years."""
    return [
        exit_day(PHOTO_DAY + timedelta(days=31) + days(stay * YEAR)) for stay in lengths(rng, number, mean, 0.0, 1.1)
    ]
