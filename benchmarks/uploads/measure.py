"""The measure of the uploads, and its table."""

import argparse
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.live_server import office
from benchmarks.live_server.comer import Comer
from benchmarks.live_server.palette import RunningPalette
from benchmarks.live_server.table import TITLES, print_problems, print_times
from benchmarks.uploads.bombs import UploadedFile, catalogue
from benchmarks.uploads.mutations import damaged
from benchmarks.uploads.people import Saver, Uploader

MEMORY_TARGET = 1_000.0
"""MB of the server."""
SAVE_TARGET = 1_000.0
"""Milliseconds within which every save of a colleague ends."""
_SIGN_IN_EVERY = 5.0
_UPLOADERS = 2


class Files:
    """The files in the order in which they are tried: the catalogue, shuffled, then damaged ones without end."""

    def __init__(self, seed: int, until: float, kind: str = "") -> None:
        self.seed, self.until, self.number = seed, until, 0
        self.known = [one for one in catalogue(seed) if kind in f"{one.kind} {one.what}"]
        Random(seed).shuffle(self.known)
        self._is_whole = not kind
        self._lock = threading.Lock()

    def next(self) -> UploadedFile | None:
        """Return the next file, None when the time is over."""
        with self._lock:
            number, self.number = self.number, self.number + 1
        if time.monotonic() > self.until:
            return None
        if number < len(self.known):
            return self.known[number]
        return damaged(self.seed, number) if self._is_whole else None


def show(arguments: list[str]) -> int:
    """Run it and print its table. Return the number of missed targets."""
    parser = argparse.ArgumentParser("python -m benchmarks uploads")
    parser.add_argument("--seconds", type=float, default=1_800.0, help="after which no file is begun")
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--only", default="", help="the bombs whose kind or name contains this")
    options = parser.parse_args(arguments)
    names = [f"Personne {number}" for number in range(1, _UPLOADERS + 1)]
    with tempfile.TemporaryDirectory(prefix="palette-uploads-") as folder:
        palette = RunningPalette(Path(folder))
        before = office.prepare(palette.file, [*names, "Saver", "Comer"])
        palette.start()
        files = Files(options.seed, time.monotonic() + options.seconds, options.only)
        uploaders = [Uploader(palette, name) for name in names]
        saver = Saver(palette.host, "Saver", lambda: "; ".join(one.at_work for one in uploaders))
        comer = Comer(palette.host, "Comer", _SIGN_IN_EVERY)
        _run(uploaders, files, saver, comer)
        unsound = office.broken(palette.file, before)
        left, troubles = palette.stop(), palette.troubles()
    tried = sum((one.tried for one in uploaders), Counter[str]())
    print(f"{sum(tried.values())} files, seed {options.seed}: " + ", ".join(f"{n} {kind}" for kind, n in tried.items()))
    untried = len(files.known[files.number :])
    print(f"files of the catalogue that were not tried for want of time: {untried}")
    return _print_memory(palette) + _print_times(saver, comer, uploaders) + sum(
        print_problems(what, problems)
        for what, problems in (
            ("sign-ins answered otherwise", comer.unexpected), ("errors of the colleague who saves", saver.errors),
            ("tracebacks and errors in the server's output", troubles),
            ("files without an answer in French", [problem for one in uploaders for problem in one.problems]),
            ("processes and temporary files left", left), ("the office file is not sound", unsound),
        )
    )  # fmt: skip


def _run(uploaders: list[Uploader], files: Files, saver: Saver, comer: Comer) -> None:
    """Upload everything while the others work."""
    stop = threading.Event()
    others = [threading.Thread(target=one.work, args=(stop,), daemon=True) for one in (saver, comer)]
    uploading = [threading.Thread(target=one.work, args=(files.next,), daemon=True) for one in uploaders]
    for thread in (*others, *uploading):
        thread.start()
    for thread in uploading:
        thread.join()
    stop.set()
    for thread in others:
        thread.join()


def _print_memory(palette: RunningPalette) -> bool:
    missed = palette.own_peak >= MEMORY_TARGET
    print(
        f"highest memory of the server, MB: {palette.own_peak:.0f}, target < {MEMORY_TARGET:,.0f}"
        f"{'   MISSED' * missed}; with its helper processes: {palette.peak:.0f}"
    )
    return missed


def _print_times(saver: Saver, comer: Comer, uploaders: list[Uploader]) -> bool:
    slowest = max(saver.times, default=SAVE_TARGET)
    print(TITLES)
    print_times("a colleague's save", saver.times, f"max < {SAVE_TARGET:,.0f}", slowest >= SAVE_TARGET)
    print_times("a sign-in and the page after it", comer.times)
    print_times("a file, until its answer", [milliseconds for one in uploaders for milliseconds, _ in one.times])
    slow = sorted((time for one in uploaders for time in one.times), reverse=True)[:5]
    print("the slowest answers: " + "; ".join(f"{what}, {milliseconds / 1000:.0f} s" for milliseconds, what in slow))
    for milliseconds, at, what in sorted(saver.slow, reverse=True)[:5]:
        print(f"  a save of {milliseconds:.0f} ms, answered at {at} during {what}")
    return slowest >= SAVE_TARGET
