"""A visit of the demonstration has a file of its own, belongs to one session, and is deleted when it is left."""

import sqlite3
import time
from pathlib import Path

import pytest

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.base.errors import PaletteError
from db.demo import visits
from db.model.roles import Role
from db.storage import connection

ACCOUNT = Account(1, "ada@exemple.fr", "Ada", frozenset(Role), True, True, None)
ADA, LATER = Session(1, ACCOUNT, 1_000, 1_000, "Test", None), Session(1, ACCOUNT, 2_000, 2_000, "Test", None)
OTHER = Session(11, ACCOUNT, 1_000, 1_000, "Test", None)


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    (tmp_path / "palette.db").write_text("the office file")
    # What it writes is tried in test_demo.py; here it would only take its time.
    monkeypatch.setattr("db.demo.create.write", lambda path: path.write_text("the demonstration"))
    yield tmp_path / "palette.db"
    assert (tmp_path / "palette.db").read_text() == "the office file"


def begin(session: Session) -> Path:
    visits.begin(session)
    file = visits.file_of(session)
    assert file
    return file


def test_a_visit_belongs_to_one_session_and_goes_with_it(office):
    assert visits.file_of(ADA) is None

    file = begin(ADA)
    assert file.read_text() == "the demonstration"
    folder = office.with_name("demonstrations")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert visits.file_of(LATER) is None, "a session of the same number, after the first one ended"
    assert visits.file_of(OTHER) is None

    file.with_name(f"{file.name}-wal").write_text("what was typed")
    visits.leave(ADA)
    assert visits.file_of(ADA) is None
    assert list(folder.iterdir()) == []
    with pytest.raises(PaletteError):  # a run that began before finds nothing, and makes no empty file
        connection.open_file(file)
    with pytest.raises(sqlite3.OperationalError):
        connection.connect(file)
    assert visits.file_of(ADA) is None


def test_a_second_visit_has_another_file(office):
    first = begin(ADA)
    visits.leave(ADA)

    assert begin(ADA) != first


def test_forgotten_visits_are_deleted(office):
    visits.sweep()  # before any visit
    present = Session(2, ACCOUNT, int(time.time()), int(time.time()), "Test", None)
    forgotten, kept = begin(ADA), begin(present)

    visits.sweep()

    assert not forgotten.exists()
    assert visits.file_of(present) == kept
