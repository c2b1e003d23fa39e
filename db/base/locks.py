"""Who may touch an office file: one server at a time, and one backup or restoration at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from db.base import atomic_files

_HELD = (
    "Palette tourne déjà sur {path} (processus {pid}). Un seul serveur par fichier : arrêtez l’autre, ou donnez à "
    "celui-ci un autre dossier (PALETTE_DATA)."
)


def hold(path: Path, told: str = _HELD) -> TextIO:
    """Keep every other server away from an office file until the answer is closed, however the process ends.

    Raises BlockingIOError, whose text (``told``) says who holds it.
    """
    lock = _opened(path, "palette.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip() or "?"
        lock.close()
        raise BlockingIOError(told.format(path=path, pid=pid)) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


@contextmanager
def one_copy_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other backup or restoration of this file is under way, and keep the next one waiting."""
    with _opened(path, "palette.copy.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _opened(path: Path, name: str) -> TextIO:
    place = path.with_name(name)
    lock = place.open("a+")
    atomic_files.hand_over(place, path.parent)
    return lock
