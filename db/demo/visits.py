"""Visits of the demonstration: each session that looks into it gets a copy of its own, beside the office file, which is
deleted when the session leaves or signs out, and within a day. No statement of a visit reaches the office file."""

import shutil
import time
from contextlib import suppress
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
    found = sorted(_folder().glob(f"{_prefix(session)}*.open/palette.db"))
    return found[-1] if found else None


def _prefix(session: Session) -> str:
    return f"{session.id}-{session.began_at}-"  # numbers of sessions are used again


def begin(session: Session) -> None:
    """Write a copy for a session, which takes some seconds. Raises OSError."""
    _folder().mkdir(mode=0o700, exist_ok=True)
    unfinished = _folder() / f"{_prefix(session)}{time.time_ns()}.new"
    unfinished.mkdir()
    create.write(unfinished / "palette.db")
    unfinished.rename(unfinished.with_suffix(".open"))


def leave(session: Session) -> None:
    """Delete the copy of a session, with all that was written in it."""
    for visit in _folder().glob(f"{_prefix(session)}*"):
        _delete(visit)


def sweep() -> None:
    """Delete the visits of sessions that have ended: somebody may have typed real names there."""
    for visit in _folder().glob("*-*-*"):
        if time.time() - int(visit.name.split("-")[1]) > _LONGEST:
            _delete(visit)


def _delete(visit: Path) -> None:
    """Delete the folder of a visit. It is renamed first: a run that still opens the copy then finds no folder in which
    SQLite would make an empty file of that name."""
    gone = visit.with_suffix(".gone")
    with suppress(FileNotFoundError):  # left in two tabs at once
        visit.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
