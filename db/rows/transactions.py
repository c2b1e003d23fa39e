"""Transactions: what one save writes, whole and sealed in the audit chain; and trials that write nothing."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from db.base.errors import BusyError
from db.base.sqlite_errors import palette_error
from db.model.dictionary import OWN_FIELD, OWN_VALUE
from db.model.office import Office
from db.rows import operations
from db.storage import audit_chain, file_watch, permissions, upgrade
from db.storage.connection import change_token

committed = threading.Event()
"""Set after each commit of this process. The only one that waits for it and clears it is server/changes.py."""

_WAIT = 10.0
"""Seconds, as the busy_timeout of connection.py."""

_GIVEN = 0.15
"""Seconds that ``give_way`` waits at most."""


class _WriteTurn:
    """The turn to write to one file, for the threads of this process.

    SQLite alone makes a connection ask again after ever longer pauses, so that with fifty people at once a save now and
    then waits for seconds. ``waiting``: how many threads wait for the turn.
    """

    def __init__(self) -> None:
        self._lock, self._count = threading.Lock(), threading.Lock()
        self.waiting = 0

    @contextmanager
    def taken(self, seconds: float) -> Iterator[None]:
        """Hold the turn within the block. Raises BusyError after that many seconds of waiting."""
        with self._count:
            self.waiting += 1
        try:
            is_ours = self._lock.acquire(timeout=seconds)
        finally:
            with self._count:
                self.waiting -= 1
        if not is_ours:
            raise BusyError("Le fichier est occupé par un autre enregistrement : rien n’a été enregistré, réessayez.")
        try:
            yield
        finally:
            self._lock.release()


_turns: dict[str, _WriteTurn] = {}


def _turn_of(db: Office) -> tuple[_WriteTurn, str]:
    """Return the turn of a connection's file, and the path of the file, '' in memory."""
    return (_turns.setdefault(db.file, _WriteTurn()) if db.file else _WriteTurn()), db.file


def somebody_waits(db: Office) -> bool:
    """Return whether another thread of this process waits to write to the file of this connection."""
    return _turn_of(db)[0].waiting > 0


def give_way(db: Office) -> None:
    """Wait until nobody waits to write to the file of this connection, outside a transaction; ``_GIVEN`` at most."""
    turn, until = _turn_of(db)[0], time.monotonic() + _GIVEN
    while turn.waiting and time.monotonic() < until:
        time.sleep(0.002)


def _note_nothing(_operation: int | None) -> None:
    """Do nothing: the default of ``at_end``."""


@contextmanager
def writing(
    db: Office, undoes: int | None = None, at_end: Callable[[int | None], None] = _note_nothing, wait: float = _WAIT
) -> Iterator[None]:
    """Run a block as one transaction: all or nothing, one writer at a time.

    What it adds to the history becomes one operation and is sealed in the audit chain. ``undoes``: the id of the
    operation that it takes back. ``at_end`` is called before the commit with the id of the operation. ``wait``:
    the longest wait for the threads of this process, in seconds. Raises BusyError, StorageError or AccessError for
    SQLite's errors.
    """
    turn, file = _turn_of(db)
    with turn.taken(wait):
        if file:
            file_watch.refuse_if_lost(Path(file))
        try:
            db.execute("BEGIN IMMEDIATE")
            before = change_token(db)
            yield
            operation = operations.note(db, before, undoes)
            if _changes_dictionary(db, before):
                upgrade.renew(db)
            with permissions.lifted(db):
                audit_chain.seal(db)
            at_end(operation)
            db.execute("COMMIT")
            committed.set()
        except BaseException as error:
            _roll_back(db)
            mapped = palette_error(error) if isinstance(error, sqlite3.Error) else None
            if mapped:
                raise mapped from error
            raise


@contextmanager
def savepoint(db: Office) -> Iterator[None]:
    """Run a block within a running transaction; when it raises, take back what it wrote and nothing else."""
    db.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # a full disk ends the transaction by itself
            db.execute("ROLLBACK TO part")
            db.execute("RELEASE part")
        raise
    db.execute("RELEASE part")


def _changes_dictionary(db: Office, before: int) -> bool:
    """Return whether this transaction changed a field or list of the office's own; the file's columns must follow."""
    sql = "SELECT 1 FROM history WHERE id > ? AND table_name IN (?, ?) LIMIT 1"
    return db.execute(sql, (before, OWN_FIELD.name, OWN_VALUE.name)).fetchone() is not None


@contextmanager
def rehearsing(db: Office) -> Iterator[None]:
    """Run a block, roll back everything it wrote, and let whoever waits save. Raises BusyError, StorageError,
    AccessError.

    The block must not call ``connection.remembered``: the answer would be kept under a change number that the next
    real save gets as well.
    """
    with _turn_of(db)[0].taken(_WAIT):
        try:
            db.execute("BEGIN IMMEDIATE")
            yield
        except sqlite3.Error as error:
            raise palette_error(error) or error from error
        finally:
            _roll_back(db)
    give_way(db)


def _roll_back(db: Office) -> None:
    if db.in_transaction:  # a full disk ends the transaction by itself
        db.execute("ROLLBACK")
    db.forget_dictionary()
