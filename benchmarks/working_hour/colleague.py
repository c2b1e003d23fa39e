"""One person at work through a real server: cells saved, grids read, searches, files opened."""

import time
from collections.abc import Callable
from random import Random

from websockets.sync.client import ClientConnection

from benchmarks.concurrent_writers.simulated_person import PACE
from benchmarks.live_server.browser_session import BrowserSession
from benchmarks.live_server.faults import FAULTS
from benchmarks.live_server.grid import CLASH, Grid
from benchmarks.live_server.office import PASSWORD, login_of
from benchmarks.live_server.tab import Tab

FIELDS = {"person": "craft", "intervention": "note", "aid": "note"}
"""Table -> the field that is saved: a text that no rule refuses."""
_SCREENS = {"portefeuille": "person", "interventions": "intervention", "aides": "aid"}
_WORDS = ("ma", "marie", "cahors", "essai", "personne 3", "")
Saved = dict[tuple[str, int, str], list[tuple[int, str]]]


class Colleague:
    """``saved``: for each table, row and field, the versions and texts acknowledged. Times are in milliseconds.
    ``clashes``: the number of saves not made because a colleague had changed the cell meanwhile."""

    def __init__(self, host: str, name: str, highest: dict[str, int], seed: str) -> None:
        self.name, self.highest, self.random = name, highest, Random(f"{seed} {name}")
        self.host, self.number = host, 0
        self.saved: Saved = {}
        self.save_times: list[float] = []
        self.read_times: list[float] = []
        self.page_times: list[float] = []
        self.clashes = 0
        self.errors: list[str] = []

    def work(self, until: float) -> None:
        """Sign in and work until ``time.monotonic()`` is that."""
        browser = BrowserSession(self.host)
        try:
            browser.sign_in(login_of(self.name), PASSWORD)
            while time.monotonic() < until:
                self._in_a_tab(browser, until)
        except FAULTS as error:
            self._note(error)
        finally:
            browser.close()

    def _in_a_tab(self, browser: BrowserSession, until: float) -> None:
        """Work in one tab, until the end or an error, after which the person loads the page again."""
        tab, follow = Tab(browser), browser.socket("/suivi")
        try:
            self._show(tab, "portefeuille")
            while time.monotonic() < until:
                browser.report_presence()
                self._read_and_type(follow)
                self._gesture()()
                for text in tab.exceptions:
                    self._note(f"shown: {text}")
                tab.exceptions.clear()
        except FAULTS as error:
            self._note(error)
            time.sleep(1)
        finally:
            follow.close()
            tab.close()

    def _note(self, error: object) -> None:
        kind = f"{type(error).__name__} " if isinstance(error, Exception) else ""
        self.errors.append(f"{time.strftime('%H:%M:%S')} {self.name}: {kind}{error}")

    def _gesture(self) -> Callable[[], None]:
        gestures = {self._save: 10, self._scroll: 5, self._search: 2, self._change_screen: 1, self._open_file: 1}
        return self.random.choices(list(gestures), list(gestures.values()))[0]

    def _read_and_type(self, follow: ClientConnection) -> None:
        """Wait as a person does; meanwhile the grid is read again when colleagues have saved."""
        until = time.monotonic() + self.random.uniform(*PACE)
        while (left := until - time.monotonic()) > 0:
            try:
                token = int(follow.recv(left))
            except TimeoutError:
                return
            if token > self.grid.token:
                self._timed(self.read_times, lambda: self.grid.read(self.grid.first, max(1, len(self.grid.rows))))

    def _timed(self, times: list[float], ask: Callable[[], None]) -> None:
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)

    # ---- gestures

    def _show(self, tab: Tab, path: str) -> None:
        self._timed(self.page_times, lambda: tab.open(path))
        self.tab, self.grid = tab, Grid(tab)

    def _save(self) -> None:
        field = FIELDS[self.grid.table]
        rows = [row for row in self.grid.rows if row["id"] <= self.highest[self.grid.table]]
        if not rows or field not in self.grid.names:
            return self._search()
        self.number += 1
        row, text = self.random.choice(rows), f"{self.name} essai {self.number}"
        cell = self.grid.save(row, field, text)
        self.save_times.append(cell.milliseconds)
        for status in cell.failures:
            self._note(f"a save was answered by {status}, and sent again")
        if cell.version:
            self.saved.setdefault((self.grid.table, row["id"], field), []).append((cell.version, text))
            row["version"] = cell.version
        elif cell.why_not == CLASH:
            self.clashes += 1
        else:
            self._note(f"a save was refused: {cell.why_not}")
        return None

    def _scroll(self) -> None:
        first = self.random.randrange(max(1, self.grid.count - 30))
        self._timed(self.read_times, lambda: self.grid.read(first))

    def _search(self) -> None:
        self._timed(self.page_times, lambda: self.grid.search(self.random.choice(_WORDS)))

    def _change_screen(self) -> None:
        self._show(self.tab, self.random.choice(list(_SCREENS)))

    def _open_file(self) -> None:
        person = self.random.randint(1, self.highest["person"])
        self._timed(self.page_times, lambda: self.tab.open("dossier", f"dossier={person}"))
        self._show(self.tab, "portefeuille")
