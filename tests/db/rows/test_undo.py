"""Undo: one save, all or nothing, taken back as one operation and recorded in the history."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from db.base.errors import NotFoundError, UndoError
from db.model.dictionary import AID, PARTNER, PERSON, STAGE, TABLES
from db.rows import history, operations, records, titles, transactions, undo
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import insert, insert_aid, insert_person, insert_stage
from tests.db.rows.undoing import LOU, dump_tables, latest_operation, save_row, shown_row


@pytest.fixture(autouse=True)
def sound(db):
    """Assert after each test that the file is sound."""
    yield
    assert check(db) == []


# ---- what is taken back


def test_a_save_is_taken_back_field_by_field(db):
    row = save_row(db, PARTNER, {"name": "La Grange", "town": "Figeac", "phone": None})
    before = dump_tables(db)
    save_row(db, PARTNER, {"town": None, "phone": "+33565534000", "name": "Le Moulin"}, "Grace", row, 1)
    assert dump_tables(db) != before

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


def test_a_new_row_goes_and_may_come_back(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    made = dump_tables(db)

    undo.undo(db, latest_operation(db), "Grace")

    with pytest.raises(NotFoundError):
        records.get(db, db.tables["partner"], row)
    undo.undo(db, latest_operation(db), "Ada")
    assert dump_tables(db) == made


def test_a_bulk_change_is_one_operation_taken_back_whole(db):
    rows = [save_row(db, PARTNER, {"name": f"Galerie {number}", "town": "Figeac"}) for number in range(40)]
    before, operations_before = dump_tables(db), latest_operation(db)
    edits = [Edit({"town": "Cahors"}, row, 1) for row in rows] + [Edit({"name": "Neuve"})]
    records.save_all(db, db.tables["partner"], edits, "Ada")
    assert latest_operation(db) == operations_before + 1

    undo.undo(db, latest_operation(db), "Ada")

    after = dump_tables(db)
    assert after["partner"][:40] == before["partner"]
    assert [shown_row(db, PARTNER, row)["town"] for row in rows] == ["Figeac"] * 40
    with pytest.raises(NotFoundError):
        records.get(db, db.tables["partner"], rows[-1] + 1)


def test_two_changes_of_one_row_in_one_save_are_taken_back_in_the_right_order(db):
    row = save_row(db, PARTNER, {"name": "La Grange", "town": "Figeac"})
    before = dump_tables(db)
    with transactions.writing(db):
        for town in ("Cahors", "Gourdon"):
            records.write(db, db.tables["partner"], row, {"town": town}, "Ada")

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


def test_a_deleted_row_comes_back(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    before = dump_tables(db)
    records.delete(db, db.tables["partner"], {row: 1}, "Ada")

    undo.undo(db, latest_operation(db), "Grace")

    assert dump_tables(db) == before


def test_a_deleted_person_comes_back_with_all_her_rows_and_no_other(db):
    person, other = insert_person(db, **LOU), insert_person(db, last_name="Autre")
    stage = insert_stage(db, person, "accompaniment", "2022-01-01")
    aid = insert_aid(db, person, 100_00)
    gone_before = insert_aid(db, person, 50_00)
    records.delete(db, db.tables["aid"], {gone_before: 1}, "Ada")
    db.execute("UPDATE aid SET deleted_at = '2022-02-02' WHERE id = ?", (gone_before,))  # at another moment than her
    before = dump_tables(db)
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    assert records.rows(db, db.tables["stage"], [stage]) == []

    undo.undo(db, latest_operation(db), "Grace")

    assert dump_tables(db) == before
    assert (shown_row(db, STAGE, stage)["kind"], shown_row(db, AID, aid)["granted"]) == ("accompaniment", 100_00)
    assert records.rows(db, db.tables["aid"], [gone_before]) == []
    assert shown_row(db, PERSON, other)["last_name"] == "Autre"


def test_many_deleted_at_once_come_back_together(db):
    people = [insert_person(db, last_name=f"Nom {number}") for number in range(5)]
    for person in people:
        insert_stage(db, person, "accompaniment", "2022-01-01")
    before = dump_tables(db)
    records.delete(db, db.tables["person"], dict.fromkeys(people, 1), "Ada")

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


def test_undoing_a_restoration_deletes_the_row_again(db):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01")
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    hidden = {table: [row[0] for row in rows] for table, rows in dump_tables(db).items()}
    records.restore(db, db.tables["person"], [person], "Grace")

    undo.undo(db, latest_operation(db), "Ada")

    assert {table: [row[0] for row in rows] for table, rows in dump_tables(db).items()} == hidden
    for table in ("person", "benefit", "stage"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL").fetchone()[0] == 0


@pytest.mark.parametrize("field", ["participants", "name"])
def test_lists_of_rows_come_back_as_they_were(db, field):
    people = [insert_person(db, last_name=f"Nom {number}") for number in range(3)]
    project = save_row(db, TABLES["project"], {"name": "Atelier", "participants": tuple(people)})
    before = dump_tables(db)
    other = {"participants": tuple(people[:1])} if field == "participants" else {"name": "Autre"}
    save_row(db, TABLES["project"], other, "Ada", project, 1)

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


# ---- what is left of it


def test_the_undoing_stands_in_the_history_under_who_undid(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    undone = latest_operation(db)

    undo.undo(db, undone, "Grace")

    line = history.of_row(db, "partner", row, titles.context(db))[0]
    assert line.sentence == "Grace a modifié : Nom (Le Moulin → La Grange)"
    made = operations.get(db, latest_operation(db))
    assert made
    assert (made.who, made.undoes) == ("Grace", undone)
    taken_back = operations.get(db, undone)
    assert taken_back
    assert taken_back.undone_by == made.id
    assert records.get(db, db.tables["partner"], row).version == 3


def test_an_undoing_can_be_undone_and_that_again(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)

    names = []
    for _ in range(4):
        undo.undo(db, latest_operation(db), "Ada")
        names.append(shown_row(db, PARTNER, row)["name"])

    assert names == ["La Grange", "Le Moulin", "La Grange", "Le Moulin"]


def test_a_deletion_that_was_undone_can_be_done_again(db):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01")
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    undo.undo(db, latest_operation(db), "Ada")

    undo.undo(db, latest_operation(db), "Ada")

    for table in ("person", "benefit", "stage"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL").fetchone()[0] == 0


# ---- together


def test_of_two_simultaneous_undos_of_one_operation_one_succeeds(db, path):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine, start = latest_operation(db), threading.Barrier(4)

    def one(who):
        own = connection.open_file(path)
        start.wait()
        try:
            undo.undo(own, mine, who)
        except UndoError as error:
            return str(error)
        finally:
            own.close()
        return "done"

    with ThreadPoolExecutor(4) as agents:
        results = list(agents.map(one, ["Ada", "Grace", "Bob", "Eva"]))

    assert results.count("done") == 1
    assert sum("elle a déjà été défaite" in one for one in results) == 3
    assert shown_row(db, PARTNER, row)["name"] == "La Grange"
    assert records.get(db, db.tables["partner"], row).version == 3


# ---- what was done without Palette


def test_what_another_program_changed_belongs_to_no_operation(db, path):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("UPDATE partner SET name = 'Écrit au clavier'")
    stray = db.execute("SELECT max(id) FROM history").fetchone()[0]
    save_row(db, PARTNER, {"town": "Cahors"}, "Ada", row, 2)

    assert operations.of_line(db, stray) is None
    assert operations.of_line(db, stray - 1)
    after = operations.of_line(db, stray + 1)
    assert after
    assert after.first == stray + 1
    undo.undo(db, latest_operation(db), "Ada")
    assert (shown_row(db, PARTNER, row)["name"], shown_row(db, PARTNER, row)["town"]) == ("Écrit au clavier", None)


def test_saving_what_changes_nothing_is_no_operation(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    before = latest_operation(db)

    save_row(db, PARTNER, {"name": "La Grange"}, "Ada", row, 1)

    assert latest_operation(db) == before


def test_ones_own_latest_save_in_a_table_is_found_undoings_left_out(db):
    row = save_row(db, PARTNER, {"name": "La Grange"}, "Ada")
    first = latest_operation(db)
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    second = latest_operation(db)
    save_row(db, PARTNER, {"town": "Cahors"}, "Grace", row, 2)
    insert(db, "partner", name="Sans Palette")
    save_row(db, PERSON, LOU, "Ada")

    found = operations.last_of(db, "Ada", "partner")
    assert found
    assert found.id == second
    undo.undo(db, second, "Ada")
    found = operations.last_of(db, "Ada", "partner")
    assert found
    assert found.id == first
    assert operations.last_of(db, "Bob", "partner") is None
    assert operations.last_of(db, "Ada", "aid") is None
