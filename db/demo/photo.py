"""The paths behind the figures of the presentation: 139 persons followed in 2022, 95 in the caseload on 6 March 2023.

The presentation gives the totals; their parts are assumed:

- 83 were already accompanied on 1 January 2022: 29 leave the RSA in 2022, 3 leave the accompaniment only, 6 leave the
  RSA with a « prime d’activité » and stay, 45 go on.
- 33 begin to be accompanied in 2022 (31 diagnostics completed in 2022, 2 in December 2021): 3 leave the RSA, 30 go on.
- 23 are only in diagnosis in 2022: 4 directed elsewhere, 3 completed and out of the RSA, 2 out of it before the end,
  2 completed in December and accompanied from January, 12 not completed on 31 December.

So 83 + 33 + 23 = 139 followed, 83 + 33 = 116 accompanied, 31 + 4 + 3 + 2 = 40 diagnostics completed, and
29 + 6 + 3 + 3 + 2 = 43 exits. From 1 January to 6 March 2023, 11 come in, 9 begin to be accompanied, and 11 leave the
RSA (10 accompanied, 1 in diagnosis).
In diagnosis: 12 - 7 - 1 + 11 = 15. Accompanied: 45 + 6 + 30 + 9 - 10 = 80.
"""

from datetime import date, timedelta
from random import Random

from db.demo.days import YEAR, days, lengths, spread, working, working_before
from db.demo.paths import (
    ENDED_MEAN_DAYS,
    ONE_DAY,
    PHOTO_DAY,
    SEED,
    Path,
    accompanied_path,
    diagnosis_path,
    exit_day,
    leave,
    leaving_days,
)

LIGHT_ON_THE_DAY = 27
REASONS_2022 = {"income": 17, "job": 14, "intermittent": 12}
REASONS_EARLY_2023 = {"income": 4, "job": 4, "intermittent": 3}
_JANUARY, _NEW_YEAR = date(2022, 1, 1), date(2023, 1, 1)


def photo_paths() -> list[Path]:
    """Return the paths of the 139 persons followed in 2022 and of the 11 who came before 6 March 2023."""
    rng = Random(f"{SEED} photograph")
    staying = [*_already_there(rng), *_begun_in_2022(rng), *_completed_in_december(rng), *_in_diagnosis(rng)]
    followed = [*_ended(rng), *_only_diagnosed(rng), *staying]
    for path in followed:
        path.photo = True
    newcomers = [_newcomer(rng, day) for day in spread(rng, 11, date(2023, 1, 4), date(2023, 3, 2))]
    _leaving_early_2023(rng, staying)
    _leaving_later(rng, [path for path in (*staying, *newcomers) if path.leaves is None])
    _light(rng, [path for path in (*staying, *newcomers) if path.leaves and path.leaves > PHOTO_DAY])
    return [*followed, *newcomers]


def _ended(rng: Random) -> list[Path]:
    """35 accompaniments that ended in 2022, 2.5 years long on average; the three shortest began in 2022."""
    stays = sorted(lengths(rng, 35, 2.5, 0.3))
    ends = [exit_day(day) for day in spread(rng, 35, date(2022, 1, 12), date(2022, 12, 20))]
    starts = [working(end - days(stay * YEAR)) for end, stay in zip(ends[-3:], stays[:3], strict=True)]
    long = stays[3:]
    for end in reversed(ends[:-3]):
        stay = rng.choice([stay for stay in long if working(end - days(stay * YEAR)) < _JANUARY])
        long.remove(stay)
        starts.insert(0, working(end - days(stay * YEAR)))
    _adjust(starts, ends)
    paths = [accompanied_path(rng, start, end) for start, end in zip(starts, ends, strict=True)]
    return [leave(rng, path, None if index in (6, 17, 28) else "") for index, path in enumerate(paths)]


def _adjust(starts: list[date], ends: list[date]) -> None:
    """Move the starts of long accompaniments by weeks until the mean length is that of the presentation."""
    total = sum((end - start).days for start, end in zip(starts, ends, strict=True))
    weeks = round((total - ENDED_MEAN_DAYS * len(starts)) / 7)
    movable = [index for index, start in enumerate(starts) if start < date(2020, 6, 1)]
    for turn in range(abs(weeks)):
        index = movable[turn % len(movable)]
        starts[index] += timedelta(weeks=1 if weeks > 0 else -1)


def _already_there(rng: Random) -> list[Path]:
    """51 accompanied since before 2022 who stay; 6 of them left the RSA in 2022 for a « prime d’activité »."""
    since = sorted(lengths(rng, 51, 1.65, 0.02, 1.1))
    paths = [accompanied_path(rng, working_before(_JANUARY - ONE_DAY - days(stay * YEAR)), PHOTO_DAY) for stay in since]
    for path, day in zip(paths[20:44:4], spread(rng, 6, date(2022, 5, 20), date(2022, 11, 28)), strict=True):
        path.exits = exit_day(day)
        path.light = working_before(path.exits - timedelta(days=rng.randint(0, 60)))
        path.reason = "income"
    paths[30].over_ceiling = True
    for path in paths:
        path.leaves = None
    return paths


def _begun_in_2022(rng: Random) -> list[Path]:
    """30 accompanied since 2022 who stay; the first two completed their diagnostic in December 2021."""
    days_ = [date(2022, 1, 3), date(2022, 1, 4), *spread(rng, 28, date(2022, 1, 24), date(2022, 12, 16))]
    paths = [accompanied_path(rng, working(day), PHOTO_DAY) for day in days_]
    for path in paths[:2]:
        path.completed = working_before(date(2021, 12, 22))
    for path in paths:
        path.leaves = None
    return paths


