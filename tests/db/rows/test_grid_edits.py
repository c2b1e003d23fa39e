"""Edits of a grid: every cell is saved, refused with its reason, or a conflict; and each edit is applied once."""

from itertools import count
from typing import Any

import pytest

from db.model.dictionary import AID, PERSON
from db.model.effective_dictionary import DECLARED
from db.rows import history, operations, records, undo
from db.rows.grid_edits import Cell, Sheet
from db.rows.queries import Query
from db.rows.records import Edit
from db.storage import connection

_numbers = count(1)


@pytest.fixture
def db(tmp_path, new_office):
    return new_office(tmp_path / "office.db")


def save_person(db, last_name="Abel") -> int:
    values = {"last_name": last_name, "first_name": "Lou", "gender": "woman"}
    return records.save(db, db.tables["person"], Edit(values), "Test").row_id


def save_aid(db, person: int) -> int:
    values = {"person_id": person, "type": "training", "requested_on": "2026-01-05"}
    return records.save(db, db.tables["aid"], Edit(values), "Test").row_id


def type_cells(db, sheet, *cells: tuple[int, int, str, str], tab="tab") -> list[Cell]:
    """Send (row, version, field, text) as a browser does."""
    sent = [Cell(next(_numbers), *cell) for cell in cells]
    sheet.apply(db, tab, sent, "Moi")
    return sent


def save_as_colleague(db, table, row: int, **values) -> None:
    now = records.get(db, table, row)
    records.save(db, table, Edit(values, row, now.version), "Une collègue")


def read_values(db, table, row: int) -> dict[str, Any]:
    return records.get(db, table, row).values


def read_last_names(db) -> list[str]:
    return [row.values["last_name"] for row in records.read(db, db.tables["person"], Query()).rows]


def test_a_cell_is_read_as_its_type_and_saved(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])

    type_cells(db, sheet, (person, 1, "birth_date", "03/12/1980"))

    assert read_values(db, PERSON, person)["birth_date"] == "1980-12-03"
    assert sheet.status.startswith("Enregistré à")


def test_an_edit_sent_twice_is_applied_once(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])
    sent = type_cells(db, sheet, (person, 1, "town", "Cahors"))
    save_as_colleague(db, PERSON, person, town="Figeac")

    sheet.apply(db, "tab", sent, "Moi")

    assert read_values(db, PERSON, person)["town"] == "Figeac"
    assert sheet.done("tab") == sent[-1].number
    assert not sheet.clashes


def test_ones_own_later_edit_is_no_conflict_although_its_version_is_old(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])

    type_cells(db, sheet, (person, 1, "town", "Caho"))
    type_cells(db, sheet, (person, 1, "town", "Cahors"))

    assert read_values(db, PERSON, person)["town"] == "Cahors"
    assert not sheet.clashes


def test_a_colleagues_value_is_a_conflict_even_after_an_own_edit_of_another_cell(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])
    save_as_colleague(db, PERSON, person, town="Figeac")

    type_cells(db, sheet, (person, 1, "craft", "peintre"), (person, 1, "town", "Cahors"))

    assert (read_values(db, PERSON, person)["town"], read_values(db, PERSON, person)["craft"]) == ("Figeac", "peintre")
    told = sheet.clashes[person, "town"].difference
    assert (told.theirs, told.mine) == ("Figeac", "Cahors")


@pytest.mark.parametrize(("mine", "kept"), [(True, "Cahors"), (False, "Figeac")])
def test_the_user_resolves_a_conflict(db, mine, kept):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])
    save_as_colleague(db, PERSON, person, town="Figeac")
    type_cells(db, sheet, (person, 1, "town", "Cahors"))

    sheet.settle(db, (person, "town"), mine, "Moi")

    assert read_values(db, PERSON, person)["town"] == kept
    assert not sheet.clashes


def test_a_third_value_saved_during_the_choice_is_a_new_conflict(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])
    save_as_colleague(db, PERSON, person, town="Figeac")
    type_cells(db, sheet, (person, 1, "town", "Cahors"))
    save_as_colleague(db, PERSON, person, town="Gourdon")

    sheet.settle(db, (person, "town"), True, "Moi")

    assert read_values(db, PERSON, person)["town"] == "Gourdon"
    assert sheet.clashes[person, "town"].difference.theirs == "Gourdon"


