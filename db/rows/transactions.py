"""Transactions: what one save writes, whole and sealed in the audit chain; and trials that write nothing."""

import sqlite3
import threading
from collections.abc import Iterator
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
_writers: dict[str, threading.Lock] = {}


@contextmanager
def _taking_turns(db: Office) -> Iterator[str]:
    """Let the threads of this process write to one file in turn, and yield its path, '' in memory. Raises BusyError.

    SQLite alone makes a connection ask again after ever longer pauses, so that with fifty people at once a save now and
    then waits for seconds.
    """
    file = str(db.execute("PRAGMA database_list").fetchone()[2] or "")
    turn = _writers.setdefault(file, threading.Lock()) if file else threading.Lock()
    if not turn.acquire(timeout=_WAIT):
        raise BusyError("Le fichier est occupé par un autre enregistrement : rien n’a été enregistré, réessayez.")
    try:
        yield file
    finally:
        turn.release()


@contextmanager
def writing(db: Office, undoes: int | None = None) -> Iterator[None]:
    """Run a block as one transaction: all or nothing, one writer at a time.

    What it adds to the history becomes one operation and is sealed in the audit chain. ``undoes``: the id of the
    operation that it takes back. Raises BusyError, StorageError or AccessError for SQLite's errors.
    """
    with _taking_turns(db) as file:
        if file:
            file_watch.refuse_if_lost(Path(file))
        try:
            db.execute("BEGIN IMMEDIATE")
            before = change_token(db)
            yield
            operations.note(db, before, undoes)
            if _changes_dictionary(db, before):
                upgrade.renew(db)
            with permissions.lifted(db):
                audit_chain.seal(db)
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
    """Run a block and roll back everything it wrote. Raises BusyError, StorageError, AccessError.

    The block must not call ``connection.remembered``: the answer would be kept under a change number that the next
    real save gets as well.
    """
    with _taking_turns(db):
        try:
            db.execute("BEGIN IMMEDIATE")
            yield
        except sqlite3.Error as error:
            raise palette_error(error) or error from error
        finally:
            _roll_back(db)


def _roll_back(db: Office) -> None:
    if db.in_transaction:  # a full disk ends the transaction by itself
        db.execute("ROLLBACK")
    db.forget_dictionary()
