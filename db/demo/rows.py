"""A row as it stood on any day: what was known when it was written down, and what later days added.

The whole demonstration is planned without knowing what day it is; what the office would know on that day is then
typed into the file (typed.py). That is why a figure of 2022 cannot change with the day on which the file is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from db.model.dictionary import TABLES
from db.model.types import Context

SIGNATURE = "Démonstration"
_TYPES = {table.name: {item.name: item.type for item in table.fields} for table in TABLES.values()}


@dataclass(eq=False)
class Row:
    """One row of ``table``, written down on ``day``; ``later`` holds what is added or changed, and when.

    A value may be another Row: it stands for that row's number, which ``numbered`` gives out.
    """

    table: str
    day: date
    values: dict[str, Any]
    later: list[tuple[date, dict[str, Any]]] = field(default_factory=list)
    id: int = 0

    def then(self, day: date | None, **values: Any) -> None:
        """From that day on, these values hold; None: it never happens."""
        if day is not None:
            self.later.append((day, values))


def numbered(rows: Iterable[Row], today: date) -> dict[str, list[Row]]:
    """The rows written down by that day, table by table, oldest first, each with its number.

    Numbers follow the days, so an earlier row has the same number whatever comes after it.
    """
    tables: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.day):
        if row.day <= today:
            same = tables.setdefault(row.table, [])
            same.append(row)
            row.id = len(same)
    return tables


def stored(table: str, values: dict[str, Any], context: Context) -> dict[str, Any]:
    """The values as SQLite keeps them, each checked by its field. Raises FieldError, KeyError for an unknown field."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        kept, type_ = _plain(value), _TYPES[table][name]
        columns[name] = None if kept is None else type_.to_sql(type_.check(kept, context))
    return columns


def _plain(value: Any) -> Any:
    match value:
        case Row():
            return value.id
        case str():
            return french(value)
        case list() | tuple():
            return tuple(map(_plain, value))
        case _:
            return value


def french(text: str) -> str:
    """The text with the unbreakable spaces that French wants before « : ; ? ! » and inside « guillemets »."""
    for mark in ":;?!»€":
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text.replace("« ", "«\u00a0")
