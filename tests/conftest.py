"""What tests share: the real server on an office file of its own, and a real Chromium that speaks French."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
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
from tests.prepared import Prepared
from tests.tabs import WARM, Tabs, tabs

ROOT = Path(__file__).parents[1]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_START = 40.0
expect.set_options(timeout=30_000)  # a machine that runs other tests at the same time is slow; only failures wait long


# ---- files to begin with


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """What is made once a run, whatever the number of workers."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    shared.mkdir(exist_ok=True)
    return Prepared(shared, tmp_path_factory.mktemp("prepared-own"))


@pytest.fixture(scope="session")
def new_office(prepared: Prepared) -> Callable[[Path], Office]:
    """Make a new, empty office file, open, as ``connection.create`` does."""
    return prepared.office


# ---- passwords

_CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CHEAP_NOBODY = _CHEAP.hash("nobody")


@pytest.fixture(autouse=True)
def _cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash quickly in this process, but where hashing itself is tested; servers that tests start hash as ever."""
    if "real_hasher" not in request.keywords:
        monkeypatch.setattr(accounts, "_hasher", _CHEAP)
        monkeypatch.setattr(accounts, "_NOBODY", _CHEAP_NOBODY)


# ---- the browser


def chromium_path() -> str:
    """The Chromium of this machine. Fails, and says what to install, when there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if not found:
        pytest.fail("No Chromium: install it (apt-get install chromium) or give its path in CHROMIUM.")
    return found


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
    """The browser contexts of a worker, emptied and lent again from test to test."""
    with tabs(browser) as found:
        yield found


