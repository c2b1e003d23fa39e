"""Lines, hidden parts, merged sums and day numbers of a file: what is no plain row is named, or asked about."""

import csv
import io

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import CREATE, LINE, WAITING, ImportChoices
from tests.db.factories import insert_person
from tests.db.imports.test_questions import HEAD, LOU, asked, planned, values

# ---- lines


def test_partners_whose_name_begins_like_a_total_are_rows(db):
    names = ["Total Festum", "Somme de talents", "Effectif Plus", "NB Studio", "Moyenne Vallée", "Ensemble vocal"]

    made = planned(db, "Nom;Commune", *(f"{name};Cahors" for name in names), "Cumul Théâtre;", name="Partenaires.csv")

    assert (made.problems, made.count(CREATE)) == ([], 7)


@pytest.mark.parametrize(
    "line", ["Total;;;3", "Total femmes;12;;", "Sous-total : 3;;;", "Moyenne;;;41,5", "Nombre de dossiers;;;12"]
)
def test_a_total_is_set_aside_once_a_person_says_so(db, line):
    lines = (HEAD, LOU, line)

    made = planned(db, *lines)

    assert (asked(made), made.count(CREATE), made.sheets[0].ignored[-1].row) == ([(LINE, 3, "")], 1, 3)
    assert planned(db, *lines, answers={"liste!3": True}).problems == []
    assert planned(db, *lines, answers={"liste!3": False}).count(WAITING) == 1  # read as a row, which lacks its names


def test_a_second_block_with_its_columns_elsewhere_is_named_and_not_read(db):
    made = planned(db, HEAD, LOU, "Genre;Nom;Prénom;Date de naissance", "F;Bessou;Léa;01/02/1990")

    assert [(one.row, "autres titres" in one.reason) for one in made.problems] == [(3, True)]
    assert made.count(CREATE) == 1
    assert {line.row for line in made.sheets[0].ignored} == {3, 4}


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        ((HEAD + ";Notes", LOU + ';"à rappeler', "Bessou;Luc;H;03/04/1975;RAS"), [2]),
        ((HEAD + ";Notes", LOU + ';"à rappeler', "Bessou;Luc;H;03/04/1975;un \"mot\""), [2]),
        ((HEAD + ";Notes", LOU + ';"dit "oui" hier"', "Bessou;Luc;H;03/04/1975;RAS"), [2]),
        ((HEAD + ";Notes", LOU + ";a; b", "Bessou;Luc;H;03/04/1975;RAS", "Cassan;Éva;F;;"), [2]),
        ((HEAD + ";Notes", LOU + ";a;", "Bessou;Luc;H;03/04/1975;RAS", "Cassan;Éva;F;;"), [2]),
        ((HEAD + ";Notes", "Arnal;Zoé;F", "01/02/1980;x;", "Bessou;Luc;H;03/04/1975;RAS", "Cassan;Éva;F;;"), []),
        ((HEAD + ";Notes", LOU + ';"deux\nlignes"', "Bessou;Luc;H;03/04/1975;5\" et l\"autre"), []),
    ],
)  # fmt: skip
def test_irregular_lines_of_a_text_file_wait_and_the_others_do_not(db, lines, rows):
    made = planned(db, *lines)

    irregular = {one.row for one in made.problems if not one.column and "obligatoire" not in one.reason}
    assert irregular >= set(rows)
    assert (made.count(CREATE) >= 1, irregular - set(rows)) in ((True, set()), (True, {2, 3}))


def hidden_workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Personnes"
    for row in (
        HEAD.split(";") + ["Commune"],
        [*LOU.split(";"), "Cahors"],
        ["Bessou", "Luc", "H", "03/04/1975", "Figeac"],
    ):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["E"].hidden = True
    sheet["E2"].comment = Comment("à vérifier", "cipa")
    out = io.BytesIO()
    book.save(out)
    return workbook_reader.read(out.getvalue(), "cache.xlsx")


def test_hidden_lines_and_columns_are_asked_and_comments_said(db):
    book = hidden_workbook()

    made = plan(db, book)

    assert [one.field for one in made.problems] == ["hidden_columns", "hidden_rows"]
    assert "commentaires" in " ".join(made.sheets[0].notes)
    assert [(row["last_name"], "town" in row) for row in values(made)] == [("Arnal", False)]
    both = plan(db, book, ImportChoices(answers={one.key: True for one in made.problems}))
    assert [(row["last_name"], row["town"]) for row in values(both)] == [("Arnal", "Cahors"), ("Bessou", "Figeac")]
    neither = plan(db, book, ImportChoices(answers={one.key: False for one in made.problems}))
    assert (neither.problems, len(values(neither))) == ([], 1)


def test_a_sum_merged_over_several_persons_is_asked(db):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Aides"
    for row in (["Nom", "Prénom", "Demandée le", "Type d’aide", "Décision", "Montant accordé"],
                ["Marchand", "Lou", "01/02/2024", "Formation", "Accordée", 300],
                ["Hugo", "Léo", "01/02/2024", "Formation", "Accordée", None]):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("F2:F3")
    out = io.BytesIO()
    book.save(out)
    for last, first in (("Marchand", "Lou"), ("Hugo", "Léo")):
        insert_person(db, last_name=last, first_name=first)
    read = workbook_reader.read(out.getvalue(), "aides.xlsx")

    made = plan(db, read)

    assert (made.count(WAITING), made.problems[0].key) == (2, "Aides!merged")
    each = plan(db, read, ImportChoices(answers={"Aides!merged": True}))
    assert [row.values.get("granted") for _, row in each.rows()] == [300_00, 300_00]
    once = plan(db, read, ImportChoices(answers={"Aides!merged": False}))
    assert [row.values.get("granted") for _, row in once.rows()] == [300_00, None]


@pytest.mark.parametrize(("since_1904", "number"), [(True, 27790), (False, 29252)])
def test_a_day_number_counts_from_the_first_day_of_its_workbook(db, since_1904, number):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"date_1904": since_1904})
    sheet = book.add_worksheet("Personnes")
    for index, line in enumerate((HEAD, LOU)):
        sheet.write_row(index, 0, line.split(";"))
    sheet.write_number(1, 3, number)
    book.close()

    made = plan(db, workbook_reader.read(out.getvalue(), "jours.xlsx"))

    assert values(made)[0]["birth_date"] == "1980-02-01"
    assert bool(made.notes) == since_1904


def test_a_cell_of_several_lines_that_hold_separators_is_one_cell():
    rows = [
        ["Nom", "A", "B", "C", "D"],
        ["Abel", "fin ;\n;", "x", "a;b", ""],
        ["Blum", "deux\nlignes", "y;\nz", "", ""],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)

    [sheet] = workbook_reader.read(text.getvalue().encode(), "texte.csv").sheets
    assert [[cell or "" for cell in line.cells] for line in sheet.lines] == rows
