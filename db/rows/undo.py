"""Undo one operation: a save, a bulk edit, a deletion. The undo is itself an operation. A later change is never
overwritten: the undo is refused as a whole, with the reasons."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from db.base.errors import FieldError, NotFoundError, UndoError
from db.base.french import french_instant
from db.model import telephones
from db.model.dictionary import WORK
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Phone
from db.rows import history, long_writes, operations, records, reversal, titles
from db.rows.reversal import HistoryLine
from db.storage.connection import change_token

_OTHERS = """NOT EXISTS (SELECT 1 FROM operation o WHERE h.id BETWEEN o.first AND o.last AND o.id IN (
  SELECT :operation UNION ALL SELECT :undo
  UNION ALL SELECT id FROM operation_part WHERE whole IN (:operation, :undo)))"""
"""SQL: the line ``h`` of the history is not of the operation to undo, nor of the undo itself."""
_OWNERS = {"person": ("person_id", "ce dossier"), "board": ("board_id", "ce tableau")}
"""Tables whose rows hold others -> the field of these others, and what it is called."""


def undo(db: Office, operation_id: int, who: str) -> None:
    """Undo one operation, all of it or nothing. Raises UndoError, which names what later changes it would destroy;
    RuleError when a rule forbids the earlier rows; NotFoundError, BusyError."""
    seen = change_token(db)
    lines = reversal.lines(db, operation_id)
    try:
        _refuse_later_changes(db, lines, operation_id, 0)  # of many lines it takes seconds: before the file is held
    finally:
        _refuse_undone(db, operation_id)  # the later changes may be those of another undo
    with long_writes.in_slices(db, len(lines), undoes=operation_id) as write:
        _refuse_undone(db, operation_id)
        since = db.execute("SELECT table_name, row_id FROM history WHERE id > ?", (seen,)).fetchall()
        _refuse_later_changes(db, _about(db, lines, since), operation_id, 0)

        def let_others() -> None:
            write.let_others()
            if changed := write.changed_by_others():
                _refuse_later_changes(db, _about(db, lines, changed), operation_id, write.operation or 0)

        reversal.take_back(db, lines, who, let_others)


def _refuse_undone(db: Office, operation_id: int) -> None:
    operation = operations.get(db, operation_id)
    if operation is None:
        raise NotFoundError("Cette opération n’existe pas.")
    if operation.undone_by:
        raise UndoError(["elle a déjà été défaite."])


def _about(db: Office, lines: list[HistoryLine], changed: Iterable[tuple[str, int]]) -> Iterator[HistoryLine]:
    """Yield the lines about these rows or about the persons to whom they belong."""
    rows = {("person", records.person_of(db, db.tables[table], row)) for table, row in changed if table in WORK}
    rows.update(changed)
    return (line for line in lines if (line.table.name, line.row) in rows)


def _refuse_later_changes(db: Office, lines: Iterable[HistoryLine], operation: int, undo: int) -> None:
    own = {"operation": operation, "undo": undo}
    problems = [problem for line in lines for problem in _in_the_way(db, line, own)]
    if problems:
        raise UndoError(list(dict.fromkeys(problems)))


def _in_the_way(db: Office, line: HistoryLine, own: dict[str, int]) -> Iterator[str]:
    """Yield the later changes that undoing this line would destroy."""
    if line.action == "erase":
        yield "ce qui a été effacé pour de bon ne revient pas."
        return
    later = db.execute(
        "SELECT at, who, action, before, after FROM history h WHERE table_name = :table AND row_id = :row"
        f" AND id > :line AND {_OTHERS} ORDER BY id",
        {"table": line.table.name, "row": line.row, "line": line.id, **own},
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
    if line.action == "insert" and line.table.name in _OWNERS:
        yield from _since_added(db, line, own)


def _is_rewriting(table: OfficeTable, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Return whether a change only stored telephone numbers in another form (db/storage/migrations/telephones.py)."""
    with suppress(FieldError):
        return bool(after) and all(
            isinstance(table.field(name).type, Phone) and telephones.read(before.get(name) or "")[0] == after.get(name)
            for name in {**before, **after}
        )
    return False


def _since_added(db: Office, line: HistoryLine, own: dict[str, int]) -> Iterator[str]:
    """Yield the rows added to a person's file, or to a board, since: they would disappear with it."""
    column, what = _OWNERS[line.table.name]
    for table in WORK.values():
        if any(field.name == column for field in table.fields):
            sql = f"""SELECT count(*) FROM "{table.name}" t WHERE t.{column} = :owner AND t.deleted_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM history h WHERE h.table_name = '{table.name}' AND h.row_id = t.id
                AND NOT ({_OTHERS}))"""
            (count,) = db.execute(sql, {"owner": line.row, **own}).fetchone()
            if count:
                plural = table.plural[0].lower() + table.plural[1:]
                yield f"{_title(db, line)} : {what} contient depuis : {plural} ({count})."


def _title(db: Office, line: HistoryLine) -> str:
    return f"{line.table.label} {titles.context(db).title(line.table.name, line.row)}"
