"""The public site as one application: it serves the file of a folder, and what takes its place, without a pause."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from partners import prose as written
from partners.guard import App, Guard, Plain, Receive, Scope, Send
from partners.instance import started
from partners.release_reader import ForeignFileError, load, own_tables

_EVERY = 1.0
"""Seconds between two looks at the file."""
_log = logging.getLogger(__name__)


class Site:
    """ASGI. A request is answered by the release that was current when it came, even when another takes its place."""

    def __init__(self, path: Path, robots: bool = False) -> None:
        self._path, self._prose = path, written.read()
        self._current: App | None = None
        self._seen: tuple[int, ...] | None = None
        self._guard = Guard(lambda: self._current, Plain(self._prose), robots)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._guard(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.look()
        watch = asyncio.create_task(self._watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await send({"type": "lifespan.shutdown.complete"})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            await self.look()

    async def look(self) -> None:
        """Serve what is there now. A file that cannot be served changes nothing; one that is gone is withdrawn."""
        seen = _identity(self._path)
        if seen == self._seen:
            return
        self._seen = seen
        if seen is None:
            self._current = None
            return
        try:
            self._current = await self._opened()
        except (FileNotFoundError, MemoryError):
            self._seen = ()  # taken away in between, or somebody’s query holds the memory: the next look decides
        except ForeignFileError as error:
            _log.error("%s n’est pas servi : %s", self._path.name, error)
        except Exception:  # noqa: BLE001  # whatever is wrong with the new file, the site goes on with the old one
            _log.exception("%s n’est pas servi", self._path.name)

    async def _opened(self) -> Any:
        data = await asyncio.to_thread(self._path.read_bytes)
        prose = self._prose.knowing(await asyncio.to_thread(own_tables, data))
        return await started(await asyncio.to_thread(load, data, prose), prose)


def _identity(path: Path) -> tuple[int, ...] | None:
    """What changes when another file takes the place; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
