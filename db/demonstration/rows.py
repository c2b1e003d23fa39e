"""A row as it stood on any day: what was known when it was written down, and what later days added.

The whole demonstration is planned without knowing what day it is; ``known(today)`` then says what the office would
know. That is why a figure of 2022 cannot change with the day on which the file is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from db.dictionary import TABLES
from db.types import Context

SIGNATURE = "Démonstration"


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

    def known(self, today: date) -> dict[str, Any]:
        """The values as the office knows them on that day."""
        values = dict(self.values)
        for day, changes in sorted(self.later, key=lambda change: change[0]):
            if day <= today:
                values |= changes
        return values


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


def stored(row: Row, today: date, context: Context) -> dict[str, Any]:
    """The row's columns as SQLite keeps them, every value checked by its field. Raises FieldError."""
    columns: dict[str, Any] = {"id": row.id, "version": 1, "changed_by": SIGNATURE}
    values = row.known(today)
    for column in TABLES[row.table].fields:
        value = _plain(values.pop(column.name, None))
        columns[column.name] = None if value is None else column.type.to_sql(column.type.check(value, context))
    if values:
        raise KeyError(f"{row.table}: {', '.join(values)}")
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
