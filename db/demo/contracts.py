"""The contracts of the paths: successive, some renewed early, and exactly 112 signed in 2022."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from db.demo.days import months_later, working, working_before
from db.demo.paths import ONE_DAY, SEED, Contract, Path

SIGNED_IN_2022 = 112
ENGAGEMENT_SINCE = date(2025, 1, 1)
_LAST_CER = (date(2024, 5, 1), date(2024, 12, 31))
"""CER signed in these months often run two years or more: they are the ones to replace by 1 January 2027."""


def add_contracts(paths: list[Path]) -> None:
    """Give every accompanied path its contracts."""
    for index, path in enumerate(paths):
        path.contracts = _chain(path, Random(f"{SEED} contracts {index}"))
    _reach(SIGNED_IN_2022, [(index, path) for index, path in enumerate(paths) if path.photo])


def _signed_in_2022(contracts: list[Contract]) -> int:
    return sum(contract.signed.year == 2022 for contract in contracts)


def _reach(target: int, photo: list[tuple[int, Path]]) -> None:
    """Draw contracts again, path after path, until exactly ``target`` are signed in 2022."""
    total = sum(_signed_in_2022(path.contracts) for _, path in photo)
    for variant in range(1, 20):
        for index, path in photo:
            if total == target:
                return
            other = _chain(path, Random(f"{SEED} contracts {index}/{variant}"))
            change = _signed_in_2022(other) - _signed_in_2022(path.contracts)
            if abs(total + change - target) < abs(total - target):
                path.contracts, total = other, total + change
    raise ValueError(f"{total} contracts signed in 2022, not {target}")


def _chain(path: Path, rng: Random) -> list[Contract]:
    contracts = list(_contracts(path, rng)) if path.accompanied else []
    for earlier, later in zip(contracts, contracts[1:], strict=False):
        if later.replaces is not None and (earlier.ends - later.starts).days > 60:
            earlier.cut = later.starts - ONE_DAY
    if contracts and path.leaves and contracts[-1].ends > path.leaves > contracts[-1].starts:
        contracts[-1].cut = path.leaves
    return contracts


def _contracts(path: Path, rng: Random) -> Iterator[Contract]:
    if not (path.accompanied and path.leaves):
        return
    until = (path.exits or path.leaves) - timedelta(days=50)
    signed = working(path.accompanied + timedelta(days=rng.choice((0, 0, 1, 3, 7, 12))))
    starts, replaces, index = _first_start(rng, signed), None, 0
    while signed <= max(until, path.accompanied + timedelta(days=12)):
        ends = months_later(starts, _months(rng, signed)) - ONE_DAY
        yield Contract(signed, starts, ends, replaces)
        signed, starts, replaces, index = *_next(rng, starts, ends, index), index + 1


def _first_start(rng: Random, signed: date) -> date:
    """Return the day of signature, the first of the next month, or sometimes a day before the signature."""
    chance = rng.random()
    if chance < 0.08:
        return signed - timedelta(days=rng.randint(4, 13))
    return months_later(signed.replace(day=1), 1) if chance < 0.4 and signed.day > 12 else signed


def _months(rng: Random, signed: date) -> int:
    if _LAST_CER[0] <= signed <= _LAST_CER[1]:
        return rng.choice((12, 24, 32, 36, 36))
    return rng.choice((6, 6, 9, 12, 12, 12, 12) if signed < ENGAGEMENT_SINCE else (6, 6, 6, 9, 9, 12, 12))


def _next(rng: Random, starts: date, ends: date, index: int) -> tuple[date, date, int | None]:
    """Return (signature, start, replaced contract) of the renewal: in time, early (it replaces) or weeks late."""
    chance = rng.random()
    if (ends - starts).days > 700 and chance < 0.15:
        signed = working(starts + timedelta(days=rng.randint(420, 760)))
        return signed, signed + ONE_DAY, index
    if chance < 0.18:
        signed = working_before(ends - timedelta(days=rng.randint(12, 30)))
        return signed, signed, index
    if chance > 0.9:
        signed = working(ends + timedelta(days=rng.randint(12, 50)))
        return signed, signed, None
    return working_before(ends - timedelta(days=rng.randint(0, 10))), ends + ONE_DAY, None
