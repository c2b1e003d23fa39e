"""Every rule that a table declares, enforced by the file for any program; rows that satisfy it are accepted."""

import sqlite3
from typing import Any

import pytest

from db.model.dictionary import TABLES
from db.model.effective_dictionary import DECLARED
from db.storage.ddl import rules_of
from tests.db.examples import as_stored, full_row, insert_row, open_raw, read_raw_row, update_row
from tests.db.factories import (
    insert,
    insert_aid,
    insert_benefit,
    insert_contract,
    insert_diagnostic,
    insert_person,
    insert_stage,
)

BREAKS: dict[str, dict[str, Any]] = {
    "orientation.override_needs_reason": {"override": "yes", "override_reason": None},
    "orientation.decided_after_request": {
        "requested_on": "2024-02-02", "decided_on": "2024-02-01", "notified_on": None,
    },
    "orientation.notified_after_request": {
        "requested_on": "2024-02-02", "decided_on": None, "notified_on": "2024-02-01",
    },
    "stage.ends_after_start": {"starts_on": "2024-02-02", "ends_on": "2024-02-01"},
    "stage.mode_for_accompaniment": {"kind": "diagnostic", "mode": "light"},
    "benefit.ends_after_start": {"starts_on": "2024-02-02", "ends_on": "2024-02-01"},
    "diagnostic.completed_after_start": {"started_on": "2024-02-02", "completed_on": "2024-02-01"},
    "cer.ends_after_start": {
        "starts_on": "2024-02-02", "signed_on": "2024-02-02", "ends_on": "2024-02-02", "next_update_on": None,
    },
    "cer.cer_is_signed": {"kind": "cer", "rank": "renewal", "signed_on": None},
    "cer.cer_has_end": {"kind": "cer", "rank": "renewal", "ends_on": None},
    "cer.update_after_start": {"next_update_on": "2010-01-01"},
    "cer.rank_of_kind": {"rank": "renewal"},
    "cer.full_hours": {"arrangement": "full", "hours": 14},
    "cer.adapted_hours": {"arrangement": "adapted", "hours": 15},
    "cer.no_hours": {"arrangement": "none", "hours": 1},
    "cer.signed_before_start": {"signed_on": "2015-03-02", "starts_on": "2015-03-01", "early_start_reason": None},
    "cer.only_renewals_replace": {"rank": "first", "kind": "cer"},
    "action.belongs_to_a_plan": {"diagnostic_id": None, "cer_id": None},
    "aid.granted_needs_sum": {"decision": "granted", "granted": None},
    "aid.sum_needs_decision": {"decision": "refused", "granted": 10_00},
    "aid.decided_after_request": {"requested_on": "2024-02-02", "decided_on": "2024-02-01"},
    "aid.ceiling": {"granted": 900_01, "override_reason": None},
    "exit.asked_after": {"left_on": "2024-02-02", "asked_on": "2024-02-01"},
    "exit.answer_has_day": {"asked_on": None},
    "project.ends_after_start": {"starts_on": "2024-02-02", "ends_on": "2024-02-01"},
}  # fmt: skip
"""Changes that make a valid row break the rule; rules about other rows have a test of their own below."""

ABOUT_OTHER_ROWS = {
    "stage.one_of_a_kind",
    "stage.accompaniment_needs_duties",
    "benefit.one_at_a_time",
    "cer.replaces_earlier",
    "cer.no_overlap",
    "action.same_person",
    "intervention.same_person",
    "partner.one_of_the_source",
}
OF_THE_OFFICE = {
    f"own_field.{name}"
    for name in ("plain_name", "known_table", "known_list", "one_each", "kept_name", "published_choice")
} | {"own_value.plain_code", "own_value.one_each"}
"""Tried in test_office.py, where fields and values are made."""
OF_THE_SETTINGS = {"setting.known_department"}
"""Tried below: their row is always there."""
OF_ATTACHMENTS = {f"attachment.{name}" for name in ("with_file", "total", "same_person")}
"""Tried in tests/db/attachments/test_files.py, where rows come with their files."""

BOARDS = {"board": "ends_after_start one_at_a_time choice_is_dated strategic_is_step strategic_kept"}
BOARDS |= {"card": "same_person only_obstacle step_has_day step_has_path only_step strategic_first strategic_stays"}
OF_BOARDS = {f"{table}.{name}" for table, names in BOARDS.items() for name in names.split()}
"""Tried in tests/db/rows/test_boards.py, where boards have their cards."""


def declared():
    return {f"{table.name}.{rule.name}" for table in TABLES.values() for rule in table.rules}


def test_every_declared_rule_is_tested_here():
    assert declared() == (set(BREAKS) | ABOUT_OTHER_ROWS | OF_THE_OFFICE | OF_ATTACHMENTS | OF_BOARDS | OF_THE_SETTINGS)


