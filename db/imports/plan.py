"""The plan of an import: the rows of a workbook that would be created, changed or left as they are, and every problem.

Matching goes from the sheet to the cell, and each step records how it was decided:

1. Sheet -> table, column -> field (column_matching): a choice of the person, else a remembered one, else the names,
   labels and synonyms of the dictionary. What only resembles them (resemblance.py), or is known by its values, is a
   question; so are two tables that fit equally.
2. Cell -> stored value (cell_values, date_cells): a choice, a remembered one, the exact label, a synonym. The beginning
   of a label and a spelling slip are questions. Interpretations are listed as guesses; an unreadable cell is a problem,
   never a blank.
3. Row -> person (row_persons, person_matching): the N°, or the exact name and birth date; a name alone only where it is
   unique and the row gives no birth date. A resemblance is a question, and the row waits for its answer.
4. Row -> existing row (row_matching): the N° when the key agrees, then equal values, then the key of the table. Without
   the date of its key, a row is new. A row of an outside source is recognised by the source's identifier
   (source_rows.py).

The plan is then tried against the domain rules of the file in a transaction that is rolled back.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from db.base.errors import BusyError
from db.base.garbage_collection import suspend_collection
from db.base.progress import Progress, ignore_progress
from db.imports import column_matching, palette_workbook, remembered_choices, row_keys, row_matching, row_persons, write
from db.imports.existing_rows import StoredRows, TitleIndex
from db.imports.known_headers import NAME, KnownHeaders, headers_of
from db.imports.person_matching import PersonIndex
from db.imports.plan_types import (
    COLUMN,
    SHEET,
    WAITING,
    ImportChoices,
    ImportPlan,
    ImportProblem,
    SheetPlan,
    SourceSheet,
    SourceWorkbook,
)
from db.imports.questions import Questions, ask_about_hidden_columns
from db.imports.row_actions import RowPlanner
from db.imports.row_matching import ImportedRow, UnmatchedRows
from db.imports.row_persons import PersonResolver
from db.imports.row_reader import CellReaders, RawRow, refine, rows_of
from db.imports.row_references import ReferenceResolver
from db.imports.source_rows import SourceMatcher, TypedValues
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Choice, Context
from db.model.types import Choices as Several
from db.people import similarity
from db.rows.round_trip_text import ROW_NUMBER
from db.rows.titles import context
from db.storage.connection import change_token

MAX_CHECKED_ROWS = 6_000
"""Above this number of rows the domain rules are checked only when writing: the trial takes as long as the writing, and
locks the file meanwhile."""
_NOTHING = ImportChoices()
Layouts = list[tuple[int, SourceSheet, column_matching.Layout, SheetPlan]]


def plan(
    db: Office, workbook: SourceWorkbook, choices: ImportChoices = _NOTHING, progress: Progress = ignore_progress
) -> ImportPlan:
    """Return the plan of an import without changing the file. Raises what ``progress`` raises."""
    planner = _Planner(db, workbook, choices, progress)
    with suspend_collection():
        own = palette_workbook.plan(db, workbook, choices, progress)
        return planner.check(own) if own else planner.make()


def department(db: Office) -> str:
    """Return the code of the office's department, to which a nationwide list is narrowed when it is read."""
    return str(db.execute("SELECT department FROM setting").fetchone()[0])


