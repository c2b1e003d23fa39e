"""Attachments in the office file: kept with their rows, guarded by the file, gone for good when they must be."""

import sqlite3
from contextlib import closing

import pytest

from db.attachments import files
from db.base.errors import NotFoundError, RuleError, UndoError
from db.model.roles import Role
from db.people import erasure, retention
from db.people import merge as merging
from db.people.merge import MergeChoices
from db.people.merge_preview import look
from db.rows import access_log, history, operations, records, undo
from db.storage import connection, ddl, permissions
from db.storage.integrity import check
from tests.db.attachments.samples import insert_attachment
from tests.db.examples import open_raw
from tests.db.factories import insert_aid, insert_contract, insert_person

LARGE = 10 * 2**20


def delete(db, number):
    table = db.tables["attachment"]
    records.delete(db, table, {number: records.get(db, table, number).version}, "Ada")
    operation = operations.last_of(db, "Ada", "attachment")
    assert operation
    return operation.id


def age(db, number, days):
    """Let the deletion of an attachment have happened so many days ago."""
    db.execute(
        "UPDATE attachment SET deleted_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?) WHERE id = ?",
        (f"-{days} days", number),
    )


def contents(db):
    return [number for (number,) in db.execute("SELECT attachment_id FROM attachment_content ORDER BY 1")]


def test_a_file_is_kept_with_its_row_taken_away_byte_for_byte_and_leaves_a_trace(db):
    person = insert_person(db)
    number = insert_attachment(db, person, b"%PDF-1.4 \x00\xff", name="Devis: tour n°1", kind="quote")

    taken = files.take(db, number, "Ada")

    assert (taken.name, taken.content) == ("Devis- tour n°1.pdf", b"%PDF-1.4 \x00\xff")
    row = records.get(db, db.tables["attachment"], number).values
    assert (row["name"], row["kind"], row["format"], row["size"]) == ("Devis: tour n°1", "quote", "pdf", 11)
    (line,) = access_log.find(db, person_id=person)[0]
    assert (line.action, line.detail) == ("export", f"Pièce n° {number}")
    assert "attachment" in {one.table for one in history.of_person(db, person, records.context(db))}
    assert check(db) == []


def test_a_long_name_keeps_its_suffix_and_a_name_opens_under_its_format():
    assert files.shortened("é" * 200 + ".docx") == "é" * 114 + "….docx"
    assert files.file_name("photo.JPEG", "jpeg") == "photo.JPEG"
    assert files.file_name("scan.jpg", "pdf") == "scan.jpg.pdf"
    assert files.file_name("..", "png") == "piece.png"


def test_no_program_changes_a_content_or_makes_a_row_without_one(db):
    person = insert_person(db)
    number = insert_attachment(db, person)
    refused = [
        "UPDATE attachment_content SET content = x'00'",
        "DELETE FROM attachment_content",
        "INSERT OR REPLACE INTO attachment_content (attachment_id, format, content) VALUES (1, 'pdf', x'00')",
        f"UPDATE attachment SET size = 3 WHERE id = {number}",
        f"UPDATE attachment SET format = 'png' WHERE id = {number}",
        f"INSERT INTO attachment (person_id, name, added_on, format, size) VALUES ({person}, 'a', date(), 'pdf', 9)",
        "INSERT INTO attachment_content (attachment_id, format, content) VALUES (99, 'exe', x'00')",
        f"INSERT INTO attachment_content (attachment_id, format, content) VALUES (99, 'pdf', zeroblob({LARGE + 1}))",
    ]  # fmt: skip
    with closing(open_raw(connection.path_of(db))) as raw:
        for sql in refused:
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(sql)
    with pytest.raises(sqlite3.IntegrityError):  # a content without a row
        db.execute("INSERT INTO attachment_content (attachment_id, format, content) VALUES (99, 'pdf', x'00')")
    assert check(db) == []

    db.execute("DROP TRIGGER attachment_content_stays_delete")
    db.execute("DELETE FROM attachment_content")
    db.execute(ddl.expected()["attachment_content_stays_delete"])
    missing = "le fichier de cette pièce n’est plus là, ou n’est pas celui-ci"
    assert check(db) == [f"Pièce jointe n° {number} : Nom : {missing}."]


def test_the_files_of_a_person_are_200_megabytes_at_most(db):
    person, other = insert_person(db), insert_person(db)
    for number in range(20):
        insert_attachment(db, person, bytes(LARGE), name=f"{number}.pdf")

    with pytest.raises(RuleError, match="200 Mo au plus"):
        insert_attachment(db, person, b"%")
    insert_attachment(db, other, b"%")
    assert len(contents(db)) == 21, "what is refused leaves nothing"
    operation = delete(db, 1)
    insert_attachment(db, person, b"%")
    with pytest.raises(RuleError, match="200 Mo au plus"):
        undo.undo(db, operation, "Ada")


