"""Files that an office keeps for its documents: its logo, and Word templates in the place of those of Palette."""

from db.base.errors import InvalidError, Problem
from db.model.office import Office
from db.rows import access_log
from db.rows.transactions import writing

LOGO = "logo"
MAX_BYTES = 2_000_000


def get(db: Office, name: str) -> bytes | None:
    """Return a file of the office, or None."""
    row = db.execute("SELECT content FROM office_file WHERE name = ?", (name,)).fetchone()
    return bytes(row[0]) if row else None


def put(db: Office, name: str, content: bytes, who: str) -> None:
    """Keep a file in the place of the former one. The access log says who did. Raises InvalidError for one that is too
    large, BusyError."""
    if not 0 < len(content) <= MAX_BYTES:
        raise InvalidError([Problem(f"le fichier fait plus de {MAX_BYTES // 1_000_000} Mo.")])
    with writing(db):
        db.execute(
            "INSERT INTO office_file (name, who, content) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " who = excluded.who, content = excluded.content, at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
            (name, who, content),
        )
        access_log.add(db, who, "template", detail=name)


def remove(db: Office, name: str, who: str) -> None:
    """Go back to what Palette brings. Raises BusyError."""
    with writing(db):
        db.execute("DELETE FROM office_file WHERE name = ?", (name,))
        access_log.add(db, who, "template", detail=f"{name} (celui de Palette)")
