"""Helpers: public files of invented numbers, and the partners' site on them as a process of its own."""

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
from publication.release.release import PublishedTable, Release
from publication.release.tables import ATTRIBUTES, PLANS
from server.launcher import site_environment
from tests.conftest import free_port


def invented_release(year: int, more: int = 0) -> Release:
    """Return invented numbers that add up, to 60 persons and ``more``."""
    margins = {}
    for grouping in ATTRIBUTES:
        persons = np.full(len(grouping.labels), 60 // len(grouping.labels) // 5 * 5, dtype=np.int64)
        persons[0] += 60 - persons.sum() + more
        margins[grouping.name] = PublishedTable((grouping.name,), (grouping.labels,), persons)
    tables = {}
    for name, plan in PLANS.items():
        labels = tuple(grouping.labels for grouping in plan.groupings)
        if len(labels) == 2:
            rows, columns = (margins[grouping.name].persons.copy() for grouping in plan.groupings)
            persons = fill_table(rows, columns)
            tables[name] = PublishedTable(plan.columns, labels, persons)
        else:
            persons = np.arange(len(labels[0]), dtype=np.int64) * 5 + 10 + more
            means = (300,) * (len(labels[0]) - 1) + (None,) if plan.has_amounts else ()
            tables[name] = PublishedTable(plan.columns, labels, persons, means)
    return Release(year, 60 + more, margins, tables, measures={"Photographie": f"31/12/{year}"})


def fill_table(rows: Ints, columns: Ints) -> Ints:
    """Return a table of multiples of 5 with these sums, filled from its first cell."""
    cells = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for row, column in np.ndindex(*cells.shape):
        cells[row, column] = min(rows[row], columns[column])
        rows[row] -= cells[row, column]
        columns[column] -= cells[row, column]
    return cells


def put_public_file(folder: Path, *releases: Release) -> None:
    """Write a public file into the folder of a site, in one move."""
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
        """The log of the process, beside its folder."""
        return self.folder.with_name(f"{self.folder.name}-site.log")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "partners", ".", "--port", str(self.port), *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=site_environment(), stdout=subprocess.DEVNULL, stderr=log
            )
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
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

    def request(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (lower case) and body, also of an error."""
        sent = urllib.request.Request(self.address + path, method=method)
        try:
            with urllib.request.urlopen(sent, timeout=20) as response:
                return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    def memory(self) -> int:
        """Return the peak memory of the process, in kilobytes."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

    def get(self, path: str) -> str:
        """Return the text of a page that must exist."""
        status, _, body = self.request(path)
        assert status == 200, (status, path)
        return body.decode()


PRIVATE_WORDS = ("site-packages", os.sep + "root" + os.sep, os.sep + "home" + os.sep, "palette.db", "Traceback")
