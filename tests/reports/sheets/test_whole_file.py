"""Cells of the workbook of the whole office: texts as texts, days as days, no deleted rows."""

import tempfile
from contextlib import closing
from io import BytesIO

import openpyxl
import pytest

from db.base.errors import InvalidError
from db.model.effective_dictionary import DECLARED
from db.model.fields import Field, Privacy
from db.model.types import Text
from db.rows import titles
from db.rows.round_trip_text import Spelling, headings, sheet_names
from db.storage import connection
from reports.sheets import ods, whole_file, workbook
from tests.db.factories import delete, insert, insert_contract, insert_person
from tests.reports.reading_back import cell_values, cells_of, stored_values

DAY = "2023-03-06"
MAKERS = pytest.mark.parametrize("make", [one.make for one in whole_file.FORMATS], ids=lambda make: make.__name__)
BOOKS = pytest.mark.parametrize("make", [whole_file.xlsx_bytes, whole_file.ods_bytes], ids=["xlsx", "ods"])


@pytest.fixture
def db(tmp_path, new_office):
    with closing(new_office(tmp_path / "palette.db")) as db:
        yield db


def read_sheet(db, make, name):
    return cells_of(make(db, DAY))[name]


@BOOKS
def test_a_text_that_looks_like_something_else_stays_a_text(db, make):
    insert_person(db, phone="+33565000000", postcode="00460", town="=1+1", craft="1e5", note="un\n\n  deux\ttrois")

    head, row = read_sheet(db, make, "Personnes")

    found = dict(zip(head, row, strict=True))
    assert (found["Téléphone"], found["Code postal"]) == ("05 65 00 00 00", "00460")
    assert (found["Commune"], found["Discipline"], found["Notes"]) == ("=1+1", "1e5", "un\n\n  deux\ttrois")


def test_in_excel_days_are_days_sums_are_euros_and_nothing_is_a_formula(db):
    person = insert_person(db, birth_date="1980-02-29", town="=HYPERLINK(A1)", rsa_entry_on="1988-12-01")
    insert(
        db, "aid", person_id=person, requested_on="1900-01-02", type="training", requested=1234_50, decision="pending"
    )
    book = openpyxl.load_workbook(BytesIO(whole_file.xlsx_bytes(db, DAY)))

    person_row = {head.value: cell for head, cell in zip(book["Personnes"][1], book["Personnes"][2], strict=True)}
    aid = {head.value: cell for head, cell in zip(book["Aides"][1], book["Aides"][2], strict=True)}
    assert f"{person_row['Date de naissance'].value:%d/%m/%Y}" == "29/02/1980"
    assert person_row["Date de naissance"].number_format == "dd/mm/yyyy"
    assert (person_row["Commune"].data_type, person_row["N°"].value) == ("s", person)
    assert (aid["Montant demandé"].value, aid["Montant demandé"].number_format) == (1234.5, '#,##0.00 "€"')
    assert aid["Demandée le"].value == "02/01/1900"  # before 1 March 1900 spreadsheets do not agree on a day
    assert aid["Personne"].value == f"Marchand Lou n° {person}"
    assert book["Personnes"].freeze_panes == "B2"


@BOOKS
def test_markup_in_a_text_is_a_text(db, make):
    insert_person(db, town="<r><t>x</t></r>", note="<r>", craft="</text:p>&amp;")

    (row,) = cell_values(cells_of(make(db, DAY)), DECLARED.tables["person"], titles.context(db)).values()

    assert (row["town"], row["note"], row["craft"]) == ("<r><t>x</t></r>", "<r>", "</text:p>&amp;")


@BOOKS
def test_labels_that_say_the_same_and_retired_values_keep_their_code(db, make):
    db.execute("INSERT INTO list_territory VALUES ('twin', 'CAHORS', 90, 0), ('cut', 'Lot ; Aveyron', 91, 1)")
    db.execute("INSERT INTO list_obstacle VALUES ('cut', 'Un ; deux', 92, 1)")
    first = next(iter(titles.context(db).labels["territory"]))
    for code in (first, "twin", "cut"):
        person = insert_person(db, territory=code)
        insert(db, "diagnostic", person_id=person, started_on="2023-01-01", obstacles='["mobility", "cut"]')

    cells, known = cells_of(make(db, DAY)), titles.context(db)

    assert [row["territory"] for row in cell_values(cells, DECLARED.tables["person"], known).values()] == [
        first,
        "twin",
        "cut",
    ]
    diagnostics = cell_values(cells, db.files["diagnostic"], known)
    assert {row["obstacles"] for row in diagnostics.values()} == {("mobility", "cut")}
    assert ["Oui" for row in cells["Listes"] if row[1] == "cut"] == [
        row[4] for row in cells["Listes"] if row[1] == "cut"
    ]


@BOOKS
def test_what_was_deleted_is_not_there_and_the_first_sheet_says_so(db, make):
    gone, person = insert_person(db, last_name="Effacé"), insert_person(db)
    partner = insert(db, "partner", name="Partie")
    insert(db, "project", name="Marché", partner_id=partner, participants=f"[{gone}, {person}]")
    delete(db, "person", gone)
    delete(db, "partner", partner)

    cells = cells_of(make(db, DAY))

    project = cell_values(cells, db.files["project"], titles.context(db))[1]
    assert (project["partner_id"], project["participants"]) == (None, (person,))
    assert not [row for rows in cells.values() for row in rows if "Effacé" in str(row) or "Partie" in str(row)]
    first = {row[0]: row[1:] for row in cells["À lire d’abord"]}
    assert first["Personnes"][:2] == [1, 1]
    assert first["Projets collectifs"][2] == (
        "Renvois laissés vides, vers des lignes supprimées : Partenaire (1), Participants (1)."
    )


