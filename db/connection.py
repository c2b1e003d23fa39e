"""Opens the office file: WAL, foreign keys, busy timeout, mode 0600; made or upgraded when it needs it."""

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from db import schema, upgrade
from db.dictionary import TABLES
from db.errors import NotFoundError

Database = sqlite_utils.Database
T = TypeVar("T")

_ready: dict[tuple[str, int], int] = {}
_making = threading.Lock()
_of_thread = threading.local()


def office_path() -> Path:
    """The office file: ``palette.db`` in the folder PALETTE_DATA, or in ``data``."""
    return Path(os.environ.get("PALETTE_DATA") or "data") / "palette.db"


def connect(path: Path) -> Database:
    """A connection with Palette's settings, nothing made or checked."""
    raw = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    db = Database(raw)
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 10000", "synchronous = FULL"):
        raw.execute(f"PRAGMA {pragma}")
    return db


def create(path: Path) -> Database:
    """Make a new, empty office file. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    return open_file(path)


def open_file(path: Path) -> Database:
    """Open an office file; an older one is upgraded after a backup copy. Raises NotFoundError, SchemaError."""
    if not path.exists():
        raise NotFoundError(
            f"Il n’y a pas de fichier Palette à l’adresse {path}. « python -m db init {path} » en fait un, vide ; "
            f"« python -m db demo {path} », une démonstration."
        )
    db = connect(path)
    stamp = (str(path.resolve()), path.stat().st_ino)
    with _making:
        if _ready.get(stamp) != id(TABLES):
            path.chmod(0o600)
            _bring_up(db, path)
            _ready[stamp] = id(TABLES)
    return db


def _bring_up(db: Database, path: Path) -> None:
    empty, behind = not schema.actual(db), upgrade.behind(db)
    problems = [] if empty else schema.drift(db)
    if empty or problems or upgrade.pending(db):
        if not empty and (behind or not problems):  # otherwise nothing will be changed: the drift is told
            upgrade.backup(path)
        upgrade.upgrade(db)


def office() -> Database:
    """The office file, one connection per thread. Raises NotFoundError when there is none yet."""
    path = office_path()
    if getattr(_of_thread, "path", None) != path or not path.exists():
        _of_thread.db, _of_thread.path = open_file(path), path
    db: Database = _of_thread.db
    return db


def change_token(db: Database) -> int:
    """A number that grows with every change of the file, by whomever; equal means nothing changed."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM history").fetchone()[0])


_remembered: dict[tuple[Hashable, ...], Any] = {}


def remembered(db: Database, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """What ``make`` answers, asked again only once the file has changed: counting 100,000 rows takes its time.

    The file as it was known in the past (db/past.py, which writes nothing) bears the same name and number: never kept.
    """
    if db.execute("PRAGMA query_only").fetchone()[0]:
        return make()
    file = db.execute("PRAGMA database_list").fetchone()[2]
    whole = (file, change_token(db), *key)
    if whole not in _remembered:
        if len(_remembered) > 500:
            forget()
        _remembered[whole] = make()
    answer: T = _remembered[whole]
    return answer


def forget() -> None:
    """Ask everything again the next time."""
    _remembered.clear()
