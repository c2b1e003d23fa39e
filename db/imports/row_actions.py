"""What becomes of each row: created, changed, left alone, or waiting with its problems."""

from collections.abc import Mapping
from typing import Any

from db.imports.cell_values import CellReader
from db.imports.existing_rows import StoredRows
from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, ImportChoices, ImportProblem, PlannedRow
from db.imports.row_matching import ImportedRow, comparable
from db.imports.row_reader import CellReaders
from db.imports.source_rows import TypedValues
from db.model.fields import Field, OfficeTable

NOTE = "note"
"""The field whose text is added to, never replaced unless a person asks for it."""


def added_to(note: str, text: str) -> str:
    """Return a stored note with a text of the file added to it; one that already holds the other stays as it is."""
    if text in note:
        return note
    return text if note in text else f"{note}\n{text}"


class RowPlanner:
    """Turns the imported rows of each table into planned rows. ``names``: those of the persons, by id."""

    def __init__(
        self,
        choices: ImportChoices,
        readers: CellReaders,
        names: Mapping[int, tuple[str, str, str | None]],
        typed: TypedValues,
    ) -> None:
        self._choices, self._readers, self._names, self._typed = choices, readers, names, typed
        self._titles: dict[str, list[tuple[str, bool, CellReader]]] = {}
        self._waiting: set[int] = set()
        """Ids of the new rows that wait; rows that refer to them wait too."""

    def plan_rows(self, table: OfficeTable, imported_rows: list[ImportedRow], stored: StoredRows) -> None:
        """Add the rows of one table to the plans of their sheets; call it first for the tables they refer to."""
        numbers: set[int] = set()
        required = [field for field in table.fields if field.required]
        for imported in imported_rows:
            self._complete(imported, table, required)
        while True:  # until no further row waits for a row of the same table
            before = len(self._waiting)
            self._propagate_waiting(imported_rows, table)
            if len(self._waiting) == before:
                break
        numbers_in_use = 0
        for imported in imported_rows:
            row = self._row(imported, table, stored)
            if imported.requested_id and row.id < 0:
                if stored.empty and imported.requested_id not in numbers:
                    row.requested_id = imported.requested_id
                    numbers.add(imported.requested_id)
                numbers_in_use += imported.requested_id in stored.rows
            imported.sheet.rows.append(row)
            if imported.near:
                imported.sheet.near.append(imported.near)
        if numbers_in_use:
            imported_rows[0].sheet.notes.append(
                f"N° : déjà pris par d’autres lignes du fichier, {numbers_in_use} fois ; un nouveau numéro est donné"
            )

    def _complete(self, imported: ImportedRow, table: OfficeTable, required: list[Field]) -> None:
        """Fill a new row with the constants of its sheet, and add a problem for each required field without value."""
        if imported.id > 0 or imported.ambiguous:
            return
        for name, text in self._choices.constants.get(imported.sheet.name, {}).items():
            if name in {field.name for field in table.fields} and name not in imported.values:
                read = self._readers.of(table, name).read(text)
                if read.reason:
                    imported.problems.append(self._problem(imported, table, name, text, read.reason))
                elif read.value is not None:
                    imported.values[name] = read.value
        wrong = {problem.field.split(".")[-1] for problem in imported.problems}
        if "name" in wrong:  # both names, in one cell
            wrong |= set(table.title)
        if wrong:
            wrong.add("person_id")
        for field in required:
            if imported.values.get(field.name) is None and field.name not in wrong:
                imported.problems.append(self._problem(imported, table, field.name, "", "ce champ est obligatoire"))

    def _problem(self, imported: ImportedRow, table: OfficeTable, name: str, value: str, reason: str) -> ImportProblem:
        return ImportProblem(imported.sheet.name, imported.number, "", name, table.field(name).label, value, reason)

    def _propagate_waiting(self, imported_rows: list[ImportedRow], table: OfficeTable) -> None:
        referring = [field for field in table.fields if field.target]
        for imported in imported_rows:
            if not imported.problems and self._waiting:
                for field in referring:
                    if field.name in imported.values:
                        value = imported.values.get(field.name)
                        ids = value if isinstance(value, tuple) else (value,)
                        if any(row_id in self._waiting for row_id in ids):
                            reason = "la ligne dont celle-ci dépend attend elle-même"
                            imported.problems.append(self._problem(imported, table, field.name, "", reason))
                            break
            if imported.problems and imported.id < 0:
                self._waiting.add(imported.id)

    def _row(self, imported: ImportedRow, table: OfficeTable, stored: StoredRows) -> PlannedRow:
        title = self._title(imported, table, stored)
        if imported.id < 0:
            action = WAITING if imported.problems else CREATE
            return PlannedRow(
                imported.number,
                action,
                imported.id,
                title,
                imported.values,
                problems=tuple(imported.problems),
                notes=tuple(imported.notes),
            )
        old, new, kept = {}, {}, {}
        for name, value in imported.values.items():
            before = stored.value(imported.id, name)
            if name == NOTE and before and value and not self._choices.replace_notes:
                value = added_to(before, value)
            if before == value or value is None:
                continue
            if name in table.key and not imported.by_number and comparable(before) == comparable(value):
                imported.notes.append(f"déjà connu comme « {before} »")  # a file in capitals does not rewrite names
                continue
            if self._keeps(imported, table, name, before):
                kept[name] = value
                continue
            old[name], new[name] = before, value
        action = WAITING if imported.problems else UPDATE if new else SAME
        return PlannedRow(
            imported.number,
            action,
            imported.id,
            title,
            new,
            old,
            stored.version(imported.id),
            None,
            tuple(imported.problems),
            tuple(imported.notes),
            kept,
        )

    def _keeps(self, imported: ImportedRow, table: OfficeTable, name: str, before: Any) -> bool:
        """Return whether a value stays although a source says another: the office typed it."""
        of_source = (*table.source_key, table.source_day)
        if not imported.of_source or self._choices.replace_typed or before is None or name in of_source:
            return False
        return self._typed.is_typed(table, imported.id, name)

    def _title(self, imported: ImportedRow, table: OfficeTable, stored: StoredRows) -> str:
        if table.name not in self._titles:
            self._titles[table.name] = [
                (name, table.field(name).target == "person", self._readers.of(table, name)) for name in table.title
            ]
        parts = []
        for name, is_person, reader in self._titles[table.name]:
            value = imported.values.get(name)
            if value is None and imported.id > 0:
                value = stored.value(imported.id, name)
            if value is not None:
                names = self._names.get(value) if is_person else None
                parts.append(" ".join(names[:2]) if names else reader.show(value))
        return " ".join(part for part in parts if part)
