"""Times of the release of a year and of its audit: the demonstration (139 persons), 4,013 and 100,000 persons."""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.office import FOLDER, SIZES, folder
from db.demo import create
from db.storage import connection
from publication import publish
from publication.draw import draw
from publication.release.population import count_tables
from publication.release.public_file import NAME

YEARS = (2022, 2023, 2024, 2025)
"""The last one is measured, with the others online."""
_TARGETS = {139: 30.0, SIZES[0]: 60.0, SIZES[1]: 240.0}
"""Seconds for a release with its audit, on two cores."""


def show() -> int:
    """Print the table and return the number of missed targets."""
    print(f"{'persons':>9}  {'followed':>9}  {'release, s':>10}  {'once more, s':>12}  {'mean error':>10}  target")
    return sum(_measure(size, target) for size, target in _TARGETS.items())


def _measure(size: int, target: float) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        private = Path(scratch) / "palette.db"
        shutil.copy(_file(size), private)
        db, to = connection.open_file(private), Path(scratch) / "public" / NAME
        for year in YEARS[:-1]:
            publish.release(db, private, year, to, "benchmark")
        start = time.perf_counter()
        outcome = publish.release(db, private, YEARS[-1], to, "benchmark")
        released = time.perf_counter() - start
        assert outcome.kind == "new", outcome.sentence
        start = time.perf_counter()
        assert all(verdict.passed for verdict in publish.check(db, private, to))
        audited = time.perf_counter() - start
        population = draw.read_source(db, YEARS).years[YEARS[-1]]
        distances = draw.distances(outcome.releases[-1], count_tables(population))
        db.close()
    missed = released > target
    followed = int(np.sum(population.followed))
    print(
        f"{size:>9,}  {followed:>9,}  {released:>10.1f}  {audited:>12.1f}  {distances.mean():>10.2f}  "
        f"< {target:.0f} s{'   MISSED' if missed else ''}",
        flush=True,
    )
    return missed


def _file(size: int) -> Path:
    if size in SIZES:
        return folder(size) / "palette.db"
    path = FOLDER / "demonstration" / "palette.db"
    if not path.exists():
        create.write(path)
    return path
