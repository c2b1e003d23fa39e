"""Reading of the lines of a sheet as rows of values; lines that are not data are listed with the reason."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.base.french import fold
from db.imports.cell_values import CellReader, CellReading, shown
from db.imports.column_matching import NAME, Layout
from db.imports.plan_types import (
    Cell,
    Guess,
    IgnoredLine,
    ImportChoices,
    ImportProblem,
    PlannedColumn,
    SheetLine,
    SheetPlan,
    SourceSheet,
)
from db.imports.remembered_choices import RememberedChoices
from db.imports.text_keys import header_keys, is_unknown
from db.model.dictionary import PERSON
from db.model.fields import Field, OfficeTable, Privacy
from db.model.types import Choice, Context, Date, Email, Integer, Phone, Reference, References, Text
from db.rows.round_trip_text import ROW_NUMBER

_TOTAL = re.compile(r"(sous[ -]?)?tota(l|ux)\b|somme\b|moyenne\b|nombre de\b|nb (de )?\b|effectif\b|cumul\b")
_SAMPLE, _LINES = 200, 5_000
_UNREADABLE = "aucune de ses valeurs ne se lit comme « {} » : choisissez le champ de cette colonne"


@dataclass(slots=True)
class RawRow:
    """One line: its values by field, empty ones left out, and its problems."""

    number: int
    values: dict[str, Any]
    problems: list[ImportProblem] = dataclasses.field(default_factory=list)


def field_of(table: OfficeTable, name: str) -> Field:
    """Return the field that reads a column: of the table, of its person (« person.… »), the whole name, or the N°."""
    if name == ROW_NUMBER:
        return Field(ROW_NUMBER, ROW_NUMBER, Integer(1, 2**53), privacy=Privacy.SECRET)
    if name == NAME:
        return Field(NAME, "Nom et prénom", Text(161), privacy=Privacy.SECRET)
    if name.startswith(f"{PERSON.name}."):
        field = PERSON.field(name.removeprefix(f"{PERSON.name}."))
        return replace(field, name=name, label=f"{PERSON.label} : {field.label}", required=False)
    return table.field(name)


class CellReaders:
    """The cell reader of each field, shared by the sheets of a table."""

    def __init__(self, context: Context, choices: ImportChoices, memory: RememberedChoices) -> None:
        self._context, self._choices, self._memory = context, choices, memory
        self._readers: dict[tuple[str, str], CellReader] = {}

    def of(self, table: OfficeTable, name: str) -> CellReader:
        """Return the reader of one field, by its name in ``PlannedColumn.field``."""
        key = (table.name, name)
        if key not in self._readers:
            field, full_name = field_of(table, name), f"{table.name}.{name}"
            is_name = isinstance(field.type, Text) and name.split(".")[-1] in (
                *PERSON.title,
                NAME.split(".")[-1],
                *table.title,
            )
            self._readers[key] = CellReader(
                field,
                self._context,
                self._choices.values.get(full_name, {}),
                self._memory.values.get(full_name, {}),
                is_name,
            )
        return self._readers[key]


# ---- the values of a column, compared with its header


def refine(layout: Layout, sheet: SourceSheet, readers: CellReaders) -> None:
    """Leave out columns without a single readable value, and recognise unnamed ones by their values; choices stay."""
    table = layout.table
    if table is None:
        return
    for index, column in enumerate(layout.columns):
        if column.field and column.how in ("nom", "synonyme"):
            why = _mismatch(column, _distinct(sheet, layout, index), readers.of(table, column.field))
            if why:
                layout.columns[index] = replace(column, field="", label="", how="", why=why)
    matched = {column.field for column in layout.columns}
    for index, column in enumerate(layout.columns):
        if not column.field and not column.how and "calculé" not in column.why and "ne se lit" not in column.why:
            field = _by_content(table, _distinct(sheet, layout, index), readers, matched)
            if field:
                matched.add(field.name)
                why = f"toutes ses valeurs se lisent comme « {field.label} »"
                layout.columns[index] = replace(column, field=field.name, label=field.label, how="contenu", why=why)


def _distinct(sheet: SourceSheet, layout: Layout, index: int) -> list[Cell]:
    """Return up to 200 distinct values of a column, without those that mean « unknown »."""
    cells: dict[tuple[type, Cell], Cell] = {}
    for line in sheet.lines[layout.header_row : layout.header_row + _LINES]:
        cell = line.cells[index] if index < len(line.cells) else None
        if cell is not None:
            cells.setdefault((type(cell), cell), cell)
            if len(cells) == _SAMPLE:
                break
    return [cell for cell in cells.values() if not is_unknown(shown(cell))]


def _mismatch(column: PlannedColumn, cells: list[Cell], reader: CellReader) -> str:
    """Return why the values of a column contradict its header, or ''."""
    field = reader.field
    if field.name == ROW_NUMBER:
        numeric = all(isinstance(cell, int) or (isinstance(cell, str) and cell.strip().isdecimal()) for cell in cells)
        return "" if numeric else "ces numéros ne sont pas ceux de Palette"
    if isinstance(field.type, Text | Reference | References) and not isinstance(field.type, Email | Phone):
        return ""
    missed = [cell for cell in cells if reader.read(cell).reason]
    if len(cells) < 3 or len(missed) < len(cells):
        return ""
    if isinstance(field.type, Date) and all(re.fullmatch(r"\d{1,3}(\s*ans?)?", shown(cell).strip()) for cell in cells):
        return "elle contient des âges, pas des dates : aucune date n’est devinée"
    return _UNREADABLE.format(field.label)


def _by_content(table: OfficeTable, cells: list[Cell], readers: CellReaders, matched: set[str]) -> Field | None:
    """Return the only unmatched e-mail, phone or list field that every value of a column reads as, or None."""
    if len(cells) < 3:
        return None
    fitting = []
    for field in table.fields:
        is_recognisable = isinstance(field.type, Email | Phone | Choice)
        if is_recognisable and field.name not in matched:
            readings = [readers.of(table, field.name).read(cell) for cell in cells]
            if all(not read.reason and read.value is not None and read.how in ("", "synonyme") for read in readings):
                fitting.append(field)
    return fitting[0] if len(fitting) == 1 else None


# ---- lines


def rows_of(
    sheet: SourceSheet,
    layout: Layout,
    plan: SheetPlan,
    readers: CellReaders,
    aside: frozenset[str],
    step: Callable[[int], None],
) -> list[RawRow]:
    """Return the lines that are data. Add guesses and ignored lines to ``plan``; call ``step`` with the lines done."""
    table = layout.table
    if table is None:
        return []
    columns = [
        (index, column, readers.of(table, column.field)) for index, column in enumerate(layout.columns) if column.field
    ]
    for line in sheet.lines[: layout.header_row - 1]:
        if any(cell is not None for cell in line.cells) and line.number < layout.header_row:
            plan.ignored.append(IgnoredLine(line.number, "au-dessus des titres de colonnes"))
    keys = [index for index, column, _ in columns if column.field in (*table.key, NAME, *_PERSON_KEYS)]
    guesses: dict[tuple[str, type, Cell], list[Any]] = {}
    rows = []
    for done, line in enumerate(sheet.lines[layout.header_row :]):
        if done % 2_000 == 0:
            step(done)
        reason = _ignored(line, layout.titles, keys)
        if not reason and f"{sheet.name}!{line.number}" in aside:
            reason = "laissée de côté par votre choix"
        if reason:
            plan.ignored.append(IgnoredLine(line.number, reason))
            continue
        raw = _row(sheet, line, columns, guesses, aside)
        if raw.values or raw.problems:
            rows.append(raw)
        else:
            plan.ignored.append(IgnoredLine(line.number, "rien dans les colonnes reconnues"))
    plan.guesses += _guesses(sheet.name, table, guesses, readers)
    return rows


_PERSON_KEYS = tuple(f"{PERSON.name}.{key}" for key in PERSON.key)


def _row(
    sheet: SourceSheet,
    line: SheetLine,
    columns: list[tuple[int, PlannedColumn, CellReader]],
    guesses: dict[tuple[str, type, Cell], list[Any]],
    aside: frozenset[str],
) -> RawRow:
    raw = RawRow(line.number, {})
    cells = line.cells
    for index, column, reader in columns:
        cell = cells[index] if index < len(cells) else None
        if cell is None:
            broken = sheet.broken and sheet.broken.get((line.number, index))
            if broken:
                reason = (
                    "la case est en erreur dans le tableur"
                    if broken.startswith("#")
                    else "ouvrez et enregistrez le fichier dans un tableur"
                )
                _add_problem(raw, sheet, line, column, reader, broken, reason, aside)
            continue
        read = (reader.texts.get(cell) if type(cell) is str else None) or reader.read(cell)
        if read.reason:
            _add_problem(raw, sheet, line, column, reader, shown(cell).strip(), read.reason, aside)
        elif read.value is not None:
            raw.values[column.field] = read.value
        if read.how:
            _add_guess(guesses, line.number, column, cell, read)
    return raw


def _add_problem(
    raw: RawRow,
    sheet: SourceSheet,
    line: SheetLine,
    column: PlannedColumn,
    reader: CellReader,
    text: str,
    reason: str,
    aside: frozenset[str],
) -> None:
    problem = ImportProblem(sheet.name, line.number, column.letter, column.field, reader.field.label, text, reason)
    if problem.key not in aside:
        raw.problems.append(problem)


def _add_guess(
    guesses: dict[tuple[str, type, Cell], list[Any]], row: int, column: PlannedColumn, cell: Cell, read: CellReading
) -> None:
    key = (column.letter, type(cell), cell)
    if key in guesses:
        guesses[key][0] += 1
    else:
        guesses[key] = [1, row, column, read]


def _guesses(
    sheet: str, table: OfficeTable, guesses: Mapping[tuple[str, type, Cell], list[Any]], readers: CellReaders
) -> list[Guess]:
    return [
        Guess(
            sheet, letter, table.name, column.field, column.label or column.header, shown(cell).strip(), read.value,
            readers.of(table, column.field).show(read.value), read.how, count, row,
        )
        for (letter, _, cell), (count, row, column, read) in guesses.items()
    ]  # fmt: skip


def _ignored(line: SheetLine, titles: tuple[tuple[str, ...], ...], keys: list[int]) -> str:
    """Return why a line is not data, or ''."""
    filled = [(index, cell) for index, cell in enumerate(line.cells) if cell is not None]
    if not filled:
        return "ligne vide"
    first = filled[0][1]
    if isinstance(first, str):
        if _TOTAL.match(fold(first)) and sum(index in keys and isinstance(cell, str) for index, cell in filled) <= 1:
            return "ligne de total"
        if len(filled) > 1 and all(index < len(titles) and _is_title(titles[index], cell) for index, cell in filled):
            return "titres de colonnes répétés"
        if len(filled) == 1 and len(keys) > 1:
            return "une seule case remplie : intertitre ou remarque"
    return ""


def _is_title(titles: tuple[str, ...], cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    alike = [title for title in titles if title[:1].lower() == text[:1].lower()]
    return any(title == text or set(header_keys(title)) & set(header_keys(text)) for title in alike)
