"""Long writes: one operation of many rows, all or nothing, that lets other people save in between.

SQLite lets one transaction write at a time, and an import of 30,000 rows takes ten seconds. As soon as somebody else
waits, a long write therefore commits what it has written so far (a *slice*), and goes on once they have saved. From its
first slice to its end, the table ``long_write`` says so, and a trigger keeps everybody else away from the rows that it
has written (db/storage/system_tables.py). A long write that does not reach its end is taken back: at once when it was
cancelled or refused; when the process was killed, at the next start of Palette or the next long write. As long as
nobody waits it is one transaction like any other.

One long write at a time is under way in each file, other processes included.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from db.base import locks
from db.base.errors import BusyError
from db.base.progress import Progress
from db.model.office import Office
from db.rows import operations, reversal
from db.rows.operations import Operation
from db.rows.transactions import give_way, somebody_waits, writing
from db.storage import connection, permissions
from db.storage.connection import change_token

T = TypeVar("T")

FEW = 300
"""A write of no more rows takes about a tenth of a second: it is one transaction, and waits for no long write."""
_SHORTEST = 0.1
"""Seconds that a slice lasts at least, so that a long write ends even while many people save."""
_OF_SERVER = 0.25
"""Seconds that a slice lasts at most while a server of another process has the file: who waits there is not seen."""
_PAUSE = 0.15
"""Seconds between two slices for that server; SQLite asks for the lock again every tenth of a second."""
_LOOK_AGAIN = 0.1
_LONGEST_WAIT = 10.0
"""Seconds that a long write without progress waits for another one, as any other write does."""
_FOREVER = 3600.0
_BUSY = "Un grand enregistrement est en cours (un import…) : rien n’a été enregistré, réessayez dans un instant."
_IN_PART = (
    "Un grand enregistrement (un import…) n’est pas terminé, et ses lignes seraient comptées en partie : attendez sa"
    " fin, puis recommencez."
)


class LongWrite:
    """A long write under way, which ``in_slices`` begins and ends.

    ``operation``: the id of the operation of its first slice, which stands for the whole. ``is_partly_stored``: whether
    a slice is committed. ``transaction``: the present slice.
    """

    def __init__(self, db: Office, undoes: int | None = None, takes_back: Operation | None = None) -> None:
        """``undoes``: as of ``writing``; ``takes_back``: the unfinished operation, when this write undoes one."""
        self.operation = takes_back.undone_by if takes_back else None
        self.is_partly_stored, self.transaction = False, ExitStack()
        self._db, self._undoes = db, takes_back.id if takes_back else undoes
        self._unfinished = takes_back.id if takes_back else None
        self._is_served_elsewhere = locks.is_served_elsewhere(connection.path_of(db))
        self._is_last, self._last_line, self._began = False, 0, 0.0
        self._changed: dict[tuple[str, int], str] = {}

    def begin(self) -> None:
        """Begin a slice."""
        undoes = None if self.operation else self._undoes
        self.transaction.enter_context(writing(self._db, undoes, self.note, _FOREVER))
        self._began = time.monotonic()
        if self.is_partly_stored or self._unfinished:
            with permissions.unlimited(self._db):
                self._db.execute("UPDATE long_write SET writing = 1")

    def note(self, operation: int | None) -> None:
        """Record the operation of the slice, and that the long write is unfinished or has ended."""
        part, self.operation = operation if self.operation else None, self.operation or operation
        unfinished = self._unfinished or self.operation
        if unfinished and (self.is_partly_stored or self._unfinished or not self._is_last):
            with permissions.unlimited(self._db):
                if part:
                    self._db.execute("INSERT INTO operation_part (id, whole) VALUES (?, ?)", (part, self.operation))
                if self._is_last:
                    self._db.execute("DELETE FROM long_write")
                else:
                    self._db.execute("INSERT OR REPLACE INTO long_write VALUES (1, ?, 0)", (unfinished,))
        self._last_line = change_token(self._db)

    def each(self, rows: Iterable[T]) -> Iterator[T]:
        """Yield rows to write, and let others save before each."""
        for row in rows:
            self.let_others()
            yield row

    def let_others(self) -> None:
        """Commit the slice and begin another when somebody waits to save. To be called before each row."""
        seconds = time.monotonic() - self._began
        if seconds > _SHORTEST and (somebody_waits(self._db) or (self._is_served_elsewhere and seconds > _OF_SERVER)):
            self._commit()
            if self._is_served_elsewhere:
                time.sleep(_PAUSE)
            give_way(self._db)
            self.begin()
            sql = "SELECT table_name, row_id, who FROM history WHERE id > ?"
            for table, row, who in self._db.execute(sql, (self._last_line,)):
                self._changed[table, row] = who

    def _commit(self) -> None:
        self.transaction.close()
        self.is_partly_stored = True

    def changed_by_others(self) -> dict[tuple[str, int], str]:
        """Return the rows, as (table, id), that others have written since the last call -> by whom."""
        changed, self._changed = self._changed, {}
        return changed

    def end(self) -> None:
        """Commit the last slice: everything is stored."""
        self._is_last = True
        self.transaction.close()


@contextmanager
def in_slices(
    db: Office, rows: int, undoes: int | None = None, progress: Progress | None = None
) -> Iterator[LongWrite]:
    """Run a block that writes about ``rows`` rows, all or nothing, and calls ``each`` or ``let_others`` before each.

    ``undoes``: as of ``writing``. ``progress`` is called while another long write is under way, for as long as that
    lasts; without it the wait is ten seconds. Raises BusyError, and what ``writing`` and the block raise: what was
    written is then taken back.
    """
    path = connection.path_of(db)
    if rows <= FEW or not path.name:
        write: LongWrite = _OneTransaction(db)
        with writing(db, undoes, write.note):
            yield write
        return
    with _alone(path, progress):
        _take_back_unfinished(db)
        write = LongWrite(db, undoes)
        try:
            with _whole(write):
                yield write
        finally:
            if write.is_partly_stored:
                _take_back_unfinished(db)


class _OneTransaction(LongWrite):
    """A write of few rows, or in memory: one transaction, in which others do not save."""

    def let_others(self) -> None:
        """Do nothing."""

    def note(self, operation: int | None) -> None:
        """Keep the id of the operation."""
        self.operation = operation


@contextmanager
def _whole(write: LongWrite) -> Iterator[None]:
    """Run a block in slices. When it raises, roll back the last one and raise what SQLite's error means."""
    try:
        write.begin()
        yield
        write.end()
    except BaseException:
        with write.transaction:
            raise


