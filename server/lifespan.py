"""From start to stop: one server on a file at a time, and the backups that it makes by itself."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from db.backup import daily as upkeep
from db.backup.create import Daily
from db.base.folders import office_path
from db.base.locks import hold


@asynccontextmanager
async def span(app: Any) -> AsyncIterator[None]:
    """What st.App calls around its life."""
    path = office_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = hold(path)
    except BlockingIOError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(2)  # uvicorn would wrap it in a traceback
    daily = Daily(upkeep.daily)
    daily.start(office_path)
    try:
        yield
    finally:
        daily.stop()
        lock.close()
