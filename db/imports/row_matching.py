"""Matching of imported rows with the existing rows of their table, by number and by key."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from db.imports.existing_rows import StoredRows
from db.imports.plan_types import ImportProblem, NearMatch, SheetPlan
from db.imports.text_keys import name_key
from db.model.fields import OfficeTable, Table
from db.model.types import Date, Text


@dataclass(slots=True)
class ImportedRow:
    """One data line of the file while it is matched. ``id``: negative for a new row. ``values``: by field, as read.
    ``requested_id``: the N° in the file. ``by_number``: whether it was matched by that number."""

    sheet: SheetPlan
    number: int
    id: int
    values: dict[str, Any]
    requested_id: int | None = None
    by_number: bool = False
    ambiguous: bool = False
    """Whether several rows match: the required fields of a new row are then not checked."""
    of_source: bool = False
    """Whether a source knows the existing row (source_rows.py): what the office typed in it then stays."""
    problems: list[ImportProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    near: NearMatch | None = None


def provisional(sheet: int, row: int) -> int:
    """Return the negative id of a new row; reading the same file again gives the same id."""
    return -(sheet * 10_000_000 + row + 1)


def comparable(value: Any) -> Any:
    """Return a key value for comparison: a text without accents or capitals."""
    return name_key(value) if isinstance(value, str) else value


def key_fields(table: OfficeTable, has: Iterable[str]) -> tuple[str, ...] | None:
    """Return the key fields that a sheet has; None when they do not identify a row (a date of the key is missing)."""
    present = set(has) | {"person_id"}
    for name in table.key:
        if name not in present and isinstance(table.field(name).type, Date):
            return None
    names = tuple(name for name in table.key if name in present)
    return names if set(names) - {"person_id"} else None


class UnmatchedRows:
    """The stored rows of a table that no imported row matches yet, by key."""

    def __init__(self, stored: StoredRows) -> None:
        self._stored = stored
        self._by_key: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}
        self.matched: set[int] = set()

    def with_same_key(self, names: tuple[str, ...], values: dict[str, Any]) -> list[int]:
        """Return the ids of the unmatched rows with the same values in the fields ``names``."""
        index = self._by_key.get(names)
        if index is None:
            index = self._by_key[names] = {}
            for row_id in self._stored.rows:
                key = tuple(comparable(self._stored.value(row_id, name)) for name in names)
                index.setdefault(key, []).append(row_id)
        key = tuple(comparable(values.get(name)) for name in names)
        return [row_id for row_id in index.get(key, ()) if row_id not in self.matched]

    def numbered(self, number: int, names: tuple[str, ...] | None, values: dict[str, Any]) -> int | None:
        """Return ``number`` if that row is unmatched and its key agrees: same person and another equal key field."""
        if number not in self._stored.rows or number in self.matched:
            return None
        same = [
            name
            for name in names or ()
            if comparable(values.get(name)) == comparable(self._stored.value(number, name))
            and values.get(name) is not None
        ]
        if names and all(
            comparable(values.get(name)) == comparable(self._stored.value(number, name)) for name in names
        ):
            return number
        same_person = "person_id" not in (names or ()) or "person_id" in same
        return number if same_person and set(same) - {"person_id"} else None

    def equal(self, row_id: int, values: dict[str, Any]) -> bool:
        """Return whether a row already has all these values."""
        return all(self._stored.value(row_id, name) == value for name, value in values.items())


def match_dated(
    imported_rows: list[ImportedRow], rows: UnmatchedRows, names_of: dict[str, tuple[str, ...] | None]
) -> None:
    """Match rows that belong to persons: by number, then by equality of all values, then by key alone."""
    waiting: list[tuple[ImportedRow, tuple[str, ...]]] = []
    for imported in imported_rows:
        names = names_of[imported.sheet.name]
        number = rows.numbered(imported.requested_id, names, imported.values) if imported.requested_id else None
        if number:
            _match(imported, number, rows)
            imported.by_number = True
        elif names and imported.values.get("person_id") is not None:
            waiting.append((imported, names))
    for exactly in (True, False):
        left = []
        for imported, names in waiting:
            candidates = rows.with_same_key(names, imported.values)
            row_id = next((one for one in candidates if not exactly or rows.equal(one, imported.values)), None)
            if row_id:
                _match(imported, row_id, rows)
            else:
                left.append((imported, names))
        waiting = left
    _note_repeats(imported_rows)


def _match(imported: ImportedRow, row_id: int, rows: UnmatchedRows) -> None:
    imported.id = row_id
    rows.matched.add(row_id)


def _note_repeats(imported_rows: list[ImportedRow]) -> None:
    """Add a note to new rows equal to another; they are written all the same: a person may have two contacts a day."""
    seen: dict[tuple[Any, ...], ImportedRow] = {}
    for imported in imported_rows:
        if imported.id < 0 and imported.values:
            first = seen.setdefault(
                tuple(sorted((name, str(value)) for name, value in imported.values.items())), imported
            )
            if first is not imported:
                imported.notes.append(f"identique à la ligne {first.number}" + _elsewhere(first, imported))


def merge(
    first: ImportedRow, number: int, sheet: SheetPlan, values: dict[str, Any], table: Table, show: Any
) -> str | ImportProblem:
    """Merge a second line on the same row into ``first``. Return a remark, or the problem if the lines contradict."""
    contradicted = [
        name
        for name, value in values.items()
        if first.values.get(name, value) != value and not _same_text(table, name, first.values[name], value)
    ]
    where = f"la ligne {first.number}" + (f" de « {first.sheet.name} »" if first.sheet.name != sheet.name else "")
    if contradicted:
        differences = " ; ".join(
            f"{table.field(name).label} « {show(name, first.values[name])} » là, « {show(name, values[name])} » ici"
            for name in contradicted
        )
        reason = f"même fiche que {where}, mais {differences} : corrigez l’une des deux, ou laissez celle-ci de côté"
        return ImportProblem(sheet.name, number, "", contradicted[0], table.field(contradicted[0]).label, "", reason)
    added = [table.field(name).label for name in values if name not in first.values]
    for name, value in values.items():
        first.values.setdefault(name, value)
    return f"doublon de {where}" + (f" ; y ajoute : {', '.join(added)}" if added else "")


def _same_text(table: Table, name: str, one: Any, other: Any) -> bool:
    """Return whether two texts differ by accents and capitals only."""
    return isinstance(table.field(name).type, Text) and comparable(one) == comparable(other)


def _elsewhere(first: ImportedRow, imported: ImportedRow) -> str:
    return f" de « {first.sheet.name} »" if first.sheet.name != imported.sheet.name else ""
