"""The noise that is added to true numbers before they are rounded, and that only the secret key can tell again.

Rounding alone hides nobody from an attacker who knows everybody but one person: with one more in a category, its number
becomes the next multiple of 5, or does not. So each true number is first moved by some persons, at random.

How much: ``MARGIN_NOISE``, ``CELL_NOISE``, ``EVENT_NOISE`` and ``TOTAL_NOISE`` are standard deviations, in persons. The
larger they are, the less an attacker learns and the less true the numbers are; docs/publication.md draws the curve.

How it lasts: somebody who stays would be found by averaging many years of independent noise, and somebody who arrives
by comparing two years with the same noise. Between the two, the noise of a year is correlated with that of the year
before (``PERSISTENCE``), as in an autoregressive process: e(y) = PERSISTENCE × e(y − 1) + independent noise.

How it adds up: every table of a criterion contains the same noise of that criterion. The noise of a crossed table is
that of its two margins, spread over its lines, and some of its own that adds up to zero in each line and column. So the
noise of a criterion does not average out over the tables that have it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from publication.release.population import Counts, Ints
from publication.release.tables import ATTRIBUTES, CROSSED_PLANS, PLANS

Floats = NDArray[np.float64]
MARGIN_NOISE, CELL_NOISE, EVENT_NOISE, TOTAL_NOISE = 2.4, 2.8, 1.6, 1.5
_MANY = 1.1
"""Of a criterion of more than three categories, two of which differ by more than one number."""
PERSISTENCE = 0.5
_REMEMBERED_YEARS = 12
"""The noise of a year contains that of so many earlier ones; what is left out is less than a thousandth."""

CROSSED = {
    plan.name: (ATTRIBUTES.index(plan.groupings[0]), ATTRIBUTES.index(plan.groupings[1])) for plan in CROSSED_PLANS
}
"""Each crossed table with the positions of its two criteria."""
Normals = Callable[[str, int, tuple[int, ...]], Floats]
"""Gives standard normal numbers of a shape, always the same for a name and a year. A simulation puts one more dimension
before the shape: one line for each simulated key."""


def normals_of(key: bytes, redrawn: Mapping[int, int] | None = None) -> Normals:
    """Return the normal numbers of a key. ``redrawn``: year -> how many times its numbers were drawn anew."""

    def normals(name: str, year: int, shape: tuple[int, ...]) -> Floats:
        count = int(np.prod(shape))
        drawn = np.frombuffer(
            shake_256(key + f" {name} {year} {(redrawn or {}).get(year, 0)}".encode()).digest(8 * count), dtype=">u8"
        )
        numbers: Floats = ndtri((drawn.astype(np.float64) + 0.5) / 2.0**64).reshape(shape)
        return numbers

    return normals


def simulated_normals(random: np.random.Generator, draws: int) -> Normals:
    """Return the normal numbers of as many random keys."""
    known: dict[tuple[str, int], Floats] = {}

    def normals(name: str, year: int, shape: tuple[int, ...]) -> Floats:
        if (name, year) not in known:
            known[name, year] = random.standard_normal((draws, *shape))
        return known[name, year]

    return normals


def lasting(normals: Normals, name: str, year: int, shape: tuple[int, ...]) -> Floats:
    """Return standard normal numbers that are correlated with those of the years before."""
    weights = PERSISTENCE ** np.arange(_REMEMBERED_YEARS) * np.sqrt(1 - PERSISTENCE**2)
    numbers: Floats = sum(weight * normals(name, year - ago, shape) for ago, weight in enumerate(weights))
    return numbers


@dataclass(frozen=True)
class NoisyCounts:
    """Numbers of persons with their noise: like ``Counts``, but not whole. Simulated ones have one more dimension
    before the others, one line for each simulated key."""

    total: Floats
    margins: tuple[Floats, ...]
    tables: Mapping[str, Floats]


def add_noise(counts: Counts, year: int, normals: Normals, scale: float = 1.0) -> NoisyCounts:
    """Return the numbers of a year with noise of ``scale`` times the usual deviations. None is negative."""
    persons = max(1, counts.total)
    of_total = np.asarray(scale * TOTAL_NOISE * lasting(normals, "total", year, ()))
    total = np.maximum(0.0, counts.total + of_total)

    def moved(name: str, size: int) -> Floats:
        deviation = scale * MARGIN_NOISE * (_MANY if size > 3 else 1.0)
        return deviation * _centred(lasting(normals, name, year, (size,)), -1)

    def alone(true: Ints, noise: Floats) -> Floats:
        return _adding_up(np.maximum(0.0, true + noise + of_total[..., None] * true / persons), total)

    of_criteria = [moved(grouping.name, len(grouping.labels)) for grouping in ATTRIBUTES]
    margins = tuple(alone(true, noise) for true, noise in zip(counts.margins, of_criteria, strict=True))
    tables: dict[str, Floats] = {}
    for name, true in counts.tables.items():
        if name in CROSSED:
            first, second = CROSSED[name]
            rows, columns = (counts.margins[position] / persons for position in (first, second))
            own = scale * CELL_NOISE * _centred(_centred(lasting(normals, name, year, true.shape), -1), -2)
            of_rows = of_criteria[first][..., :, None] * columns
            of_columns = rows[:, None] * of_criteria[second][..., None, :]
            of_persons = of_total[..., None, None] * np.outer(rows, columns)
            tables[name] = np.maximum(0.0, true + own + of_rows + of_columns + of_persons)
        elif name in PLANS:  # what happens in a year: independent of other years
            tables[name] = np.maximum(0.0, true + scale * EVENT_NOISE * normals(name, year, true.shape))
        else:  # an own field
            tables[name] = alone(true, moved(name, true.size))
    return NoisyCounts(total, margins, tables)


def _centred(numbers: Floats, axis: int) -> Floats:
    """Return the numbers minus their mean along an axis, with the same variance as before."""
    size = numbers.shape[axis]
    if size < 2:
        return np.zeros_like(numbers)
    centred: Floats = (numbers - numbers.mean(axis=axis, keepdims=True)) * np.sqrt(size / (size - 1))
    return centred


def _adding_up(numbers: Floats, total: Floats) -> Floats:
    """Return the numbers, of the last dimension, so that they add up to the total."""
    sums = numbers.sum(axis=-1)
    scaled: Floats = numbers * (np.asarray(total) / np.maximum(sums, 1e-9))[..., None]
    return scaled
