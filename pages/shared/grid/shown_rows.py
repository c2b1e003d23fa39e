"""What a grid was told of its rows, kept as long as no change of the file may concern them: after each save of a
colleague every open grid asks again, and mostly nothing that it shows has changed."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records, row_changes
from db.rows.queries import Query
from db.rows.records import Row
from db.storage.connection import change_token, remembered

T = TypeVar("T")
_MOST = 4_000
_FEW = 20
"""So many rows are what one save concerns: every open grid reads the same."""


@dataclass(frozen=True)
class ShownRow:
    """One row as shown: its texts by column, its version, its marks."""

    texts: dict[str, str]
    version: int
    marks: dict[str, tuple[str, str]]


@dataclass
class ShownRows:
    """The rows of one grid. ``_asked``: what they were read for; ``_token``: the change number of that state."""

    _asked: Any = None
    _token: int = -1
    _rows: dict[int, ShownRow] = field(default_factory=dict)
    _matching: dict[int, bool] = field(default_factory=dict)

    def follow(self, db: Office, table: OfficeTable, asked: Any) -> None:
        """Forget what may have changed since. ``asked``: the columns, the query, the day, the roles."""
        token = change_token(db)
        changed = (
            row_changes.affected(db, table, self._token) if (asked, token) != (self._asked, self._token) else set()
        )
        if asked != self._asked or changed is None or len(self._rows) + len(self._matching) > _MOST:
            self._rows.clear()
            self._matching.clear()
        else:
            for row_id in changed:
                self._rows.pop(row_id, None)
                self._matching.pop(row_id, None)
        self._asked, self._token = asked, token

    def read(
        self, db: Office, table: OfficeTable, ids: list[int], texts: Callable[[Row], dict[str, str]]
    ) -> dict[int, ShownRow]:
        """Return these rows as they are shown, without deleted ones."""
        missing = [row_id for row_id in ids if row_id not in self._rows]
        for row in _of_many_grids(db, "rows", table, missing, lambda: records.rows(db, table, missing)):
            self._rows[row.id] = ShownRow(texts(row), row.version, row.marks)
        return {row_id: self._rows[row_id] for row_id in ids if row_id in self._rows}

    def no_longer_matching(self, db: Office, table: OfficeTable, query: Query, ids: Iterable[int]) -> set[int]:
        """Return which of these rows the query no longer finds."""
        unknown = [row_id for row_id in ids if row_id not in self._matching]
        if unknown:
            asked = ("matching", query.filters, query.search, query.today)
            found = _of_many_grids(db, asked, table, unknown, lambda: records.still_matching(db, table, query, unknown))
            self._matching.update((row_id, row_id in found) for row_id in unknown)
        return {row_id for row_id in ids if not self._matching[row_id]}


def _of_many_grids(db: Office, asked: Hashable, table: OfficeTable, ids: list[int], read: Callable[[], T]) -> T:
    """Return what ``read`` returns of these rows; of few, read once for all grids that know the same columns. A grid
    may still have those from before a field was added."""
    if len(ids) > _FEW:
        return read()
    columns = tuple(column.name for column in table.columns)
    return remembered(db, (asked, table.name, columns, records.today(), *ids), read)
