"""Paths: when each invented person comes in, is accompanied, signs and leaves. Whole lives, whatever day it is today.

Three groups: those who had left before 2022, those of the photograph (domain.md § 5: 2022 and 6 March 2023, dealt out
to the exact figure), and those who came since. Beside them, requests that were not oriented to the officer.
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
    """One contract of a path; ``replaces``: the place of the one it replaces; ``cut``: the day it was ended early."""

    signed: date
    starts: date
    ends: date
    replaces: int | None = None
    cut: date | None = None


@dataclass
class Path:
    """The dates of one person's life in the file. ``leaves`` is None only for a request that was not oriented."""

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
    """Why the request is not oriented to the officer."""
    photo: bool = False
    """Followed in 2022: the profile is dealt out to the exact figures."""
    over_ceiling: bool = False
    """The one person who was granted more than the ceiling, with its reason."""
    contracts: list[Contract] = field(default_factory=list)

    @property
    def stays_after_exit(self) -> bool:
        """Left the RSA for the « prime d’activité », still followed."""
        return bool(self.exits and self.leaves and self.exits < self.leaves)

    def followed_in(self, first: date, last: date) -> bool:
        """In the portfolio on at least one day of the period."""
        return bool(self.diagnosis and self.leaves and self.diagnosis <= last and self.leaves >= first)


def accompanied_path(rng: Random, starts: date, leaves: date) -> Path:
    """Request, diagnosis, accompaniment from ``starts`` to ``leaves``."""
    diagnosis = working(starts - timedelta(days=rng.randint(42, 105)))
    ends = starts - ONE_DAY
    completed = max(diagnosis, working_before(ends - timedelta(days=rng.randint(0, 8))))
    return Path(
        _requested(rng, diagnosis), diagnosis, completed, "accompaniment", ends, accompanied=starts, leaves=leaves
    )


def diagnosis_path(rng: Random, diagnosis: date, leaves: date, outcome: str | None) -> Path:
    """A diagnosis that leads to no accompaniment; without an outcome it was never completed."""
    completed = working_before(leaves) if outcome else None
    return Path(_requested(rng, diagnosis), diagnosis, completed, outcome, leaves, leaves=leaves)


def _requested(rng: Random, diagnosis: date) -> date:
    return working_before(diagnosis - timedelta(days=rng.randint(9, 34)))


def exit_day(day: date) -> date:
    """Rights end with a month: the month's end nearest to the day, in the same year."""
    end = month_end(day)
    before = day.replace(day=1) - ONE_DAY
    return before if day.day < 15 and before.year == day.year else end


def leave(rng: Random, path: Path, reason: str | None = "") -> Path:
    """The path, its leaver gone out of the RSA as well (``reason``: None for the accompaniment only)."""
    path.exits, path.reason = (path.leaves, reason) if reason is not None else (None, None)
    _go_light(rng, path, chance=0.55)
    return path


def _go_light(rng: Random, path: Path, chance: float) -> None:
    """Most long accompaniments become light in their last third or so."""
    if path.accompanied and path.leaves and rng.random() < chance:
        length = (path.leaves - path.accompanied).days
        if length > 500:
            path.light = working(path.accompanied + days(length * rng.uniform(0.45, 0.7)))
            path.outcome = "accompaniment"
        elif length > 240 and rng.random() < 0.15:
            path.light, path.outcome = path.accompanied, "light"


def before() -> list[Path]:
    """Those who left from 2018 to 2021."""
    paths = []
    for year, number in LEAVERS_BEFORE.items():
        rng = Random(f"{SEED} left {year}")
        stays = lengths(rng, number, 2.1, 0.3)
        for place, day in enumerate(spread(rng, number, date(year, 1, 10), date(year, 12, 20))):
            if place % 6 == 5:
                diagnosis = working(day - timedelta(days=rng.randint(45, 100)))
                paths.append(_unaccompanied(rng, diagnosis, working_before(day)))
            else:
                leaves = exit_day(day)
                starts = working(leaves - days(stays[place] * YEAR))
                paths.append(_leaver(rng, accompanied_path(rng, starts, leaves)))
    return paths


def _unaccompanied(rng: Random, diagnosis: date, leaves: date) -> Path:
    """Two in three are completed and led elsewhere; the others found a job or an income first."""
    if rng.random() < 0.65:
        outcome = rng.choice(("elsewhere", "elsewhere", "redirection", "none"))
        return diagnosis_path(rng, diagnosis, leaves, outcome)
    return leave(rng, diagnosis_path(rng, diagnosis, max(exit_day(leaves), diagnosis), None))


def _leaver(rng: Random, path: Path) -> Path:
    """One leaver in nine leaves the accompaniment only; one in nine stays on with the « prime d’activité »."""
    chance = rng.random()
    path = leave(rng, path, None if chance < 0.11 else "")
    length = (path.leaves - path.accompanied).days if path.leaves and path.accompanied else 0
    if chance > 0.89 and length > 420 and path.leaves and path.accompanied:
        path.exits = month_end(path.leaves - timedelta(days=rng.randint(130, 330)))
        path.light = min(path.light or path.exits, working_before(path.exits))
    return path


def after(year: int) -> list[Path]:
    """Those who came in that year; in 2023, after the photograph."""
    rng = Random(f"{SEED} came {year}")
    first = max(date(year, 1, 3), PHOTO_DAY + ONE_DAY)
    number = round(ARRIVALS_A_YEAR * (date(year, 12, 28) - first).days / YEAR)
    stays = lengths(rng, number, 2.3, 0.3)
    paths = []
    for place, day in enumerate(spread(rng, number, first, date(year, 12, 28))):
        diagnosis = working(day)
        ends = diagnosis + timedelta(days=rng.randint(50, 105))
        if (place * 3 + year) % 17 < 3:
            paths.append(_unaccompanied(rng, diagnosis, working_before(ends)))
        else:
            starts = working(ends + ONE_DAY)
            paths.append(_begun(rng, diagnosis, starts, exit_day(starts + days(stays[place] * YEAR))))
    return paths


def _begun(rng: Random, diagnosis: date, starts: date, leaves: date) -> Path:
    """An accompaniment whose diagnosis began on that very day."""
    path = accompanied_path(rng, starts, leaves)
    path.requested, path.diagnosis = _requested(rng, diagnosis), diagnosis
    return _leaver(rng, path)


def not_oriented(year: int) -> list[Path]:
    """Requests that a criterion of the source turns away; far more since 2025, when every allocataire is oriented."""
    rng = Random(f"{SEED} turned away {year}")
    turns = ("elsewhere", "age", "mobility", "food_job", "not_suitable")
    gap = 11 if year >= 2025 else 30
    start, number = date(year, 1, 5), 356 // gap
    return [
        Path(working(start + timedelta(days=gap * place + rng.randint(0, 3))), refused=turns[(place + year) % 5])
        for place in range(number)
    ]


def residual(rng: Random, number: int, mean: float) -> list[date]:
    """When those present on the day of the photograph leave; every following year sees its share go."""
    return [
        exit_day(PHOTO_DAY + timedelta(days=31) + days(stay * YEAR)) for stay in lengths(rng, number, mean, 0.0, 1.1)
    ]
