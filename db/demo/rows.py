"""The rows of the demonstration, each with its first values and its dated later changes.

The rows are planned up to the end of the next year; data_entry.py then selects what an office would have entered by
the day on which the file is created. A figure of 2022 therefore does not depend on that day.
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
class DemoRow:
    """One row of ``table``, created on ``day``; ``later``: its changes, as (day, values). A value may be another
    DemoRow, which stands for its id; ``number_rows`` gives out the ids."""

    table: str
    day: date
    values: dict[str, Any]
    later: list[tuple[date, dict[str, Any]]] = field(default_factory=list)
    id: int = 0

    def then(self, day: date | None, **values: Any) -> None:
        """Add a change of values on that day, unless it is None."""
        if day is not None:
            self.later.append((day, values))


def number_rows(rows: Iterable[DemoRow], today: date) -> dict[str, list[DemoRow]]:
    """Return the rows created by ``today``, by table, oldest first, and set their ids. Ids follow the days, so that the
    id of a row does not depend on later rows."""
    tables: dict[str, list[DemoRow]] = {}
    for row in sorted(rows, key=lambda row: row.day):
        if row.day <= today:
            same = tables.setdefault(row.table, [])
            same.append(row)
            row.id = len(same)
    return tables


def to_columns(table: str, values: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return the values as SQLite stores them, checked by their fields. Raises FieldError; KeyError: unknown field."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        plain, type_ = _plain(value), _TYPES[table][name]
        columns[name] = None if plain is None else type_.to_sql(type_.check(plain, context))
    return columns


def _plain(value: Any) -> Any:
    match value:
        case DemoRow():
            return value.id
        case str():
            return french(value)
        case list() | tuple():
            return tuple(map(_plain, value))
        case _:
            return value


def french(text: str) -> str:
    """Return the text with the no-break spaces of French typography before « : ; ? ! € » and inside « guillemets »."""
    for mark in ":;?!»€":
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text.replace("« ", "«\u00a0")
