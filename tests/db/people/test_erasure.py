"""Erasure: no byte of a person is left in the file; numbers and rows of other persons stay."""

import json
import sqlite3
from contextlib import closing

import pytest

from db.base import instants
from db.base.errors import NotFoundError, StorageError, UndoError
from db.figures import as_of, counting, snapshots
from db.figures.periods import period_of
from db.model.dictionary import AID, INTERVENTION, PERSON, TABLES
from db.people import erasure, erasure_register
from db.rows import access_log, history, operations, records, titles, undo
from db.rows.queries import Query
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import insert, insert_benefit, insert_stage

SECRETS = ("Zorglubescu", "Quintilienne", "zorglub@exemple.fr", "Mazurkarillon", "Trombinoscopal", "Xylophageur")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "palette.db"


@pytest.fixture
def db(path, new_office):
    db = new_office(path)
    yield db
    db.close()


def save_new(db, table, **values):
    return records.save(db, table, Edit(values), "Anne").row_id


def insert_full_office(db):
    """Insert a person whose every text is a unique word, with changed and deleted rows that fill pages."""
    person = save_new(
        db, PERSON, last_name="Zorglubescu", first_name="Quintilienne", gender="woman", email="zorglub@exemple.fr"
    )
    insert_benefit(db, person, "rsa", "2015-01-01")
    insert_stage(db, person, "accompaniment", "2022-01-01")
    met = save_new(
        db,
        INTERVENTION,
        person_id=person,
        kind="meeting",
        domain="coaching",
        happened_on="2022-03-04",
        note="Mazurkarillon " * 400,
    )
    version = records.get(db, db.tables["intervention"], met).version
    records.save(db, db.tables["intervention"], Edit({"note": "Trombinoscopal"}, met, version), "Anne")
    granted = {"decision": "granted", "granted": 100_00, "decided_on": "2022-05-06", "note": "Xylophageur"}
    gone = save_new(db, AID, person_id=person, type="mobility", requested_on="2022-05-05", **granted)
    records.delete(db, db.tables["aid"], {gone: 1}, "Anne")
    return person


def read_raw_bytes(path):
    """Return every byte of the file and of its companions (-wal, -shm)."""
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name))


def words_of(index, db):
    return {row[0] for row in db.execute(f"SELECT term FROM {index}")}


def test_nothing_is_left_of_an_erased_person_and_the_file_is_sound(db, path):
    other = save_new(db, PERSON, last_name="Marchand", first_name="Lou", gender="man", note="reste là")
    person = insert_full_office(db)
    before = read_raw_bytes(path)
    assert all(word.encode() in before for word in SECRETS), "the control: they can be found in the bytes"

    assert erasure.erase(db, [person], "Admin") == 1

    after = read_raw_bytes(path)
    assert [word for word in SECRETS if word.encode() in after or word.lower().encode() in after] == []
    assert b"Marchand" in after
    assert records.get(db, db.tables["person"], other).values["note"] == "reste là"
    for table in TABLES.values():
        column = "id" if table.name == PERSON.name else "person_id"
        if table.name == PERSON.name or table.belongs_to_person:
            assert db.execute(f'SELECT count(*) FROM "{table.name}" WHERE {column} = ?', (person,)).fetchone()[0] == 0
    assert records.read(db, db.tables["person"], Query(search="Zorglubescu")).matching == 0
    assert check(db) == []


def test_what_is_left_says_when_and_by_whom(db):
    person = insert_full_office(db)

    erasure.erase(db, [person], "Admin")

    lines = db.execute("SELECT who, action, before, after FROM history WHERE table_name = 'person'").fetchall()
    assert ("Admin", "erase", "{}", "{}") in lines
    assert {line[2:] for line in lines} == {("{}", "{}")}
    assert [(line.who, line.person_id) for line in access_log.find(db, action="erase")[0]] == [("Admin", person)]
    told = history.find(db, history.Search(table="person"), titles.context(db), 0, 10)[0]
    assert told[0].sentence == "Admin a effacé (contenu effacé)"


def test_frozen_figures_stay_and_the_past_is_still_counted_for_the_others(db, path):
    person = insert_full_office(db)
    other = save_new(db, PERSON, last_name="Marchand", first_name="Lou", gender="man")
    insert_benefit(db, other, "rsa", "2015-01-01")
    insert_stage(db, other, "accompaniment", "2022-01-01")
    year = period_of("2022")
    numbers = counting.photo(db, "2022")
    kept = snapshots.freeze(db, year, numbers, "Anne")
    moment = instants.now()

    erasure.erase(db, [person], "Admin")

    assert snapshots.get(db, kept).numbers == json.loads(json.dumps(numbers))
    assert counting.photo(db, "2022")["followed"] == 1
    with as_of.as_known(path, moment) as then:
        assert counting.photo(then, "2022")["followed"] == 1


