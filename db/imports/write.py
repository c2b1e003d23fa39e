"""A plan -> the office file: one operation, undone whole; or nothing, and every row that was refused is named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from db.base.errors import InvalidError, RefusedImportError
from db.imports import remembered_choices
from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, Done, Plan, Problem, Row, SheetPlan, Tick, silent
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Reference, References
from db.rows import records, transactions
from db.rows.rule_errors import refusals

Place = tuple[OfficeTable, SheetPlan, Row]
Refusal = tuple[SheetPlan, Row, Problem]
_STEP = 200
_FIRST = ("benefit",)
"""What other rows look for without referring to it: an accompaniment looks for the rights of its first day."""


def in_order(tables: Mapping[str, OfficeTable]) -> list[str]:
    """The tables, each after those it refers to."""
    left, order = dict(tables), list[str]()
    while left:
        ready = [
            name
            for name, table in left.items()
            if not {item.target for item in table.fields if item.target} & (left.keys() - {name})
        ]
        ready = ready or list(left)[:1]
        ready.sort(key=lambda name: name not in _FIRST)
        order.append(ready[0])
        del left[ready[0]]
    return order


def write(db: Office, plan: Plan, who: str, tick: Tick = silent, leave_waiting: bool = False) -> Done:
    """Write all of a plan, or nothing; what a person chose is remembered with it.

    ``leave_waiting``: write although rows wait, and leave these out. Raises RefusedImportError, which names every row:
    rows that wait, rows that the file's rules refuse, rows that a colleague changed since the plan was made; BusyError,
    StorageError, AccessError; and what ``tick`` raises.
    """
    waiting = plan.count(WAITING)
    if waiting and not leave_waiting:
        raise RefusedImportError(
            f"Des lignes attendent une correction ({waiting}) : rien n’a été enregistré.", plan.problems
        )
    with transactions.writing(db):
        before = _last_operation(db)
        stale = list(_stale(db, plan))
        if stale:
            raise RefusedImportError("Le fichier a changé depuis la comparaison : rien n’a été enregistré.", stale)
        refused = [problem for _, _, problem in _Writer(db, _places(plan, db.files), who, tick).run()]
        if refused:
            raise RefusedImportError("Le fichier refuse des lignes : rien n’a été enregistré.", refused)
        remembered_choices.add(db, plan, who)
    last = _last_operation(db)
    created, updated, same = (plan.count(action) for action in (CREATE, UPDATE, SAME))
    return Done(last if last != before else None, created, updated, same, waiting)


def _last_operation(db: Office) -> int | None:
    row = db.execute("SELECT max(id) FROM operation").fetchone()
    return int(row[0]) if row[0] else None


class _TakeBackError(Exception):
    """Ends a rehearsal."""


def ruled(db: Office, plan: Plan) -> list[Place]:
    """The rows that a rule of the domain may refuse, and the new rows they refer to, in the order to write them.

    Of the others the plan itself has looked at everything that the file asks: required, known values, bounds.
    """
    places = _places(plan, db.files)
    wanted: set[int] = set()
    kept: list[Place] = []
    for table, sheet, row in reversed(places):  # what is referred to comes before
        if table.rules or row.id in wanted:
            kept.append((table, sheet, row))
            for name in (item.name for item in table.fields if item.target):
                value = row.values.get(name)
                wanted |= set(value if isinstance(value, tuple) else (value,))
    return kept[::-1]


def rehearse(db: Office, rows: list[Place], tick: Tick = silent) -> list[Refusal]:
    """What the file's own rules would refuse of these rows: they are written, and taken back. Raises BusyError."""
    refused: list[Refusal] = []
    try:
        with transactions.writing(db):
            refused = _Writer(db, rows, "essai", tick).run()
            raise _TakeBackError
    except _TakeBackError:
        return refused


def _places(plan: Plan, tables: Mapping[str, OfficeTable]) -> list[Place]:
    """The rows to write, in order: what is referred to first, and changes before additions."""
    by_table: dict[str, list[tuple[SheetPlan, Row]]] = {}
    for sheet, row in plan.rows():
        if row.action in (CREATE, UPDATE):
            by_table.setdefault(sheet.table, []).append((sheet, row))
    places: list[Place] = []
    for name in in_order(tables):
        rows = sorted(by_table.get(name, ()), key=lambda one: one[1].action == CREATE)
        places += [(tables[name], sheet, row) for sheet, row in rows]
    return places


