"""What a person chose for one file is proposed for the next: sheets, columns, values, and whom a near match was.

A person is kept as a digest of name and birth date beside her number, never in clear; it goes when she is erased.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from db.base.french import fold
from db.imports.plan_types import Choices, Plan
from db.imports.text_keys import header_keys, name_key
from db.model.office import Office
from db.rows import transactions

_LISTS_ONLY_AT_MOST = 120
"""A longer text is nobody's word for a value of a list."""


@dataclass
class Memory:
    """``tables``: sheet -> table. ``columns``: table -> header -> field. ``values``: « table.field » -> text -> value.

    ``persons``: ``digest`` -> id. Sheets and texts folded, headers by ``header_keys``.
    """

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)


def digest(last: str | None, first: str | None, birth: str | None) -> str:
    """What stands for somebody of that name and birth date."""
    told = "|".join((name_key(last or ""), name_key(first or ""), birth or ""))
    return hashlib.sha256(f"palette {told}".encode()).hexdigest()


def recall(db: Office) -> Memory:
    """Everything that was chosen for earlier files."""
    memory = Memory()
    for kind, place, said, chosen in db.execute("SELECT kind, place, said, chosen FROM import_choice ORDER BY id"):
        match kind:
            case "table":
                memory.tables[said] = chosen
            case "column":
                memory.columns.setdefault(place, {})[said] = chosen
            case "value":
                memory.values.setdefault(place, {})[said] = chosen
            case "person":
                memory.persons[said] = int(chosen)
    return memory


def keep(db: Office, plan: Plan, who: str) -> None:
    """Keep what a person chose for this file, in a transaction of its own. Raises BusyError, StorageError."""
    with transactions.writing(db):
        add(db, plan, who)


def add(db: Office, plan: Plan, who: str) -> None:
    """The same within a transaction that does something else as well."""
    db.executemany(
        "INSERT INTO import_choice (who, kind, place, said, chosen) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, place, said) DO UPDATE SET who = excluded.who, chosen = excluded.chosen",
        [(who, *row) for row in dict.fromkeys(_told(plan.choices, plan))],
    )


def _told(choices: Choices, plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    for sheet in plan.sheets:
        if choices.tables.get(sheet.name):
            yield "table", "", fold(sheet.name), choices.tables[sheet.name]
        for column in sheet.columns:
            if column.letter in choices.fields.get(sheet.name, {}) and sheet.table:
                for key in header_keys(column.header):
                    yield "column", sheet.table, key, column.field
        yield from _persons(choices, sheet.name, plan)
    for place, said in choices.values.items():
        if place in plan.listed:
            for text, chosen in said.items():
                if len(text) <= _LISTS_ONLY_AT_MOST:
                    yield "value", place, fold(text), chosen


def _persons(choices: Choices, sheet: str, plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    for near in plan.near:
        chosen = choices.persons.get(near.key, 0)
        if near.sheet == sheet and chosen > 0 and near.digest:
            yield "person", "", near.digest, str(chosen)
