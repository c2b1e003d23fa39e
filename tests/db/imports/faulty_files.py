"""Five deliberately faulty files, with real habits of offices, and the mistakes in each, cell by cell.

``FaultyFile.mistakes``: (sheet, line, column letter or '' for the whole row) of every expected problem;
``FaultyFile.kept``: some of the rows expected in the file afterwards, by table, as stored. All data are invented.
"""
# fmt: off
# ruff: noqa: E501 - a row a line, so that a sheet reads as a sheet

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import openpyxl
from openpyxl.styles import Font, PatternFill

from db.imports.plan_types import ImportChoices
from tests.db.imports import files

Position = tuple[str, int, str]


@dataclass(frozen=True)
class FaultyFile:
    """A file, its mistakes, and the rows expected after an import that leaves the faulty rows waiting."""

    name: str
    data: bytes
    mistakes: set[Position]
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    """Table -> number of rows written."""
    answers: ImportChoices = ImportChoices(accept_resemblances=True)
    """What a person answers: yes to every resemblance."""


def titles_and_merged_cells() -> FaultyFile:
    """Two title rows, headers on two lines, merged cells, colours, three styles of dates, ages, a total, a hidden one."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Artistes 2024"
    for row in (
        ["SUIVI DES ARTISTES — LOT"],
        ["Mis à jour le 3 mars 2024 (CIPA)"],
        [],
        ["Identité", None, None, None, "Contact", None, "Activité", None, "Secteur"],
        ["NOM", "Prénom", "Date\nnaiss.", "Civilité", "Tél.", "Courriel", "Domaine", "Âge", None],
        ["MARCHAND", "Lou", date(1980, 3, 1), "Mme", "06 39 98 00 01", "lou@exemple.fr", "Musique", 44, "Cahors"],
        ["Prévert", "Zoé", "2 avril 1975", "F", "?", "NC", "arts plastiques", 49, None],
        ["ŒILLET", "Jean-Noël", "03/05/1969", "M.", "0639980003", "", "Artisanat d'art", 55, None],
        ["Abbé", "Camille", "54", "Mr", "06 39 98 00 04", "camille@exemple.fr", "Cinéma", 54, "Figeac"],
        ["marchand", "LOU", "01/03/80", "femme", None, None, None, None, None],
        ["NOM", "Prénom", "Date\nnaiss.", "Civilité", "Tél.", "Courriel", "Domaine", "Âge", None],
        ["Hugo", "Andréa", "mars 1990", "Mme", "06 39 98", "andrea(at)exemple.fr", "jonglage de feu", 34, "Figeac"],
        ["Total", None, 5],
        [],
        ["Les cases jaunes sont à rappeler."],
    ):
        sheet.append(row)
    for block in ("A1:I1", "A4:D4", "E4:F4", "G4:H4", "I6:I8"):
        sheet.merge_cells(block)
    for place in ("A6", "B6", "E9"):
        sheet[place].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["A8"].font = Font(strike=True)
    old = book.create_sheet("2019 (vieux)")
    old.append(["Nom", "Prénom", "Sexe"])
    old.append(["Fantôme", "Inès", "F"])
    old.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    name = "Artistes 2024"
    return FaultyFile(
        "suivi artistes.xlsx",
        buffer.getvalue(),
        {(name, 9, "C"), (name, 12, "C"), (name, 12, "E"), (name, 12, "F"), (name, 12, "G")},
        {
            "person": [
                {"last_name": "MARCHAND", "first_name": "Lou", "birth_date": "1980-03-01", "gender": "woman",
                 "phone": "+33639980001", "domain": "performing_arts", "territory": "cahors"},
                {"last_name": "Prévert", "birth_date": "1975-04-02", "phone": None, "email": None, "territory": "cahors"},
                {"last_name": "ŒILLET", "birth_date": "1969-05-03", "gender": "man", "domain": "crafts",
                 "territory": "cahors"},
            ]
        },
        {"person": 3},
    )  # fmt: skip


def windows_csv() -> FaultyFile:
    """Windows-1252, semicolons, 5,000 rows, 60 mistakes of twelve kinds; « ? » and « NC » for unknown."""
    rng = Random(7)
    rows: list[list[str]] = [
        ["Nom", "Prénom", "DDN", "Sexe", "Portable", "CP", "Ville", "Entrée RSA", "Permis B", "Remarques"]
    ]
    for number in range(5_000):
        day = f"{1 + number % 28:02}/{1 + number % 12:02}/{1955 + number % 45}"
        rows.append([
            f"Dürand{_letters(number)}", f"Élodie{_letters(number // 7)}", day, "F" if number % 2 else "H",
            f"06 39 {number // 10000:02} {number // 100 % 100:02} {number % 100:02}", f"{46000 + number % 1000}", "Cahors",
            f"{2000 + number % 20}-0{1 + number % 9}-15", ("oui", "non", "?", "NC")[number % 4], "Très « motivée » ; à revoir",
        ])  # fmt: skip
    wrong = (
        (2, "31/02/1980"), (2, "1980"), (2, "45 ans"), (2, "12/1980"), (3, "fille"), (3, ""), (4, "06 39"), (4, "à demander"),
        (5, "46000 Cahors"), (7, "15/13/2015"), (7, "avant 2010"), (8, "en cours"),
    )  # fmt: skip
    lines = rng.sample(range(1, 5_001), 60)
    mistakes: set[Position] = set()
    for number, line in enumerate(lines):
        column, value = wrong[number % len(wrong)]
        rows[line][column] = value
        mistakes.add(("liste", line + 1, "" if value == "" else "ABCDEFGHIJ"[column]))
    first = next(line for line in range(1, 5_001) if line not in lines)
    kept = {"last_name": rows[first][0], "first_name": rows[first][1], "postcode": rows[first][5],
            "note": "Très « motivée » ; à revoir"}  # fmt: skip
    return FaultyFile("liste.csv", files.text(rows), mistakes, {"person": [kept]}, {"person": 4_940})


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")


def a_sheet_a_year() -> FaultyFile:
    """ODS, a sheet a year: the same persons again, one saying more, one contradicting; both names in one cell."""
    return FaultyFile(
        "annees.ods",
        files.ods({
            "2022": [
                ["Liste 2022"],
                ["Nom Prénom", "Né(e) le", "Sexe", "Commune"],
                ["MARCHAND Lou", "01/03/1980", "F", "Cahors"],
                ["Prévert Zoé", "02/04/1975", "F", "Figeac"],
                ["DE LA TOUR Jean-Noël", date(1969, 5, 3), "H", None],
            ],
            "2023": [
                ["Nom Prénom", "Né(e) le", "Sexe", "Commune", "Téléphone", "Humeur"],
                ["Marchand, Lou", "01/03/1980", "F", "CAHORS", "0639980001", "bonne"],
                ["Jean-Noël DE LA TOUR", "03/05/1969", "Homme", "Gourdon", None, None],
                [],
                ["MARCHAND Lou", "01/03/1980", "F", None, "0639980099", None],
                ["Total : 3", None, None, None, None, None],
            ],
            "Vide": [],
        }),
        {("2022", 4, "A"), ("2023", 5, "")},
        {"person": [
            {"last_name": "DE LA TOUR", "first_name": "Jean-Noël", "town": "Gourdon", "gender": "man"},
            {"last_name": "MARCHAND", "first_name": "Lou", "town": "Cahors", "phone": "+33639980001"},
        ]},
        {"person": 2},
    )  # fmt: skip


def sheets_that_belong_together() -> FaultyFile:
    """Rights, stages, contracts, aids, contacts in sheets of their own, joined by name; rules of the domain broken."""
    return FaultyFile(
        "tout.xlsx",
        files.xlsx({
            "Entretiens": [
                ["Bénéficiaire", "Date", "Domaine", "Type", "Durée", "Partenaire", "CR"],
                ["Lou Marchand", "12/03/2024", "Coaching", "RDV", "1h30", "Le Grenier", "Projet relancé"],
                ["Lou Marchand", "12/03/2024", "Coaching", "RDV", "1h30", "Le Grenier", "Projet relancé"],
                ["Zoé Prévert", "13/03/2024", "Coaching", "Tél.", "10 min", "Inconnue SARL", None],
                ["Zoé Abbé", "14/03/2024", "Coaching", "Tél.", None, None, None],
            ],
            "Aides": [
                ["Nom", "Prénom", "Date demande", "Type", "Montant accordé", "Décision"],
                ["Marchand", "Lou", "01/02/2024", "Matériel", "850,50 €", "Accordée"],
                ["Marchand", "Lou", "01/03/2024", "Formation", 100, "Accordée"],
                ["Personne", "Inconnue", "01/03/2024", "Formation", 100, "Accordée"],
                ["Prévert", "Zoé", "01/03/2024", "Formation", "cent", "Accordée"],
            ],
            "Contrats": [
                ["Nom", "Prénom", "Contrat", "Rang", "Signé le", "Du", "Au"],
                ["Marchand", "Lou", "CER", "1er", "01/01/2023", "01/01/2023", "31/12/2023"],
                ["Marchand", "Lou", "CER", "1er", "01/06/2023", "01/06/2023", "31/12/2024"],
            ],
            "Étapes de parcours": [
                ["Nom", "Prénom", "Étape", "Mode", "Du", "Au"],
                ["Marchand", "Lou", "Accompagnement", "Allégé", "01/01/2023", None],
                ["Prévert", "Zoé", "Accompagnement", "Standard", "01/01/2023", None],
            ],
            "Droits": [
                ["Nom", "Prénom", "Prestation", "Droits et devoirs", "Début", "Fin"],
                ["Marchand", "Lou", "RSA", "oui", "01/01/2022", None],
            ],
            "Personnes": [
                ["Nom", "Prénom", "Date de naissance", "Genre"],
                ["Marchand", "Lou", "01/03/1980", "Femme"],
                ["Prévert", "Zoé", "02/04/1975", "Femme"],
                ["Prévert", "Zoé", "09/09/1999", "Femme"],
                ["Abbé", "Zoé", "09/09/1990", None],
            ],
            "Réseau": [["Structure", "Type"], ["Le Grenier", "Lieu ou structure culturelle"]],
        }),
        {
            ("Entretiens", 4, ""), ("Entretiens", 4, "F"), ("Entretiens", 5, ""), ("Aides", 3, ""), ("Aides", 4, ""),
            ("Aides", 5, ""), ("Aides", 5, "E"), ("Contrats", 3, ""), ("Étapes de parcours", 3, ""), ("Personnes", 5, ""),
        },
        {
            "aid": [{"granted": 85050, "type": "equipment", "decision": "granted"}],
            "intervention": [{"minutes": 90, "kind": "meeting", "note": "Projet relancé"}],
            "stage": [{"kind": "accompaniment", "mode": "light"}],
            "benefit": [{"kind": "rsa", "subject_to_duties": 1, "starts_on": "2022-01-01"}],
        },
        {"person": 3, "aid": 1, "cer": 1, "stage": 1, "benefit": 1, "intervention": 2, "partner": 1},
    )  # fmt: skip


def what_the_spreadsheet_spoiled() -> FaultyFile:
    """Zeros eaten, zeros only shown, days as numbers, errors, formulas without a result, columns without a name."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Feuil1"
    for row in (
        ["N°", "Nom", "Prénom", "Naissance", "Sexe", "Tel", "CP", "Code post.", None, "Permis", "Statut", "Activité"],
        ["A-1", "Marchand", "Lou", 29281, "F", 639980001, 1000, None, "lou@exemple.fr", True, "auto-entrepreneur", "Céramiste"],
        ["A-2", "Prévert", "Zoé", date(1975, 4, 2), "F", "+33 (0)6 39 98 00 02", 46000, None, "zoe@exemple.fr", 0, "MDA",
         "Peintre"],
        ["A-3", "Hugo", "Andréa", "=DATE(1990,1,1)", "F", "#N/A", 46, None, "andrea@exemple.fr", "x", "statut ?", "Relieur"],
    ):  # fmt: skip
        sheet.append(row)
    sheet["F4"] = "#N/A"
    sheet["F4"].data_type = "e"
    sheet["G4"].number_format = "00000"
    buffer = io.BytesIO()
    book.save(buffer)
    return FaultyFile(
        "Classeur1.xlsx",
        buffer.getvalue(),
        {("Feuil1", 4, "D"), ("Feuil1", 4, "F"), ("Feuil1", 4, "K")},
        {"person": [
            {"last_name": "Marchand", "birth_date": "1980-03-01", "phone": "+33639980001", "postcode": "01000", "licence": 1,
             "email": "lou@exemple.fr", "legal_status": "micro", "activity": None, "craft": None},
            {"last_name": "Prévert", "phone": "+33639980002", "postcode": "46000", "licence": 0, "legal_status": "author"},
        ]},
        {"person": 2},
        ImportChoices(accept_resemblances=True, fields={"Feuil1": {"L": ""}}),  # « Activité » holds crafts: left out
    )  # fmt: skip


EVERY: tuple[Callable[[], FaultyFile], ...] = (
    titles_and_merged_cells, windows_csv, a_sheet_a_year, sheets_that_belong_together, what_the_spreadsheet_spoiled,
)  # fmt: skip
