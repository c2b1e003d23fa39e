"""Figures of the « contrat d’engagement »: who has one on a day, whether it was signed within a month, plan and hours
(docs/domain.md § 4). A second count of large files is in test_counting_pandas.py."""

from contextlib import closing

import pytest

from db.figures import as_of, counting
from db.figures.periods import period_of
from db.model.roles import Role
from db.rows import records
from db.rows.records import Edit
from db.storage import connection, permissions
from tests.db.factories import insert, insert_contract, insert_exit, insert_followed_person, insert_person
from tests.db.figures.looking_back import date_history


def count(db, name, when):
    """Return a figure; a divided one without its zeros."""
    value = counting.count_figures(db, period_of(when), [name])[name]
    return {part.code: part.value for part in value if part.value} if isinstance(value, tuple) else value


def engage(db, person, signed, starts, ends=None, **values):
    return insert_contract(db, person, signed, starts, ends, **{"kind": "engagement", **values})


def notify(db, person, day, **values):
    return insert(db, "orientation", person_id=person, requested_on="2025-01-01", notified_on=day, **values)


# --- who has a contract on a day ---


@pytest.mark.parametrize(
    ("day", "situation"),
    [
        ("2025-01-31", "none"),
        ("2025-02-01", "cer"),
        ("2025-06-01", "lapsed"),
        ("2025-07-09", "lapsed"),  # prepared, perhaps: nothing says when, and a draft is no contract
        ("2025-07-10", "signed"),
        ("2026-03-01", "signed"),
        ("2026-03-02", "lapsed"),
    ],
)
def test_somebody_accompanied_has_each_day_the_contract_of_that_day(db, day, situation):
    person = insert_followed_person(db)
    cer = insert_contract(db, person, "2025-02-01", "2025-02-01", "2025-05-31")
    signed = engage(db, person, "2025-07-10", "2025-08-01", replaces_id=cer)
    engage(db, person, None, "2025-12-01", rank="update", replaces_id=signed)  # a draft ends nothing
    insert_exit(db, person, "2026-03-01", scope="accompaniment")  # ends the contract that has no last day

    assert count(db, "engagement", day) == {situation: 1}
    assert count(db, "contracts_in_force", day) == (day == "2025-02-01" or "2025-08-01" <= day <= "2026-03-01")


def test_a_period_shows_its_last_day_and_years_before_the_law_nothing(db):
    engage(db, insert_followed_person(db), "2025-07-10", "2025-07-10")
    insert_contract(db, insert_followed_person(db), "2024-02-01", "2024-02-01", "2025-05-31")

    assert count(db, "engagement", "2025") == {"signed": 1, "lapsed": 1}
    assert count(db, "engagement", "2024") == {}
    assert count(db, "contracts_in_force", "2024") == 1


def test_only_persons_accompanied_that_day_are_asked_for_a_contract(db):
    engage(db, insert_person(db), "2025-07-10", "2025-07-10")

    assert count(db, "engagement", "2025") == {}
    assert count(db, "contracts_in_force", "2025") == 1


# --- signed within a month ---


@pytest.mark.parametrize(
    ("signed", "found", "days"),
    [
        ("2025-01-31", {"month": 1}, 0),
        ("2025-02-28", {"month": 1}, 28),  # the month of 31 January ends on the last day of February
        ("2025-03-01", {"later": 1}, 29),
        ("2026-01-01", {"unsigned": 1}, None),  # after the period
        ("2025-01-30", {"unsigned": 1}, None),  # for an earlier orientation
    ],
)
def test_a_month_runs_to_the_same_day_of_the_next_one(db, signed, found, days):
    person = insert_followed_person(db)
    notify(db, person, "2025-01-31")
    engage(db, person, signed, signed)

    assert count(db, "signing", "2025") == found
    assert count(db, "mean_days_to_sign", "2025") == days


def test_a_cer_is_not_the_contract_that_is_asked_for(db):
    person = insert_followed_person(db)
    notify(db, person, "2025-01-31")
    insert_contract(db, person, "2025-02-03", "2025-02-03", "2025-12-31")

    assert count(db, "signing", "2025") == {"unsigned": 1}


def test_an_orientation_counts_once_in_the_period_in_which_its_month_ends(db):
    person = insert_followed_person(db)
    notify(db, person, "2025-12-15")
    engage(db, person, "2025-12-20", "2025-12-20")

    assert count(db, "signing", "2025") == {}
    assert count(db, "signing", "2026-01-14") == {}
    assert count(db, "signing", "2026-01-15") == count(db, "signing", "2026") == {"month": 1}


