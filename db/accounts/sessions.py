"""Sessions: which account is signed in, in which browser, since when; the cookie; how sessions end.

The cookie holds a random token and a signature. The file holds only the token's digest, so that a stolen copy of the
file opens nothing. Ending a session deletes its row, which invalidates every copy of its cookie.
"""

import hashlib
import os
import secrets
import time
from contextvars import ContextVar
from dataclasses import dataclass

import itsdangerous

from db.accounts import accounts
from db.accounts.accounts import Account
from db.model.office import Office
from db.rows.transactions import writing
from db.storage.connection import thread_office

ADDRESS = os.environ.get("PALETTE_ADDRESS", "").rstrip("/")
"""Public address of Palette (https://palette.exemple.fr); '' while it is tried on one machine."""
IS_SECURE = ADDRESS.startswith("https://")
COOKIE = "__Host-palette" if IS_SECURE else "palette"
"""Name of the cookie; with HTTPS its prefix binds it to this host."""
_REMEMBERED = 2.0
"""Seconds."""
_TOUCH = 60
"""Seconds between two updates of the last activity."""
_SLACK = 300
"""Seconds that a clock may be set back before sessions that began « in the future » are refused."""


@dataclass(frozen=True)
class Session:
    """A browser that is signed in. Moments are seconds since 1970."""

    id: int
    account: Account
    began_at: int
    seen_at: int
    browser: str
    id_token: str | None


_believed: dict[str, tuple[float, Session]] = {}
asking: ContextVar[str] = ContextVar("asking")
"""The cookie of the websocket whose message is being answered, also in the tasks and threads that answer it."""


def read(cookie: str) -> Session | None:
    """Return the session of a cookie as it is in the office file at this moment, and remember it for two seconds, as
    every message of a page asks. Raises NotFoundError, StorageError."""
    session = of_cookie(thread_office(), cookie, time.time())
    if len(_believed) > 1000:
        forget()
    if session is None:
        _believed.pop(cookie, None)
    else:
        _believed[cookie] = (time.monotonic(), session)
    return session


def cached(cookie: str) -> Session | None:
    """Return the session of a cookie as ``read`` found it less than two seconds ago, or None. Reads no file."""
    at, session = _believed.get(cookie, (-_REMEMBERED, None))
    return session if time.monotonic() - at <= _REMEMBERED else None


def forget() -> None:
    """Empty the cache of sessions."""
    _believed.clear()


def begin(db: Office, account: Account, browser: str, now: float, id_token: str | None = None) -> str:
    """Sign an account in and return the cookie's value."""
    token = secrets.token_urlsafe(32)
    sql = "INSERT INTO session (token, account_id, began_at, seen_at, browser, id_token) VALUES (?, ?, ?, ?, ?, ?)"
    with writing(db):
        db.execute("DELETE FROM session WHERE began_at < ?", (int(now) - 25 * 3600,))
        db.execute(sql, (_digest(token), account.id, int(now), int(now), browser[:80], id_token))
    return _signer(key(db)).sign(token).decode()


def of_cookie(db: Office, cookie: str, now: float) -> Session | None:
    """Return the session of a cookie: signed by this file, known, neither idle nor too old, with an active account."""
    token = cookie.rpartition(".")[0]
    sql = f"""SELECT (SELECT value FROM door_key), session.id, began_at, seen_at, browser, id_token, {_LIMITS},
      {accounts.COLUMNS} FROM session JOIN account ON account.id = account_id WHERE token = ?"""
    row = db.execute(sql, (_digest(token),)).fetchone()
    if row is None or not _signer(row[0]).validate(cookie):
        return None
    _, session_id, began_at, seen_at, browser, id_token, idle, longest, *columns = row
    account = accounts.of_columns(columns)
    if not account.active or not _within((idle, longest), began_at, seen_at, now):
        return None
    return Session(session_id, account, began_at, seen_at, browser, id_token)


_LIMITS = "(SELECT idle_minutes * 60 FROM setting), (SELECT session_hours * 3600 FROM setting)"
"""SQL: the seconds that a session lasts without activity, and in all."""


def _within(limits: tuple[int, int], began_at: int, seen_at: int, now: float) -> bool:
    idle, longest = limits
    of_now = began_at - _SLACK <= now and seen_at - _SLACK <= now
    return bool(of_now and now - seen_at < idle and now - began_at < longest)


def touch(db: Office, session: Session, now: float) -> None:
    """Record activity of a session."""
    if now - session.seen_at >= _TOUCH:
        with writing(db):
            db.execute("UPDATE session SET seen_at = ? WHERE id = ?", (int(now), session.id))


def of_account(db: Office, account_id: int, now: float) -> list[Session]:
    """Return the current sessions of an account, latest first."""
    account = accounts.get(db, account_id)
    sql = "SELECT id, began_at, seen_at, browser FROM session WHERE account_id = ? ORDER BY seen_at DESC"
    rows = db.execute(sql, (account_id,)).fetchall()
    limits = db.execute(f"SELECT {_LIMITS}").fetchone()
    return [
        Session(row[0], account, row[1], row[2], row[3], None) for row in rows if _within(limits, row[1], row[2], now)
    ]


def end(db: Office, session_id: int) -> None:
    """End one session."""
    with writing(db):
        db.execute("DELETE FROM session WHERE id = ?", (session_id,))
    forget()


def end_all(db: Office, account_id: int, but: int | None = None) -> None:
    """End every session of an account, except ``but``."""
    with writing(db):
        db.execute("DELETE FROM session WHERE account_id = ? AND id IS NOT ?", (account_id, but))
    forget()


def key(db: Office) -> bytes:
    """Return the 32 secret bytes that sign this file's cookies."""
    return bytes(db.execute("SELECT value FROM door_key").fetchone()[0])


def _signer(secret: bytes) -> itsdangerous.Signer:
    return itsdangerous.Signer(secret, salt="palette.session", digest_method=hashlib.sha256)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
