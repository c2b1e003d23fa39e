"""The choices made for one import, proposed again for the next: tables, columns, values and answers to near matches.

The name and birth date of a near match are stored as a digest beside the id of the person, never in clear, and removed
when the person is erased.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from db.base.french import fold
from db.imports.plan_types import ImportChoices, ImportPlan
from db.imports.text_keys import header_keys, name_key
from db.model.office import Office
from db.rows import transactions

_MAX_TEXT = 120
"""Characters; longer texts are not remembered, as no name of a value of a list is that long."""


@dataclass
class RememberedChoices:
    """``tables``: sheet -> table. ``columns``: table -> header -> field. ``values``: « table.field » -> text -> value,
    and scope of a question (``SheetPlan.asked``) -> text -> « yes » or « no ». ``persons``: ``digest`` -> id. Sheets
    and texts folded, headers by ``header_keys``."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)


def digest(last: str | None, first: str | None, birth: str | None) -> str:
    """Return the SHA-256 digest of a name (accents and case ignored) and birth date."""
    text = "|".join((name_key(last or ""), name_key(first or ""), birth or ""))
    return hashlib.sha256(f"palette {text}".encode()).hexdigest()


def recall(db: Office) -> RememberedChoices:
    """Return the choices made for earlier files."""
    memory = RememberedChoices()
    for kind, scope, text, chosen in db.execute("SELECT kind, place, said, chosen FROM import_choice ORDER BY id"):
        match kind:
            case "table":
                memory.tables[text] = chosen
            case "column":
                memory.columns.setdefault(scope, {})[text] = chosen
            case "value":
                memory.values.setdefault(scope, {})[text] = chosen
            case "person":
                memory.persons[text] = int(chosen)
    return memory


def save(db: Office, plan: ImportPlan, who: str) -> None:
    """Save the choices made for this file, in a transaction of its own. Raises BusyError, StorageError."""
    with transactions.writing(db):
        save_in_transaction(db, plan, who)


def save_in_transaction(db: Office, plan: ImportPlan, who: str) -> None:
    """Save the choices made for this file within the current transaction."""
    db.executemany(
        "INSERT INTO import_choice (who, kind, place, said, chosen) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, place, said) DO UPDATE SET who = excluded.who, chosen = excluded.chosen",
        [(who, *row) for row in dict.fromkeys(_rows_to_save(plan.choices, plan))],
    )


def _rows_to_save(choices: ImportChoices, plan: ImportPlan) -> Iterator[tuple[str, str, str, str]]:
    for sheet in plan.sheets:
        if choices.tables.get(sheet.name):
            yield "table", "", fold(sheet.name), choices.tables[sheet.name]
        for column in sheet.columns:
            if column.letter in choices.fields.get(sheet.name, {}) and sheet.table:
                for key in header_keys(column.header):
                    yield "column", sheet.table, key, column.field
        yield from _persons(choices, sheet.name, plan)
        for key, (scope, text) in sheet.asked.items():
            if key in choices.answers and len(text) <= _MAX_TEXT:
                yield "value", scope, text, "yes" if choices.answers[key] else "no"
    for full_name, replacements in choices.values.items():
        if full_name in plan.listed:
            for text, chosen in replacements.items():
                if len(text) <= _MAX_TEXT:
                    yield "value", full_name, fold(text), chosen


def _persons(choices: ImportChoices, sheet: str, plan: ImportPlan) -> Iterator[tuple[str, str, str, str]]:
    for near in plan.near:
        chosen = choices.persons.get(near.key, 0)
        if near.sheet == sheet and chosen > 0 and near.digest:
            yield "person", "", near.digest, str(chosen)
