"""Fixtures of all tests: a real server on its own office file, and a real Chromium in French."""

import hashlib
import os
import shutil
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import argon2
import pytest
from itsdangerous import Signer
from playwright.sync_api import Browser, Page, expect, sync_playwright

from db.accounts import accounts
from db.accounts.accounts import Account
from db.accounts.sessions import COOKIE
from db.model.dictionary import FILES
from db.model.office import Office
from db.model.roles import Role
from db.storage import connection
from tests import server_process
from tests.prepared import Prepared
from tests.server_process import ServerProcess
from tests.tabs import WARM, Tabs, tabs

ROOT = Path(__file__).parents[1]
_CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_START = 40.0
expect.set_options(timeout=30_000)  # a machine that runs other tests at the same time is slow; only failures wait long


# ---- prepared files


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Files made once per run, for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    shared.mkdir(exist_ok=True)
    return Prepared(shared, tmp_path_factory.mktemp("prepared-own"))


@pytest.fixture(scope="session")
def new_office(prepared: Prepared) -> Callable[[Path], Office]:
    """Create an empty office file and open it, as ``connection.create`` does, but faster."""
    return prepared.office


# ---- passwords

_CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CHEAP_NOBODY = _CHEAP.hash("nobody")


@pytest.fixture(autouse=True)
def _cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords cheaply in this process, except in tests of hashing. Servers started by tests hash as usual."""
    if "real_hasher" not in request.keywords:
        monkeypatch.setattr(accounts, "_hasher", _CHEAP)
        monkeypatch.setattr(accounts, "_NOBODY", _CHEAP_NOBODY)


# ---- the browser


def chromium_path() -> str:
    """Return the path of Chromium on this machine. Fails, and says what to install, when there is none."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if not path:
        pytest.fail("No Chromium: install it (apt-get install chromium) or give its path in CHROMIUM.")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=["--no-sandbox", "--disable-gpu", "--force-prefers-reduced-motion", *WARM],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def warm_tabs(browser: Browser) -> Iterator[Tabs]:
    """The browser contexts of a worker, which are cleared and reused from test to test."""
    with tabs(browser) as contexts:
        yield contexts


_REFUSALS = ("server responded with a status of", "page that you have requested does not seem to exist")


