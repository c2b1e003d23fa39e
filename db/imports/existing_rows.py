"""What the office file holds of the tables that an import touches, read in one go."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from db.imports.person_matching import People, words_of
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Reference, References, Several


class Stored:
    """The kept rows of one table: id -> values as SQLite holds them. ``empty``: no row ever was there."""

    def __init__(self, db: Office, table: OfficeTable) -> None:
        self.table = table
        names = [item.name for item in table.fields]
        self._place = {name: place for place, name in enumerate(names, 2)}
        self._several = {item.name: item for item in table.fields if isinstance(item.type, Several)}
        sql = f'SELECT id, version, {", ".join(names)} FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id'
        self.rows: dict[int, tuple[Any, ...]] = {row[0]: row for row in db.execute(sql)}
        self.empty = not self.rows and not db.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchone()

    def version(self, row_id: int) -> int:
        """The version that was read."""
        return int(self.rows[row_id][1])

    def value(self, row_id: int, name: str) -> Any:
        """One stored value, as Python handles it."""
        raw = self.rows[row_id][self._place[name]]
        item = self._several.get(name)
        return item.type.from_sql(raw) if item else raw


class Titles:
    """How the rows of a table are called, those of the file that is brought in as well, to find them by it.

    ``numbers``: number in the file that is brought in -> id here.
    """

    def __init__(self, stored: Stored, known: Context, people: People) -> None:
        self._table, self._stored, self._known, self._people = stored.table, stored, known, people
        self._named: dict[str, list[tuple[int, int | None]]] = {}
        self.numbers: dict[int, int] = {}
        self._fields: list[Field] = [self._table.field(name) for name in self._table.title]
        if self._table.name != "person":
            for row_id in stored.rows:
                self.add(row_id, {name: stored.value(row_id, name) for name in (*self._table.title, *self._owner())})

    def _owner(self) -> tuple[str, ...]:
        return ("person_id",) if self._table.belongs_to_person else ()

    def add(self, row_id: int, values: Mapping[str, Any]) -> None:
        """A row, by the values of its title."""
        if self._table.name != "person":
            entries = self._named.setdefault(words_of(*self._parts(values)), [])
            if (row_id, values.get("person_id")) not in entries:
                entries.append((row_id, values.get("person_id")))

    def _parts(self, values: Mapping[str, Any]) -> Iterable[str]:
        for item in self._fields:
            value = values.get(item.name)
            if value is not None:
                yield self._shown(item, value)

    def _shown(self, item: Field, value: Any) -> str:
        if isinstance(item.type, Reference) and item.target == "person":
            last, first, _ = self._people.names.get(value, ("", "", None))
            return f"{last} {first}"
        return "" if isinstance(item.type, Reference | References) else item.type.show(value, self._known)

    def find(self, text: str, person: int | None) -> tuple[int | None, str]:
        """(id, '') of the row that a text names, « … n° 12 » included, or (None, why not). ``person``: whose it is."""
        name, number = _numbered(text)
        ids = self._called(name, person) if name else []
        if number is not None:
            meant = self.numbers.get(number, number if number in self._stored.rows else None)
            if meant is not None and (not name or meant in ids):
                return meant, ""
            ids = ids if name else []
        if len(ids) == 1 and number is None:
            return ids[0], ""
        if not ids or number is not None:
            return None, f"« {text} » n’a pas été trouvé parmi : {self._table.plural.lower()}"
        precise = ", ".join(f"« {name} n° {row_id} »" for row_id in ids if row_id > 0)
        return None, "plusieurs portent ce nom" + (f" : précisez {precise}" if precise else "")

    def _called(self, name: str, person: int | None) -> list[int]:
        if self._table.name == "person":
            return self._people.named(name)
        found = self._named.get(words_of(name), [])
        return list(dict.fromkeys(row_id for row_id, owner in found if person is None or owner in (None, person)))


def _numbered(text: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(.*?)\s*(?:n°\s*)?(\d{1,15})", text.strip())
    if match and (not match[1] or "n°" in text):
        return match[1], int(match[2])
    return text.strip(), None
