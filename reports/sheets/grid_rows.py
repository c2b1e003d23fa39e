"""The rows of a grid as CSV or XLSX, which an import of the unchanged file finds again: nothing changes.

Each row has its number, and the fields by which an import recognises it, whatever columns the grid shows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from db.base.french import french_number
from db.base.progress import Progress, ignore_progress
from db.model.fields import Computed, Field, OfficeTable, Privacy
from db.model.office import Office
from db.model.types import Integer
from db.rows import records, titles
from db.rows.queries import Query
from db.rows.records import Row
from db.rows.round_trip_text import ROW_NUMBER, Spelling
from reports.sheets import simple_sheets

CSV, XLSX = "CSV", "Excel (XLSX)"
_ALL, _CHUNK = 1_000_000, 500
_NUMBER = Field("id", ROW_NUMBER, Integer(1, 2**53), privacy=Privacy.SECRET)


def file_bytes(
    db: Office, kind: str, table_name: str, query: Query, names: Sequence[str], tick: Progress = ignore_progress
) -> bytes:
    """Return all rows that a query finds, whatever its page, as CSV or XLSX."""
    table = db.tables[table_name]
    make = xlsx_bytes if kind == XLSX else csv_bytes
    return make(db, table, names, _found(db, table, query, tick))


def _found(db: Office, table: OfficeTable, query: Query, tick: Progress) -> Iterator[Row]:
    ids = records.page_ids(db, table, replace(query, page=1, size=_ALL))
    for start in range(0, len(ids), _CHUNK):
        tick(start / len(ids), f"{french_number(start)} lignes sur {french_number(len(ids))}")
        yield from records.rows(db, table, ids[start : start + _CHUNK])


def csv_bytes(db: Office, table: OfficeTable, names: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return the rows as CSV. ``names``: the columns of the grid."""
    columns = _columns(table, names)
    return simple_sheets.csv_bytes(columns, _values(rows), _spelling(db).shown)


def xlsx_bytes(db: Office, table: OfficeTable, names: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return the rows as XLSX. ``names``: the columns of the grid."""
    columns = _columns(table, names)
    return simple_sheets.xlsx_bytes(table.plural, columns, _values(rows), _spelling(db).shown)


def _columns(table: OfficeTable, names: Sequence[str]) -> list[Field | Computed]:
    key = [name for name in dict.fromkeys((*table.key, *table.title)) if name not in names]
    return [_NUMBER, *map(table.column, (*key, *names))]


def _values(rows: Iterable[Row]) -> Iterable[dict[str, Any]]:
    return ({**row.values, "id": row.id} for row in rows)


def _spelling(db: Office) -> Spelling:
    return Spelling(db, db.tables, titles.context(db))
