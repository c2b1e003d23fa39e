"""A public file without any office behind it, and the partners' site on it as a process of its own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from publication.release import public_file
from publication.release.population import Ints
from publication.release.release import Release, Sheet
from publication.release.tables import ATTRIBUTES, PLANS
from server.launcher import site_environment
from tests.conftest import free_port


def made_up(year: int, more: int = 0) -> Release:
    """Invented numbers that add up."""
    margins = {}
    for one in ATTRIBUTES:
        persons = np.full(len(one.labels), 60 // len(one.labels) // 5 * 5, dtype=np.int64)
        persons[0] += 60 - persons.sum() + more
        margins[one.name] = Sheet((one.name,), (one.labels,), persons)
    tables = {}
    for name, plan in PLANS.items():
        labels = tuple(one.labels for one in plan.groupings)
        if len(labels) == 2:
            rows, columns = (margins[grouping.name].persons.copy() for grouping in plan.groupings)
            persons = _corner(rows, columns)
            tables[name] = Sheet(plan.columns, labels, persons)
        else:
            persons = np.arange(len(labels[0]), dtype=np.int64) * 5 + 10 + more
            means = (300,) * (len(labels[0]) - 1) + (None,) if plan.money else ()
            tables[name] = Sheet(plan.columns, labels, persons, means)
    return Release(year, 61 + more, 60 + more, margins, tables, measures={"Photographie": f"31/12/{year}"})


def _corner(rows: Ints, columns: Ints) -> Ints:
    """A table of multiples with these sums, filled from its first corner."""
    cells = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for place in np.ndindex(*cells.shape):
        cells[place] = min(rows[place[0]], columns[place[1]])
        rows[place[0]] -= cells[place]
        columns[place[1]] -= cells[place]
    return cells


def place(folder: Path, *releases: Release) -> None:
    """Put a public file in place, in one move."""
    new = folder / "new.db"
    new.unlink(missing_ok=True)
    public_file.write(new, releases)
    new.replace(folder / public_file.NAME)


@dataclass
class Site:
    """The site on a folder, started as `make run` starts it."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it says, beside its folder."""
        return self.folder.with_name(f"{self.folder.name}-site.log")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *more: str) -> None:
        command = [sys.executable, "-m", "partners", ".", "--port", str(self.port), *more]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=site_environment(), stdout=subprocess.DEVNULL, stderr=log
            )
        until = time.monotonic() + 40
        while time.monotonic() < until:
            try:
                self.get("/robots.txt")
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the site did not start")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=10)

    def ask(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body, of an error as well."""
        request = urllib.request.Request(self.address + path, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    def memory(self) -> int:
        """The most it ever held, in kilobytes."""
        assert self.process
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM"))

    def get(self, path: str) -> str:
        """The text of a page that is there."""
        status, _, body = self.ask(path)
        assert status == 200, (status, path)
        return body.decode()


PRIVATE_WORDS = ("site-packages", os.sep + "root" + os.sep, os.sep + "home" + os.sep, "palette.db", "Traceback")
