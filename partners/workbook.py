"""Rows -> an XLSX workbook: a sheet that says how to read them, then the rows, as numbers and never as formulas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

_FORMATS = (("part", '0.0" %"'), ("montant", '#,##0" €"'), ("annee", "0"), ("année", "0"))
_WIDEST = 60


@dataclass(frozen=True)
class Book:
    """What a workbook says. ``notes``: a line each of the first sheet, as (what, text)."""

    title: str
    sheet: str
    notes: Sequence[tuple[str, str]]
    columns: Sequence[str]
    labels: Sequence[str]
    rows: Sequence[Sequence[Any]]


def workbook(book: Book) -> bytes:
    """The file."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = xlsxwriter.Workbook(out, options)
    file.set_properties({"title": book.title, "comments": "\n".join(text for _, text in book.notes)[:250]})
    _notes(file, book)
    _rows(file, book)
    file.close()
    return out.getvalue()


def _notes(file: Any, book: Book) -> None:
    sheet = file.add_worksheet("Lisez-moi")
    bold = file.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 95)
    sheet.write_string(0, 0, book.title, file.add_format({"bold": True, "font_size": 14}))
    wrapped = file.add_format({"text_wrap": True, "valign": "top"})
    for place, (what, text) in enumerate(book.notes, 2):
        sheet.write_string(place, 0, what, bold)
        sheet.write_string(place, 1, text, wrapped)


def _rows(file: Any, book: Book) -> None:
    sheet = file.add_worksheet(_sheet_name(book.sheet))
    head = file.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#F6F4EF", "valign": "top"})
    for place, (column, label) in enumerate(zip(book.columns, book.labels, strict=True)):
        look = file.add_format({"num_format": _format(column)})
        sheet.set_column(place, place, _width(label, (row[place] for row in book.rows)), look)
        sheet.write_string(0, place, label, head)
    for line, row in enumerate(book.rows, 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value)
    sheet.freeze_panes(1, 0)
    if book.rows:
        sheet.autofilter(0, 0, len(book.rows), len(book.columns) - 1)


def _write(sheet: Any, line: int, place: int, value: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(line, place, value)
    elif value is not None:
        sheet.write_string(line, place, str(value)[:32_000])


def _format(column: str) -> str:
    return next((look for start, look in _FORMATS if column.lower().startswith(start)), "General")


def _width(label: str, values: Iterable[Any]) -> int:
    return min(_WIDEST, max(len(label), 8, *(len(str(value)) for value in values), 8) + 3)


def _sheet_name(name: str) -> str:
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in name)[:31].strip() or "Données"
