"""Unfinished copies of the office file, which hold everybody unencrypted: how they are named, begun, and removed after
a crash; and whether the disk has room for another."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from db.base import atomic_files, folders, locks
from db.base.atomic_files import PART
from db.base.french import french_number

SIDE_FILES = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite writes beside a database."""
OF_BACKUP = 3
"""How many copies of the file a backup holds at most, all on one disk: as copied, cleaned, and the backup itself."""
_RESERVE = 50_000_000
"""Bytes that a copy leaves free, so that the team can go on saving."""


def begin(target: Path) -> None:
    """Create an empty file that only its owner reads, for SQLite to fill. Its side files get the same mode. Raises
    FileExistsError."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def remove(path: Path) -> None:
    """Remove a database and its side files, as far as they exist."""
    for suffix in ("", *SIDE_FILES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def clear_interrupted(path: Path) -> None:
    """Remove the unfinished copies that a crash left, unless another copy is under way, which did so as it began."""
    with locks.copying_if_free(path) as is_free:
        if is_free:
            clear(path, folders.backup_folder(path))


def clear(path: Path, backups: Path) -> None:
    """Remove unfinished copies of the office file beside it and in a folder of backups. Only for who copies alone."""
    for left in list(_unfinished(path, backups)):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _unfinished(path: Path, backups: Path) -> Iterator[Path]:
    stem, sides = re.escape(path.stem), "|".join(SIDE_FILES)
    begins = rf"{atomic_files.WORK}|{stem}-(avant|remplacé)-|palette-\d{{4}}-|dernière\.json"  # the last: their status
    named = re.compile(rf"({begins}).*{re.escape(PART)}({sides})?")
    for folder in {path.parent, backups}:
        if folder.is_dir():
            yield from (one for one in folder.iterdir() if named.fullmatch(one.name))


# ---- room on the disk


def missing_room(path: Path, folder: Path, copies: int) -> str:
    """Return the end of a French sentence that says how much room is missing for some copies of the office file, or ''.
    Nothing when the disk does not say how much is free."""
    wal = path.with_name(path.name + "-wal")
    try:
        needed = copies * sum(one.stat().st_size for one in (path, wal) if one.exists()) + _RESERVE
        free = shutil.disk_usage(folder if folder.exists() else path.parent).free
    except OSError:
        return ""
    if free >= needed:
        return ""
    return f"le disque est presque plein (il y reste {_megabytes(free)}, il en faut {_megabytes(needed)})"


def _megabytes(size: int) -> str:
    return f"{french_number(size / 1e6)} Mo"
