"""The work on an office file that nobody asks for: at every start, what a crash interrupted; daily, a backup, then the
removal of what has expired."""

import re
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from db.attachments import files
from db.backup import create, restore, witness
from db.base import copies, work_folders
from db.people import erasure, retention
from db.rows import drafts, long_writes
from db.storage import connection

_COPY = re.compile(r"palette-(?:avant|remplacé)-(\d{4}-?\d{2}-?\d{2}).*\.db(?:-wal|-shm|-journal)?")
"""Names of the copies that an upgrade and a restoration leave; persons erased since are still in them."""
_KEPT = timedelta(weeks=8)
"""As long as the oldest backup is kept (db/backup/create.py)."""


def at_start(path: Path) -> None:
    """Finish or clear away what a crash interrupted: exports, copies, restorations, long writes, erasures. Raises as
    ``long_writes.finish`` and ``erasure.finish``."""
    work_folders.clear_left_folders()
    if not path.exists() or not path.stat().st_size:
        copies.clear_interrupted(path)
        return
    restore.forget_unfinished(path)
    long_writes.finish(path)
    erasure.finish(path)
    with closing(connection.open_file(path)) as db:
        witness.settle(db, path)


def daily(path: Path, now: datetime) -> Path | None:
    """Make the backup that is due, if any, then remove what has expired. Raises as ``make_backup``."""
    backup = create.make_if_due(path, now)
    if backup:
        erasure.finish(path)
        db = connection.open_file(path)
        try:
            retention.purge_traces(db)
            drafts.purge(db)
            files.purge(db)
        finally:
            db.close()
        for old in old_copies(path.parent, now):
            old.unlink()
    return backup


def old_copies(folder: Path, now: datetime) -> list[Path]:
    """Return the copies of the office file that have expired. A clock that is ahead costs copies, never a backup."""
    limit = f"{now - _KEPT:%Y%m%d}"
    matches = ((path, _COPY.fullmatch(path.name)) for path in folder.iterdir())
    return [path for path, named in matches if named and named[1].replace("-", "") < limit]
