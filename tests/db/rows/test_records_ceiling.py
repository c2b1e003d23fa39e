"""The ceiling of aids: 900 € per person, over the period of the settings, enforced by the file itself."""

import pytest

from db.base.errors import CeilingError
from db.model.effective_dictionary import DECLARED
from db.rows import history, records, rule_errors
from db.rows.records import Edit, Saved
from tests.db.examples import read_raw_row, save_row
from tests.db.factories import insert_aid, insert_person, new_aid, save_simultaneously, total_granted


def period(db, code):
    db.execute("UPDATE setting SET aid_ceiling_period = ?", (code,))


def refusal(db, edit):
    with pytest.raises(CeilingError) as error:
        records.save(db, db.tables["aid"], edit, "Ada")
    return str(error.value).replace("\u00a0", " ").replace("\u202f", " ")


def test_two_agents_cannot_pass_the_ceiling_together(db, path):
    person = insert_person(db)
    insert_aid(db, person, 800_00)

    results = save_simultaneously(path, DECLARED.tables["aid"], *[new_aid(person, 60_00)] * 2)

    assert {type(result) for result in results} == {Saved, CeilingError}  # one passes, one is told
    assert total_granted(db, person) == 860_00


def test_twenty_agents_cannot_pass_the_ceiling_together(db, path):
    person = insert_person(db)

    results = save_simultaneously(path, DECLARED.tables["aid"], *[new_aid(person, 100_00)] * 20)

    assert [type(result) for result in results].count(Saved) == 9
    assert total_granted(db, person) == 900_00


def test_the_message_says_ceiling_granted_and_left(db):
    person = insert_person(db)
    insert_aid(db, person, 812_50)

    told = refusal(db, new_aid(person, 87_51))

    assert told == (
        "Montant accordé : le plafond de 900 € serait dépassé : 812,50 € déjà accordés, il reste 87,50 €."
        " Pour passer outre, écrivez le motif dans « Motif de dépassement »"
    )
    assert total_granted(db, person) == 812_50
    records.save(db, db.tables["aid"], new_aid(person, 87_50), "Ada")
    assert total_granted(db, person) == 900_00


def test_only_granted_aids_count(db):
    person = insert_person(db)
    for decision in ("pending", "refused", "withdrawn"):
        insert_aid(db, person, None, decision=decision, requested=900_00)
    gone = insert_aid(db, person, 900_00)
    records.delete(db, db.tables["aid"], {gone: 1}, "Ada")

    records.save(db, db.tables["aid"], new_aid(person, 900_00), "Ada")


def test_granting_a_pending_aid_is_held_to_the_ceiling(db, path):
    person = insert_person(db)
    insert_aid(db, person, 850_00)
    pending = insert_aid(db, person, None, decision="pending")

    assert "il reste 50 €" in refusal(db, Edit({"decision": "granted", "granted": 51_00}, pending, 1))

    records.save(db, db.tables["aid"], Edit({"decision": "granted", "granted": 50_00}, pending, 1), "Ada")
    assert read_raw_row(path, "aid", pending)["granted"] == 50_00


# ---- the three periods


def test_over_all_time_every_aid_counts(db):
    person = insert_person(db)
    insert_aid(db, person, 900_00, "2010-01-01")

    assert "900 € déjà accordés, il reste 0 €" in refusal(db, new_aid(person, 1, "2024-01-01"))


def test_over_a_calendar_year_each_year_has_its_own_ceiling(db):
    period(db, "calendar_year")
    person = insert_person(db)
    insert_aid(db, person, 900_00, "2023-12-31")
    insert_aid(db, person, 500_00, "2024-01-01")

    assert "500 € déjà accordés, il reste 400 €" in refusal(db, new_aid(person, 401_00, "2024-12-31"))
    assert "900 € déjà accordés, il reste 0 €" in refusal(db, new_aid(person, 1_00, "2023-01-01"))
    records.save(db, db.tables["aid"], new_aid(person, 400_00, "2024-12-31"), "Ada")
    records.save(db, db.tables["aid"], new_aid(person, 900_00, "2025-01-01"), "Ada")


