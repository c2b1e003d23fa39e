"""Reading of files of every kind, and the files that are refused before they are read."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from db.base.errors import WorkbookError
from db.imports import file_limits, workbook_reader
from tests.db.imports import files

ROWS: list[list[Any]] = [
    ["Nom", "Prénom", "Né le"],
    ["Œillet", "Zoé", "01/02/1980"],
    [None, None, None],
    ["d’Été", "Noël", "3 mars 1975"],
]
KEPT = [row for row in ROWS if any(row)]


def cells(book, sheet=0):
    return [line.cells for line in book.sheets[sheet].lines if any(cell is not None for cell in line.cells)]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_a_csv_is_read_whatever_its_characters_and_separator(charset, separator):
    book = workbook_reader.read(files.text(ROWS, separator, charset), "liste.csv")

    assert cells(book) == KEPT
    assert book.sheets[0].lines[-1].number == 4
    assert book.notes


def test_dos_characters_and_the_separator_that_excel_names_and_a_cell_on_two_lines():
    assert cells(workbook_reader.read("Nom;Prénom\nLefèvre;Éloïse\n".encode("cp850"), "a.csv"))[1] == [
        "Lefèvre",
        "Éloïse",
    ]
    book = workbook_reader.read(b'sep=,\nNom,Note\nHugo,"a; b\nc"\n', "b.csv")
    assert [(line.number, line.cells) for line in book.sheets[0].lines[1:]] == [
        (2, ["Nom", "Note"]),
        (3, ["Hugo", "a; b\nc"]),
    ]


@pytest.mark.parametrize("make", [files.xlsx, files.ods])
def test_values_keep_their_kind(make):
    row = ["0046", 46, 12.5, date(1980, 2, 1), "texte"]

    book = workbook_reader.read(make({"Une": [["a", "b", "c", "d", "e"], row], "Deux": [["x"]]}), "livre")

    assert [sheet.name for sheet in book.sheets] == ["Une", "Deux"]
    assert cells(book)[1] == row
    assert [type(cell) for cell in cells(book)[1]] == [str, int, float, date, str]


def test_the_formats_of_a_sheet_are_read():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Groupe", "CP", "Somme", "Moment"])
    sheet.append(["A", 1000, "=1/0", datetime(2024, 1, 2, 14, 30)])
    sheet.append([None, 46, None, True])
    sheet.merge_cells("A2:A3")
    sheet["B3"].number_format = "00000"
    book.create_sheet("cachée").sheet_state = "veryHidden"
    buffer = io.BytesIO()
    book.save(buffer)

    read = workbook_reader.read(buffer.getvalue(), "x.xlsx")

    assert cells(read)[1:] == [["A", 1000, None, datetime(2024, 1, 2, 14, 30)], ["A", "00046", None, True]]
    assert read.sheets[0].broken == {(2, 2): "formule sans résultat enregistré"}
    assert [sheet.hidden for sheet in read.sheets] == [False, True]
    assert "fusionnées" in read.sheets[0].notes[0]


def altered(change):
    """A small XLSX whose first sheet was rewritten."""
    source, buffer = zipfile.ZipFile(io.BytesIO(files.xlsx({"Feuille": ROWS}))), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return buffer.getvalue()


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
REFUSED = {
    "vide": (lambda: b"", "vide"),
    "blanc": (lambda: b"  \n ", "vide"),
    "pdf": (lambda: b"%PDF-1.7 ...", "PDF"),
    "page web": (lambda: b"<html><table></table></html>", "page web"),
    "archive": (lambda: _zip(b"bonjour"), "archive"),
    "image": (lambda: b"\x89PNG\r\n", "image"),
    "octets": (lambda: bytes(range(256)) * 4, "ne se lit pas"),
    "tronqué": (lambda: files.xlsx({"a": ROWS})[:-200], "abîmé"),
    "vieux abîmé": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "abîmé"),
    "sans donnée": (lambda: files.xlsx({"a": []}), "aucune donnée"),
    "trop loin": (lambda: altered(lambda xml: xml.replace(b"</sheetData>", FAR)), "trop grande"),
    "entités": (
        lambda: altered(
            lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>' + xml[xml.index(b"<worksheet") :][:99]
        ),
        "abîmé",
    ),
}


def _zip(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lisez-moi.txt", content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_spreadsheet_is_refused_with_a_reason(name):
    make, words = REFUSED[name]

    with pytest.raises(WorkbookError, match=words):
        workbook_reader.read(make(), "fichier")


def test_a_file_that_would_decompress_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(file_limits, "MAX_UNCOMPRESSED", 5_000_000)
    assert workbook_reader.read(altered(lambda xml: xml), "x").sheets

    with pytest.raises(WorkbookError, match="décompressé"):
        workbook_reader.read(altered(lambda xml: xml + b" " * 6_000_000), "x")


@pytest.mark.parametrize("make", [files.xlsx, files.ods])
def test_more_sheets_than_a_screen_can_show_are_refused(monkeypatch, make):
    monkeypatch.setattr(file_limits, "MAX_SHEETS", 2)
    sheets = {f"Année {year}": [["Nom"], ["Marchand"]] for year in (2022, 2023, 2024)}

    with pytest.raises(WorkbookError, match=r"« a » a 3 feuilles, 2 au plus"):
        workbook_reader.read(make(sheets), "a")
    assert len(workbook_reader.read(make(dict(list(sheets.items())[1:])), "a").sheets) == 2


def test_an_ods_with_too_many_repeated_cells_is_refused():
    source, buffer = zipfile.ZipFile(io.BytesIO(files.ods({"a": ROWS}))), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            repeated = b'<table:table-cell table:number-columns-repeated="2000000000" '
            target.writestr(
                name, content.replace(b"<table:table-cell ", repeated) if name == "content.xml" else content
            )

    with pytest.raises(WorkbookError, match="trop grande"):
        workbook_reader.read(buffer.getvalue(), "x.ods")
