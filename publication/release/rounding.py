"""Controlled rounding to multiples of BASE: every table adds up to the same margins, every margin to the same total.

Rounding each number alone would make tables that no longer add up, and the differences would reveal true numbers. So
the margins are rounded first: each category goes to one of its two neighbouring multiples, and those with the largest
remainders go up until the margin adds up to the rounded total. Each crossed table is then a transportation problem: its
cells must add up to the rounded rows and columns, at the least total distance from the true cells. It is solved as a
linear programme (HiGHS), whose solutions are whole numbers because the constraints of a transportation problem are
totally unimodular. A cell that is already a multiple stays; a cell goes beyond its two neighbours only if the table
cannot add up otherwise, at a high cost. Margins may move even from a multiple, so that being exact reveals nothing. The
secret key decides between equally good solutions. Amounts are means per person, rounded to 100 €, of enough persons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from publication.release.population import Counts, Ints
from publication.release.tables import ATTRIBUTES, BASE, CROSSED_PLANS, EXITS_PLAN, PLANS

_OUTSIDE_COST = 40.0
"""The cost, in persons, of a cell beyond its two neighbouring multiples: more than any table can save by it."""
_MARGIN_LOOSENESS = 10.0
"""Weight of the tie-breaks in margins: they may outweigh up to five persons, so that being exact reveals nothing."""
AMOUNT_BASE = 100
"""Mean amounts are rounded to multiples of this, in euros."""
MIN_TRUE_COUNT, MIN_PUBLISHED_COUNT, MAX_SHARE = 5, 10, 0.85
"""Amounts are published from ten persons (rounded) and five true ones, none of whom has more than 85 % of the sum."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rounded:
    """Published numbers: persons, multiples of BASE; ``means``: euros by type of aid, None where not published."""

    total: int
    margins: tuple[Ints, ...]
    tables: Mapping[str, Ints]
    means: tuple[int | None, ...]


def round_to_multiple(number: float, base: int = BASE) -> int:
    """Return the nearest multiple of ``base``; a half goes up."""
    return int(base * np.floor(number / base + 0.5))


def round_tables(counts: Counts, largest: Ints, key: bytes, draw: str = "") -> Rounded:
    """Round every table. ``largest``: by type of aid, the largest sum of one person, in cents. ``draw``: names the
    draw, for its tie-breaks."""
    total = round_to_multiple(counts.total)
    margins = tuple(
        _round_partition(margin, total, _tie_breaks(key, f"{grouping.name} {draw}", margin.size))
        for grouping, margin in zip(ATTRIBUTES, counts.margins, strict=True)
    )
    tables: dict[str, Ints] = {}
    for plan in CROSSED_PLANS:
        row, column = (ATTRIBUTES.index(grouping) for grouping in plan.groupings)
        ties = _tie_breaks(key, f"{plan.name} {draw}", counts.tables[plan.name].size)
        tables[plan.name] = round_crossed_table(counts.tables[plan.name], margins[row], margins[column], ties)
    for plan in PLANS.values():
        numbers = counts.tables[plan.name]
        if plan.name == EXITS_PLAN.name:
            ties = _tie_breaks(key, f"{plan.name} {draw}", numbers.size)
            tables[plan.name] = _round_partition(numbers, round_to_multiple(int(numbers.sum())), ties)
        elif plan.name not in tables:
            tables[plan.name] = np.array([round_to_multiple(number) for number in numbers], dtype=np.int64)
    for name in counts.tables.keys() - PLANS.keys():  # the office's own fields, rounded like an attribute alone
        ties = _tie_breaks(key, f"{name} {draw}", counts.tables[name].size)
        tables[name] = _round_partition(counts.tables[name], total, ties)
    return Rounded(total, margins, tables, _round_means(counts, tables["aides"], largest))


def _round_means(counts: Counts, published: Ints, largest: Ints) -> tuple[int | None, ...]:
    means: list[int | None] = []
    for true, shown, cents, most in zip(counts.tables["aides"], published, counts.cents, largest, strict=True):
        publishable = shown >= MIN_PUBLISHED_COUNT and true >= MIN_TRUE_COUNT and most <= MAX_SHARE * cents
        means.append(round_to_multiple(cents / 100 / true, AMOUNT_BASE) if publishable else None)
    return tuple(means)


def _round_partition(numbers: Ints, total: int, ties: Floats) -> Ints:
    """Round numbers to neighbouring multiples that add up to ``total``; the largest remainders go up."""
    floor = numbers // BASE * BASE
    steps = (total - int(floor.sum())) // BASE
    order = np.argsort(-(numbers - floor + _MARGIN_LOOSENESS * ties), kind="stable")
    rounded = floor.copy()
    for step in range(steps):
        rounded[order[step % len(order)]] += BASE
    return rounded


def round_crossed_table(cells: Ints, rows: Ints, columns: Ints, ties: Floats) -> Ints:
    """Round a table so that it adds up to these rounded rows and columns, as near to the true cells as possible.

    ``ties``: a small cost per cell that decides between equally near solutions. Each cell has three variables: one
    multiple up from its floor, a second multiple up, one multiple down.
    """
    floor = cells // BASE
    rest = (cells - BASE * floor).ravel().astype(float)
    up = (BASE - rest) - rest + np.where(rest == 0, _OUTSIDE_COST, 0) + ties
    cost = np.concatenate([up, _OUTSIDE_COST + 2 * BASE - rest, _OUTSIDE_COST + rest])
    limit = np.concatenate([np.ones(2 * rest.size), (floor.ravel() > 0).astype(float)])
    missing = np.concatenate([rows // BASE - floor.sum(axis=1), columns // BASE - floor.sum(axis=0)])
    sums = _sum_matrix(cells.shape[0], cells.shape[1])
    solved = linprog(
        cost, A_eq=sums, b_eq=missing[:-1], bounds=np.column_stack([np.zeros(limit.size), limit]), method="highs-ds"
    )
    if solved.x is None:  # not known to happen: a cell may go as far as two multiples up
        raise ArithmeticError("no rounding adds up")
    once, twice, down = np.rint(solved.x).astype(np.int64).reshape(3, *cells.shape)
    rounded: Ints = BASE * (floor + once + twice - down)
    return rounded


@cache
def _sum_matrix(rows: int, columns: int) -> csr_array:
    """Return the matrix that adds up the three variables of the cells of each row, then of each column but the last,
    whose sum follows from the others."""
    sums = np.vstack([np.kron(np.eye(rows), np.ones((1, columns))), np.kron(np.ones((1, rows)), np.eye(columns))])
    return csr_array(np.hstack([sums, sums, -sums])[:-1])


def _tie_breaks(key: bytes, purpose: str, size: int) -> Floats:
    """Return costs under half a person, unpredictable without the key."""
    digests = [blake2b(f"{purpose} {index}".encode(), key=key, digest_size=4).digest() for index in range(size)]
    return np.array([int.from_bytes(digest, "big") / 2**33 for digest in digests])
