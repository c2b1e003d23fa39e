"""Reading of the lines of a sheet as rows of values; lines that are not data are listed with the reason."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.imports.cell_values import UNKNOWN, CellReader, CellReading, shown
from db.imports.column_matching import BY_CONTENT, CHOSEN, RESEMBLING, Layout, proposed
from db.imports.existing_rows import StoredRows
from db.imports.known_headers import NAME, KnownHeaders
from db.imports.line_kinds import EMPTY, OTHER_TITLES, REPEATED, LineKinds
from db.imports.line_kinds import RESEMBLING as RESEMBLING_LINES
from db.imports.plan_types import (
    SHEET,
    VALUE,
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
from db.imports.questions import MERGED, Questions, ask_about_hidden_rows
from db.imports.remembered_choices import RememberedChoices
from db.imports.text_keys import is_unknown
from db.model.dictionary import PERSON
from db.model.fields import Field, OfficeTable, Privacy
from db.model.types import Choice, Context, Email, Euros, Integer, Phone, Reference, References, Text
from db.rows.round_trip_text import ROW_NUMBER

_SAMPLE, _LINES = 200, 5_000
_UNREADABLE = "aucune de ses valeurs ne se lit comme « {} » : choisissez le champ de cette colonne"


@dataclass(slots=True)
class RawRow:
    """One line: its values by field, empty ones left out, and its problems. ``doubtful``: field -> a text that means
    « unknown » or is in question."""

    number: int
    values: dict[str, Any]
    problems: list[ImportProblem] = dataclasses.field(default_factory=list)
    doubtful: dict[str, str] | None = None

    def keep_stored_texts(self, stored: StoredRows) -> None:
        """Take a doubtful text as it stands where the row of that number has just this text (a file of Palette)."""
        number = self.values.get(ROW_NUMBER, 0)
        for name, text in self.doubtful.items() if self.doubtful and number in stored.rows else ():
            if stored.value(number, name) == text:
                self.values[name] = text
                self.problems = [one for one in self.problems if one.field != name]


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

    def __init__(
        self, context: Context, choices: ImportChoices, memory: RememberedChoices, since_1904: bool = False
    ) -> None:
        self._context, self._choices, self._memory, self._since_1904 = context, choices, memory, since_1904
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
                self._choices.accept_resemblances,
                self._since_1904,
            )
        return self._readers[key]


# ---- the values of a column, compared with its header


def refine(layout: Layout, sheet: SourceSheet, readers: CellReaders, accept: bool) -> None:
    """Drop resemblances that the values of a column contradict, and propose a field for unnamed columns by their
    values. A column that is known by its title keeps it, whatever it holds."""
    table = layout.table
    if table is None:
        return
    for index, column in enumerate(layout.columns):
        name = column.proposal or column.field
        if name and (column.proposal or column.how == RESEMBLING or name == ROW_NUMBER) and column.how != CHOSEN:
            why = _mismatch(_distinct(sheet, layout, index), readers.of(table, name))
            if why:
                layout.columns[index] = replace(column, field="", label="", how="", why=why, proposal="")
    matched = {column.field or column.proposal for column in layout.columns}
    for index, column in enumerate(layout.columns):
        if not (column.field or column.how or column.proposal or "calculé" in column.why):
            field = _by_content(table, _distinct(sheet, layout, index), readers, matched)
            if field:
                matched.add(field.name)
                layout.columns[index] = proposed(column, field.name, field.label, BY_CONTENT, accept)


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


def _mismatch(cells: list[Cell], reader: CellReader) -> str:
    """Return why the values of a column contradict the field that its header resembles, or ''."""
    field = reader.field
    if field.name == ROW_NUMBER:
        numeric = all(isinstance(cell, int) or (isinstance(cell, str) and cell.strip().isdecimal()) for cell in cells)
        return "" if numeric else "ces numéros ne sont pas ceux de Palette"
    if isinstance(field.type, Text | Reference | References) and not isinstance(field.type, Email | Phone):
        return ""
    missed = [cell for cell in cells if reader.read(cell).reason]
    if not cells or len(missed) < len(cells):
        return ""
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
    headers: KnownHeaders,
    plan: SheetPlan,
    readers: CellReaders,
    choices: ImportChoices,
    questions: Questions,
    step: Callable[[int], None],
) -> list[RawRow]:
    """Return the lines that are data. Add guesses, questions and ignored lines to ``plan``; call ``step`` with the
    lines done."""
    table = layout.table
    if table is None:
        return []
    aside = choices.aside
    columns = [
        (index, column, readers.of(table, column.field)) for index, column in enumerate(layout.columns) if column.field
    ]
    for line in sheet.lines[: layout.header_row - 1]:
        if any(cell is not None for cell in line.cells) and line.number < layout.header_row:
            plan.ignored.append(IgnoredLine(line.number, "au-dessus des titres de colonnes"))
    keys = [index for index, column, _ in columns if column.field in (*table.key, NAME, *_PERSON_KEYS)]
    fields = [readers.of(table, column.field).field if column.field else None for column in layout.columns]
    kinds = LineKinds(layout, headers, fields, keys)
    hidden, why_hidden = ask_about_hidden_rows(layout, sheet, questions)
    merged = _MergedSums(sheet, layout, columns, questions)
    guesses: dict[tuple[str, type, Cell], list[Any]] = {}
    rows = []
    other_titles = 0
    for done, line in enumerate(sheet.lines[layout.header_row :]):
        if done % 2_000 == 0:
            step(done)
        kind, key = kinds.kind(line), ""
        if kind == REPEATED:
            other_titles = 0
        elif kind == OTHER_TITLES:
            other_titles = line.number
            problem = ImportProblem(sheet.name, line.number, "", "", "", "", _OTHER_BLOCK)
            if problem.key not in aside:
                plan.problems.append(problem)
        elif kind in RESEMBLING_LINES and not other_titles:
            kind, key = _asked(kind, line, plan, questions, aside)
        if not kind and line.number in hidden:
            kind = why_hidden
        if other_titles and kind != EMPTY:
            kind = f"sous d’autres titres de colonnes (ligne {other_titles})"
        if not kind and f"{sheet.name}!{line.number}" in aside:
            kind = "laissée de côté par votre choix"
        if kind:
            plan.ignored.append(IgnoredLine(line.number, kind, key))
            continue
        raw = _row(sheet, line, columns, guesses, aside, merged)
        if raw.values or raw.problems:
            rows.append(raw)
        else:
            plan.ignored.append(IgnoredLine(line.number, "rien dans les colonnes reconnues"))
    plan.guesses += _guesses(sheet.name, table, guesses, readers)
    return rows


_OTHER_BLOCK = (
    "d’autres titres de colonnes commencent ici : ce qui suit n’est pas lu. Remettez ces colonnes dans l’ordre des"
    " premières, ou donnez-leur une feuille à part."
)


def _asked(kind: str, line: SheetLine, plan: SheetPlan, questions: Questions, aside: frozenset[str]) -> tuple[str, str]:
    """Return (kind, key of its question) of a line that resembles a total or a title; '' for a row."""
    text = next(shown(cell).strip() for cell in line.cells if cell is not None)
    answer, problem = questions.of_line(line.number, text, RESEMBLING_LINES[kind])
    if answer is False and problem.key not in aside:
        return "", ""
    if answer is None and problem.key not in aside:
        plan.problems.append(problem)
    return kind, problem.key


class _MergedSums:
    """The sums and numbers of cells merged over several lines: whether they count for each is a question."""

    def __init__(
        self,
        sheet: SourceSheet,
        layout: Layout,
        columns: list[tuple[int, PlannedColumn, CellReader]],
        questions: Questions,
    ) -> None:
        numeric = {index for index, _, reader in columns if isinstance(reader.field.type, Euros | Integer)}
        self.first: dict[tuple[int, int], int] = {}
        """(line, column) of each such cell -> the first line that it is merged over."""
        for top, left, bottom, _ in sheet.merged:
            if bottom > top > layout.header_row and left in numeric and top <= len(sheet.lines):
                line = sheet.lines[top - 1].cells
                if left < len(line) and line[left] is not None:
                    self.first |= dict.fromkeys(((row, left) for row in range(top, bottom + 1)), top)
        self.answer: bool | None = None
        if self.first:
            lines = ", ".join(map(str, sorted({row for row, _ in self.first})[:12]))
            reason = f"un montant est fusionné sur plusieurs lignes ({lines}) : compte-t-il en entier pour chacune ?"
            self.answer = questions.of_sheet(MERGED, reason)


_MERGED_SUM = "montant fusionné avec d’autres lignes : répondez à la question sur la feuille"
_PERSON_KEYS = tuple(f"{PERSON.name}.{key}" for key in PERSON.key)


def _row(
    sheet: SourceSheet,
    line: SheetLine,
    columns: list[tuple[int, PlannedColumn, CellReader]],
    guesses: dict[tuple[str, type, Cell], list[Any]],
    aside: frozenset[str],
    merged: _MergedSums,
) -> RawRow:
    raw = RawRow(line.number, {})
    cells = line.cells
    if line.number in sheet.irregular:
        raw.problems.append(ImportProblem(sheet.name, line.number, "", "", "", "", sheet.irregular[line.number]))
    for index, column, reader in columns:
        if merged.first and (line.number, index) in merged.first and not merged.answer:
            if merged.answer is None:
                problem = ImportProblem(
                    sheet.name, line.number, column.letter, MERGED, reader.field.label, "", _MERGED_SUM, SHEET
                )
                raw.problems.append(problem)
            if merged.answer is None or merged.first[line.number, index] < line.number:
                continue
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
            _add_problem(raw, sheet, line, column, reader, shown(cell).strip(), read.reason, aside, read.proposal)
        elif read.value is not None:
            raw.values[column.field] = read.value
        if isinstance(cell, str) and (read.how == UNKNOWN or read.proposal) and isinstance(reader.field.type, Text):
            raw.doubtful = {**(raw.doubtful or {}), column.field: cell.strip()}
        if read.how and not read.reason:
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
    proposal: str = "",
) -> None:
    problem = ImportProblem(
        sheet.name, line.number, column.letter, column.field, reader.field.label, text, reason,
        VALUE if proposal else "", proposal,
    )  # fmt: skip
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
