"""Retention: which files are proposed for archiving and for erasure, when, and where archived files appear."""

import pytest

from db.base.errors import ConflictError, FieldError
from db.figures import counting
from db.people import retention
from db.rows import access_log, records, titles
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from db.storage import audit_chain, system_tables
from db.storage.integrity import check
from tests.db.factories import (
    insert,
    insert_benefit,
    insert_contract,
    insert_followed_person,
    insert_person,
    insert_stage,
)
from tests.db.rewriting import history_rewritable

TODAY = "2026-06-15"


@pytest.fixture
def db(tmp_path, new_office):
    db = new_office(tmp_path / "palette.db")
    yield db
    db.close()


def insert_old_file(db):
    """Date every row long ago."""
    with history_rewritable(db):
        db.execute("UPDATE history SET at = '2010-01-01T08:00:00.000Z'")


def save_contact(db, person, day):
    insert(db, "intervention", person_id=person, happened_on=day, kind="meeting", domain="coaching")


def ids(found):
    return [one.person_id for one in found]


@pytest.mark.parametrize(("day", "proposed"), [("2024-06-14", True), ("2024-06-15", False), ("2026-06-01", False)])
def test_two_years_after_the_last_contact_a_file_is_proposed(db, day, proposed):
    person = insert_person(db, rights=None)
    save_contact(db, person, day)
    insert_old_file(db)

    assert ids(retention.to_archive(db, TODAY)) == [person] * proposed


def test_the_delay_is_a_setting(db):
    person = insert_person(db, rights=None)
    save_contact(db, person, "2025-01-01")
    insert_old_file(db)
    assert retention.to_archive(db, TODAY) == []

    db.execute("UPDATE setting SET archive_months = 12")

    assert ids(retention.to_archive(db, TODAY)) == [person]


def test_what_runs_is_told_apart_from_what_happened_today(db):
    followed = insert_followed_person(db)
    seen = insert_person(db, rights=None)
    save_contact(db, seen, TODAY)
    insert_old_file(db)

    for person, running in ((followed, True), (seen, False)):
        kept = retention.of_person(db, person, TODAY)
        assert kept
        assert (kept.last_contact, kept.running) == (TODAY, running)


def test_whoever_is_followed_or_under_contract_is_in_touch(db):
    insert_followed_person(db)
    contracted = insert_followed_person(db)
    db.execute("UPDATE stage SET ends_on = '2020-01-01' WHERE person_id = ?", (contracted,))
    insert_contract(db, contracted, "2019-01-01", "2019-01-01", "2027-01-01")
    left = insert_followed_person(db)
    db.execute("UPDATE stage SET ends_on = '2020-01-01' WHERE person_id = ?", (left,))
    insert_old_file(db)

    assert ids(retention.to_archive(db, TODAY)) == [left]
    assert retention.to_archive(db, TODAY)[0].last_contact == "2020-01-01"


def test_rights_that_nobody_closed_keep_no_file(db):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", "2015-01-01")
    insert_old_file(db)

    assert ids(retention.to_archive(db, TODAY)) == [person]


def test_neither_a_deadline_nor_a_day_to_come_nor_a_deleted_row_is_a_contact(db):
    person = insert_person(db, rights=None)
    save_contact(db, person, "2020-02-02")
    save_contact(db, person, "2030-02-02")
    insert(
        db,
        "intervention",
        person_id=person,
        happened_on="2026-01-01",
        kind="meeting",
        domain="coaching",
        deleted_at="2026-01-02",
    )
    insert_old_file(db)

    assert [one.last_contact for one in retention.to_archive(db, TODAY)] == ["2020-02-02"]


def test_a_file_that_was_just_made_is_in_touch(db):
    insert_person(db, rights=None)

    assert retention.to_archive(db, records.today()) == []


def archived(db, day="2026-06-15"):
    person = insert_person(db, rights=None, last_name="Ancienne")
    save_contact(db, person, "2020-02-02")
    insert_old_file(db)
    retention.archive(db, retention.to_archive(db, TODAY), day, "Admin")
    return person


