"""Invented office files of two sizes, cached between runs, and the measurement and display of medians."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.bulk_office import write_bulk_office
from db.base.errors import PaletteError
from db.storage import connection

SIZES = (4_013, 100_000)
"""The number of RSA households of the Lot in January 2023, and more persons than any département will follow."""
FOLDER = Path(os.environ.get("PALETTE_BENCHMARKS") or Path(tempfile.gettempdir()) / "palette-benchmarks")


def folder(persons: int) -> Path:
    """Return the data folder of a file with that number of persons; rewrite the file if the dictionary changed."""
    path = FOLDER / str(persons) / "palette.db"
    try:
        connection.open_file(path).close()
    except PaletteError:
        for old in path.parent.glob("palette*"):
            old.unlink()
        print(f"making {path} …", flush=True)
        write_bulk_office(path, persons)
    return path.parent


def median(task: Callable[[], object], repeats: int) -> float:
    """Return the median milliseconds of ``repeats`` runs, after one warm-up run."""
    task()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        task()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


Row = tuple[str, list[float], str, bool]
"""(task, medians at both sizes, target in words, whether it is met)."""


def show(rows: list[Row]) -> int:
    """Print the table and return the number of missed targets."""
    width = max(len(row[0]) for row in rows)
    print(f"{'median, ms'.ljust(width)}  {SIZES[0]:>9,}  {SIZES[1]:>9,}  target")
    for task, medians, target, met in rows:
        numbers = "  ".join(f"{number:9.1f}" for number in medians)
        print(f"{task.ljust(width)}  {numbers}  {target}{'' if met else '   MISSED'}")
    return sum(not row[3] for row in rows)