@contextmanager
def _alone(path: Path, progress: Progress | None) -> Iterator[None]:
    until = time.monotonic() + _LONGEST_WAIT
    while True:
        with locks.long_writing_if_free(path) as is_free:
            if is_free:
                yield
                return
        if progress:
            progress(0.0, "un autre grand enregistrement se termine")
        elif time.monotonic() > until:
            raise BusyError(_BUSY)
        time.sleep(_LOOK_AGAIN)


def finish(path: Path) -> None:
    """Take back the long write that a killed process left unfinished, if any. Raises BusyError, and RuleError when a
    rule forbids the earlier rows."""
    with closing(connection.open_file(path)) as db, locks.long_writing_if_free(path) as is_free:
        if is_free:
            _take_back_unfinished(db)


def unfinished(db: Office) -> Operation | None:
    """Return the operation of the long write that is under way or was left unfinished, or None."""
    row = db.execute("SELECT operation FROM long_write").fetchone()
    return operations.get(db, row[0]) if row else None


def refuse_in_part(db: Office) -> None:
    """Raise BusyError while a long write is stored in part, for what must not count a part of it."""
    if unfinished(db):
        raise BusyError(_IN_PART)


@contextmanager
def reading_whole(db: Office) -> Iterator[None]:
    """Run a block that reads the file. Raises BusyError when it may have read a long write in part."""
    refuse_in_part(db)
    (parts,) = db.execute("SELECT count(*) FROM operation_part").fetchone()
    yield
    refuse_in_part(db)
    if db.execute("SELECT count(*) FROM operation_part").fetchone() != (parts,):
        raise BusyError(_IN_PART)


def _take_back_unfinished(db: Office) -> None:
    """Take back what is stored of a long write that did not reach its end, under the name of its author."""
    operation = unfinished(db)
    if operation:
        write = LongWrite(db, takes_back=operation)
        with _whole(write):
            reversal.take_back(db, reversal.lines(db, operation.id), operation.who, write.let_others)
