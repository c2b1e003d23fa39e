"""Step 1: the telephone numbers of an older file take the one stored form; the history keeps the former one."""

import pytest

from db.customise import edit
from db.customise.edit import NewField
from db.rows import history, records, transactions, undo
from db.rows.queries import Query
from db.storage import connection
from db.storage.integrity import check
from tests.db.examples import forget_open_files, read_raw_row
from tests.db.factories import insert, insert_person


@pytest.fixture(autouse=True)
def _newly_started():
    forget_open_files()
    yield
    forget_open_files()


def open_as_of_version_1(db, path):
    db.execute("PRAGMA user_version = 1")
    forget_open_files()
    return connection.open_file(path)


def test_every_number_is_stored_in_one_form_and_what_cannot_be_read_stays(db, path):
    own = edit.add_field(db, NewField("partner", "Standard", "phone"), "Ada")
    wanted = insert_person(db, phone="0565534000")
    odd = insert_person(db, phone="+330565534001")  # how « +33 (0)5 65 53 40 01 » was once stored
    unreadable = insert_person(db, phone="0700000000")
    foreign = insert_person(db, phone="+3225551212")
    gone = insert_person(db, phone="0565534002")
    db.execute("UPDATE person SET deleted_at = '2024-01-01' WHERE id = ?", (gone,))
    partner = insert(db, "partner", name="La Grange", phone="0690301234", **{own: "0565534003"})
    before = read_raw_row(path, "person", foreign)

    office = open_as_of_version_1(db, path)

    stored = {row: read_raw_row(path, "person", row)["phone"] for row in (wanted, odd, unreadable, gone)}
    assert stored == {
        wanted: "+33565534000", odd: "+33565534001", unreadable: "0700000000", gone: "+33565534002",
    }  # fmt: skip
    assert read_raw_row(path, "person", foreign) == before
    assert read_raw_row(path, "partner", partner)["phone"] == "+590690301234"
    assert read_raw_row(path, "partner", partner)[own] == "+33565534003"
    assert records.page_ids(office, office.tables["person"], Query(search="05 65 53 40 00")) == [wanted]
    line = office.execute(
        "SELECT who, action, before, after FROM history WHERE table_name = 'person' AND row_id = ? ORDER BY id DESC",
        (wanted,),
    ).fetchone()
    assert line == ("Palette", "update", '{"phone":"0565534000"}', '{"phone":"+33565534000"}')
    assert check(office) == []
    latest, *_ = history.of_row(office, "person", wanted, records.context(office))
    assert latest.sentence == "Palette a modifié : Téléphone (0565534000 → +33565534000)"
    office.close()


def test_what_was_saved_before_can_still_be_undone(db, path):
    person = insert_person(db, phone="0565534000")
    with transactions.writing(db):
        db.execute("UPDATE person SET phone = '0565534001', version = 2, changed_by = 'Ada' WHERE id = ?", (person,))
    with transactions.writing(db):
        added = insert_person(db, phone="0565534002")
    operations = [row[0] for row in db.execute("SELECT id FROM operation ORDER BY id")]

    office = open_as_of_version_1(db, path)
    for operation in operations:
        undo.undo(office, operation, "Ada")

    assert read_raw_row(path, "person", person)["phone"] == "0565534000"
    assert read_raw_row(path, "person", added)["deleted_at"]
    office.close()
