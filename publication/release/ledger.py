"""The ledger of releases: what was published or withdrawn, when and by whom. It only grows.

A year that was published once is published again with the same numbers, read from here. The file's secret key decides
the draws and how ties are rounded; it is never shown outside the office (see docs/publication.md).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from db.base import instants
from db.base.errors import BusyError
from db.base.french import french_instant
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


@contextmanager
def adding_entry(
    db: Office, seen: Sequence[LedgerEntry], action: str, year: int, numbers: str, who: str
) -> Iterator[None]:
    """Insert one entry and run the block in the same transaction: both happen or neither. Raises BusyError if the
    ledger has grown since ``seen`` was read: a colleague published or withdrew meanwhile."""
    sql = "INSERT INTO publication (at, who, action, year, numbers) VALUES (?, ?, ?, ?, ?)"
    with transactions.writing(db):
        if len(read_entries(db)) != len(seen):
            raise BusyError("Une autre publication ou un retrait vient d’avoir lieu : rien n’a été fait, recommencez.")
        db.execute(sql, (instants.now(), who, action, year, numbers))
        yield


def read_secret_key(db: Office) -> bytes:
    """Return the 32 secret bytes of this file."""
    return bytes(db.execute("SELECT value FROM publication_key").fetchone()[0])


def is_demonstration(db: Office) -> bool:
    """Whether the file is the invented demonstration, recognised by the notes it contains."""
    sql = "SELECT count(*) FROM need WHERE title LIKE 'Notes de la démonstration%' AND deleted_at IS NULL"
    return bool(db.execute(sql).fetchone()[0])
