"""The measure of a working hour, and its table."""

import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.live_server import office
from benchmarks.live_server.comer import Comer
from benchmarks.live_server.palette import RunningPalette
from benchmarks.live_server.table import TITLES, percentile, print_problems, print_times
from benchmarks.working_hour.colleague import FIELDS, Colleague, Saved
from benchmarks.working_hour.heavy_work import WORKERS, Worker

SAVE_TARGET = 250.0
"""Milliseconds within which 95 of 100 saves end."""
GROWTH_TARGET = 0.10
"""How much more memory the server may hold at the end than at half time."""
PERSONS = 4_000
_MARKS = (5.0, 15.0, 30.0, 45.0, 60.0)
"""Minutes at which the memory is told, when it lasts that long."""
_WINDOW = 0.5
_SIGN_IN_EVERY = 5.0
_END = 400.0
"""Seconds for jobs that were begun to end."""


class MemoryRecord:
    """The memory of the server and the size of its « -wal », each second. ``samples``: (minute, MB)."""

    def __init__(self, palette: RunningPalette) -> None:
        self.palette = palette
        self.samples: list[tuple[float, float]] = []
        self.largest_wal = 0

    def work(self, stop: threading.Event) -> None:
        """Sample until ``stop`` is set."""
        start = time.monotonic()
        while not stop.wait(1):
            self.samples.append(((time.monotonic() - start) / 60, self.palette.memory()))
            self.largest_wal = max(self.largest_wal, self.wal())

    def wal(self) -> int:
        """Return the size of the « -wal » now, in bytes."""
        with suppress(OSError):
            return self.palette.file.with_name("palette.db-wal").stat().st_size
        return 0

    def at(self, minute: float) -> float:
        """Return the least memory in the minute around this one, in MB: what is kept, without what a job needs."""
        return min((size for at, size in self.samples if abs(at - minute) <= _WINDOW), default=0.0)


def show(people: int, minutes: float, seed: int) -> int:
    """Run it and print its table. Return the number of missed targets."""
    names = [f"Personne {number}" for number in range(1, people + 1)]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="palette-hour-") as folder:
        palette = RunningPalette(Path(folder))
        print(f"making an office of {PERSONS} persons …", flush=True)
        before = office.prepare(palette.file, [*names, *WORKERS, "Comer"], PERSONS)
        highest = office.highest_ids(palette.file, FIELDS)
        palette.start()
        colleagues = [Colleague(palette.host, name, highest, str(seed)) for name in names]
        workers = [Worker(palette.host, name, jobs, str(seed)) for name, jobs in WORKERS.items()]
        comer, memory = Comer(palette.host, "Comer", _SIGN_IN_EVERY), MemoryRecord(palette)
        print(f"{people} people at work for {minutes:.0f} minutes …", flush=True)
        unended = _run(colleagues, workers, comer, memory, minutes * 60)
        left, wal, troubles = palette.stop(), memory.wal(), palette.troubles()
        saved: Saved = {}
        for colleague in colleagues:
            for cell, texts in colleague.saved.items():
                saved.setdefault(cell, []).extend(texts)
        lost = [*office.lost_texts(palette.file, saved), *office.broken(palette.file, before)]
    print(f"{os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after")
    errors = [
        error for every in (*(one.errors for one in workers), *(one.errors for one in colleagues)) for error in every
    ]
    missed = _print_times_of(colleagues, comer) + _print_jobs(workers) + _print_memory(memory, minutes, wal)
    for what, problems in (
        ("errors", errors + unended), ("saves lost, or the file not sound", lost),
        ("sign-ins answered otherwise", comer.unexpected),
        ("tracebacks and errors in the server's output", troubles), ("left behind", left),
    ):  # fmt: skip
        missed += print_problems(what, problems)
    return missed


def _run(
    colleagues: list[Colleague], workers: list[Worker], comer: Comer, memory: MemoryRecord, seconds: float
) -> list[str]:
    """Let everybody work. Return the names of those who did not come to an end."""
    stop, until = threading.Event(), time.monotonic() + seconds
    working = [
        *(threading.Thread(target=one.work, args=(until,), name=one.name, daemon=True) for one in colleagues),
        *(threading.Thread(target=one.work, args=(stop, seconds), name=one.name, daemon=True) for one in workers),
    ]
    watching = [threading.Thread(target=one.work, args=(stop,), daemon=True) for one in (comer, memory)]
    for thread in (*working, *watching):
        thread.start()
    time.sleep(seconds)
    end = time.monotonic() + _END
    for thread in working:
        thread.join(max(0.0, end - time.monotonic()))
    stop.set()
    for thread in watching:
        thread.join()
    return [f"{thread.name} did not come to an end" for thread in working if thread.is_alive()]


# ---- the table


def _print_times_of(colleagues: list[Colleague], comer: Comer) -> bool:
    saves = [time for one in colleagues for time in one.save_times]
    missed = not saves or percentile(saves) >= SAVE_TARGET
    print(TITLES)
    print_times("a save", saves, f"p95 < {SAVE_TARGET:.0f}", missed)
    print_times("lines of a grid", [time for one in colleagues for time in one.read_times])
    print_times("a search, a screen", [time for one in colleagues for time in one.page_times])
    print_times("a sign-in and the page after it", comer.times)
    print(f"saves not made because a colleague had changed the cell: {sum(one.clashes for one in colleagues)}")
    return missed


def _print_jobs(workers: list[Worker]) -> bool:
    """Print the seconds of each job. Return whether one was never done."""
    never = False
    for name in [name for one in workers for name in one.jobs]:
        times = [seconds for one in workers for done, seconds in one.done if done == name]
        never |= not times
        print(
            f"  {name:<32}  {len(times):>6}  " + (f"{min(times):.1f} to {max(times):.1f} s" if times else "   MISSED")
        )
    return never


def _print_memory(memory: MemoryRecord, minutes: float, wal: int) -> bool:
    """Print the memory at each mark and whether it grows from half time on. Return whether it does."""
    marks = [mark for mark in _MARKS if mark <= minutes] if minutes >= _MARKS[-1] else [minutes / 2, minutes]
    print("memory, MB: " + ", ".join(f"{memory.at(mark):.0f} at minute {mark:g}" for mark in marks))
    half, end = memory.at(minutes / 2), memory.at(minutes)
    growth = end / half - 1 if half else 1.0
    peak = f"highest {memory.palette.own_peak:.0f}, with helper processes {memory.palette.peak:.0f}"
    missed = growth >= GROWTH_TARGET
    verdict = "grows" if missed else "flat"
    print(
        f"memory: {peak}; from half time {growth:+.1%}, target < {GROWTH_TARGET:+.0%}: {verdict}{'   MISSED' * missed}"
    )
    print(f"« -wal »: {memory.largest_wal / 2**20:.1f} MB at most, {wal / 2**20:.1f} MB after the end")
    return missed
