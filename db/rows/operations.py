"""Operations: the lines of the history that one save wrote, shown and undone as a whole."""

from dataclasses import dataclass

from db.model.office import Office


@dataclass(frozen=True)
class Operation:
    """One save: lines ``first`` to ``last`` of the history. ``undoes`` and ``undone_by``: ids of other operations."""

    id: int
    at: str
    who: str
    first: int
    last: int
    undoes: int | None
    undone_by: int | None


_SELECT = (
    "SELECT o.id, o.at, o.who, o.first, o.last, o.undoes, u.id"
    " FROM operation o LEFT JOIN operation u ON u.undoes = o.id"
)
_LATEST = "ORDER BY o.id DESC LIMIT 1"


def note(db: Office, before: int, undoes: int | None = None) -> None:
    """Record what the running transaction added to the history after its line ``before``, if anything."""
    last, who = db.execute("SELECT max(id), who FROM history").fetchone()  # SQLite: of that same line
    if last and last > before:
        sql = "INSERT INTO operation (who, first, last, undoes) VALUES (?, ?, ?, ?)"
        db.execute(sql, (who, before + 1, last, undoes))


def get(db: Office, operation_id: int) -> Operation | None:
    """Return one operation, or None."""
    return _one(db, "o.id = ?", operation_id)


def of_line(db: Office, line: int) -> Operation | None:
    """Return the operation that wrote a line of the history; None for a change made without Palette."""
    found = _one(db, "o.first <= ? ORDER BY o.first DESC LIMIT 1", line)
    return found if found and line <= found.last else None


def last_of(db: Office, who: str, *tables: str) -> Operation | None:
    """Return a user's latest save in any of these tables that is not undone and is not itself an undo."""
    named = ", ".join("?" * len(tables))
    here = f"EXISTS (SELECT 1 FROM history h WHERE h.id BETWEEN o.first AND o.last AND h.table_name IN ({named}))"
    return _one(db, f"o.who = ? AND o.undoes IS NULL AND u.id IS NULL AND {here} {_LATEST}", who, *tables)


def persons(db: Office, operation: Operation) -> list[int]:
    """Return the ids of the persons whose files the operation touched."""
    lines = "SELECT row_id FROM history WHERE id BETWEEN :first AND :last AND table_name = '{}'"
    found = [lines.format("person")] + [
        f'SELECT person_id FROM "{name}" WHERE id IN ({lines.format(name)})'
        for name, table in db.files.items()
        if table.belongs_to_person
    ]
    sql = f"SELECT row_id FROM ({' UNION '.join(found)}) WHERE row_id IS NOT NULL ORDER BY row_id"
    return [row_id for (row_id,) in db.execute(sql, {"first": operation.first, "last": operation.last})]


def _one(db: Office, where: str, *values: object) -> Operation | None:
    row = db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
    return Operation(*row) if row else None
