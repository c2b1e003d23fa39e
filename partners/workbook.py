"""Write rows as an XLSX workbook: a sheet of notes on how to read them, then the rows, never as formulas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

_FORMATS = (("part", '0.0" %"'), ("montant", '#,##0" €"'), ("annee", "0"), ("année", "0"))
_MAX_WIDTH = 60


@dataclass(frozen=True)
class Book:
    """The content of a workbook. ``notes``: the lines of the first sheet, as (heading, text)."""

    title: str
    sheet: str
    notes: Sequence[tuple[str, str]]
    columns: Sequence[str]
    labels: Sequence[str]
    rows: Sequence[Sequence[Any]]


def workbook(book: Book) -> bytes:
    """Return the file as bytes."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = xlsxwriter.Workbook(out, options)
    file.set_properties({"title": book.title, "comments": "\n".join(text for _, text in book.notes)[:250]})
    _write_notes(file, book)
    _write_rows(file, book)
    file.close()
    return out.getvalue()


def _write_notes(file: Any, book: Book) -> None:
    sheet = file.add_worksheet("Lisez-moi")
    bold = file.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 95)
    sheet.write_string(0, 0, book.title, file.add_format({"bold": True, "font_size": 14}))
    wrapped = file.add_format({"text_wrap": True, "valign": "top"})
    for row, (heading, text) in enumerate(book.notes, 2):
        sheet.write_string(row, 0, heading, bold)
        sheet.write_string(row, 1, text, wrapped)


def _write_rows(file: Any, book: Book) -> None:
    sheet = file.add_worksheet(_sheet_name(book.sheet))
    head = file.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#F6F4EF", "valign": "top"})
    for index, (column, label) in enumerate(zip(book.columns, book.labels, strict=True)):
        cell_format = file.add_format({"num_format": _number_format(column)})
        sheet.set_column(index, index, _column_width(label, (row[index] for row in book.rows)), cell_format)
        sheet.write_string(0, index, label, head)
    for row_index, row in enumerate(book.rows, 1):
        for index, value in enumerate(row):
            _write_cell(sheet, row_index, index, value)
    sheet.freeze_panes(1, 0)
    if book.rows:
        sheet.autofilter(0, 0, len(book.rows), len(book.columns) - 1)


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value)[:32_000])


def _number_format(column: str) -> str:
    return next((text for prefix, text in _FORMATS if column.lower().startswith(prefix)), "General")


def _column_width(label: str, values: Iterable[Any]) -> int:
    return min(_MAX_WIDTH, max(len(label), 8, *(len(str(value)) for value in values), 8) + 3)


def _sheet_name(name: str) -> str:
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in name)[:31].strip() or "Données"
