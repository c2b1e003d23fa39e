"""Read a workbook of the whole file with another program (calamine), and compare it with the file."""

from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Euros, Integer
from db.rows import titles
from db.rows.round_trip_text import headings, sheet_names

Cells = dict[str, list[list[Any]]]


def cells_of(data: bytes) -> Cells:
    """Return sheet -> its rows."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def stored_values(db: Office, table: OfficeTable) -> dict[int, dict[str, Any]]:
    """Return row id -> stored value by field, without deleted rows."""
    names = ", ".join(field.name for field in table.fields)
    rows = db.execute(f'SELECT id, {names} FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id').fetchall()
    return {
        row[0]: {field.name: field.type.from_sql(value) for field, value in zip(table.fields, row[1:], strict=True)}
        for row in rows
    }


def cell_values(cells: Cells, table: OfficeTable, context: Context, name: str = "") -> dict[int, dict[str, Any]]:
    """Return row id -> value by field, read from the cells."""
    head, *rows = cells[name or sheet_names([table])[table.name]]
    fields = headings(table.fields)
    assert head == ["N°", *fields]
    return {
        int(row[0]): {
            field.name: read_cell(field, value, context) for field, value in zip(fields.values(), row[1:], strict=True)
        }
        for row in rows
    }


def read_cell(field: Field, value: Any, context: Context) -> Any:
    """Return the value of a cell, read as the field does."""
    if value == "":
        return None
    if isinstance(field.type, Euros):
        assert isinstance(value, float)
        return round(value * 100)
    if isinstance(field.type, Integer):
        assert isinstance(value, float)
        return int(value)
    return field.type.check(value, context) if not isinstance(value, str) else field.type.read(value, context)


def assert_holds_every_value(data: bytes, db: Office) -> int:
    """Assert that the workbook holds every row and value of every table. Return the number of cells compared."""
    cells, context, compared = cells_of(data), titles.context(db), 0
    for table in db.files.values():
        stored = stored_values(db, table)
        assert cell_values(cells, table, context) == stored, table.name
        compared += len(stored) * (len(table.fields) + 1)
    return compared
