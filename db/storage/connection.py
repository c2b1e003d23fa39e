"""Open the office file: WAL, foreign keys, busy timeout, mode 0600; created or upgraded when needed."""

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from db.base import folders
from db.base.errors import NotFoundError
from db.base.sqlite_errors import palette_error
from db.model.dictionary import TABLES
from db.model.office import Office
from db.model.roles import Role
from db.storage import ddl, permissions, upgrade

T = TypeVar("T")

_ready: dict[tuple[str, int], int] = {}
_making = threading.Lock()
_of_thread = threading.local()


def connect(path: Path) -> Office:
    """Return a connection with Palette's settings; create and check nothing."""
    db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False, factory=Office)
    for pragma in (
        "journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 10000", "synchronous = FULL",
        "recursive_triggers = ON",  # otherwise INSERT OR REPLACE would delete a row without firing its DELETE triggers
    ):  # fmt: skip
        db.execute(f"PRAGMA {pragma}")
    return db


def create(path: Path) -> Office:
    """Create a new, empty office file and open it. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    return open_file(path)


def blank() -> Office:
    """Return an empty office in memory: what a new file would hold."""
    db = connect(Path(":memory:"))
    upgrade.upgrade(db)
    return db


def open_file(path: Path) -> Office:
    """Open an office file; upgrade an older one after a backup copy. Raises NotFoundError, SchemaError,
    StorageError."""
    if not path.exists():
        raise NotFoundError(
            f"Il n’y a pas de fichier Palette à l’adresse {path}. « python -m db init {path} » en fait un, vide ; "
            f"« python -m db demo {path} », une démonstration."
        )
    try:
        db = connect(path)
        _make_ready(db, path)
    except FileNotFoundError as error:  # deleted meanwhile
        raise NotFoundError("Ce fichier Palette n’est plus là : rechargez la page.") from error
    except sqlite3.Error as error:
        raise palette_error(error) or error from error
    return db


def _make_ready(db: Office, path: Path) -> None:
    """Upgrade the file once per process."""
    stamp = (str(path.resolve()), path.stat().st_ino)
    with _making:
        if _ready.get(stamp) != id(TABLES):
            with suppress(PermissionError):  # somebody else's file, or a disk that is read-only: the rest tells
                path.chmod(0o600)
            _bring_up(db, path)
            _ready[stamp] = id(TABLES)


def _bring_up(db: Office, path: Path) -> None:
    empty, behind = not ddl.actual(db), upgrade.behind(db)
    problems = [] if empty else ddl.drift(db)
    if empty or problems or upgrade.pending(db):
        if not empty and (behind or not problems):  # otherwise nothing will be changed: the drift is only reported
            upgrade.backup(path)
        upgrade.upgrade(db)


_Key = tuple[Path, int, frozenset[Role] | None]
"""Path and inode of a file, and the roles to which a connection is held."""
_idle: dict[_Key, list[Office]] = {}
_MOST_IDLE = 8


class _Lent:
    """A connection lent to a thread, which goes back when the thread ends. Opening one takes 30 ms, most of which is
    reading the hundreds of triggers; Streamlit starts a thread each time it runs a page."""

    def __init__(self, key: _Key) -> None:
        path, _, held = self.key = key
        try:
            self.db = _idle[key].pop()
        except (KeyError, IndexError):
            self.db = open_file(path)
            if held is not None:
                permissions.hold(self.db, held)

    def __del__(self) -> None:
        with suppress(Exception):  # the interpreter may be ending
            _take_back(self.key, self.db)


def _take_back(key: _Key, db: Office) -> None:
    """Keep a connection for another thread; not one of a file that was replaced, or of a visit: nothing may keep what
    is deleted."""
    idle = _idle.setdefault(key, [])
    path, inode, _ = key
    if path == folders.office_path() and _stamp(path) == inode and len(idle) < _MOST_IDLE and not db.in_transaction:
        idle.append(db)
    for other in [one for one in _idle if (one[0], one[1]) != (path, inode)]:
        _idle.pop(other, None)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def thread_office(roles: Iterable[Role] | None = None, path: Path | None = None) -> Office:
    """The office file, one connection per thread and set of roles. Raises NotFoundError when there is none yet.

    ``roles``: of the user; the connection allows what they allow (db/storage/permissions.py).
    None: Palette itself, unlimited. ``path``: another file than the office's (a visit of the demonstration).
    """
    path, held = path or folders.office_path(), None if roles is None else frozenset(roles)
    opened: dict[tuple[Path, frozenset[Role] | None], _Lent] = _of_thread.__dict__.setdefault("opened", {})
    if (path, held) not in opened or not path.exists():
        opened[path, held] = _Lent((path, _stamp(path), held))
    return opened[path, held].db


@contextmanager
def large_write(db: Office) -> Iterator[None]:
    """Let a connection hold 100 MB in memory within the block, which begins and ends outside a transaction.

    A new row changes a page of each index. With the usual 2 MB, pages leave the cache to be read and logged again many
    times; and what SQLite keeps to take one statement back, about 120 KB a row, would go through a temporary file.
    """
    try:
        for pragma in ("cache_size = -100000", "temp_store = MEMORY"):
            db.execute(f"PRAGMA {pragma}")
        yield
    finally:
        for pragma in ("cache_size = -2000", "temp_store = DEFAULT"):
            db.execute(f"PRAGMA {pragma}")


def path_of(db: Office) -> Path:
    """Return the path of the file that a connection has open."""
    return Path(db.file)


def change_token(db: Office) -> int:
    """Return a number that grows with every change of the file by any connection."""
    sql = "SELECT coalesce(max(id), 0) FROM history"
    return db.asked_once("change", lambda: int(db.execute(sql).fetchone()[0]))


_remembered: dict[tuple[Hashable, ...], Any] = {}
_newest: dict[str, int] = {}
"""Path of a file -> its latest change number of which something is remembered."""
_makers: dict[tuple[Hashable, ...], threading.RLock] = {}
_MISSING = object()


def remembered(db: Office, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """Return what ``make`` returns, computed again only after the file has changed or for other roles; by one thread,
    while others that ask the same wait for it. Not used on the file as of a past day (db/figures/as_of.py), which has
    the same path and change number."""
    if db.asked_once("read-only", lambda: db.execute("PRAGMA query_only").fetchone()[0]):
        return make()
    token = change_token(db)
    full_key = (db.file, token, db.roles, *key)  # results found with other rights are never reused
    answer = _remembered.get(full_key, _MISSING)  # looked up once: another thread may forget everything at any moment
    if answer is _MISSING:
        try:
            with _makers.setdefault(full_key, threading.RLock()):
                answer = _remembered.get(full_key, _MISSING)
                if answer is _MISSING:
                    answer = make()
                    _remember(full_key, answer)
        finally:
            _makers.pop(full_key, None)
    found: T = answer
    return found


def _remember(full_key: tuple[Any, ...], answer: Any) -> None:
    file, token, *_ = full_key
    if token > _newest.get(file, -1):  # what is known of the file as it was is never asked for again
        _newest[file] = token
        for old in [one for one in list(_remembered) if one[0] == file]:
            _remembered.pop(old, None)
    if len(_remembered) > 500:
        forget()
    _remembered[full_key] = answer


def forget() -> None:
    """Drop everything that ``remembered`` holds."""
    _remembered.clear()
