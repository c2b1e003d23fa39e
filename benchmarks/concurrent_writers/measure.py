"""The measurement: simulated people at work beside a server, the times of their saves, and the check of the outcome."""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from benchmarks.bulk_office import write_bulk_office
from benchmarks.concurrent_writers.browser_tabs import TabResult, visit_screens
from benchmarks.concurrent_writers.outcome import findings
from benchmarks.concurrent_writers.simulated_person import PACE, RIVAL_FIELDS, SEED, SimulatedPerson
from benchmarks.office import FOLDER
from benchmarks.working_hour import measure as working_hour
from db.demo import create
from db.storage import connection
from server import lifespan

TARGETS = {20: 150.0, 50: 500.0}
"""Number of people at most -> milliseconds within which 95 of 100 saves end."""


def prepare(folder: Path, make: Callable[[Path], object] = create.write) -> Path:
    """Create the office file in a folder, and return the path of a copy of it in its initial state."""
    file, start = folder / "palette.db", folder / "start" / "palette.db"
    make(file)
    start.parent.mkdir()
    shutil.copy(file, start)
    return start


def run_people(
    people: int, seconds: float, pace: tuple[float, float] = PACE, gestures: int = sys.maxsize
) -> list[SimulatedPerson]:
    """Let the people work at once on the file in PALETTE_DATA, the first two on the same row."""
    persons = [
        SimulatedPerson(number, pace, number - 1 if number <= len(RIVAL_FIELDS) else None)
        for number in range(1, people + 1)
    ]
    start = threading.Barrier(people)
    with ThreadPoolExecutor(people) as threads:
        futures: list[Future[None]] = [threads.submit(person.work, start, seconds, gestures) for person in persons]
    for person, future in zip(persons, futures, strict=True):
        if error := future.exception():
            person.errors.append(f"{person.name} : {error!r}")
    return persons


def show(arguments: list[str]) -> int:
    """Run the benchmark and print its table. Return the number of missed targets."""
    sys.setswitchinterval(lifespan.SWITCH_INTERVAL)
    parser = argparse.ArgumentParser("python -m benchmarks twenty")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--persons", type=int, help="of an invented file instead of the demonstration, 32000 say")
    parser.add_argument("--with-jobs", action="store_true", help="in a real server, with imports, exports and releases")
    parser.add_argument("--minutes", type=float, default=60.0, help="with --with-jobs")
    parser.add_argument("--seed", type=int, default=SEED, help="with --with-jobs")
    options, load = parser.parse_args(arguments), os.getloadavg()
    if options.with_jobs:
        return working_hour.show(options.people, options.minutes, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PALETTE_DATA"] = folder
        start = prepare(Path(folder), _bulk(options.persons) if options.persons else create.write)
        persons, tabs, logged = _run_with_server(Path(folder), options.people, options.seconds)
        saves = [save for person in persons for save in person.acknowledged]
        problems = findings(Path(folder) / "palette.db", start, saves)
    errors = [error for errors in [*(p.errors for p in persons), *(t.errors for t in tabs), logged] for error in errors]
    print(f"{options.people} people, {options.seconds:.0f} s, {len(saves)} saves acknowledged; two tabs beside them")
    print(f"{os.cpu_count()} cores, load {load[0]:.1f} before and {os.getloadavg()[0]:.1f} after")
    print(f"{'ms':<28}  {'number':>6}  {'p50':>7}  {'p95':>7}  {'max':>7}  target")
    slow = _print_times(
        "a save, accepted or refused",
        [time for person in persons for time in person.save_times],
        next((target for most, target in TARGETS.items() if options.people <= most), 0.0),
    )
    _print_times("a read", [time for person in persons for time in person.read_times])
    _print_times("a screen, reload to its end", [time for tab in tabs for time in tab.times])
    refusals = sum((person.refusals for person in persons), Counter[str]())
    print("refused: " + (", ".join(f"{number} {name}" for name, number in sorted(refusals.items())) or "nothing"))
    return (
        slow + _print_problems("errors", errors) + _print_problems("lost, corrupt or different in the replay", problems)
    )


def _bulk(persons: int) -> Callable[[Path], object]:
    return lambda path: write_bulk_office(path, persons)


def _print_times(what: str, times: list[float], target: float = 0.0) -> bool:
    """Print one line of the table and return whether the target is missed."""
    p50, p95, most = statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1], max(times)
    missed = bool(target) and p95 >= target
    target_text = f"p95 < {target:.0f}{'   MISSED' if missed else ''}" if target else ""
    print(f"{what:<28}  {len(times):>6,}  {p50:>7.1f}  {p95:>7.1f}  {most:>7.1f}  {target_text}")
    return missed


def _print_problems(what: str, problems: list[str]) -> bool:
    print(f"{what}: {len(problems)}, target 0{'   MISSED' if problems else ''}")
    for problem in problems[:20]:
        print(f"  {problem}")
    return bool(problems)


def _run_with_server(
    folder: Path, people: int, seconds: float
) -> tuple[list[SimulatedPerson], list[TabResult], list[str]]:
    """Run the people and two tabs. Return them and the errors of the server's log."""
    from tests.conftest import Server, let_in

    with closing(connection.open_file(folder / "palette.db")) as raw:
        let_in(raw)
    server = Server(folder)
    server.start()
    try:
        with ThreadPoolExecutor(2) as threads:
            walking = [threads.submit(visit_screens, server.address, number, seconds) for number in range(2)]
            persons = run_people(people, seconds)
            tabs = [one.result() for one in walking]
    finally:
        server.kill()
    return persons, tabs, _log_errors(server.log)


def _log_errors(log: Path) -> list[str]:
    """Return a message if the server's log holds errors; the log is then copied to FOLDER."""
    if not any(word in log.read_text() for word in ("Error", "Traceback")):
        return []
    FOLDER.mkdir(parents=True, exist_ok=True)
    return [f"the server's log speaks of errors: {shutil.copy(log, FOLDER / 'twenty.log')}"]