@pytest.fixture
def open_tab(warm_tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open a tab in a browser context of its own. Fails the test when a page logs an error.

    ``as_``: the account signed in (``let_in``); '' for a visitor. ``refused``: ignore the errors that the browser logs
    when the server refuses a request, or Streamlit an address.
    """
    complaints: list[str] = []
    borrowed = ExitStack()

    def open_(address: str = "", as_: str = "La CIPA", refused: bool = False, **options: Any) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}, **options}
        context = borrowed.enter_context(warm_tabs.borrow(**options))
        if as_:
            context.add_cookies([{"name": COOKIE, "value": cookie_of(as_), "url": "http://127.0.0.1"}])
        page = context.new_page()
        page.set_default_timeout(40_000)
        watch(page, complaints, *(_REFUSALS if refused else ()))
        if address:
            page.goto(address)
        return page

    with borrowed:
        yield open_
    assert not complaints


def watch(page: Page, complaints: list[str], *spared: str) -> None:
    """Add to ``complaints`` every error of the page and every request to another machine."""
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("request", lambda request: complaints.extend([f"outside: {request.url}"] * _is_outside(request.url)))
    page.on("console", lambda message: complaints.extend([f"console: {message.text}"] * _is_error(message, *spared)))


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:"))


def _is_error(message: Any, *spared: str) -> bool:
    """Whether it is an error, but not of a connection cut by a test or of Streamlit polling its server (_stcore)."""
    text = f"{message.text} {message.location.get('url', '')}"
    return message.type == "error" and not any(
        word in text
        for word in (
            "ERR_CONNECTION",
            "WebSocket",
            "_stcore",
            "disconnected from server",
            "server is not responding",
            *spared,
        )
    )


@pytest.fixture
def page(open_tab: Callable[..., Page]) -> Page:
    """One tab with nothing opened yet."""
    return open_tab()


# ---- sessions

_KEY = b"k" * 32
"""The key that signs cookies in every office file of a test, so that tests can sign them too."""


def cookie_of(name: str) -> str:
    """Return the session cookie of an account signed in by ``let_in``."""
    return Signer(_KEY, salt="palette.session", digest_method=hashlib.sha256).sign(name.encode().hex()).decode()


def let_in(db: Office, name: str = "La CIPA", roles: Iterable[Role] = Role) -> Account:
    """Create an account, if it does not exist, and a session for it whose cookie is ``cookie_of(name)``."""
    existing = next((one for one in accounts.every(db) if one.name == name), None)  # in the demonstration
    account = existing or accounts.create(db, f"{len(accounts.every(db))}@exemple.fr", name, roles, "Test")
    db.execute("UPDATE door_key SET value = ?", (_KEY,))
    token, now = hashlib.sha256(name.encode().hex().encode()).digest(), int(time.time())
    sql = "INSERT INTO session (token, account_id, began_at, seen_at, browser) VALUES (?, ?, ?, ?, 'Test')"
    db.execute(sql, (token, account.id, now, now))
    return account


# ---- other programs


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice. Fail with what to install when there is none."""
    found = os.environ.get("SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        pytest.fail("No LibreOffice: install it (apt-get install libreoffice-impress) or give its path in SOFFICE.")
    return found


# ---- the server


def free_port() -> int:
    """Return a free port."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """Palette as started by `streamlit run app.py` (see tests/server_process.py), on one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.file = data / "palette.db"
        self.log = data / "server.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.process: ServerProcess | None = None
        self.public = data.with_name(f"{data.name}-public")
        self.environment = {"PALETTE_DATA": str(data), "PALETTE_PUBLIC": str(self.public)}

    def start(self) -> None:
        options = {
            "server.port": self.port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.fileWatcherType": "none",  # editing the code meanwhile must not restart it
        }
        self.process = server_process.start(self.environment, options, self.log)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _START
        while time.monotonic() < until and self.process and self.process.is_alive():
            try:
                with urllib.request.urlopen(f"{self.address}sante", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"The server did not answer within {_START:.0f} s.\n{self.log.read_text()}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process:
            self.process.kill()
            self.process = None

    def wait_until_idle(self) -> None:
        """Wait until none of its threads has run for a second."""
        assert self.process
        tasks = Path(f"/proc/{self.process.pid}/task")
        quiet, until = 0, time.monotonic() + 120
        while quiet < 20:
            assert time.monotonic() < until, "it still works"
            states = [one.read_text().rpartition(")")[2].split()[0] for one in tasks.glob("*/stat")]
            quiet = 0 if {"R", "D"} & set(states) else quiet + 1
            time.sleep(0.05)

    def open(self) -> Office:
        """Open the office file on a connection of its own."""
        return connection.open_file(self.file)

    @classmethod
    def create(cls, data: Path, new_office: Callable[[Path], Office]) -> "Server":
        """Create an office file and start a server on it."""
        with closing(new_office(data / "palette.db")) as raw:
            let_in(raw)
        server = cls(data)
        server.start()
        return server

    def empty(self) -> None:
        """Delete every row as the screens do, the saved views and the drafts. Ids and change numbers go on growing."""
        with closing(self.open()) as db:
            for table in FILES:
                db.execute(f"UPDATE \"{table}\" SET deleted_at = '2000-01-01' WHERE deleted_at IS NULL")
            db.execute('DELETE FROM "view"')  # cascades to the default views
            db.execute("DELETE FROM draft")

    def print_log_if_failed(self, request: pytest.FixtureRequest) -> None:
        if getattr(request.node, "failed", False):
            sys.stderr.write(self.log.read_text()[-4000:])

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return every row that is not deleted, as stored, by id."""
        db = self.open()
        with closing(db):
            return list(db.dicts(f'SELECT * FROM "{table}" WHERE deleted_at IS NULL ORDER BY id'))


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory, new_office: Callable[[Path], Office]) -> Iterator[Server]:
    """One server for all tests of a worker, which ``server`` empties for each."""
    server = Server.create(tmp_path_factory.mktemp("office") / "data", new_office)
    yield server
    server.kill()


@pytest.fixture
def server(shared_server: Server, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running server on an empty office file."""
    shared_server.empty()
    yield shared_server
    shared_server.print_log_if_failed(request)


@pytest.fixture
def own_server(
    tmp_path: Path, request: pytest.FixtureRequest, new_office: Callable[[Path], Office]
) -> Iterator[Server]:
    """A running server that the test may kill and start again."""
    server = Server.create(tmp_path / "data", new_office)
    yield server
    server.kill()
    server.print_log_if_failed(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record a failure on the test item, so that ``print_log_if_failed`` knows."""
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True  # type: ignore[attr-defined]
    return report