class _Planner:
    def __init__(self, db: Office, workbook: SourceWorkbook, choices: ImportChoices, progress: Progress) -> None:
        self.db, self.workbook, self.choices, self.progress = db, workbook, choices, progress
        self.token = change_token(db)
        self.context: Context = context(db)
        self.memory = remembered_choices.recall(db)
        self.tables = db.files
        self.readers = CellReaders(self.context, choices, self.memory, workbook.since_1904)
        self.headers: Mapping[str, KnownHeaders] = {}
        self.questions: dict[str, Questions] = {}
        self.people = PersonIndex()
        self.stored: dict[str, StoredRows] = {}
        self.titles: dict[str, TitleIndex] = {}
        self.imported_rows: dict[str, list[ImportedRow]] = {}
        self.references = ReferenceResolver(self.tables, self._titles, choices.aside)

    def make(self) -> ImportPlan:
        self.progress(0.0, "Lecture des titres de colonnes")
        layouts = self._layouts()
        sheets = [sheet for *_, sheet in layouts]
        made = ImportPlan(self.workbook.name, sheets, self.choices, list(self.workbook.notes))
        made.token = self.token
        present = {layout.table.name for _, _, layout, _ in layouts if layout.table}
        names = [name for name in write.tables_in_write_order(self.tables) if name in present]
        if names:
            self._index_people()
        for number, name in enumerate(names):
            self._match_table(self.tables[name], layouts, 0.1 + 0.6 * number / len(names), 0.6 / len(names))
        row_planner = RowPlanner(self.choices, self.readers, self.people.names, TypedValues(self.db))
        del self.people, self.titles, self.references  # the largest part of the memory; the last is a cycle as well
        for number, name in enumerate(names):
            self.progress(0.7 + 0.1 * number / len(names), f"Comparaison : {self.tables[name].plural}")
            row_planner.plan_rows(self.tables[name], self.imported_rows[name], self._stored_rows(name))
        for *_, sheet in layouts:
            sheet.rows.sort(key=lambda row: row.number)
            sheet.ignored.sort(key=lambda line: line.row)
        made.listed = frozenset(
            f"{table.name}.{field.name}"
            for table in self.tables.values()
            for field in table.fields
            if isinstance(field.type, Choice | Several)
        )
        return self.check(made)

    def check(self, made: ImportPlan) -> ImportPlan:
        """Return the plan with the rows that the domain rules refuse marked as waiting."""
        self._check_rules(made)
        self.progress(1.0, "Comparaison terminée")
        return made

    # ---- sheets

    def _layouts(self) -> Layouts:
        headers = {name: headers_of(table) for name, table in self.tables.items()}
        self.headers = headers
        layouts = []
        for number, sheet in enumerate(self.workbook.sheets):
            layout = column_matching.layout(sheet, headers, self.choices, self.memory)
            if layout.undecided and palette_workbook.is_own(self.workbook):
                layout = column_matching.Layout(None, "", palette_workbook.ASIDE)
            refine(layout, sheet, self.readers, self.choices.accept_resemblances)
            layouts.append((number, sheet, layout, self._sheet_plan(sheet, layout)))
        return layouts

    def _sheet_plan(self, sheet: SourceSheet, layout: column_matching.Layout) -> SheetPlan:
        table = layout.table
        made = SheetPlan(sheet.name, table.name if table else "", table.plural if table else "", layout.how, layout.why)
        made.hidden, made.header_row = sheet.hidden, layout.header_row
        made.columns, made.notes = layout.columns, list(sheet.notes)
        self.questions[sheet.name] = Questions(made, self.choices, self.memory)
        ask_about_hidden_columns(layout, sheet, self.questions[sheet.name])
        made.problems += self._questions_about(sheet, layout)
        for cells_by_line, remark in (
            (sheet.coloured, "colorées : la couleur n’est pas importée"),
            (sheet.struck, "barrées : cela n’est pas importé"),
        ):
            count = sum(cells for line, cells in cells_by_line.items() if line > layout.header_row)
            if count:
                made.notes.append(f"des cellules sont {remark} ({count} cellule{'s' * (count > 1)})")
        if table:
            has = {column.field for column in layout.columns} | set(self.choices.constants.get(sheet.name, {}))
            required = [field.name for field in table.fields if field.required and field.name != "person_id"]
            has_whole_name = NAME in has and table.name == "person"
            made.missing = [
                name for name in required if name not in has and not (has_whole_name and name in table.title)
            ]
        return made

    def _questions_about(self, sheet: SourceSheet, layout: column_matching.Layout) -> Iterator[ImportProblem]:
        """Yield the questions about the table of a sheet and about its columns."""
        if layout.undecided:
            yield ImportProblem(sheet.name, 0, "", "table", "", "", layout.why, SHEET)
        for column in layout.columns:
            if column.proposal:
                label = self.headers[layout.table.name].labels[column.proposal] if layout.table else ""
                problem = ImportProblem(
                    sheet.name, layout.header_row, column.letter, column.proposal, label, column.header, column.why,
                    COLUMN, column.proposal,
                )  # fmt: skip
                if problem.key not in self.choices.aside:
                    yield problem

    # ---- one table

    def _stored_rows(self, name: str) -> StoredRows:
        if name not in self.stored:
            self.stored[name] = StoredRows(self.db, self.tables[name])
        return self.stored[name]

    def _index_people(self) -> None:
        self.progress(0.05, "Lecture des personnes connues")
        stored = self._stored_rows("person")
        for row_id in stored.rows:
            self.people.add(row_id, {name: stored.value(row_id, name) for name in similarity.FIELDS})

    def _titles(self, name: str) -> TitleIndex:
        if name not in self.titles:
            self.titles[name] = TitleIndex(self._stored_rows(name), self.context, self.people)
            for imported in self.imported_rows.get(name, ()):
                self.titles[name].add(imported.id, imported.values)
        return self.titles[name]

    def _match_table(self, table: OfficeTable, layouts: Layouts, start: float, share: float) -> None:
        """Read the sheets of one table and match their rows; it takes ``share`` of the progress, from ``start``."""
        own_layouts = [each for each in layouts if each[2].table is table]
        total = sum(len(sheet.lines) for _, sheet, *_ in own_layouts) or 1
        imported_rows: list[ImportedRow] = []
        names_of: dict[str, tuple[str, ...] | None] = {}
        lines_before = 0
        resolver = PersonResolver(self.people, self._titles("person"), self.choices, self.memory)
        for number, sheet, layout, made in own_layouts:
            step = self._step(start, share, lines_before, total, f"Lecture : {sheet.name}")
            headers, questions = self.headers[table.name], self.questions[sheet.name]
            raws = rows_of(sheet, layout, headers, made, self.readers, self.choices, questions, step)
            letters = {column.field: column.letter for column in layout.columns if column.field}
            names_of[sheet.name] = row_matching.key_fields(table, set(letters))
            if table.name == "person":
                imported_rows += row_persons.match_persons(
                    raws,
                    number,
                    made,
                    letters,
                    resolver,
                    self._stored_rows("person"),
                    imported_rows,
                    self._show(table),
                    layout.is_palettes(),
                    self.questions[sheet.name],
                )
            else:
                imported_rows += self._rows_of_others(raws, number, made, letters, resolver, table)
            lines_before += len(sheet.lines)
        rows = UnmatchedRows(self._stored_rows(table.name))
        if table.belongs_to_person:
            row_matching.match_dated(imported_rows, rows, names_of)
        elif table.name != "person":
            matcher = SourceMatcher(table, self._stored_rows(table.name), self.choices)
            imported_rows = row_keys.match_by_key(table, imported_rows, rows, matcher, self._show(table))
        self._register(table, imported_rows)

    def _step(self, start: float, share: float, before: int, total: int, step: str) -> Callable[[int], None]:
        return lambda done: self.progress(start + share * (before + done) / total, step)

    def _show(self, table: OfficeTable) -> Callable[[str, Any], str]:
        return lambda name, value: self.readers.of(table, name).show(value)

    def _rows_of_others(
        self,
        raws: list[RawRow],
        number: int,
        made: SheetPlan,
        letters: Mapping[str, str],
        resolver: PersonResolver,
        table: OfficeTable,
    ) -> list[ImportedRow]:
        imported_rows = []
        for raw in raws:
            raw.keep_stored_texts(self._stored_rows(table.name))
            imported = ImportedRow(
                made, raw.number, row_matching.provisional(number, raw.number), raw.values, problems=raw.problems
            )
            imported.requested_id = raw.values.pop(ROW_NUMBER, None)
            if table.belongs_to_person:
                resolver.resolve(imported, letters, self._stored_rows("person"))
            self.references.resolve(imported, table, letters, early=True)
            imported_rows.append(imported)
        by_name = sum("reconnue par son nom seul" in imported.notes for imported in imported_rows)
        if by_name:
            made.notes.append(
                f"par son nom seul, unique dans le fichier : la personne de {by_name} ligne{'s' * (by_name > 1)}"
            )
        return imported_rows

    def _register(self, table: OfficeTable, imported_rows: list[ImportedRow]) -> None:
        """Make the rows of a table findable by title and number, then resolve their references to each other."""
        self.imported_rows[table.name] = imported_rows
        titles = self._titles(table.name)
        for imported in imported_rows:
            titles.add(imported.id, imported.values)
            if imported.requested_id:
                titles.numbers.setdefault(imported.requested_id, imported.id)
        for imported in imported_rows if self.references.fields(table, early=False) else ():
            letters = {column.field: column.letter for column in imported.sheet.columns if column.field}
            self.references.resolve(imported, table, letters, early=False)

    # ---- domain rules

    def _check_rules(self, made: ImportPlan) -> None:
        """Write the rows in a transaction that is rolled back, and mark the refused ones as waiting."""
        rows = write.rows_with_rules(self.db, made)
        if len(rows) > MAX_CHECKED_ROWS:
            made.notes.append(
                f"Plus de {MAX_CHECKED_ROWS} lignes : les règles du fichier seront vérifiées à l’enregistrement."
            )
            return
        refused: list[write.Refusal] = []
        if rows:
            step = "Vérification des règles"
            try:
                refused = write.rehearse(self.db, rows, lambda done, _: self.progress(0.8 + 0.2 * done, step))
            except BusyError:
                made.notes.append("Le fichier est occupé : ses règles seront vérifiées à l’enregistrement.")
                return
        made.checked = True
        for _, row, problem in refused:
            row.action, row.problems = WAITING, (*row.problems, problem)
