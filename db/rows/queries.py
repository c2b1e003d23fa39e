"""Build the SQL of a grid: filters, search, sort and pages. Every value is a parameter; every name comes from the
dictionary."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from db.base.french import fold
from db.model import telephones
from db.model.dictionary import TABLES
from db.model.fields import Computed, Field, OfficeTable, Table
from db.model.types import Choice, Choices, Reference, References, Text, Type, YesNo
from db.storage.ddl import folded


@dataclass(frozen=True)
class Filter:
    """One condition on one column. ``how``:

    « words » (text holds words that begin so), « contains » (text holds this, accents and capitals aside), « in » (one
    of the values; None means empty), « between » (two bounds, either may be None; dates, numbers, cents), « is » (this
    value), « group » (this value, of one group of a grid), « empty », « filled »; for the field « id », « among »
    (these rows).
    """

    field: str
    how: str
    value: Any = None

    def __post_init__(self) -> None:
        if isinstance(self.value, list):
            object.__setattr__(self, "value", tuple(self.value))  # a query can be remembered, so it must be hashable


@dataclass(frozen=True)
class Query:
    """What a grid shows: filters, searched words, sort (« -name » descends), page (from 1) and its size.

    ``group``: the column to group by; each group is sorted by itself. ``folded``: the groups (codes, None for empty)
    whose rows are on no page.
    """

    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: tuple[str, ...] = ()
    page: int = 1
    size: int = 50
    today: str = ""
    group: str = ""
    folded: tuple[Any, ...] = ()

    @property
    def groups_backward(self) -> bool:
        """Whether the groups come in reverse order: the column they are made by is sorted so."""
        return f"-{self.group}" in self.sort


Sql = tuple[str, list[Any]]


def words(text: str) -> str:
    """Return the words as a prefix query of the search index, '' when nothing can be searched. A telephone number is
    found in every way of writing it, in pairs too."""
    plain = "".join(c if c.isalnum() else " " for c in fold(text.replace("(0)", ""))).split()
    runs = [(numeric, list(run)) for numeric, run in groupby(plain, str.isdigit)]
    parts = []
    for numeric, run in runs:
        if numeric:
            number = [f'"{spelling}"*' for spelling in telephones.spellings("".join(run))]
            apart = [f"({_every(run)})"] if len(run) > 1 and len(runs) > 1 else []  # « rue 12 46000 »: two numbers
            parts.append(f"({' OR '.join(number + apart)})")
        else:
            parts.append(_every(run))
    return " AND ".join(parts)


def _every(run: list[str]) -> str:
    # The index knows no accents, but keeps « œ » as a letter of its own.
    spellings = [dict.fromkeys((word, word.replace("oe", "œ"))) for word in run]
    return " AND ".join("(" + " OR ".join(f'"{word}"*' for word in words) + ")" for words in spellings)


def expression(table: OfficeTable, name: str) -> str:
    """Return the SQL of a stored or computed column of ``t``."""
    column = table.column(name)
    return f"({column.sql})" if isinstance(column, Computed) else f"t.{name}"


def title_fields(table: Table) -> list[Field]:
    """Return the fields that name a row, in order."""
    return [table.field(name) for name in table.title]


def _search(table: OfficeTable, text: str) -> Sql:
    match = words(text)
    if not match:
        return "1", []
    conditions, values = [], []
    if any(field.searched for field in table.fields):
        conditions.append(f"t.id IN (SELECT rowid FROM {table.name}_search WHERE {table.name}_search MATCH ?)")
        values.append(match)
    for field in table.fields:
        if isinstance(field.type, Reference | References) and field.target in ("person", "partner"):
            sql, titles = _named(TABLES[field.target], field.type, f"t.{field.name}", match)
            conditions.append(sql)
            values += titles
    return f"({' OR '.join(conditions)})" if conditions else "0", values


def _named(target: Table, kind: Type, sql: str, match: str) -> Sql:
    """Return the condition that a column refers to rows whose name holds the words."""
    titles = " ".join(field.name for field in title_fields(target) if field.searched)
    if not match or not titles:
        return "1" if not match else "0", []
    named = f"SELECT rowid FROM {target.name}_search WHERE {target.name}_search MATCH ?"
    one = isinstance(kind, Reference)
    condition = f"{sql} IN ({named})" if one else f"EXISTS (SELECT 1 FROM json_each({sql}) WHERE value IN ({named}))"
    return condition, [f"{{{titles}}} : ({match})"]


def _condition(table: OfficeTable, condition: Filter) -> Sql:
    if condition.how == "among":
        return "t.id IN (SELECT value FROM json_each(?))", [json.dumps(condition.value)]
    column, sql, value = table.column(condition.field), expression(table, condition.field), condition.value
    match condition.how:
        case "empty":
            return f"{sql} IS NULL", []
        case "filled":
            return f"{sql} IS NOT NULL", []
        case "is":
            return f"{sql} IS ?", [value]
        case "group":  # the plus keeps SQLite from the column's index: in the order of the sort, a page is soon full
            return f"+{sql} IS ?", [value]
        case "between":
            low, high = value
            bounds = [(">=", low)] * (low is not None) + [("<=", high)] * (high is not None)
            return " AND ".join(["1", *(f"{sql} {sign} ?" for sign, _ in bounds)]), [bound for _, bound in bounds]
        case "in" if isinstance(column.type, Choices | References):
            marks = ", ".join("?" * len(value))
            empty = f" OR {sql} IS NULL" if None in value else ""
            return f"(EXISTS (SELECT 1 FROM json_each({sql}) WHERE value IN ({marks})){empty})", list(value)
        case "in":
            marks = ", ".join("?" * len(value))
            empty = f" OR {sql} IS NULL" if None in value else ""
            return f"({sql} IN ({marks}){empty})", list(value)
        case "contains":
            return f"instr({folded(sql)}, ?) > 0", [fold(value)]
        case "words" if isinstance(column.type, Reference | References):
            return _named(TABLES[column.type.table], column.type, sql, words(value))
        case "words" if not (isinstance(column, Field) and column.searched):
            return (f"instr({folded(sql)}, ?) > 0", [fold(value)]) if value.strip() else ("1", [])
        case "words":
            match = words(value)
            inner = f"SELECT rowid FROM {table.name}_search WHERE {table.name}_search MATCH ?"
            return (f"t.id IN ({inner})", [f"{condition.field} : ({match})"]) if match else ("1", [])
    raise ValueError(f"unknown filter {condition.how!r}")


ARCHIVED = "archived_on"
_NOT_ARCHIVED = "t.person_id NOT IN (SELECT id FROM person WHERE archived_on IS NOT NULL)"


def _current(table: OfficeTable, query: Query) -> list[Sql]:
    """Return the condition that hides archived files, unless these rows, this person or archived ones are requested."""
    named = any(
        one.how == "among" or one.field == ARCHIVED or (one.field, one.how) == ("person_id", "is")
        for one in query.filters
    )
    if named or not (table.name == "person" or table.belongs_to_person):
        return []
    # The plus keeps SQLite from walking the index of archives, which holds nearly everybody.
    return [(f"+t.{ARCHIVED} IS NULL" if table.name == "person" else _NOT_ARCHIVED, [])]


def where(table: OfficeTable, query: Query) -> Sql:
    """Return the condition of a query on rows that are not deleted, and its parameters except ``:today``."""
    parts = [("t.deleted_at IS NULL", []), *_current(table, query)]
    parts += [_condition(table, one) for one in query.filters]
    if query.search.strip():
        parts.append(_search(table, query.search))
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _sort_keys(table: Table, name: str, alias: str = "t") -> list[str]:
    """Return the SQL to sort by one column; a reference sorts as the row it points to (``r``) does."""
    column = table.column(name)
    sql = f"({column.sql})" if isinstance(column, Computed) else f"{alias}.{name}"
    match column.type:
        case Choice(list=values):
            return [f"(SELECT position FROM {values.table} WHERE code = {sql})"]
        case Reference(table=target):
            r = f"{alias}r"
            return [f'(SELECT {key} FROM "{target}" {r} WHERE {r}.id = {sql})' for key in _row_keys(target, r)]
        case Text() if isinstance(column, Field) and column.sorted_as_text:
            return [folded(sql)]
    return [sql]


def _row_keys(target: str, alias: str) -> list[str]:
    """Return the SQL to sort by the title of a row of that table."""
    table = TABLES[target]
    if table.sorted_by_name:
        return [f"{alias}.sort_key"]
    return [key for part in table.title[:2] for key in _sort_keys(table, part, alias)]


def _names(table: OfficeTable, query: Query) -> list[str]:
    """Return what a query sorts by: its own sort, then the table's order unless that is stored as ``sort_key``."""
    sorted_by = {name.removeprefix("-") for name in query.sort}
    own = [name for name in table.order if name.removeprefix("-") not in sorted_by]
    return [*query.sort, *([] if table.sorted_by_name else own)]