@BOOKS
def test_an_empty_office_is_every_sheet_with_its_headings(db, make):
    cells = cells_of(make(db, DAY))

    for table in db.files.values():
        assert cell_values(cells, table, titles.context(db)) == {}
    assert list(cells)[0] == "À lire d’abord"
    assert cells["Réglages"][1][1] == 900.0


def test_libreoffice_reads_the_ods_as_it_was_written(db, soffice, tmp_path):
    import subprocess

    insert_person(db, birth_date="1980-02-29", town="=1+1", postcode="00460", note="un\n\n  deux   trois\tquatre")
    (tmp_path / "tout.ods").write_bytes(whole_file.ods_bytes(db, DAY))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), "tout.ods"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=150, check=False)

    assert done.returncode == 0
    assert cells_of((tmp_path / "tout.xlsx").read_bytes())["Personnes"] == read_sheet(
        db, whole_file.ods_bytes, "Personnes"
    )
    (row,) = cell_values(
        cells_of((tmp_path / "tout.xlsx").read_bytes()), DECLARED.tables["person"], titles.context(db)
    ).values()
    assert row == next(iter(stored_values(db, db.tables["person"]).values()))


# ---- how it is made


@MAKERS
def test_it_is_a_consistent_snapshot_while_others_save(db, tmp_path, make):
    for number in range(300):
        insert_person(db, rights=None, last_name=f"Nom {number}")
    other = connection.open_file(tmp_path / "palette.db")

    def save(done, what):
        other.execute("UPDATE person SET town = 'Après'")
        other.execute("INSERT INTO partner (name) VALUES ('Après')")

    data = make(db, DAY, save)

    assert other.execute("SELECT count(*) FROM person WHERE town = 'Après'").fetchone() == (300,)
    other.close()
    assert "Après".encode() not in data
    if make is not whole_file.sqlite_bytes:
        cells = cells_of(data)
        assert not [row for rows in cells.values() for row in rows if "Après" in row]
        assert len(cells["Personnes"]) == 301


@MAKERS
def test_cancelling_leaves_no_file(db, tmp_path, monkeypatch, make):
    insert_person(db)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(work))

    def stop(done, what):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(db, DAY, stop)

    assert list(work.iterdir()) == []
    assert not db.in_transaction
    assert make(db, DAY, lambda done, what: None)


def test_what_excel_cannot_hold_is_refused_and_never_cut(db):
    insert_person(db)
    db.execute("UPDATE person SET note = ?", ("x" * 10_000,))
    assert (
        cell_values(cells_of(whole_file.xlsx_bytes(db, DAY)), DECLARED.tables["person"], titles.context(db))[1]["note"]
        == "x" * 10_000
    )
    rows = [["x" * 32_768]]
    made = workbook.TableSheet("Notes", [workbook.SheetColumn("Note", workbook.TEXT, 20)], iter(rows), 1)
    page = workbook.CoverPage("Page", [20], [], [])

    with pytest.raises(InvalidError, match="Ligne 2 · Note : cela ne tient pas dans une feuille d’Excel"):
        workbook.xlsx_bytes("Titre", page, [made])

    made = workbook.TableSheet("Notes", [workbook.SheetColumn("Note", workbook.TEXT, 20)], iter(rows), 1)
    assert cells_of(ods.ods_bytes("Titre", page, [made]))["Notes"][1] == rows[0]


# ---- names


def field(name, label):
    return Field(name, label, Text(), privacy=Privacy.SECRET)


def test_two_fields_of_one_label_have_each_a_heading():
    found = headings([field("a", "Note"), field("b", "NOTE"), field("c", "N°"), field("d", "Note (2)")])

    assert {head: item.name for head, item in found.items()} == {
        "Note": "a", "NOTE (2)": "b", "N° (2)": "c", "Note (2) (2)": "d",
    }  # fmt: skip


def test_sheets_are_named_as_spreadsheets_allow(db):
    from dataclasses import replace

    long = "Étapes [longues] : de/parcours ? et d’autres *choses*"
    tables = [
        replace(DECLARED.tables["person"], name=name, plural=plural)
        for name, plural in (("a", long), ("b", long), ("c", "Listes"))
    ]

    names = list(sheet_names(tables).values())

    assert len(set(names)) == 3
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[2] == "Listes (2)"


def test_a_reference_names_its_row_and_no_other(db):
    person = insert_person(db, archived_on="2024-01-01")
    for name in ("Galerie", "Galerie n° 1", "Une ; deux"):
        insert(db, "partner", name=name)
    insert_contract(db, person, "2023-01-01", "2023-01-01", "2023-06-30")
    known = titles.context(db)
    spelling = Spelling(db, db.files, known)

    texts = {(table, i): spelling.reference(table, i) for table, i in
             [("person", person), ("cer", 1), *(("partner", i) for i in (1, 2, 3))]}  # fmt: skip

    assert texts["person", person] == f"Marchand Lou n° {person}"
    assert texts["cer", 1] == "CER 01/01/2023 n° 1"
    assert texts["partner", 3] == "n° 3"
    assert {key: known.find(key[0], text) for key, text in texts.items()} == {key: key[1] for key in texts}


def test_very_many_participants_fit_in_one_cell(db):
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO person (last_name, first_name, gender) VALUES (?, 'Marie-Antoinette', 'woman')",
        [(f"De la Grandville {n}",) for n in range(1500)],
    )
    db.execute("COMMIT")
    everyone = list(range(1, 1501))
    insert(db, "project", name="Fête", participants=str(everyone))

    project = cell_values(cells_of(whole_file.xlsx_bytes(db, DAY)), db.files["project"], titles.context(db))[1]

    assert project["participants"] == tuple(everyone)
