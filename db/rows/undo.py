"""Undo one operation: a save, a bulk edit, a deletion. The undo is itself an operation. A later change is never
overwritten: the undo is refused as a whole, with the reasons."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from db.base import instants
from db.base.errors import FieldError, NotFoundError, RuleError, UndoError
from db.base.french import french_instant
from db.model import telephones
from db.model.dictionary import FILES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Phone
from db.rows import history, operations, records, titles, transactions
from db.rows.operations import Operation
from db.rows.rule_errors import refusals


@dataclass(frozen=True)
class _Line:
    id: int
    table: OfficeTable
    row: int
    version: int
    action: str
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def fields(self) -> list[str]:
        """The fields that changed, in order."""
        return [field.name for field in self.table.fields if field.name in self.before or field.name in self.after]


def undo(db: Office, operation_id: int, who: str) -> None:
    """Undo one operation, all of it or nothing. Raises UndoError, which names what later changes it would destroy;
    RuleError when a rule forbids the earlier rows; NotFoundError, BusyError."""
    with transactions.writing(db, undoes=operation_id):
        operation = operations.get(db, operation_id)
        if operation is None:
            raise NotFoundError("Cette opération n’existe pas.")
        if operation.undone_by:
            raise UndoError(["elle a déjà été défaite."])
        lines = _lines(db, operation)
        problems = [problem for line in lines for problem in _in_the_way(db, line, operation)]
        if problems:
            raise UndoError(list(dict.fromkeys(problems)))
        _take_all_back(db, lines, who)


def _lines(db: Office, operation: Operation) -> list[_Line]:
    """Return the lines of an operation, latest first, the order in which they are undone."""
    sql = (
        "SELECT id, table_name, row_id, version, action, before, after FROM history WHERE id BETWEEN ? AND ?"
        " ORDER BY id DESC"
    )
    tables = db.tables
    return [
        _Line(number, tables[table], row, version, action, json.loads(before), json.loads(after))
        for number, table, row, version, action, before, after in db.execute(sql, (operation.first, operation.last))
    ]


def _in_the_way(db: Office, line: _Line, operation: Operation) -> Iterator[str]:
    """Yield the later changes that undoing this line would destroy."""
    if line.action == "erase":
        yield "ce qui a été effacé pour de bon ne revient pas."
        return
    later = db.execute(
        "SELECT at, who, action, before, after FROM history WHERE table_name = ? AND row_id = ? AND id > ? ORDER BY id",
        (line.table.name, line.row, operation.last),
    ).fetchall()
    for at, by, action, before, after in later:
        touched = {**json.loads(before), **json.loads(after)}
        if action == "update" and _is_rewriting(line.table, json.loads(before), json.loads(after)):
            continue
        fields = [line.table.field(name).label for name in line.fields if name in touched]
        if line.action == "update" and action == "update" and not fields:
            continue  # a later change of another field of the same row does not matter
        what = f" ({', '.join(fields)})" if fields and action == "update" else ""
        yield f"{_title(db, line)} : {by} {history.WORDS[action]} cette ligne{what} depuis, le {french_instant(at)}."
    if line.action == "insert" and line.table.name == "person":
        yield from _since_added(db, line, operation)


def _is_rewriting(table: OfficeTable, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Return whether a change only stored telephone numbers in another form (db/storage/migrations/telephones.py)."""
    with suppress(FieldError):
        return bool(after) and all(
            isinstance(table.field(name).type, Phone) and telephones.read(before.get(name) or "")[0] == after.get(name)
            for name in {**before, **after}
        )
    return False


def _since_added(db: Office, line: _Line, operation: Operation) -> Iterator[str]:
    """Yield the rows added to a person's file since: they would disappear with it."""
    for table in FILES.values():
        if table.belongs_to_person:
            sql = f"""SELECT count(*) FROM "{table.name}" t
              WHERE t.person_id = ? AND t.deleted_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM history h WHERE h.table_name = ? AND h.row_id = t.id AND h.id BETWEEN ? AND ?)"""
            (count,) = db.execute(sql, (line.row, table.name, operation.first, operation.last)).fetchone()
            if count:
                yield f"{_title(db, line)} : ce dossier contient depuis : {table.plural.lower()} ({count})."


def _title(db: Office, line: _Line) -> str:
    return f"{line.table.label} {titles.context(db).title(line.table.name, line.row)}"


def _take_all_back(db: Office, lines: list[_Line], who: str) -> None:
    """Undo lines, latest first; a line that a rule refuses is retried after the others: some rows are valid only
    together."""
    while lines:
        waiting: list[_Line] = []
        postponed: set[tuple[str, int]] = set()
        refused: RuleError | None = None
        for line in lines:
            row = (line.table.name, line.row)
            try:
                if row not in postponed:  # the changes of one row are taken back in their order
                    _take_back(db, line, who)
                    continue
            except RuleError as error:
                refused = refused or error
            waiting.append(line)
            postponed.add(row)
        if refused and len(waiting) == len(lines):
            raise refused
        lines = waiting


def _take_back(db: Office, line: _Line, who: str) -> None:
    row = records.stored(db, line.table, line.row)
    match line.action:
        case "insert":
            records.set_deleted(db, line.table, line.row, instants.now(), who)
        case "delete" if row.deleted:  # rows that went with a person come back with her
            with refusals(db, line.table, row.values, line.row, None):
                records.set_deleted(db, line.table, line.row, None, who)
        case "restore" if not row.deleted:
            records.set_deleted(db, line.table, line.row, instants.now(), who)
        case "update":
            values = {name: line.table.field(name).type.from_sql(line.before.get(name)) for name in line.fields}
            with refusals(db, line.table, {**row.values, **values}, line.row, None):
                records.write(db, line.table, line.row, values, who)
