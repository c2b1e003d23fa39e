"""« Personnes fictives »: one row per person of the rounded total, made from the published tables alone.

Iterative proportional fitting over all combinations of categories, starting from independence, then rounding to whole
rows. The rows reveal nothing beyond the tables: neither the office's file nor its key is read here.
"""

from collections.abc import Sequence

import numpy as np

from publication.release.noise import Floats
from publication.release.population import Ints
from publication.release.release import Release

Constraints = Sequence[tuple[tuple[int, ...], Ints]]
"""For each crossed table, and each criterion in none: the axes of the joint array to sum over, and what the sum should
equal."""
_MAX_MOVES = 400
_MAX_ITERATIONS = 200
"""Rounded tables may contradict each other slightly, so fitting need not converge; it is deterministic all the same."""


def make_persons(release: Release) -> Ints:
    """Return one row per artificial person: the index of the category for each of the release's margins, in order."""
    names = list(release.margins)
    constraints = _constraints(release, names)
    shape = tuple(len(release.margins[name].labels[0]) for name in names)
    fitted = _fit(np.full(shape, release.rounded / np.prod(shape)), constraints)
    persons = _round_to_persons(fitted, constraints, release.rounded)
    combinations = np.indices(persons.shape).reshape(len(names), -1).T
    return np.repeat(combinations, persons.ravel(), axis=0)


def _constraints(release: Release, names: list[str]) -> Constraints:
    sizes = {name: len(release.margins[name].labels[0]) for name in names}
    crossings = [table for table in release.tables.values() if set(table.columns) <= set(names)]
    tables = [table for table in crossings if table.persons.shape == tuple(sizes[name] for name in table.columns)]
    crossed = {column for table in tables for column in table.columns}
    constraints = []
    for table in (*tables, *(table for name, table in release.margins.items() if name not in crossed)):
        kept = [names.index(column) for column in table.columns]
        summed = tuple(axis for axis in range(len(names)) if axis not in kept)
        constraints.append((summed, table.persons if kept == sorted(kept) else table.persons.T))
    return constraints


def _fit(joint: Floats, constraints: Constraints) -> Floats:
    """Scale the joint array to each table in turn until it no longer changes (iterative proportional fitting)."""
    for _ in range(_MAX_ITERATIONS):
        before = joint
        for axes, table in constraints:
            sums = joint.sum(axis=axes)
            ratio = np.divide(table, sums, out=np.zeros(sums.shape), where=sums > 0)
            joint = joint * np.expand_dims(ratio, axes)
        if np.abs(joint - before).max() < 1e-9:
            break
    return joint


def _round_to_persons(joint: Floats, constraints: Constraints, total: int) -> Ints:
    """Round to whole persons, ``total`` in all.

    Each combination is rounded down, then persons are added one at a time where the tables lack most. Finally persons
    move between combinations as long as that brings the sums nearer to the tables.
    """
    persons = np.floor(joint * (1 - 1e-9)).astype(np.int64)
    for _ in range(max(0, total - int(persons.sum()))):
        persons[_argmax(_improvement(persons, constraints, 1))] += 1
    for _ in range(_MAX_MOVES):
        moved = persons.copy()
        source = _argmax(np.where(persons > 0, _improvement(persons, constraints, -1), -np.inf))
        moved[source] -= 1
        moved[_argmax(_improvement(moved, constraints, 1))] += 1
        if _squared_error(moved, constraints) >= _squared_error(persons, constraints):
            break
        persons = moved
    return persons


def _argmax(values: Floats) -> tuple[int, ...]:
    """Return the index of the largest value, the first of several."""
    return tuple(int(index) for index in np.unravel_index(int(np.argmax(values)), values.shape))


def _improvement(persons: Ints, constraints: Constraints, step: int) -> Floats:
    """Return by how much the squared error falls when each combination gains (or loses) one person."""
    improvement = np.zeros(persons.shape)
    for axes, table in constraints:
        missing = table - persons.sum(axis=axes)
        improvement = improvement + np.expand_dims(2 * step * missing - 1, axes)
    return improvement


def _squared_error(persons: Ints, constraints: Constraints) -> int:
    return sum(int(((table - persons.sum(axis=axes)) ** 2).sum()) for axes, table in constraints)
