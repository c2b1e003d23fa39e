"""Several writers on one file: no update is lost, and the result equals that of a single writer."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import inf
from pathlib import Path

import pytest

from benchmarks.concurrent_writers import measure, outcome
from benchmarks.concurrent_writers.simulated_person import AcknowledgedSave, SimulatedPerson
from db.model.dictionary import PERSON
from db.rows import records
from db.storage import connection

PEOPLE, GESTURES, PACE = 8, 40, (0.0, 0.02)


@dataclass
class Day:
    """A file after the work, a copy of its initial state, and the writers with their acknowledged saves."""

    file: Path
    start: Path
    persons: list[SimulatedPerson]

    @property
    def saves(self) -> list[AcknowledgedSave]:
        return [save for person in self.persons for save in person.acknowledged]

    def findings(self) -> list[str]:
        return outcome.findings(self.file, self.start, self.saves)


@pytest.fixture(scope="module")
def demonstration(prepared):
    return prepared.demonstration(date.today())


@pytest.fixture
def work(tmp_path, monkeypatch, demonstration):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    start = measure.prepare(tmp_path, make=partial(shutil.copy, demonstration))

    def work_(people: int = PEOPLE, gestures: int = GESTURES) -> Day:
        return Day(tmp_path / "palette.db", start, measure.run_people(people, inf, PACE, gestures))

    return work_


def execute_raw(day: Day, *statements: str) -> None:
    """Change the file as another program would."""
    with closing(connection.connect(day.file)) as raw:
        for sql in statements:
            raw.execute(sql)


def test_nothing_that_was_acknowledged_is_lost_and_a_replay_makes_the_same_file(work):
    day = work()

    assert not [error for person in day.persons for error in person.errors]
    assert all(person.save_times for person in day.persons)
    assert sum(person.refusals["ConflictError"] for person in day.persons)  # of the two rivals on one row
    assert any(save.deleted for save in day.saves)
    assert any(save.undoes for save in day.saves)
    assert day.findings() == []


def test_the_check_finds_a_save_that_overwrote_a_colleagues(work, monkeypatch):
    monkeypatch.setattr(records, "_refuse_conflict", lambda *arguments: None)

    found = work(people=2, gestures=30).findings()

    assert any("unseen" in problem for problem in found)


def test_the_check_finds_a_value_that_was_reverted(work):
    day = work(people=2, gestures=10)
    row = day.saves[-1].row

    execute_raw(day, f"UPDATE person SET craft = 'Autrefois' WHERE id = {row}")

    assert {
        f"person n° {row} : craft is not what its last writer saved",
        f"person n° {row} : the replay differs in changed_by, craft, version",
    } <= set(day.findings())


def test_the_check_finds_a_value_that_was_reverted_without_history(work):
    day = work(people=2, gestures=10)
    row = next(save.row for save in day.saves if save.table.name == PERSON.name)

    execute_raw(day, "DROP TRIGGER person_history_update", "UPDATE person SET gender = 'other'")

    found = day.findings()
    assert f"person n° {row} : gender is not what its last writer saved" in found
    assert f"person n° {row} : the replay differs in gender" in found
    assert any(problem.startswith("the photo of") for problem in found)
