"""Saving: all or nothing, never over a colleague's value, never past the ceiling, errors in French."""

import sqlite3

import pytest

from db.base.errors import BusyError, CeilingError, ConflictError, InvalidError, NotFoundError, RuleError
from db.model.effective_dictionary import DECLARED
from db.rows import records, transactions
from db.rows.records import Edit, Filter, Query, Saved
from db.storage import connection
from tests.db.examples import as_stored, every_table, full_row, read_raw_row, save_row
from tests.db.factories import insert_aid, insert_benefit, insert_person, save_simultaneously, total_granted

LOU = {"last_name": "Marchand", "first_name": "Lou", "gender": "woman"}


@every_table
def test_what_is_saved_is_in_the_file_and_read_back(db, path, table):
    values = full_row(db, table)

    row = records.save(db, table, Edit(values), "Ada").row_id

    assert read_raw_row(path, table.name, row) | as_stored(table, values) == read_raw_row(path, table.name, row)
    read = records.get(db, table, row)
    assert read.values | values == read.values
    assert read.version == 1
    assert row in [found.id for found in records.read(db, table, Query((Filter("id", "among", (row,)),))).rows]


def test_a_new_row_starts_with_its_defaults(db, path):
    row = save_row(db, db.tables["aid"], {"person_id": insert_person(db), "type": "other"})

    stored = read_raw_row(path, "aid", row)
    assert (stored["requested_on"], stored["decision"], stored["granted"]) == (records.today(), "pending", None)


# ---- all or nothing


def test_every_problem_has_its_line_and_label(db):
    edits = [Edit(LOU), Edit({**LOU, "last_name": None, "phone": "12"}), Edit({**LOU, "gender": "martian"})]

    with pytest.raises(InvalidError) as error:
        records.save_all(db, db.tables["person"], edits, "Ada")

    assert str(error.value).split("\n") == [
        "Ligne 2 · Nom : ce champ est obligatoire",
        "Ligne 2 · Téléphone : « 12 » n’est pas un numéro de téléphone (attendu : 05 65 00 00 00 ou +33…)",
        "Ligne 3 · Genre : « martian » n’est pas dans la liste « Genre »",
    ]
    assert records.count(db, db.tables["person"], Query()) == 0
    assert len(records.save_all(db, db.tables["person"], edits[:1] * 2, "Ada")) == 2


def test_a_line_that_breaks_a_rule_takes_the_others_back(db):
    person = insert_person(db, rights=None)
    stage = {"person_id": person, "starts_on": "2024-01-01"}
    edits = [Edit({**stage, "kind": "diagnostic"}), Edit({**stage, "kind": "accompaniment"})]

    with pytest.raises(RuleError, match="Ligne 2 · Étape : un accompagnement demande"):
        records.save_all(db, db.tables["stage"], edits, "Ada")

    assert records.count(db, db.tables["stage"], Query()) == 0
    insert_benefit(db, person, "rsa", "2020-01-01")
    assert len(records.save_all(db, db.tables["stage"], edits, "Ada")) == 2


def test_a_single_row_needs_no_line_number(db):
    with pytest.raises(InvalidError) as error:
        records.save(db, db.tables["person"], Edit({**LOU, "email": "lou"}), "Ada")

    (problem,) = error.value.problems
    assert (problem.line, problem.label, problem.field) == (None, "Courriel", "email")


# ---- two people on one row


def test_two_people_may_change_two_fields_of_one_row(db, path):
    row = save_row(db, db.tables["person"], LOU)

    records.save(db, db.tables["person"], Edit({"town": "Cahors"}, row, 1), "Ada")
    second = records.save(db, db.tables["person"], Edit({"phone": "0565534000"}, row, 1), "Grace")

    stored = read_raw_row(path, "person", row)
    assert (stored["town"], stored["phone"], stored["version"]) == ("Cahors", "+33565534000", 3)
    assert second == Saved(row, 3)


def test_two_changes_of_one_field_are_a_conflict(db, path):
    row = save_row(db, db.tables["person"], {**LOU, "domain": "crafts"})
    records.save(db, db.tables["person"], Edit({"domain": "film"}, row, 1), "Ada")

    with pytest.raises(ConflictError) as error:
        records.save(db, db.tables["person"], Edit({"domain": "literature", "town": "Cahors"}, row, 1), "Grace")

    clash = error.value
    (told,) = clash.differences
    assert (clash.who, clash.row_id, clash.version) == ("Ada", row, 2)
    assert (told.field, told.theirs, told.mine) == ("domain", "film", "literature")
    assert str(clash) == (
        "Ada a modifié cette ligne entre-temps. Domaine d’activité : « Audiovisuel / Cinéma » dans le fichier, "
        "« Arts littéraires / Édition » chez vous."
    )
    assert read_raw_row(path, "person", row)["town"] is None  # nothing of hers was written
    records.save(db, db.tables["person"], Edit({"domain": "literature"}, row, clash.version), "Grace")  # now she knows
    assert read_raw_row(path, "person", row)["domain"] == "literature"


def test_saving_the_colleagues_value_is_no_conflict(db):
    row = save_row(db, db.tables["person"], LOU)
    records.save(db, db.tables["person"], Edit({"town": "Cahors"}, row, 1), "Ada")

    assert records.save(db, db.tables["person"], Edit({"town": "Cahors"}, row, 1), "Grace").version == 2


