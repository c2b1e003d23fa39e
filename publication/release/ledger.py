"""The ledger of releases: what was published or withdrawn, when and by whom. It only grows.

An entry is committed before the public file is written, so that no number is ever online without one; the file that a
crash left unwritten is written at the next start of Palette.

A year that was published once is published again with the same numbers, read from here. The file's secret key decides
the draws and how ties are rounded; it is never shown outside the office (see docs/publication.md).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from db.base import instants
from db.base.errors import BusyError
from db.base.french import french_instant
from db.demo import create
from db.demo.rows import SIGNATURE
from db.model.dictionary import FILES
from db.model.office import Office
from db.rows import transactions


@dataclass(frozen=True)
class LedgerEntry:
    """One row. ``at``: an ISO instant in UTC; ``action``: publish or withdraw; ``numbers``: the release as JSON."""

    id: int
    at: str
    who: str
    action: str
    year: int
    numbers: str

    @property
    def french_time(self) -> str:
        """« 06/03/2023 à 14:32 », in the office's time zone."""
        return french_instant(self.at)


def read_entries(db: Office) -> list[LedgerEntry]:
    """Return every entry, oldest first."""
    sql = "SELECT id, at, who, action, year, numbers FROM publication ORDER BY id"
    return [LedgerEntry(*row) for row in db.execute(sql)]


def add_entries(db: Office, seen: int, new: Iterable[tuple[str, int, str]], who: str) -> None:
    """Add entries: action, year, numbers. Raises BusyError if the ledger has no longer ``seen`` entries: a colleague
    published or withdrew meanwhile."""
    sql = "INSERT INTO publication (at, who, action, year, numbers) VALUES (?, ?, ?, ?, ?)"
    with transactions.writing(db):
        if len(read_entries(db)) != seen:
            raise BusyError("Une autre publication ou un retrait vient d’avoir lieu : rien n’a été fait, recommencez.")
        for action, year, numbers in new:
            db.execute(sql, (instants.now(), who, action, year, numbers))


@contextmanager
def placing(db: Office) -> Iterator[list[LedgerEntry]]:
    """Give the entries to a block that writes the public file, one at a time, and note that they are placed."""
    with transactions.writing(db):
        entries = read_entries(db)
        yield entries
        db.execute("INSERT OR REPLACE INTO publication_placed VALUES (1, ?)", (len(entries),))


def is_placed(db: Office) -> bool:
    """Return whether the public file was written since the last entry."""
    sql = "SELECT coalesce((SELECT entries FROM publication_placed), 0) = (SELECT count(*) FROM publication)"
    return bool(db.execute(sql).fetchone()[0])


def read_secret_key(db: Office) -> bytes:
    """Return the 32 secret bytes of this file."""
    return bytes(db.execute("SELECT value FROM publication_key").fetchone()[0])


def renew_secret_key(db: Office) -> None:
    """Replace the secret bytes, and overwrite the old ones in the file. Backups keep them."""
    db.execute("PRAGMA secure_delete = ON")
    with transactions.writing(db):
        db.execute("UPDATE publication_key SET value = randomblob(32)")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_demonstration(db: Office) -> bool:
    """Whether the file is the invented demonstration, recognised by the notes it contains."""
    sql = "SELECT count(*) FROM need WHERE title LIKE 'Notes de la démonstration%' AND deleted_at IS NULL"
    return bool(db.execute(sql).fetchone()[0])


def is_changed_demonstration(db: Office) -> bool:
    """Whether somebody has changed the demonstration's persons, whose key everybody can read in its source code."""
    if read_secret_key(db) != create.KEY:
        return False
    tables = ", ".join(f"'{name}'" for name in FILES)
    others = f"table_name IN ({tables}) AND (who <> ? OR id >= (SELECT min(first) FROM operation))"
    return bool(db.execute(f"SELECT EXISTS (SELECT 1 FROM history WHERE {others})", (SIGNATURE,)).fetchone()[0])
