"""`python -m benchmarks waits`: how long others wait while 30,000 rows are imported, and while the import is undone.

The longest wait of a save and of a sign-in, by other threads of the same process, in a copy of an invented office.
"""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.office import SIZES, Row, folder
from db.accounts import accounts, login_throttle, sessions
from db.accounts.login_throttle import Attempt
from db.imports import isolated_reader
from db.imports.plan import plan
from db.imports.plan_types import ImportChoices
from db.imports.write import write
from db.model.office import Office
from db.model.roles import Role
from db.rows import records, undo
from db.rows.records import Edit
from db.storage import connection
from server.lifespan import SWITCH_INTERVAL

ROWS = 30_000
LIMITS = {"longest save": 1_000.0, "longest sign-in": 3_000.0}
"""ms. A sign-in makes four transactions and hashes a password; after ten seconds it would be answered 503."""
_LOGIN, _PASSWORD = "ada@exemple.fr", "trois chevaux bleus sous la pluie"


def measure() -> list[Row]:
    """Measure the longest waits at both sizes, in ms."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    found: dict[str, list[float]] = {}
    for persons in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "palette.db"
            shutil.copy(folder(persons) / "palette.db", path)
            for task, waits in _longest(path).items():
                found.setdefault(task, []).append(waits)
    limits = {task: LIMITS[task.partition(",")[0]] for task in found}
    return [(task, waits, f"< {limits[task]:.0f}", max(waits) < limits[task]) for task, waits in found.items()]


def _longest(path: Path) -> dict[str, float]:
    with closing(connection.open_file(path)) as db:
        account = accounts.create(db, _LOGIN, "Ada Durand", [Role.AGENT], "Mesure")
        accounts.set_password(db, account, _PASSWORD)
        lines = [f"Mesure{number};Ada{number % 977};Femme;{number % 28 + 1}/5/1980" for number in range(ROWS)]
        content = "\n".join(["Nom;Prénom;Genre;Date de naissance", *lines]).encode()
        made = plan(db, isolated_reader.read(content, "mesure.csv"), ImportChoices(accept_resemblances=True))
        with _others(path) as waits:
            done = write(db, made, "Mesure", leave_waiting=True)
        longest = {f"{task}, import of {ROWS:,} rows": max(times) * 1000 for task, times in waits.items()}
        with _others(path) as waits:
            undo.undo(db, done.operation or 0, "Mesure")
        return longest | {f"{task}, its undo": max(times) * 1000 for task, times in waits.items()}


@contextmanager
def _others(path: Path) -> Iterator[dict[str, list[float]]]:
    """Have others save and sign in within the block, and yield how long each took, in seconds."""
    waits: dict[str, list[float]] = {"longest save": [], "longest sign-in": []}
    ended = threading.Event()
    threads = [
        threading.Thread(target=_repeat, args=(path, act, every, ended, waits[task]))
        for task, act, every in (("longest save", _save, 0.05), ("longest sign-in", _sign_in, 0.5))
    ]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _repeat(
    path: Path, act: Callable[[Office, int], None], every: float, ended: threading.Event, waits: list[float]
) -> None:
    number = 0
    with closing(connection.open_file(path)) as db:
        while not ended.wait(every):
            number += 1
            start = time.perf_counter()
            act(db, number)
            waits.append(time.perf_counter() - start)


def _save(db: Office, number: int) -> None:
    row = number % 100 + 1
    (version,) = db.execute("SELECT version FROM person WHERE id = ?", (row,)).fetchone()
    records.save(db, db.tables["person"], Edit({"town": f"Cahors {number}"}, row, version), "Mesure")


def _sign_in(db: Office, _number: int) -> None:
    attempt, now = Attempt(_LOGIN, "", ""), time.time()
    account = accounts.by_login(db, _LOGIN)
    login_throttle.enter(db, attempt, account.id if account else None, now)
    verified = accounts.verify(db, _LOGIN, _PASSWORD)
    if verified is None:
        raise RuntimeError("the password was refused")
    login_throttle.forgive(db, attempt, verified.id)
    sessions.begin(db, verified, "Mesure", now)
