"""The values of one column: which there are and how often, which rows have one, and their sums by group."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Choices, References
from db.rows import queries
from db.rows.queries import Query, expression
from db.storage.connection import remembered


def _dated(query: Query) -> Query:
    return query if query.today else replace(query, today=date.today().isoformat())


def frequencies(db: Office, table: OfficeTable, query: Query, name: str, most: int) -> list[tuple[Any, int]]:
    """Return the values of a column among what a query finds, and how many rows have each: at most ``most``, the most
    frequent first. None: the rows without a value. The values of a list of values or of rows count one by one."""
    dated = _dated(query)
    condition, parameters = queries.where(table, dated)
    sql = expression(table, name)
    each = f" LEFT JOIN json_each({sql}) j" if isinstance(table.column(name).type, Choices | References) else ""
    statement, values = queries.numbered(
        f'SELECT {"j.value" if each else sql} AS value, count(*) FROM "{table.name}" t{each} WHERE {condition}'
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?", [*parameters, most], dated.today,
    )  # fmt: skip
    return db.execute(statement, values).fetchall()


def filled(db: Office, table: OfficeTable, name: str, ids: Sequence[int]) -> set[int]:
    """Return which of these rows have a value in a column."""
    marks = ", ".join(map(str, ids))
    sql = f'SELECT t.id FROM "{table.name}" t WHERE t.id IN ({marks}) AND {expression(table, name)} IS NOT NULL'
    return {row[0] for row in db.execute(sql, {"today": date.today().isoformat()})}


def sums(db: Office, table: OfficeTable, query: Query, names: Sequence[str]) -> dict[Any, list[int | None]]:
    """Return the sums of some columns (euro cents, for amounts) in each group of a query, by the group's code;
    remembered until the file changes."""
    dated = _dated(query)

    def ask() -> dict[Any, list[int | None]]:
        condition, parameters = queries.where(table, dated)
        added = ", ".join(f"sum({expression(table, name)})" for name in names)
        sql = f'SELECT {expression(table, query.group)}, {added} FROM "{table.name}" t WHERE {condition} GROUP BY 1'
        return {row[0]: list(row[1:]) for row in db.execute(*queries.numbered(sql, parameters, dated.today))}

    key = (dated.filters, dated.search, dated.today, dated.group, tuple(names))
    return remembered(db, ("sums", table.name, *key), ask) if names else {}
