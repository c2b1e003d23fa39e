"""Read, save, delete and restore rows of any table. A save never overwrites a colleague's change."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from db.base import instants
from db.base.errors import ConflictError, Difference, FieldError, InvalidError, NotFoundError, Problem
from db.model.fields import TODAY, Field, Follows, OfficeTable, Table
from db.model.office import Office
from db.model.types import Context
from db.rows import group_counts, history, queries
from db.rows.queries import Filter, Query
from db.rows.rule_errors import refusals
from db.rows.titles import context, suggestions
from db.rows.transactions import writing
from db.storage.connection import remembered

__all__ = ["Edit", "Filter", "Page", "Query", "Row", "Saved", "context", "suggestions"]


@dataclasses.dataclass(frozen=True)
class Row:
    """One row as read: stored and computed values by name. ``marks``: field -> (tone, sentence) to highlight."""

    id: int
    version: int
    values: dict[str, Any]
    marks: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    deleted: bool = False


@dataclasses.dataclass(frozen=True)
class Page:
    """One page of a query: its rows, how many match in all, how many the table holds."""

    rows: list[Row]
    matching: int
    total: int


@dataclasses.dataclass(frozen=True)
class Edit:
    """Values to write, by field. Without ``row_id``: a new row; otherwise ``version`` is the one that was read."""

    values: Mapping[str, Any]
    row_id: int | None = None
    version: int | None = None


@dataclasses.dataclass(frozen=True)
class Saved:
    """A row that is stored durably."""

    row_id: int
    version: int


# ---- reading


def today() -> str:
    """Return the current day as an ISO date."""
    return date.today().isoformat()


def count(db: Office, table: OfficeTable, query: Query) -> int:
    """Return how many rows a query finds; remembered until the file changes."""
    dated = _dated(query)

    def ask() -> int:
        sql, values = queries.count_sql(table, dated)
        return int(db.execute(sql, values).fetchone()[0])

    return remembered(db, ("count", table.name, dated.filters, dated.search, dated.today), ask)


def _dated(query: Query) -> Query:
    return query if query.today else dataclasses.replace(query, today=today())


def page_ids(db: Office, table: OfficeTable, query: Query) -> list[int]:
    """Return the ids of one page, in order."""
    if query.group:
        return group_counts.page_ids(db, table, _dated(query))
    return group_counts.part_ids(db, table, _dated(query), queries.page_of(query, count(db, table, query)))


def still_matching(db: Office, table: OfficeTable, query: Query, ids: Sequence[int]) -> set[int]:
    """Return which of these rows the query still finds."""
    sql, values = queries.still_matching_sql(table, _dated(query), ids)
    return {row_id for (row_id,) in db.rows_at_once(sql, 1, values)}


def rows(db: Office, table: OfficeTable, ids: Sequence[int], day: str = "") -> list[Row]:
    """Return these rows in this order, without deleted ones."""
    if not ids:
        return []
    sql, columns = queries.rows_sql(table, list(ids)), 2 + len(table.columns) + len(table.highlights)
    by_id = {raw[0]: _row(table, raw) for raw in db.rows_at_once(sql, columns, {"today": day or today()})}
    return [by_id[row_id] for row_id in ids if row_id in by_id]


def _row(table: OfficeTable, raw: Sequence[Any]) -> Row:
    columns = table.columns
    stored = raw[2 : 2 + len(columns)]
    values = {field.name: field.type.from_sql(value) for field, value in zip(columns, stored, strict=True)}
    marks = {
        mark.field: (mark.tone, mark.sentence)
        for mark, holds in zip(table.highlights, raw[2 + len(columns) :], strict=True)
        if holds
    }
    return Row(raw[0], raw[1], values, marks)


def read(db: Office, table: OfficeTable, query: Query = Query()) -> Page:  # noqa: B008 - frozen
    """Return one page of a table."""
    ids = page_ids(db, table, query)
    return Page(rows(db, table, ids, query.today), count(db, table, query), count(db, table, Query(today=query.today)))


def get(db: Office, table: OfficeTable, row_id: int) -> Row:
    """Return one row. Raises NotFoundError when it does not exist or was deleted."""
    matches = rows(db, table, [row_id])
    if not matches:
        raise NotFoundError(f"Cette ligne n’existe pas, ou a été supprimée : {table.label} n° {row_id}.")
    return matches[0]


def of_person(db: Office, table: OfficeTable, person_id: int) -> list[Row]:
    """Return every row of one person, in the table's order."""
    return rows(db, table, page_ids(db, table, Query((Filter("person_id", "is", person_id),), size=10_000)))


def ids_of_person(db: Office, table: OfficeTable, person_id: int) -> list[int]:
    """Return the ids of a person's rows, deleted ones included, oldest first."""
    sql = f'SELECT id FROM "{table.name}" WHERE person_id = ? ORDER BY id'
    return [row[0] for row in db.execute(sql, (person_id,))]


