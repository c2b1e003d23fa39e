"""Rows as CSV or XLSX: real dates and numbers, and no cell that runs as a formula."""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from db.base.spreadsheets import harmless, new_workbook, sheet_name, write_text
from db.model.fields import Computed, Field
from db.model.types import Context, Date, Euros, Integer

_FIRST_DAY = "1900-03-01"
"""Before this day Excel, which takes 1900 for a leap year, and LibreOffice read a number as different days."""
Column = Field | Computed
Show = Callable[[Column, Any], str]
"""Writes a value of a column as text."""


def as_on_screen(context: Context) -> Show:
    """Return the function that writes values as on screen."""
    return lambda column, value: column.type.show(value, context)


def csv_bytes(columns: Sequence[Column], rows: Iterable[dict[str, Any]], show: Show) -> bytes:
    """Return CSV as a French Excel opens it (UTF-8 with BOM, semicolons)."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in columns])
    for row in rows:
        writer.writerow([harmless(show(column, row[column.name])) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, columns: Sequence[Column], rows: Iterable[dict[str, Any]], show: Show) -> bytes:
    """Return one sheet: a frozen header with filters, dates as dates, euros as euros."""
    out = BytesIO()
    book = new_workbook(out, constant_memory=True)
    sheet = book.add_worksheet(sheet_name(title, set()))
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    formats = {
        Date: book.add_format({"num_format": "dd/mm/yyyy"}),
        Euros: book.add_format({"num_format": '# ##0.00 "€"'}),
    }
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column.label, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            _write_cell(sheet, last, index, column, row[column.name], show, formats.get(type(column.type)))
    sheet.set_column(0, len(columns) - 1, 18)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    return out.getvalue()


def _write_cell(sheet: Any, line: int, index: int, column: Column, value: Any, show: Show, style: Any) -> None:
    if value is None:
        return
    if isinstance(column.type, Date) and value >= _FIRST_DAY:
        sheet.write_datetime(line, index, date.fromisoformat(value), style)
    elif isinstance(column.type, Euros):
        sheet.write_number(line, index, value / 100, style)
    elif isinstance(column.type, Integer):
        sheet.write_number(line, index, value)
    else:
        write_text(sheet, line, index, show(column, value))