def test_a_wrong_cell_waits_and_the_others_of_its_row_are_saved(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])

    type_cells(
        db, sheet, (person, 1, "birth_date", "32/01/1980"), (person, 1, "town", "Cahors"), (person, 1, "gender", "")
    )

    assert read_values(db, PERSON, person)["town"] == "Cahors"
    told = [str(problem) for _, problem in sheet.problems({person: 4})]
    assert told == [
        "Ligne 4 · Date de naissance : « 32/01/1980 » n’est pas une date (attendu : jj/mm/aaaa)",
        "Ligne 4 · Genre : ce champ est obligatoire",
    ]
    sheet.forget((person, "gender"))
    assert len(sheet.problems({})) == 1


def test_cells_that_are_only_right_together_are_saved_together(db):
    aid, sheet = save_aid(db, save_person(db)), Sheet(DECLARED.tables["aid"])
    type_cells(db, sheet, (aid, 1, "granted", "500"))
    assert read_values(db, AID, aid)["granted"] is None

    type_cells(db, sheet, (aid, 1, "decision", "Accordée"))

    assert (read_values(db, AID, aid)["granted"], read_values(db, AID, aid)["decision"]) == (500_00, "granted")
    assert not sheet.refused


def test_a_refused_text_does_not_overwrite_a_colleagues_value_when_retried(db):
    aid, sheet = save_aid(db, save_person(db)), Sheet(DECLARED.tables["aid"])
    type_cells(db, sheet, (aid, 1, "granted", "500"))
    save_as_colleague(db, AID, aid, granted=200_00, decision="granted")

    type_cells(db, sheet, (aid, 2, "other_funders", "La Région"))

    assert (read_values(db, AID, aid)["granted"], read_values(db, AID, aid)["other_funders"]) == (200_00, "La Région")
    assert sheet.clashes[aid, "granted"].difference.mine == 500_00


def test_the_cell_shows_the_message_of_the_ceiling(db):
    aid, sheet = save_aid(db, save_person(db)), Sheet(DECLARED.tables["aid"])

    type_cells(db, sheet, (aid, 1, "granted", "950"), (aid, 1, "decision", "Accordée"))

    assert read_values(db, AID, aid)["granted"] is None
    assert "le plafond de 900\u00a0€ serait dépassé" in sheet.refused[aid, "granted"].reason


def test_an_unambiguous_beginning_of_a_name_is_enough(db):
    abel, blum = save_person(db), save_person(db, "Blum")
    save_person(db, "Blot")
    aid, sheet = save_aid(db, abel), Sheet(DECLARED.tables["aid"])

    type_cells(db, sheet, (aid, 1, "person_id", "blu"))
    assert read_values(db, AID, aid)["person_id"] == blum

    type_cells(db, sheet, (aid, 2, "person_id", "bl"))
    assert read_values(db, AID, aid)["person_id"] == blum
    assert "n’a pas été trouvé" in sheet.refused[aid, "person_id"].reason


def test_a_new_line_is_saved_once_it_has_what_it_needs(db):
    sheet = Sheet(DECLARED.tables["person"])
    type_cells(db, sheet, (-1, 0, "last_name", "Durand"), (-1, 0, "first_name", "Anne"))
    assert sheet.missing(-1) == ["Genre"]
    assert read_last_names(db) == []

    type_cells(db, sheet, (-1, 0, "gender", "Femme"))

    assert read_last_names(db) == ["Durand"]
    assert not sheet.drafts


def test_a_second_new_line_never_overwrites_the_first(db):
    sheet = Sheet(DECLARED.tables["person"])
    line = (("last_name", "Durand"), ("first_name", "Anne"), ("gender", "Femme"))
    type_cells(db, sheet, *((-1, 0, *cell) for cell in line))
    second = sheet.next_draft
    assert second != -1

    type_cells(db, sheet, *((second, 0, name, text.replace("Durand", "Faure")) for name, text in line))
    type_cells(db, sheet, (-1, 0, "town", "Cahors"))  # typed before the browser knew that the line was saved

    assert read_last_names(db) == ["Durand", "Faure"]
    assert [row.values["town"] for row in records.read(db, db.tables["person"]).rows] == ["Cahors", None]


