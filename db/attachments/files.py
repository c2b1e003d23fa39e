"""The attachments in the office file: added with their rows, read, listed, and removed for good."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from db.attachments.reader import BroughtFile
from db.base.errors import NotFoundError
from db.model import attachment_rules
from db.model.dictionary import ATTACHMENT
from db.model.office import Office
from db.rows import access_log, records
from db.rows.transactions import writing

MEDIA_TYPES = {
    "pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_SUFFIXES = {"jpeg": (".jpg", ".jpeg")}
_LONGEST = 120
_FORBIDDEN = {ord(sign): "-" for sign in '<>:"/\\|?*'} | dict.fromkeys(range(32), "-")
"""Signs that Windows refuses in the name of a file."""
_GONE = "Le fichier de cette pièce n’est plus là : rechargez la page."


@dataclass(frozen=True)
class StoredFile:
    """One attachment as it is taken away. ``name``: with the suffix of its format. ``added_on``: an ISO day."""

    id: int
    person_id: int
    name: str
    format: str
    added_on: str
    content: bytes

    @property
    def day(self) -> tuple[int, int, int, int, int, int]:
        """The day as a ZIP has it, which knows none before 1980."""
        year, month, day = map(int, self.added_on.split("-"))
        return (max(year, 1980), month, day, 0, 0, 0)


@dataclass(frozen=True)
class Volume:
    """The attachments of some persons, from ``first`` to ``last`` by number. ``size``: bytes of all of them."""

    first: int
    last: int
    count: int
    size: int


def add(db: Office, person_id: int, brought: BroughtFile, values: Mapping[str, Any], who: str) -> int:
    """Keep a file with its row, as one operation, and return its number. ``values``: kind, contract… of the row. Raises
    RuleError (200 Mo a person, a contract of somebody else), BusyError, StorageError."""
    with writing(db):
        return add_within(db, person_id, brought, values, who)


def add_within(db: Office, person_id: int, brought: BroughtFile, values: Mapping[str, Any], who: str) -> int:
    """Do what ``add`` does, within ``writing``."""
    table, number = db.tables[ATTACHMENT.name], _next_number(db)
    own: dict[str, Any] = {"person_id": person_id, "name": shortened(brought.name)}
    own |= {"format": brought.kind, "size": len(brought.content)}
    sql = "INSERT INTO attachment_content (attachment_id, format, picture, content) VALUES (?, ?, ?, ?)"
    db.execute(sql, (number, brought.kind, brought.picture, brought.content))
    if records.add(db, table, {**values, **own}, who) != number:
        raise RuntimeError("an attachment was numbered otherwise than its content")
    return number


def _next_number(db: Office) -> int:
    """Return the number that SQLite gives to the next row; nobody else adds one within this transaction."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (ATTACHMENT.name,)).fetchone()
    return int(row[0] if row else 0) + 1


def shortened(name: str) -> str:
    """Return the name of a file, no longer than the field allows, with its suffix."""
    path = PurePath(name)
    return name if len(name) <= _LONGEST else f"{path.stem[: _LONGEST - len(path.suffix) - 1]}…{path.suffix}"


def file_name(name: str, kind: str) -> str:
    """Return a name under which a file of that format opens: with its suffix, without signs that Windows refuses."""
    plain = name.translate(_FORBIDDEN).strip(" .") or "piece"
    suffixes = _SUFFIXES.get(kind, (f".{kind}",))
    return plain if plain.lower().endswith(suffixes) else plain + suffixes[0]


def take(db: Office, number: int, who: str) -> StoredFile:
    """Return one file, and log that it was taken away. Raises NotFoundError once it is deleted."""
    sql = """SELECT a.id, a.person_id, a.name, a.format, a.added_on, c.content FROM attachment a
      JOIN attachment_content c ON c.attachment_id = a.id WHERE a.id = ? AND a.deleted_at IS NULL"""
    row = db.execute(sql, (number,)).fetchone()
    if row is None:
        raise NotFoundError(_GONE)
    access_log.note(db, who, "export", row[1], f"Pièce n° {number}")
    return _stored(row)


def _stored(row: tuple[int, int, str, str, str, bytes]) -> StoredFile:
    number, person, name, kind, day, content = row
    return StoredFile(number, person, file_name(name, kind), kind, day, content)


def pictures(db: Office, person_id: int) -> dict[int, bytes]:
    """Return the pictures of a person's attachments that have one, by number."""
    sql = """SELECT a.id, c.picture FROM attachment a JOIN attachment_content c ON c.attachment_id = a.id
      WHERE a.person_id = ? AND a.deleted_at IS NULL AND c.picture IS NOT NULL"""
    return dict(db.execute(sql, (person_id,)).fetchall())


def size_of_person(db: Office, person_id: int) -> int:
    """Return the bytes of all attachments of a person."""
    sql = "SELECT coalesce(sum(size), 0) FROM attachment WHERE person_id = ? AND deleted_at IS NULL"
    return int(db.execute(sql, (person_id,)).fetchone()[0])


def counts(db: Office, person_id: int) -> dict[tuple[str, int], int]:
    """Return how many attachments of a person are about which row: (table, id of the row) -> their number."""
    about = " UNION ALL ".join(
        f"SELECT '{field.target}', {field.name} FROM attachment WHERE person_id = :person AND deleted_at IS NULL"
        for field in ATTACHMENT.fields
        if field.target and field.name != "person_id"
    )
    return Counter((table, row) for table, row in db.execute(about, {"person": person_id}) if row)


def of_persons(db: Office, first: int, last: int, *, deleted: bool = False) -> Iterator[StoredFile]:
    """Yield the files of the persons from ``first`` to ``last``, one at a time in memory. ``deleted``: deleted ones
    too, as long as their content is kept."""
    kept = "" if deleted else " AND a.deleted_at IS NULL"
    sql = f"""SELECT a.id, a.person_id, a.name, a.format, a.added_on, c.content FROM attachment a
      JOIN attachment_content c ON c.attachment_id = a.id WHERE a.person_id BETWEEN ? AND ?{kept}
      ORDER BY a.person_id, a.id"""
    for row in db.execute(sql, (first, last)):
        yield _stored(row)


def volumes(db: Office, most: int) -> list[Volume]:
    """Return all attachments in volumes of at most ``most`` bytes; those of one person stay together."""
    sql = """SELECT person_id, count(*), sum(size) FROM attachment WHERE deleted_at IS NULL
      GROUP BY person_id ORDER BY person_id"""
    found: list[Volume] = []
    for person, count, size in db.execute(sql):
        if found and found[-1].size + size <= most:
            before = found.pop()
            found.append(Volume(before.first, person, before.count + count, before.size + size))
        else:
            found.append(Volume(person, person, count, size))
    return found


def purge(db: Office) -> int:
    """Remove for good the content of attachments that were deleted by themselves long enough ago; their rows stay.
    Those deleted with their person wait for her. Return how many. ``db``: a connection without roles."""
    sql = f"""SELECT c.attachment_id FROM attachment_content c JOIN attachment a ON a.id = c.attachment_id
      JOIN person p ON p.id = a.person_id
      WHERE a.deleted_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{attachment_rules.KEPT_DAYS} days')
        AND a.deleted_at IS NOT p.deleted_at"""
    db.execute("PRAGMA secure_delete = ON")
    with writing(db):
        gone = db.execute(sql).fetchall()
        db.executemany("DELETE FROM attachment_content WHERE attachment_id = ?", gone)
    return len(gone)
