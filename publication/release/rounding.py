"""Controlled rounding to base 5: margins first, then each table by a transportation problem, all adding up alike.

A number goes to one of its two neighbouring multiples. In a table a multiple stays, and only where it would not add up
otherwise does a cell go further, at a price: a linear programme with whole solutions (HiGHS). Margins are looser: one
that is a multiple may go up by one, else being published exactly would tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from publication.release.population import Counts, Ints
from publication.release.tables import ATTRIBUTES, BASE, CROSSED, EXITS, PLANS

_FURTHER = 40.0
"""What it costs a cell to go beyond its two neighbours, in persons: more than any table can gain by it."""
_LOOSE = 10.0
"""How loosely margins choose who goes up: by up to five persons, so that being exact tells nothing."""
AMOUNT = 100
"""Means of money are rounded to so many euros."""
ENOUGH, SHOWN_FROM, MOST = 5, 10, 0.85
"""Money is shown from ten persons (rounded) and five true ones; and where nobody holds more than 85 % of it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rounded:
    """The published numbers: persons, multiples of BASE; ``means``: euros by category of aid, None where not shown."""

    total: int
    margins: tuple[Ints, ...]
    tables: Mapping[str, Ints]
    means: tuple[int | None, ...]


def nearest(number: float, base: int = BASE) -> int:
    """The nearest multiple; a half goes up."""
    return int(base * np.floor(number / base + 0.5))


def rounded(counts: Counts, largest: Ints, key: bytes, draw: str = "") -> Rounded:
    """Round every table. ``largest``: the largest single sum of each category of aid, in cents; ``draw``: which one."""
    total = nearest(counts.total)
    margins = tuple(
        _parts(margin, total, _ties(key, f"{grouping.name} {draw}", margin.size))
        for grouping, margin in zip(ATTRIBUTES, counts.margins, strict=True)
    )
    tables: dict[str, Ints] = {}
    for plan in CROSSED:
        one, other = (ATTRIBUTES.index(grouping) for grouping in plan.groupings)
        ties = _ties(key, f"{plan.name} {draw}", counts.tables[plan.name].size)
        tables[plan.name] = transported(counts.tables[plan.name], margins[one], margins[other], ties)
    for plan in PLANS.values():
        numbers = counts.tables[plan.name]
        if plan.name == EXITS.name:
            ties = _ties(key, f"{plan.name} {draw}", numbers.size)
            tables[plan.name] = _parts(numbers, nearest(int(numbers.sum())), ties)
        elif plan.name not in tables:
            tables[plan.name] = np.array([nearest(number) for number in numbers], dtype=np.int64)
    for name in counts.tables.keys() - PLANS.keys():  # of the office's own: as an attribute alone
        ties = _ties(key, f"{name} {draw}", counts.tables[name].size)
        tables[name] = _parts(counts.tables[name], total, ties)
    return Rounded(total, margins, tables, _means(counts, tables["aides"], largest))


def _means(counts: Counts, persons: Ints, largest: Ints) -> tuple[int | None, ...]:
    found: list[int | None] = []
    for true, shown, cents, most in zip(counts.tables["aides"], persons, counts.cents, largest, strict=True):
        fit = shown >= SHOWN_FROM and true >= ENOUGH and most <= MOST * cents
        found.append(nearest(cents / 100 / true, AMOUNT) if fit else None)
    return tuple(found)


def _parts(numbers: Ints, total: int, ties: Floats) -> Ints:
    """Numbers to neighbouring multiples that add up to ``total``: those with most above their floor go up."""
    floor = numbers // BASE * BASE
    steps = (total - int(floor.sum())) // BASE
    order = np.argsort(-(numbers - floor + _LOOSE * ties), kind="stable")
    out = floor.copy()
    for step in range(steps):
        out[order[step % len(order)]] += BASE
    return out


def transported(cells: Ints, rows: Ints, columns: Ints, ties: Floats) -> Ints:
    """A table rounded so that it adds up to these rows and columns, as near to the truth as that allows.

    ``ties``: small costs that settle which of two equally near tables is taken.
    """
    floor = cells // BASE
    rest = (cells - BASE * floor).ravel().astype(float)
    up = (BASE - rest) - rest + np.where(rest == 0, _FURTHER, 0) + ties
    cost = np.concatenate([up, _FURTHER + 2 * BASE - rest, _FURTHER + rest])
    room = np.concatenate([np.ones(2 * rest.size), (floor.ravel() > 0).astype(float)])
    sums = _sums(cells.shape[0], cells.shape[1])
    wanted = np.concatenate([rows // BASE - floor.sum(axis=1), columns // BASE - floor.sum(axis=0)])
    system = csr_array(np.hstack([sums, sums, -sums])[:-1])  # the last sum follows from the others
    solved = linprog(
        cost, A_eq=system, b_eq=wanted[:-1], bounds=np.column_stack([np.zeros(room.size), room]), method="highs-ds"
    )
    if solved.x is None:
        raise ArithmeticError("no rounding adds up")  # never seen: a cell may go as far as two multiples either way
    once, twice, down = np.rint(solved.x).astype(np.int64).reshape(3, *cells.shape)
    found: Ints = BASE * (floor + once + twice - down)
    return found


def _sums(rows: int, columns: int) -> Floats:
    """Which cells each row and each column adds up."""
    return np.vstack(
        [np.kron(np.eye(rows), np.ones((1, columns))), np.kron(np.ones((1, rows)), np.eye(columns))],
    )


def _ties(key: bytes, what: str, number: int) -> Floats:
    """Costs under half a person that nobody can guess without the key."""
    drawn = [blake2b(f"{what} {place}".encode(), key=key, digest_size=4).digest() for place in range(number)]
    return np.array([int.from_bytes(one, "big") / 2**33 for one in drawn])
