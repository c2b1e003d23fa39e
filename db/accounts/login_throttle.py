"""Wrong passwords are slowed down, never locked out.

An attempt counts against the account and against the address it comes from, and each failure beyond the first few makes
the next wait longer. A browser in which the account was signed in before carries a signed mark, and is counted by
itself: whoever hammers an account, or works from the office's own address, cannot keep the team out (OWASP, « device
cookies »).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import itsdangerous

from db.accounts import sessions
from db.base.errors import PaletteError
from db.model.office import Office
from db.rows.transactions import writing

_FREE = {"account": 5, "address": 20, "device": 10}
"""So many failures cost nothing."""
_LONGEST = 900
_FORGOTTEN = 86_400


class WaitError(PaletteError):
    """Too many wrong passwords: ``seconds`` to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        told = f"{seconds} seconde{'s' * (seconds > 1)}" if seconds < 90 else f"{-(-seconds // 60)} minutes"
        super().__init__(f"Trop d’essais. Attendez {told} avant de recommencer.")


@dataclass(frozen=True)
class Attempt:
    """One try at a door. ``device``: the mark that the browser carries, if any."""

    login: str
    address: str
    device: str = ""


def mark(db: Office, account_id: int) -> str:
    """What a browser carries once the account was signed in there."""
    return _signer(db).sign(f"{account_id}:{secrets.token_urlsafe(12)}").decode()


def _subjects(db: Office, attempt: Attempt, account_id: int | None) -> dict[str, str]:
    """What the attempt counts against: kind -> whom."""
    try:
        marked = _signer(db).unsign(attempt.device, max_age=180 * 86_400).decode()
    except (itsdangerous.BadSignature, UnicodeDecodeError):
        marked = ""
    if account_id is not None and marked.startswith(f"{account_id}:"):
        return {"device": marked}
    return {"account": attempt.login.strip().casefold(), "address": attempt.address}


def enter(db: Office, attempt: Attempt, account_id: int | None, now: float) -> None:
    """Count an attempt as failed, before its password is looked at: many at once are counted too.

    Raises WaitError when it comes too early; it is then not counted, so that waiting ends.
    """
    with writing(db):
        db.execute("DELETE FROM attempt WHERE at < ?", (int(now) - _FORGOTTEN,))
        counted = {}
        for kind, whom in _subjects(db, attempt, account_id).items():
            subject = _digest(db, kind, whom)
            row = db.execute("SELECT failures, at FROM attempt WHERE subject = ?", (subject,)).fetchone()
            failures, at = row or (0, 0)
            wait = at + _delay(failures - _FREE[kind]) - int(now)
            if wait > 0 and at <= now:  # otherwise the clock was set back: nobody waits until it has caught up
                raise WaitError(wait)
            counted[subject] = failures + 1
        sql = "INSERT OR REPLACE INTO attempt (subject, failures, at) VALUES (?, ?, ?)"
        db.executemany(sql, [(subject, failures, int(now)) for subject, failures in counted.items()])


def forgive(db: Office, attempt: Attempt, account_id: int) -> None:
    """The password was right: the account and the device begin anew; the address keeps its other failures."""
    with writing(db):
        for kind, whom in _subjects(db, attempt, account_id).items():
            subject = _digest(db, kind, whom)
            if kind == "address":
                db.execute("UPDATE attempt SET failures = max(0, failures - 1) WHERE subject = ?", (subject,))
            else:
                db.execute("DELETE FROM attempt WHERE subject = ?", (subject,))


def _delay(beyond: int) -> int:
    return 0 if beyond < 0 else int(min(_LONGEST, 2 ** min(beyond, 20)))


def _digest(db: Office, kind: str, whom: str) -> bytes:
    """Neither logins nor addresses are kept."""
    return hmac.new(sessions.key(db), f"{kind}:{whom}".encode(), hashlib.sha256).digest()


def _signer(db: Office) -> itsdangerous.TimestampSigner:
    return itsdangerous.TimestampSigner(sessions.key(db), salt="palette.device", digest_method=hashlib.sha256)
