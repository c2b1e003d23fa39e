"""The daily job: one backup, then deletion of expired access log lines, drafts and copies."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from db.accounts import accounts
from db.backup import create, daily, status
from db.base import folders
from db.model.roles import Role
from db.rows import access_log
from db.rows.drafts import FormDrafts, FormOpening
from db.storage import connection, system_tables
from db.storage.integrity import check

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
_REPLACED = "palette-remplacé-2026-04-01T0915.db"
_BEFORE = "palette-avant-20260401-101112.db"
OLD = (_BEFORE, f"{_BEFORE}-journal", f"{_BEFORE}-shm", _REPLACED, f"{_REPLACED}-wal")
KEPT = (
    "palette-avant-20260601-101112.db", "palette-remplacé-2026-06-01T0915.db", "palette.db", "autre-avant-20200101.db",
)  # fmt: skip


@pytest.fixture
def path(tmp_path, new_office):
    path = tmp_path / "palette.db"
    db = new_office(path)
    access_log.note(db, "Ada", "open", 1)
    db.execute("DROP TRIGGER trace_stays_update")
    db.execute("UPDATE trace SET at = '2020-01-01T08:00:00.000Z'")
    db.execute(system_tables.statements()["trace_stays_update"])
    db.close()
    return path


def test_a_backup_a_day_and_what_is_too_old_goes(path):
    for name in (*OLD, *KEPT):
        path.with_name(name).touch()

    made = daily.daily(path, NOW)

    assert made
    assert made.exists()
    assert {one.name for one in path.parent.iterdir()} >= set(KEPT)
    assert not {one.name for one in path.parent.iterdir()} & set(OLD)
    db = connection.open_file(path)
    assert [line.action for line in access_log.find(db)[0]] == ["purge"]
    assert check(db) == []
    db.close()


def test_an_expired_draft_goes_after_a_backup_that_still_holds_it(path):
    db = connection.open_file(path)
    accounts.create(db, "ada@exemple.fr", "Ada", Role, "Ada")
    FormDrafts(db, 1).begin(FormOpening("person", None, None, {}), {"note": "x"})
    db.execute("UPDATE draft SET at = '2020-01-01T08:00:00.000Z'")

    made = daily.daily(path, NOW)

    assert made
    assert db.execute("SELECT count(*) FROM draft").fetchone() == (0,)
    db.close()
    with closing(sqlite3.connect(made)) as backup:
        assert backup.execute("SELECT count(*) FROM draft").fetchone() == (1,)


def test_a_second_run_on_the_same_day_does_nothing(path):
    daily.daily(path, NOW)
    path.with_name(OLD[0]).touch()

    assert daily.daily(path, NOW) is None
    assert path.with_name(OLD[0]).exists()


def test_a_broken_seal_is_told_and_backups_go_on(path):
    db = connection.open_file(path)
    db.execute("DROP TRIGGER trace_stays_update")
    db.execute("UPDATE trace SET who = 'Eve'")
    db.execute(system_tables.statements()["trace_stays_update"])
    db.close()

    made = create.make_backup(path, folders.backup_folder(path), NOW)

    assert made.exists()
    state = status.state(folders.backup_folder(path), NOW)
    assert not state.good
    assert "ne s’accorde plus avec ses sceaux" in state.sentence
