"""What stands before every page: which addresses and methods there are, and what every answer says of itself."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from partners.prose import Prose
from partners.release_reader import DATABASE
from partners.template_helpers import STATIC, dress

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ADDRESSES = re.compile(
    rf"/|/{DATABASE}(/|\.(db|json|csv|xlsx))?|/{DATABASE}/[^/]+(/[^/]+)?/?|/tableau-de-bord/?|/datapackage\.json|/graphique/[^/]+"
)
"""Everything a partner needs. Datasette's own pages about itself (« /-/… ») are of no use to her, and closed."""
_FILES = {path.name for path in STATIC.iterdir()}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"
"""A picture opened alone: it may style itself, and fetch nothing."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Access-Control-Allow-Origin": "*",
}
_PREFLIGHT = {"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS", "Access-Control-Max-Age": "3600"}
_ROBOTS = {True: f"User-agent: *\nAllow: /\nDisallow: /{DATABASE}?\nDisallow: /*?_\n", False: "User-agent: *\nDisallow: /\n"}  # fmt: skip  # noqa: E501


class Plain:
    """The pages that need no release: nothing published yet, and what does not exist."""

    def __init__(self, prose: Prose) -> None:
        self._env = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
        dress(self._env, None, prose)

    def page(self, template: str, **said: Any) -> bytes:
        """A page as bytes."""
        return self._env.get_template(template).render(**said).encode()


async def answer(send: Send, status: int, body: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
    """A whole answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(name.lower().encode(), value.encode()) for name, value in {"Content-Type": kind, **named}.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def is_known(scope: Scope) -> bool:
    """Whether there may be something at this address, as it was written and as it is read."""
    path = str(scope["path"])
    raw = (scope.get("raw_path") or path.encode()).partition(b"?")[0].decode("latin-1")
    if path in (f"/{DATABASE}.csv", f"/{DATABASE}.xlsx"):
        return b"sql=" in scope["query_string"]
    if path.startswith("/static/"):
        return path == raw and path.removeprefix("/static/") in _FILES
    return all(_ADDRESSES.fullmatch(one) and ".." not in one for one in (path, raw))


class Guard:
    """The application around the current release. ``current`` gives it, or None when nothing is published."""

    def __init__(self, current: Callable[[], App | None], plain: Plain, robots: bool) -> None:
        self._current, self._plain, self._robots = current, plain, robots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = self._headed(scope, send)
        path, app = scope["path"], self._current()
        if scope["method"] == "OPTIONS":
            await answer(send, 204, b"", **_PREFLIGHT)
        elif scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, self._error(405, "Ce site se lit seulement", "Rien ne peut y être envoyé."))
        elif path == "/robots.txt":
            await answer(send, 200, _ROBOTS[self._robots].encode(), "text/plain; charset=utf-8")
        elif path.startswith("/static/") and is_known(scope):
            name = path.removeprefix("/static/")
            kind = "text/css; charset=utf-8" if name.endswith(".css") else "image/svg+xml"
            await answer(send, 200, (STATIC / name).read_bytes(), kind, Cache_Control="max-age=3600")
        elif app and is_known(scope):
            await app(scope, receive, send)
        elif not app and path == "/":
            await answer(send, 200, self._plain.page("empty.html"))
        else:
            told = "L’adresse est peut-être mal recopiée, ou la page a changé de place."
            await answer(send, 404, self._error(404, "Cette page n’existe pas", told))

    def _error(self, status: int, title: str, message: str) -> bytes:
        return self._plain.page("error.html", status=status, title=title, message=message)

    def _headed(self, scope: Scope, send: Send) -> Send:
        picture = scope["path"].startswith("/graphique/")
        ours = {**HEADERS, "Content-Security-Policy": _PICTURE_POLICY if picture else _POLICY}
        ours |= {"Cross-Origin-Resource-Policy": "cross-origin"} if picture else {"X-Frame-Options": "DENY"}
        ours |= {} if self._robots else {"X-Robots-Tag": "noindex, nofollow"}

        async def headed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added = {name.lower().encode(): value.encode() for name, value in ours.items()}
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in added]
                message = {**message, "headers": [*kept, *added.items()]}
            await send(message)

        return headed
