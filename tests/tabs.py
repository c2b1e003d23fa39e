"""Tabs in a real browser that speaks French: contexts stay warm from one test to the next, and nothing else does.

What a page compiles, a second page of the same context in the same process need not compile again: half the work of
opening Palette. So each context keeps a page of ours open, and is lent, emptied, to one tab at a time.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

WARM = ["--process-per-site"]
"""Chromium: pages of one site share a process, our own one included."""
_STORED = "cookies,local_storage,indexeddb,websql,service_workers,cache_storage,file_systems,storage_buckets"
"""All that a site keeps in a browser but for its files, which are the same for everybody."""


class _Nothing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Tabs:
    """The contexts of one browser, by their options (width, touch…)."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._idle: dict[str, list[tuple[BrowserContext, Page]]] = {}

    @contextmanager
    def lent(self, **options: Any) -> Iterator[BrowserContext]:
        """A context that nobody else has meanwhile and nobody left anything in."""
        idle = self._idle.setdefault(repr(sorted(options.items())), [])
        context, kept = idle.pop() if idle else self._new(options)
        origins: set[str] = set()
        context.on("request", note := lambda request: origins.add(_origin(request.url)))
        try:
            yield context
        finally:
            try:
                self._empty(context, kept, origins)
                context.remove_listener("request", note)
            except Error:
                context.close()  # whatever is wrong with it goes with it
            else:
                idle.append((context, kept))

    def _new(self, options: dict[str, Any]) -> tuple[BrowserContext, Page]:
        context = self._browser.new_context(locale="fr-FR", **options)
        kept = context.new_page()
        kept.goto(self._address)
        return context, kept

    def _empty(self, context: BrowserContext, kept: Page, origins: set[str]) -> None:
        """Close every page but ours, then take away all that a page or a test can leave in a context."""
        for page in context.pages:
            if page is not kept:
                page.close()
        chromium = context.new_cdp_session(kept)
        for origin in origins:
            chromium.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": _STORED})
        chromium.detach()
        context.clear_cookies()
        context.clear_permissions()
        context.unroute_all()
        context.set_offline(False)
        context.set_extra_http_headers({})


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


@contextmanager
def tabs(browser: Browser) -> Iterator[Tabs]:
    """The tabs of a browser, and the page that stays open in each context."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Tabs(browser, f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        server.server_close()
