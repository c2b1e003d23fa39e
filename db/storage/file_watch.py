"""Whether the office file that a server has open is still the file at its path, with the same « -wal » beside it.

SQLite notices neither: after the « -wal » was deleted, or another file took the place of this one, connections go on
writing into files that have no name any more, and what they acknowledge is lost when the process ends. The server keeps
one connection of its own, by which what was in the deleted « -wal » is written into the file at once; it then holds
the write lock, because connections that opened another « -wal » would spoil the file. Nothing is saved any more until
Palette is started again. See https://sqlite.org/howtocorrupt.html § 1.4 and 4.
"""

import logging
import os
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from db.base.errors import StorageError
from db.model.office import Office

_RESTART = "Plus rien ne s’enregistre avant que Palette soit redémarré ; ce qui est en cours de saisie reste à l’écran."
_LOG_GONE = (
    "Le journal du fichier (« {name}-wal ») a été supprimé pendant que Palette tourne. Ce qui était enregistré a été"
    f" remis dans le fichier. {_RESTART} Faites d’abord une sauvegarde."
)
_LOG_LOST = (
    "Le journal du fichier (« {name}-wal ») a été supprimé pendant que Palette tourne, et ce qu’il contenait n’a pas pu"
    f" être remis dans le fichier : les derniers enregistrements y manquent peut-être. {_RESTART}"
)
_REPLACED = (
    "Le fichier « {name} » a été remplacé, déplacé ou recopié pendant que Palette tourne. Ce qui a été enregistré juste"
    f" avant n’y est peut-être pas. {_RESTART} Pour remettre une sauvegarde : Palette arrêté, « python -m db restore »."
)
_WAL_FORMAT = b"\x02\x02"
"""Bytes 18 and 19 of a file in WAL mode (https://sqlite.org/fileformat.html § 1.3.3). A backup is not in that mode."""
_COUNTER = slice(24, 28)
"""The file change counter, which never goes back in one file (§ 1.3.5)."""


@dataclass
class _Watched:
    """``opened``: a descriptor of the file. ``file``, ``log``: inodes. ``problem``: the French sentences once something
    is wrong, until the process ends."""

    guard: Office
    opened: int
    file: int
    log: int
    counter: bytes
    problem: str = ""


_watched: dict[str, _Watched] = {}
_looking = threading.Lock()
_log = logging.getLogger(__name__)


def is_watched(path: Path) -> bool:
    """Return whether an office file is watched."""
    return str(path.resolve()) in _watched


def watch(guard: Office, path: Path) -> None:
    """Watch an office file by a connection that nothing else uses, until ``forget``. Raises OSError, sqlite3.Error."""
    guard.execute("SELECT count(*) FROM sqlite_master").fetchone()  # SQLite makes the « -wal » when it first reads
    # Opened once and never closed: closing any descriptor of the file drops all locks that SQLite holds on it in this
    # process, and another program would then delete the « -wal » (https://sqlite.org/howtocorrupt.html § 2.2).
    opened = os.open(path, os.O_RDONLY)
    inodes = os.fstat(opened).st_ino, _log_of(path).stat().st_ino
    _watched[str(path.resolve())] = _Watched(guard, opened, *inodes, _header(opened))


def forget(path: Path) -> None:
    """Stop watching an office file, and close the connection."""
    watched = _watched.pop(str(path.resolve()), None)
    if watched:
        watched.guard.close()


def problem(path: Path) -> str:
    """Return what has happened to a watched file, as French sentences, or ''. The first time, it saves what it can."""
    watched = _watched.get(str(path.resolve()))
    if watched is None:
        return ""
    with _looking:
        if watched.problem in ("", _LOG_LOST):  # what a long write kept from being saved is tried again
            before, watched.problem = watched.problem, _look(watched, path)
            if watched.problem != before:
                _log.error(
                    "The office file or its -wal was taken away while the server runs: nothing is saved any more."
                )
    return watched.problem.format(name=path.name)


def refuse_if_lost(path: Path) -> None:
    """Raise StorageError when what is saved in a watched file would be lost."""
    message = problem(path)
    if message:
        raise StorageError(message)


def _look(watched: _Watched, path: Path) -> str:
    try:
        header = _header(watched.opened)
        if path.stat().st_ino != watched.file or header < watched.counter:
            return _REPLACED
        watched.counter = header
    except (OSError, ValueError):
        return _REPLACED
    try:
        is_same = _log_of(path).stat().st_ino == watched.log
    except OSError:
        is_same = False
    return "" if is_same else _rescue(watched.guard)


def _rescue(guard: Office) -> str:
    """Write what the deleted « -wal » holds into the file, and keep every connection from writing from now on."""
    try:
        (busy, *_) = guard.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        guard.execute("BEGIN IMMEDIATE")
    except sqlite3.Error:
        return _LOG_LOST
    return _LOG_LOST if busy else _LOG_GONE


def _header(opened: int) -> bytes:
    """Return the file change counter. Raises OSError, ValueError for a file that is not in WAL mode."""
    begins = os.pread(opened, 100, 0)
    if begins[18:20] != _WAL_FORMAT:
        raise ValueError
    return begins[_COUNTER]


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
