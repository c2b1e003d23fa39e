"""Lists of values under keys, for indexes of a hundred thousand keys of which most have one value."""

from collections.abc import Sequence
from sys import maxsize
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class CompactLists(Generic[K, V]):
    """Key -> its values, in the order in which they were added, the first ``most`` only. No value may be a list: a key
    with one value costs none. A key is spared in the same way by giving its hash, where a mistake of one in 2**60 does
    no harm."""

    def __init__(self, most: int = maxsize) -> None:
        self._most = most
        self._values: dict[K, V | list[V]] = {}

    def add(self, key: K, value: V) -> None:
        """Add a value; the last one of its key is not repeated."""
        found = self._values.setdefault(key, value)
        if isinstance(found, list):
            if len(found) < self._most and found[-1] is not value:
                found.append(value)
        elif found is not value:
            self._values[key] = [found, value]

    def get(self, key: K) -> Sequence[V]:
        """Return the values of a key, without a copy."""
        found = self._values.get(key)
        if found is None:
            return ()
        return found if isinstance(found, list) else (found,)
