"""The plan for a workbook that Palette itself wrote (« Tout emporter »), imported into an empty file.

Every value is read exactly, without matching or interpretation: two persons of one name stay two, « NC » in a note
stays text, a row keeps its id, and « Marchand Lou n° 12 » refers to row 12 of the workbook.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from db.base.errors import FieldError
from db.base.progress import Progress
from db.imports.cell_formats import column_letter
from db.imports.cell_values import shown
from db.imports.plan_types import (
    CREATE,
    WAITING,
    Cell,
    ImportChoices,
    ImportPlan,
    ImportProblem,
    PlannedColumn,
    PlannedRow,
    SheetLine,
    SheetPlan,
    SourceSheet,
    SourceWorkbook,
)
from db.imports.row_matching import provisional
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Date, Euros, Integer, Reference, References
from db.rows import round_trip_text, titles
from db.rows.round_trip_text import ROW_NUMBER
from db.storage.connection import change_token

_BY_NAME = "nom"
ASIDE = "pour mémoire : cette feuille ne s’importe pas"
_UNKNOWN = "ce champ n’existe pas ici : reprenez d’abord le modèle du bureau (« Réglages »), puis ce fichier"
_STEP = 500

Numbers = Mapping[str, Mapping[int, int]]
"""Table -> id in the workbook -> provisional id in the plan."""


def plan(db: Office, workbook: SourceWorkbook, choices: ImportChoices, progress: Progress) -> ImportPlan | None:
    """Return the plan, or None to read the workbook as any other: it is not Palette's, the file is not empty, or the
    person corrected headers, fields or values. Raises what ``progress`` raises."""
    if not is_own(workbook) or not _is_empty(db) or choices.headers or choices.fields or choices.values:
        return None
    tables = db.files
    names = {synonym: table.name for table in tables.values() for synonym in table.synonyms}  # of earlier versions
    names |= {name: table for table, name in round_trip_text.sheet_names(tables.values()).items()}
    sheets = [
        (index, sheet, tables[names[sheet.name]] if sheet.name in names and sheet.lines else None)
        for index, sheet in enumerate(workbook.sheets)
        if choices.tables.get(sheet.name) != ""
    ]
    numbers = {
        table.name: dict(_numbers(index, sheet, table)) for index, sheet, table in reversed(sheets) if table is not None
    }
    context = titles.context(db)
    made = ImportPlan(workbook.name, [], choices, list(workbook.notes), token=change_token(db))
    for done, (index, sheet, table) in enumerate(sheets):
        progress(done / len(sheets), f"Lecture : {sheet.name}")
        if table is None:
            made.sheets.append(SheetPlan(sheet.name, "", "", "", ASIDE, sheet.hidden))
        else:
            made.sheets.append(_SheetPlanner(index, sheet, table, context, numbers, choices.aside).plan())
    return made


def is_own(workbook: SourceWorkbook) -> bool:
    """Return whether Palette wrote a workbook (« Tout emporter »)."""
    first = workbook.sheets[0]
    return (
        first.name == round_trip_text.FIRST and bool(first.lines) and first.lines[0].cells[:1] == [round_trip_text.NAME]
    )


def _is_empty(db: Office) -> bool:
    """Return whether the tables never had a row; deleted rows count, as their ids cannot be used again."""
    return not any(db.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in db.files)


def _fields(sheet: SourceSheet, table: OfficeTable) -> list[Field | str | None]:
    """Return for each column its field, « N° », or None."""
    by_heading: dict[str, Field | str] = {ROW_NUMBER: ROW_NUMBER, **round_trip_text.headings(table.fields)}
    return [by_heading.get(shown(cell)) for cell in sheet.lines[0].cells]


def _numbers(index: int, sheet: SourceSheet, table: OfficeTable) -> Iterator[tuple[int, int]]:
    """Yield (id in the workbook, provisional id), from the last line to the first: in a dict, the first line wins."""
    fields = _fields(sheet, table)
    if ROW_NUMBER in fields:
        column = fields.index(ROW_NUMBER)
        for line in reversed(sheet.lines[1:]):
            number = line.cells[column] if column < len(line.cells) else None
            if _is_number(number):
                yield int(str(number)), provisional(index, line.number)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool) and 0 < cell < 2**63


class _SheetPlanner:
    """Plans the sheet of one table."""

    def __init__(
        self,
        index: int,
        sheet: SourceSheet,
        table: OfficeTable,
        context: Context,
        numbers: Numbers,
        aside: frozenset[str],
    ) -> None:
        self._index, self._sheet, self._table, self._context = index, sheet, table, context
        self._numbers, self._aside = numbers, aside
        self._fields = _fields(sheet, table)

    def plan(self) -> SheetPlan:
        """Return the columns, and a new row for each line that is not empty."""
        sheet, table = self._sheet, self._table
        made = SheetPlan(sheet.name, table.name, table.plural, _BY_NAME, "", sheet.hidden, sheet.lines[0].number)
        made.columns = list(self._columns())
        made.missing = [field.name for field in table.fields if field.required and field not in self._fields]
        made.notes = list(sheet.notes)
        for line in sheet.lines[1:]:
            if any(cell is not None for cell in line.cells):
                made.rows.append(self._row(line))
        return made

    def _columns(self) -> Iterator[PlannedColumn]:
        for index, (cell, field) in enumerate(zip(self._sheet.lines[0].cells, self._fields, strict=True)):
            letter, header = column_letter(index), shown(cell)
            if isinstance(field, Field):
                yield PlannedColumn(letter, header, field.name, field.label, _BY_NAME)
            elif field:
                yield PlannedColumn(letter, header, field, field, _BY_NAME)
            elif header:
                yield PlannedColumn(letter, header, "", "", "", _UNKNOWN)

    def _row(self, line: SheetLine) -> PlannedRow:
        values: dict[str, Any] = {}
        problems: list[ImportProblem] = []
        number: int | None = None
        for index, (cell, field) in enumerate(zip(line.cells, self._fields, strict=False)):
            if cell is None or field is None:
                continue
            try:
                if isinstance(field, Field):
                    values[field.name] = self._read(field, cell)
                else:
                    number = self._own_number(cell, line)
            except FieldError as error:
                problems += self._problem(line, index, field, shown(cell), str(error))
        for field in self._table.fields:
            wrong = any(problem.field == field.name for problem in problems)
            if field.required and values.get(field.name) is None and not wrong:
                problems += self._problem(line, None, field, "", "ce champ est obligatoire")
        return PlannedRow(
            line.number, WAITING if problems else CREATE, provisional(self._index, line.number), self._title(line),
            values, requested_id=number, problems=tuple(problems),
        )  # fmt: skip

    def _problem(
        self, line: SheetLine, index: int | None, field: Field | str, value: str, reason: str
    ) -> Sequence[ImportProblem]:
        letter = "" if index is None else column_letter(index)
        name, label = (field.name, field.label) if isinstance(field, Field) else (field, field)
        problem = ImportProblem(self._sheet.name, line.number, letter, name, label, value, reason)
        return [] if problem.key in self._aside and letter else [problem]

    def _title(self, line: SheetLine) -> str:
        cells = {
            field.name: shown(cell)
            for cell, field in zip(line.cells, self._fields, strict=False)
            if isinstance(field, Field) and cell is not None
        }
        return " ".join(cells[name] for name in self._table.title if name in cells)

    def _own_number(self, cell: Cell, line: SheetLine) -> int:
        if not _is_number(cell):
            raise FieldError(f"« {shown(cell)} » n’est pas le numéro d’une ligne")
        number = int(cell)  # type: ignore[arg-type]  # _is_number
        if self._numbers[self._table.name][number] != provisional(self._index, line.number):
            raise FieldError("une autre ligne porte déjà ce numéro")
        return number

    def _read(self, field: Field, cell: Cell) -> Any:
        """Return the stored value of a cell. Raises FieldError."""
        match field.type:
            case Reference(table=table):
                return self._referred_row(table, shown(cell))
            case References(table=table):
                parts = (part.strip() for part in shown(cell).replace("\n", ";").split(";"))
                return tuple(dict.fromkeys(self._referred_row(table, part) for part in parts if part)) or None
            case Date() if isinstance(cell, datetime | date):
                return field.type.check(cell, self._context)
            case Euros() if isinstance(cell, int | float) and not isinstance(cell, bool):
                return field.type.check(round(cell * 100), self._context)
            case Integer() if isinstance(cell, int) and not isinstance(cell, bool):
                return field.type.check(cell, self._context)
        return field.type.read(shown(cell), self._context)

    def _referred_row(self, table: str, text: str) -> int:
        """Return the provisional id of the row that « … n° 12 » refers to. Raises FieldError."""
        match = re.fullmatch(r"(?s:.*)n°\s*(\d{1,40})\s*", text)
        if not match:
            raise FieldError(f"« {text} » ne dit pas quelle ligne c’est : écrivez son numéro, « {text} n° 12 »")
        row_id = self._numbers.get(table, {}).get(int(match[1]))
        if row_id is None:
            raise FieldError(f"la ligne n° {int(match[1])} n’est pas dans ce classeur")
        return row_id
