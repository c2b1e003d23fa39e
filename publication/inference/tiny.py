"""Attack 13: on tiny tables, the intervals of the auditor are those found by trying every possible table."""

from itertools import product

import numpy as np

from publication.inference.intervals import System
from publication.release.population import Ints
from publication.release.rounding import transported
from publication.release.tables import BASE

_TRUE = ([[1, 0], [2, 6]], [[3, 1], [0, 2]], [[7, 4], [1, 0]], [[2, 2], [2, 2]])
"""Two criteria of two categories, small enough to try all."""


def wrong() -> list[str]:
    """Where the linear programme and the enumeration disagree."""
    return [f"Petit tableau {place + 1} : les intervalles calculés sont faux." for place, true in enumerate(_TRUE) if not _agree(np.array(true))]  # fmt: skip  # noqa: E501


def _agree(true: Ints) -> bool:
    rows, columns, total = (np.asarray(true.sum(axis=axis)) for axis in (1, 0, None))
    margins = [_neighbours(rows, int(total)), _neighbours(columns, int(total))]
    published = transported(true, margins[0], margins[1], np.zeros(true.size))
    lows, highs = _by_programme(published, margins, int(total))
    every = _by_trying(published, margins, int(total))
    return np.array_equal(lows, every.min(axis=0)) and np.array_equal(highs, every.max(axis=0))


def _neighbours(margin: Ints, total: int) -> Ints:
    first = int(BASE * round(int(margin[0]) / BASE))
    return np.array([first, max(0, int(BASE * round(total / BASE)) - first)])


def _by_programme(published: Ints, margins: list[Ints], total: int) -> tuple[Ints, Ints]:
    system = System()
    for place in np.ndindex(*published.shape):
        system.rounded(("cell", *place), int(published[place]))
    for axis, margin in enumerate(margins):
        for at, number in enumerate(margin):
            system.rounded((axis, at), int(number))
            system.equal([("cell", *place) for place in np.ndindex(*published.shape) if place[axis] == at], (axis, at))
    system.equal([("cell", *place) for place in np.ndindex(*published.shape)], total)
    return system.bounds([[("cell", *place)] for place in np.ndindex(*published.shape)])


def _by_trying(published: Ints, margins: list[Ints], total: int) -> Ints:
    near = [range(max(0, number - BASE + 1), number + BASE) for number in published.ravel().tolist()]
    tried = np.array([table for table in product(*near) if sum(table) == total]).reshape(-1, *published.shape)
    fit = np.ones(len(tried), dtype=bool)
    for axis, margin in enumerate(margins):
        fit &= (np.abs(tried.sum(axis=2 - axis) - margin) < BASE).all(axis=1)
    return tried[fit].reshape(-1, published.size)
