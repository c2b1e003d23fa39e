"""The change number of the office file, by which open grids notice what colleagues change.

The websocket /suivi sends it as a decimal number: on connection, at each change, and at least every ``_PULSE`` seconds.
GET /changes answers it once, for a browser whose websocket is down.

One thread watches the file for all sockets, from the first one until the last one closes. It is woken by every commit
of this process, and looks every ``_INTERVAL`` seconds for changes by other programs.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from db.base.errors import PaletteError
from db.rows.transactions import committed
from db.storage.connection import change_token, thread_office

_INTERVAL = 0.05
_PULSE = 5.0
"""A browser that has heard nothing for longer knows that its connection is lost."""


def answer(request: Request) -> PlainTextResponse:
    """Return the change number, or 0 when the file cannot be opened. Not async: Starlette runs it in a thread."""
    return PlainTextResponse(str(_read() or 0), headers={"Cache-Control": "no-store"})


def _read() -> int | None:
    """Return the change number, None when the file cannot be read."""
    try:
        return change_token(thread_office())
    except (PaletteError, sqlite3.Error):
        return None


class ChangeWatcher:
    """Watches the change number in a thread of its own while somebody listens.

    ``number``: the last one read, None before the first; while the file cannot be read, the one before, or else 0.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Yield an event of the running loop that is set as soon as there is a number, and at each change of it."""
        changed = asyncio.Event()
        with self._lock:
            self._listeners[changed] = asyncio.get_running_loop()
            if self._thread is None:
                self.number, self._thread = None, threading.Thread(target=self._watch, name="changes", daemon=True)
                self._thread.start()
            elif self.number is not None:
                changed.set()
        try:
            yield changed
        finally:
            with self._lock:
                del self._listeners[changed]
            committed.set()  # wakes the thread, which ends when nobody listens

    def _watch(self) -> None:
        while self._is_listened_to():
            committed.clear()  # before reading: what is committed during the reading is read in the next turn
            number = _read()
            if number is None:
                number = self.number or 0
            if number != self.number:
                self.number = number
                self._tell()
            committed.wait(_INTERVAL)

    def _is_listened_to(self) -> bool:
        with self._lock:
            if not self._listeners:
                self._thread = None
            return self._thread is not None

    def _tell(self) -> None:
        with self._lock:
            for changed, loop in self._listeners.items():
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(changed.set)


watcher = ChangeWatcher()
"""The one of this process."""


async def follow(socket: WebSocket) -> None:
    """Send the change number until the browser leaves or the gate closes the socket. What it sends is not read."""
    await socket.accept()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_send, socket)
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass
        tasks.cancel_scope.cancel()


async def _send(socket: WebSocket) -> None:
    # RuntimeError: the gate has closed the socket, and the server refuses to send any more.
    with watcher.listening() as changed, suppress(WebSocketDisconnect, RuntimeError):
        await changed.wait()
        while True:
            changed.clear()
            await socket.send_text(str(watcher.number))
            with anyio.move_on_after(_PULSE):
                await changed.wait()


ROUTE = Route("/changes", answer)
SOCKET = WebSocketRoute("/suivi", follow)
