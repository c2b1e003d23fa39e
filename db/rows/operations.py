"""Operations: the lines of the history that one save wrote, shown and undone as a whole.

A long write (db/rows/long_writes.py) notes one operation each time it lets others save: the first of them stands for
the whole, the table ``operation_part`` names the others, and everything here returns the whole only.
"""

from dataclasses import dataclass

from db.model.office import Office


@dataclass(frozen=True)
class Operation:
    """One save. ``first``: its first line of the history. ``undoes`` and ``undone_by``: ids of other operations."""

    id: int
    at: str
    who: str
    first: int
    undoes: int | None
    undone_by: int | None


_SELECT = "SELECT o.id, o.at, o.who, o.first, o.undoes, u.id FROM operation o LEFT JOIN operation u ON u.undoes = o.id"
_WHOLE = "NOT EXISTS (SELECT 1 FROM operation_part p WHERE p.id = o.id)"
LINES = """(SELECT h.id FROM operation o JOIN history h ON h.id BETWEEN o.first AND o.last
  WHERE o.id IN (SELECT :operation UNION ALL SELECT id FROM operation_part WHERE whole = :operation))"""
"""SQL: the ids of the lines of the operation ``:operation``."""


def note(db: Office, before: int, undoes: int | None = None) -> int | None:
    """Record what the running transaction added to the history after its line ``before``. Return the id of the
    operation, or None when it added nothing."""
    last, who = db.execute("SELECT max(id), who FROM history").fetchone()  # SQLite: of that same line
    if not last or last <= before:
        return None
    sql = "INSERT INTO operation (who, first, last, undoes) VALUES (?, ?, ?, ?)"
    return db.execute(sql, (who, before + 1, last, undoes)).lastrowid


def get(db: Office, operation_id: int) -> Operation | None:
    """Return one operation, or None."""
    return _one(db, "o.id = ?", operation_id)


def of_line(db: Office, line: int) -> Operation | None:
    """Return the operation that wrote a line of the history; None for a change made without Palette."""
    row = db.execute("SELECT id, last FROM operation WHERE first <= ? ORDER BY first DESC LIMIT 1", (line,)).fetchone()
    if row is None or line > row[1]:
        return None
    part = db.execute("SELECT whole FROM operation_part WHERE id = ?", (row[0],)).fetchone()
    return get(db, part[0] if part else row[0])


def last_of(db: Office, who: str, *tables: str) -> Operation | None:
    """Return a user's latest save in any of these tables that is not undone and is not itself an undo."""
    named = ", ".join("?" * len(tables))
    lines = "h.id BETWEEN q.first AND q.last"
    parts = "q.id = o.id OR q.id IN (SELECT id FROM operation_part WHERE whole = o.id)"
    here = f"EXISTS (SELECT 1 FROM operation q JOIN history h ON {lines} WHERE ({parts}) AND h.table_name IN ({named}))"
    where = f"o.who = ? AND o.undoes IS NULL AND u.id IS NULL AND {_WHOLE} AND {here}"
    return _one(db, f"{where} ORDER BY o.id DESC LIMIT 1", who, *tables)


def persons(db: Office, operation: Operation) -> list[int]:
    """Return the ids of the persons whose files the operation touched."""
    lines = f"SELECT row_id FROM history WHERE id IN {LINES} AND table_name = '{{}}'"
    queries = [lines.format("person")] + [
        f'SELECT person_id FROM "{name}" WHERE id IN ({lines.format(name)})'
        for name, table in db.work.items()
        if table.belongs_to_person
    ]
    sql = f"SELECT row_id FROM ({' UNION '.join(queries)}) WHERE row_id IS NOT NULL ORDER BY row_id"
    return [row_id for (row_id,) in db.execute(sql, {"operation": operation.id})]


def _one(db: Office, where: str, *values: object) -> Operation | None:
    row = db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
    return Operation(*row) if row else None
