"""The contract that follows another, the verdict of a request while it is typed, alerts, and values that follow."""

from typing import Any

import pytest

from db.model import contract_rules, domain_rules
from db.rows import records
from db.rows.records import Edit
from tests.db.factories import (
    insert,
    insert_aid,
    insert_contract,
    insert_diagnostic,
    insert_exit,
    insert_person,
    insert_stage,
)


@pytest.mark.parametrize(
    ("kind", "ends_on", "day", "starts_on"),
    [
        ("engagement", "2026-12-10", "2026-11-23", "2026-12-11"),  # the day after the earlier one
        ("engagement", "2027-11-14", "2026-11-23", "2027-11-15"),
        ("engagement", "2026-11-01", "2026-11-23", "2026-11-23"),  # it has ended: today
        ("cer", "2026-12-31", "2026-11-23", "2027-01-01"),  # it ends before the law ends it
        ("cer", "2027-06-30", "2026-11-23", "2026-11-23"),  # it would outlive the law: replaced today
    ],
)
def test_the_next_contract_starts_when_the_earlier_one_ends_or_must_end(db, kind, ends_on, day, starts_on):
    person = insert_person(db)
    earlier = insert_contract(db, person, "2024-06-01", "2024-06-01", ends_on, kind=kind, objectives="Exposer")

    following = contract_rules.next_contract(db, earlier, day)

    assert (following["kind"], following["starts_on"], following["objectives"]) == ("engagement", starts_on, "Exposer")
    saved = records.save(
        db, db.tables["cer"], Edit({**following, "ends_on": "2028-12-31"}), "Ada"
    )  # and the file accepts it
    assert records.get(db, db.tables["cer"], saved.row_id).values["replaces_id"] == earlier


REASONS: dict[str, dict[str, Any]] = {
    "Artiste âgé de 60 ans et plus": {"birth_date": "1964-03-06"},
    "Accompagné par ailleurs au titre de son activité": {"accompanied_elsewhere": 1},
    "Pas mobile (permis et véhicule) alors que l’activité le demande": {"needs_mobility": 1, "vehicle": 0},
    "En orientation professionnelle (France Travail, emploi alimentaire)": {"food_job": 1},
}
ON_THE_PERSON: dict[str, Any] = {"birth_date": "1964-03-07", "licence": 1, "vehicle": 1}


@pytest.mark.parametrize("reason", [*REASONS, None])
def test_the_verdict_and_its_reason_while_typing_are_those_of_the_saved_row(db, reason):
    given = {**ON_THE_PERSON, **REASONS.get(reason, {})}
    of_person = {name: given[name] for name in ON_THE_PERSON}
    person = records.save(
        db,
        db.tables["person"],
        Edit({"last_name": "Zola", "first_name": "Anne", "gender": "woman", **of_person}),
        "Ada",
    ).row_id
    typed = {"person_id": person, "requested_on": "2024-03-06"}
    typed |= {name: value for name, value in given.items() if name not in ON_THE_PERSON}

    said = domain_rules.verdict_reasons(db, typed)

    assert said == ([reason] if reason else [])  # sixty on the very day counts, a day short of it does not
    row = records.get(
        db, db.tables["orientation"], records.save(db, db.tables["orientation"], Edit(typed), "Ada").row_id
    )
    open_ = [] if reason else domain_rules.unanswered(db, typed)
    assert row.values["verdict"] == ("no" if reason else f"unanswered_{len(open_)}")
    assert len(row.values["verdict_reasons"] or ()) == len(said)


ANSWERS: dict[str, Any] = {"accompanied_elsewhere": 0, "needs_mobility": 1, "food_job": 0}


@pytest.mark.parametrize(
    ("silent", "count"),
    [((), 0), (("food_job",), 1), (("needs_mobility",), 1), (("licence", "vehicle"), 2), (("birth_date",), 1),
     (("accompanied_elsewhere", "needs_mobility", "food_job"), 3),
     (("birth_date", "accompanied_elsewhere", "needs_mobility", "food_job"), 4),
     (("birth_date", "accompanied_elsewhere", "licence", "vehicle", "food_job"), 5)],
)  # fmt: skip
def test_a_request_counts_the_questions_that_nobody_has_answered(db, silent, count):
    """The form names them, the saved row counts them; licence and vehicle matter only where mobility does."""
    given = {name: value for name, value in {**ON_THE_PERSON, **ANSWERS}.items() if name not in silent}
    person = insert_person(db, rights=None, **{name: given.get(name) for name in ON_THE_PERSON})
    typed = {"person_id": person, "requested_on": "2024-03-06", **{name: given.get(name) for name in ANSWERS}}

    row_id = records.save(db, db.tables["orientation"], Edit(typed), "Ada").row_id
    row = records.get(db, db.tables["orientation"], row_id)

    assert domain_rules.unanswered(db, typed) == [name for name in domain_rules._UNANSWERED if name in silent]
    assert row.values["verdict"] == (f"unanswered_{count}" if count else "yes")
    assert db.tables["orientation"].column("verdict").type.show(row.values["verdict"], records.context(db)) == (
        f"{count} question{'s' * (count > 1)} sans réponse" if count else "Orientée vers la CIPA"
    )
    assert ("verdict" in row.marks) == bool(count)
    records.save(db, db.tables["orientation"], Edit({"override": "yes", "override_reason": "Vu"}, row_id, 1), "Ada")
    assert records.get(db, db.tables["orientation"], row_id).values["verdict"] == "yes"


# --- alerts


DAY = "2026-11-27"


def row_on_the_day(db, table, row_id):
    return records.rows(db, db.tables[table], [row_id], DAY)[0]


def told(row):
    return {field: why for field, (_, why) in row.marks.items()}


