"""File locks: one server for each office file, one backup or restoration at a time, one writer of the register of
erasures."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TextIO

from db.base import atomic_files

_HELD = (
    "Palette tourne déjà sur {path} (processus {pid}). Un seul serveur par fichier : arrêtez l’autre, ou donnez à "
    "celui-ci un autre dossier (PALETTE_DATA)."
)
_SERVER = "palette.lock"
_COPY = "palette.copy.lock"


def hold(path: Path, message: str = _HELD) -> TextIO:
    """Lock an office file for one server until the returned file is closed, however the process ends. Raises
    BlockingIOError whose text is ``message``, with the path and the process that holds the lock."""
    lock = _opened(path, _SERVER)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip() or "?"
        lock.close()
        raise BlockingIOError(message.format(path=path, pid=pid)) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def one_copy_at_a_time(path: Path) -> AbstractContextManager[object]:
    """Wait until no other backup or restoration of this file is under way, and make the next one wait."""
    return _turn(path, _COPY)


def one_erasure_at_a_time(path: Path) -> AbstractContextManager[object]:
    """Wait until no other erasure in this file is under way, and make the next one wait."""
    return _turn(path, "palette.erase.lock")


def copying_if_free(path: Path) -> AbstractContextManager[bool]:
    """As ``one_copy_at_a_time``, without waiting: yield whether no other copy is under way."""
    return _turn_if_free(path, _COPY)


def long_writing_if_free(path: Path) -> AbstractContextManager[bool]:
    """Yield whether no other long write of this file is under way (db/rows/long_writes.py), and keep others from
    beginning within the block."""
    return _turn_if_free(path, "palette.write.lock")


def is_served_elsewhere(path: Path) -> bool:
    """Return whether a server of another process seems to have this file. Its lock is not tried: a server that started
    at that moment would find it taken."""
    try:
        pid = int(path.with_name(_SERVER).read_text() or 0)
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    return pid not in (0, os.getpid())


@contextmanager
def _turn_if_free(path: Path, name: str) -> Iterator[bool]:
    with _opened(path, name) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_free = True
        except BlockingIOError:
            is_free = False
        yield is_free


@contextmanager
def _turn(path: Path, name: str) -> Iterator[None]:
    with _opened(path, name) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _opened(path: Path, name: str) -> TextIO:
    file = path.with_name(name)
    lock = file.open("a+")
    atomic_files.hand_over(file, path.parent)
    return lock
