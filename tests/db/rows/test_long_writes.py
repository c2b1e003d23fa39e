"""Long writes: others save in between, and what does not reach its end leaves nothing."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.backup import daily
from db.base.errors import BusyError, RefusedImportError, UndoError
from db.figures import periods, snapshots
from db.imports import isolated_reader
from db.imports.plan import plan
from db.imports.plan_types import ImportChoices
from db.imports.write import write
from db.model.dictionary import FILES
from db.model.roles import Role
from db.rows import bulk_edits, long_writes, operations, records, transactions, undo
from db.rows.records import Edit
from db.storage import connection, integrity, permissions
from tests.db.factories import insert_person

PERSON: Any = FILES["person"]
RIGHTS = {"kind": "rsa", "subject_to_duties": True, "starts_on": "2026-01-02"}
ROWS = 8
STEP = 3
"""A slice ends after so many rows."""


@pytest.fixture
def colleague(path):
    with closing(connection.open_file(path)) as db:
        yield db


@pytest.fixture
def slices(monkeypatch):
    """Have each slice end after STEP rows. Returns a list; what is put there is called between two slices."""
    between: list[Any] = []
    calls = [0]

    def somebody_waits(_db):
        calls[0] += 1
        return calls[0] % STEP == 0

    def give_way(_db):
        for action in between:
            action()

    monkeypatch.setattr(long_writes, "FEW", 0)
    monkeypatch.setattr(long_writes, "_SHORTEST", -1.0)
    monkeypatch.setattr(long_writes, "somebody_waits", somebody_waits)
    monkeypatch.setattr(long_writes, "give_way", give_way)
    return between


def planned(db, gender="Femme"):
    lines = [f"Importée {number};Ada;{gender};{number + 1}/1/1980" for number in range(ROWS)]
    content = "\n".join(["Nom;Prénom;Genre;Date de naissance", *lines]).encode()
    return plan(db, isolated_reader.read(content, "personnes.csv"), ImportChoices(accept_resemblances=True))


def count(db):
    return db.execute("SELECT count(*) FROM person WHERE deleted_at IS NULL").fetchone()[0]


def parts(db):
    return db.execute("SELECT count(*) FROM operation_part").fetchone()[0]


def sound(db):
    assert db.execute("SELECT count(*) FROM long_write").fetchone()[0] == 0
    assert integrity.check(db) == []
    return True


def test_an_import_that_let_others_save_is_one_operation_with_one_undo(db, colleague, slices):
    known = insert_person(db, last_name="Durand")
    made = planned(db)
    slices.append(lambda: records.save(colleague, PERSON, Edit({"town": "Cahors"}, known, 1), "Zoé"))
    slices.append(slices.clear)

    done = write(db, made, "Ada")

    assert (done.created, count(db), parts(db)) == (ROWS, ROWS + 1, 2)
    assert records.get(db, PERSON, known).values["town"] == "Cahors"
    operation = operations.get(db, done.operation or 0)
    assert operation
    assert operations.persons(db, operation) == [row for row in range(1, ROWS + 2) if row != known]
    lines = [row[0] for row in db.execute("SELECT id FROM history WHERE who = 'Ada' AND action = 'insert'")]
    assert {operations.of_line(db, line) for line in lines[-ROWS:]} == {operation}
    assert operations.last_of(db, "Ada", "person") == operation
    undo.undo(db, operation.id, "Ada")
    assert (count(db), records.get(db, PERSON, known).values["town"]) == (1, "Cahors")
    assert sound(db)


def test_while_an_import_is_written_nobody_changes_its_rows(db, colleague, slices):
    known = insert_person(db, rights=None, last_name="Durand")
    refused = []

    def try_everything():
        new = colleague.execute("SELECT max(id) FROM person").fetchone()[0]
        for table, edit in (
            ("person", Edit({"town": "Cahors"}, new, 1)),
            ("benefit", Edit({"person_id": new, **RIGHTS})),
        ):
            with pytest.raises(BusyError) as error:
                records.save(colleague, colleague.tables[table], edit, "Zoé")
            refused.append(str(error.value))
        records.save(colleague, colleague.tables["benefit"], Edit({"person_id": known, **RIGHTS}), "Zoé")
        slices.clear()

    slices.append(try_everything)
    write(db, planned(db), "Ada")

    assert (
        refused
        == [
            "Cette ligne fait partie d’un grand enregistrement (un import…) qui n’est pas terminé : rien n’a été"
            " enregistré, réessayez dans un instant."
        ]
        * 2
    )
    assert db.execute("SELECT count(*) FROM benefit").fetchone()[0] == 1
    assert sound(db)


class EnoughError(Exception):
    """What somebody's « Annuler » raises."""


def test_a_cancelled_import_leaves_nothing_of_its_slices(db, colleague, slices, monkeypatch):
    monkeypatch.setattr("db.imports.write._STEP", 1)
    known = insert_person(db, last_name="Durand")
    slices.append(lambda: records.save(colleague, PERSON, Edit({"town": "Cahors"}, known, 1), "Zoé"))
    slices.append(slices.clear)

    def progress(share, _step):
        if share > 0.7:
            assert count(colleague) > 1, "a slice is stored"
            raise EnoughError

    with pytest.raises(EnoughError):
        write(db, planned(db), "Ada", progress)

    assert (count(db), records.get(db, PERSON, known).values["town"]) == (1, "Cahors")
    assert db.execute("SELECT count(*) FROM import_choice").fetchone()[0] == 0
    assert sound(db)


