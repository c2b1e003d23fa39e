"""Writing of an import plan as a single operation, or of nothing at all, with the list of the refused rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from db.base.errors import InvalidError, RefusedImportError
from db.base.garbage_collection import suspend_collection
from db.base.progress import Progress, ignore_progress
from db.imports import remembered_choices
from db.imports.plan_types import (
    CREATE,
    SAME,
    UPDATE,
    WAITING,
    ImportPlan,
    ImportProblem,
    ImportResult,
    PlannedRow,
    SheetPlan,
)
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Reference, References, Type
from db.rows import long_writes, records, rehearsals, transactions
from db.rows.rule_errors import refusals
from db.storage import connection

RowToWrite = tuple[OfficeTable, SheetPlan, PlannedRow]
Refusal = tuple[SheetPlan, PlannedRow, ImportProblem]
_STEP = 200
_FIRST = ("benefit",)
"""Tables that rules of other tables read without a reference: an accompaniment requires rights on its first day."""


def tables_in_write_order(tables: Mapping[str, OfficeTable]) -> list[str]:
    """Return the names of the tables, each after those it refers to."""
    left, order = dict(tables), list[str]()
    while left:
        ready = [
            name
            for name, table in left.items()
            if not {field.target for field in table.fields if field.target} & (left.keys() - {name})
        ]
        ready = ready or list(left)[:1]
        ready.sort(key=lambda name: name not in _FIRST)
        order.append(ready[0])
        del left[ready[0]]
    return order


def write(
    db: Office, plan: ImportPlan, who: str, progress: Progress = ignore_progress, leave_waiting: bool = False
) -> ImportResult:
    """Write all rows of a plan, or none, and remember the choices of the person.

    ``leave_waiting``: write the other rows although some wait. Raises RefusedImportError with a problem per row (rows
    that wait, that the domain rules refuse, or that changed since the plan was made), BusyError, StorageError,
    AccessError, and what ``progress`` raises.
    """
    waiting = plan.count(WAITING)
    if plan.problems and not leave_waiting:
        raise RefusedImportError(
            f"Des questions ou des corrections attendent ({len(plan.problems)}) : rien n’a été enregistré.",
            plan.problems,
        )
    rows = _rows_to_write(plan, db.files)
    with (
        suspend_collection(), connection.large_write(db),
        long_writes.in_slices(db, len(rows), progress=progress) as long_write,
    ):  # fmt: skip
        stale = list(_stale(db, plan))
        if stale:
            raise RefusedImportError("Le fichier a changé depuis la comparaison : rien n’a été enregistré.", stale)

        def before_each() -> None:
            long_write.let_others()
            if changed := long_write.changed_by_others():
                _refuse_changed(plan, changed)

        refused = _PlanWriter(db, rows, who, progress, before_each).run()
        if refused:
            problems = [problem for _, _, problem in refused]
            raise RefusedImportError("Le fichier refuse des lignes : rien n’a été enregistré.", problems)
        remembered_choices.save_in_transaction(db, plan, who)
    created, updated, same = (plan.count(action) for action in (CREATE, UPDATE, SAME))
    return ImportResult(long_write.operation, created, updated, same, waiting)


def rows_with_rules(db: Office, plan: ImportPlan) -> list[RowToWrite]:
    """Return the rows that a domain rule may refuse and the new rows they refer to, in the order of writing. The plan
    has already checked the other constraints of the file: required fields, known values, bounds."""
    referred: set[int] = set()
    rows: list[RowToWrite] = []
    for table, sheet, row in reversed(_rows_to_write(plan, db.files)):  # referring rows come after those referred to
        if table.rules or row.id in referred:
            rows.append((table, sheet, row))
            for name in (field.name for field in table.fields if field.target):
                value = row.values.get(name)
                referred |= set(value if isinstance(value, tuple) else (value,))
    return rows[::-1]


def rehearse(db: Office, rows: list[RowToWrite], progress: Progress = ignore_progress) -> list[Refusal]:
    """Write these rows, roll back, and return the rows that the file refuses. It is done for some persons at a time, as
    a rule never compares two of them; others save in between. Raises BusyError."""
    of_nobody = [position for position, row in enumerate(rows) if _owner(row) is None]
    new = {row.id: position for position, (_, _, row) in enumerate(rows) if row.id < 0}
    of_persons = rehearsals.batches(sorted({*range(len(rows))} - {*of_nobody}), lambda position: _owner(rows[position]))
    refused: list[Refusal] = []
    done = 0
    for batch in filter(None, [of_nobody, *of_persons]):
        tried = [rows[position] for position in sorted({*batch, *_referred(rows, batch, new)})]
        own = {id(rows[position][2]) for position in batch}
        with transactions.rehearsing(db):
            refused += [one for one in _PlanWriter(db, tried, "essai").run() if id(one[1]) in own]
        done += len(batch)
        progress(done / len(rows), "Vérification")
    return refused


def _owner(row: RowToWrite) -> int | None:
    """Return the person whose row it is; None for a row of nobody (a partner)."""
    table, _, planned = row
    return (
        planned.values.get("person_id") if table.belongs_to_person else planned.id if table.name == "person" else None
    )


def _referred(rows: list[RowToWrite], batch: list[int], new: Mapping[int, int]) -> set[int]:
    """Return the positions of the new rows, id -> position, to which a batch refers, directly or not."""
    referred: set[int] = set()
    left = {*batch}
    while left:
        values = (value for position in left for value in rows[position][2].values.values())
        named = (one for value in values for one in (value if isinstance(value, tuple) else (value,)))
        left = {new[one] for one in named if isinstance(one, int) and one in new} - referred
        referred |= left
    return referred


def _rows_to_write(plan: ImportPlan, tables: Mapping[str, OfficeTable]) -> list[RowToWrite]:
    """Return the rows to write, in order: rows referred to first, and per table changes before additions."""
    by_table: dict[str, list[tuple[SheetPlan, PlannedRow]]] = {}
    for sheet, row in plan.rows():
        if row.action in (CREATE, UPDATE):
            by_table.setdefault(sheet.table, []).append((sheet, row))
    ordered: list[RowToWrite] = []
    for name in tables_in_write_order(tables):
        rows = sorted(by_table.get(name, ()), key=lambda sheet_and_row: sheet_and_row[1].action == CREATE)
        ordered += [(tables[name], sheet, row) for sheet, row in rows]
    return ordered


def _stale(db: Office, plan: ImportPlan) -> Iterator[ImportProblem]:
    """Yield a problem for each row that was changed, and each table that gained rows, since the plan was made."""
    sql = "SELECT DISTINCT table_name, row_id, action, who FROM history WHERE id > ?"
    changes = db.execute(sql, (plan.token,)).fetchall()
    changed = {(table, row): who for table, row, _, who in changes}
    added = {table for table, _, action, _ in changes if action in ("insert", "restore")}
    for sheet, row in plan.rows():
        if row.action == UPDATE and (sheet.table, row.id) in changed:
            yield _changed_since(sheet, row, changed[sheet.table, row.id])
    for sheet in plan.sheets:
        first = next((row for row in sheet.rows if row.action == CREATE), None)
        if first and sheet.table in added:
            reason = f"des lignes ont été ajoutées depuis la comparaison ({sheet.label}) : relancez-la"
            yield ImportProblem(sheet.name, first.number, "", "", "", "", reason)


def _refuse_changed(plan: ImportPlan, changed: Mapping[tuple[str, int], str]) -> None:
    """Raise RefusedImportError when others have changed rows, (table, id) -> by whom, that are still to be written."""
    problems = [
        _changed_since(sheet, row, changed[sheet.table, row.id])
        for sheet, row in plan.rows()
        if row.action == UPDATE and (sheet.table, row.id) in changed
    ]
    if problems:
        raise RefusedImportError("Le fichier a changé depuis la comparaison : rien n’a été enregistré.", problems)


def _changed_since(sheet: SheetPlan, row: PlannedRow, who: str) -> ImportProblem:
    reason = f"{who} a modifié cette ligne depuis la comparaison : relancez-la"
    return ImportProblem(sheet.name, row.number, "", "", row.title, "", reason)


class _PlanWriter:
    """Writes the rows of a plan within a running transaction. ``before_each`` is called before each row."""

    def __init__(
        self,
        db: Office,
        rows: list[RowToWrite],
        who: str,
        progress: Progress = ignore_progress,
        before_each: Callable[[], None] = lambda: None,
    ) -> None:
        self._db, self._who, self._progress, self._before_each = db, who, progress, before_each
        self._ids: dict[int, int] = {}
        self._rows = rows
        self._inserts: dict[tuple[str, ...], tuple[str, list[Type]]] = {}

    def run(self) -> list[Refusal]:
        """Write the rows and return the refusals. A refused row is retried: it may be valid once another is written."""
        total, done = len(self._rows) or 1, 0
        left: Sequence[RowToWrite] = self._rows
        refused: list[Refusal] = []
        while left:
            refused, to_retry = [], []
            for table, sheet, row in left:
                if done % _STEP == 0:
                    self._progress(min(done / total, 1.0), "Enregistrement")
                done += 1
                self._before_each()
                problems = self._write_row(table, sheet, row)
                if problems is not None:
                    to_retry.append((table, sheet, row))
                    refused += [(sheet, row, problem) for problem in problems]
            if len(to_retry) == len(left):
                break
            left = to_retry
        return refused

    def _write_row(self, table: OfficeTable, sheet: SheetPlan, row: PlannedRow) -> list[ImportProblem] | None:
        """Write one row. Return None, or the problems for which the file refuses it."""
        values = self._resolve_references(table, row)
        if values is None:
            return [
                ImportProblem(
                    sheet.name, row.number, "", "", row.title, "", "la ligne dont celle-ci dépend est refusée"
                )
            ]
        old = records.stored(self._db, table, row.id).values if row.action == UPDATE and table.rules else {}
        try:
            with refusals(self._db, table, {**old, **values}, row.id if row.id > 0 else None, row.number):
                self._execute(table, row, values)
        except InvalidError as error:
            return [
                ImportProblem(sheet.name, row.number, "", one.field, one.label or row.title, "", one.reason)
                for one in error.problems
            ]
        return None

    def _resolve_references(self, table: OfficeTable, row: PlannedRow) -> dict[str, Any] | None:
        """Return the values with final ids instead of provisional ones; None while a referred row is not written."""
        values = dict(row.values)
        for name, value in row.values.items():
            if isinstance(value, int) and value < 0 and isinstance(table.field(name).type, Reference):
                values[name] = self._ids.get(value)
            elif isinstance(value, tuple) and isinstance(table.field(name).type, References):
                values[name] = tuple(self._ids.get(row_id) if row_id < 0 else row_id for row_id in value)
            else:
                continue
            if values[name] is None or (isinstance(values[name], tuple) and None in values[name]):
                return None
        return values

    def _execute(self, table: OfficeTable, row: PlannedRow, values: dict[str, Any]) -> None:
        if row.action == UPDATE:
            records.write(self._db, table, row.id, values, self._who)
            return
        id_column = ("id",) if row.requested_id else ()
        sql, types = self._insert(table, id_column, tuple(values))
        stored = [kind.to_sql(value) for kind, value in zip(types, values.values(), strict=True)]
        ids = [row.requested_id] if row.requested_id else []
        cursor = self._db.execute(sql, [self._who, *ids, *stored])
        self._ids[row.id] = int(cursor.lastrowid or 0)

    def _insert(self, table: OfficeTable, id_column: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, list[Type]]:
        """Return the statement that adds a row with these fields, and their types."""
        key = (table.name, *id_column, *names)
        if key not in self._inserts:
            columns = ", ".join(["changed_by", *id_column, *names])
            marks = ", ".join("?" * (1 + len(id_column) + len(names)))
            sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'
            self._inserts[key] = sql, [table.field(name).type for name in names]
        return self._inserts[key]