@pytest.mark.parametrize("rule", BREAKS)
def test_what_breaks_a_rule_is_refused_with_its_sentence(db, path, rule):
    table = TABLES[rule.partition(".")[0]]
    (sentence,) = [item.sentence for item in rules_of(table) if f"{table.name}.{item.name}" == rule]
    good = full_row(db, db.tables[table.name])
    bad = {**good, **BREAKS[rule]}
    raw = open_raw(path)

    with pytest.raises(sqlite3.IntegrityError) as inserted:
        insert_row(raw, DECLARED.tables[table.name], bad)
    row = insert_row(raw, DECLARED.tables[table.name], good)  # the positive control
    with pytest.raises(sqlite3.IntegrityError) as updated:
        update_row(raw, DECLARED.tables[table.name], row, **BREAKS[rule])

    assert str(updated.value) == str(inserted.value)
    assert str(inserted.value).startswith(f"{rule} : ")
    assert str(inserted.value).endswith(sentence)
    assert as_stored(DECLARED.tables[table.name], good).items() <= read_raw_row(path, table.name, row).items()


def refusal_of(rule):
    return pytest.raises(sqlite3.IntegrityError, match=f"^{rule} : ".replace(".", r"\."))


# ---- the network


def test_a_source_knows_one_partner_by_each_identifier(db):
    known = insert(db, "partner", name="Un", source="dora", source_id="dora--1")
    insert(db, "partner", name="Deux", source="soliguide", source_id="dora--1")
    insert(db, "partner", name="Trois", source="dora", source_id="dora--2")
    insert(db, "partner", name="Quatre", source="dora")
    insert(db, "partner", name="Cinq", source="dora")  # without an identifier, nothing to recognise

    with refusal_of("partner.one_of_the_source"):
        insert(db, "partner", name="Six", source="dora", source_id="dora--1")

    db.execute("UPDATE partner SET deleted_at = '2024-01-01', version = version + 1 WHERE id = ?", (known,))
    insert(db, "partner", name="Six", source="dora", source_id="dora--1")
    with refusal_of("partner.one_of_the_source"):  # the deleted one does not come back beside its successor
        db.execute("UPDATE partner SET deleted_at = NULL, version = version + 1 WHERE id = ?", (known,))


@pytest.mark.parametrize("code", ["46", "2A", "971"])
def test_a_department_has_a_code(db, code):
    db.execute("UPDATE setting SET department = ?", (code,))

    for wrong in ("4", "46000", "2C", "Lot", "900"):
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE setting SET department = ?", (wrong,))
    assert db.execute("SELECT department FROM setting").fetchone() == (code,)


# ---- periods: both ends are inclusive


@pytest.mark.parametrize(("kind", "rule"), [("stage", "stage.one_of_a_kind"), ("benefit", "benefit.one_at_a_time")])
def test_two_periods_may_touch_but_not_share_a_day(db, kind, rule):
    add = {"stage": insert_stage, "benefit": insert_benefit}[kind]
    what = {"stage": "diagnostic", "benefit": "rsa"}[kind]
    person = insert_person(db, rights=None)
    add(db, person, what, "2024-02-01", "2024-02-29")

    for starts, ends in (
        ("2024-02-29", None),
        ("2024-01-01", "2024-02-01"),
        ("2024-01-01", None),
        ("2024-02-10", "2024-02-11"),
    ):
        with refusal_of(rule):
            add(db, person, what, starts, ends)

    add(db, person, what, "2024-03-01")
    add(db, person, what, "2024-01-01", "2024-01-31")
    add(db, insert_person(db, rights=None), what, "2024-02-10")  # somebody else's
    assert db.execute(f'SELECT count(*) FROM "{kind}"').fetchone() == (4,)


def test_a_running_period_leaves_no_room_after_it(db):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", "2024-02-01")

    with refusal_of("benefit.one_at_a_time"):
        insert_benefit(db, person, "prime", "2030-01-01")

    db.execute("UPDATE benefit SET ends_on = '2029-12-31'")
    assert insert_benefit(db, person, "prime", "2030-01-01")


def test_a_deleted_period_leaves_room_and_cannot_come_back_into_it(db):
    person = insert_person(db, rights=None)
    first = insert_benefit(db, person, "rsa", "2024-02-01")
    db.execute("UPDATE benefit SET deleted_at = '2024-03-01'")
    insert_benefit(db, person, "prime", "2024-02-01")

    with refusal_of("benefit.one_at_a_time"):
        db.execute("UPDATE benefit SET deleted_at = NULL WHERE id = ?", (first,))


def test_a_diagnostic_and_an_accompaniment_may_overlap(db):
    person = insert_person(db)
    insert_stage(db, person, "diagnostic", "2024-02-01")

    assert insert_stage(db, person, "accompaniment", "2024-02-01")


# ---- accompaniment


@pytest.mark.parametrize(
    "benefit",
    [
        None,
        {"kind": "rsa", "starts_on": "2024-01-02"},
        {"kind": "rsa", "starts_on": "2023-01-01", "ends_on": "2023-12-31"},
        {"kind": "rsa", "starts_on": "2023-01-01", "subject_to_duties": 0},
    ],
)
def test_accompaniment_needs_duties_on_its_first_day(db, benefit):
    person = insert_person(db, rights=None)
    if benefit:
        insert_benefit(db, person, **benefit)

    with refusal_of("stage.accompaniment_needs_duties"):
        insert_stage(db, person, "accompaniment", "2024-01-01")

    assert insert_stage(db, person, "one_off", "2024-01-01")


