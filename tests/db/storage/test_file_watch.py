"""A server notices that its file or the « -wal » was taken away: nothing acknowledged is lost, and saving ends."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from db.backup import create
from db.base import folders
from db.base.errors import StorageError
from db.people import erasure
from db.rows import access_log, records
from db.rows.records import Edit
from db.storage import connection, file_watch
from db.storage.integrity import check
from tests.db.factories import insert_person

NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)


@pytest.fixture
def watched(db, path):
    insert_person(db, last_name="Enregistrée")
    file_watch.watch(connection.connect(path), path)
    yield db
    file_watch.forget(path)


def names_on_disk(path):
    """What is in the file itself, without its « -wal »."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as raw:
        return [row[0] for row in raw.execute("SELECT last_name FROM person")]


def test_a_deleted_log_is_told_at_once_and_what_it_held_is_in_the_file(watched, path, monkeypatch):
    monkeypatch.delenv("PALETTE_BACKUPS", raising=False)
    records.save(watched, watched.tables["person"], Edit({"last_name": "Juste avant"}, 1, 1), "Ada")
    assert names_on_disk(path) != ["Juste avant"], "the control: only the log holds it"
    path.with_name("palette.db-wal").unlink()

    with pytest.raises(StorageError, match="a été supprimé pendant que Palette tourne.*Faites d’abord une sauvegarde"):
        records.save(watched, watched.tables["person"], Edit({"last_name": "Perdue"}, 1, 2), "Ada")

    assert names_on_disk(path) == ["Juste avant"]
    with closing(sqlite3.connect(path, timeout=0)) as raw, pytest.raises(sqlite3.OperationalError, match="locked"):
        raw.execute("INSERT INTO attempt VALUES (x'00', 1, 0)")
    backup = create.make_backup(path, folders.backup_folder(path), NOW)
    assert names_on_disk(backup) == ["Juste avant"]
    watched.close()
    file_watch.forget(path)
    with closing(connection.open_file(path)) as later:
        assert check(later) == []
        assert records.get(later, later.tables["person"], 1).values["last_name"] == "Juste avant"


def test_a_log_that_is_deleted_during_a_long_write_is_saved_once_that_ends(watched, path, monkeypatch):
    guard = file_watch._watched[str(path)].guard
    guard.execute("PRAGMA busy_timeout = 1")
    watched.execute("BEGIN IMMEDIATE")
    watched.execute("UPDATE person SET town = 'Figeac', version = version + 1")
    path.with_name("palette.db-wal").unlink()
    assert "y manquent peut-être" in file_watch.problem(path)

    watched.execute("COMMIT")

    assert "a été remis dans le fichier" in file_watch.problem(path)
    assert watched.execute("SELECT town FROM person").fetchone() == ("Figeac",)


def move_another_in_place(path, copy):
    copy.replace(path)


def copy_over(path, copy):
    shutil.copyfile(copy, path)


def move_away(path, copy):
    path.rename(path.with_name("ailleurs.db"))


@pytest.mark.parametrize("replace", [move_another_in_place, copy_over, move_away])
def test_a_replaced_file_is_told_and_takes_no_more(watched, path, replace, monkeypatch):
    monkeypatch.delenv("PALETTE_BACKUPS", raising=False)
    backup = create.make_backup(path, folders.backup_folder(path), NOW)
    assert file_watch.problem(path) == ""

    replace(path, backup)

    with pytest.raises(StorageError, match="remplacé, déplacé ou recopié pendant que Palette tourne"):
        access_log.note(watched, "Ada", "export")


def test_ordinary_work_is_not_taken_for_a_loss(watched, path):
    with closing(connection.open_file(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    erasure.erase(watched, [1], "Ada")
    for _ in range(3):
        access_log.note(watched, "Ada", "export")
        watched.execute("VACUUM")
        watched.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert file_watch.problem(path) == ""


OPENED_AND_CLOSED = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1])
raw.execute("SELECT count(*) FROM person").fetchone()
raw.close()
"""


def test_watching_leaves_the_log_to_other_programs_as_they_find_it(watched, path):
    """SQLite deletes the « -wal » when no other process holds a lock: watching must not drop those of this one."""
    assert file_watch.problem(path) == ""

    subprocess.run([sys.executable, "-c", OPENED_AND_CLOSED, str(path)], check=True)

    assert path.with_name("palette.db-wal").exists()
    assert file_watch.problem(path) == ""
