"""The history: who changed what, written by the file's own triggers."""

import json
from dataclasses import dataclass
from typing import Any

from db.base import instants
from db.base.french import french_instant
from db.model.dictionary import WORK
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows.operations import LINES, Operation

WORDS = {"insert": "a créé", "update": "a modifié", "delete": "a supprimé", "restore": "a rétabli", "erase": "a effacé"}


@dataclass(frozen=True)
class Change:
    """One line of the history. ``at``: an ISO moment in UTC; ``fields``: (label, before, after) in French."""

    id: int
    at: str
    who: str
    table: str
    row_id: int
    action: str
    fields: list[tuple[str, str, str]]

    @property
    def moment(self) -> str:
        """« 06/03/2023 à 14:32 », in the server's time zone."""
        return french_instant(self.at)

    @property
    def sentence(self) -> str:
        """« La CIPA a modifié : Téléphone (05… → 06…) »."""
        details = " ; ".join(
            f"{label} ({before or 'vide'} → {after or 'vide'})" for label, before, after in self.fields
        )
        suffix = f" : {details}" if details and self.action == "update" else ""
        if not details and self.action in ("insert", "update", "erase"):
            suffix = " (contenu effacé)"
        return f"{self.who} {WORDS[self.action]}{suffix}"


def changed_since(db: Office, table: str, row_id: int, version: int) -> dict[str, str]:
    """Return field -> who changed it last, for every field of a row changed after that version."""
    changes = db.execute(
        "SELECT who, before, after FROM history WHERE table_name = ? AND row_id = ? AND version > ? ORDER BY id",
        (table, row_id, version),
    ).fetchall()
    return {name: who for who, before, after in changes for name in {**json.loads(before), **json.loads(after)}}


def made_at(db: Office, table: str, row_id: int) -> str:
    """Return the moment (UTC) at which a row was created, '' when the history does not say."""
    sql = "SELECT min(at) FROM history WHERE table_name = ? AND row_id = ? AND action = 'insert'"
    return str(db.execute(sql, (table, row_id)).fetchone()[0] or "")


def of_row(db: Office, table: str, row_id: int, context: Context) -> list[Change]:
    """Return every change of one row, latest first."""
    return _changes(db, "table_name = ? AND row_id = ?", (table, row_id), context)


def of_person(db: Office, person_id: int, context: Context) -> list[Change]:
    """Return every change of one person and the person's dated rows, latest first."""
    return _changes(db, _of_person(), {"person": person_id}, context)


def _of_person() -> str:
    """SQL: the lines about one person's rows."""
    rows = " UNION ALL ".join(
        f"SELECT '{table.name}', id FROM \"{table.name}\" WHERE person_id = :person"
        for table in WORK.values()
        if table.belongs_to_person
    )
    return f"(table_name, row_id) IN (SELECT 'person', :person UNION ALL {rows})"


@dataclass(frozen=True)
class Search:
    """What to look for in the history; '' and None leave it open. Days are ISO, both included."""

    who: str = ""
    table: str = ""
    action: str = ""
    person_id: int | None = None
    since: str = ""
    until: str = ""
    words: str = ""


def find(db: Office, search: Search, context: Context, first: int, size: int) -> tuple[list[Change], int]:
    """Return one page of matching lines, latest first, and how many match in all."""
    parts: list[tuple[str, dict[str, Any]]] = [
        (sql, {name: value})
        for sql, name, value in (
            ("who = :who", "who", search.who),
            ("table_name = :table", "table", search.table),
            ("action = :action", "action", search.action),
            ("at >= :since", "since", instants.start_of(search.since) if search.since else ""),
            ("at < :until", "until", instants.end_of(search.until) if search.until else ""),
        )
        if value
    ]
    if search.person_id is not None:
        parts.append((_of_person(), {"person": search.person_id}))
    for number, word in enumerate(search.words.split()):
        word_found = f"(instr(lower(before), :w{number}) OR instr(lower(after), :w{number}))"
        parts.append((word_found, {f"w{number}": word.lower()}))
    where = " AND ".join(["1", *(sql for sql, _ in parts)])
    values = {name: value for _, named in parts for name, value in named.items()}
    (matching,) = db.execute(f"SELECT count(*) FROM history WHERE {where}", values).fetchone()
    return _changes(db, where, values, context, f"LIMIT {int(size)} OFFSET {int(first)}"), matching


def of_operation(db: Office, operation: Operation, context: Context) -> list[Change]:
    """Return what one operation changed, latest first."""
    return _changes(db, f"id IN {LINES}", {"operation": operation.id}, context)


def of_tables(db: Office, tables: tuple[str, ...], context: Context, most: int) -> list[Change]:
    """Return the latest changes of these tables, latest first."""
    return _changes(db, f"table_name IN ({', '.join('?' * len(tables))})", tables, context, f"LIMIT {int(most)}")


def names(db: Office) -> list[str]:
    """Return everybody who signed a change or appears in the access log."""
    sql = "SELECT who FROM history UNION SELECT who FROM trace ORDER BY 1"
    return [row[0] for row in db.execute(sql)]


def strays(db: Office, moment: str, context: Context) -> dict[int, list[Change]]:
    """Return person -> changes since ``moment`` of rows that no longer belong to the person: erased, or moved to
    another."""
    moved = "action = 'erase' OR (action = 'update' AND json_extract(before, '$.person_id') IS NOT NULL)"
    sql = f"SELECT id, json_extract(before, '$.person_id') FROM history WHERE at >= ? AND ({moved})"
    changes: dict[int, list[Change]] = {}
    for number, person in db.execute(sql, (moment,)).fetchall():
        if person is not None:
            changes.setdefault(person, []).extend(_changes(db, "id = ?", (number,), context))
    return changes


def _changes(
    db: Office, where: str, values: tuple[Any, ...] | dict[str, Any], context: Context, part: str = ""
) -> list[Change]:
    columns = "id, at, who, table_name, row_id, action, before, after"
    tables = db.tables
    lines = db.execute(f"SELECT {columns} FROM history WHERE {where} ORDER BY id DESC {part}", values).fetchall()
    return [
        Change(
            number,
            at,
            who,
            table,
            row_id,
            action,
            _changed(tables[table], json.loads(before), json.loads(after), context),
        )
        for number, at, who, table, row_id, action, before, after in lines
    ]


def _changed(
    table: OfficeTable, before: dict[str, Any], after: dict[str, Any], context: Context
) -> list[tuple[str, str, str]]:
    differences = []
    for field in table.fields:
        if field.name in before or field.name in after:
            old, new = (field.type.show(field.type.from_sql(side.get(field.name)), context) for side in (before, after))
            if old == new:  # the same, stored otherwise by a migration
                old, new = (str(side.get(field.name) or "") for side in (before, after))
            differences.append((field.label, old, new))
    return differences
