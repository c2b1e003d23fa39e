"""Controlled rounding to multiples of BASE: every table adds up to the same margins, every margin to the same total.

Rounding each number alone would make tables that no longer add up, and the differences would reveal true numbers. So
the margins are rounded first: each category goes to one of its two neighbouring multiples, and those with the largest
remainders go up until the margin adds up to the rounded total. Then each crossed table: its cells start from the
multiple below, and the largest remainders go up, one after the other, in lines and columns that still miss something.
A cell goes beyond its two neighbours only if its line and column cannot add up otherwise. What is rounded has noise
(noise.py), so nothing here is drawn at random. Amounts are means per person, rounded to 100 €, of enough persons.

All functions take one year, or many simulated ones at once, as one more dimension before the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from publication.release.noise import CROSSED, Floats, NoisyCounts
from publication.release.population import Counts, Ints
from publication.release.tables import BASE, EXITS_PLAN, PLANS

AMOUNT_BASE = 100
"""Mean amounts are rounded to multiples of this, in euros."""
MIN_TRUE_COUNT, MIN_PUBLISHED_COUNT, MAX_SHARE = 5, 10, 0.85
"""Amounts are published from ten persons (rounded) and five true ones, none of whom has more than 85 % of the sum."""


@dataclass(frozen=True)
class Rounded:
    """Published numbers of persons, multiples of BASE."""

    total: Ints
    margins: tuple[Ints, ...]
    tables: Mapping[str, Ints]


def round_to_multiple(number: float, base: int = BASE) -> int:
    """Return the nearest multiple of ``base``; a half goes up."""
    return int(base * np.floor(number / base + 0.5))


def round_tables(noisy: NoisyCounts) -> Rounded:
    """Round every table."""
    total = _nearest(noisy.total)
    margins = tuple(round_partition(margin, total) for margin in noisy.margins)
    tables: dict[str, Ints] = {}
    for name, numbers in noisy.tables.items():
        if name in CROSSED:
            first, second = CROSSED[name]
            tables[name] = round_crossed_table(numbers, margins[first], margins[second])
        elif name == EXITS_PLAN.name:
            tables[name] = round_partition(numbers, _nearest(numbers.sum(axis=-1)))
        else:
            tables[name] = _nearest(numbers) if name in PLANS else round_partition(numbers, total)
    return Rounded(total, margins, tables)


def round_means(counts: Counts, published: Ints, largest: Ints) -> tuple[int | None, ...]:
    """Return the mean amount of each type of aid in euros, None where too few persons share it. ``published``: the
    rounded numbers of persons; ``largest``: the largest sum of one person, in cents."""
    means: list[int | None] = []
    for true, shown, cents, most in zip(counts.tables["aides"], published, counts.cents, largest, strict=True):
        publishable = shown >= MIN_PUBLISHED_COUNT and true >= MIN_TRUE_COUNT and most <= MAX_SHARE * cents
        means.append(round_to_multiple(cents / 100 / true, AMOUNT_BASE) if publishable else None)
    return tuple(means)


def _nearest(numbers: Floats) -> Ints:
    rounded: Ints = (BASE * np.floor(np.asarray(numbers) / BASE + 0.5)).astype(np.int64)
    return rounded


def round_partition(numbers: Floats, total: Ints) -> Ints:
    """Round numbers, which add up to nearly ``total``, to neighbouring multiples that add up to it; the largest
    remainders go up."""
    floor = (BASE * np.floor(numbers / BASE)).astype(np.int64)
    steps = (np.asarray(total) - floor.sum(axis=-1)) // BASE
    ranks = np.argsort(np.argsort(floor - numbers, axis=-1, kind="stable"), axis=-1, kind="stable")
    rounded: Ints = floor + BASE * (ranks < steps[..., None])
    return rounded


def round_crossed_table(cells: Floats, rows: Ints, columns: Ints) -> Ints:
    """Round a table so that it adds up to these rounded rows and columns."""
    shape = cells.shape
    flat = cells.reshape(-1, *shape[-2:]) / BASE
    steps = np.floor(flat).astype(np.int64)
    short_rows = rows.reshape(-1, shape[-2]) // BASE - steps.sum(axis=2)
    short_columns = columns.reshape(-1, shape[-1]) // BASE - steps.sum(axis=1)
    # Cells that would be negative were taken as 0, so that a line may exceed what it must add up to: that goes first.
    for sign in (-1, 1):
        while True:
            lacking = sign * short_rows > 0
            crossing = sign * short_columns > 0
            todo = np.flatnonzero(lacking.any(axis=1) | crossing.any(axis=1))
            if not todo.size:
                break
            gain = sign * (flat[todo] - steps[todo])
            both = lacking[todo, :, None] & crossing[todo, None, :]
            either = lacking[todo, :, None] | crossing[todo, None, :]
            possible = (steps[todo] > 0) if sign < 0 else both
            score = np.where(possible & both, gain, np.where(possible & either, gain - _UNLIKELY, -np.inf))
            best = score.reshape(len(todo), -1).argmax(axis=1)
            line, column = np.unravel_index(best, shape[-2:])
            steps[todo, line, column] += sign
            short_rows[todo, line] -= sign
            short_columns[todo, column] -= sign
    rounded: Ints = BASE * steps.reshape(shape)
    return rounded


_UNLIKELY = 1000.0
"""Keeps a cell of a line that already adds up from moving while another one can."""