@pytest.mark.parametrize(
    ("following", "signed"),
    [(None, False), ({"signed_on": "2026-11-20", "starts_on": "2026-12-16"}, True),
     ({"signed_on": "2026-12-01", "starts_on": "2026-12-16"}, False),  # not signed yet on the day
     ({"signed_on": "2026-11-20", "starts_on": "2026-12-16", "deleted_at": "2026-11-21"}, False)],
)  # fmt: skip
def test_a_contract_whose_next_one_is_signed_does_not_end_soon(db, following, signed):
    person = insert_person(db)
    running = insert_contract(db, person, "2026-06-15", "2026-06-15", "2026-12-15", kind="cer")
    if following:
        insert_contract(db, person, ends_on="2027-06-15", kind="engagement", **following)

    contract, holder = row_on_the_day(db, "cer", running), row_on_the_day(db, "person", person)

    wanted = "Contrat suivant signé" if signed else "Contrat bientôt à échéance ou à actualiser"
    assert (contract.values["ends_soon"], contract.values["deadline"]) == (not signed, "followed" if signed else "soon")
    assert (told(contract)["ends_on"], told(holder)["contract_end"]) == (wanted, wanted)
    assert contract.values["to_replace"] == (not signed)  # a CER, until the « contrat d’engagement » is signed


def test_a_contract_far_from_its_end_says_nothing_and_one_of_somebody_else_changes_nothing(db):
    person, other = insert_person(db), insert_person(db)
    far = insert_contract(db, person, "2026-06-15", "2026-06-15", "2027-06-14", kind="engagement")
    soon = insert_contract(db, other, "2026-06-15", "2026-06-15", "2026-12-15", kind="engagement")
    insert_contract(db, person, "2026-11-20", "2027-06-15", "2028-06-14", kind="engagement")

    assert told(row_on_the_day(db, "cer", far)) == {}
    assert row_on_the_day(db, "cer", far).values["deadline"] == "followed"
    assert told(row_on_the_day(db, "cer", soon)) == {"ends_on": "Contrat bientôt à échéance ou à actualiser"}


def test_an_open_diagnostic_beside_an_accompaniment_is_flagged_wherever_it_shows(db):
    person = insert_person(db)
    opened = insert_diagnostic(db, person, "2026-01-10", None)
    stage = insert_stage(db, person, "diagnostic", "2026-01-10")
    assert told(row_on_the_day(db, "diagnostic", opened)) == {}
    insert_stage(db, person, "accompaniment", "2026-03-01")

    flagged = "Diagnostic encore ouvert alors que la personne est accompagnée"
    assert told(row_on_the_day(db, "diagnostic", opened)) == {"completed_on": flagged}
    assert told(row_on_the_day(db, "stage", stage)) == {"ends_on": flagged}
    assert told(row_on_the_day(db, "person", person)) == {
        "state": "Diagnostic encore ouvert à côté de l’accompagnement"
    }
    assert row_on_the_day(db, "diagnostic", opened).values["pending"]

    db.execute("UPDATE stage SET ends_on = '2026-02-28' WHERE id = ?", (stage,))
    assert told(row_on_the_day(db, "person", person)) != {}  # the diagnostic itself is still open
    insert_diagnostic(db, person, "2026-02-01", "2026-02-20")  # taken up again, and completed
    assert told(row_on_the_day(db, "person", person)) == told(row_on_the_day(db, "diagnostic", opened)) == {}


@pytest.mark.parametrize(("kind", "duties"), [("rsa", 1), ("rsa_prime", 1), ("prime", 0), ("none", 0)])
def test_duties_follow_the_benefit_unless_they_are_given(db, kind, duties):
    benefit, person = db.tables["benefit"], insert_person(db, rights=None)
    values = {"person_id": person, "kind": kind}

    row_id = records.save(
        db, benefit, Edit({**values, "starts_on": "2024-01-01", "ends_on": "2024-06-30"}), "Ada"
    ).row_id
    given = records.save(
        db, benefit, Edit({**values, "starts_on": "2025-01-01", "subject_to_duties": 1 - duties}), "Ada"
    )

    assert records.get(db, benefit, row_id).values["subject_to_duties"] == duties
    assert records.get(db, benefit, given.row_id).values["subject_to_duties"] == 1 - duties


def test_a_new_person_is_to_be_placed_until_a_stage_begins_or_something_says_that_none_will(db):
    def state(person):
        return row_on_the_day(db, "person", person).values["state"]

    persons = [insert_person(db) for _ in range(5)]
    assert {state(person) for person in persons} == {"new"}
    coming, ended, gone, refused, asked = persons
    insert_stage(db, coming, "diagnostic", "2026-12-01")
    insert_stage(db, ended, "diagnostic", "2026-01-01", "2026-03-01")
    insert_exit(db, gone, "2026-05-01")
    insert(db, "orientation", person_id=refused, requested_on="2026-01-01", decided_on="2026-02-01", food_job=1)
    insert(db, "orientation", person_id=asked, requested_on="2026-01-01", food_job=1)

    assert [state(person) for person in persons] == ["new", "outside", "outside", "outside", "new"]


@pytest.mark.parametrize(("requested", "left"), [(250_00, 150_00), (500_00, -100_00), (None, None)])
def test_a_pending_aid_tells_what_would_be_left_if_it_were_granted_in_full(db, requested, left):
    person = insert_person(db)
    insert_aid(db, person, 500_00, "2026-01-10")
    aid = insert_aid(db, person, None, None, requested_on="2026-11-01", decision="pending", requested=requested)

    row = row_on_the_day(db, "aid", aid)

    assert (row.values["left"], row.values["left_if_granted"]) == (400_00, left)
    assert ("left_if_granted" in row.marks) == (left is not None and left < 0)
