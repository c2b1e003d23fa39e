"""Appointments: which are found, what becomes of one, and what each waits for."""

import pytest

from db.base.errors import ConflictError, InvalidError
from db.rows import appointments, records, undo
from db.rows.queries import Filter, Query
from tests.db.factories import insert, insert_followed_person, insert_person

TODAY = "2026-11-24"


def plan(db, person, day, time="09:00", state="planned", **values):
    values = {"minutes": 60, "way": "office", "agent": "cipa", **values}
    return insert(db, "appointment", person_id=person, planned_on=day, starts_at=time, state=state, **values)


def row(db, number):
    return records.rows(db, db.tables["appointment"], [number], TODAY)[0]


def of(db, table, number, name):
    return records.rows(db, db.tables[table], [number], TODAY)[0].values[name]


def found(db, table, name):
    """Return the ids of the rows that a grid finds by a yes in a computed column."""
    return records.page_ids(db, db.tables[table], Query((Filter(name, "in", (1,)),), today=TODAY))


def test_the_appointments_of_a_day_come_in_order_of_time_without_those_put_off(db):
    person = insert_person(db)
    late, early = plan(db, person, TODAY, "14:00"), plan(db, person, TODAY, "08:30", agent="colleague")
    plan(db, person, TODAY, "10:00", state="moved")
    plan(db, person, "2026-11-25")

    assert [one.id for one in appointments.of_days(db, TODAY, TODAY)] == [early, late]
    assert [one.id for one in appointments.of_days(db, TODAY, TODAY, "cipa")] == [late]
    assert len(appointments.of_days(db, TODAY, "2026-11-25")) == 3


def test_an_appointment_is_put_off_as_one_operation_and_undone_as_one(db):
    person = insert_person(db)
    first = plan(db, person, TODAY, purpose="Devis")

    following = appointments.put_off(db, row(db, first), "1/12/2026", "10h15", "Ada")

    assert (row(db, first).values["state"], row(db, following).values["state"]) == ("moved", "planned")
    assert row(db, following).values["planned_on"] == "2026-12-01"
    assert row(db, following).values["starts_at"] == "10:15"
    assert row(db, following).values["purpose"] == "Devis"
    last = db.execute("SELECT max(id) FROM operation").fetchone()[0]
    undo.undo(db, last, "Ada")
    assert row(db, first).values["state"] == "planned"
    assert [one.id for one in appointments.of_days(db, TODAY, "2026-12-31")] == [first]


@pytest.mark.parametrize(("day", "time", "label"), [("32/12/2026", "9h", "Jour"), ("1/12/2026", "25h", "Heure")])
def test_one_that_is_put_off_to_no_day_or_time_stays(db, day, time, label):
    first = plan(db, insert_person(db), TODAY)

    with pytest.raises(InvalidError) as refused:
        appointments.put_off(db, row(db, first), day, time, "Ada")

    assert label in str(refused.value)
    assert row(db, first).values["state"] == "planned"


def test_two_colleagues_who_note_something_else_are_told(db):
    read = row(db, plan(db, insert_person(db), TODAY))
    appointments.set_state(db, read, "came", "Ada")

    with pytest.raises(ConflictError):
        appointments.set_state(db, read, "absent", "Bob")

    assert row(db, read.id).values["state"] == "came"


def test_the_form_of_the_meeting_begins_with_what_was_planned(db):
    person = insert_person(db)
    number = plan(db, person, TODAY, "14:30", way="phone", minutes=30, purpose="Devis du four")

    values = appointments.meeting_of(row(db, number))

    meeting = records.save(db, db.tables["intervention"], records.Edit({**values, "domain": "funds"}), "Ada").row_id
    stored = records.get(db, db.tables["intervention"], meeting).values
    assert (stored["person_id"], stored["happened_on"], stored["minutes"], stored["kind"]) == (
        person,
        TODAY,
        30,
        "phone",
    )
    assert stored["note"] == "Prévu\u00a0: Devis du four"
    assert appointments.noted_meetings(db, [row(db, number)]) == {number: meeting}
    assert appointments.noted_meetings(db, []) == {}


def test_the_next_appointment_is_the_first_that_is_still_expected(db):
    person, other = insert_followed_person(db), insert_followed_person(db, first_name="Ada")
    outside = insert_person(db, first_name="Zoé")
    plan(db, person, "2026-11-20")
    plan(db, person, "2026-11-26", state="excused")
    plan(db, person, "2026-12-04", state="confirmed")
    plan(db, person, "2026-12-01")

    assert of(db, "person", person, "next_appointment") == "2026-12-01"
    assert of(db, "person", other, "next_appointment") is None
    assert [of(db, "person", one, "without_appointment") for one in (person, other, outside)] == [0, 1, None]
    assert found(db, "person", "without_appointment") == [other]


def test_absences_in_a_row_are_counted_until_the_person_comes(db):
    person = insert_person(db)
    plan(db, person, "2026-08-01", state="absent")
    plan(db, person, "2026-09-01", state="came")
    plan(db, person, "2026-09-08", state="absent")
    plan(db, person, "2026-09-15", state="excused")
    second = plan(db, person, "2026-09-22", state="absent")
    assert of(db, "person", person, "missed") == 2

    third = plan(db, person, "2026-10-01", state="absent")

    table = db.tables["person"]
    assert of(db, "person", person, "missed") == 3
    assert records.rows(db, table, [person], TODAY)[0].marks["missed"][0] == "danger"
    assert (of(db, "appointment", second, "missed"), of(db, "appointment", third, "missed")) == (2, 3)
    plan(db, person, "2026-11-02", state="came")
    assert of(db, "person", person, "missed") is None


def test_what_waits_after_an_appointment(db):
    person = insert_person(db)
    passed = plan(db, person, "2026-11-23")
    plan(db, person, TODAY)
    assert found(db, "appointment", "to_settle") == [passed]

    came = plan(db, insert_person(db), "2026-11-10", state="came")
    noted = plan(db, insert_person(db), "2026-11-11", state="came")
    insert(
        db, "intervention", person_id=row(db, noted).values["person_id"], happened_on="2026-11-11", domain="coaching"
    )
    assert found(db, "appointment", "without_note") == [came]


@pytest.mark.parametrize("after", ["", "contact", "appointment", "exit", "earlier contact"])
def test_an_absence_waits_until_a_contact_an_appointment_or_an_exit_follows(db, after):
    person = insert_person(db)
    absent = plan(db, person, "2026-11-10", state="absent")
    match after:
        case "contact":
            insert(db, "intervention", person_id=person, happened_on="2026-11-12", domain="coaching")
        case "earlier contact":
            insert(db, "intervention", person_id=person, happened_on="2026-11-09", domain="coaching")
        case "appointment":
            plan(db, person, "2026-12-12")
        case "exit":
            insert(db, "exit", person_id=person, left_on="2026-11-20", scope="rsa", reason="moved")

    assert found(db, "appointment", "without_follow_up") == ([absent] if after in ("", "earlier contact") else [])


def test_two_appointments_of_one_colleague_at_the_same_time_are_marked(db):
    person = insert_person(db)
    first, second = plan(db, person, TODAY, "09:00"), plan(db, insert_person(db), TODAY, "09:45")
    after, other = plan(db, insert_person(db), TODAY, "10:45"), plan(db, insert_person(db), TODAY, agent="colleague")

    marked = [one for one in (first, second, after, other) if "starts_at" in row(db, one).marks]

    assert marked == [first, second]
