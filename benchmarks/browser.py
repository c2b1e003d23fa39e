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
from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from tests.conftest import cookie_of, let_in

ROOT = Path(__file__).parents[1]
FIRST_ROW = '.palette-grid tbody tr:not(.draft) td[data-field="last_name"]'
BARE = "import streamlit as st\nst.title('Bare')\nst.write('Nothing else.')\n"
TARGET, DURABLE, SHOWN, FRAME, ROWS, MEMORY = 500.0, 50.0, 150.0, 18.0, 100.0, 300.0


def measure(repeats: int) -> list[Row]:
    """Measure reloads, also relative to a bare Streamlit page on the same machine, the saving of a cell, a colleague's
    change, a fast scroll, and the memory of the server."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as empty:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        bare_script = Path(empty) / "bare.py"
        bare_script.write_text(BARE, encoding="utf-8")
        with _served(bare_script, Path(empty)) as (address, _):
            bare = _reload(browser, address, "h1", repeats)
        reloads, durable, shown, frames, drawn, memory = [], [], [], [], [], []
        for persons in SIZES:
            data = folder(persons)
            with closing(connection.open_file(data / "palette.db")) as raw:
                raw.execute("DELETE FROM session")  # of an earlier run
                let_in(raw)
            with _served(ROOT / "app.py", data) as (address, process):
                reloads.append(_reload(browser, address, FIRST_ROW, repeats))
                durable.append(_enter_to_durable(browser, address, data / "palette.db", repeats))
                shown.append(_colleague_shown(browser, address, data / "palette.db", repeats))
                frame, rows = _scroll(browser, address)
                frames.append(frame)
                drawn.append(rows)
                _open_screens(browser, address)
                memory.append(_memory(process))
        browser.close()
    ratios = [reload / bare for reload in reloads]
    return [
        ("bare Streamlit page, warm reload", [bare, bare], "", True),
        ("portfolio, warm reload to first rows", reloads, f"< {TARGET:.0f}", max(reloads) < TARGET),
        ("… as a multiple of the bare page", ratios, "", True),
        ("Enter to the row durable in the file", durable, f"< {DURABLE:.0f}", max(durable) < DURABLE),
        ("a colleague's commit to the open grid", shown, f"< {SHOWN:.0f}", max(shown) < SHOWN),
        ("between two frames of a fast scroll", frames, f"< {FRAME:.0f}", max(frames) < FRAME),
        ("… rows in the document then", drawn, f"< {ROWS:.0f}", max(drawn) < ROWS),
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
    for path in ("tableau-de-bord", "photo-bilan"):
        page.goto(address + path)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning] h1").first.wait_for(timeout=120_000)
    page.close()


def _memory(process: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


_SCROLL = """async (table) => {
  const box = table.closest(".scroller")
  const times = []
  for (let frame = 0; frame < 240; frame++) {
    box.scrollTop += 120
    const start = performance.now()
    await new Promise(requestAnimationFrame)
    times.push(performance.now() - start)
  }
  const rows = [...table.tBodies].reduce((sum, body) => sum + body.rows.length, 0)
  return { frame: times.sort((a, b) => a - b)[120], rows }
}"""
"""Scrolls some 850 rows at 7,200 pixels a second. Answers the median milliseconds of a frame, and the rows drawn."""


def _scroll(browser: Browser, address: str) -> tuple[float, float]:
    page = browser.new_page(locale="fr-FR", viewport={"width": 1440, "height": 900})
    _sign_in(page, address)
    page.goto(address)
    page.locator(FIRST_ROW).first.wait_for()
    page.wait_for_timeout(3_000)
    found = page.locator(".palette-grid table").evaluate(_SCROLL)
    page.close()
    return found["frame"], found["rows"]


def _colleague_shown(browser: Browser, address: str, file: Path, repeats: int) -> float:
    """Return the median milliseconds from a commit of another program until the open grid shows it."""
    page = browser.new_page(locale="fr-FR", viewport={"width": 1600, "height": 900})
    _sign_in(page, address)
    page.goto(address)
    cell = page.locator('.palette-grid tbody tr:not(.draft) td[data-field="first_name"]').first
    row = int(cell.evaluate("(td) => td.closest('tr').rowId"))
    page.wait_for_timeout(1_000)
    times = []
    with closing(connection.open_file(file)) as db:
        for turn in range(repeats + 1):
            text = f"Essai {turn} {time.time_ns()}"
            version = records.get(db, db.tables["person"], row).version
            records.save(db, db.tables["person"], Edit({"first_name": text}, row, version), "Une collègue")
            start = time.perf_counter()
            while cell.text_content() != text and time.perf_counter() - start < 10:
                time.sleep(0.001)
            times.append((time.perf_counter() - start) * 1000)
            page.wait_for_timeout(300)
    page.close()
    return statistics.median(times[1:])


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
