"""A workbook that Palette itself wrote (« Tout emporter »), brought into an empty file: taken at its word.

Nothing is matched and nothing guessed. Two persons of one name are two, « NC » in a note is what the note says, a row
keeps its number, and « Marchand Lou n° 12 » is the row n° 12 of the workbook.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from db.base.errors import FieldError
from db.imports.cell_formats import column_letter
from db.imports.cell_values import shown
from db.imports.plan_types import (
    CREATE,
    NUMBER,
    WAITING,
    Cell,
    Choices,
    Column,
    Line,
    Plan,
    Problem,
    Row,
    Sheet,
    SheetPlan,
    Tick,
    Workbook,
)
from db.imports.row_matching import provisional
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Date, Euros, Integer, Reference, References
from db.rows import round_trip_text
from db.rows.titles import context
from db.storage.connection import change_token

_BY_NAME = "nom"
_ASIDE = "pour mémoire : cette feuille ne s’importe pas"
_UNKNOWN = "ce champ n’existe pas ici : reprenez d’abord le modèle du bureau (« Réglages »), puis ce fichier"
_STEP = 500

Numbers = Mapping[str, Mapping[int, int]]
"""OfficeTable -> number in the workbook -> number of the plan."""


def plan(db: Office, workbook: Workbook, choices: Choices, tick: Tick) -> Plan | None:
    """What the workbook would bring; None when it is not of Palette, or the file is not empty, or somebody corrected
    how its columns or values are read: it is then read as any other. Raises what ``tick`` raises."""
    if not _is_own(workbook) or not _is_empty(db) or choices.headers or choices.fields or choices.values:
        return None
    tables = db.files
    names = {name: table for table, name in round_trip_text.sheet_names(tables.values()).items()}
    sheets = [
        (place, sheet, tables[names[sheet.name]] if sheet.name in names and sheet.lines else None)
        for place, sheet in enumerate(workbook.sheets)
        if choices.tables.get(sheet.name) != ""
    ]
    numbers = {
        table.name: dict(_numbers(place, sheet, table)) for place, sheet, table in reversed(sheets) if table is not None
    }
    known = context(db)
    made = Plan(workbook.name, [], choices, list(workbook.notes), token=change_token(db))
    for done, (place, sheet, table) in enumerate(sheets):
        tick(done / len(sheets), f"Lecture : {sheet.name}")
        if table is None:
            made.sheets.append(SheetPlan(sheet.name, "", "", "", _ASIDE, sheet.hidden))
        else:
            made.sheets.append(_Sheet(place, sheet, table, known, numbers, choices.aside).plan())
    return made


def _is_own(workbook: Workbook) -> bool:
    first = workbook.sheets[0]
    return (
        first.name == round_trip_text.FIRST and bool(first.lines) and first.lines[0].cells[:1] == [round_trip_text.NAME]
    )


def _is_empty(db: Office) -> bool:
    """Whether no row was ever there, deleted ones included: their numbers are taken."""
    return not any(db.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in db.files)


def _fields(sheet: Sheet, table: OfficeTable) -> list[Field | str | None]:
    """What each column is: a field, « N° », or None."""
    known: dict[str, Field | str] = {NUMBER: NUMBER, **round_trip_text.headings(table.fields)}
    return [known.get(shown(cell)) for cell in sheet.lines[0].cells]


def _numbers(place: int, sheet: Sheet, table: OfficeTable) -> Iterator[tuple[int, int]]:
    """The number of each row, and the one it has while it is not written. The first row of a number has it."""
    fields = _fields(sheet, table)
    if NUMBER in fields:
        column = fields.index(NUMBER)
        for line in reversed(sheet.lines[1:]):
            number = line.cells[column] if column < len(line.cells) else None
            if _is_number(number):
                yield int(str(number)), provisional(place, line.number)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool) and 0 < cell < 2**63


class _Sheet:
    """One sheet that holds a table."""

    def __init__(
        self, place: int, sheet: Sheet, table: OfficeTable, known: Context, numbers: Numbers, aside: frozenset[str]
    ) -> None:
        self._place, self._sheet, self._table, self._known = place, sheet, table, known
        self._numbers, self._aside = numbers, aside
        self._fields = _fields(sheet, table)

    def plan(self) -> SheetPlan:
        """Its columns, and a new row for each line."""
        sheet, table = self._sheet, self._table
        made = SheetPlan(sheet.name, table.name, table.plural, _BY_NAME, "", sheet.hidden, sheet.lines[0].number)
        made.columns = list(self._columns())
        made.missing = [item.name for item in table.fields if item.required and item not in self._fields]
        made.notes = list(sheet.notes)
        for line in sheet.lines[1:]:
            if any(cell is not None for cell in line.cells):
                made.rows.append(self._row(line))
        return made

    def _columns(self) -> Iterator[Column]:
        for place, (cell, found) in enumerate(zip(self._sheet.lines[0].cells, self._fields, strict=True)):
            letter, header = column_letter(place), shown(cell)
            if isinstance(found, Field):
                yield Column(letter, header, found.name, found.label, _BY_NAME)
            elif found:
                yield Column(letter, header, found, found, _BY_NAME)
            elif header:
                yield Column(letter, header, "", "", "", _UNKNOWN)

    def _row(self, line: Line) -> Row:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        number: int | None = None
        for place, (cell, found) in enumerate(zip(line.cells, self._fields, strict=False)):
            if cell is None or found is None:
                continue
            try:
                if isinstance(found, Field):
                    values[found.name] = self._read(found, cell)
                else:
                    number = self._own_number(cell, line)
            except FieldError as error:
                problems += self._problem(line, place, found, shown(cell), str(error))
        for item in self._table.fields:
            wrong = any(problem.field == item.name for problem in problems)
            if item.required and values.get(item.name) is None and not wrong:
                problems += self._problem(line, None, item, "", "ce champ est obligatoire")
        return Row(
            line.number, WAITING if problems else CREATE, provisional(self._place, line.number), self._title(line),
            values, keep=number, problems=tuple(problems),
        )  # fmt: skip

    def _problem(self, line: Line, place: int | None, found: Field | str, value: str, reason: str) -> Sequence[Problem]:
        letter = "" if place is None else column_letter(place)
        name, label = (found.name, found.label) if isinstance(found, Field) else (found, found)
        problem = Problem(self._sheet.name, line.number, letter, name, label, value, reason)
        return [] if problem.key in self._aside and letter else [problem]

    def _title(self, line: Line) -> str:
        cells = {
            found.name: shown(cell)
            for cell, found in zip(line.cells, self._fields, strict=False)
            if isinstance(found, Field) and cell is not None
        }
        return " ".join(cells[name] for name in self._table.title if name in cells)

    def _own_number(self, cell: Cell, line: Line) -> int:
        if not _is_number(cell):
            raise FieldError(f"« {shown(cell)} » n’est pas le numéro d’une ligne")
        number = int(cell)  # type: ignore[arg-type]  # _is_number
        if self._numbers[self._table.name][number] != provisional(self._place, line.number):
            raise FieldError("une autre ligne porte déjà ce numéro")
        return number

    def _read(self, item: Field, cell: Cell) -> Any:
        """The stored value of a cell. Raises FieldError."""
        match item.type:
            case Reference(table=table):
                return self._named(table, shown(cell))
            case References(table=table):
                parts = (part.strip() for part in shown(cell).replace("\n", ";").split(";"))
                return tuple(dict.fromkeys(self._named(table, part) for part in parts if part)) or None
            case Date() if isinstance(cell, datetime | date):
                return item.type.check(cell, self._known)
            case Euros() if isinstance(cell, int | float) and not isinstance(cell, bool):
                return item.type.check(round(cell * 100), self._known)
            case Integer() if isinstance(cell, int) and not isinstance(cell, bool):
                return item.type.check(cell, self._known)
        return item.type.read(shown(cell), self._known)

    def _named(self, table: str, text: str) -> int:
        """The row that « … n° 12 » names."""
        match = re.fullmatch(r"(?s:.*)n°\s*(\d{1,40})\s*", text)
        if not match:
            raise FieldError(f"« {text} » ne dit pas quelle ligne c’est : écrivez son numéro, « {text} n° 12 »")
        found = self._numbers.get(table, {}).get(int(match[1]))
        if found is None:
            raise FieldError(f"la ligne n° {int(match[1])} n’est pas dans ce classeur")
        return found
