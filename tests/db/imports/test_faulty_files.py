"""Five faulty files: every mistake is reported and nothing else; a second import changes nothing."""

import pytest

from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import CREATE, SAME, UPDATE
from db.imports.write import write
from db.rows import undo
from tests.db.imports import faulty_files


@pytest.mark.parametrize("make", faulty_files.EVERY, ids=lambda make: make.__name__)
def test_every_mistake_is_a_problem_and_a_second_import_changes_nothing(db, make):
    file = make()
    book = workbook_reader.read(file.data, file.name)
    made = plan(db, book, file.answers)

    assert {(one.sheet, one.row, one.column) for one in made.problems} == file.mistakes
    assert all(one.reason for one in made.problems)

    done = write(db, made, "Ada", leave_waiting=True)
    assert done.created == sum(file.rows.values())
    for table, count in file.rows.items():
        assert db.execute(f'SELECT count(*) FROM "{table}" WHERE deleted_at IS NULL').fetchone()[0] == count
    for table, rows in file.kept.items():
        for row in rows:
            condition = " AND ".join(f"{name} IS :{name}" for name in row)
            assert db.execute(f'SELECT count(*) FROM "{table}" WHERE {condition}', row).fetchone()[0] >= 1, row

    second = plan(db, book, file.answers)
    assert (second.count(CREATE), second.count(UPDATE)) == (0, 0)
    assert second.count(SAME) == done.created
    assert write(db, second, "Ada", leave_waiting=True).operation is None
    assert {(one.sheet, one.row, one.column) for one in second.problems} == file.mistakes

    if done.created < 100:
        undo.undo(db, done.operation or 0, "Ada")
        for table in file.rows:
            assert db.execute(f'SELECT count(*) FROM "{table}" WHERE deleted_at IS NULL').fetchone()[0] == 0


def test_every_ignored_line_has_its_reason(db):
    file = faulty_files.titles_and_merged_cells()

    sheet, hidden = plan(db, workbook_reader.read(file.data, file.name)).sheets

    assert {(line.row, line.reason) for line in sheet.ignored} == {
        (1, "au-dessus des titres de colonnes"),
        (2, "au-dessus des titres de colonnes"),
        (4, "au-dessus des titres de colonnes"),
        (10, "doublon de la ligne 6"),
        (11, "titres de colonnes répétés"),
        (13, "ligne de total"),
        (14, "ligne vide"),
        (15, "une seule case remplie : intertitre ou remarque"),
    }
    assert any("colorées" in note and "3 cellules" in note for note in sheet.notes)
    assert any("barrées" in note for note in sheet.notes)
    assert (hidden.table, "masquée" in hidden.why) == ("", True)
    assert next(column for column in sheet.columns if column.header.endswith("Âge")).field == ""


def test_every_interpreted_value_is_listed(db):
    file = faulty_files.titles_and_merged_cells()

    guesses = {
        (one.label, one.text, one.shown, one.how)
        for one in plan(db, workbook_reader.read(file.data, file.name)).guesses
    }

    assert {
        ("Genre", "Mme", "Femme", "synonyme"),
        ("Genre", "M.", "Homme", "synonyme"),
        ("Date de naissance", "01/03/80", "01/03/1980", "année à deux chiffres"),
        ("Téléphone", "?", "", "sans valeur"),
        ("Courriel", "NC", "", "sans valeur"),
        ("Domaine d’activité", "Musique", "Spectacle vivant", "synonyme"),
    } <= guesses
