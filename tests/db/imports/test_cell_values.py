"""Reading of one cell for one field: value, interpretation, and what is never guessed."""

from datetime import date, datetime

import pytest

from db.imports.cell_values import CellReader
from db.imports.text_keys import split_name
from db.model.dictionary import AID, DIAGNOSTIC, INTERVENTION, PERSON
from db.model.lists import LISTS
from db.model.types import Context

CONTEXT = Context({values.name: dict(values.values) for values in LISTS})
UNREADABLE = object()
"""The cell is a problem."""


def read(table, name, cell, **choices):
    chosen, remembered = choices.get("chosen", {}), choices.get("remembered", {})
    return CellReader(table.field(name), CONTEXT, chosen, remembered, accept=choices.get("accept", False)).read(cell)


@pytest.mark.parametrize(
    ("cell", "value", "how"),
    [
        (date(1980, 2, 1), "1980-02-01", ""),
        ("1980-01-31T23:00:00Z", "1980-02-01", "moment ramené à l’heure de Paris"),
        ("1980-07-01 21:30:00 UTC", "1980-07-01", "moment ramené à l’heure de Paris"),
        ("1980-07-01T22:30:00.000+00:00", "1980-07-02", "moment ramené à l’heure de Paris"),
        ("1980-13-01T22:30:00Z", UNREADABLE, ""),
        (datetime(1980, 2, 1, 9, 30), "1980-02-01", "heure laissée de côté"),
        ("01/02/1980", "1980-02-01", ""),
        ("1.2.1980", "1980-02-01", ""),
        ("1980-02-01", "1980-02-01", ""),
        ("1980-02-01T00:00:00", "1980-02-01", ""),
        ("1er février 1980", "1980-02-01", ""),
        ("vendredi 1 févr. 1980", "1980-02-01", ""),
        ("1/2/80", "1980-02-01", "année à deux chiffres"),
        (29252, "1980-02-01", "numéro de jour du tableur"),
        (19800201, "1980-02-01", "aaaammjj"),
        ("?", None, "sans valeur"),
        *[
            (cell, UNREADABLE, "")
            for cell in (1980, "1980", "février 1980", "02/1980", 45, "45 ans", True, "environ 1980")
        ],
        *[(cell, UNREADABLE, "") for cell in ("31/02/1980", "12/31/1980", "01/02/1880")],
    ],
)
def test_a_day_is_read_in_every_format_but_never_from_a_month_or_a_year(cell, value, how):
    reading = read(PERSON, "birth_date", cell)

    assert bool(reading.reason) == (value is UNREADABLE)
    assert (reading.value, reading.how) == (None if value is UNREADABLE else value, how)


@pytest.mark.parametrize(
    ("table", "name", "cell", "value", "how"),
    [
        (AID, "granted", "1 234,50 €", 123450, ""),
        (AID, "granted", "1\u202f234,50\u00a0€", 123450, ""),
        (AID, "granted", 1234.5, 123450, ""),
        (AID, "granted", "1.234,50", 123450, ""),
        (AID, "granted", 33.3333, 3333, "arrondi au centime"),
        (AID, "granted", "1.234", UNREADABLE, ""),
        (AID, "granted", "environ 300", UNREADABLE, ""),
        (PERSON, "phone", 612345678, "+33612345678", "zéro du début rendu"),
        (PERSON, "phone", "+33 (0)6 12 34 56 78", "+33612345678", ""),
        (PERSON, "phone", "06 12 34", UNREADABLE, ""),
        (PERSON, "postcode", 1000, "01000", "zéro du début rendu"),
        (PERSON, "postcode", "01000", "01000", ""),
        (PERSON, "gender", "femme", "woman", ""),
        (PERSON, "gender", "Mme", "woman", "synonyme"),
        (PERSON, "gender", "Madmae", UNREADABLE, ""),
        (PERSON, "legal_status", "Artiste-auteurr", "author", "orthographe"),
        (PERSON, "education", "BAC+2", "bac2", ""),
        (PERSON, "education", "Bac + 7", UNREADABLE, ""),
        (PERSON, "household", "Non renseigné", "unknown", ""),
        (PERSON, "household", "NC", None, "sans valeur"),
        (PERSON, "licence", "x", 1, ""),
        (PERSON, "licence", "peut-être", UNREADABLE, ""),
        (PERSON, "craft", 12.5, "12,5", ""),
        (PERSON, "craft", date(2024, 2, 1), "01/02/2024", "date écrite en texte"),
        (DIAGNOSTIC, "obstacles", "Numérique, logement", ("housing", "digital"), ""),
        (DIAGNOSTIC, "obstacles", "Logement ; chien", UNREADABLE, ""),
        (INTERVENTION, "minutes", "1h30", 90, "durée en minutes"),
        (INTERVENTION, "minutes", 1.5, UNREADABLE, ""),
    ],
)
def test_a_value_is_read_with_the_name_of_its_interpretation(table, name, cell, value, how):
    asked = read(table, name, cell)
    reading = read(table, name, cell, accept=True)

    assert (asked == reading) != bool(asked.proposal), "a resemblance is a question, and nothing else is one"
    assert bool(reading.reason) == (value is UNREADABLE)
    assert (reading.value, reading.how) == (None if value is UNREADABLE else value, how)


def test_a_chosen_or_remembered_replacement_wins():
    assert read(PERSON, "gender", "garçon", chosen={"Garçon": "man"}).value == "man"
    assert read(PERSON, "gender", "garçon", remembered={"garcon": "man"}).how == "retenu"
    assert (read(PERSON, "gender", "xyz", chosen={"xyz": ""}).value, read(PERSON, "gender", "xyz").value) == (
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("DUPONT Jean", ("DUPONT", "Jean")), ("Jean DUPONT", ("DUPONT", "Jean")), ("Dupont, Jean", ("Dupont", "Jean")),
        ("DE LA TOUR Anne-Marie", ("DE LA TOUR", "Anne-Marie")), ("Dupont Jean", None), ("DUPONT JEAN", None),
        ("DUPONT", None),
    ],
)  # fmt: skip
def test_a_whole_name_is_split_at_a_comma_or_by_capitals_only(text, names):
    assert split_name(text) == names
