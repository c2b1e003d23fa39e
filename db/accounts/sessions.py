"""Sessions: who is signed in, where, since when; the cookie that says so; how they end.

The cookie holds a random token and a signature. The file holds the token's digest, so that a stolen copy of the file
opens nothing; ending a session removes its row, and its cookie is dead wherever it was copied to.
"""

import hashlib
import os
import secrets
import time
from dataclasses import dataclass

import itsdangerous

from db.accounts import accounts
from db.accounts.accounts import Account
from db.model.office import Office
from db.rows.records import writing
from db.storage.connection import thread_office

ADDRESS = os.environ.get("PALETTE_ADDRESS", "").rstrip("/")
"""Where people reach Palette (https://palette.exemple.fr); '' while it is tried on one machine."""
IS_SECURE = ADDRESS.startswith("https://")
COOKIE = "__Host-palette" if IS_SECURE else "palette"
"""The cookie's name; with HTTPS the browser itself holds it to this host."""
_REMEMBERED = 2.0
"""Seconds."""
_TOUCH = 60
"""Seconds: presence is written down at most so often."""
_SLACK = 300
"""Seconds a clock may be set back before sessions of « the future » are refused."""


@dataclass(frozen=True)
class Session:
    """One browser that is signed in. Moments are seconds since 1970."""

    id: int
    account: Account
    began_at: int
    seen_at: int
    browser: str
    id_token: str | None


_believed: dict[str, tuple[float, Session]] = {}


def current(cookie: str) -> Session | None:
    """The session of a cookie in the office file, believed for two seconds: every message of a page asks.

    What ends a session in this process is noticed at once. Raises NotFoundError, StorageError.
    """
    at, session = _believed.get(cookie, (-_REMEMBERED, None))
    if session is None or time.monotonic() - at > _REMEMBERED:
        session = of_cookie(thread_office(), cookie, time.time())
        if len(_believed) > 1000:
            forget()
        if session is not None:
            _believed[cookie] = (time.monotonic(), session)
    return session


def forget() -> None:
    """Believe nobody any longer without asking the file."""
    _believed.clear()


def begin(db: Office, account: Account, browser: str, now: float, id_token: str | None = None) -> str:
    """Sign an account in. Returns the cookie's value."""
    token = secrets.token_urlsafe(32)
    sql = "INSERT INTO session (token, account_id, began_at, seen_at, browser, id_token) VALUES (?, ?, ?, ?, ?, ?)"
    with writing(db):
        db.execute("DELETE FROM session WHERE began_at < ?", (int(now) - 25 * 3600,))
        db.execute(sql, (_digest(token), account.id, int(now), int(now), browser[:80], id_token))
    return _signer(db).sign(token).decode()


def of_cookie(db: Office, cookie: str, now: float) -> Session | None:
    """The session of a cookie, while it lasts: signed by this file, known, neither idle nor old, its account active."""
    try:
        token = _signer(db).unsign(cookie).decode()
    except (itsdangerous.BadSignature, UnicodeDecodeError):
        return None
    sql = "SELECT id, account_id, began_at, seen_at, browser, id_token FROM session WHERE token = ?"
    row = db.execute(sql, (_digest(token),)).fetchone()
    if row is None or not _lasts(db, row[2], row[3], now):
        return None
    account = accounts.get(db, row[1])
    return Session(row[0], account, row[2], row[3], row[4], row[5]) if account.active else None


def _lasts(db: Office, began_at: int, seen_at: int, now: float) -> bool:
    idle, longest = db.execute("SELECT idle_minutes * 60, session_hours * 3600 FROM setting").fetchone()
    of_now = began_at - _SLACK <= now and seen_at - _SLACK <= now
    return bool(of_now and now - seen_at < idle and now - began_at < longest)


def touch(db: Office, session: Session, now: float) -> None:
    """The person is there."""
    if now - session.seen_at >= _TOUCH:
        with writing(db):
            db.execute("UPDATE session SET seen_at = ? WHERE id = ?", (int(now), session.id))


def of_account(db: Office, account_id: int, now: float) -> list[Session]:
    """The sessions of an account that last, latest first."""
    account = accounts.get(db, account_id)
    sql = "SELECT id, began_at, seen_at, browser FROM session WHERE account_id = ? ORDER BY seen_at DESC"
    rows = db.execute(sql, (account_id,)).fetchall()
    return [Session(row[0], account, row[1], row[2], row[3], None) for row in rows if _lasts(db, row[1], row[2], now)]


def end(db: Office, session_id: int) -> None:
    """Sign one browser out."""
    with writing(db):
        db.execute("DELETE FROM session WHERE id = ?", (session_id,))
    forget()


def end_all(db: Office, account_id: int, but: int | None = None) -> None:
    """Sign an account out everywhere, ``but`` in one browser."""
    with writing(db):
        db.execute("DELETE FROM session WHERE account_id = ? AND id IS NOT ?", (account_id, but))
    forget()


def key(db: Office) -> bytes:
    """The 32 secret bytes that sign what this file's door gives out."""
    return bytes(db.execute("SELECT value FROM door_key").fetchone()[0])


def _signer(db: Office) -> itsdangerous.Signer:
    return itsdangerous.Signer(key(db), salt="palette.session", digest_method=hashlib.sha256)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
