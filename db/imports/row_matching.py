"""Which rows of the file are rows of the office file already, by key, and what would change in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from db.imports.existing_rows import Stored
from db.imports.plan_types import Near, Problem, SheetPlan
from db.imports.text_keys import name_key
from db.model.fields import OfficeTable, Table
from db.model.types import Date, Text


@dataclass(slots=True)
class Entry:
    """A row that is to be created or changed. ``id``: negative when it is new. ``given``: what the file says of it."""

    sheet: SheetPlan
    number: int
    id: int
    given: dict[str, Any]
    asked: int | None = None
    by_number: bool = False
    unsure: bool = False
    """Nobody knows which row it is: what a new one needs is not asked of it."""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    near: Near | None = None


def provisional(sheet: int, row: int) -> int:
    """The id of a row that is not in the office file yet: the same whenever the same file is read."""
    return -(sheet * 10_000_000 + row + 1)


def comparable(value: Any) -> Any:
    """A value of a key: texts without accents or capitals."""
    return name_key(value) if isinstance(value, str) else value


def key_fields(table: OfficeTable, has: Iterable[str]) -> tuple[str, ...] | None:
    """The fields of a table's key that a sheet gives; None when they do not tell rows apart (its day is missing)."""
    given = set(has) | {"person_id"}
    for name in table.key:
        if name not in given and isinstance(table.field(name).type, Date):
            return None
    found = tuple(name for name in table.key if name in given)
    return found if set(found) - {"person_id"} else None


class Rows:
    """The stored rows of a table that are not taken yet, by key; repeated keys are told apart by all that is given."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._by_key: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}
        self.taken: set[int] = set()

    def of(self, names: tuple[str, ...], values: dict[str, Any]) -> list[int]:
        """The rows with the same key that nobody took."""
        index = self._by_key.get(names)
        if index is None:
            index = self._by_key[names] = {}
            for row_id in self._stored.rows:
                key = tuple(comparable(self._stored.value(row_id, name)) for name in names)
                index.setdefault(key, []).append(row_id)
        key = tuple(comparable(values.get(name)) for name in names)
        return [row_id for row_id in index.get(key, ()) if row_id not in self.taken]

    def numbered(self, number: int, names: tuple[str, ...] | None, values: dict[str, Any]) -> int | None:
        """The row of that number, when its key agrees: same person, and some of the rest of the key."""
        if number not in self._stored.rows or number in self.taken:
            return None
        same = [
            name
            for name in names or ()
            if comparable(values.get(name)) == comparable(self._stored.value(number, name))
            and values.get(name) is not None
        ]
        mine = "person_id" not in (names or ()) or "person_id" in same
        return number if mine and set(same) - {"person_id"} else None

    def equal(self, row_id: int, values: dict[str, Any]) -> bool:
        """Whether a row already is all that is given."""
        return all(self._stored.value(row_id, name) == value for name, value in values.items())


def match_dated(entries: list[Entry], rows: Rows, names_of: dict[str, tuple[str, ...] | None]) -> None:
    """Give rows of persons their ids: by number, then those equal in all that is given, then by key alone."""
    waiting: list[tuple[Entry, tuple[str, ...]]] = []
    for entry in entries:
        names = names_of[entry.sheet.name]
        number = rows.numbered(entry.asked, names, entry.given) if entry.asked else None
        if number:
            _take(entry, number, rows)
            entry.by_number = True
        elif names and entry.given.get("person_id") is not None:
            waiting.append((entry, names))
    for exactly in (True, False):
        left = []
        for entry, names in waiting:
            free = rows.of(names, entry.given)
            found = next((one for one in free if not exactly or rows.equal(one, entry.given)), None)
            if found:
                _take(entry, found, rows)
            else:
                left.append((entry, names))
        waiting = left
    _name_repeats(entries)


def _take(entry: Entry, row_id: int, rows: Rows) -> None:
    entry.id = row_id
    rows.taken.add(row_id)


def _name_repeats(entries: list[Entry]) -> None:
    """New rows that say the same as another are written, and told: two contacts of a day may both be true."""
    seen: dict[tuple[Any, ...], Entry] = {}
    for entry in entries:
        if entry.id < 0 and entry.given:
            first = seen.setdefault(tuple(sorted((name, str(value)) for name, value in entry.given.items())), entry)
            if first is not entry:
                entry.notes.append(f"identique à la ligne {first.number}" + _elsewhere(first, entry))


def merge(first: Entry, number: int, sheet: SheetPlan, given: dict[str, Any], table: Table, show: Any) -> str | Problem:
    """A second line on the same person: what it adds is taken, what it contradicts is a problem. Says what was done."""
    against = [
        name
        for name, value in given.items()
        if first.given.get(name, value) != value and not _same_text(table, name, first.given[name], value)
    ]
    where = f"la ligne {first.number}" + (f" de « {first.sheet.name} »" if first.sheet.name != sheet.name else "")
    if against:
        told = " ; ".join(
            f"{table.field(name).label} « {show(name, first.given[name])} » là, « {show(name, given[name])} » ici"
            for name in against
        )
        reason = f"même fiche que {where}, mais {told} : corrigez l’une des deux, ou laissez celle-ci de côté"
        return Problem(sheet.name, number, "", against[0], table.field(against[0]).label, "", reason)
    more = [table.field(name).label for name in given if name not in first.given]
    for name, value in given.items():
        first.given.setdefault(name, value)
    return f"doublon de {where}" + (f" ; y ajoute : {', '.join(more)}" if more else "")


def _same_text(table: Table, name: str, one: Any, other: Any) -> bool:
    """Texts that differ by accents and capitals only say the same."""
    return isinstance(table.field(name).type, Text) and comparable(one) == comparable(other)


def _elsewhere(first: Entry, entry: Entry) -> str:
    return f" de « {first.sheet.name} »" if first.sheet.name != entry.sheet.name else ""