def test_accompaniment_goes_on_for_as_long_as_it_takes(db):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", "2024-01-01", "2024-01-01")

    assert insert_stage(db, person, "accompaniment", "2024-01-01")


# ---- contracts


def test_two_contracts_of_a_person_may_not_overlap(db):
    person = insert_person(db)
    insert_contract(db, person, "2024-01-01", "2024-01-01", "2024-06-30")

    with refusal_of("cer.no_overlap"):
        insert_contract(db, person, "2024-06-01", "2024-06-30", "2024-12-31")
    with refusal_of("cer.no_overlap"):
        insert_contract(db, person, "2024-06-01", "2024-06-30", "2024-12-31", rank="renewal")  # it does not say which

    assert insert_contract(db, person, "2024-06-30", "2024-07-01", "2024-12-31")


def test_a_renewal_may_overlap_the_contract_it_replaces_and_no_other(db):
    person = insert_person(db)
    first = insert_contract(db, person, "2024-01-01", "2024-01-01", "2024-06-30")
    renewal = insert_contract(db, person, "2024-06-01", "2024-06-15", "2024-12-31", rank="renewal", replaces_id=first)

    with refusal_of("cer.no_overlap"):
        insert_contract(db, person, "2024-12-01", "2024-12-15", "2025-06-30", rank="renewal", replaces_id=first)
    with refusal_of("cer.no_overlap"):
        db.execute("UPDATE cer SET replaces_id = NULL WHERE id = ?", (renewal,))

    assert insert_contract(db, person, "2024-12-01", "2024-12-15", "2025-06-30", rank="renewal", replaces_id=renewal)


def test_a_renewal_replaces_an_earlier_contract_of_the_same_person(db):
    person, other = insert_person(db), insert_person(db)
    earlier = insert_contract(db, person, "2024-01-01", "2024-01-01", "2024-06-30")
    of_another = insert_contract(db, other, "2023-01-01", "2023-01-01", "2023-06-30")
    later = insert_contract(db, person, "2025-01-01", "2025-01-01", "2025-06-30")

    for wrong in (of_another, later):
        with refusal_of("cer.replaces_earlier"):
            insert_contract(db, person, "2024-07-01", "2024-07-01", "2024-12-31", rank="renewal", replaces_id=wrong)

    assert insert_contract(db, person, "2024-07-01", "2024-07-01", "2024-12-31", rank="renewal", replaces_id=earlier)


def test_a_contract_may_begin_before_its_signature_when_it_says_why(db):
    person = insert_person(db)

    with refusal_of("cer.signed_before_start"):
        insert_contract(db, person, "2024-01-02", "2024-01-01", "2024-06-30")

    assert insert_contract(db, person, "2024-01-02", "2024-01-01", "2024-06-30", early_start_reason="Neige")


# ---- actions


def test_an_action_is_of_the_person_of_its_plan(db):
    person, other = insert_person(db), insert_person(db)
    diagnostic = insert_diagnostic(db, person, "2024-01-01", None)
    contract = insert_contract(db, other, "2024-01-01", "2024-01-01", "2024-06-30")
    action = {"objective": "Exposer", "state": "todo"}

    with refusal_of("action.same_person"):
        insert(db, "action", person_id=other, diagnostic_id=diagnostic, **action)
    with refusal_of("action.same_person"):
        insert(db, "action", person_id=person, diagnostic_id=diagnostic, cer_id=contract, **action)

    assert insert(db, "action", person_id=person, diagnostic_id=diagnostic, **action)
    assert insert(db, "action", person_id=other, cer_id=contract, **action)


# ---- appointments


def test_a_meeting_comes_of_an_appointment_of_the_same_person(db):
    person, other = insert_person(db), insert_person(db)
    appointment = insert(
        db, "appointment", person_id=person, planned_on="2026-11-24", starts_at="09:00", minutes=60, way="office",
        state="came",
    )  # fmt: skip
    meeting = {"happened_on": "2026-11-24", "domain": "coaching", "appointment_id": appointment}

    with refusal_of("intervention.same_person"):
        insert(db, "intervention", person_id=other, **meeting)

    assert insert(db, "intervention", person_id=person, **meeting)


# ---- the ceiling, from the sqlite3 command line


def test_the_ceiling_holds_for_any_program(db, path):
    person = insert_person(db)
    raw = open_raw(path)
    spent = {"person_id": person, "type": "other", "decision": "granted", "granted": 900_00}
    insert_row(raw, DECLARED.tables["aid"], {**spent, "requested_on": "2024-01-01"})

    with refusal_of("aid.ceiling"):
        insert_aid(db, person, 1)
    with refusal_of("aid.ceiling"):
        raw.execute("UPDATE aid SET granted = 90001")

    assert read_raw_row(path, "aid", 1)["granted"] == 90_000
    assert insert_aid(db, insert_person(db), 1)