@pytest.mark.parametrize(("left", "counted"), [("2025-03-20", {}), ("2025-04-11", {"unsigned": 1})])
def test_who_leaves_within_the_month_is_no_longer_asked(db, left, counted):
    person = insert_followed_person(db)
    notify(db, person, "2025-03-10")
    insert_exit(db, person, left)

    assert count(db, "signing", "2025") == counted


def test_another_notification_within_the_month_stands_for_the_first_one(db):
    person = insert_followed_person(db)
    for day in ("2025-03-10", "2025-03-20", "2025-09-01"):
        notify(db, person, day)
    engage(db, person, "2025-04-18", "2025-04-18")

    assert count(db, "signing", "2025") == {"month": 1, "unsigned": 1}
    assert count(db, "mean_days_to_sign", "2025") == 29


def test_who_is_not_oriented_to_the_officer_signs_elsewhere(db):
    notify(db, insert_followed_person(db), "2025-03-10", food_job=1)
    notify(db, insert_followed_person(db), "2025-03-10", override="no", override_reason="Suivie ailleurs")
    notify(db, insert_followed_person(db), "2025-03-10", food_job=1, override="yes", override_reason="Travaille peu")

    assert count(db, "signing", "2025") == {"unsigned": 1}


# --- the plan and its hours ---


def test_actions_and_hours_are_those_of_the_contracts_in_force(db):
    person = insert_followed_person(db)
    over = engage(db, person, "2025-01-02", "2025-01-02", "2025-06-30", hours=20)
    running = engage(db, person, "2025-07-01", "2025-07-01", hours=15, rank="update", replaces_id=over)
    draft = engage(db, insert_followed_person(db), None, "2025-07-01", hours=10)
    for contract, kind, state in (
        (over, "activity", "doing"),
        (running, "activity", "todo"),
        (running, "training", "done"),
        (running, "training", "dropped"),
        (running, None, "todo"),
    ):
        insert(db, "action", person_id=person, cer_id=contract, objective="Vendre", kind=kind, state=state)
    other = db.execute("SELECT person_id FROM cer WHERE id = ?", (draft,)).fetchone()[0]
    insert(db, "action", person_id=other, cer_id=draft, objective="Vendre", kind="activity", state="todo")

    assert count(db, "action_kinds", "2025") == {"activity": 1, "training": 1}
    assert count(db, "mean_contract_hours", "2025") == 15
    assert count(db, "action_kinds", "2025-06-30") == {"activity": 1}
    assert count(db, "mean_contract_hours", "2025-06-30") == 20


def test_who_reads_figures_only_counts_contracts(db, path):
    person = insert_followed_person(db)
    notify(db, person, "2025-03-10")
    engage(db, person, "2025-03-12", "2025-03-12", hours=15)
    with closing(connection.open_file(path)) as pilote:
        permissions.hold(pilote, [Role.PILOTE])

        found = [count(pilote, name, "2025") for name in ("engagement", "signing", "action_kinds")]

        assert found == [{"signed": 1}, {"month": 1}, {}]
        assert count(pilote, "mean_contract_hours", "2025") == 15


def test_what_was_known_has_the_contracts_orientations_and_actions_of_then(db, path):
    person = insert_followed_person(db)
    notified = notify(db, person, "2025-03-10")
    contract = engage(db, person, "2025-03-12", "2025-03-12")
    action = insert(db, "action", person_id=person, cer_id=contract, objective="Vendre", kind="activity", state="todo")
    date_history(db, "2025-04-01T10:00:00.000Z")
    rows = ("orientation", notified, "notified_on", "2025-02-01"), ("action", action, "kind", "training")
    for table, row_id, name, value in rows:
        records.save(db, db.tables[table], Edit({name: value}, row_id, 1), "Ada")

    with as_of.as_known(path, "2025-05-01T00:00:00.000Z") as then:
        known = [count(then, name, "2025") for name in ("engagement", "signing", "mean_days_to_sign", "action_kinds")]

    assert known == [{"signed": 1}, {"month": 1}, 2, {"activity": 1}]
    assert count(db, "signing", "2025") == {"later": 1}
    assert count(db, "action_kinds", "2025") == {"training": 1}
