"""Start and stop of the server: the lock that allows one server per office file, the end of what a crash interrupted,
the daily backups and the end of forgotten visits, the watch over the file, and how threads share the interpreter."""

import logging
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from db.backup import daily
from db.backup.create import Daily
from db.base.errors import without_values
from db.base.folders import office_path
from db.base.locks import hold
from db.demo import visits
from db.storage import connection, file_watch

_log = logging.getLogger(__name__)


def _work(path: Path, now: datetime) -> None:
    visits.sweep()
    daily.daily(path, now)


def _watch(path: Path, now: datetime) -> None:
    """Notice within a second that the office file or its « -wal » was taken away. A file that cannot be opened is told
    on the pages."""
    if file_watch.is_watched(path):
        file_watch.problem(path)
    elif path.exists():
        with suppress(OSError, sqlite3.Error):
            file_watch.watch(connection.connect(path), path)


SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread lets another one run. A save runs some twenty statements, and waits after each until the
interpreter is free: with Python's usual 5 ms, a page that is computed meanwhile delays it by a tenth of a second."""


def _finish_interrupted(path: Path, finish: Sequence[Callable[[Path], object]]) -> None:
    """Finish what a crash interrupted, above all erasures, before anybody enters. A file that cannot be opened is told
    on the pages; the daily work tries again."""
    for one in finish:
        try:
            one(path)
        except Exception as error:  # noqa: BLE001 — whatever it is, the server says more by running
            _log.error(without_values(error.__cause__ or error))


@asynccontextmanager
async def span(app: Any, finish: Sequence[Callable[[Path], object]] = ()) -> AsyncIterator[None]:
    """Hold the lock and run the daily backups while the server runs. Ends the process when the lock is taken.

    ``finish``: functions that finish what a crash interrupted in other rooms, called with the path of the office file.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    path = office_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = hold(path)
    except BlockingIOError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(2)  # uvicorn would print a traceback for an exception
    _finish_interrupted(path, [daily.at_start, *finish])
    threads = [Daily(_work), Daily(_watch, every=1.0, first=0.0)]
    for thread in threads:
        thread.start(office_path)
    try:
        yield
    finally:
        for thread in threads:
            thread.stop()
        file_watch.forget(path)
        lock.close()
