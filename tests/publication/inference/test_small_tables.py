"""On small tables the intervals of the linear programme equal those found by trying every possible table."""

from itertools import product

import numpy as np
import pytest

from publication.inference.intervals import LinearSystem
from publication.release.rounding import round_crossed_table
from publication.release.tables import BASE

pytestmark = pytest.mark.real_solver
TRUE_TABLES = ([[1, 0], [2, 6]], [[3, 1], [0, 2]], [[7, 4], [1, 0]], [[2, 2], [2, 2]])


def publish(true):
    """Return the total, the rounded margins and the rounded cells of a true table."""
    total = int(true.sum())
    margins = [round_margin(true.sum(axis=axis), total) for axis in (1, 0)]
    return total, margins, round_crossed_table(true.astype(float), margins[0], margins[1])


def round_margin(margin, total):
    first = BASE * round(int(margin[0]) / BASE)
    return np.array([first, max(0, BASE * round(total / BASE) - first)])


def bounds_by_linear_programme(total, margins, published):
    system = LinearSystem()
    cells = [("cell", *index) for index in np.ndindex(*published.shape)]
    for cell in cells:
        system.add_rounded(cell, int(published[cell[1:]]))
    for axis, margin in enumerate(margins):
        for category, number in enumerate(margin):
            system.add_rounded((axis, category), int(number))
            system.add_sum([cell for cell in cells if cell[1 + axis] == category], (axis, category))
    system.add_sum(cells, total)
    lows, highs = system.bounds([[cell] for cell in cells])
    return lows.tolist(), highs.tolist()


def bounds_by_brute_force(total, margins, published):
    near = [range(max(0, number - BASE + 1), number + BASE) for number in published.ravel().tolist()]
    tables = np.array([table for table in product(*near) if sum(table) == total]).reshape(-1, *published.shape)
    possible = np.ones(len(tables), dtype=bool)
    for axis, margin in enumerate(margins):
        possible &= (np.abs(tables.sum(axis=2 - axis) - margin) < BASE).all(axis=1)
    cells = tables[possible].reshape(-1, published.size)
    return cells.min(axis=0).tolist(), cells.max(axis=0).tolist()


@pytest.mark.parametrize("true", TRUE_TABLES)
def test_intervals_equal_those_of_every_possible_table(true):
    published = publish(np.array(true))

    assert bounds_by_linear_programme(*published) == bounds_by_brute_force(*published)


def test_intervals_that_are_too_narrow_differ(monkeypatch):
    """Positive control: an attacker who takes rounded numbers as nearer to the truth gets other intervals."""

    def add_too_narrow(self, name, published):
        self.add(name, published - 3, published + 3)

    monkeypatch.setattr(LinearSystem, "add_rounded", add_too_narrow)
    published = [publish(np.array(true)) for true in TRUE_TABLES]

    assert any(bounds_by_linear_programme(*one) != bounds_by_brute_force(*one) for one in published)
