"""Browser contexts that are cleared and reused from test to test.

Half the time of opening Palette is compiling its JavaScript, which Chromium reuses for another page of the same context
in the same process. So each context keeps a blank page open, and is lent to one test at a time.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

WARM = ["--process-per-site"]
"""Makes Chromium put all pages of one site, the blank page included, into one process."""
_STORED = "cookies,local_storage,indexeddb,websql,service_workers,cache_storage,file_systems,storage_buckets"
"""What to clear: all that a site stores except its cached files."""


class _Nothing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Tabs:
    """The reusable contexts of one browser, by their options (width, touch…)."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._idle: dict[str, list[tuple[BrowserContext, Page]]] = {}

    @contextmanager
    def borrow(self, **options: Any) -> Iterator[BrowserContext]:
        """Lend a cleared context to one test."""
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
                context.close()  # it cannot be reused
            else:
                idle.append((context, kept))

    def _new(self, options: dict[str, Any]) -> tuple[BrowserContext, Page]:
        context = self._browser.new_context(locale="fr-FR", **options)
        kept = context.new_page()
        kept.goto(self._address)
        return context, kept

    def _empty(self, context: BrowserContext, kept: Page, origins: set[str]) -> None:
        """Close every page but the blank one, then clear all that a page or a test can leave in a context."""
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
    """Serve the blank page and return the contexts of a browser."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Tabs(browser, f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        server.server_close()
