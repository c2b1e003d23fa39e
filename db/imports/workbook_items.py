"""A SourceWorkbook as items of plain JSON, by which the process that reads a file hands it over, and back again.

``["sheet", {…}]`` begins a sheet, ``["lines", number of the first, rows]`` adds lines to it, ``["end", {…}]`` ends the
file. A day is ``{"day": "2024-03-01"}``, a moment ``{"at": "2024-03-01T14:30:00"}``.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from db.base.helper_process import OUTPUT, HelperError
from db.imports import file_limits
from db.imports.plan_types import Cell, SheetLine, SourceSheet, SourceWorkbook

_CELLS_AT_ONCE = 4_000
"""Decoding that many holds up the other threads of the server for a few milliseconds."""
_MAX_PARTICULARS = 8_000_000
"""Bytes of everything beside the cells, over all sheets."""
_SHARED = 50_000


def items_of(book: SourceWorkbook) -> Iterator[Any]:
    """Yield the items of a workbook."""
    for sheet in book.sheets:
        yield ["sheet", _particulars(sheet)]
        rows: list[list[Any]] = []
        first = cells = 0
        for line in sheet.lines:
            if rows and line.number != first + len(rows):  # lines were left out (departments.py)
                yield ["lines", first, rows]
                rows, first, cells = [], 0, 0
            first = first or line.number
            rows.append([_plain(cell) if isinstance(cell, date) else cell for cell in line.cells])
            cells += len(line.cells)
            if cells >= _CELLS_AT_ONCE:
                yield ["lines", first, rows]
                rows, first, cells = [], 0, 0
        yield ["lines", first, rows]
    yield ["end", {"notes": book.notes, "since_1904": book.since_1904}]


def _particulars(sheet: SourceSheet) -> dict[str, Any]:
    irregular: dict[str, list[int]] = {}
    for number, why in sheet.irregular.items():
        irregular.setdefault(why, []).append(number)
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "notes": sheet.notes,
        "broken": [[row, column, error] for (row, column), error in sheet.broken.items()],
        "coloured": list(sheet.coloured.items()),
        "struck": list(sheet.struck.items()),
        "merged": sheet.merged,
        "irregular": list(irregular.items()),
        "hidden_rows": list(sheet.hidden_rows),
        "hidden_columns": list(sheet.hidden_columns),
    }


def _plain(cell: date) -> dict[str, str]:
    return {"at" if isinstance(cell, datetime) else "day": cell.isoformat()}


class WorkbookBuilder:
    """Builds a workbook from its items. Raises HelperError for more than file_limits allows; another error (KeyError,
    TypeError, ValueError…) for items that are none."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sheets: list[SourceSheet] = []
        self._book: SourceWorkbook | None = None
        self._texts: dict[str, str] = {}
        self._particulars = self._filled = self._lines = self._text = 0

    @property
    def book(self) -> SourceWorkbook:
        """The workbook. Raises ValueError before its end was received."""
        if self._book is None:
            raise ValueError
        return self._book

    def receive(self, item: Any) -> None:
        """Take the next item."""
        match item:
            case ["sheet", dict(particulars)]:
                self._begin(particulars)
            case ["lines", int(first), list(rows)]:
                self._add(first, rows)
            case ["end", {"notes": list(notes), "since_1904": bool(since_1904)}]:
                self._book = SourceWorkbook(self._name, self._sheets, tuple(map(str, notes)), since_1904)
            case _:
                raise ValueError

    def _begin(self, given: dict[str, Any]) -> None:
        self._particulars += len(json.dumps(given, ensure_ascii=False))
        if self._particulars > _MAX_PARTICULARS or len(self._sheets) >= file_limits.MAX_SHEETS:
            raise HelperError(OUTPUT)
        sheet = SourceSheet(
            str(given["name"]), [], bool(given["hidden"]), tuple(map(str, given["notes"])),
            {(int(row), int(column)): str(error) for row, column, error in given["broken"]},
            {int(row): int(count) for row, count in given["coloured"]},
            {int(row): int(count) for row, count in given["struck"]},
            tuple((int(top), int(left), int(bottom), int(right)) for top, left, bottom, right in given["merged"]),
            {int(row): str(why) for why, rows in given["irregular"] for row in rows},
            frozenset(map(int, given["hidden_rows"])), frozenset(map(int, given["hidden_columns"])),
        )  # fmt: skip
        self._sheets.append(sheet)

    def _add(self, first: int, rows: list[list[Any]]) -> None:
        lines = self._sheets[-1].lines
        for number, row in enumerate(rows, first):
            filled = len(row) - row.count(None)
            self._filled += filled
            self._lines += filled > 0
            lines.append(SheetLine(number, list(map(self._cell, row))))
        if (
            self._filled > file_limits.MAX_FILLED
            or self._lines > file_limits.MAX_LINES
            or self._text > file_limits.MAX_TEXT
        ):
            raise HelperError(OUTPUT)

    def _cell(self, value: Any) -> Cell:
        match value:
            case str():
                return self._shared(value)
            case None | bool() | int() | float():
                return value
            case {"day": str(day)}:
                return date.fromisoformat(day)
            case {"at": str(moment)}:
                return datetime.fromisoformat(moment)
        raise TypeError

    def _shared(self, text: str) -> str:
        """Return one object for the cells of one text: a column of a list repeats a few."""
        known = self._texts.get(text)
        if known is not None:
            return known
        self._text += len(text)
        if len(self._texts) < _SHARED:
            self._texts[text] = text
        return text
