"""Visits of the demonstration: each session that looks into it gets a copy of its own, beside the office file, which is
deleted when the session leaves or signs out, and within a day. No statement of a visit reaches the office file."""

import time
from pathlib import Path

from db.accounts.sessions import Session
from db.base import folders
from db.demo import create

_FOLDER = "demonstrations"
_LONGEST = 25 * 3600
"""Seconds since a session began after which its visit is deleted; no session is as long."""


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
    """Write a copy for a session, which takes some seconds. Raises OSError."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    unfinished = folder / f"{_prefix(session)}{time.time_ns()}.new"
    create.write(unfinished)
    unfinished.rename(unfinished.with_suffix(".db"))


def leave(session: Session) -> None:
    """Delete the copy of a session, with all that was written in it."""
    for path in _folder().glob(f"{_prefix(session)}*"):
        path.unlink(missing_ok=True)


def sweep() -> None:
    """Delete the visits of sessions that have ended: somebody may have typed real names there."""
    for path in _folder().glob("*-*-*"):
        if time.time() - int(path.name.split("-")[1]) > _LONGEST:
            path.unlink(missing_ok=True)
