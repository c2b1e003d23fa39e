"""The site as one ASGI application: it serves a public file, and any file that replaces it, without interruption."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from partners import prose
from partners.guard import App, Guard, Receive, Scope, Send, StandalonePages
from partners.instance import start_app
from partners.release_reader import ForeignFileError, load, read_own_tables

_CHECK_SECONDS = 1.0
"""Time between two checks of the file."""
_log = logging.getLogger(__name__)


class Site:
    """The ASGI application. A request is answered from the release that was current when the request arrived."""

    def __init__(self, path: Path, robots: bool = False) -> None:
        self._path, self._prose = path, prose.read()
        self._current: App | None = None
        self._identity: tuple[int, ...] | None = None
        self._guard = Guard(lambda: self._current, StandalonePages(self._prose), robots)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._run_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._guard(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _run_lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.reload()
        watch = asyncio.create_task(self._watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await send({"type": "lifespan.shutdown.complete"})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            await self.reload()

    async def reload(self) -> None:
        """Load the file if it has changed. One that cannot be served is ignored; without a file nothing is served."""
        identity = _file_identity(self._path)
        if identity == self._identity:
            return
        self._identity = identity
        if identity is None:
            self._current = None
            return
        try:
            self._current = await self._start_release()
        except (FileNotFoundError, MemoryError):
            self._identity = ()  # deleted meanwhile, or a query uses all the memory: try again at the next check
        except ForeignFileError as error:
            _log.error("%s n’est pas servi : %s", self._path.name, error)
        except Exception:  # noqa: BLE001  # on any error in the new file, the site still serves the old one
            _log.exception("%s n’est pas servi", self._path.name)

    async def _start_release(self) -> Any:
        data = await asyncio.to_thread(self._path.read_bytes)
        complete = self._prose.with_own_tables(await asyncio.to_thread(read_own_tables, data))
        return await start_app(await asyncio.to_thread(load, data, complete), complete)


def _file_identity(path: Path) -> tuple[int, ...] | None:
    """Return what differs when another file has replaced this one, or None without a file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
