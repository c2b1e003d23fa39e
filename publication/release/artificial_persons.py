"""« Personnes fictives »: as many rows as the rounded total, made from the published tables alone; nobody in it exists.

Proportional fitting over all combinations of categories, starting from no link between any two, then whole rows. They
say nothing that the tables do not say: neither the office's file nor its key is read here.
"""

from collections.abc import Sequence

import numpy as np

from publication.release.population import Ints
from publication.release.release import Release
from publication.release.rounding import Floats

Axes = tuple[tuple[int, ...], Ints]
_MOVES = 400
_ROUNDS = 200
"""Rounded tables may contradict each other a little: fitting stops there, on the same result every time."""


def persons(release: Release) -> Ints:
    """One row a made-up person, the place of her category for each of the release's margins, in their order."""
    names = list(release.margins)
    axes = _axes(release, names)
    shape = tuple(len(release.margins[name].labels[0]) for name in names)
    whole = _whole(_fitted(np.full(shape, release.rounded / np.prod(shape)), axes), axes, release.rounded)
    combinations = np.indices(whole.shape).reshape(len(names), -1).T
    return np.repeat(combinations, whole.ravel(), axis=0)


def _axes(release: Release, names: list[str]) -> list[Axes]:
    """Each published table of two criteria: the axes to add up over, and the table as the rest is then laid out."""
    found = []
    for sheet in release.tables.values():
        shape = tuple(len(release.margins[column].labels[0]) for column in sheet.columns if column in names)
        if len(sheet.columns) == 2 and sheet.persons.shape == shape:
            kept = [names.index(column) for column in sheet.columns]
            others = tuple(axis for axis in range(len(names)) if axis not in kept)
            found.append((others, sheet.persons if kept[0] < kept[1] else sheet.persons.T))
    return found


def _fitted(joint: Floats, axes: Sequence[Axes]) -> Floats:
    """How many persons each combination would have, if nothing linked the criteria but the published tables."""
    for _ in range(_ROUNDS):
        before = joint
        for others, table in axes:
            have = joint.sum(axis=others)
            ratio = np.divide(table, have, out=np.zeros(have.shape), where=have > 0)
            joint = joint * np.expand_dims(ratio, others)
        if np.abs(joint - before).max() < 1e-9:
            break
    return joint


def _whole(joint: Floats, axes: Sequence[Axes], total: int) -> Ints:
    """Whole persons, ``total`` in all: each combination rounded down, then one person at a time where tables lack most.

    At the end persons change place as long as that brings the tables nearer.
    """
    whole = np.floor(joint * (1 - 1e-9)).astype(np.int64)
    for _ in range(max(0, total - int(whole.sum()))):
        whole[_most(_gain(whole, axes, 1))] += 1
    for _ in range(_MOVES):
        taken = whole.copy()
        leaves = _most(np.where(whole > 0, _gain(whole, axes, -1), -np.inf))
        taken[leaves] -= 1
        comes = _most(_gain(taken, axes, 1))
        taken[comes] += 1
        if _apart(taken, axes) >= _apart(whole, axes):
            break
        whole = taken
    return whole


def _most(gain: Floats) -> tuple[int, ...]:
    """The place of the largest; the first of several."""
    return tuple(int(at) for at in np.unravel_index(int(np.argmax(gain)), gain.shape))


def _gain(whole: Ints, axes: Sequence[Axes], step: int) -> Floats:
    """How much nearer to all tables one person more (or less) in each combination brings them, in squares."""
    gain = np.zeros(whole.shape)
    for others, table in axes:
        lacks = table - whole.sum(axis=others)
        gain = gain + np.expand_dims(2 * step * lacks - 1, others)
    return gain


def _apart(whole: Ints, axes: Sequence[Axes]) -> int:
    return sum(int(((table - whole.sum(axis=others)) ** 2).sum()) for others, table in axes)
