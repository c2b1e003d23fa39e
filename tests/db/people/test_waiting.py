"""What waits: each reminder with its delay, what is set aside, and news after an exit."""

import pytest

from db.base.errors import InvalidError
from db.model.lists import REMINDERS
from db.people import waiting
from db.people.waiting import REMINDERS_IN_ORDER
from db.rows import records, undo
from db.rows.records import Edit
from tests.db.factories import insert, insert_benefit, insert_diagnostic, insert_person, insert_stage

TODAY = "2026-11-24"
BY_CODE = {reminder.code: reminder for reminder in REMINDERS_IN_ORDER}


def ids(db, code, today=TODAY):
    return waiting.waiting(db, BY_CODE[code], today)


def setting(db, **values):
    row = records.get(db, db.tables["setting"], 1)
    records.save(db, db.tables["setting"], Edit(values, 1, row.version), "Ada")


def accompanied(db, since="2015-01-01", **values):
    person = insert_person(db, **values)
    insert_stage(db, person, "accompaniment", since)
    return person


def meet(db, person, day):
    return insert(db, "intervention", person_id=person, happened_on=day, domain="coaching")


def leave(db, person, day, **values):
    return insert(db, "exit", person_id=person, left_on=day, scope="rsa", reason="income", **values)


def test_every_reminder_of_the_list_is_looked_for_and_says_why(db):
    assert set(BY_CODE) == set(REMINDERS.values)
    assert all(waiting.reason(db, one)[-1] in ".?" and "{" not in waiting.reason(db, one) for one in REMINDERS_IN_ORDER)


def test_nothing_waits_in_an_empty_file(db):
    assert [one.code for one in REMINDERS_IN_ORDER if waiting.waiting(db, one, TODAY)] == []
    assert waiting.number(db, TODAY, anew=True) == 0


def test_who_is_without_contact_for_the_delay_of_the_settings(db):
    long_ago, lately, new = accompanied(db), accompanied(db), accompanied(db, since="2026-10-01")
    archived = accompanied(db, archived_on="2026-09-01")
    insert_person(db)  # in no stage
    for person, day in ((long_ago, "2026-08-23"), (lately, "2026-08-24"), (archived, "2020-01-01")):
        meet(db, person, day)

    assert ids(db, "without_contact") == [long_ago]
    setting(db, contact_months=1)
    assert ids(db, "without_contact") == [long_ago, lately, new], "the stage counts as a contact on its first day"
    assert "1 mois" in waiting.reason(db, BY_CODE["without_contact"])


def test_rights_that_end_without_others_wait(db):
    person, followed = insert_person(db, rights=None), insert_person(db, rights=None)
    ending = insert_benefit(db, person, "rsa", "2026-01-01", "2026-12-10")
    insert_benefit(db, followed, "rsa", "2026-01-01", "2026-12-10")
    insert_benefit(db, followed, "rsa_prime", "2026-12-11")
    for one in (person, followed):
        insert_stage(db, one, "accompaniment", "2026-02-01")

    assert ids(db, "rights_end") == [ending]
    assert ids(db, "rights_end", "2026-11-09") == []


def test_an_action_waits_once_it_is_late_by_the_delay(db):
    person = insert_person(db)
    plan = insert_diagnostic(db, person, "2026-01-01", "2026-02-01")
    late = insert(
        db, "action", person_id=person, diagnostic_id=plan, objective="Exposer", state="todo", due_on="2026-11-20"
    )

    assert (ids(db, "late"), ids(db, "late", "2026-11-20")) == ([late], [])
    setting(db, late_days=7)
    assert (ids(db, "late"), ids(db, "late", "2026-11-27")) == ([], [late])


def test_a_granted_aid_waits_until_it_is_paid(db):
    person = insert_person(db)
    aid = {
        "person_id": person,
        "type": "training",
        "requested_on": "2026-09-01",
        "decision": "granted",
        "granted": 100_00,
    }
    unpaid = insert(db, "aid", **aid, decided_on="2026-10-25")
    insert(db, "aid", **aid, decided_on="2026-10-26")
    insert(db, "aid", **aid, decided_on="2026-09-02", paid_on="2026-11-01")

    assert ids(db, "unpaid") == [unpaid]


def test_news_of_who_left_are_asked_for_once_six_months_later_and_not_for_ever(db):
    gone, lately, long_ago, twice = (insert_person(db) for _ in range(4))
    asked = leave(db, gone, "2026-05-24")
    leave(db, lately, "2026-05-25")
    leave(db, long_ago, "2025-11-24")
    leave(db, twice, "2026-02-01")
    leave(db, twice, "2026-08-01")
    table = db.tables["exit"]
    assert ids(db, "to_ask") == [asked]

    row = records.get(db, table, asked)
    with pytest.raises(InvalidError):
        records.save(db, table, Edit({"became": "out"}, asked, row.version), "Ada")
    with pytest.raises(InvalidError):
        records.save(db, table, Edit({"asked_on": "2026-05-23"}, asked, row.version), "Ada")
    answer = {"asked_on": TODAY, "became": "back", "news": "L’atelier a fermé"}
    records.save(db, table, Edit(answer, asked, row.version), "Ada")

    assert ids(db, "to_ask") == []


def test_what_is_set_aside_comes_back_on_its_day_and_what_is_done_does_not(db):
    first, second = insert_person(db), insert_person(db)
    new = BY_CODE["new"]
    assert ids(db, "new") == [first, second]

    waiting.set_aside(db, new, first, "2026-12-01", "Ada")
    waiting.set_aside(db, new, second, None, "Ada")

    assert ids(db, "new") == []
    assert ids(db, "new", "2026-11-30") == []
    assert ids(db, "new", "2026-12-01") == [first]
    assert waiting.number(db, TODAY, anew=True) == 0
    undo.undo(db, db.execute("SELECT max(id) FROM operation").fetchone()[0], "Ada")
    assert ids(db, "new") == [second]


def test_a_row_set_aside_for_one_reason_waits_for_another(db):
    person = insert_person(db)
    plan = insert(
        db, "appointment", person_id=person, planned_on="2026-11-10", starts_at="09:00", minutes=60, way="office",
        state="absent",
    )  # fmt: skip
    waiting.set_aside(db, BY_CODE["to_settle"], plan, None, "Ada")

    assert ids(db, "without_follow_up") == [plan]
    row = db.execute("SELECT person_id, of_row FROM set_aside").fetchone()
    assert tuple(row) == (person, plan)


def test_the_number_in_the_menu_is_that_of_all_cards_but_the_archives(db):
    old = insert_person(db)
    db.execute("DROP TRIGGER history_stays_update")
    db.execute("UPDATE history SET at = '2020-01-01T00:00:00.000Z'")
    insert_stage(db, old, "diagnostic", "2019-01-01", "2019-02-01")
    insert_person(db)
    db.execute("UPDATE history SET at = '2020-01-01T00:00:00.000Z'")

    counts = {code: len(ids(db, code)) for code in BY_CODE}

    assert counts["archive"] == 2
    assert waiting.number(db, TODAY, anew=True) == sum(counts.values()) - counts["archive"] == 1
