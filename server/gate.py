"""The gate: nothing behind it is reached without being signed in, page, file or websocket, and every answer is dressed.

Pure ASGI around the whole of Streamlit, so that there is no way round it: what is open is a closed list.
"""

import sqlite3
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.accounts import sessions
from db.accounts.sessions import COOKIE, IS_SECURE, Session
from db.base.errors import PaletteError
from server import error_pages
from server.settings import OWN_HOST, PROVIDER

OPEN = frozenset({"/connexion", "/bienvenue", "/sante", "/porte.css", "/oidc/entrer", "/oidc/retour"})
"""What is answered without being signed in; nothing else is."""
_SAFE = frozenset({"GET", "HEAD"})

_POLICY = "; ".join([
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Streamlit's own: charts are compiled in the browser
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
    """ASGI middleware. What passes carries its session in ``scope["palette"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection: lifespan passes, HTTP and websocket are looked at."""
        if scope["type"] == "http":
            await self._http(scope, receive, _dressed(scope, send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope)
        if refusal is None:
            cookie = cookie_of(scope)
            session = await _session(cookie)
            scope["palette"] = session
            if session is None and scope["path"] not in OPEN:
                refusal = _sign_in_first(scope)
        await error_pages.in_words(refusal or self.app, scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookie = cookie_of(scope)
        if _refusal(scope) is not None or await _session(cookie) is None:
            await receive()
            await send({"type": "websocket.close", "code": 4401})  # before it is accepted: the visitor is answered 403
            return

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and await _session(cookie) is None:
                return {"type": "websocket.disconnect", "code": 4401}
            return message

        async def said(message: Message) -> None:
            if message["type"] == "websocket.send" and await _session(cookie) is None:
                message = {"type": "websocket.close", "code": 4401}
            await send(message)

        await self.app(scope, heard, said)


# ---- who it is


async def _session(cookie: str) -> Session | None:
    """The session of a cookie; the file is asked in a thread, so that nobody waits behind it."""
    return await anyio.to_thread.run_sync(_ask, cookie) if cookie else None


def _ask(cookie: str) -> Session | None:
    try:
        return sessions.current(cookie)
    except (PaletteError, sqlite3.Error):  # nobody enters a file that cannot be read
        return None


def cookies_of(scope: Scope) -> Mapping[str, str]:
    """The cookies of a request; none when they cannot be read."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load("; ".join(Headers(scope=scope).getlist("cookie")))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def cookie_of(scope: Scope) -> str:
    """The session's cookie, or ''."""
    return cookies_of(scope).get(COOKIE, "")


# ---- what is refused whoever asks


def _refusal(scope: Scope) -> Response | None:
    """Another host's name (DNS rebinding), or a request that another site makes the browser send."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if OWN_HOST and host != OWN_HOST and scope["path"] != "/sante":
        return PlainTextResponse("Cette adresse n’est pas celle de Palette.", 400)
    changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
    origin = headers.get("origin")
    if changes and (urlsplit(origin).netloc != host if origin else scope["type"] == "websocket"):
        return PlainTextResponse("Cette demande vient d’un autre site : refusée.", 403)
    if changes and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return PlainTextResponse("Cette demande vient d’un autre site : refusée.", 403)
    return None


def _sign_in_first(scope: Scope) -> Response:
    """A page leads to the sign-in and back; anything else is refused."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if scope["method"] in _SAFE and wants_page:
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/connexion?vers={quote(wanted, safe='')}" if wanted != "/" else "/connexion", 303)
    return PlainTextResponse("Connectez-vous d’abord.", 401)


def _dressed(scope: Scope, send: Send) -> Send:
    """Every answer carries the headers above; what is somebody's is kept in no cache."""

    async def dress(message: Message) -> None:
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

    return dress
