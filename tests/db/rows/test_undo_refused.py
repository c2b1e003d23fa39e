"""Undo that is refused: later changes of colleagues are never overwritten, and no rule is broken by undoing."""

import pytest

from db.base.errors import CeilingError, NotFoundError, RuleError
from db.base.french import french_instant
from db.model.dictionary import AID, PARTNER, PERSON, STAGE
from db.rows import records, transactions, undo
from db.rows.records import Edit
from db.storage.integrity import check
from tests.db.factories import insert_aid, insert_benefit, insert_person, insert_stage, new_aid
from tests.db.rows.undoing import LOU, latest_operation, save_row, shown_row, undo_refusal


@pytest.fixture(autouse=True)
def sound(db):
    """Assert after each test that the file is sound."""
    yield
    assert check(db) == []


# ---- what stands in its way


def test_what_a_colleague_wrote_since_is_never_overwritten(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin", "town": "Figeac"}, "Ada", row, 1)
    mine = latest_operation(db)
    save_row(db, PARTNER, {"town": "Cahors"}, "Grace", row, 2)
    at = db.execute("SELECT at FROM history ORDER BY id DESC LIMIT 1").fetchone()[0]

    message = undo_refusal(db, mine)

    assert message == (
        "Impossible de défaire, rien n’a été changé : Partenaire Le Moulin : "
        f"Grace a modifié cette ligne (Commune) depuis, le {french_instant(at)}."
    )


def test_a_later_change_of_another_field_does_not_prevent_the_undo(db):
    row = save_row(db, PARTNER, {"name": "La Grange", "town": "Figeac"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    save_row(db, PARTNER, {"town": "Cahors"}, "Grace", row, 2)

    undo.undo(db, mine, "Ada")

    assert (shown_row(db, PARTNER, row)["name"], shown_row(db, PARTNER, row)["town"]) == ("La Grange", "Cahors")


def test_one_conflicting_row_prevents_the_whole_undo(db):
    rows = [save_row(db, PARTNER, {"name": f"Galerie {number}"}) for number in range(3)]
    records.save_all(db, db.tables["partner"], [Edit({"town": "Cahors"}, row, 1) for row in rows], "Ada")
    mine = latest_operation(db)
    save_row(db, PARTNER, {"town": "Figeac"}, "Grace", rows[1], 2)

    message = undo_refusal(db, mine)

    assert "Galerie 1 : Grace" in message
    assert "Galerie 0" not in message


@pytest.mark.parametrize(("done", "word"), [("delete", "a supprimé"), ("back", "a rétabli")])
def test_a_row_deleted_since_prevents_the_undo(db, done, word):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    records.delete(db, db.tables["partner"], {row: 2}, "Grace")
    if done == "back":
        records.restore(db, db.tables["partner"], [row], "Bob")

    assert word in undo_refusal(db, mine)


def test_a_new_row_that_a_colleague_changed_does_not_go(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    mine = latest_operation(db)
    save_row(db, PARTNER, {"note": "appelé"}, "Grace", row, 1)

    assert "Grace a modifié cette ligne" in undo_refusal(db, mine)


def test_what_another_program_wrote_since_stands_in_the_way_too(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    db.execute("UPDATE partner SET name = 'Écrit au clavier'")

    assert "hors de Palette a modifié cette ligne (Nom) depuis" in undo_refusal(db, mine)


def test_nothing_is_undone_twice(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    undo.undo(db, mine, "Grace")

    assert "elle a déjà été défaite" in undo_refusal(db, mine)


def test_an_unknown_operation_is_an_error(db):
    save_row(db, PARTNER, {"name": "La Grange"})

    assert "n’existe pas" in undo_refusal(db, 99, error=NotFoundError)


def test_a_new_person_with_rows_since_does_not_go(db):
    person = save_row(db, PERSON, LOU)
    mine = latest_operation(db)
    insert_benefit(db, person, "rsa", "2022-01-01")
    insert_aid(db, person, 100_00)

    message = undo_refusal(db, mine)

    assert "ce dossier contient depuis : " in message
    assert "aides (1)" in message


def test_a_new_person_whose_rows_were_put_away_goes(db):
    person = save_row(db, PERSON, LOU)
    mine = latest_operation(db)
    aid = insert_aid(db, person, 100_00)
    records.delete(db, db.tables["aid"], {aid: 1}, "Ada")

    undo.undo(db, mine, "Ada")

    assert records.rows(db, db.tables["person"], [person]) == []


def test_a_person_who_was_added_together_with_her_rows_goes_with_them(db):
    with transactions.writing(db):
        sql = (
            "INSERT INTO person (changed_by, last_name, first_name, gender) VALUES ('Ada', 'Marchand', 'Lou', 'woman')"
        )
        person = db.execute(sql).lastrowid
        db.execute(
            "INSERT INTO benefit (changed_by, person_id, kind, subject_to_duties, starts_on)"
            " VALUES ('Ada', ?, 'rsa', 1, '2022-01-01')",
            (person,),
        )

    undo.undo(db, latest_operation(db), "Ada")

    for table in ("person", "benefit"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL").fetchone()[0] == 0


# ---- the rules


def test_an_aid_does_not_come_back_over_the_ceiling(db):
    person = insert_person(db)
    aid = save_row(db, AID, new_aid(person, 800_00).values)
    records.delete(db, db.tables["aid"], {aid: 1}, "Ada")
    mine = latest_operation(db)
    insert_aid(db, person, 300_00)

    assert "plafond" in undo_refusal(db, mine, error=CeilingError)


def test_an_amount_does_not_come_back_over_the_ceiling(db):
    person = insert_person(db)
    aid = save_row(db, AID, new_aid(person, 800_00).values)
    save_row(db, AID, {"granted": 100_00}, "Ada", aid, 1)
    mine = latest_operation(db)
    insert_aid(db, person, 300_00)

    assert "plafond" in undo_refusal(db, mine, error=CeilingError)


def test_a_stage_does_not_come_back_over_another(db):
    person = insert_person(db)
    stage = insert_stage(db, person, "accompaniment", "2022-01-01")
    save_row(db, STAGE, {"ends_on": "2022-06-30"}, "Ada", stage, 1)
    mine = latest_operation(db)
    insert_stage(db, person, "accompaniment", "2022-07-01")

    assert undo_refusal(db, mine, error=RuleError)


def test_a_bulk_change_is_not_undone_when_one_row_breaks_a_rule(db):
    people = [insert_person(db) for _ in range(3)]
    aids = [save_row(db, AID, new_aid(person, 800_00).values) for person in people]
    records.save_all(db, db.tables["aid"], [Edit({"granted": 100_00}, aid, 1) for aid in aids], "Ada")
    mine = latest_operation(db)
    insert_aid(db, people[0], 300_00)  # the first of them: taken back last, once the others were

    undo_refusal(db, mine, error=CeilingError)


def test_a_person_does_not_come_back_when_one_of_her_rows_cannot(db):
    person = insert_person(db)
    insert_aid(db, person, 800_00)
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    mine = latest_operation(db)
    db.execute("UPDATE setting SET aid_ceiling = 70000")

    assert "plafond" in undo_refusal(db, mine, error=RuleError)