def test_a_change_made_without_palette_is_a_colleague_s_too(db):
    row = save_row(db, db.tables["person"], LOU)
    db.execute("UPDATE person SET town = 'Figeac'")

    with pytest.raises(ConflictError, match="hors de Palette a modifié cette ligne"):
        records.save(db, db.tables["person"], Edit({"town": "Cahors"}, row, 1), "Ada")


def test_a_row_deleted_meanwhile_is_an_error(db, path):
    row = save_row(db, db.tables["person"], LOU)
    records.delete(db, db.tables["person"], {row: 1}, "Ada")

    with pytest.raises(NotFoundError, match="supprimée entre-temps"):
        records.save(db, db.tables["person"], Edit({"town": "Cahors"}, row, 1), "Grace")

    assert read_raw_row(path, "person", row)["town"] is None


def test_of_eight_simultaneous_writers_of_one_cell_seven_get_a_conflict(db, path):
    row = save_row(db, db.tables["person"], LOU)

    results = save_simultaneously(
        path, DECLARED.tables["person"], *[Edit({"town": f"Ville {n}"}, row, 1) for n in range(8)]
    )

    assert sorted(type(result).__name__ for result in results) == ["ConflictError"] * 7 + ["Saved"]
    (place,) = [n for n, result in enumerate(results) if isinstance(result, Saved)]
    assert read_raw_row(path, "person", row)["town"] == f"Ville {place}"
    assert all(f"« Ville {place} »" in str(result) for result in results if isinstance(result, ConflictError))


def test_a_file_held_by_another_program_says_so_and_loses_nothing(db, path):
    db.execute("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(BusyError, match="rien n’a été enregistré"):
        records.save(db, db.tables["person"], Edit(LOU), "Ada")

    holder.execute("ROLLBACK")
    assert records.save(db, db.tables["person"], Edit(LOU), "Ada").version == 1
    assert records.count(db, db.tables["person"], Query()) == 1


def test_a_save_waits_its_turn_only_so_long_and_a_failed_one_gives_its_turn_back(db, path, monkeypatch):
    monkeypatch.setattr(transactions, "_WAIT", 0.01)
    other = connection.open_file(path)
    table = db.tables["person"]

    with transactions.writing(db), pytest.raises(BusyError, match="rien n’a été enregistré"):
        records.save(other, table, Edit(LOU), "Ada")
    with pytest.raises(NotFoundError):
        records.delete(db, table, {12: 1}, "Ada")

    assert records.save(other, table, Edit(LOU), "Ada").version == 1
    other.close()


# ---- deleting and bringing back


def test_restoring_a_row_restores_what_was_deleted_with_it(db, path):
    person = save_row(db, db.tables["person"], LOU)
    insert_benefit(db, person, "rsa", "2020-01-01")
    stage = save_row(db, db.tables["stage"], {"person_id": person, "kind": "accompaniment", "starts_on": "2024-01-01"})

    records.delete(db, db.tables["person"], {person: 1}, "Ada")

    assert records.read(db, db.tables["person"]).total == records.read(db, db.tables["stage"]).total == 0
    with pytest.raises(NotFoundError):
        records.get(db, db.tables["person"], person)
    records.restore(db, db.tables["person"], [person], "Ada")
    assert records.get(db, db.tables["stage"], stage).values["kind"] == "accompaniment"
    assert read_raw_row(path, "person", person)["last_name"] == "Marchand"


def test_a_row_that_a_colleague_changed_is_not_deleted_unseen(db):
    first, second = (
        save_row(db, db.tables["partner"], {"name": "Un"}),
        save_row(db, db.tables["partner"], {"name": "Deux"}),
    )
    records.save(db, db.tables["partner"], Edit({"town": "Cahors"}, second, 1), "Ada")

    with pytest.raises(ConflictError):
        records.delete(db, db.tables["partner"], {first: 1, second: 1}, "Grace")

    assert records.count(db, db.tables["partner"], Query()) == 2  # not even the first
    records.delete(db, db.tables["partner"], {first: 1, second: 2}, "Grace")
    assert records.count(db, db.tables["partner"], Query()) == 0


def test_only_what_was_deleted_comes_back(db):
    row = save_row(db, db.tables["partner"], {"name": "Un"})

    with pytest.raises(NotFoundError, match="n’est pas supprimée"):
        records.restore(db, db.tables["partner"], [row], "Ada")


def test_what_can_no_longer_come_back_says_why(db):
    person = insert_person(db)
    gone, other = insert_aid(db, person, 800_00), insert_person(db)
    insert_aid(db, other, 800_00)
    records.delete(db, db.tables["aid"], {gone: 1}, "Ada")
    insert_aid(db, person, 300_00)

    with pytest.raises(CeilingError, match="300\u00a0€ déjà accordés, il reste 600\u00a0€"):
        records.restore(db, db.tables["aid"], [gone], "Ada")

    records.delete(db, db.tables["person"], {other: 1}, "Ada")
    db.execute("UPDATE setting SET aid_ceiling = 70000")
    with pytest.raises(RuleError, match="Montant accordé : le plafond"):  # of a row that came along
        records.restore(db, db.tables["person"], [other], "Ada")
    db.execute("UPDATE setting SET aid_ceiling = 90000")
    records.restore(db, db.tables["person"], [other], "Ada")
    assert total_granted(db, other) == 800_00