def test_a_new_line_refused_by_a_rule_is_corrected_in_another_cell(db):
    sheet = Sheet(DECLARED.tables["aid"], {"person_id": save_person(db)})
    type_cells(db, sheet, (-1, 0, "type", "Mobilité"), (-1, 0, "granted", "100"))
    assert "demande la décision" in sheet.refused[-1, "decision"].reason

    type_cells(db, sheet, (-1, 0, "decision", "Accordée"))

    assert [row.values["granted"] for row in records.read(db, db.tables["aid"]).rows] == [100_00]
    assert not sheet.refused


def test_an_abandoned_line_saves_nothing(db):
    sheet = Sheet(DECLARED.tables["person"])
    type_cells(db, sheet, (-1, 0, "last_name", "Durand"), (-1, 0, "birth_date", "hier"))

    sheet.forget_draft(-1)

    assert not sheet.drafts
    assert not sheet.refused
    assert sheet.next_draft == -2
    assert read_last_names(db) == []


def test_a_text_for_a_deleted_row_is_reported(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])
    records.delete(db, db.tables["person"], {person: 1}, "Une collègue")

    type_cells(db, sheet, (person, 1, "town", "Cahors"))

    assert len(sheet.lost) == 1
    assert sheet.lost[0].startswith("« Cahors » : Cette ligne a été supprimée entre-temps")


def test_a_block_of_which_some_cells_are_refused_is_one_operation_and_undone_as_one(db):
    people, sheet = [save_person(db, name) for name in ("Abel", "Blum", "Colin")], Sheet(DECLARED.tables["person"])
    save_as_colleague(db, PERSON, people[1], town="Gourdon")

    block = [(person, 1, "town", "Cahors") for person in people]
    type_cells(db, sheet, *block, (people[2], 1, "email", "pas une adresse"), (-1, 0, "last_name", "Durand"),
               (-1, 0, "first_name", "Anne"), (-1, 0, "gender", "Femme"))  # fmt: skip

    assert [read_values(db, PERSON, person)["town"] for person in people] == ["Cahors", "Gourdon", "Cahors"]
    assert (set(sheet.refused), set(sheet.clashes)) == ({(people[2], "email")}, {(people[1], "town")})
    saved = operations.last_of(db, "Moi", "person")
    assert saved is not None
    assert len(history.of_operation(db, saved, records.context(db))) == 3
    undo.undo(db, saved.id, "Moi")
    assert [read_values(db, PERSON, person)["town"] for person in people] == [None, "Gourdon", None]
    assert read_last_names(db) == ["Abel", "Blum", "Colin"]


def test_a_text_for_a_field_that_was_removed_since_is_quoted_and_the_others_are_saved(db):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])

    sent = type_cells(db, sheet, (person, 1, "own_gone", "perdu"), (person, 1, "town", "Cahors"))

    assert sheet.lost == ["« perdu » : ce champ n’existe plus"]
    assert read_values(db, PERSON, person)["town"] == "Cahors"
    assert sheet.done("tab") == sent[-1].number


def test_nothing_of_a_block_is_saved_while_another_program_holds_the_file(db, tmp_path):
    person, sheet = save_person(db), Sheet(DECLARED.tables["person"])
    other = connection.open_file(tmp_path / "office.db")
    other.execute("BEGIN IMMEDIATE")
    db.execute("PRAGMA busy_timeout = 0")

    type_cells(db, sheet, (person, 1, "town", "Cahors"))
    other.execute("ROLLBACK")

    [(key, refused)] = sheet.refused.items()
    assert (key, refused.text) == ((person, "town"), "Cahors"), "kept, to be sent again"
    type_cells(db, sheet, (person, 1, "craft", "potière"))
    assert read_values(db, PERSON, person)["town"] == "Cahors"
    assert not sheet.refused
