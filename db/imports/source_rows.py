"""Rows that an outside source knows by an identifier of its own (``Table.source_key``), such as data·inclusion's.

Such a row is recognised by that identifier alone. One that is not there yet may be a row that the office typed itself:
the same values in one of the groups ``Table.alike`` make it a question, never an answer. What the source said before
follows it when the source changes; what the office typed stays, unless a person says otherwise.
"""

import json
from collections.abc import Mapping
from typing import Any

from db.imports.existing_rows import StoredRows
from db.imports.plan_types import PERSON, Candidate, ImportChoices, ImportProblem, NearMatch
from db.imports.row_matching import ImportedRow, comparable
from db.model.fields import OfficeTable
from db.model.office import Office

Key = tuple[Any, ...]


class SourceMatcher:
    """Recognises the rows of a source among those of the file."""

    def __init__(self, table: OfficeTable, stored: StoredRows, choices: ImportChoices) -> None:
        self._table, self._stored, self._choices = table, stored, choices
        self._known: dict[Key, int] = {}
        self._alike: dict[tuple[str, ...], dict[Key, list[int]]] = {group: {} for group in table.alike}
        for row_id in stored.rows if table.source_key else ():
            if key := _key(self._values(row_id, table.source_key), table.source_key):
                self._known[key] = row_id
            for group, rows in self._alike.items():
                if same := _key(self._values(row_id, group), group):
                    rows.setdefault(same, []).append(row_id)
        self._taken: dict[int, int] = {}
        """Row -> the line that a person said is this row."""
        self._first: dict[tuple[tuple[str, ...], Key], ImportedRow] = {}

    def _values(self, row_id: int, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self._stored.value(row_id, name) for name in names}

    def key(self, imported: ImportedRow) -> Key | None:
        """Return by what the source knows a row, None when the file does not say."""
        return _key(imported.values, self._table.source_key)

    def match(self, imported: ImportedRow) -> None:
        """Set the id of a row that the file has, or ask whether it is one of those it resembles."""
        known = self._known.get(self.key(imported) or ())
        if known:
            imported.id, imported.of_source = known, True
            return
        candidates = self._candidates(imported)
        if candidates:
            self._ask(imported, candidates)
        elif not imported.problems:
            self._note_twin(imported)

    def _candidates(self, imported: ImportedRow) -> tuple[Candidate, ...]:
        """Return the rows of the office itself that this one resembles. One that another source describes is named in
        a note: taken for this one, it would be asked about again with each file."""
        found: dict[int, Candidate] = {}
        for group, rows in self._alike.items():
            same, why = _key(imported.values, group), _same(self._table, group)
            for row_id in rows.get(same, ()) if same else ():
                if _key(self._values(row_id, self._table.source_key), self._table.source_key):
                    imported.notes.append(f"{why} que le n° {row_id}, d’une autre source ou d’un autre identifiant")
                else:
                    title = _title(self._table, self._values(row_id, self._table.title))
                    found.setdefault(row_id, Candidate(row_id, title, why))
        return tuple(found.values())

    def _ask(self, imported: ImportedRow, candidates: tuple[Candidate, ...]) -> None:
        key, title = f"{imported.sheet.name}!{imported.number}", _title(self._table, imported.values)
        chosen = self._choices.persons.get(key)
        if chosen is not None and chosen not in {0, *(one.id for one in candidates)}:
            chosen = None
        if chosen is None and self._choices.accept_resemblances:
            chosen = 0  # as for persons: one more, which can be merged; the other way nothing could be told apart again
        other = self._taken.setdefault(chosen, imported.number) if chosen else imported.number
        imported.near = NearMatch(key, imported.sheet.name, imported.number, title, candidates, chosen)
        if chosen and other == imported.number:
            imported.id, imported.of_source = chosen, True
        elif chosen is None or chosen:
            reason = f"ressemble à {candidates[0].title} ({candidates[0].reason}) : est-ce la même fiche ?"
            if chosen:
                reason = f"la ligne {other} est déjà rattachée à cette fiche : répondez autrement à l’une des deux"
            name = self._table.key[0]
            imported.problems.append(
                ImportProblem(imported.sheet.name, imported.number, "", name, self._table.label, title, reason, PERSON)
            )

    def _note_twin(self, imported: ImportedRow) -> None:
        """Note that a new row resembles another one of the file: sources often describe the same structure."""
        for group in self._alike:
            same = _key(imported.values, group)
            first = self._first.setdefault((group, same), imported) if same else imported
            if first is not imported:
                imported.notes.append(f"{_same(self._table, group)} que la ligne {first.number}, d’une autre source")
                return


class TypedValues:
    """Tells what the office typed itself from what came with the source, by the history."""

    def __init__(self, db: Office) -> None:
        self._db = db
        self._changes: dict[tuple[str, int], list[Mapping[str, Any]]] = {}

    def is_typed(self, table: OfficeTable, row_id: int, name: str) -> bool:
        """Return whether the office wrote that value: the change that did so says nothing of the source's day."""
        for after in self._of_row(table.name, row_id):
            if name in after:
                return table.source_day not in after and not set(table.source_key) & after.keys()
        return True

    def _of_row(self, table: str, row_id: int) -> list[Mapping[str, Any]]:
        key = (table, row_id)
        if key not in self._changes:
            sql = "SELECT after FROM history WHERE table_name = ? AND row_id = ? ORDER BY id DESC"
            self._changes[key] = [json.loads(row[0]) for row in self._db.execute(sql, key)]
        return self._changes[key]


def _key(values: Mapping[str, Any], names: tuple[str, ...]) -> Key | None:
    key = tuple(comparable(values.get(name)) for name in names)
    return key if key and all(value not in (None, "") for value in key) else None


def _same(table: OfficeTable, group: tuple[str, ...]) -> str:
    """« même SIRET », « même nom et même commune »."""
    labels = [table.field(name).label for name in group]
    return " et ".join(f"même {label if label.isupper() else label.lower()}" for label in labels)


def _title(table: OfficeTable, values: Mapping[str, Any]) -> str:
    return " ".join(str(values[name]) for name in table.title if values.get(name) is not None)
