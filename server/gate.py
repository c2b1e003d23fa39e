"""The gate: ASGI middleware around all of Streamlit that lets only signed-in requests through.

It covers pages, static files and the websocket. Only the paths in ``OPEN`` are answered without a session, and every
answer gets the security headers below.
"""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, urlsplit

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.accounts import calendar_addresses, sessions
from db.accounts.sessions import COOKIE, IS_SECURE, Session
from db.base.errors import PaletteError
from server import error_pages
from server.settings import OWN_HOST, PROVIDER

OPEN = frozenset({"/connexion", "/bienvenue", "/sante", "/porte.css", "/oidc/entrer", "/oidc/retour"})
"""The only paths that are answered without a session, and those of calendars, which have a secret in their address."""
STREAMLITS = ("/_stcore/", "/media/", "/component/", "/auth/", "/oauth2callback", "/app/static/")
"""Where Streamlit answers by something else than the page and its own files."""
SERVED = {
    "/_stcore/health": "a tab that has lost the server asks whether it is back",
    "/_stcore/host-config": "a tab asks for it before it opens its websocket",
    "/_stcore/stream": "the websocket of the pages",
    "/_stcore/upload_file/": "uploads, bound to roles and tabs by pages/shared/shell/own_files.py",
    "/_stcore/bidi-components/": "the code of the grid and of the other components",
    "/media/": "pictures and downloads, bound to sessions by pages/shared/shell/own_files.py",
}
"""What of it Palette uses, and why; all else is answered by 404: numbers on the server, an interface for agents,
another sign-in, components and files that Palette does not have. A path that ends by « / » stands for all under it."""
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_LOOK_EVERY = 2.0
"""Seconds between two looks at the session of a websocket: one that says nothing is closed soon after its end."""

_POLICY = "; ".join([
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Streamlit needs these: it compiles charts in the browser
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    "worker-src 'self' blob:",
    "frame-src 'self' blob: data:",
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
    f"form-action 'self' {PROVIDER}".strip(),
])  # fmt: skip
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
if IS_SECURE:
    _HEADERS["Strict-Transport-Security"] = "max-age=31536000"


class Gate:
    """ASGI middleware. Stores the session (or None, for an open path) in ``scope["palette"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection. Lifespan messages pass unchecked."""
        if scope["type"] == "http":
            await self._http(scope, receive, _with_headers(scope, send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope)
        if refusal is None:
            cookie = cookie_of(scope)
            session = await _session(cookie, anew=not scope["path"].startswith("/static/"))
            scope["palette"] = session
            if session is None and not _is_open(scope["path"]):
                refusal = _sign_in_first(scope)
            elif not _is_served(scope["path"]):
                refusal = PlainTextResponse("Cette adresse n’existe pas.", 404)
        await error_pages.answer_errors(refusal or self.app, scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookie = cookie_of(scope)
        if _refusal(scope) is not None or await _session(cookie) is None:
            await receive()
            await send({"type": "websocket.close", "code": 4401})  # before the handshake, this is answered by 403
            return

        sessions.asking.set(cookie)
        is_closed = False

        async def close() -> None:
            nonlocal is_closed
            if not is_closed:
                is_closed = True
                await send({"type": "websocket.close", "code": 4401})

        async def receive_while_signed_in() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and await _session(cookie) is None:
                return {"type": "websocket.disconnect", "code": 4401}
            return message

        async def send_while_signed_in(message: Message) -> None:
            if message["type"] == "websocket.send" and await _session(cookie) is None:
                await close()
            if is_closed:
                raise OSError("closed")  # Starlette takes it for a connection that the browser has closed
            await send(message)

        async def close_once_ended() -> None:
            while await _session(cookie) is not None:
                await asyncio.sleep(_LOOK_EVERY)
            with suppress(RuntimeError, OSError):  # the browser has left meanwhile
                await close()

        watching = asyncio.create_task(close_once_ended())
        try:
            await self.app(scope, receive_while_signed_in, send_while_signed_in)
        finally:
            watching.cancel()


# ---- sessions


async def _session(cookie: str, anew: bool = False) -> Session | None:
    """Return the session of a cookie. It is read from the file in a thread, so that other requests do not wait; each
    message of a page asks, so one of the last two seconds is taken without any, unless ``anew``."""
    if not cookie:
        return None
    known = None if anew else sessions.cached(cookie)
    return known or await anyio.to_thread.run_sync(_read_session, cookie)


def _read_session(cookie: str) -> Session | None:
    try:
        return sessions.read(cookie)
    except (PaletteError, sqlite3.Error):  # without a readable file, no session is valid
        return None


def cookies_of(scope: Scope) -> Mapping[str, str]:
    """Return the cookies of a request as Starlette reads them, each by itself: one that another site of the domain set
    and that breaks the rules hides none of ours. ``st.context.cookies`` is read in the same way."""
    return HTTPConnection(scope).cookies


def cookie_of(scope: Scope) -> str:
    """Return the session cookie, or ''."""
    return cookies_of(scope).get(COOKIE, "")


# ---- refusals


def _refusal(scope: Scope) -> Response | None:
    """Refuse a wrong Host header (DNS rebinding) and requests caused by another site (CSRF); None when fine."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if OWN_HOST and host != OWN_HOST and scope["path"] != "/sante":
        return PlainTextResponse("Cette adresse n’est pas celle de Palette.", 400)
    changes = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
    origin = headers.get("origin")
    if changes and (urlsplit(origin).netloc != host if origin else scope["type"] == "websocket"):
        return PlainTextResponse("Cette demande vient d’un autre site : refusée.", 403)
    if changes and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return PlainTextResponse("Cette demande vient d’un autre site : refusée.", 403)
    return None


def _is_open(path: str) -> bool:
    return path in OPEN or calendar_addresses.is_address(path)


def _is_served(path: str) -> bool:
    """Return whether an address is one of Palette or one of Streamlit's that Palette uses."""
    if not path.startswith(STREAMLITS):
        return True
    return any(path.startswith(one) if one.endswith("/") else path == one for one in SERVED)


def _sign_in_first(scope: Scope) -> Response:
    """Redirect a page request to the sign-in page, which leads back to it; refuse any other request."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if scope["method"] in _SAFE_METHODS and wants_page:
        query = scope["query_string"].decode("latin-1")
        target = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/connexion?vers={quote(target, safe='')}" if target != "/" else "/connexion", 303)
    return PlainTextResponse("Connectez-vous d’abord.", 401)


def _with_headers(scope: Scope, send: Send) -> Send:
    """Return a ``send`` that adds the security headers, and forbids caching except of Streamlit's static files."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            for name in ("access-control-allow-origin", "server"):
                if name in headers:
                    del headers[name]
            if not scope["path"].startswith("/static/"):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_with_headers
