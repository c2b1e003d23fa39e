"""As of: the office file as it was known at an earlier moment, rebuilt from the history; and what has moved since.

On a connection of its own, every row changed since that moment is computed by undoing its changes, latest first. A
temporary view with the name of the table shows the table without these rows, plus the rows as they were. The SQL of the
figures then runs unchanged on the past. Labels of lists and the dictionary itself are today's: the history does not
keep them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from db.base import instants
from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import Period
from db.model.dictionary import PERSON, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.roles import Roles
from db.model.types import Context
from db.rows import history
from db.rows.history import Change
from db.storage import connection, permissions

_DELETED = "before"
"""Marks a row that was deleted at that moment."""


def end_of(day: date) -> str:
    """Return the moment at which a day ends, as the history writes moments (UTC)."""
    return instants.end_of(day.isoformat())


def begins(db: Office) -> str | None:
    """Return the moment of the first line of the history, or None."""
    moment: str | None = db.execute("SELECT min(at) FROM history").fetchone()[0]
    return moment


@contextmanager
def as_known(path: Path, moment: str, roles: Roles | None = None) -> Iterator[Office]:
    """Yield the office file as it was before ``moment``, read-only, to count its figures. ``roles``: what may be read;
    None: no limit."""
    db = connection.connect(path)
    try:
        db.execute("BEGIN")  # one state of the file, even if another connection saves meanwhile
        for name, rows in _undone(db, moment).items():
            _stand_before(db, db.tables[name], rows, roles)
        db.execute("PRAGMA query_only = ON")
        if roles is not None:
            permissions.hold(db, roles)
        yield db
    finally:
        db.close()


Rows = dict[int, dict[str, Any] | None]
"""Row id -> its columns at that moment; None: it did not exist."""


def _undone(db: Office, moment: str) -> dict[str, Rows]:
    """Return every row changed since as it was, by undoing its changes, latest first."""
    tables: dict[str, Rows] = {}
    sql = "SELECT id, table_name, row_id, action, before FROM history WHERE at >= ? ORDER BY id DESC"
    for number, name, row_id, action, before in db.execute(sql, (moment,)).fetchall():
        if name not in TABLES:
            continue
        rows = tables.setdefault(name, {})
        if row_id not in rows:
            rows[row_id] = _now(db, name, row_id)
        rows[row_id] = _before(db, number, name, row_id, action, rows[row_id], json.loads(before))
    return tables


def _now(db: Office, name: str, row_id: int) -> dict[str, Any] | None:
    return next(iter(db.dicts(f'SELECT * FROM "{name}" WHERE id = ?', (row_id,))), None)


def _before(
    db: Office, number: int, name: str, row_id: int, action: str, row: dict[str, Any] | None, old: dict[str, Any]
) -> dict[str, Any] | None:
    """Return the row before one change of it; None when it did not exist or its content was erased."""
    erased = not old if action == "erase" else row is None
    if action == "insert" or erased:
        return None
    if action == "erase":
        return {"id": row_id, "version": 1, "deleted_at": _was_deleted(db, number, name, row_id), **old}
    earlier = {**(row or {"id": row_id, "version": 1}), **old}
    if action in ("delete", "restore"):
        earlier["deleted_at"] = None if action == "delete" else _DELETED
    return earlier


def _was_deleted(db: Office, number: int, name: str, row_id: int) -> str | None:
    """Return whether an erased row had been marked as deleted first, which its last values do not tell."""
    last = db.execute(
        "SELECT action FROM history WHERE table_name = ? AND row_id = ? AND id < ?"
        " AND action IN ('delete', 'restore') ORDER BY id DESC LIMIT 1",
        (name, row_id, number),
    ).fetchone()
    return _DELETED if last and last[0] == "delete" else None


def _stand_before(db: Office, table: OfficeTable, rows: Rows, roles: Roles | None) -> None:
    """Create a temporary view with the table's name: its rows, except these, which are as they were."""
    columns = ["id", "version", "deleted_at", *(field.name for field in table.fields)]
    if roles is not None:
        columns = [name for name in columns if permissions.readable(roles, table.name, name)]
    names = ", ".join(columns)
    db.execute(f'CREATE TEMP TABLE was_{table.name} AS SELECT {names} FROM main."{table.name}" WHERE 0')
    db.execute(f"CREATE TEMP TABLE changed_{table.name} (id INTEGER PRIMARY KEY)")
    db.executemany(f"INSERT INTO changed_{table.name} VALUES (?)", [(row_id,) for row_id in rows])
    marks = ", ".join("?" * len(columns))
    values = [[row.get(column) for column in columns] for row in rows.values() if row]
    db.executemany(f"INSERT INTO was_{table.name} VALUES ({marks})", values)
    db.execute(
        f'CREATE TEMP VIEW "{table.name}" AS SELECT {names} FROM main."{table.name}"'
        f" WHERE id NOT IN (SELECT id FROM changed_{table.name}) UNION ALL SELECT {names} FROM was_{table.name}"
    )


