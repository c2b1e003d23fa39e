"""Visits of the demonstration: each session that looks into it gets a copy of its own, beside the office file, which is
deleted when the session leaves. No statement of a visit reaches the office file."""

import time
from pathlib import Path

from db.accounts.sessions import Session
from db.base import folders
from db.demo import create

_FOLDER = "demonstrations"
_LONGEST = 24 * 3600
"""Seconds after which a visit that was not left is deleted; no session is as long."""


def _folder() -> Path:
    return folders.office_path().parent / _FOLDER


def file_of(session: Session) -> Path | None:
    """Return the copy that a session looks into, or None when it works on the office file."""
    folder = _folder()
    found = sorted(folder.glob(f"{_prefix(session)}*.db")) if folder.exists() else []
    return found[-1] if found else None


def _prefix(session: Session) -> str:
    return f"{session.id}-{session.began_at}-"  # numbers of sessions are used again


def begin(session: Session) -> None:
    """Write a copy for a session, which takes some seconds, and delete the visits that were never left."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _LONGEST:
            path.unlink(missing_ok=True)
    unfinished = folder / f"{_prefix(session)}{time.time_ns()}.new"
    create.write(unfinished)
    unfinished.rename(unfinished.with_suffix(".db"))


def leave(session: Session) -> None:
    """Delete the copy of a session, with all that was written in it."""
    for path in _folder().glob(f"{_prefix(session)}*"):
        path.unlink(missing_ok=True)
