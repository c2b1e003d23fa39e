"""Trials of many rows (``transactions.rehearsing``) are made for some persons at a time: others save in between."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_SIZE = 200
"""Rows tried together: less than a tenth of a second."""


def batches(rows: Iterable[T], owner: Callable[[T], Hashable]) -> Iterator[list[T]]:
    """Yield rows to try together. Those of one person stay together, in their order: rules compare the rows of one
    person, never two persons."""
    of_owner: dict[Hashable, list[T]] = {}
    for row in rows:
        of_owner.setdefault(owner(row), []).append(row)
    batch: list[T] = []
    for own in of_owner.values():
        batch += own
        if len(batch) >= _SIZE:
            yield batch
            batch = []
    if batch:
        yield batch
