"""Start and stop of the server: the lock that allows one server per office file, the daily backups and the end of
forgotten visits, and how threads share the interpreter."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from db.backup import daily
from db.backup.create import Daily
from db.base.folders import office_path
from db.base.locks import hold
from db.demo import visits


def _work(path: Path, now: datetime) -> None:
    visits.sweep()
    daily.daily(path, now)


SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread lets another one run. A save runs some twenty statements, and waits after each until the
interpreter is free: with Python's usual 5 ms, a page that is computed meanwhile delays it by a tenth of a second."""


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
    backups = Daily(_work)
    backups.start(office_path)
    try:
        yield
    finally:
        backups.stop()
        lock.close()
