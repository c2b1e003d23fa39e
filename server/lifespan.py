"""Start and stop of the server: the lock that allows one server per office file, the end of what a crash interrupted,
the daily backups and the end of forgotten visits, and how threads share the interpreter."""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from db.backup import daily
from db.backup.create import Daily
from db.base.errors import without_values
from db.base.folders import office_path
from db.base.locks import hold
from db.demo import visits

_log = logging.getLogger(__name__)


def _work(path: Path, now: datetime) -> None:
    visits.sweep()
    daily.daily(path, now)


SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread lets another one run. A save runs some twenty statements, and waits after each until the
interpreter is free: with Python's usual 5 ms, a page that is computed meanwhile delays it by a tenth of a second."""


def _finish_interrupted(path: Path) -> None:
    """Finish what a crash interrupted, above all erasures, before anybody enters. A file that cannot be opened is told
    on the pages; the daily work tries again."""
    try:
        daily.at_start(path)
    except Exception as error:  # noqa: BLE001 — whatever it is, the server says more by running
        _log.error(without_values(error.__cause__ or error))


@asynccontextmanager
async def span(app: Any) -> AsyncIterator[None]:
    """Hold the lock and run the daily backups while the server runs. Ends the process when the lock is taken."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    path = office_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = hold(path)
    except BlockingIOError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(2)  # uvicorn would print a traceback for an exception
    _finish_interrupted(path)
    backups = Daily(_work)
    backups.start(office_path)
    try:
        yield
    finally:
        backups.stop()
        lock.close()
