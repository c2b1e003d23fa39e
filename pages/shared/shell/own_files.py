"""ASGI middleware inside the gate, for what Streamlit serves and takes to whoever knows an address: files are given
only to the session that asked for them, and taken only from a person whose roles have an uploader.

Streamlit names a file by its content, and keeps what is uploaded until its tab is closed.
"""

import asyncio
import threading
from collections import defaultdict
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.media_file_storage import MediaFileKind

from db.accounts import sessions
from db.accounts.sessions import COOKIE, Session
from pages.shared.shell.screens import SCREENS
from pages.shared.shell.session import cookie

_MEDIA, _UPLOADS = "/media/", "/_stcore/upload_file/"
_SCREENS = [screen for group in SCREENS.values() for screen in group]
_UPLOADERS = frozenset(role for screen in _SCREENS if screen.has_uploader for role in screen.roles)
MOST_WAITING = 50 * 2**20
"""Bytes that the tabs of a person may hold when one more file is sent: what a page has taken is dropped (uploads.py).
The largest that Streamlit takes is as large (server.maxUploadSize), so that a person holds at most the double."""
KEPT_SECONDS = 60.0
"""How much longer than Streamlit a download is kept. Streamlit drops it at the second script that ends anywhere in the
server: with twenty people at work that is a fifth of a second, and the browser may not have asked for it yet."""
_NOT_YOURS = "Ce fichier n’est plus là pour vous : rechargez la page, et demandez-le de nouveau."
_NO_UPLOADER = "Votre rôle ne permet pas de déposer un fichier."
_NOT_YOUR_TAB = "Cet onglet n’est pas le vôtre : rechargez la page."
_TOO_MANY = "Vous avez déposé trop de fichiers à la fois : rechargez la page, et recommencez avec moins."


class OwnFiles:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._owners: dict[str, set[str]] | None = None
        """The cookies of the sessions that asked for each file that Streamlit serves, by the name of the file."""
        self._accounts: dict[str, int] = {}
        """The account of each tab that has uploaded something, by Streamlit's name of the tab."""
        self._uploading: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if self._owners is None and scope["type"] != "lifespan":
            self._owners = _note_owners()
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(_MEDIA):
            await (self._refuse_file(scope) or self.app)(scope, receive, send)
        elif scope["type"] == "http" and path.startswith(_UPLOADS):
            await self._take_upload(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refuse_file(self, scope: Scope) -> Response | None:
        file_id = scope["path"].removeprefix(_MEDIA).partition(".")[0]
        is_own = HTTPConnection(scope).cookies.get(COOKIE) in (self._owners or {}).get(file_id, ())
        return None if is_own else PlainTextResponse(_NOT_YOURS, 403)

    async def _take_upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an upload on, one of a person at a time, so that those that have not arrived yet are counted."""
        session: Session = scope["palette"]
        tab = scope["path"].removeprefix(_UPLOADS).partition("/")[0]
        async with self._uploading[session.account.id]:
            refusal = self._refuse_upload(scope, tab, session)
            await (refusal or self.app)(scope, receive, send)

    def _refuse_upload(self, scope: Scope, tab: str, session: Session) -> Response | None:
        """Return why a file is not taken, or not removed; None when it is."""
        if not session.account.roles & _UPLOADERS:
            return PlainTextResponse(_NO_UPLOADER, 403)
        client: Any = runtime.get_instance().get_client(tab)
        if client is None or client.client_context.cookies.get(COOKIE) != HTTPConnection(scope).cookies.get(COOKIE):
            return PlainTextResponse(_NOT_YOUR_TAB, 403)
        if scope["method"] == "PUT":
            kept: Any = runtime.get_instance().uploaded_file_mgr
            self._accounts = {one: of for one, of in self._accounts.items() if one in kept.file_storage}
            tabs = [one for one, of in self._accounts.items() if of == session.account.id]
            if sum(len(file.data) for one in tabs for file in list(kept.file_storage[one].values())) > MOST_WAITING:
                return PlainTextResponse(_TOO_MANY, 413)
            self._accounts[tab] = session.account.id
        return None


def _note_owners() -> dict[str, set[str]]:
    """Note from now on which session asks for a file that Streamlit is to serve. Streamlit has no hook for it."""
    manager: Any = runtime.get_instance().media_file_mgr
    storage = manager._storage
    load, delete = storage.load_and_get_id, storage.delete_file
    owners: defaultdict[str, set[str]] = defaultdict(set)

    def load_and_note(*values: Any, **named: Any) -> str:
        file_id: str = load(*values, **named)
        owners[file_id].add(sessions.asking.get("") or cookie())  # a deferred download, or the script of a page
        return file_id

    def delete_and_forget(file_id: str) -> None:
        if storage.get_file(file_id).kind == MediaFileKind.DOWNLOADABLE:
            later = threading.Timer(KEPT_SECONDS, delete_unless_made_again, [file_id])
            later.daemon = True  # the server does not wait for it when it stops
            later.start()
        else:
            delete(file_id)
            owners.pop(file_id, None)

    def delete_unless_made_again(file_id: str) -> None:
        with manager._lock:
            if file_id not in manager._file_metadata:
                delete(file_id)
                owners.pop(file_id, None)

    storage.load_and_get_id, storage.delete_file = load_and_note, delete_and_forget
    return owners
