"""Times in a real server and a real Chromium: from a reload to the first rows, and from Enter to the saved row."""

import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.office import SIZES, Row, folder
from db.accounts.sessions import COOKIE
from db.storage import connection
from tests.conftest import cookie_of, let_in

ROOT = Path(__file__).parents[1]
FIRST_ROW = '.palette-grid tbody tr:not(.draft) td[data-field="last_name"]'
BARE = "import streamlit as st\nst.title('Bare')\nst.write('Nothing else.')\n"
TARGET, DURABLE, MEMORY = 500.0, 50.0, 300.0


def measure(repeats: int) -> list[Row]:
    """Measure reloads, also relative to a bare Streamlit page on the same machine, and the saving of a cell."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as empty:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        bare_script = Path(empty) / "bare.py"
        bare_script.write_text(BARE, encoding="utf-8")
        with _served(bare_script, Path(empty)) as (address, _):
            bare = _reload(browser, address, "h1", repeats)
        reloads, durable, memory = [], [], []
        for persons in SIZES:
            data = folder(persons)
            with closing(connection.open_file(data / "palette.db")) as raw:
                raw.execute("DELETE FROM session")  # of an earlier run
                let_in(raw)
            with _served(ROOT / "app.py", data) as (address, process):
                reloads.append(_reload(browser, address, FIRST_ROW, repeats))
                durable.append(_enter_to_durable(browser, address, data / "palette.db", repeats))
                _open_screens(browser, address)
                memory.append(_memory(process))
        browser.close()
    ratios = [reload / bare for reload in reloads]
    return [
        ("bare Streamlit page, warm reload", [bare, bare], "", True),
        ("portfolio, warm reload to first rows", reloads, f"< {TARGET:.0f}", max(reloads) < TARGET),
        ("… as a multiple of the bare page", ratios, "", True),
        ("Enter to the row durable in the file", durable, f"< {DURABLE:.0f}", max(durable) < DURABLE),
        ("memory of the server after all this, MB", memory, f"< {MEMORY:.0f}", max(memory) < MEMORY),
    ]


@contextmanager
def _served(script: Path, data: Path) -> Iterator[tuple[str, int]]:
    """Serve a script. Yield its address and the number of the process."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    options = ["--server.address=127.0.0.1", "--server.headless=true", "--browser.gatherUsageStats=false"]
    environment = {**os.environ, "PALETTE_DATA": str(data)}
    with subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}/", server.pid
        finally:
            server.terminate()


def _wait(address: str) -> None:
    for _ in range(400):
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except urllib.error.HTTPError:  # the server is up and requires a sign-in
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


def _sign_in(page: Page, address: str) -> None:
    page.context.add_cookies([{"name": COOKIE, "value": cookie_of("La CIPA"), "url": address}])


def _reload(browser: Browser, address: str, selector: str, repeats: int) -> float:
    """Return the median milliseconds from a reload until the selector is visible, with a warm browser cache."""
    page = browser.new_page(locale="fr-FR")
    _sign_in(page, address)
    page.goto(address)
    page.locator(selector).first.wait_for()
    times = []
    for turn in range(repeats + 1):
        start = time.perf_counter()
        page.reload(wait_until="commit")
        page.locator(selector).first.wait_for()
        times.append((time.perf_counter() - start) * 1000 if turn else 0.0)
    page.close()
    return statistics.median(times[1:])


def _open_screens(browser: Browser, address: str) -> None:
    """Open the screens that need most memory, after the portfolio."""
    page = browser.new_page(locale="fr-FR")
    _sign_in(page, address)
    for path in ("tableau-de-bord", "bilan"):
        page.goto(address + path)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning] h1").first.wait_for(timeout=120_000)
    page.close()


def _memory(process: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def _enter_to_durable(browser: Browser, address: str, file: Path, repeats: int) -> float:
    """Return the median milliseconds from Enter to the history row, polled each millisecond on another connection."""
    page = browser.new_page(locale="fr-FR", viewport={"width": 1600, "height": 900})
    _sign_in(page, address)
    page.goto(address)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)) as raw:
        times = [_one_save(page, raw, f"Essai {turn} {time.time_ns()}") for turn in range(repeats + 1)]
    page.close()
    return statistics.median(times[1:])


def _one_save(page: Page, raw: sqlite3.Connection, text: str) -> float:
    page.locator('.palette-grid tbody tr:not(.draft) td[data-field="craft"]').first.click()
    page.keyboard.type(text)
    page.wait_for_timeout(300)
    (last,) = raw.execute("SELECT coalesce(max(id), 0) FROM history").fetchone()
    start = time.perf_counter()
    page.keyboard.press("Enter")
    while time.perf_counter() - start < 10:
        row = raw.execute("SELECT 1 FROM history WHERE id > ? AND after LIKE ?", (last, f"%{text}%")).fetchone()
        if row:
            return (time.perf_counter() - start) * 1000
        time.sleep(0.001)
    raise TimeoutError("the cell was not saved within 10 s")
