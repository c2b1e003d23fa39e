"""Taking back lines of the history: rows added are deleted, values and deletions return to what they were before."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from db.base import instants
from db.base.errors import RuleError
from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records
from db.rows.operations import LINES
from db.rows.rule_errors import refusals


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history. ``before`` and ``after``: the stored values of the fields that changed."""

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


def lines(db: Office, operation_id: int) -> list[HistoryLine]:
    """Return the lines of an operation, latest first, the order in which they are taken back."""
    columns = "id, table_name, row_id, version, action, before, after"
    sql = f"SELECT {columns} FROM history WHERE id IN {LINES} ORDER BY id DESC"
    tables = db.tables
    return [
        HistoryLine(number, tables[table], row, version, action, json.loads(before), json.loads(after))
        for number, table, row, version, action, before, after in db.execute(sql, {"operation": operation_id})
    ]


def take_back(db: Office, left: Sequence[HistoryLine], who: str, between: Callable[[], None]) -> None:
    """Take back lines, latest first, within ``writing``; call ``between`` before each. What is already as it was before
    is left alone. A line that a rule refuses is tried again after the others, as some rows are valid only together.
    Raises RuleError for one that is refused even then."""
    while left:
        waiting: list[HistoryLine] = []
        postponed: set[tuple[str, int]] = set()
        refused: RuleError | None = None
        for line in left:
            between()
            row = (line.table.name, line.row)
            try:
                if row not in postponed:  # the changes of one row are taken back in their order
                    _take_back(db, line, who)
                    continue
            except RuleError as error:
                refused = refused or error
            waiting.append(line)
            postponed.add(row)
        if refused and len(waiting) == len(left):
            raise refused
        left = waiting


def _take_back(db: Office, line: HistoryLine, who: str) -> None:
    row = records.stored(db, line.table, line.row)
    match line.action:
        case "insert" | "restore" if not row.deleted:
            records.set_deleted(db, line.table, line.row, instants.now(), who)
        case "delete" if row.deleted:  # rows that went with a person come back with her
            with refusals(db, line.table, row.values, line.row, None):
                records.set_deleted(db, line.table, line.row, None, who)
        case "update":
            values = {name: line.table.field(name).type.from_sql(line.before.get(name)) for name in line.fields}
            if any(row.values[name] != value for name, value in values.items()):
                with refusals(db, line.table, {**row.values, **values}, line.row, None):
                    records.write(db, line.table, line.row, values, who)
