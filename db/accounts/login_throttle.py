"""Slow down wrong passwords without locking anybody out.

An attempt counts against the account and against the network address; each failure beyond the first few lengthens the
wait. A browser in which the account was signed in before carries a signed mark and is counted separately, so that an
attacker of the account, or of the office's address, cannot keep the team out (OWASP, « device cookies »).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import itsdangerous

from db.accounts import accounts, sessions
from db.accounts.accounts import Account
from db.base.errors import PaletteError
from db.model.office import Office
from db.rows import access_log
from db.rows.transactions import writing

_FREE = {"account": 5, "address": 20, "device": 10}
"""Number of failures without a wait."""
_LONGEST = 900
_FORGOTTEN = 86_400


class WaitError(PaletteError):
    """Too many wrong passwords. ``seconds``: time to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        wait = f"{seconds} seconde{'s' * (seconds > 1)}" if seconds < 90 else f"{-(-seconds // 60)} minutes"
        super().__init__(f"Trop d’essais. Attendez {wait} avant de recommencer.")


@dataclass(frozen=True)
class Attempt:
    """One sign-in attempt. ``device``: the mark that the browser carries, if any."""

    login: str
    address: str
    device: str = ""


def mark(db: Office, account_id: int) -> str:
    """Return the mark for a browser in which the account is signed in."""
    return _signer(db).sign(f"{account_id}:{secrets.token_urlsafe(12)}").decode()


def _subjects(db: Office, attempt: Attempt, account_id: int | None) -> dict[str, str]:
    """Return what the attempt counts against: kind -> subject."""
    try:
        marked = _signer(db).unsign(attempt.device, max_age=180 * 86_400).decode()
    except (itsdangerous.BadSignature, UnicodeDecodeError):
        marked = ""
    if account_id is not None and marked.startswith(f"{account_id}:"):
        return {"device": marked}
    return {"account": accounts.login_key(attempt.login), "address": attempt.address}


def enter(db: Office, attempt: Attempt, account_id: int | None, now: float) -> None:
    """Count an attempt as failed before its password is checked, so that parallel attempts are counted. Raises
    WaitError when it comes too early; it is then not counted, so that the wait ends."""
    with writing(db):
        db.execute("DELETE FROM attempt WHERE at < ?", (int(now) - _FORGOTTEN,))
        counted = {}
        for kind, whom in _subjects(db, attempt, account_id).items():
            subject = _digest(db, kind, whom)
            row = db.execute("SELECT failures, at FROM attempt WHERE subject = ?", (subject,)).fetchone()
            failures, at = row or (0, 0)
            wait = at + _delay(failures - _FREE[kind]) - int(now)
            if wait > 0 and at <= now:  # otherwise the clock was set back, and no wait applies until it has caught up
                raise WaitError(wait)
            counted[subject] = failures + 1
        sql = "INSERT OR REPLACE INTO attempt (subject, failures, at) VALUES (?, ?, ?)"
        db.executemany(sql, [(subject, failures, int(now)) for subject, failures in counted.items()])


def refuse(db: Office, attempt: Attempt, account: Account | None, now: float) -> None:
    """Let the wait run from the refusal, and write it to the access log when there is an account. One transaction in
    either case: committing takes most of the time, and would tell whether there is one."""
    with writing(db):
        for kind, whom in _subjects(db, attempt, account.id if account else None).items():
            db.execute("UPDATE attempt SET at = max(at, ?) WHERE subject = ?", (int(now), _digest(db, kind, whom)))
        if account:
            access_log.add(db, account.name, "refused", detail="mot de passe incorrect")


def forgive(db: Office, attempt: Attempt, account_id: int) -> None:
    """Reset the failures of the account and the device after a right password; those of the address stay."""
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
    """Hash a subject: neither logins nor addresses are stored."""
    return hmac.new(sessions.key(db), f"{kind}:{whom}".encode(), hashlib.sha256).digest()


def _signer(db: Office) -> itsdangerous.TimestampSigner:
    return itsdangerous.TimestampSigner(sessions.key(db), salt="palette.device", digest_method=hashlib.sha256)