def test_an_archived_file_is_out_of_lists_and_searches_but_still_counted(db):
    person = insert_person(db, last_name="Ancienne")
    insert_stage(db, person, "accompaniment", "2019-01-01", "2019-12-31")
    save_contact(db, person, "2019-02-02")
    insert_old_file(db)
    before = counting.photo(db, "2019")
    retention.archive(db, retention.to_archive(db, TODAY), TODAY, "Admin")
    known = titles.context(db)

    assert counting.photo(db, "2019") == before
    assert before["followed"] == 1
    for query in (Query(), Query(search="Ancienne")):
        assert records.read(db, db.tables["person"], query).rows == []
        assert records.read(db, db.tables["intervention"], query).rows == []
    assert titles.suggestions(db, db.tables["person"], "Anc", known) == []
    with pytest.raises(FieldError):
        known.find("person", "Ancienne Lou")
    assert len(records.of_person(db, db.tables["intervention"], person)) == 1
    assert ids_of(records.read(db, db.tables["person"], Query((Filter("archived_on", "filled"),)))) == [person]
    assert ids_of(records.read(db, db.tables["person"], Query((Filter("id", "among", (person,)),)))) == [person]


def ids_of(page):
    return [row.id for row in page.rows]


def test_archived_files_come_back(db):
    person = archived(db)
    assert ids(retention.archived(db, TODAY)) == [person]

    retention.bring_back(db, retention.archived(db, TODAY), "Admin")

    assert records.read(db, db.tables["person"]).matching == 1
    assert records.get(db, db.tables["person"], person).values["archived_on"] is None


def test_a_file_that_a_colleague_changed_meanwhile_is_not_archived_over(db):
    insert_person(db, rights=None)
    insert_old_file(db)
    listed = retention.to_archive(db, TODAY)
    person = listed[0].person_id
    records.save(db, db.tables["person"], Edit({"archived_on": "2026-01-01"}, person, 1), "Anne")

    with pytest.raises(ConflictError):
        retention.archive(db, listed, TODAY, "Admin")


@pytest.mark.parametrize(("since", "proposed"), [("2025-06-15", True), ("2025-06-16", False)])
def test_a_year_in_the_archives_then_erasure(db, since, proposed):
    person = archived(db, since)

    assert ids(retention.to_erase(db, TODAY)) == [person] * proposed
    assert ids(retention.archived(db, TODAY)) == [person] * (not proposed)


def test_whoever_came_back_since_is_not_erased(db):
    person = archived(db, "2024-01-01")
    save_contact(db, person, "2026-06-01")

    assert retention.to_erase(db, TODAY) == []
    assert ids(retention.archived(db, TODAY)) == [person]


def test_a_deleted_file_is_erased_in_its_turn(db):
    person = insert_person(db, rights=None, deleted_at="2025-01-01T08:00:00.000Z")
    kept = insert_person(db, rights=None, deleted_at="2026-05-01T08:00:00.000Z")
    insert_old_file(db)

    assert ids(retention.to_erase(db, TODAY)) == [person]
    still = retention.of_person(db, kept, TODAY)
    assert still
    assert still.deleted


@pytest.mark.parametrize(
    ("last", "until"), [("2024-02-29", "2026-03-01"), ("2024-01-31", "2026-02-01"), ("2024-12-31", "2027-01-01")]
)
def test_the_day_of_the_proposal_is_told_beforehand(db, last, until):
    person = insert_person(db, rights=None)
    save_contact(db, person, last)
    insert_old_file(db)
    kept = retention.of_person(db, person, last)
    assert kept

    assert retention.archived_until(kept, 24) == until
    assert ids(retention.to_archive(db, until)) == [person]


def test_old_traces_go_and_their_seals_stay(db):
    access_log.note(db, "Anne", "open", 1)
    access_log.note(db, "Anne", "open", 2)
    db.execute("DROP TRIGGER trace_stays_update")
    db.execute("UPDATE trace SET at = '2020-01-01T08:00:00.000Z' WHERE person_id = 1")
    db.execute(system_tables.statements()["trace_stays_update"])

    assert retention.purge_traces(db) == 1

    assert [line.person_id for line in access_log.find(db, action="open")[0]] == [2]
    assert access_log.find(db, action="purge")[0][0].detail == "1 traces"
    assert list(audit_chain.problems(db)) == []
    assert retention.purge_traces(db) == 0
    assert check(db) == []