@pytest.fixture
def open_tab(warm_tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open a tab of a person of her own (another browser context), in French. Fails when the page complains.

    ``as_``: under which account of ``let_in`` she is signed in; '' for a visitor. ``refused``: the test lets the server
    refuse her something, which the browser then notes.
    """
    complaints: list[str] = []
    lent = ExitStack()

    def open_(address: str = "", as_: str = "La CIPA", refused: bool = False, **options: Any) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}, **options}
        context = lent.enter_context(warm_tabs.lent(**options))
        if as_:
            context.add_cookies([{"name": COOKIE, "value": cookie_of(as_), "url": "http://127.0.0.1"}])
        page = context.new_page()
        page.set_default_timeout(40_000)
        watch(page, complaints, "server responded with a status of" if refused else "nothing else")
        if address:
            page.goto(address)
        return page

    with lent:
        yield open_
    assert not complaints


def watch(page: Page, complaints: list[str], spared: str = "nothing else") -> None:
    """Note what no page may do: raise an error, or ask anything of another machine."""
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("request", lambda request: complaints.extend([f"outside: {request.url}"] * _is_outside(request.url)))
    page.on("console", lambda said: complaints.extend([f"console: {said.text}"] * _is_ours(said, spared)))


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:"))


def _is_ours(said: Any, spared: str) -> bool:
    """Errors, but for those of a connection that a test cuts, and of Streamlit looking for its server (« _stcore »)."""
    told = f"{said.text} {said.location.get('url', '')}"
    return said.type == "error" and not any(
        word in told
        for word in (
            "ERR_CONNECTION",
            "WebSocket",
            "_stcore",
            "disconnected from server",
            "server is not responding",
            spared,
        )
    )


@pytest.fixture
def page(open_tab: Callable[..., Page]) -> Page:
    """One tab, in French, nothing opened yet."""
    return open_tab()


# ---- who is signed in

_KEY = b"k" * 32
"""The key of the door in every file of a test, so that a cookie can be made without asking the server."""


def cookie_of(name: str) -> str:
    """The cookie of an account that ``let_in`` signed in."""
    return Signer(_KEY, salt="palette.session", digest_method=hashlib.sha256).sign(name.encode().hex()).decode()


def let_in(db: Office, name: str = "La CIPA", roles: Iterable[Role] = Role) -> Account:
    """Make an account and sign it in, in a browser that carries ``cookie_of`` its name."""
    known = next((one for one in accounts.every(db) if one.name == name), None)  # the demonstration has its own
    account = known or accounts.create(db, f"{len(accounts.every(db))}@exemple.fr", name, roles, "Test")
    db.execute("UPDATE door_key SET value = ?", (_KEY,))
    token, now = hashlib.sha256(name.encode().hex().encode()).digest(), int(time.time())
    sql = "INSERT INTO session (token, account_id, began_at, seen_at, browser) VALUES (?, ?, ?, ?, 'Test')"
    db.execute(sql, (token, account.id, now, now))
    return account


# ---- the server


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """Palette itself, as `streamlit run app.py` starts it, on one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.file = data / "palette.db"
        self.log = data / "server.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.process: subprocess.Popen[bytes] | None = None
        self.public = data.with_name(f"{data.name}-public")
        self.environment = {"PALETTE_DATA": str(data), "PALETTE_PUBLIC": str(self.public)}

    def start(self) -> None:
        options = {
            "server.port": self.port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.fileWatcherType": "none",  # whoever edits the code meanwhile changes nothing in a running test
        }
        command = [sys.executable, "-m", "streamlit", "run", "app.py", *(f"--{k}={v}" for k, v in options.items())]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _START
        while time.monotonic() < until and self.process and self.process.poll() is None:
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
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def at_rest(self) -> None:
        """Wait until none of its threads has had anything to do for a while: whatever was going on is over."""
        assert self.process
        tasks = Path(f"/proc/{self.process.pid}/task")
        quiet, until = 0, time.monotonic() + 120
        while quiet < 20:
            assert time.monotonic() < until, "it still works"
            states = [one.read_text().rpartition(")")[2].split()[0] for one in tasks.glob("*/stat")]
            quiet = 0 if {"R", "D"} & set(states) else quiet + 1
            time.sleep(0.05)

    def open(self) -> Office:
        """The file, on a connection of the test's own."""
        return connection.open_file(self.file)

    @classmethod
    def made(cls, data: Path, new_office: Callable[[Path], Office]) -> "Server":
        """A new office file and a server on it."""
        with closing(new_office(data / "palette.db")) as raw:
            let_in(raw)
        server = cls(data)
        server.start()
        return server

    def empty(self) -> None:
        """Put every row away, as the screens do, and drop the views; no id and no change number comes back."""
        with closing(self.open()) as db:
            for table in FILES:
                db.execute(f"UPDATE \"{table}\" SET deleted_at = '2000-01-01' WHERE deleted_at IS NULL")
            db.execute('DELETE FROM "view"')  # with whose default it is

    def tell_if_failed(self, request: pytest.FixtureRequest) -> None:
        if getattr(request.node, "failed", False):
            sys.stderr.write(self.log.read_text()[-4000:])

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every kept row as SQLite holds it, by id."""
        db = self.open()
        with closing(db):
            return list(db.dicts(f'SELECT * FROM "{table}" WHERE deleted_at IS NULL ORDER BY id'))


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory, new_office: Callable[[Path], Office]) -> Iterator[Server]:
    """One server for all tests of a worker; ``server`` hands it out emptied."""
    server = Server.made(tmp_path_factory.mktemp("office") / "data", new_office)
    yield server
    server.kill()


@pytest.fixture
def server(shared_server: Server, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running Palette whose office file shows nothing yet."""
    shared_server.empty()
    yield shared_server
    shared_server.tell_if_failed(request)


@pytest.fixture
def own_server(
    tmp_path: Path, request: pytest.FixtureRequest, new_office: Callable[[Path], Office]
) -> Iterator[Server]:
    """A running Palette that the test may kill and start again."""
    server = Server.made(tmp_path / "data", new_office)
    yield server
    server.kill()
    server.tell_if_failed(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a fixture know that its test failed, so that it shows the server's log."""
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True  # type: ignore[attr-defined]
    return report