def test_a_row_that_became_somebody_elses_keeps_only_what_it_says_of_her(db, path):
    person, other = insert_full_office(db), save_new(db, PERSON, last_name="Marchand", first_name="Lou", gender="man")
    met = save_new(
        db,
        INTERVENTION,
        person_id=person,
        kind="meeting",
        domain="coaching",
        happened_on="2022-04-04",
        note="Mazurkarillon",
    )
    records.save(db, db.tables["intervention"], Edit({"person_id": other, "note": "à Lou"}, met, 1), "Anne")

    erasure.erase(db, [person], "Admin")

    assert records.get(db, db.tables["intervention"], met).values["note"] == "à Lou"
    assert b"Mazurkarillon" not in read_raw_bytes(path)
    assert check(db) == []


def test_an_erased_person_leaves_lists_of_participants(db):
    person, other = insert_full_office(db), save_new(db, PERSON, last_name="Marchand", first_name="Lou", gender="man")
    project = save_new(db, TABLES["project"], name="Atelier", participants=(person, other))

    erasure.erase(db, [person], "Admin")

    assert records.get(db, db.tables["project"], project).values["participants"] == (other,)


def operation_of(db, line):
    found = operations.of_line(db, line)
    assert found
    return found.id


def test_an_erased_person_cannot_be_undone(db):
    person = insert_full_office(db)
    erasure.erase(db, [person], "Admin")

    (line,) = db.execute("SELECT max(id) FROM history WHERE action = 'erase'").fetchone()
    with pytest.raises(UndoError, match="effacé"):
        undo.undo(db, operation_of(db, line), "Admin")
    person_made = db.execute("SELECT id FROM history WHERE table_name = 'person' AND action = 'insert'").fetchone()[0]
    with pytest.raises(UndoError, match="a effacé cette ligne"):
        undo.undo(db, operation_of(db, person_made), "Admin")


def test_several_persons_are_erased_all_or_none(db, path):
    person = insert_full_office(db)

    with pytest.raises(NotFoundError, match="n° 99"):
        erasure.erase(db, [person, 99], "Admin")

    assert records.get(db, db.tables["person"], person).values["last_name"] == "Zorglubescu"
    assert erasure.finish(path) == 0, "nobody is in the register"
    assert check(db) == []


def test_a_restored_copy_is_erased_again(db, path, tmp_path):
    person = insert_full_office(db)
    copy = tmp_path / "before.db"
    with closing(sqlite3.connect(copy)) as target:
        db.backup(target)
    erasure.erase(db, [person], "Admin")
    db.close()

    for left in path.parent.glob("palette.db*"):
        left.unlink()
    copy.rename(path)
    assert b"Zorglubescu" in read_raw_bytes(path)

    assert erasure.finish(path) == 1
    assert b"Zorglubescu" not in read_raw_bytes(path)
    assert erasure.finish(path) == 0


def test_another_person_with_the_same_number_is_not_erased(db, path, tmp_path):
    early = tmp_path / "early.db"
    with closing(sqlite3.connect(early)) as target:
        db.backup(target)
    person = insert_full_office(db)
    erasure.erase(db, [person], "Admin")
    db.close()
    for left in path.parent.glob("palette.db*"):
        left.unlink()
    early.rename(path)
    restored = connection.open_file(path)
    namesake = save_new(restored, PERSON, last_name="Neuve", first_name="Ava", gender="woman")
    restored.close()
    assert namesake == person

    assert erasure.finish(path) == 0


def test_the_register_holds_numbers_only(db, path):
    person = insert_full_office(db)

    erasure.erase(db, [person], "Admin")

    told = erasure_register.path_of(path).read_text(encoding="utf-8")
    assert f";Admin;{person};" in told
    assert not [word for word in SECRETS if word in told]


def test_a_reader_holding_old_pages_is_reported(db, path):
    person = insert_full_office(db)
    db.execute("PRAGMA busy_timeout = 100")
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()

        with pytest.raises(StorageError, match="sweep"):
            erasure.erase(db, [person], "Admin")

    erasure.sweep(db)
    assert b"Zorglubescu" not in read_raw_bytes(path)


def test_participants_of_a_deleted_project_too(db):
    person = insert_full_office(db)
    project = insert(db, "project", name="Atelier", participants=json.dumps([person]), deleted_at="2022-01-01")

    erasure.erase(db, [person], "Admin")

    assert db.execute("SELECT participants FROM project WHERE id = ?", (project,)).fetchone()[0] in (None, "[]")
