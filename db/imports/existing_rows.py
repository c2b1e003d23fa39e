"""The existing rows of the tables that an import touches, each table read by one query."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from db.imports.person_matching import PersonIndex, sorted_words
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, Reference, References, Several

_SHARED = 20_000


class StoredRows:
    """The rows of one table, deleted ones left out: id -> SQLite values. ``empty``: the table never had a row."""

    def __init__(self, db: Office, table: OfficeTable) -> None:
        self.table = table
        names = [field.name for field in table.fields]
        self._index = {name: index for index, name in enumerate(names, 2)}
        self._several_fields = {field.name: field for field in table.fields if isinstance(field.type, Several)}
        sql = f'SELECT id, version, {", ".join(names)} FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id'
        self.rows: dict[int, tuple[Any, ...]] = {row[0]: row for row in _with_shared_texts(db.execute(sql))}
        self.empty = not self.rows and not db.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchone()

    def version(self, row_id: int) -> int:
        """Return the version of a row when it was read."""
        return int(self.rows[row_id][1])

    def value(self, row_id: int, name: str) -> Any:
        """Return one value, converted to Python."""
        raw = self.rows[row_id][self._index[name]]
        field = self._several_fields.get(name)
        return field.type.from_sql(raw) if field else raw


def _with_shared_texts(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows with one object for equal texts: columns of codes, towns and days repeat a few. The first
    ``_SHARED`` texts are shared."""
    texts: dict[Any, str] = {}
    for row in rows:
        if len(texts) < _SHARED:
            texts |= {value: value for value in row if isinstance(value, str) and value not in texts}
        yield tuple(map(texts.get, row, row))


class TitleIndex:
    """Finds rows of a table, existing or imported, by their title. ``numbers``: N° in the imported file -> id."""

    def __init__(self, stored: StoredRows, context: Context, people: PersonIndex) -> None:
        self._table, self._stored, self._context, self._people = stored.table, stored, context, people
        self._rows_by_words: dict[str, list[tuple[int, int | None]]] = {}
        self.numbers: dict[int, int] = {}
        self._fields: list[Field] = [self._table.field(name) for name in self._table.title]
        if self._table.name != "person":
            for row_id in stored.rows:
                self.add(row_id, {name: stored.value(row_id, name) for name in (*self._table.title, *self._owner())})

    def _owner(self) -> tuple[str, ...]:
        return ("person_id",) if self._table.belongs_to_person else ()

    def add(self, row_id: int, values: Mapping[str, Any]) -> None:
        """Add a row by the values of its title."""
        if self._table.name != "person":
            rows = self._rows_by_words.setdefault(sorted_words(*self._parts(values)), [])
            if (row_id, values.get("person_id")) not in rows:
                rows.append((row_id, values.get("person_id")))

    def _parts(self, values: Mapping[str, Any]) -> Iterable[str]:
        for field in self._fields:
            value = values.get(field.name)
            if value is not None:
                yield self._shown(field, value)

    def _shown(self, field: Field, value: Any) -> str:
        if isinstance(field.type, Reference) and field.target == "person":
            last, first, _ = self._people.names.get(value, ("", "", None))
            return f"{last} {first}"
        return "" if isinstance(field.type, Reference | References) else field.type.show(value, self._context)

    def find(self, text: str, person: int | None) -> tuple[int | None, str]:
        """Return (id, '') for the row that a text names (« Title », « Title n° 12 », « 12 »), or (None, reason).
        ``person``: consider only rows of that person."""
        name, number = _split_number(text)
        ids = self._with_title(name, person) if name else []
        if number is not None:
            row_id = self.numbers.get(number, number if number in self._stored.rows else None)
            if row_id is not None and (not name or row_id in ids):
                return row_id, ""
            ids = ids if name else []
        if len(ids) == 1 and number is None:
            return ids[0], ""
        if not ids or number is not None:
            return None, f"« {text} » n’a pas été trouvé parmi : {self._table.plural.lower()}"
        precise = ", ".join(f"« {name} n° {row_id} »" for row_id in ids if row_id > 0)
        return None, "plusieurs portent ce nom" + (f" : précisez {precise}" if precise else "")

    def _with_title(self, name: str, person: int | None) -> list[int]:
        if self._table.name == "person":
            return self._people.named(name)
        rows = self._rows_by_words.get(sorted_words(name), [])
        return list(dict.fromkeys(row_id for row_id, owner in rows if person is None or owner in (None, person)))


def _split_number(text: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(.*?)\s*(?:n°\s*)?(\d{1,15})", text.strip())
    if match and (not match[1] or "n°" in text):
        return match[1], int(match[2])
    return text.strip(), None
