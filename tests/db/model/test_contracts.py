"""A « contrat d’engagement » from its dates alone: its state, what it may overlap, what is missing, who has none."""

import sqlite3

import pytest

from db.figures import engagement_deadline
from db.rows import contracts, records
from tests.db.factories import delete, insert, insert_contract, insert_diagnostic, insert_exit, insert_person
from tests.db.factories import insert_followed_person as insert_followed

DAY = "2026-06-15"


def engagement(db, person, starts_on="2026-01-01", ends_on=None, signed_on="2026-01-01", **values):
    return insert_contract(db, person, signed_on, starts_on, ends_on, kind="engagement", **values)


def values_of(db, table, row_id, day=DAY):
    return records.rows(db, db.tables[table], [row_id], day)[0].values


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({"signed_on": None}, "draft"),
        ({"signed_on": "2026-06-16", "starts_on": "2026-06-16"}, "draft"),
        ({"starts_on": "2026-06-16"}, "coming"),
        ({}, "running"),
        ({"ends_on": "2026-06-15"}, "running"),
        ({"ends_on": "2026-06-14"}, "over"),
        ({"next_update_on": "2026-06-16"}, "running"),
        ({"next_update_on": "2026-06-15"}, "to_update"),
        ({"next_update_on": "2026-06-15", "ends_on": "2026-06-14"}, "over"),
    ],
)
def test_the_state_of_a_contract_follows_from_its_dates(db, dates, state):
    contract = engagement(db, insert_person(db), **dates)

    assert values_of(db, "cer", contract)["validity"] == state


def test_a_contract_without_an_end_is_over_when_its_update_begins_or_the_person_leaves(db):
    person, other = insert_person(db), insert_person(db)
    first, alone = engagement(db, person), engagement(db, other)
    update = {"rank": "update", "starts_on": "2026-06-10", "replaces_id": first}
    second = engagement(db, person, signed_on=None, **update)
    insert_exit(db, other, "2026-06-14")

    assert values_of(db, "cer", first)["validity"] == "running"  # the update is a draft
    assert values_of(db, "cer", alone)["validity"] == "over"
    db.execute("UPDATE cer SET signed_on = '2026-06-10' WHERE id = ?", (second,))
    assert values_of(db, "cer", first)["validity"] == "over"
    assert values_of(db, "person", person)["contract_end"] is None


def test_contracts_without_an_end_follow_one_another_and_no_other_stands_beside_them(db):
    person = insert_person(db)
    first = engagement(db, person, "2025-01-01", signed_on="2025-01-01")
    second = engagement(db, person, "2025-07-01", signed_on="2025-07-01", rank="update", replaces_id=first)
    engagement(db, person, "2026-01-01", rank="update", replaces_id=second)

    for dates in ({"starts_on": "2026-03-01"}, {"starts_on": "2025-03-01", "ends_on": "2025-03-31"}):
        with pytest.raises(sqlite3.IntegrityError, match="un autre contrat de la personne couvre déjà ces jours"):
            engagement(db, person, **dates)
    engagement(db, person, "2024-01-01", "2024-12-31", signed_on="2024-01-01")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "cer", "ends_on": None}, "un CER a une date de fin"),
        ({"kind": "cer", "ends_on": "2026-12-31", "signed_on": None}, "un CER a une date de signature"),
        ({"kind": "cer", "ends_on": "2026-12-31", "rank": "update"}, "un CER se renouvelle"),
        ({"rank": "renewal"}, "un contrat d’engagement s’actualise"),
        ({"next_update_on": "2025-12-31"}, "l’actualisation ne peut pas venir avant le début"),
        ({"arrangement": "full", "hours": 14}, "au moins 15 heures"),
        ({"arrangement": "adapted", "hours": 15}, "moins de 15 heures"),
        ({"arrangement": "none", "hours": 1}, "ne porte pas d’heures"),
    ],
)
def test_what_a_contract_may_not_say(db, values, sentence):
    with pytest.raises(sqlite3.IntegrityError, match=sentence):
        insert_contract(db, insert_person(db), **{
            "signed_on": "2026-01-01", "starts_on": "2026-01-01", "ends_on": None, "kind": "engagement", **values,
        })  # fmt: skip


def test_a_first_contract_replaces_nothing_but_a_cer(db):
    person, other = insert_person(db), insert_person(db)
    cer = insert_contract(db, person, "2025-01-01", "2025-01-01", "2027-06-30", kind="cer")
    first = engagement(db, other)

    engagement(db, person, replaces_id=cer)
    with pytest.raises(sqlite3.IntegrityError, match="un premier contrat ne remplace qu’un CER"):
        engagement(db, other, "2026-03-01", replaces_id=first)


def test_what_is_missing_is_named_until_it_is_there(db):
    person = insert_person(db)
    contract = engagement(db, person, signed_on=None)
    every = ("diagnostic", "referent", "objectives", "person", "office", "hours", "plan", "update")
    steps = {
        "diagnostic": lambda: insert_diagnostic(db, person, "2025-12-01", None),
        "referent": "referent = 'Camille Vidal'",
        "objectives": "objectives = 'Vendre'",
        "person": "person_commitments = 'Venir'",
        "office": "office_commitments = 'Recevoir'",
        "hours": "arrangement = 'none'",
        "plan": lambda: insert(db, "action", person_id=person, cer_id=contract, objective="Exposer", state="todo"),
        "update": "next_update_on = '2026-07-01'",
    }

    assert values_of(db, "cer", contract)["missing"] == every
    for number, part in enumerate(every, start=1):
        step = steps[part]
        step() if callable(step) else db.execute(f"UPDATE cer SET {step} WHERE id = ?", (contract,))
        assert values_of(db, "cer", contract)["missing"] == (every[number:] or None)
    cer = insert_contract(db, insert_person(db), "2026-01-01", "2026-01-01", "2026-12-31", kind="cer")
    assert values_of(db, "cer", cer)["missing"] is None


