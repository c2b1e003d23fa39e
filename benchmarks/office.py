"""Made-up office files of both sizes, kept from one run to the next, and how a median is taken and shown."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.bulk_office import many
from db.base.errors import PaletteError
from db.storage import connection

SIZES = (4_013, 100_000)
"""As many persons as the RSA households of the Lot in January 2023, and far more than any département will have."""
FOLDER = Path(os.environ.get("PALETTE_BENCHMARKS") or Path(tempfile.gettempdir()) / "palette-benchmarks")


def folder(persons: int) -> Path:
    """The data folder of a file with so many persons; made anew when it no longer fits the dictionary."""
    path = FOLDER / str(persons) / "palette.db"
    try:
        connection.open_file(path).close()
    except PaletteError:
        for old in path.parent.glob("palette*"):
            old.unlink()
        print(f"making {path} …", flush=True)
        many(path, persons)
    return path.parent


def median(what: Callable[[], object], repeats: int) -> float:
    """Milliseconds, the median of so many runs after one that does not count."""
    what()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        what()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


Row = tuple[str, list[float], str, bool]
"""What was measured, its medians at both sizes, the target in words, whether it is met."""


def show(rows: list[Row]) -> int:
    """Print the table; returns how many targets are missed."""
    wide = max(len(row[0]) for row in rows)
    print(f"{'median, ms'.ljust(wide)}  {SIZES[0]:>9,}  {SIZES[1]:>9,}  target")
    for what, medians, target, met in rows:
        numbers = "  ".join(f"{number:9.1f}" for number in medians)
        print(f"{what.ljust(wide)}  {numbers}  {target}{'' if met else '   MISSED'}")
    return sum(not row[3] for row in rows)