def _stale(db: Office, plan: Plan) -> Iterator[Problem]:
    """Rows that were changed, and tables to which rows were added, since the plan was made."""
    sql = "SELECT DISTINCT table_name, row_id, action, who FROM history WHERE id > ?"
    since = db.execute(sql, (plan.token,)).fetchall()
    changed = {(table, row): who for table, row, _, who in since}
    added = {table for table, _, action, _ in since if action in ("insert", "restore")}
    for sheet, row in plan.rows():
        if row.action == UPDATE and (sheet.table, row.id) in changed:
            reason = f"{changed[sheet.table, row.id]} a modifié cette ligne depuis la comparaison : relancez-la"
            yield Problem(sheet.name, row.number, "", "", row.title, "", reason)
    for sheet in plan.sheets:
        first = next((row for row in sheet.rows if row.action == CREATE), None)
        if first and sheet.table in added:
            reason = f"des lignes ont été ajoutées depuis la comparaison ({sheet.label}) : relancez-la"
            yield Problem(sheet.name, first.number, "", "", "", "", reason)


class _Writer:
    """Writes the rows of a plan within ``records.writing``; what is refused is tried again after the rest."""

    def __init__(self, db: Office, places: list[Place], who: str, tick: Tick) -> None:
        self._db, self._who, self._tick = db, who, tick
        self._ids: dict[int, int] = {}
        self._places = places
        self._sql: dict[tuple[str, ...], str] = {}

    def run(self) -> list[Refusal]:
        """Write; returns what was refused. Refusals are tried again: a row may be right once another is written."""
        total, done = len(self._places) or 1, 0
        left: Sequence[Place] = self._places
        refused: list[Refusal] = []
        while left:
            refused, again = [], []
            for place in left:
                if done % _STEP == 0:
                    self._tick(min(done / total, 1.0), "Enregistrement")
                done += 1
                problems = self._one(*place)
                if problems is not None:
                    again.append(place)
                    refused += [(place[1], place[2], problem) for problem in problems]
            if len(again) == len(left):
                break
            left = again
        return refused

    def _one(self, table: OfficeTable, sheet: SheetPlan, row: Row) -> list[Problem] | None:
        """Write one row; None when it is written, else why not."""
        values = self._resolved(table, row)
        if values is None:
            return [Problem(sheet.name, row.number, "", "", row.title, "", "la ligne dont celle-ci dépend est refusée")]
        old = records.stored(self._db, table, row.id).values if row.action == UPDATE and table.rules else {}
        try:
            with refusals(self._db, table, {**old, **values}, row.id if row.id > 0 else None, row.number):
                self._execute(table, row, values)
        except InvalidError as error:
            return [
                Problem(sheet.name, row.number, "", one.field, one.label or row.title, "", one.reason)
                for one in error.problems
            ]
        return None

    def _resolved(self, table: OfficeTable, row: Row) -> dict[str, Any] | None:
        """The values with the real numbers of rows that were new; None while one of them is not written."""
        values = dict(row.values)
        for name, value in row.values.items():
            if isinstance(value, int) and value < 0 and isinstance(table.field(name).type, Reference):
                values[name] = self._ids.get(value)
            elif isinstance(value, tuple) and isinstance(table.field(name).type, References):
                values[name] = tuple(self._ids.get(one) if one < 0 else one for one in value)
            else:
                continue
            if values[name] is None or (isinstance(values[name], tuple) and None in values[name]):
                return None
        return values

    def _execute(self, table: OfficeTable, row: Row, values: dict[str, Any]) -> None:
        if row.action == UPDATE:
            records.write(self._db, table, row.id, values, self._who)
            return
        names = tuple(values)
        extra = ("id",) if row.keep else ()
        key = (table.name, *extra, *names)
        if key not in self._sql:
            columns = ", ".join(["changed_by", *extra, *names])
            marks = ", ".join("?" * (1 + len(extra) + len(names)))
            self._sql[key] = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'
        stored = [table.field(name).type.to_sql(values[name]) for name in names]
        kept = [row.keep] if row.keep else []
        cursor = self._db.execute(self._sql[key], [self._who, *kept, *stored])
        self._ids[row.id] = int(cursor.lastrowid or 0)