def person_of(db: Office, table: OfficeTable, row_id: int) -> int | None:
    """Return whose row it is, deleted or not; None for a person's own row, and when there is no such row."""
    if not table.belongs_to_person:
        return None
    row = db.execute(f'SELECT person_id FROM "{table.name}" WHERE id = ?', (row_id,)).fetchone()
    return row[0] if row else None


def ids_listing(db: Office, table: OfficeTable, field: Field, row_id: int) -> list[int]:
    """Return the ids of the rows whose list of references ``field`` contains a row, deleted ones included."""
    listed = f"EXISTS (SELECT 1 FROM json_each({field.name}) WHERE value = ?)"
    return [row[0] for row in db.execute(f'SELECT id FROM "{table.name}" WHERE {listed} ORDER BY id', (row_id,))]


# ---- writing


def defaults(table: Table, day: str = "") -> dict[str, Any]:
    """Return the values that a new row starts with; those that follow from its others are not among them."""
    return {
        field.name: (day or today()) if field.default == TODAY else field.default
        for field in table.fields
        if field.default is not None and not isinstance(field.default, Follows)
    }


def save(db: Office, table: OfficeTable, edit: Edit, who: str) -> Saved:
    """Write one row. Raises as ``save_all``."""
    return save_all(db, table, [edit], who)[0]


def save_all(db: Office, table: OfficeTable, edits: Sequence[Edit], who: str) -> list[Saved]:
    """Write every edit, or none.

    Raises InvalidError (every problem, by line), RuleError, CeilingError, ConflictError when a colleague changed one of
    the same fields since the version that was read, NotFoundError when the row was deleted, BusyError.
    """
    known = context(db)
    checked = _check_all(table, edits, known)
    with writing(db):
        return list(_save(db, table, edits, checked, who, known))


def save_within(
    db: Office, table: OfficeTable, edits: Sequence[Edit], who: str, known: Context | None = None
) -> list[Saved]:
    """Do the same as ``save_all`` within a running transaction."""
    return list(save_each(db, table, edits, who, known or context(db)))


def save_each(db: Office, table: OfficeTable, edits: Sequence[Edit], who: str, known: Context) -> Iterator[Saved]:
    """Do the same, one edit each time the next is asked for."""
    return _save(db, table, edits, _check_all(table, edits, known), who, known)


def _save(
    db: Office, table: OfficeTable, edits: Sequence[Edit], checked: list[dict[str, Any]], who: str, context: Context
) -> Iterator[Saved]:
    for edit, values, line in zip(edits, checked, _lines(edits), strict=True):
        if edit.row_id is None:
            yield _insert(db, table, values, who, line)
        else:
            yield _update(db, table, edit, values, who, line, context)


def _lines(edits: Sequence[Edit]) -> list[int | None]:
    """Return the line numbers for messages; a single row needs none."""
    return [None] if len(edits) == 1 else list(range(1, len(edits) + 1))


def _check_all(table: OfficeTable, edits: Sequence[Edit], context: Context) -> list[dict[str, Any]]:
    problems: list[Problem] = []
    checked = []
    for line, edit in zip(_lines(edits), edits, strict=True):
        values = table.with_following({**defaults(table), **edit.values}) if edit.row_id is None else dict(edit.values)
        checked.append(values)
        problems += _check(table, values, context, line, whole=edit.row_id is None)
    if problems:
        raise InvalidError(problems)
    return checked


def _check(
    table: OfficeTable, values: dict[str, Any], context: Context, line: int | None, *, whole: bool
) -> list[Problem]:
    """Make the values canonical in place, and return what is wrong with them."""
    problems = []
    for field in table.fields:
        if field.name in values and values[field.name] is not None:
            try:
                values[field.name] = field.type.check(values[field.name], context)
            except FieldError as error:
                problems.append(Problem(str(error), field.label, field.name, line))
                continue
        if field.required and (whole or field.name in values) and values.get(field.name) is None:
            problems.append(Problem("ce champ est obligatoire", field.label, field.name, line))
    return problems


def add(db: Office, table: OfficeTable, values: Mapping[str, Any], who: str) -> int:
    """Write a new row within ``writing`` and return its id. Raises InvalidError, RuleError."""
    checked = table.with_following({**defaults(table), **values})
    problems = _check(table, checked, context(db), None, whole=True)
    if problems:
        raise InvalidError(problems)
    return _insert(db, table, checked, who, None).row_id


def change(db: Office, table: OfficeTable, row_id: int, values: Mapping[str, Any], who: str) -> None:
    """Write values over a row within ``writing``, without a check of its version. Raises InvalidError, RuleError."""
    checked = dict(values)
    problems = _check(table, checked, context(db), None, whole=False)
    if problems:
        raise InvalidError(problems)
    with refusals(db, table, {**stored(db, table, row_id).values, **checked}, row_id, None):
        write(db, table, row_id, checked, who)


