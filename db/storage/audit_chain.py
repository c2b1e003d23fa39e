"""The audit chain over the history and the access log: a changed or removed line breaks it, and ``python -m db check``
says where.

Each line has a seal: a salted SHA-256 of its content, and a link that hashes the link of the seal before. When the law
asks for the content of a line to be erased (an erased person, an expired access line), its content and the salt are
removed and the seal stays: the chain still holds and reveals nothing.

The chain detects changes made through the application or by hand. Someone who has the file and this code can compute
another chain; the chain stored in backups then differs.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

_COLUMNS = {
    "history": "id, at, who, table_name, row_id, version, action, before, after",
    "trace": "id, at, who, action, person_id, detail",
}
_NAMES = {"history": "l’historique", "trace": "les traces"}
BOOKS = tuple(_COLUMNS)
Line = tuple[Any, ...]
_BEFORE_ALL = -(2**63)
"""Below every line number: a line that another program numbered below 1 is never sealed, and ``problems`` reports it.
"""


def seal(db: sqlite3.Connection) -> None:
    """Seal every line without a seal, those of other programs included, inside the transaction that wrote them."""
    new = [(book, line) for book in BOOKS for line in _lines(db, book, after=_end(db, book))]
    link = last(db) if new else b""
    for book, line in new:
        salt = secrets.token_bytes(16)
        digest = _digest(salt, line)
        link = _link(link, digest)
        sql = "INSERT INTO seal (book, line, salt, digest, chain) VALUES (?, ?, ?, ?, ?)"
        db.execute(sql, (book, line[0], salt, digest, link))


def last(db: sqlite3.Connection) -> bytes:
    """Return the last link, or b'' when nothing is sealed."""
    row = db.execute("SELECT chain FROM seal ORDER BY id DESC LIMIT 1").fetchone()
    return bytes(row[0]) if row else b""


def problems(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what no longer agrees with the seals, as French sentences."""
    link = b""
    held = {book: {line[0]: line for line in _lines(db, book, after=_BEFORE_ALL)} for book in BOOKS}
    ends = {book: _end(db, book) for book in BOOKS}
    rows = db.execute("SELECT id, book, line, salt, digest, chain FROM seal ORDER BY id")
    for number, (seal_id, book, line, salt, digest, told) in enumerate(rows, 1):
        link = _link(link, digest)
        if (seal_id, told) != (number, link):
            yield f"La chaîne des sceaux est rompue au sceau n° {number} : des sceaux ont été changés ou retirés."
            return
        yield from _against(held[book].pop(line, None), book, line, salt, digest)
    (made,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'seal'").fetchone()
    (kept,) = db.execute("SELECT count(*) FROM seal").fetchone()
    if made > kept:  # the chain alone does not know where it ended
        yield f"Les derniers sceaux ont disparu : {made} ont été posés, il en reste {kept}."
    for book, lines in held.items():
        for line in lines:
            if line < ends[book]:
                yield f"Ligne n° {line} dans {_NAMES[book]} : glissée parmi des lignes scellées."


def _against(found: Line | None, book: str, line: int, salt: bytes | None, digest: bytes) -> Iterator[str]:
    """Compare one line with its seal. A seal without salt belongs to a line that was erased on purpose (``unsalt``)."""
    where = f"Ligne n° {line} dans {_NAMES[book]}"
    if salt is None:
        if found is not None and found[-2:] != ("{}", "{}"):
            yield f"{where} : effacée d’après son sceau, mais elle dit encore quelque chose."
    elif found is None:
        yield f"{where} : elle a disparu."
    elif _digest(salt, found) != digest:
        yield f"{where} : elle a été changée."


def unsalt(db: sqlite3.Connection, book: str, lines: Iterable[int]) -> None:
    """Remove the salt of these lines' seals, in the transaction that erases their content."""
    db.executemany("UPDATE seal SET salt = NULL WHERE book = ? AND line = ?", [(book, line) for line in lines])


def _lines(db: sqlite3.Connection, book: str, after: int = 0) -> list[Line]:
    return db.execute(f"SELECT {_COLUMNS[book]} FROM {book} WHERE id > ? ORDER BY id", (after,)).fetchall()


def _end(db: sqlite3.Connection, book: str) -> int:
    """Return the number of the last sealed line."""
    return int(db.execute("SELECT coalesce(max(line), 0) FROM seal WHERE book = ?", (book,)).fetchone()[0])


def _digest(salt: bytes, line: Line) -> bytes:
    return hashlib.sha256(salt + json.dumps(line, ensure_ascii=False).encode()).digest()


def _link(before: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(before + digest).digest()