def test_a_row_that_a_colleague_changes_meanwhile_stops_the_import_and_takes_it_back(db, colleague, slices):
    write(db, planned(db), "Ada")
    made = planned(db, "Homme")
    last = db.execute("SELECT max(id) FROM person").fetchone()[0]
    slices.append(lambda: records.save(colleague, PERSON, Edit({"town": "Cahors"}, last, 1), "Zoé"))
    slices.append(slices.clear)

    with pytest.raises(RefusedImportError, match="Zoé a modifié cette ligne"):
        write(db, made, "Ada")

    genders = db.execute("SELECT DISTINCT gender FROM person").fetchall()
    assert genders == [("woman",)]
    assert sound(db)


def test_an_undo_that_meets_a_colleagues_change_is_taken_back_as_well(db, colleague, slices):
    done = write(db, planned(db), "Ada")
    first = db.execute("SELECT min(id) FROM person").fetchone()[0]  # the undo comes to it last
    slices.append(lambda: records.save(colleague, PERSON, Edit({"town": "Cahors"}, first, 1), "Zoé"))
    slices.append(slices.clear)

    with pytest.raises(UndoError, match="Zoé a modifié"):
        undo.undo(db, done.operation or 0, "Ada")

    assert (count(db), records.get(db, PERSON, first).values["town"]) == (ROWS, "Cahors")
    assert sound(db)


def test_an_agent_with_the_rights_of_an_agent_imports_and_undoes_in_slices(db, path, slices):
    with closing(connection.open_file(path)) as own:
        permissions.hold(own, [Role.AGENT])
        done = write(own, planned(own), "Ada")
        assert parts(db) > 0
        undo.undo(own, done.operation or 0, "Ada")
        assert own.roles == frozenset({Role.AGENT})
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            own.execute("DELETE FROM long_write")

    assert count(db) == 0
    assert sound(db)


def test_a_bulk_edit_and_a_deletion_let_others_save(db, colleague, slices):
    ids = [insert_person(db, last_name=f"Durand {number}") for number in range(ROWS)]
    other = insert_person(db, last_name="Autre")
    turn = iter(range(10))

    def version_of(row):
        return colleague.execute("SELECT version FROM person WHERE id = ?", (row,)).fetchone()[0]

    slices.append(
        lambda: records.save(colleague, PERSON, Edit({"town": str(next(turn))}, other, version_of(other)), "Zoé")
    )

    bulk_edits.change(db, PERSON, bulk_edits.preview(db, PERSON, ids, "town", "Cahors", "Ada"), "Ada")
    bulk_edits.delete(db, PERSON, dict.fromkeys(ids, 2), "Ada")

    assert count(db) == 1
    assert parts(db) == 4
    assert records.get(db, PERSON, other).version > 2
    assert sound(db)


KILLED = """
import os, sys
from pathlib import Path
from typing import Any
from db.rows import long_writes, records
from db.rows.records import Edit
from db.storage import connection
db = connection.open_file(Path(sys.argv[1]))
long_writes.FEW, long_writes._SHORTEST = 0, -1.0
long_writes.somebody_waits = lambda db: True
with long_writes.in_slices(db, 8) as write:
    for number in write.each(range(8)):
        if number == 5:
            os._exit(9)
        values = {"last_name": str(number), "first_name": "Lou", "gender": "woman"}
        records.save_within(db, db.tables["person"], [Edit(values)], "Ada")
"""


def test_a_long_write_that_was_killed_is_taken_back_at_the_next_start(db, path):
    insert_person(db, last_name="Durand")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, cwd=Path(__file__).parents[3])
    assert (ended.returncode, count(db)) == (9, 6)
    assert integrity.check(db) == ["Un enregistrement a été interrompu avant sa fin. Démarrer Palette le défait."]

    daily.at_start(path)

    assert count(db) == 1
    assert sound(db)
    assert [row[0] for row in db.execute("SELECT who FROM operation WHERE undoes IS NOT NULL")] == ["Ada"]


def test_a_save_does_not_wait_for_the_end_of_an_import(db, path, monkeypatch):
    monkeypatch.setattr(long_writes, "FEW", 0)
    monkeypatch.setattr(long_writes, "_SHORTEST", -1.0)
    monkeypatch.setattr("db.imports.write._STEP", 1)
    known = insert_person(db, last_name="Durand")
    saved = threading.Event()

    def save():
        with closing(connection.open_file(path)) as own:
            records.save(own, PERSON, Edit({"town": "Cahors"}, known, 1), "Zoé")
        saved.set()

    thread = threading.Thread(target=save)
    seen = []

    def progress(share, _step):
        if not thread.ident:
            thread.start()
            while not transactions.somebody_waits(db):
                pass
        elif share > 0.8:
            seen.append(saved.wait(20))

    write(db, planned(db), "Ada", progress)
    thread.join()
    assert seen[:1] == [True], "saved before the import ended"
    assert sound(db)


def test_nothing_is_frozen_or_published_that_counts_a_part_of_an_import(db, colleague, slices):
    refusals = []

    def try_both():
        for attempt in (lambda: long_writes.refuse_in_part(colleague), lambda: freeze(colleague)):
            with pytest.raises(BusyError) as error:
                attempt()
            refusals.append(str(error.value))
        slices.clear()

    slices.append(try_both)
    with pytest.raises(BusyError), long_writes.reading_whole(colleague):  # begins and ends while something is read
        write(db, planned(db), "Ada")

    assert len(refusals) == 2
    assert freeze(colleague)


def freeze(db):
    return snapshots.freeze(db, periods.period_of("2025"), {}, "Zoé")
