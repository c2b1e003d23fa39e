"""The list of rows of a grid: which rows a query found, in their order.

The list keeps its order while people work in it, so that a row does not move or vanish while a person types in it:
edited rows that no longer match stay, and new rows come last. Only the first ids are read when the list is made
(``_FIRST``); all others are once a line beyond them is wanted. A *line* is an index in the list, from 0.
"""

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import group_counts, records
from db.rows.queries import Query

_FIRST, _ALL = 500, 10_000_000
"""How many ids are read when the list is made, and how many at most."""
_WATCHED = 2_000
"""Up to this length, every row is watched for what colleagues change; beyond, only those shown or written here."""


@dataclass(frozen=True)
class RowGroup:
    """A group as it was when the list was made: its code (None: empty) and number of rows, none of which is in the
    list when it is folded."""

    code: Any
    size: int
    folded: bool


class RowList:
    """The rows of one query. ``number`` grows each time lines get other rows than before."""

    def __init__(self) -> None:
        self.number = 0
        self.query: Query | None = None
        self.table: OfficeTable | None = None
        self.sections: list[RowGroup] = []
        self._ids = array("q")
        self._size = 0  # the rows found, of which ``_ids`` holds the first, or all
        self._added: list[int] = []
        self.dropped: set[int] = set()  # rows that were deleted since the list was made
        self._added_before: frozenset[int] = frozenset()  # in the list only if they match

    def start(self, db: Office, table: OfficeTable, query: Query, adopted: Iterable[int] = ()) -> None:
        """Make the list. ``query`` has a day; ``adopted``: the rows added in this tab so far."""
        self.table, self.query = table, query
        self._ids = self._read(db, _FIRST)
        groups = group_counts.counts(db, table, query) if query.group else []
        self.sections = [RowGroup(code, size, code in query.folded) for code, size in groups]
        shown = sum(section.size for section in self.sections if not section.folded)
        counted = shown if query.group else records.count(db, table, query)
        self._size = counted if counted > _FIRST else len(self._ids)
        self._added, self._added_before, self.dropped = [], frozenset(adopted), set()
        self.number += 1

    def _read(self, db: Office, most: int) -> "array[int]":
        if self.table is None or self.query is None:
            return array("q")
        return array("q", records.page_ids(db, self.table, replace(self.query, page=1, size=most)))

    def _complete(self, db: Office) -> None:
        """Read all ids. The lines get other rows when the file has changed what the query finds meanwhile."""
        if len(self._ids) >= self._size:
            return
        ids = self._read(db, _ALL)
        if len(ids) != self._size or ids[: len(self._ids)] != self._ids:
            self.number += 1
        self._ids, self._size = ids, len(ids)
        found = set(ids)
        self._added = [row_id for row_id in self._added if row_id not in found]

    def __len__(self) -> int:
        return self._size + len(self._added)

    def ids(self, db: Office, first: int, last: int) -> list[int]:
        """Return the ids of the lines from ``first`` to ``last``, which is not included."""
        first, last = max(0, first), max(0, last)
        if len(self._ids) < min(last, self._size):
            self._complete(db)
        return [*self._ids[first:last], *self._added[max(0, first - self._size) : max(0, last - self._size)]]

    def line_of(self, db: Office, row_id: int) -> int | None:
        """Return the line of a row, or None when the list does not hold it."""
        if row_id in self._added:
            return self._size + self._added.index(row_id)
        if row_id not in self._ids:
            self._complete(db)
        return self._ids.index(row_id) if row_id in self._ids else None

    def neighbour(self, db: Office, row_id: int, step: int) -> int | None:
        """Return the id of the row ``step`` lines further down (up, when negative), or None at an end."""
        line = self.line_of(db, row_id)
        if line is None or line + step < 0:
            return None
        found = self.ids(db, line + step, line + step + 1)
        return found[0] if found else None

    def drop(self, gone: Iterable[int]) -> None:
        """Remove deleted rows from the list."""
        missing = set(gone)
        if not missing:
            return
        lost = [self.section_of(line) for line, row_id in enumerate(self._ids) if row_id in missing]
        self.sections = [replace(one, size=one.size - lost.count(at)) for at, one in enumerate(self.sections)]
        self._ids = array("q", (row_id for row_id in self._ids if row_id not in missing))
        self._size -= len(lost)
        self._added = [row_id for row_id in self._added if row_id not in missing]
        self.dropped |= missing
        self.number += 1

    def section_of(self, line: int) -> int | None:
        """Return the index of the section in which a line stands; None for an added row, and without groups."""
        if not self.sections or line >= self._size:
            return None
        ends = accumulate(0 if section.folded else section.size for section in self.sections)
        index = bisect_right(list(ends), line)
        return index if index < len(self.sections) else None

    def watched(self, db: Office, shown: Sequence[int], written: Iterable[int]) -> list[int]:
        """Return the rows to look at for what no longer matches: all of a short list, else those shown or written."""
        return self.ids(db, 0, len(self)) if len(self) <= _WATCHED else list(dict.fromkeys([*shown, *written]))

    def append_new(self, db: Office, adopted: Iterable[int], changed: Collection[int] | None = None) -> None:
        """Append the rows added in this tab and, to a short list, those that match since colleagues ``changed`` them
        (None: any row)."""
        own = [row_id for row_id in adopted if row_id not in self._added_before]
        known = set(self._ids)
        may_match = self._size <= _FIRST and (changed is None or not known.issuperset(changed))
        matching = self._read(db, _FIRST) if may_match else []
        self._added = [row_id for row_id in dict.fromkeys([*self._added, *own, *matching]) if row_id not in known]
