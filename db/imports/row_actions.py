"""What becomes of each row: created, changed, left alone, or waiting with its problems."""

from db.imports.cell_values import Reader
from db.imports.existing_rows import Stored
from db.imports.person_matching import People
from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, Choices, Problem, Row
from db.imports.row_matching import Entry, comparable
from db.imports.row_reader import Readers
from db.model.fields import Field, OfficeTable


class Finisher:
    """Turns entries into rows, table after table."""

    def __init__(self, choices: Choices, readers: Readers, people: People) -> None:
        self._choices, self._readers, self._people = choices, readers, people
        self._titles: dict[str, list[tuple[str, bool, Reader]]] = {}
        self._bad: set[int] = set()
        """New rows that wait: whatever refers to them waits too."""

    def finish(self, table: OfficeTable, pending: list[Entry], stored: Stored) -> None:
        """The rows of one table, into the plans of their sheets; the tables they refer to come before."""
        numbers: set[int] = set()
        required = [item for item in table.fields if item.required]
        for entry in pending:
            self._require(entry, table, required)
        while True:  # rows that refer to rows of the same table that wait
            before = len(self._bad)
            self._propagate(pending, table)
            if len(self._bad) == before:
                break
        taken = 0
        for entry in pending:
            row = self._row(entry, table, stored)
            if entry.asked and row.id < 0:
                if stored.empty and entry.asked not in numbers:
                    row.keep = entry.asked
                    numbers.add(entry.asked)
                taken += entry.asked in stored.rows
            entry.sheet.rows.append(row)
            if entry.near:
                entry.sheet.near.append(entry.near)
        if taken:
            pending[0].sheet.notes.append(
                f"N° : déjà pris par d’autres lignes du fichier, {taken} fois ; un nouveau numéro est donné"
            )

    def _require(self, entry: Entry, table: OfficeTable, required: list[Field]) -> None:
        """What a new row must have; a person said for the whole sheet what no column gives."""
        if entry.id > 0 or entry.unsure:
            return
        for name, text in self._choices.constants.get(entry.sheet.name, {}).items():
            if name in {item.name for item in table.fields} and name not in entry.given:
                read = self._readers.of(table, name).read(text)
                if read.reason:
                    entry.problems.append(self._problem(entry, table, name, text, read.reason))
                elif read.value is not None:
                    entry.given[name] = read.value
        wrong = {problem.field.split(".")[-1] for problem in entry.problems}
        if "name" in wrong:  # both names, in one cell
            wrong |= set(table.title)
        if wrong:
            wrong.add("person_id")
        for item in required:
            if entry.given.get(item.name) is None and item.name not in wrong:
                entry.problems.append(self._problem(entry, table, item.name, "", "ce champ est obligatoire"))

    def _problem(self, entry: Entry, table: OfficeTable, name: str, value: str, reason: str) -> Problem:
        return Problem(entry.sheet.name, entry.number, "", name, table.field(name).label, value, reason)

    def _propagate(self, entries: list[Entry], table: OfficeTable) -> None:
        referring = [item for item in table.fields if item.target]
        for entry in entries:
            if not entry.problems and self._bad:
                for item in referring:
                    if item.name in entry.given:
                        value = entry.given.get(item.name)
                        ids = value if isinstance(value, tuple) else (value,)
                        if any(one in self._bad for one in ids):
                            reason = "la ligne dont celle-ci dépend attend elle-même"
                            entry.problems.append(self._problem(entry, table, item.name, "", reason))
                            break
            if entry.problems and entry.id < 0:
                self._bad.add(entry.id)

    def _row(self, entry: Entry, table: OfficeTable, stored: Stored) -> Row:
        title = self._title(entry, table, stored)
        if entry.id < 0:
            action = WAITING if entry.problems else CREATE
            return Row(
                entry.number,
                action,
                entry.id,
                title,
                entry.given,
                problems=tuple(entry.problems),
                notes=tuple(entry.notes),
            )
        old, new = {}, {}
        for name, value in entry.given.items():
            before = stored.value(entry.id, name)
            if before == value or value is None:
                continue
            if name in table.key and not entry.by_number and comparable(before) == comparable(value):
                entry.notes.append(f"déjà connu comme « {before} »")  # a file in capitals does not rewrite names
                continue
            old[name], new[name] = before, value
        action = WAITING if entry.problems else UPDATE if new else SAME
        return Row(
            entry.number,
            action,
            entry.id,
            title,
            new,
            old,
            stored.version(entry.id),
            None,
            tuple(entry.problems),
            tuple(entry.notes),
        )

    def _title(self, entry: Entry, table: OfficeTable, stored: Stored) -> str:
        if table.name not in self._titles:
            self._titles[table.name] = [
                (name, table.field(name).target == "person", self._readers.of(table, name)) for name in table.title
            ]
        parts = []
        for name, is_person, reader in self._titles[table.name]:
            value = entry.given.get(name)
            if value is None and entry.id > 0:
                value = stored.value(entry.id, name)
            if value is not None:
                known = self._people.names.get(value) if is_person else None
                parts.append(" ".join(known[:2]) if known else reader.show(value))
        return " ".join(part for part in parts if part)
