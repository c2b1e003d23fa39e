"""What one person does now and then and takes long: imports, exports, a release and its withdrawal."""

import threading
import time
from collections.abc import Callable
from random import Random

from benchmarks.live_server.browser_session import BrowserSession
from benchmarks.live_server.faults import FAULTS
from benchmarks.live_server.office import PASSWORD, login_of
from benchmarks.live_server.tab import Tab, TabError

PERIOD = 600.0
"""Seconds in which each job is done once, at a random moment."""
_LONGEST = 300.0
_LETTERS = "bcdfghjklmnpqrstvwxz", "aeiou"

Job = Callable[[Tab, Random], None]


class Worker:
    """A person who does ``jobs``. ``done``: the name and the seconds of each; ``errors``: those that failed."""

    def __init__(self, host: str, name: str, jobs: dict[str, Job], seed: str) -> None:
        self.host, self.name, self.jobs, self.random = host, name, jobs, Random(f"{seed} {name}")
        self.done: list[tuple[str, float]] = []
        self.errors: list[str] = []

    def work(self, stop: threading.Event, seconds: float) -> None:
        """Do each job once in each period of the ``seconds``, until ``stop`` is set."""
        period, start = min(PERIOD, seconds), time.monotonic()
        browser = BrowserSession(self.host)
        try:
            browser.sign_in(login_of(self.name), PASSWORD)
        except FAULTS as error:
            self.errors.append(f"{self.name}: no job done: {type(error).__name__} {error}")
            return
        for turn in range(round(seconds / period)):
            moments = {job: (turn + self.random.uniform(0.02, 0.8)) * period for job in self.jobs}
            for job in sorted(moments, key=lambda one: moments[one]):
                if stop.wait(max(0.0, start + moments[job] - time.monotonic())):
                    return
                self._do(browser, job)
        browser.close()

    def _do(self, browser: BrowserSession, name: str) -> None:
        """Do one job in a tab of its own."""
        began, start = time.strftime("%H:%M:%S"), time.monotonic()
        try:
            tab = Tab(browser)
            try:
                self.jobs[name](tab, self.random)
                self.errors += [f"{began} {name}: shown: {text}" for text in tab.exceptions]
            finally:
                tab.close()
            self.done.append((name, time.monotonic() - start))
        except FAULTS as error:
            self.errors.append(f"{began} {name}: {type(error).__name__} {error}")


# ---- imports


def import_rows(rows: int) -> Job:
    """Return the job that imports new persons by the screen, then undoes it, so that the file stays as large."""

    def do(tab: Tab, random: Random) -> None:
        lines = [f"{_name(random)};{_name(random)};Femme;Essai" for _ in range(rows)]
        tab.open("importer")
        tab.upload("personnes.csv", "\n".join(["Nom;Prénom;Genre;Ville", *lines]).encode())
        _wait(tab, _can_import, "the comparison")
        tab.press("Importer ")
        _wait(tab, lambda one: one.find("button", "Défaire cet import"), "the import")
        if f"{rows:,}".replace(",", " ") not in (
            shown := " ".join(tab.texts()).replace("\u202f", " ").replace("\xa0", " ")
        ):
            raise TabError(f"{rows} rows were given: {shown}")
        tab.press("Défaire cet import")
        tab.press("Défaire l’opération")
        _wait(tab, lambda one: "a été défait" in " ".join(one.texts()), "the undo of the import")

    return do


def _can_import(tab: Tab) -> bool:
    """Return whether the button is enabled; leave aside what waits for an answer."""
    button, without = tab.find("button", "Importer "), tab.find("checkbox", "Importer sans")
    if button is not None and button.disabled and without is not None:
        tab.change(without, bool_value=True)
        button = tab.find("button", "Importer ")
    return button is not None and not button.disabled


def _name(random: Random) -> str:
    return "".join(random.choice(_LETTERS[place % 2]) for place in range(10)).capitalize()


def _wait(tab: Tab, is_met: Callable[[Tab], object], what: str) -> None:
    """Wait until something is met. Raises TabError when it takes too long, or the page tells an error."""

    def is_met_without_error(one: Tab) -> object:
        if errors := one.errors():
            raise TabError(f"shown: {errors}")
        return is_met(one)

    tab.wait_until(is_met_without_error, _LONGEST, what)


# ---- exports


def export(path: str, button: str, suffix: str) -> Job:
    """Return the job that presses a button of a screen, waits for its file and downloads it."""

    def do(tab: Tab, random: Random) -> None:
        tab.open(path)
        tab.press(button)
        _wait(tab, lambda one: one.download_button(suffix), button)
        tab.download(suffix)

    return do


def export_grid(tab: Tab, random: Random) -> None:
    """Download all rows of a grid as XLSX."""
    tab.open(random.choice(("portefeuille", "aides", "interventions")))
    tab.change(tab.find("popover", "Plus"), bool_value=True)
    if tab.find("button", "Excel (XLSX)"):  # many rows: by a job
        tab.press("Excel (XLSX)")
        _wait(tab, lambda one: one.download_button(".xlsx"), "the file of the grid")
        tab.download(".xlsx")
    else:
        tab.download("Excel (XLSX)")


# ---- publication


def release_and_withdraw(tab: Tab, random: Random) -> None:
    """Publish the last year, check it again, and withdraw it."""
    tab.open("publication")
    tab.press("Publier ")
    _wait(tab, lambda one: one.find("button", "Retirer "), "the release")
    tab.press("Vérifier de nouveau")
    _wait(tab, lambda one: one.find("expandable", "Les "), "the check")
    tab.press("Retirer ")
    tab.press("Retirer")
    _wait(tab, lambda one: not one.find("button", "Retirer "), "the withdrawal")


WORKERS: dict[str, dict[str, Job]] = {
    "Import": {"import of 600 rows": import_rows(600), "import of 5,000 rows": import_rows(5_000)},
    "Export": {
        "grid XLSX": export_grid,
        "whole file XLSX": export("tout-emporter", "Tout emporter : Excel", ".xlsx"),
        "whole file SQLite": export("tout-emporter", "Tout emporter : SQLite", "palette-tout"),
        "report PDF": export("photo-bilan", "Document (PDF)", ".pdf"),
        "report PPTX": export("photo-bilan", "Présentation (PPTX)", ".pptx"),
        "dashboard ZIP": export("tableau-de-bord", "Tous les graphiques (ZIP)", ".zip"),
    },
    "Pilote": {"release, check and withdrawal": release_and_withdraw},
}
"""The people who do jobs, and their jobs."""
