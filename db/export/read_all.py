"""The whole office file read in one go: every kept row of every table, at one and the same moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from db.customise import edit
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Several
from db.rows import titles


@dataclass(frozen=True)
class Whole:
    """One state of the file. ``tables``: those the team fills in; ``office``: what the office set for itself.

    ``kept``: table -> the numbers of its rows, deleted ones left out.
    """

    db: Office
    tables: Mapping[str, OfficeTable]
    office: Mapping[str, OfficeTable]
    known: Context
    kept: Mapping[str, frozenset[int]]

    @property
    def size(self) -> int:
        """How many rows the team's tables hold."""
        return sum(len(self.kept[name]) for name in self.tables)

    def rows(self, table: OfficeTable) -> Iterator[tuple[int, dict[str, Any]]]:
        """(number, stored value by field) of every kept row, by number. What refers to a deleted row is empty."""
        columns = ", ".join(["id", *(item.name for item in table.fields)])
        for row_id, *raw in self.db.execute(
            f'SELECT {columns} FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id'
        ):
            values = zip(table.fields, raw, strict=True)
            yield row_id, {item.name: self._kept(item, item.type.from_sql(value)) for item, value in values}

    def _kept(self, item: Field, value: Any) -> Any:
        if value is None or item.target is None:
            return value
        known = self.kept[item.target]
        if isinstance(item.type, Several):
            return tuple(row_id for row_id in value if row_id in known) or None
        return value if value in known else None

    def deleted(self, table: OfficeTable) -> int:
        """How many rows of a table were deleted, and are none of this."""
        return self._one(f'SELECT count(*) FROM "{table.name}" WHERE deleted_at IS NOT NULL')

    def loose(self, table: OfficeTable, item: Field) -> int:
        """How many times a field of kept rows refers to a deleted row."""
        if item.target is None:
            return 0
        every = f", json_each(t.{item.name}) e" if isinstance(item.type, Several) else ""
        named = "e.value" if every else f"t.{item.name}"
        gone = f'{named} IS NOT NULL AND {named} NOT IN (SELECT id FROM "{item.target}" WHERE deleted_at IS NULL)'
        return self._one(f'SELECT count(*) FROM "{table.name}" t{every} WHERE t.deleted_at IS NULL AND {gone}')

    def values(self) -> Iterator[tuple[str, str, str, int, bool]]:
        """Every value of every list: (list, code, label, place, whether it was retired), in the order shown."""
        for name, labels in self.known.labels.items():
            for place, (code, label) in enumerate(labels.items(), start=1):
                yield name, code, label, place, code in self.known.retired[name]

    def _one(self, sql: str) -> int:
        return int(self.db.execute(sql).fetchone()[0])


def _in_use(db: Office, table: OfficeTable) -> OfficeTable:
    """The table without the fields that the office took back: what they held is kept to undo that, no more."""
    names = {item.name for item in edit.columns(db, table)}
    return replace(table, fields=tuple(item for item in table.fields if item.name in names))


@contextmanager
def reading(db: Office) -> Iterator[Whole]:
    """The file as it is at this moment, whoever saves meanwhile (one read transaction, which keeps nobody waiting)."""
    began = not db.in_transaction
    if began:
        db.execute("BEGIN")
    try:
        files, every = (
            {name: _in_use(db, table) for name, table in db.files.items()},
            db.tables,
        )
        others = {name: table for name, table in every.items() if name not in files}
        kept = {
            name: frozenset(row[0] for row in db.execute(f'SELECT id FROM "{name}" WHERE deleted_at IS NULL'))
            for name in every
        }
        yield Whole(db, files, others, titles.context(db), kept)
    finally:
        if began and db.in_transaction:
            db.execute("ROLLBACK")
