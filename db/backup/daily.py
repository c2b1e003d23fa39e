"""What an office file needs once a day, by itself: a backup; and what is too old to be kept goes."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from db.backup import create
from db.people import retention
from db.storage import connection

_COPY = re.compile(r"palette-(?:avant|remplacé)-(\d{4}-?\d{2}-?\d{2}).*\.db(?:-wal)?")
"""What an upgrade and a restoration leave beside the file; persons who were erased since are still in it."""
_KEPT = timedelta(weeks=8)
"""As long as the oldest backup (db/backup/create.py)."""


def daily(path: Path, now: datetime) -> Path | None:
    """Make the backup that is due, if any, and tidy up after it. Raises as backups.make."""
    made = create.make_if_due(path, now)
    if made:
        db = connection.open_file(path)
        try:
            retention.purge_traces(db)
        finally:
            db.close()
        for old in old_copies(path.parent, now):
            old.unlink()
    return made


def old_copies(folder: Path, now: datetime) -> list[Path]:
    """Copies of the office file that nobody needs any longer. A clock that is ahead costs copies, never a backup."""
    limit = f"{now - _KEPT:%Y%m%d}"
    found = ((path, _COPY.fullmatch(path.name)) for path in folder.iterdir())
    return [path for path, named in found if named and named[1].replace("-", "") < limit]
