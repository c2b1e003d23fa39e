"""Import files for tests: rows of cells as the bytes of an XLSX, an ODS or a CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from odfdo import Document, Table

Rows = Sequence[Sequence[Any]]


def xlsx(sheets: Mapping[str, Rows], hidden: tuple[str, ...] = (), formats: Mapping[Any, str] | None = None) -> bytes:
    """One sheet each. ``formats``: (sheet, row, column from 0) -> number format."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                code = (formats or {}).get((name, r, c))
                if isinstance(value, date):
                    sheet.write_datetime(r, c, value, day)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value, book.add_format({"num_format": code}) if code else None)
        if name in hidden:
            sheet.hide()
    book.close()
    return buffer.getvalue()


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """The same as ODS."""
    document = Document("spreadsheet")
    document.body.clear()
    for name, rows in sheets.items():
        table = Table(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    table.set_value((c, r), value)
        document.body.append(table)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def text(rows: Rows, separator: str = ";", charset: str = "cp1252") -> bytes:
    """The same as CSV; nothing is an empty cell."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue().encode(charset)