def _leads(table: OfficeTable, query: Query) -> str:
    """Return the referenced table that leads the sort and that every row refers to (mostly a person), or ''."""
    for name in _names(table, query)[:1]:
        first = table.column(name.removeprefix("-"))
        if isinstance(first, Field) and first.required and isinstance(first.type, Reference):
            return first.type.table if TABLES[first.type.table].sorted_by_name else ""
    return ""


def source(table: OfficeTable, query: Query) -> str:
    """Return the FROM clause, walking through persons in name order when their names lead the sort."""
    leader = _leads(table, query)
    if not leader:
        return f'"{table.name}" t'
    name = _names(table, query)[0].removeprefix("-")
    return f'"{leader}" r CROSS JOIN "{table.name}" t ON t.{name} = r.id'


def order_by(table: OfficeTable, query: Query, walk: bool = True, backward: bool = False) -> str:
    """Return the ORDER BY of a query: empty values last, then the table's order, then the id so that pages never
    overlap.

    ``walk``: let an index give the order, fast near both ends; otherwise the matches are sorted. ``backward``: reverse
    order, to reach the last pages from the end.
    """
    keys = []
    leader = _leads(table, query)
    for index, name in enumerate(_names(table, query)):
        plain = name.removeprefix("-")
        filled = _always_filled(table, plain)
        if name.startswith("-") == backward:
            way = "" if backward or filled else " NULLS LAST"
        else:
            way = " DESC NULLS FIRST" if backward and not filled else " DESC"
        parts = ["r.sort_key", "r.id"] if leader and index == 0 else _sort_keys(table, plain)
        keys += [f"{part}{way}" for part in parts]
    last = [*["t.sort_key"] * table.sorted_by_name, "t.id"]
    keys += [f"{key} DESC" if backward else key for key in last]
    return ("" if walk else "+") + ", ".join(keys)