def _only_diagnosed(rng: Random) -> list[Path]:
    """Nine whose diagnosis of 2022 led to no accompaniment: 4 elsewhere, 3 completed and 2 cut short by an exit."""
    begins = [working(day) for day in spread(rng, 9, date(2022, 1, 10), date(2022, 9, 12))]
    ends = [working_before(day + timedelta(days=rng.randint(55, 85))) for day in begins]
    outcomes = ("elsewhere", "none", "redirection", None, "elsewhere", "none", "none", None, "redirection")
    paths = [diagnosis_path(rng, *dates) for dates in zip(begins, ends, outcomes, strict=True)]
    for index in (1, 3, 5, 6, 7):
        leave(rng, paths[index])
    return paths


def _completed_in_december(rng: Random) -> list[Path]:
    paths = [accompanied_path(rng, day, PHOTO_DAY) for day in (date(2023, 1, 4), date(2023, 1, 9))]
    for path, day in zip(paths, (date(2022, 12, 15), date(2022, 12, 20)), strict=True):
        path.completed, path.leaves = day, None
        path.diagnosis = working(day - timedelta(days=rng.randint(50, 80)))
        path.requested = working_before(path.diagnosis - timedelta(days=20))
    return paths


def _in_diagnosis(rng: Random) -> list[Path]:
    """12 not completed on 31 December 2022: 7 accompanied by 6 March, 4 still in diagnosis, 1 soon out of the RSA."""
    paths = []
    for index, day in enumerate(spread(rng, 12, date(2022, 10, 10), date(2022, 12, 16))):
        diagnosis = working(day)
        starts = (
            date(2023, 1, 16) + timedelta(days=6 * index)
            if index < 7
            else date(2023, 3, 13) + timedelta(days=4 * index)
        )
        path = accompanied_path(rng, working(starts), PHOTO_DAY)
        path.diagnosis, path.requested = diagnosis, working_before(diagnosis - timedelta(days=rng.randint(9, 30)))
        path.completed = working_before(starts - timedelta(days=rng.randint(3, 7)))
        path.leaves = None
        paths.append(path)
    gone = paths[8]
    paths[8] = leave(rng, diagnosis_path(rng, gone.diagnosis or _NEW_YEAR, date(2023, 2, 10), None))
    paths[8].requested = gone.requested
    return paths


def _newcomer(rng: Random, day: date) -> Path:
    """A person who came since 1 January 2023 and is still in diagnosis on 6 March."""
    diagnosis = working(day)
    starts = working(max(PHOTO_DAY + timedelta(days=8), diagnosis + timedelta(days=rng.randint(55, 85))))
    path = accompanied_path(rng, starts, starts)
    path.diagnosis, path.requested = diagnosis, working_before(diagnosis - timedelta(days=rng.randint(9, 30)))
    path.completed, path.leaves = working_before(starts - ONE_DAY), None
    return path


def _leaving_early_2023(rng: Random, staying: list[Path]) -> None:
    """Ten of the accompanied leave the RSA between 1 January and 6 March 2023."""
    stable = [path for path in staying if path.accompanied and path.accompanied < date(2022, 11, 1) and not path.exits]
    leavers = rng.sample(stable, 10)
    for path, day in zip(leavers, spread(rng, 10, date(2023, 1, 6), date(2023, 3, 3)), strict=True):
        path.leaves = working_before(day) if day > date(2023, 2, 28) or day.day < 15 else min(exit_day(day), PHOTO_DAY)
        leave(rng, path)


def _leaving_later(rng: Random, present: list[Path]) -> None:
    """Give every person present a day of leaving, after 6 March 2023."""
    for path, leaves in zip(present, leaving_days(rng, len(present), 1.95), strict=True):
        if path.accompanied is None:
            raise ValueError("only the accompanied go on")
        path.leaves = exit_day(max(leaves, path.accompanied + timedelta(days=120)))
        if path.exits:
            path.leaves = min(path.leaves, exit_day(path.exits + timedelta(days=rng.randint(310, 480))))
        elif rng.random() > 0.1:
            path.exits, path.reason = path.leaves, ""


def _light(rng: Random, present: list[Path]) -> None:
    """Make 27 accompaniments light on 6 March 2023: those with a « prime d’activité », then the longest."""
    already = [path for path in present if path.accompanied and path.accompanied <= PHOTO_DAY and path.light]
    longest = sorted(
        (path for path in present if path.accompanied and path.accompanied < date(2021, 12, 1) and not path.light),
        key=lambda path: path.accompanied or PHOTO_DAY,
    )
    for path in longest[: LIGHT_ON_THE_DAY - len(already)]:
        since = path.accompanied or _JANUARY
        earliest = max(date(2021, 3, 1), since + days((PHOTO_DAY - since).days * 0.5))
        path.light = working_before(earliest + days((PHOTO_DAY - earliest).days * rng.uniform(0.1, 0.9)))
    for path in present:
        if path.light is None and path.leaves and (path.leaves - PHOTO_DAY).days > 300 and rng.random() < 0.6:
            path.light = working(PHOTO_DAY + days((path.leaves - PHOTO_DAY).days * rng.uniform(0.3, 0.6)))