def test_the_hours_of_a_plan_are_those_of_its_kept_actions(db):
    person = insert_person(db)
    contract = engagement(db, person, arrangement="full", hours=15)
    for hours, state in ((6, "todo"), (4, "done"), (9, "dropped"), (None, "todo")):
        insert(db, "action", person_id=person, cer_id=contract, objective=f"{hours}", state=state, hours=hours)
    row = records.rows(db, db.tables["cer"], [contract], DAY)[0]

    assert row.values["plan_hours"] == contracts.plan_hours(db, contract) == 10
    assert row.marks["plan_hours"] == ("warning", "Le plan compte moins d’heures que le contrat")


# --- an orientation is signed within a month


def orientation(db, person, notified_on, **values):
    return insert(db, "orientation", person_id=person, requested_on="2026-01-02", notified_on=notified_on, **values)


@pytest.mark.parametrize(
    ("notified", "before"), [("2026-05-20", "2026-06-20"), ("2026-01-31", "2026-02-28"), ("2028-01-31", "2028-02-29")]
)
def test_a_contract_is_to_be_signed_within_a_month(db, notified, before):
    assert values_of(db, "orientation", orientation(db, insert_person(db), notified))["sign_before"] == before


def test_the_last_notified_orientation_asks_for_a_contract_until_one_is_signed(db):
    person = insert_person(db)
    engagement(db, person, ends_on="2026-05-31", signed_on="2026-01-01")
    first, second = orientation(db, person, "2026-01-05"), orientation(db, person, "2026-05-10")

    def asks(day=DAY):
        return [values_of(db, "orientation", one, day)["to_sign"] for one in (first, second)]

    assert asks("2026-05-09") == [1, 0]  # the other is not notified yet; the contract was signed before the first
    assert asks() == [0, 1]  # a new orientation asks for a new contract
    row = records.rows(db, db.tables["orientation"], [second], DAY)[0]
    assert row.marks["sign_before"][0] == "danger"
    contract = engagement(db, person, "2026-06-02", signed_on="2026-06-01", ends_on="2026-12-31")
    assert asks() == [0, 0]
    delete(db, "cer", contract)
    insert_exit(db, person, "2026-06-10")
    assert asks() == [0, 0]


# --- everybody by 1 January 2027


def test_everybody_accompanied_has_a_contract_or_is_counted_as_without(db):
    signed, prepared, cer, lapsed, none = (insert_followed(db) for _ in range(5))
    engagement(db, signed)
    insert_contract(db, prepared, "2025-06-01", "2025-06-01", "2027-05-31", kind="cer")
    before = db.execute("SELECT max(id) FROM cer").fetchone()[0]
    engagement(db, prepared, signed_on=None, starts_on=DAY, replaces_id=before)
    insert_contract(db, cer, "2025-06-01", "2025-06-01", "2027-05-31", kind="cer")
    engagement(db, lapsed, ends_on="2026-06-01")
    engagement(db, insert_person(db))  # not accompanied

    situations = [values_of(db, "person", one)["engagement"] for one in (signed, prepared, cer, lapsed, none)]
    found = engagement_deadline.on(db, DAY)

    assert situations == ["signed", "prepared", "cer", "lapsed", "none"]
    assert dict(found.persons) == dict.fromkeys(situations, 1)
    assert (found.accompanied, found.left) == (5, 4)


@pytest.mark.parametrize(
    ("day", "left"), [("2026-12-31", 1), ("2027-01-01", 0), ("2027-06-01", 0), ("2026-12-24", 5), ("2026-11-09", 37)]
)
def test_working_days_are_left_until_the_eve_of_the_deadline(db, day, left):
    """Of 2026-12-24 to 31: Thursday, Monday to Thursday; Christmas is a Friday."""
    assert engagement_deadline.on(db, day).working_days == left


# --- the contract that follows


def test_the_following_contract_is_prepared_once_with_the_actions_that_remain(db):
    person = insert_person(db)
    texts = {"objectives": "Vendre", "referent": "Camille Vidal", "arrangement": "full", "hours": 16}
    contract = engagement(db, person, next_update_on="2026-06-20", **texts)
    for objective, state in (("Faite", "done"), ("À faire", "todo"), ("En cours", "doing"), ("Laissée", "dropped")):
        insert(db, "action", person_id=person, cer_id=contract, objective=objective, state=state, hours=2)

    following = contracts.prepare_next(db, contract, DAY, "Ada")

    values = values_of(db, "cer", following)
    assert {name: values[name] for name in texts} == texts
    assert (values["rank"], values["replaces_id"], values["validity"]) == ("update", contract, "draft")
    assert [one.values["objective"] for one in contracts.actions_of(db, following)] == ["À faire", "En cours"]
    assert [one.values["state"] for one in contracts.actions_of(db, contract)] == ["done", "todo", "doing", "dropped"]
    assert contracts.prepare_next(db, contract, DAY, "Ada") == following