def _insert(db: Office, table: OfficeTable, values: dict[str, Any], who: str, line: int | None) -> Saved:
    names = [field.name for field in table.fields if field.name in values]
    stored = [table.field(name).type.to_sql(values[name]) for name in names]
    columns, marks = ", ".join(["changed_by", *names]), ", ".join("?" * (len(names) + 1))
    sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'
    with refusals(db, table, values, None, line):
        row_id = db.execute(sql, [who, *stored]).lastrowid
    return Saved(int(row_id or 0), 1)


def _update(
    db: Office, table: OfficeTable, edit: Edit, values: dict[str, Any], who: str, line: int | None, context: Context
) -> Saved:
    if edit.row_id is None or edit.version is None:
        raise ValueError("an update names the row and the version it was read at")
    current = _current(db, table, edit.row_id)
    changed = {name: value for name, value in values.items() if current.values[name] != value}
    if not changed:
        return Saved(current.id, current.version)
    _refuse_conflict(db, table, edit, current, changed, context)
    with refusals(db, table, {**current.values, **changed}, current.id, line):
        write(db, table, current.id, changed, who)
    return Saved(current.id, current.version + 1)


def write(db: Office, table: OfficeTable, row_id: int, values: Mapping[str, Any], who: str) -> None:
    """Write checked values over a row within ``writing`` and ``refusals``; only the file's own rules are applied."""
    stored = [table.field(name).type.to_sql(value) for name, value in values.items()]
    assignments = ", ".join(["version = version + 1", "changed_by = ?", *(f"{name} = ?" for name in values)])
    db.execute(f'UPDATE "{table.name}" SET {assignments} WHERE id = ?', [who, *stored, row_id])


def _current(db: Office, table: OfficeTable, row_id: int) -> Row:
    row = stored(db, table, row_id)
    if row.deleted:
        raise NotFoundError(_gone(table, row_id))
    return row


def _gone(table: OfficeTable, row_id: int) -> str:
    return f"Cette ligne a été supprimée entre-temps : {table.label} n° {row_id}. Rien n’a été enregistré."


def stored(db: Office, table: OfficeTable, row_id: int) -> Row:
    """Return one row as stored, even a deleted one. Raises NotFoundError when there is none."""
    columns = ", ".join(field.name for field in table.fields)
    raw = db.execute(
        f'SELECT id, version, deleted_at, {columns} FROM "{table.name}" WHERE id = ?', (row_id,)
    ).fetchone()
    if raw is None:
        raise NotFoundError(_gone(table, row_id))
    values = {field.name: field.type.from_sql(value) for field, value in zip(table.fields, raw[3:], strict=True)}
    return Row(raw[0], raw[1], values, deleted=raw[2] is not None)


def _refuse_conflict(
    db: Office, table: OfficeTable, edit: Edit, current: Row, changed: Mapping[str, Any], context: Context
) -> None:
    """Raise ConflictError when a colleague changed one of the same fields since; two people may change two fields."""
    if edit.version == current.version:
        return
    since = history.changed_since(db, table.name, current.id, edit.version or 0)
    clashes = [name for name in changed if name in since]
    if clashes:
        differences = []
        for name in clashes:
            field, theirs, mine = table.field(name), current.values[name], changed[name]
            shown = (field.type.show(value, context) for value in (theirs, mine))
            differences.append(Difference(name, field.label, theirs, mine, *shown))
        raise ConflictError(current.id, current.version, since[clashes[0]], differences)


def delete(db: Office, table: OfficeTable, versions: Mapping[int, int], who: str) -> None:
    """Mark rows as deleted (they stay in the file and in the history), all or none. ``versions``: id -> version read.
    Raises ConflictError when a colleague changed one of them since, NotFoundError when it is already deleted."""
    with writing(db):
        for row_id, version in versions.items():
            delete_within(db, table, row_id, version, who)


def delete_within(db: Office, table: OfficeTable, row_id: int, version: int, who: str) -> None:
    """Mark one row as deleted within a running transaction. Raises as ``delete``."""
    current = _current(db, table, row_id)
    since = history.changed_since(db, table.name, row_id, version)
    if since:
        raise ConflictError(row_id, current.version, next(iter(since.values())), [])
    set_deleted(db, table, row_id, instants.now(), who)


def restore(db: Office, table: OfficeTable, ids: Iterable[int], who: str) -> None:
    """Restore deleted rows, all or none; every rule is checked again. Raises RuleError, NotFoundError."""
    with writing(db):
        for row_id in ids:
            row = stored(db, table, row_id)
            if not row.deleted:
                raise NotFoundError(f"Cette ligne n’est pas supprimée : {table.label} n° {row_id}.")
            with refusals(db, table, row.values, row_id, None):
                set_deleted(db, table, row_id, None, who)


def set_deleted(db: Office, table: OfficeTable, row_id: int, moment: str | None, who: str) -> None:
    db.execute(
        f'UPDATE "{table.name}" SET deleted_at = ?, version = version + 1, changed_by = ? WHERE id = ?',
        (moment, who, row_id),
    )
