"""References of imported rows: a text that names a row of another table becomes the id of that row."""

from collections.abc import Callable, Mapping
from typing import Any

from db.imports.existing_rows import TitleIndex
from db.imports.plan_types import ImportProblem
from db.imports.row_matching import ImportedRow
from db.model.fields import Field, OfficeTable
from db.model.types import References


class ReferenceResolver:
    """Finds the rows that texts name. ``titles``: the index of a table; ``aside``: keys of the problems set aside."""

    def __init__(
        self, tables: Mapping[str, OfficeTable], titles: Callable[[str], TitleIndex], aside: frozenset[str]
    ) -> None:
        self._tables, self._titles, self._aside = tables, titles, aside
        self._fields: dict[tuple[str, bool], list[Field]] = {}

    def fields(self, table: OfficeTable, early: bool) -> list[Field]:
        """Return the fields that refer to other tables (``early``) or to the table itself."""
        key = (table.name, early)
        if key not in self._fields:
            self._fields[key] = [
                field
                for field in table.fields
                if field.target and field.name != "person_id" and (field.target != table.name) == early
            ]
        return self._fields[key]

    def resolve(self, imported: ImportedRow, table: OfficeTable, letters: Mapping[str, str], early: bool) -> None:
        """Replace the texts of these fields by ids; what names no row is a problem."""
        for field in self.fields(table, early):
            text = imported.values.get(field.name)
            if not isinstance(text, str):
                continue
            ids, why = self._find(field.target or "", text, imported, isinstance(field.type, References))
            if not why:
                imported.values[field.name] = ids
                continue
            imported.values.pop(field.name)
            letter = letters.get(field.name, "")
            problem = ImportProblem(imported.sheet.name, imported.number, letter, field.name, field.label, text, why)
            if problem.key not in self._aside:
                imported.problems.append(problem)

    def _find(self, target: str, text: str, imported: ImportedRow, several: bool) -> tuple[Any, str]:
        """Return (the id or ids of the rows that a text names, '') or (None, the reason in French)."""
        titles = self._titles(target)
        person = imported.values.get("person_id") if self._tables[target].belongs_to_person else None
        if not several:
            return titles.find(text, person)
        ids: list[int] = []
        for part in (part.strip() for part in text.replace("\n", ";").split(";")):
            row_id, why = titles.find(part, person) if part else (None, "")
            if why:
                return None, why
            if row_id is not None and row_id not in ids:
                ids.append(row_id)
        return tuple(ids) or None, ""
