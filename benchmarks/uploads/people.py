"""Who uploads the files, and who saves meanwhile."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable

from benchmarks.live_server.browser_session import BrowserSession
from benchmarks.live_server.faults import FAULTS
from benchmarks.live_server.grid import Grid
from benchmarks.live_server.office import PASSWORD, login_of
from benchmarks.live_server.palette import RunningPalette
from benchmarks.live_server.tab import Tab, TabError
from benchmarks.uploads.bombs import UploadedFile

_LONGEST = 400.0
"""Seconds until an answer: a reading may take 180, and two are before it."""
_SAVE_EVERY = 0.25
_SLOW = 500.0
_QUOTED = re.compile("«.*?»", re.DOTALL)
_ENGLISH = re.compile(r"\b(the|error|exception|traceback|invalid|failed|file|of|not|unexpected)\b", re.IGNORECASE)


class Uploader:
    """A person who gives one file after the other to the screen that takes it.

    ``tried``: the number of files by kind. ``times``: (milliseconds until the answer, file). ``problems``: the files
    that were not answered by a sentence in French, or by what Palette read in them. ``at_work``: the present file.
    """

    def __init__(self, palette: RunningPalette, name: str) -> None:
        self.palette, self.name = palette, name
        self.tried: Counter[str] = Counter()
        self.times: list[tuple[float, str]] = []
        self.problems: list[str] = []
        self.at_work = ""

    def work(self, next_file: Callable[[], UploadedFile | None]) -> None:
        """Upload files until there is none, or the server has ended."""
        browser = BrowserSession(self.palette.host)
        browser.sign_in(login_of(self.name), PASSWORD)
        tab: Tab | None = None
        while (file := next_file()) and self.palette.is_running:
            content, what = file.make(), f"{file.kind}: {file.what} (.{file.extension})"
            start, self.at_work = time.perf_counter(), what
            try:
                tab = tab or Tab(browser)
                answers = self._upload(tab, file.extension, content)
                self.problems += [f"{what}: {answer}" for answer in answers if not is_french(answer)]
            except FAULTS as error:
                self.problems.append(f"{time.strftime('%H:%M:%S')} {what}: {type(error).__name__} {error}")
                if tab:
                    tab.close()
                tab = None
            self.times.append(((time.perf_counter() - start) * 1000, what))
            self.tried[file.kind] += 1
        browser.close()

    def _upload(self, tab: Tab, extension: str, content: bytes) -> list[str]:
        """Upload a file and return what the page says of it."""
        if extension == "json":
            self._give_model(tab, content)
        else:
            self._give_table(tab, f"personnes.{extension}", content)
        if tab.exceptions:
            raise TabError(f"shown: {tab.exceptions}")
        return tab.errors()

    def _give_table(self, tab: Tab, name: str, content: bytes) -> None:
        tab.open("importer")
        if tab.find("button", "Recommencer"):
            tab.press("Recommencer")
        tab.upload(name, content)
        tab.wait_until(
            lambda one: one.errors() or one.exceptions or one.find("button", "Importer "), _LONGEST, "an answer"
        )

    def _give_model(self, tab: Tab, content: bytes) -> None:
        tab.open("reglages")
        (views,) = tab.all("button_group")
        tab.change(views, string_array_value={"data": ["Modèle"]})
        tab.upload("modele.json", content)
        if not (tab.texts() or tab.exceptions or tab.find("button", "Reprendre (")):
            raise TabError("no answer")


def _is_answered(tab: Tab) -> bool:
    return bool(tab.errors() or tab.exceptions or tab.find("button", "Importer "))


def is_french(sentence: str) -> bool:
    """Return whether a sentence has no English word, but for what it quotes."""
    return bool(sentence.strip()) and not _ENGLISH.search(_QUOTED.sub("", sentence))


class Saver:
    """A colleague who saves a cell every quarter of a second. ``times``: in milliseconds. ``slow``: (milliseconds,
    hour, what ``at_work`` returned) of those that took long."""

    def __init__(self, host: str, name: str, at_work: Callable[[], str]) -> None:
        self.host, self.name, self.at_work = host, name, at_work
        self.times: list[float] = []
        self.slow: list[tuple[float, str, str]] = []
        self.errors: list[str] = []

    def work(self, stop: threading.Event) -> None:
        """Save until ``stop`` is set."""
        browser = BrowserSession(self.host)
        browser.sign_in(login_of(self.name), PASSWORD)
        tab = Tab(browser)
        tab.open("portefeuille")
        grid = Grid(tab)
        number = 0
        while not stop.wait(_SAVE_EVERY):
            number += 1
            row = grid.rows[number % len(grid.rows)]
            began = time.strftime("%H:%M:%S")
            try:
                cell = grid.save(row, "craft", f"Essai {number}")
            except FAULTS as error:
                self.errors.append(f"{began} {type(error).__name__} {error}")
                continue
            self.times.append(cell.milliseconds)
            self.errors += [f"{began} answered by {status}" for status in cell.failures]
            self.errors += [f"{began} {cell.why_not}"] * bool(cell.why_not)
            row["version"] = cell.version or row["version"]
            if cell.milliseconds > _SLOW:
                self.slow.append((cell.milliseconds, time.strftime("%H:%M:%S"), self.at_work()))
        tab.close()
        browser.close()
