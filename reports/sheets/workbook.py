"""Tables for any spreadsheet format, and the XLSX writer; ods.py writes ODS from the same. Every text stays a text («
=1+1 », « 0012 »), every day a day, every sum a number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from db.base.errors import InvalidError, Problem
from db.base.spreadsheets import new_workbook, write_text
from db.base.version import PRODUCT
from db.base.work_folders import own_folder

Cell = str | int | float | date | None
TEXT, NUMBER, EUROS, DAY, OWN = "text", "number", "euros", "day", "own"
"""Looks of a column; OWN: the number of the row itself."""
TITLE, SOFT, HEAD, LINE = "title", "soft", "head", "line"
"""Looks of a line of the cover page; SOFT spans the whole width."""
RIGHT = (NUMBER, EUROS)
_HEIGHTS = {TITLE: 26, HEAD: 30}
"""Row heights, in points."""
TALLEST = 8
"""Most lines of text shown of a row; the rest is in the cell."""
FILL, INK, RULE = "#F3EFE6", "#5A5448", "#B8AF9C"


@dataclass(frozen=True)
class SheetColumn:
    """One column: heading, look, width in characters."""

    heading: str
    look: str
    width: int


@dataclass(frozen=True)
class TableSheet:
    """A table of ``size`` rows, read once while they are written."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterator[Sequence[Cell]]
    size: int

    def lines(self, row: Sequence[Cell]) -> int:
        """Return how many lines of text of a row are shown: those of its longest cell, up to TALLEST."""
        cells = zip(row, self.columns, strict=True)
        return min(
            TALLEST, max(_lines(value, column.width) if isinstance(value, str) else 1 for value, column in cells)
        )


def _lines(text: str, width: int) -> int:
    if len(text) <= width and "\n" not in text:
        return 1
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


@dataclass(frozen=True)
class CoverPage:
    """A sheet of text: ``widths`` of columns in characters; ``right``: columns of numbers."""

    name: str
    widths: Sequence[int]
    right: Sequence[int]
    lines: Sequence[tuple[str, Sequence[Cell]]]

    def look(self, look: str, index: int) -> str:
        """Return the look of one cell of a line."""
        if index in self.right:
            return {LINE: NUMBER, HEAD: HEAD + NUMBER}.get(look, look)
        return TEXT if look == LINE else look


def xlsx_bytes(title: str, page: CoverPage, sheets: Sequence[TableSheet]) -> bytes:
    """Return the workbook, ``page`` first. Raises InvalidError for what Excel cannot hold."""
    out = BytesIO()
    # What is written goes through files: kept in a folder that also goes when the work is cancelled half-way.
    with own_folder() as folder:
        book = new_workbook(out, constant_memory=True, tmpdir=folder)
        book.set_properties({"title": title, "author": PRODUCT})
        looks = _looks(book)
        _page(book, page, looks)
        for sheet in sheets:
            _sheet(book, sheet, looks)
        book.close()
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    common = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    head = {**common, "bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": FILL}
    right = {"align": "right", "indent": 1}
    head["bottom_color"] = RULE
    return {
        TEXT: book.add_format({**common, "text_wrap": True}),
        OWN: book.add_format({**common, "num_format": "0", "align": "left"}),
        NUMBER: book.add_format({**common, **right, "num_format": "#,##0"}),
        EUROS: book.add_format({**common, **right, "num_format": '#,##0.00 "€"'}),
        DAY: book.add_format({**common, "num_format": "dd/mm/yyyy", "align": "left"}),
        TITLE: book.add_format({**common, "bold": True, "font_size": 16}),
        SOFT: book.add_format({**common, "text_wrap": True, "font_color": INK}),
        HEAD: book.add_format(head),
        HEAD + NUMBER: book.add_format({**head, **right}),
    }


def _page(book: Any, page: CoverPage, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(page.name)
    sheet.hide_gridlines(2)
    for index, width in enumerate(page.widths):
        sheet.set_column(index, index, width)
    for number, (look, cells) in enumerate(page.lines):
        if look == SOFT:
            text = str(cells[0])
            sheet.set_row(number, 13 * _lines(text, sum(page.widths)) + 4)
            sheet.merge_range(number, 0, number, len(page.widths) - 1, "", looks[SOFT])
            write_text(sheet, number, 0, text, looks[SOFT])
            continue
        if look in _HEIGHTS:
            sheet.set_row(number, _HEIGHTS[look])
        for index, value in enumerate(cells):
            _write(sheet, number, index, value, looks[page.look(look, index)], page.name)
    _on_paper(sheet, page.name)
    sheet.fit_to_pages(1, 0)


def head_of(column: SheetColumn) -> str:
    """Return the look of a column's heading."""
    return HEAD + NUMBER if column.look in RIGHT else HEAD


def _sheet(book: Any, table: TableSheet, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(table.name)
    last = len(table.columns) - 1
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(table.size, 1), last)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    _on_paper(sheet, table.name)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.set_row(0, _HEIGHTS[HEAD])
    for index, column in enumerate(table.columns):
        write_text(sheet, 0, index, column.heading, looks[head_of(column)])
    for number, row in enumerate(table.rows, start=1):
        # Said of each row: LibreOffice does not look for itself how high the rows of an XLSX should be.
        sheet.set_row(number, 13 * table.lines(row))
        for index, value in enumerate(row):
            _write(sheet, number, index, value, looks[table.columns[index].look], table.columns[index].heading)


def _on_paper(sheet: Any, name: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_print_scale(80)
    sheet.print_across()
    sheet.set_footer(f"&L{name.replace('&', '&&')}&RPage &P / &N")


def _write(sheet: Any, line: int, index: int, value: Cell, style: Any, label: str) -> None:
    match value:
        case None | "":
            return
        case str():
            error = write_text(sheet, line, index, value, style)
        case date():
            error = sheet.write_datetime(line, index, value, style)
        case _:
            error = sheet.write_number(line, index, value, style)
    if error:
        # XlsxWriter would cut the text, or leave the row out, and say nothing.
        reason = "cela ne tient pas dans une feuille d’Excel ; choisissez ODS ou SQLite"
        raise InvalidError([Problem(reason, label, line=line + 1)])