def test_a_deleted_file_comes_back_for_thirty_days_then_its_content_is_gone(db):
    person = insert_person(db)
    first, second = insert_attachment(db, person, b"%PDF first"), insert_attachment(db, person, b"%PDF second")
    undo.undo(db, delete(db, first), "Ada")
    assert files.take(db, first, "Ada").content == b"%PDF first"

    operation = delete(db, first)
    with pytest.raises(NotFoundError):
        files.take(db, first, "Ada")
    assert files.purge(db) == 0
    age(db, first, 31)
    assert files.purge(db) == 1

    assert contents(db) == [second]
    assert check(db) == []
    with pytest.raises((RuleError, UndoError)):
        undo.undo(db, operation, "Ada")
    with pytest.raises(RuleError, match="n’est plus là"):
        records.restore(db, db.tables["attachment"], [first], "Ada")


def test_files_deleted_with_a_person_come_back_with_her_however_late(db):
    person = insert_person(db)
    number = insert_attachment(db, person)
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    long_ago = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-90 days')"
    db.execute(f"UPDATE person SET deleted_at = {long_ago}")
    db.execute("UPDATE attachment SET deleted_at = (SELECT deleted_at FROM person)")

    assert files.purge(db) == 0
    records.restore(db, db.tables["person"], [person], "Ada")

    assert files.take(db, number, "Ada").content == b"%PDF-1.4 devis"


def test_a_merge_moves_the_files_also_those_that_look_alike_and_undo_gives_them_back(db):
    keep, gone = insert_person(db, None), insert_person(db, None)
    contract = insert_contract(db, gone, "2026-01-01", "2026-01-01", "2026-12-31")
    mine, theirs = insert_attachment(db, keep, b"%PDF one"), insert_attachment(db, gone, b"%PDF two")
    signed = insert_attachment(db, gone, name="signé.pdf", cer_id=contract)

    merging.merge(db, keep, gone, MergeChoices(), look(db, keep, gone).versions, "Ada")

    assert [one.id for one in files.of_persons(db, keep, keep)] == [mine, theirs, signed]
    assert check(db) == []
    undo.undo(db, db.execute("SELECT max(id) FROM operation").fetchone()[0], "Ada")
    assert [one.id for one in files.of_persons(db, gone, gone)] == [theirs, signed]
    assert check(db) == []


def test_a_file_is_about_a_row_of_the_same_person(db):
    person, other = insert_person(db), insert_person(db)
    aid = insert_aid(db, other, 100_00)

    with pytest.raises(RuleError, match="est d’une autre personne"):
        insert_attachment(db, person, aid_id=aid)
    insert_attachment(db, other, aid_id=aid)


@pytest.mark.parametrize("in_memory", [10**9, 0], ids=["small", "large"])
def test_erasing_a_person_leaves_no_byte_of_a_file(db, monkeypatch, in_memory):
    monkeypatch.setattr(erasure, "_IN_MEMORY", in_memory)
    secret = b"%PDF-1.4 " + b"Zorglubescu" * 3_000
    person, other = insert_person(db), insert_person(db)
    insert_attachment(db, person, secret)
    delete(db, insert_attachment(db, person, secret, name="autre.pdf"))
    kept = insert_attachment(db, other, b"%PDF kept")
    path = connection.path_of(db)

    erasure.erase(db, [person], "Ada")

    assert contents(db) == [kept]
    assert check(db) == []
    assert [one.name for one in path.parent.glob("*.*") if b"Zorglubescu" in one.read_bytes()] == []


def test_a_file_that_is_added_counts_as_contact(db):
    person = insert_person(db)
    insert_attachment(db, person, added_on="2031-05-06")

    status = retention.of_person(db, person, "2031-06-01")
    assert status
    assert status.last_contact == "2031-05-06"


def test_only_an_agent_reads_and_adds_files_and_no_role_changes_one(db):
    person = insert_person(db)
    number = insert_attachment(db, person)
    path, never = (
        connection.path_of(db),
        ("UPDATE attachment_content SET content = x'00'", "DELETE FROM attachment_content"),
    )
    agents = (
        "SELECT content FROM attachment_content",
        "SELECT name FROM attachment",
        "INSERT INTO attachment_content (attachment_id, format, content) VALUES (99, 'pdf', x'00')",
    )
    for role in Role:
        with closing(connection.open_file(path)) as mine:
            permissions.hold(mine, [role])
            if role is Role.AGENT:
                assert files.take(mine, number, "Ada").content
                insert_attachment(mine, person)
            for sql in (*never, *(() if role is Role.AGENT else agents)):
                with pytest.raises(sqlite3.DatabaseError, match="not authorized|prohibited"):
                    mine.execute(sql)


def test_volumes_keep_the_files_of_a_person_together(db):
    sizes = {insert_person(db): size for size in (400, 500, 300, 2_000, 100)}
    for person, size in sizes.items():
        insert_attachment(db, person, bytes(size))
    first = min(sizes)

    found = [(one.first - first, one.last - first, one.count, one.size) for one in files.volumes(db, 1_000)]

    assert found == [(0, 1, 2, 900), (2, 2, 1, 300), (3, 3, 1, 2_000), (4, 4, 1, 100)]
