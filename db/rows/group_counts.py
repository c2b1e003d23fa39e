"""The groups of a query in their order, with the number of rows of each over all pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import queries
from db.rows.queries import Filter, Part, Query
from db.storage.connection import remembered

Counts = list[tuple[Any, int]]
"""(code, number of rows) of each group in order; None is the group of empty values."""


def counts(db: Office, table: OfficeTable, query: Query) -> Counts:
    """Return every group of a query over all pages; remembered until the file changes."""
    dated = query if query.today else replace(query, today=date.today().isoformat())

    def ask() -> Counts:
        sql, values = queries.groups_sql(table, dated)
        return db.execute(sql, values).fetchall()

    key = (dated.filters, dated.search, dated.today, dated.group, dated.groups_backward)
    return remembered(db, ("groups", table.name, *key), ask)


def page_ids(db: Office, table: OfficeTable, query: Query) -> list[int]:
    """Return the ids of one page, group by group; querying each group alone avoids sorting a large file."""
    first, last, before = (query.page - 1) * query.size, query.page * query.size, 0
    inside = tuple(name for name in query.sort if name.removeprefix("-") != query.group)
    ids: list[int] = []
    for code, size in counts(db, table, query):
        if code in query.folded:
            continue
        start, end = max(first, before), min(last, before + size)
        if start < end:
            of_group = Filter(query.group, "group", code)
            one = replace(query, filters=(*query.filters, of_group), sort=inside, group="", folded=())
            ids += part_ids(db, table, one, Part(start - before, end - start, size))
        before += size
    return ids


def part_ids(db: Office, table: OfficeTable, query: Query, part: Part) -> list[int]:
    """Return the ids of a part of what a query finds, in order. The query has a day and no groups."""
    sql, values = queries.part_sql(table, query, part)
    ids = [row_id for (row_id,) in db.rows_at_once(sql, 1, values)]
    return ids[::-1] if part.from_the_end else ids


def of_rows(db: Office, table: OfficeTable, group: str, ids: Sequence[int]) -> dict[int, Any]:
    """Return the present group of each of these rows: its code, None for empty."""
    sql = queries.group_of_sql(table, group, ids)
    return dict(db.execute(sql, {"today": date.today().isoformat()}).fetchall())