def test_over_twelve_months_an_aid_counts_until_the_same_day_a_year_later(db):
    period(db, "rolling")
    person = insert_person(db)
    insert_aid(db, person, 900_00, "2023-05-10")

    assert "il reste 0 €" in refusal(db, new_aid(person, 1_00, "2024-05-09"))
    records.save(db, db.tables["aid"], new_aid(person, 900_00, "2024-05-10"), "Ada")


def test_a_back_dated_aid_cannot_overfill_a_later_year_and_is_told_which_sum_counts(db):
    period(db, "rolling")
    person = insert_person(db)
    insert_aid(db, person, 600_00, "2024-03-01")
    insert_aid(db, person, 200_00, "2024-09-01")

    # On its own day nothing was granted yet; in the year that ends on 1 September 2024, 800 € are.
    assert "800 € déjà accordés, il reste 100 €" in refusal(db, new_aid(person, 100_01, "2023-10-01"))
    records.save(db, db.tables["aid"], new_aid(person, 100_00, "2023-10-01"), "Ada")
    assert "il reste 0 €" in refusal(db, new_aid(person, 1, "2024-02-28"))


def test_the_day_of_the_decision_says_to_which_period_an_aid_counts(db):
    period(db, "calendar_year")
    person = insert_person(db)
    insert_aid(db, person, 900_00, "2024-01-02", requested_on="2023-12-01")

    records.save(db, db.tables["aid"], new_aid(person, 900_00, "2023-12-15"), "Ada")
    assert "il reste 0 €" in refusal(db, new_aid(person, 1_00, "2024-02-01"))


# ---- passing it knowingly, and old rows


def test_an_override_needs_a_reason_and_stays_in_the_history(db, path):
    person = insert_person(db)
    insert_aid(db, person, 900_00)

    row = save_row(
        db, db.tables["aid"], new_aid(person, 50_00, override_reason="Four cassé, accord du chef de service").values
    )

    assert read_raw_row(path, "aid", row)["override_reason"] == "Four cassé, accord du chef de service"
    (change,) = history.of_row(db, "aid", row, records.context(db))
    assert ("Motif de dépassement", "", "Four cassé, accord du chef de service") in change.fields


def over_the_ceiling(db):
    """Insert an aid of the time when the ceiling was higher."""
    person = insert_person(db)
    db.execute("UPDATE setting SET aid_ceiling = 200000")
    row = insert_aid(db, person, 1_500_00)
    db.execute("UPDATE setting SET aid_ceiling = 90000")
    return row


def test_the_note_of_an_old_aid_over_the_ceiling_can_be_corrected(db, path):
    row = over_the_ceiling(db)

    records.save(db, db.tables["aid"], Edit({"note": "Facture reçue", "paid_on": "2024-06-01"}, row, 1), "Ada")

    assert read_raw_row(path, "aid", row)["note"] == "Facture reçue"


def test_an_old_aid_over_the_ceiling_may_be_lowered_but_not_raised(db, path):
    row = over_the_ceiling(db)

    records.save(db, db.tables["aid"], Edit({"granted": 1_400_00}, row, 1), "Ada")
    refusal(db, Edit({"granted": 1_400_01}, row, 2))

    assert read_raw_row(path, "aid", row)["granted"] == 1_400_00


def test_a_needed_reason_cannot_be_removed(db, path):
    person = insert_person(db)
    row = save_row(db, db.tables["aid"], new_aid(person, 950_00, override_reason="Urgence").values)

    refusal(db, Edit({"override_reason": None}, row, 1))

    assert read_raw_row(path, "aid", row)["override_reason"] == "Urgence"
    records.save(db, db.tables["aid"], Edit({"override_reason": None, "granted": 900_00}, row, 1), "Ada")
    assert read_raw_row(path, "aid", row)["granted"] == 900_00


def test_an_aid_cannot_be_moved_to_a_person_whose_ceiling_is_reached(db):
    rich, poor = insert_person(db), insert_person(db)
    row = insert_aid(db, rich, 600_00)
    insert_aid(db, poor, 600_00)

    assert "600 € déjà accordés" in refusal(db, Edit({"person_id": poor}, row, 1))


def test_what_is_left_is_shown_for_the_day(db):

    person = insert_person(db)
    insert_aid(db, person, 300_00)

    assert records.get(db, db.tables["person"], person).values["aid_left"] == 600_00
    assert rule_errors.ceiling_state(db, {"person_id": person, "requested_on": "2024-05-02"}) == (900_00, 300_00)