def groupable(table: OfficeTable) -> list[Field | Computed]:
    """Return the columns that rows can be grouped by: those with few values."""
    return [field for field in table.columns if isinstance(field.type, Choice | YesNo)]


def groups_sql(table: OfficeTable, query: Query) -> tuple[str, dict[str, Any]]:
    """SQL: every group of a query in the order of its list, empty last: code, rows."""
    condition, values = where(table, query)
    column = table.column(query.group)
    inner = (
        f'SELECT {expression(table, query.group)} AS code, count(*) AS size FROM "{table.name}" t WHERE {condition}'
        " GROUP BY 1"
    )
    position = "-g.code"
    if isinstance(column.type, Choice):
        position = f"(SELECT position FROM {column.type.list.table} WHERE code = g.code)"
    way = "DESC" if query.groups_backward else "ASC"
    order = f"{position} {way} NULLS LAST, g.code {way}"
    return numbered(f"SELECT g.code, g.size FROM ({inner}) g ORDER BY {order}", values, query.today)


def group_of_sql(table: OfficeTable, group: str, ids: Sequence[int]) -> str:
    """SQL: the id and the group of some rows."""
    marks = ", ".join(map(str, ids))
    return f'SELECT t.id, {expression(table, group)} FROM "{table.name}" t WHERE t.id IN ({marks})'


