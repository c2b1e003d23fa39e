"""What was published and withdrawn, when and by whom: a record that only grows; and the office's secret key.

The record is the memory of the publisher: a year that was published once is published again with the same numbers. The
key decides how numbers are rounded where two ways are equally good; nobody outside may know it (see publication.md).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from db.base import instants
from db.base.errors import BusyError
from db.base.french import french_instant
from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.types import Date, Email, Phone
from db.rows import transactions


@dataclass(frozen=True)
class Entry:
    """One line of the record. ``at``: an ISO moment in UTC; ``action``: publish or withdraw; ``numbers``: JSON."""

    id: int
    at: str
    who: str
    action: str
    year: int
    numbers: str

    @property
    def moment(self) -> str:
        """« 06/03/2023 à 14:32 », in the office's own time."""
        return french_instant(self.at)


def record(db: Office) -> list[Entry]:
    """Every line, oldest first."""
    return [Entry(*row) for row in db.execute("SELECT id, at, who, action, year, numbers FROM publication ORDER BY id")]


@contextmanager
def adding(db: Office, seen: Sequence[Entry], action: str, year: int, numbers: str, who: str) -> Iterator[None]:
    """Write one line and do what goes with it, both or neither, one at a time.

    Raises BusyError when the record has grown since it was ``seen``: a colleague published or withdrew meanwhile.
    """
    sql = "INSERT INTO publication (at, who, action, year, numbers) VALUES (?, ?, ?, ?, ?)"
    with transactions.writing(db):
        if len(record(db)) != len(seen):
            raise BusyError("Une autre publication ou un retrait vient d’avoir lieu : rien n’a été fait, recommencez.")
        db.execute(sql, (instants.now(), who, action, year, numbers))
        yield


def key(db: Office) -> bytes:
    """The 32 secret bytes of this file."""
    return bytes(db.execute("SELECT value FROM publication_key").fetchone()[0])


def is_demonstration(db: Office) -> bool:
    """Whether the file is the made-up one, by the notes that it holds."""
    sql = "SELECT count(*) FROM need WHERE title LIKE 'Notes de la démonstration%' AND deleted_at IS NULL"
    return bool(db.execute(sql).fetchone()[0])


_SHORTEST = 6
"""Shorter words are found in any text."""
_SHARED = 5
"""What is written of so many persons, a commune or a craft, tells of nobody."""


def personal(db: Office) -> set[str]:
    """What was written of a person: full names both ways round, dates, phones, mails, and texts few others share."""
    asked = [" || ' ' || ".join(names) for names in (PERSON.title, PERSON.title[::-1])]
    for field in db.tables["person"].fields:
        if field.name not in PERSON.title and isinstance(field.type, Date | Phone | Email):
            asked.append(field.name)
        elif field.name not in PERSON.title and field.searched:
            asked.append(f"CASE WHEN count(*) OVER (PARTITION BY {field.name}) < {_SHARED} THEN {field.name} END")
    rows = db.execute(f"SELECT {', '.join(asked)} FROM person")
    return {value for row in rows for value in row if value and len(value) >= _SHORTEST}


def of_somebody(texts: Iterable[str], personal: Collection[str]) -> str:
    """The first text that holds what was written of a person, or ''; such a text is never published."""
    return next((text for text in texts if any(written in text for written in personal)), "")
