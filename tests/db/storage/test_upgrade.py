"""Opening an older file upgrades it to the dictionary after a backup; one that contradicts it is left unchanged."""

import errno
import shutil
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from db.base import atomic_files
from db.base.errors import SchemaError, StorageError
from db.storage import connection, upgrade
from db.storage.ddl import actual, expected
from db.storage.migrations import STEPS
from tests.db.examples import forget_open_files, read_raw_row
from tests.db.factories import insert_person


@pytest.fixture(autouse=True)
def _newly_started():
    forget_open_files()
    yield
    forget_open_files()


def make_older(path, *statements):
    """Turn the file into one of an older version, by undoing what came since."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in statements:
            raw.execute(statement)
    forget_open_files()


def backup_files(path):
    return sorted(path.parent.glob("*-avant-*.db"))


def file_schema(path):
    with closing(connection.connect(path)) as raw:
        return {name: " ".join(sql.split()) for name, sql in raw.execute("SELECT name, sql FROM sqlite_master") if sql}


MISSING = {
    "an index": ["DROP INDEX person_by_town"],
    "a trigger": ["DROP TRIGGER aid_rule_ceiling_insert"],
    "another rule": [
        "DROP TRIGGER aid_rule_ceiling_insert",
        "CREATE TRIGGER aid_rule_ceiling_insert AFTER INSERT ON aid WHEN 0 BEGIN SELECT 1; END",
    ],
    "a rule of old": ["CREATE TRIGGER aid_rule_forgotten_insert AFTER INSERT ON aid BEGIN SELECT 1; END"],
    "a table": ["DROP TABLE need"],
    "the search": ["DROP TABLE person_search"],
    "a value of a list": ["DELETE FROM list_domain WHERE code = 'film'"],
    "a column": [
        "DROP INDEX person_by_craft",
        "DROP TABLE person_search",
        *(f"DROP TRIGGER person_search_{event}" for event in ("insert", "update", "delete")),
        *(f"DROP TRIGGER person_history_{event}" for event in ("insert", "update", "delete")),
        "ALTER TABLE person DROP COLUMN craft",
    ],
    "the sort key": [
        "DROP INDEX person_in_order",
        *(f"DROP TRIGGER person_sort_key_{event}" for event in ("insert", "update")),
        "ALTER TABLE person DROP COLUMN sort_key",
    ],
}


@pytest.mark.parametrize("what", MISSING)
def test_what_an_older_file_lacks_is_added_after_a_backup(db, path, what):
    insert_person(db, last_name="Éluard", craft="Poète" if what != "a column" else None)
    make_older(path, *MISSING[what])
    before = file_schema(path)

    with closing(connection.open_file(path)) as raw:
        found = raw.execute("SELECT rowid FROM person_search WHERE person_search MATCH 'eluard'").fetchall()
        lists = raw.execute("SELECT count(*) FROM list_domain").fetchone()

    after = file_schema(path)
    assert expected().keys() - after.keys() == set()
    assert "aid_rule_forgotten_insert" not in after
    assert read_raw_row(path, "person", 1)["last_name"] == "Éluard"
    assert read_raw_row(path, "person", 1)["sort_key"] == "eluard\tlou"
    assert found == [(1,)]
    assert lists == (6,)
    (backup,) = backup_files(path)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert file_schema(backup) == before


def test_a_file_of_today_is_opened_as_it_is(db, path):
    make_older(path)
    before = file_schema(path)

    connection.open_file(path).close()

    assert backup_files(path) == []
    assert file_schema(path) == before


def test_a_label_that_the_office_renamed_stays_renamed(db, path):
    db.execute("UPDATE list_territory SET label = 'Quercy blanc' WHERE code = 'cahors'")
    db.execute("INSERT INTO list_territory VALUES ('souillac', 'Souillac', 3, 0)")
    make_older(path, "DROP INDEX person_by_town")

    with closing(connection.open_file(path)) as raw:
        labels = dict(raw.execute("SELECT code, label FROM list_territory"))

    assert labels == {"cahors": "Quercy blanc", "figeac": "Figeac", "gourdon": "Gourdon", "souillac": "Souillac"}


def test_what_another_program_added_for_itself_is_left_alone(db, path):
    make_older(
        path, "CREATE VIEW grouped AS SELECT gender, count(*) FROM person GROUP BY 1", "DROP INDEX person_by_town"
    )

    connection.open_file(path).close()

    assert "grouped" in file_schema(path)
    assert "person_by_town" in file_schema(path)


# ---- numbered steps


def renamed_label(db):
    """A migration step: the label « ville » becomes « town »."""
    db.execute("UPDATE person SET town = ville")
    db.execute("ALTER TABLE person DROP COLUMN ville")


def test_a_numbered_step_runs_once_after_a_backup(db, path, monkeypatch):
    insert_person(db)
    make_older(path, "ALTER TABLE person ADD COLUMN ville TEXT", "UPDATE person SET ville = 'Figeac'")
    runs = []

    def step(db):
        runs.append(1)
        renamed_label(db)

    monkeypatch.setattr(upgrade, "STEPS", [*STEPS, step])

    for _ in range(2):
        forget_open_files()
        connection.open_file(path).close()

    assert runs == [1]
    assert read_raw_row(path, "person", 1)["town"] == "Figeac"
    (backup,) = backup_files(path)
    assert read_raw_row(backup, "person", 1)["ville"] == "Figeac"


def test_a_step_that_fails_leaves_the_file_as_it_was(db, path, monkeypatch):
    insert_person(db, town="Cahors")
    make_older(path)

    def failing(db):
        db.execute("UPDATE person SET town = 'Perdu'")
        raise ZeroDivisionError

    monkeypatch.setattr(upgrade, "STEPS", [*STEPS, failing])

    with pytest.raises(ZeroDivisionError):
        connection.open_file(path)

    assert read_raw_row(path, "person", 1)["town"] == "Cahors"


def fail_to_sync(monkeypatch):
    def refuse(_):
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(atomic_files, "sync", refuse)


def leave_little_room(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))


@pytest.mark.parametrize(
    ("spoil", "reason"), [(fail_to_sync, "le disque est plein"), (leave_little_room, "le disque est presque plein")]
)
def test_an_upgrade_whose_backup_fails_changes_nothing_and_leaves_no_copy(db, path, monkeypatch, spoil, reason):
    db.close()
    make_older(path, *MISSING["an index"])
    before = path.read_bytes()
    spoil(monkeypatch)

    with pytest.raises(StorageError, match=f"n’a pas pu être faite : {reason}"):
        connection.open_file(path)

    assert [one.name for one in path.parent.iterdir() if "avant" in one.name] == []
    assert path.read_bytes() == before


def test_a_new_file_has_no_step_to_run(path, monkeypatch):
    runs = []
    monkeypatch.setattr(upgrade, "STEPS", [lambda db: runs.append(1)])

    connection.create(path).close()
    forget_open_files()
    connection.open_file(path).close()

    assert runs == []


def test_a_file_of_a_later_palette_is_refused_untouched(db, path):
    make_older(path, "PRAGMA user_version = 99", "DROP INDEX person_by_town")

    with pytest.raises(SchemaError, match="mettez Palette à jour"):
        connection.open_file(path)

    assert backup_files(path) == []
    assert "person_by_town" not in file_schema(path)


# ---- drift


def test_an_unknown_column_is_named_with_its_mend(db, path):
    make_older(path, "ALTER TABLE person ADD COLUMN shoe_size INTEGER")

    with pytest.raises(SchemaError) as error:
        connection.open_file(path)

    assert "person.shoe_size : colonne inconnue du dictionnaire" in str(error.value)
    assert 'ALTER TABLE "person" DROP COLUMN shoe_size' in str(error.value)
    assert backup_files(path) == []
    make_older(path, 'ALTER TABLE "person" DROP COLUMN shoe_size')  # the mend, as printed
    assert connection.open_file(path).execute("SELECT 1").fetchone() == (1,)


def test_a_column_that_was_altered_is_named_with_what_was_expected(db, path):
    sql = actual(db)["aid"].replace("granted BETWEEN 0 AND 10000000", "granted BETWEEN 0 AND 5")
    make_older(
        path,
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = '{sql.replace(chr(39), chr(39) * 2)}' WHERE name = 'aid'",
    )

    with pytest.raises(SchemaError) as error:
        connection.open_file(path)

    assert "aid.granted : la colonne n’est plus celle du dictionnaire" in str(error.value)
    assert "granted INTEGER CHECK (granted BETWEEN 0 AND 10000000)" in str(error.value)
    assert "db/storage/migrations" in str(error.value)
