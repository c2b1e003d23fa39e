"""The ASGI application in front of Datasette: allowed addresses and methods, and the headers of every response."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from partners.instance import VISITOR
from partners.prose import Prose
from partners.release_reader import DATABASE
from partners.template_helpers import STATIC, add_helpers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ADDRESSES = re.compile(
    rf"/|/{DATABASE}(/|\.(db|json|csv|xlsx|excel))?|/{DATABASE}/[^/]+(/[^/]+)?/?|/tableau-de-bord/?|/datapackage\.json|/graphique/[^/]+"
)
"""The addresses that partners need. Datasette's pages about itself (« /-/… ») are closed."""
_FILES = {path.name for path in STATIC.iterdir()}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"
"""For a picture opened alone: it may style itself and may not fetch anything."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Access-Control-Allow-Origin": "*",
}
_PREFLIGHT = {"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS", "Access-Control-Max-Age": "3600"}
_ROBOTS = {True: f"User-agent: *\nAllow: /\nDisallow: /{DATABASE}?\nDisallow: /*?_\n", False: "User-agent: *\nDisallow: /\n"}  # fmt: skip  # noqa: E501


class StandalonePages:
    """The pages that need no release: nothing published yet, and errors."""

    def __init__(self, prose: Prose) -> None:
        self._env = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
        add_helpers(self._env, None, prose)

    def render(self, template: str, **variables: Any) -> bytes:
        """Return a page as bytes."""
        return self._env.get_template(template).render(**variables).encode()


async def send_response(
    send: Send, status: int, body: bytes, content_type: str = "text/html; charset=utf-8", **headers: str
) -> None:
    """Send a complete response. ``headers``: an underscore in a name stands for a hyphen."""
    named = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def is_known(scope: Scope) -> bool:
    """Whether the address, both as sent and once decoded, is one that the site serves."""
    path = str(scope["path"])
    raw = (scope.get("raw_path") or path.encode()).partition(b"?")[0].decode("latin-1")
    if path in (f"/{DATABASE}.csv", f"/{DATABASE}.xlsx", f"/{DATABASE}.excel"):
        return b"sql=" in scope["query_string"]
    if path.startswith("/static/"):
        return path == raw and path.removeprefix("/static/") in _FILES
    return all(_ADDRESSES.fullmatch(address) and ".." not in address for address in (path, raw))


def visitor(scope: Scope) -> str:
    """Return the network address of a visitor; for IPv6 its first half, which one line has for itself."""
    address = (scope.get("client") or ("",))[0]
    try:
        number = ip_address(address)
    except ValueError:
        return str(address)
    return str(number) if number.version == 4 else str(ip_network((number, 64), strict=False))


class Guard:
    """The application around that of the current release. ``current`` returns the latter, None if nothing is published.
    ``robots``: whether search engines may index the site."""

    def __init__(self, current: Callable[[], App | None], pages: StandalonePages, robots: bool) -> None:
        self._current, self._pages, self._robots = current, pages, robots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        VISITOR.set(visitor(scope))
        send = self._with_headers(scope, send)
        path, app = scope["path"], self._current()
        if scope["method"] == "OPTIONS":
            await send_response(send, 204, b"", **_PREFLIGHT)
        elif scope["method"] not in ("GET", "HEAD"):
            await send_response(send, 405, self._error(405, "Ce site se lit seulement", "Rien ne peut y être envoyé."))
        elif path == "/robots.txt":
            await send_response(send, 200, _ROBOTS[self._robots].encode(), "text/plain; charset=utf-8")
        elif path.startswith("/static/") and is_known(scope):
            name = path.removeprefix("/static/")
            content_type = "text/css; charset=utf-8" if name.endswith(".css") else "image/svg+xml"
            await send_response(send, 200, (STATIC / name).read_bytes(), content_type, Cache_Control="max-age=3600")
        elif app and is_known(scope):
            await app(scope, receive, send)
        elif not app and path == "/":
            await send_response(send, 200, self._pages.render("empty.html"))
        else:
            message = "L’adresse est peut-être mal recopiée, ou la page a changé de place."
            await send_response(send, 404, self._error(404, "Cette page n’existe pas", message))

    def _error(self, status: int, title: str, message: str) -> bytes:
        return self._pages.render("error.html", status=status, title=title, message=message)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        is_picture = scope["path"].startswith("/graphique/")
        headers = {**HEADERS, "Content-Security-Policy": _PICTURE_POLICY if is_picture else _POLICY}
        headers |= {"Cross-Origin-Resource-Policy": "cross-origin"} if is_picture else {"X-Frame-Options": "DENY"}
        headers |= {} if self._robots else {"X-Robots-Tag": "noindex, nofollow"}

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added = {name.lower().encode(): value.encode() for name, value in headers.items()}
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in added]
                message = {**message, "headers": [*kept, *added.items()]}
            await send(message)

        return send_with_headers