def _always_filled(table: OfficeTable, name: str) -> bool:
    """Return whether the column is never empty, so that SQLite need not look for empty values before using an index."""
    column = table.column(name)
    return isinstance(column, Field) and column.required


def numbered(sql: str, values: list[Any], today: str) -> tuple[str, dict[str, Any]]:
    """Replace positional parameters by named ones, to use them beside ``:today``; SQLite allows one style."""
    pieces = sql.split("?")
    named = "".join(f"{piece}:v{i}" for i, piece in enumerate(pieces[:-1])) + pieces[-1]
    return named, {"today": today, **{f"v{i}": value for i, value in enumerate(values)}}


@dataclass(frozen=True)
class Part:
    """A part of what a query finds, in order: ``size`` rows from index ``first`` (from 0). ``matching``: how many it
    finds in all, if known."""

    first: int
    size: int
    matching: int | None = None

    @property
    def from_the_end(self) -> bool:
        """Whether the part is nearer to the end, and better read from there."""
        return self.matching is not None and self.first * 2 >= self.matching > 0


def page_of(query: Query, matching: int | None = None) -> Part:
    """Return the part that is the query's page."""
    return Part((query.page - 1) * query.size, query.size, matching)


def ids_sql(table: OfficeTable, query: Query, matching: int | None = None) -> tuple[str, dict[str, Any]]:
    """SQL: the ids of one page of a query, in order; reversed when the part is read ``from_the_end``."""
    return part_sql(table, query, page_of(query, matching))


def part_sql(table: OfficeTable, query: Query, part: Part) -> tuple[str, dict[str, Any]]:
    """SQL: the ids of a part of what a query finds, in order; reversed when it is read ``from_the_end``. An index gives
    the order where the part lies near an end; otherwise all matches are sorted."""
    condition, values = where(table, query)
    total = 2 * (part.first + part.size) if part.matching is None else part.matching
    backward = part.from_the_end
    skipped = max(0, total - part.first - part.size) if backward else part.first
    size = max(0, min(part.size, total - part.first)) if backward else part.size
    order = order_by(table, query, walk=(skipped + size) * 2 <= total, backward=backward)
    sql = f"SELECT t.id FROM {source(table, query)} WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
    return numbered(sql, [*values, size, skipped], query.today)


def count_sql(table: OfficeTable, query: Query) -> tuple[str, dict[str, Any]]:
    """SQL: how many rows a query finds."""
    condition, values = where(table, query)
    return numbered(f'SELECT count(*) FROM "{table.name}" t WHERE {condition}', values, query.today)


def still_matching_sql(table: OfficeTable, query: Query, ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """SQL: which of these rows the query still finds."""
    condition, values = where(table, query)
    marks = ", ".join(map(str, ids))
    return numbered(f'SELECT t.id FROM "{table.name}" t WHERE t.id IN ({marks}) AND {condition}', values, query.today)


def rows_sql(table: OfficeTable, ids: list[int], computed: bool = True) -> str:
    """SQL: every column of some rows: stored, computed, and which highlights hold."""
    columns = ["t.id", "t.version", *(f"t.{field.name}" for field in table.fields)]
    if computed:
        columns += [f"({field.sql})" for field in table.computed] + [f"({field.sql})" for field in table.highlights]
    marks = ", ".join(map(str, ids))
    return f'SELECT {", ".join(columns)} FROM "{table.name}" t WHERE t.deleted_at IS NULL AND t.id IN ({marks})'