# --- what moved ---


@dataclass(frozen=True)
class Moved:
    """One person who counts differently than was known: figures left and entered, and what was entered late."""

    person: int
    no_longer: tuple[tuple[str, str], ...]
    """(figure, code or '')"""
    henceforth: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]


def moved(db: Office, path: Path, period: Period, names: Iterable[str], moment: str, context: Context) -> list[Moved]:
    """Return the persons who count differently in these figures today than was known before ``moment``, by id. It reads
    the history: ``db`` refuses it to roles without that right."""
    requested = tuple(names)
    with as_known(path, moment) as past:
        then = counting.behind(past, period, requested)
    now = counting.behind(db, period, requested)
    persons = sorted({person for *_, person in then ^ now})
    strays = history.strays(db, moment, context)
    return [
        Moved(
            person,
            _parts(requested, then - now, person),
            _parts(requested, now - then, person),
            tuple(
                change
                for change in (*strays.get(person, ()), *history.of_person(db, person, context))
                if change.at >= moment and _bears_on(change, period, requested)
            ),
        )
        for person in persons
    ]


def _parts(requested: tuple[str, ...], behind: set[tuple[str, str, int]], person: int) -> tuple[tuple[str, str], ...]:
    """Return what a person left or entered, in the requested order. Who leaves or enters the whole does so in every
    share of it; it is listed once."""
    parts = [(name, code) for name, code, who in behind if who == person]
    totals = {name for name, _ in parts} & {"followed", "portfolio"}
    listed = [part for part in parts if not (totals and FIGURES[part[0]].source == "profile")]
    return tuple(sorted(listed, key=lambda part: (requested.index(part[0]), part[1])))


_EVENTS = ("stage", "benefit", "exit", "cer", "diagnostic", "aid")


def _bears_on(change: Change, period: Period, requested: tuple[str, ...]) -> bool:
    """Return whether a change can have moved these figures: of the profile, or of rows dated in time (stages: a day
    more)."""
    labels = {label for label, *_ in change.fields}
    if change.table == "person":
        return bool(labels & _PROFILE_LABELS) or change.action != "update"
    texts = [text for _, before, after in change.fields for text in (before, after)]
    days = [f"{year}-{month}-{day}" for text in texts for day, month, year in _DATE.findall(text)]
    tables = (*_EVENTS, "intervention") if "interventions" in requested else _EVENTS
    last = period.parameters["next" if change.table == "stage" else "last"]
    return change.table in tables and (not days or min(days) <= last)


_DATE = re.compile(r"\b([0-3][0-9])/([01][0-9])/([12][0-9]{3})\b")
_PROFILE_LABELS = {
    PERSON.field(name).label
    for name in ("gender", "origin", "household", "education", "domain", "territory", "birth_date", "rsa_entry_on")
}
