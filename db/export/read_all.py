"""Reading of every row of every table of the office file, deleted rows left out, in one read transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from db.customise import edit
from db.model.dictionary import BOARD, CARD
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Several
from db.rows import titles


@dataclass(frozen=True)
class WholeFile:
    """The office file at one moment. ``tables``: those that the team fills in; ``office``: attachments, boards,
    settings and own fields. ``row_ids``: table -> ids of its rows, deleted ones left out."""

    db: Office
    tables: Mapping[str, OfficeTable]
    office: Mapping[str, OfficeTable]
    context: Context
    row_ids: Mapping[str, frozenset[int]]

    @property
    def readable(self) -> dict[str, OfficeTable]:
        """The tables that a person reads outside Palette: those that the team fills in, boards and cards."""
        return {**self.tables, **{name: self.office[name] for name in (BOARD.name, CARD.name)}}

    @property
    def size(self) -> int:
        """The number of rows of the team's tables."""
        return sum(len(self.row_ids[name]) for name in self.tables)

    def rows(self, table: OfficeTable) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (id, value by field) of every row, by id. A reference to a deleted row is None."""
        columns = ", ".join(["id", *(field.name for field in table.fields)])
        for row_id, *raw in self.db.execute(
            f'SELECT {columns} FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id'
        ):
            stored = zip(table.fields, raw, strict=True)
            yield row_id, {one.name: self._without_deleted(one, one.type.from_sql(value)) for one, value in stored}

    def _without_deleted(self, field: Field, value: Any) -> Any:
        if value is None or field.target is None:
            return value
        ids = self.row_ids[field.target]
        if isinstance(field.type, Several):
            return tuple(row_id for row_id in value if row_id in ids) or None
        return value if value in ids else None

    def count_deleted(self, table: OfficeTable) -> int:
        """Return the number of deleted rows of a table."""
        return self._count(f'SELECT count(*) FROM "{table.name}" WHERE deleted_at IS NOT NULL')

    def count_dangling(self, table: OfficeTable, field: Field) -> int:
        """Return the number of references of a field to deleted rows."""
        if field.target is None:
            return 0
        each = f", json_each(t.{field.name}) e" if isinstance(field.type, Several) else ""
        target = "e.value" if each else f"t.{field.name}"
        kept = f'SELECT id FROM "{field.target}" WHERE deleted_at IS NULL'
        dangling = f"{target} IS NOT NULL AND {target} NOT IN ({kept})"
        return self._count(f'SELECT count(*) FROM "{table.name}" t{each} WHERE t.deleted_at IS NULL AND {dangling}')

    def values(self) -> Iterator[tuple[str, str, str, int, bool]]:
        """Yield (list, code, label, position from 1, is retired) for every value of every list, in order."""
        for name, labels in self.context.labels.items():
            for position, (code, label) in enumerate(labels.items(), start=1):
                yield name, code, label, position, code in self.context.retired[name]

    def _count(self, sql: str) -> int:
        return int(self.db.execute(sql).fetchone()[0])


def _in_use(db: Office, table: OfficeTable) -> OfficeTable:
    """Return the table without the own fields whose creation was undone; their columns serve only a redo."""
    names = {field.name for field in edit.columns(db, table)}
    return replace(table, fields=tuple(field for field in table.fields if field.name in names))


@contextmanager
def reading(db: Office) -> Iterator[WholeFile]:
    """Read the file in one transaction, which sees no later save and blocks none."""
    own_transaction = not db.in_transaction
    if own_transaction:
        db.execute("BEGIN")
    try:
        files = {name: _in_use(db, table) for name, table in db.files.items()}
        others = {name: table for name, table in db.tables.items() if name not in files}
        row_ids = {
            name: frozenset(row[0] for row in db.execute(f'SELECT id FROM "{name}" WHERE deleted_at IS NULL'))
            for name in db.tables
        }
        yield WholeFile(db, files, others, titles.context(db), row_ids)
    finally:
        if own_transaction and db.in_transaction:
            db.execute("ROLLBACK")
