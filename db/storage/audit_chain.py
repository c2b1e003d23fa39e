"""The audit chain over the history and the access log: a changed or removed line breaks it, and ``python -m db check``
says where.

Each line has a seal: a salted SHA-256 of its content, and a link that hashes the link of the seal before. When the law
asks for the content of a line to be erased (an erased person, an expired access line), its content and the salt are
removed and the seal stays: the chain still holds and reveals nothing.

The chain detects changes made through the application or by hand. Someone who has the file and this code can compute
another chain, cut off its end, or put an older file in place: only a link kept elsewhere tells (db/backup/witness.py).
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_COLUMNS = {
    "history": "id, at, who, table_name, row_id, version, action, before, after",
    "trace": "id, at, who, action, person_id, detail",
}
_NAMES = {"history": "l’historique", "trace": "les traces"}
CODE_DIGITS = 20
"""Hexadecimal digits of a link in a code."""
BOOKS = tuple(_COLUMNS)
Line = tuple[Any, ...]
_BEFORE_ALL = -(2**63)
"""Below every line number: a line that another program numbered below 1 is never sealed, and ``problems`` reports it.
"""


def seal(db: sqlite3.Connection) -> None:
    """Seal every line without a seal, those of other programs included, inside the transaction that wrote them."""
    new = [(book, line) for book in BOOKS for line in _lines(db, book, after=_end(db, book))]
    link = end(db).link if new else b""
    for book, line in new:
        salt = secrets.token_bytes(16)
        digest = _digest(salt, line)
        link = _link(link, digest)
        sql = "INSERT INTO seal (book, line, salt, digest, chain) VALUES (?, ?, ?, ?, ?)"
        db.execute(sql, (book, line[0], salt, digest, link))


@dataclass(frozen=True)
class ChainEnd:
    """Where a chain ends: how many seals it has, and its last link (b'' without seals)."""

    count: int
    link: bytes


def end(db: sqlite3.Connection) -> ChainEnd:
    """Return where the chain ends."""
    row = db.execute("SELECT id, chain FROM seal ORDER BY id DESC LIMIT 1").fetchone()
    return ChainEnd(*row) if row else ChainEnd(0, b"")


def link_at(db: sqlite3.Connection, count: int) -> bytes:
    """Return the link of a seal by its number, or b'' when there is none."""
    row = db.execute("SELECT chain FROM seal WHERE id = ?", (count,)).fetchone()
    return bytes(row[0]) if row else b""


def code(db: sqlite3.Connection) -> str:
    """Return the end of the chain as people note it: « 812-3f2a-91bc-77d0-1e45-9ab2 », its number and 80 bits."""
    last, digits = end(db), end(db).link.hex()[:CODE_DIGITS]
    return "-".join([str(last.count), *(digits[at : at + 4] for at in range(0, len(digits), 4))])


def problems(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what no longer agrees with the seals, as French sentences."""
    link = b""
    lines_of = {book: {line[0]: line for line in _lines(db, book, after=_BEFORE_ALL)} for book in BOOKS}
    ends = {book: _end(db, book) for book in BOOKS}
    rows = db.execute("SELECT id, book, line, salt, digest, chain FROM seal ORDER BY id")
    for number, (seal_id, book, line, salt, digest, chain) in enumerate(rows, 1):
        link = _link(link, digest)
        if (seal_id, chain) != (number, link):
            yield f"La chaîne des sceaux est rompue au sceau n° {number} : des sceaux ont été changés ou retirés."
            return
        yield from _against(lines_of[book].pop(line, None), book, line, salt, digest)
    (sealed,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'seal'").fetchone()
    (remaining,) = db.execute("SELECT count(*) FROM seal").fetchone()
    if sealed > remaining:  # the chain alone does not know where it ended
        yield f"Les derniers sceaux ont disparu : {sealed} ont été posés, il en reste {remaining}."
    for book, lines in lines_of.items():
        for line in lines:
            if line < ends[book]:
                yield f"Ligne n° {line} dans {_NAMES[book]} : glissée parmi des lignes scellées."


def _against(content: Line | None, book: str, line: int, salt: bytes | None, digest: bytes) -> Iterator[str]:
    """Compare one line with its seal. A seal without salt belongs to a line that was erased on purpose (``unsalt``)."""
    where = f"Ligne n° {line} dans {_NAMES[book]}"
    if salt is None:
        if content is not None and content[-2:] != ("{}", "{}"):
            yield f"{where} : effacée d’après son sceau, mais elle dit encore quelque chose."
    elif content is None:
        yield f"{where} : elle a disparu."
    elif _digest(salt, content) != digest:
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
