"""Which rows a change may concern: every row that shows something else afterwards, and few others."""

from db.model.roles import Role
from db.rows import records, row_changes
from db.rows.records import Edit
from db.storage import connection, permissions
from tests.db.factories import insert, insert_aid, insert_contract, insert_followed_person

DAY = "2024-06-15"
TABLES = ("person", "stage", "benefit", "cer", "aid", "exit", "intervention")


def shown(db):
    """Return table -> row -> what is shown of it."""
    found = {}
    for name in TABLES:
        ids = [row_id for (row_id,) in db.execute(f'SELECT id FROM "{name}"')]
        found[name] = {row.id: row for row in records.rows(db, db.tables[name], ids, DAY)}
    return found


def differing(before, after, name):
    return {row for row in before[name].keys() | after[name].keys() if before[name].get(row) != after[name].get(row)}


def test_whatever_is_shown_otherwise_after_a_change_is_concerned(db):
    one, two, three = (insert_followed_person(db, last_name=name) for name in ("Abel", "Blum", "Cros"))
    for person in (one, two, three):
        insert_contract(db, person, "2024-01-15", "2024-01-15", "2024-12-31")
    aid = insert_aid(db, one, 300_00)
    contract = db.execute("SELECT id FROM cer WHERE person_id = ?", (two,)).fetchone()[0]
    changes = (
        ("aid", Edit({"granted": 900_00}, aid, 1)),
        ("person", Edit({"town": "Cahors"}, one, 1)),
        ("cer", Edit({"ends_on": "2024-06-30"}, contract, 1)),
        ("exit", Edit({"person_id": two, "left_on": "2024-06-01", "reason": "job", "scope": "rsa"})),
    )
    for name, edit in changes:
        before, token = shown(db), connection.change_token(db)
        records.save(db, db.tables[name], edit, "Ada")
        after = shown(db)
        for table in TABLES:
            concerned = row_changes.affected(db, db.tables[table], token)
            assert concerned is not None
            assert differing(before, after, table) <= concerned, (name, table)
            assert three not in concerned or table != "person"


def test_a_row_that_changes_hands_concerns_both_persons(db):
    one, two = (insert_followed_person(db, last_name=name) for name in ("Abel", "Blum"))
    aid, token = insert_aid(db, one, 300_00), connection.change_token(db)

    records.save(db, db.tables["aid"], Edit({"person_id": two}, aid, 1), "Ada")

    assert row_changes.affected(db, db.tables["person"], token) == {one, two}


def test_what_is_no_persons_and_what_may_not_be_read_concern_any_row(db, path):
    person, token = insert_followed_person(db), connection.change_token(db)
    records.save(db, db.tables["person"], Edit({"town": "Figeac"}, person, 1), "Ada")
    assert row_changes.affected(db, db.tables["person"], token) == {person}
    assert row_changes.affected(db, db.tables["partner"], token) is None

    pilote = connection.open_file(path)
    permissions.hold(pilote, [Role.PILOTE])
    assert row_changes.affected(pilote, pilote.tables["person"], token) is None
    pilote.close()

    insert(db, "partner", name="La Fabrique")
    assert row_changes.affected(db, db.tables["person"], token) is None
