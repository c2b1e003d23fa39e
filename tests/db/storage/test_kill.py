"""The server is killed while twenty writers save: no acknowledged save is lost, and the file is sound."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import insert_person

ROOT = Path(__file__).parents[3]
ROUNDS = 4

WRITERS = """
import os, sys, threading
from pathlib import Path
from db.rows import records
from db.rows.records import Edit
from db.storage import connection

def write(number):
    db = connection.open_file(Path(sys.argv[1]))
    persons = db.tables["person"]
    own = records.save(db, persons, Edit({"last_name": f"Agent {number}", "first_name": "X", "gender": "other"}), "Ada")
    turn, version = 0, own.version
    while True:
        turn += 1
        town = f"{sys.argv[2]}-{number}-{turn}"
        version = records.save(db, persons, Edit({"town": town}, own.row_id, version), f"Agent {number}").version
        os.write(1, f'["town", {own.row_id}, "{town}", {version}]\\n'.encode())
        step = {"person_id": 1, "happened_on": "2024-01-01", "domain": "coaching", "note": town}
        row = records.save(db, db.tables["intervention"], Edit(step), f"Agent {number}").row_id
        os.write(1, f'["step", {row}, "{town}", 1]\\n'.encode())

for number in range(20):
    threading.Thread(target=write, args=(number,)).start()
"""
"""The saves of twenty users; each is acknowledged in one write once it returned."""


def write_until_killed(path: Path, turn: int, moment: float) -> list[list[object]]:
    """Return the saves acknowledged to twenty writers before the whole process was killed."""
    command = [sys.executable, "-c", WRITERS, str(path), str(turn)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as server:
        assert server.stdout
        first = server.stdout.readline()
        time.sleep(moment)
        server.send_signal(signal.SIGKILL)
        said = first + server.stdout.read()
    assert server.returncode == -signal.SIGKILL
    whole, _, _ = said.rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


def test_no_acknowledged_save_is_lost_when_the_server_is_killed(db, path):
    insert_person(db)
    db.close()
    rng = random.Random(2022)
    told: list[list[Any]] = []

    for turn in range(ROUNDS):
        told += write_until_killed(path, turn, rng.uniform(0.0, 0.8))

    towns = {row_id: (town, version) for kind, row_id, town, version in told if kind == "town"}
    steps = {row_id: note for kind, row_id, note, _ in told if kind == "step"}
    assert len(towns) > ROUNDS
    assert steps
    with closing(sqlite3.connect(path)) as raw:
        kept = {row[0]: row[1:] for row in raw.execute("SELECT id, town, version FROM person")}
        notes = dict(raw.execute("SELECT id, note FROM intervention"))
        history = set(raw.execute("SELECT row_id, version FROM history WHERE table_name = 'person'"))
    for row_id, (town, version) in towns.items():
        # The writer may have gone one save further, whose acknowledgement was cut off.
        assert kept[row_id] == (town, version) or kept[row_id][1] == version + 1
        assert (row_id, version) in history
    assert steps.items() <= notes.items()
    with closing(connection.open_file(path)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert check(connection.open_file(path)) == []
