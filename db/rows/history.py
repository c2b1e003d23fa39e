"""The history: who changed what, written by the file's own triggers."""

import json
from dataclasses import dataclass
from typing import Any

from db.base import instants
from db.base.french import french_instant
from db.model.dictionary import FILES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows.operations import Operation

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
        told = " ; ".join(f"{label} ({before or 'vide'} → {after or 'vide'})" for label, before, after in self.fields)
        shown = f" : {told}" if told and self.action == "update" else ""
        if not told and self.action in ("insert", "update", "erase"):
            shown = " (contenu effacé)"
        return f"{self.who} {WORDS[self.action]}{shown}"


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


def of_row(db: Office, table: str, row_id: int, known: Context) -> list[Change]:
    """Return every change of one row, latest first."""
    return _changes(db, "table_name = ? AND row_id = ?", (table, row_id), known)


def of_person(db: Office, person_id: int, known: Context) -> list[Change]:
    """Return every change of one person and the person's dated rows, latest first."""
    return _changes(db, _of_person(), {"person": person_id}, known)


def _of_person() -> str:
    """SQL: the lines about one person's rows."""
    rows = " UNION ALL ".join(
        f"SELECT '{table.name}', id FROM \"{table.name}\" WHERE person_id = :person"
        for table in FILES.values()
        if table.belongs_to_person
    )
    return f"(table_name, row_id) IN (SELECT 'person', :person UNION ALL {rows})"


@dataclass(frozen=True)
class Asked:
    """What to look for in the history; '' and None leave it open. Days are ISO, both included."""

    who: str = ""
    table: str = ""
    action: str = ""
    person_id: int | None = None
    since: str = ""
    until: str = ""
    words: str = ""


def find(db: Office, asked: Asked, known: Context, first: int, size: int) -> tuple[list[Change], int]:
    """Return one page of matching lines, latest first, and how many match in all."""
    parts: list[tuple[str, dict[str, Any]]] = [
        (sql, {name: value})
        for sql, name, value in (
            ("who = :who", "who", asked.who),
            ("table_name = :table", "table", asked.table),
            ("action = :action", "action", asked.action),
            ("at >= :since", "since", instants.start_of(asked.since) if asked.since else ""),
            ("at < :until", "until", instants.end_of(asked.until) if asked.until else ""),
        )
        if value
    ]
    if asked.person_id is not None:
        parts.append((_of_person(), {"person": asked.person_id}))
    for number, word in enumerate(asked.words.split()):
        told = f"(instr(lower(before), :w{number}) OR instr(lower(after), :w{number}))"
        parts.append((told, {f"w{number}": word.lower()}))
    where = " AND ".join(["1", *(sql for sql, _ in parts)])
    values = {name: value for _, named in parts for name, value in named.items()}
    (many,) = db.execute(f"SELECT count(*) FROM history WHERE {where}", values).fetchone()
    return _changes(db, where, values, known, f"LIMIT {int(size)} OFFSET {int(first)}"), many


def of_operation(db: Office, operation: Operation, known: Context) -> list[Change]:
    """Return what one operation changed, latest first."""
    return _changes(db, "id BETWEEN ? AND ?", (operation.first, operation.last), known)


def of_tables(db: Office, tables: tuple[str, ...], known: Context, most: int) -> list[Change]:
    """Return the latest changes of these tables, latest first."""
    return _changes(db, f"table_name IN ({', '.join('?' * len(tables))})", tables, known, f"LIMIT {int(most)}")


def names(db: Office) -> list[str]:
    """Return everybody who signed a change or appears in the access log."""
    sql = "SELECT who FROM history UNION SELECT who FROM trace ORDER BY 1"
    return [row[0] for row in db.execute(sql)]


def strays(db: Office, moment: str, known: Context) -> dict[int, list[Change]]:
    """Return person -> changes since ``moment`` of rows that no longer belong to the person: erased, or moved to
    another."""
    gone = "action = 'erase' OR (action = 'update' AND json_extract(before, '$.person_id') IS NOT NULL)"
    sql = f"SELECT id, json_extract(before, '$.person_id') FROM history WHERE at >= ? AND ({gone})"
    found: dict[int, list[Change]] = {}
    for number, person in db.execute(sql, (moment,)).fetchall():
        if person is not None:
            found.setdefault(person, []).extend(_changes(db, "id = ?", (number,), known))
    return found


def _changes(
    db: Office, where: str, values: tuple[Any, ...] | dict[str, Any], known: Context, part: str = ""
) -> list[Change]:
    columns = "id, at, who, table_name, row_id, action, before, after"
    tables = db.tables
    found = db.execute(f"SELECT {columns} FROM history WHERE {where} ORDER BY id DESC {part}", values).fetchall()
    return [
        Change(
            number, at, who, table, row_id, action, _told(tables[table], json.loads(before), json.loads(after), known)
        )
        for number, at, who, table, row_id, action, before, after in found
    ]


def _told(
    table: OfficeTable, before: dict[str, Any], after: dict[str, Any], known: Context
) -> list[tuple[str, str, str]]:
    told = []
    for item in table.fields:
        if item.name in before or item.name in after:
            old, new = (item.type.show(item.type.from_sql(side.get(item.name)), known) for side in (before, after))
            told.append((item.label, old, new))
    return told
