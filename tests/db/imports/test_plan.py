"""Matching of persons and rows, comparison, corrections of a person, and the import of a whole office."""

import gc
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks import bulk_office
from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, ImportChoices, ImportPlan
from db.imports.write import write
from db.model.dictionary import FILES, PERSON
from db.model.types import Reference, References
from db.rows import records
from db.rows.titles import context
from db.storage import connection
from tests.db.factories import insert, insert_person
from tests.db.imports import files

HEAD = ["Nom", "Prénom", "Date de naissance", "Genre", "Téléphone"]


def planned(
    db, *rows: Sequence[Any], choices: ImportChoices | None = None, sheet: str = "Personnes", **more: Any
) -> ImportPlan:
    return plan(db, workbook_reader.read(files.xlsx({sheet: rows, **more}), "essai.xlsx"), choices or ImportChoices())


def actions(made: ImportPlan) -> list[tuple[int, str]]:
    return [(row.number, row.action) for _, row in made.rows()]


def persons(db):
    return db.execute("SELECT last_name, first_name, birth_date, phone FROM person ORDER BY id").fetchall()


# ---- who it is


@pytest.mark.parametrize(
    ("last", "first"),
    [("Œillet", "Jean-Noël"), ("OEILLET", "JEAN NOEL"), ("oeillet", "jean-noël"), ("Œillet ", " Jean  Noël")],
)
def test_a_person_is_matched_by_name_and_birth_date_ignoring_accents_and_case(db, last, first):
    person = insert_person(db, last_name="Œillet", first_name="Jean-Noël", birth_date="1970-01-02")

    made = planned(db, HEAD, [last, first, "02/01/1970", "Femme", "0639980001"])

    ((_, row),) = made.rows()
    assert (row.action, row.id, row.values) == (UPDATE, person, {"phone": "+33639980001"})
    assert not made.near


def test_an_empty_cell_and_an_unknown_word_never_overwrite(db):
    insert_person(db, last_name="Hugo", first_name="Léo", birth_date="1970-01-02", phone="0639980001", gender="man")

    made = planned(db, HEAD, ["Hugo", "Léo", "02/01/1970", None, "NC"])

    assert actions(made) == [(2, SAME)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["Huguo", "Léo", "02/01/1970"], "une lettre d’écart, même date de naissance"),
        (["Léo", "Hugo", "02/01/1970"], "nom et prénom inversés, même date de naissance"),
        (["Hugo", "Léo", None], "même nom et même prénom"),
        (["Hugo", "Léo", "01/02/1970"], "même nom et même prénom, dates de naissance proches"),
        (["Hugo Martin", "Léo", "02/01/1970"], "un nom ou un prénom de plus, même date de naissance"),
        (["Hugot", "Léo", None], "se prononcent pareil"),
    ],
)
def test_a_near_match_is_used_only_when_a_person_chooses_it(db, row, why):
    person = insert_person(db, last_name="Hugo", first_name="Léo", birth_date="1970-01-02", gender="man")
    line = [*row, "Homme", None]

    made = planned(db, HEAD, line)

    (near,) = made.near
    assert [(one.id, one.reason) for one in near.candidates] == [(person, why)]
    assert actions(made) == [(2, WAITING)]
    assert [(one.question, why in one.reason) for one in made.problems] == [("person", True)]
    assert [row.id for _, row in planned(db, HEAD, line, choices=ImportChoices(persons={near.key: person})).rows()] == [
        person
    ]
    assert actions(planned(db, HEAD, line, choices=ImportChoices(accept_resemblances=True))) == [(2, CREATE)]
    assert actions(planned(db, HEAD, line, choices=ImportChoices(persons={near.key: 0}))) == [(2, CREATE)]


def test_a_different_person_is_no_near_match(db):
    insert_person(db, last_name="Hugo", first_name="Léo", birth_date="1970-01-02")

    made = planned(
        db, HEAD, ["Hugo", "Léo", "30/11/1995", "Homme", None], ["Prévert", "Zoé", "02/01/1970", "Femme", None]
    )

    assert (made.near, made.count(CREATE)) == ([], 2)


def test_two_persons_with_one_name_and_birth_date_are_matched_by_number_only(db):
    first, second = (insert_person(db, last_name="Hugo", first_name="Léo", birth_date="1970-01-02") for _ in range(2))

    (problem,) = planned(db, HEAD, ["Hugo", "Léo", "02/01/1970", None, None]).problems
    assert f"n° {first}, n° {second}" in problem.reason

    made = planned(db, ["N°", *HEAD], [second, "Hugo", "Léo", "02/01/1970", None, "0639980001"])
    assert [(row.id, row.action) for _, row in made.rows()] == [(second, UPDATE)]


def test_a_row_without_a_certain_person_waits_until_one_is_chosen(db):
    lou = insert_person(db, last_name="Marchand", first_name="Lou", birth_date="1980-01-01")
    insert_person(db, last_name="Marchand", first_name="Lou", birth_date="1990-01-01")
    rows = [["Nom", "Prénom", "Sortie le", "Sortie de", "Motif"], ["Marchand", "Lou", "01/02/2024", "RSA", "Retraite"]]

    made = planned(db, *rows, sheet="Sorties")
    assert actions(made) == [(2, WAITING)]
    assert "plusieurs personnes" in made.problems[0].reason
    key = made.near[0].key

    chosen = planned(db, *rows, sheet="Sorties", choices=ImportChoices(persons={key: lou}))
    assert [row.values["person_id"] for _, row in chosen.rows()] == [lou]


# ---- rows of a person


def test_rows_with_one_key_match_equal_rows_first_and_each_row_once(db):
    person = insert_person(db)
    common = {"person_id": person, "happened_on": "2024-01-02", "domain": "coaching"}
    one, two = (insert(db, "intervention", **common, note=note) for note in ("un", "deux"))
    head = ["Personne", "Date", "Domaine d’intervention", "Note"]
    lines = [["Lou Marchand", "02/01/2024", "Coaching", note] for note in ("deux", "un", "trois")]

    made = planned(db, head, *lines, sheet="Interventions")

    assert [(row.action, row.id if row.id > 0 else 0) for _, row in made.rows()] == [
        (SAME, two),
        (SAME, one),
        (CREATE, 0),
    ]


def test_a_required_field_without_column_may_get_a_constant_for_the_sheet(db):
    insert_person(db)
    rows = [["Personne", "Demandée le", "Type d’aide"], ["Marchand Lou", "01/02/2024", "Formation"]]

    made = planned(db, *rows, sheet="Aides")
    assert made.sheets[0].missing == ["decision"]
    assert [(one.label, one.reason) for one in made.problems] == [("Décision", "ce champ est obligatoire")]

    corrected = planned(
        db, *rows, sheet="Aides", choices=ImportChoices(constants={"Aides": {"decision": "En attente"}})
    )
    assert [row.values["decision"] for _, row in corrected.rows()] == ["pending"]


# ---- what a person corrects


def test_every_choice_is_applied_and_survives_json(db):
    rows: list[list[Any]] = [
        ["Truc", "Nom", "Prénom", "Genre", "Machin"],
        ["x", "Hugo", "Léo", "garçon", "pas un téléphone"],
    ]
    made = planned(db, *rows, sheet="Feuille")
    assert {(one.column, one.value) for one in made.problems} == {("D", "garçon")}

    choices = ImportChoices(
        tables={"Feuille": "person"},
        headers={"Feuille": 1},
        fields={"Feuille": {"E": "phone", "A": ""}},
        values={"person.gender": {"garçon": "man"}},
        aside=frozenset({"Feuille!E2"}),
    )
    corrected = planned(db, *rows, sheet="Feuille", choices=ImportChoices.from_json(choices.to_json()))

    ((_, row),) = corrected.rows()
    assert (row.action, row.values) == (CREATE, {"last_name": "Hugo", "first_name": "Léo", "gender": "man"})
    assert [column.how for column in corrected.sheets[0].columns] == ["choisi", "nom", "nom", "nom", "choisi"]


def test_a_row_set_aside_is_listed_as_ignored(db):
    rows: list[list[Any]] = [HEAD, ["Hugo", None, None, "Homme", None], ["Prévert", "Zoé", None, "Femme", None]]
    (problem,) = planned(db, *rows).problems

    made = planned(db, *rows, choices=ImportChoices(aside=frozenset({problem.key})))

    assert (actions(made), made.problems) == ([(3, CREATE)], [])
    assert [(line.row, line.reason) for line in made.sheets[0].ignored] == [(2, "laissée de côté par votre choix")]


def test_choices_are_remembered_for_the_next_file_without_names(db):
    zoe = insert_person(db, last_name="Prévert", first_name="Zoé", birth_date="1975-04-02")
    rows: list[list[Any]] = [
        ["Truc", "Nom", "Prénom", "Genre"],
        ["06 39 98 00 01", "Hugo", "Léo", "garçon"],
        [None, "Prévert", "Zoé", "Femme"],
    ]
    choices = ImportChoices(
        fields={"Personnes": {"A": "phone"}}, values={"person.gender": {"garçon": "man"}}, persons={"Personnes!3": zoe}
    )
    write(db, planned(db, *rows, choices=choices), "Ada")

    second = planned(db, *rows)

    assert [column.how for column in second.sheets[0].columns] == ["retenu", "nom", "nom", "nom"]
    assert actions(second) == [(2, SAME), (3, SAME)]
    assert len(persons(db)) == 2
    stored = [row[0] for row in db.execute("SELECT said || chosen FROM import_choice WHERE kind = 'person'")]
    assert not any("zoe" in one.lower() or "1975" in one for one in stored)


def test_cells_beyond_the_headers_form_a_column_without_title(db):
    made = plan(db, workbook_reader.read(b"Nom;Pr\xe9nom;Genre\nHugo;L\xe9o;Homme;et ; voil\xe0\n", "liste.csv"))

    assert [(one.letter, one.field, one.why, one.examples) for one in made.sheets[0].columns[3:]] == [
        ("D", "", "sans titre", ("et",)),
        ("E", "", "sans titre", ("voilà",)),
    ]


def test_a_column_of_another_table_is_left_out_with_the_name_of_that_table(db):
    made = planned(db, [*HEAD, "Freins"], ["Hugo", "Léo", None, "Homme", None, "Logement"])

    assert made.sheets[0].columns[5].field == ""
    assert "champ de : Diagnostics" in made.sheets[0].columns[5].why
    assert actions(made) == [(2, CREATE)]


def test_a_sheet_that_may_be_several_tables_is_not_guessed(db):
    (sheet,) = planned(db, ["Nom", "Prénom", "Date"], ["Hugo", "Léo", "01/02/2024"], sheet="Feuil1").sheets

    assert (sheet.table, "peut être" in sheet.why, sheet.rows) == ("", True, [])


# ---- the whole office


def whole_office(db) -> dict[str, list[list[Any]]]:
    """Every table as a sheet, each row with its number; a reference gives the number of the row it means."""
    known = context(db)
    sheets: dict[str, list[list[Any]]] = {}
    for table in FILES.values():
        ids = [row[0] for row in db.execute(f'SELECT id FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id DESC')]
        rows: list[list[Any]] = [["N°", *(item.label for item in table.fields)]]
        for row in records.rows(db, db.tables[table.name], ids):
            shown = [_shown(item, row.values[item.name], known) for item in table.fields]
            rows.append([row.id, *shown])
        sheets[table.plural[:31]] = rows
    return sheets


def _shown(item, value, known):
    if value is None or not isinstance(item.type, Reference | References):
        return item.type.show(value, known) or None
    values = value if isinstance(value, tuple) else (value,)
    return " ; ".join(f"{known.title(item.target, one)} n° {one}" for one in values)


def test_an_empty_file_keeps_the_numbers_and_references(db, tmp_path):
    source = tmp_path / "source.db"
    bulk_office.write_bulk_office(source, 40)
    office = connection.open_file(source)
    office.execute("UPDATE person SET birth_date = NULL, last_name = 'Hugo', first_name = 'Léo' WHERE id IN (3, 4)")
    data = files.xlsx(whole_office(office))

    made = plan(db, workbook_reader.read(data, "tout.xlsx"))
    assert [str(one) for one in made.problems] == []
    write(db, made, "Ada")

    for table in FILES.values():
        columns = ", ".join(["id", *(item.name for item in table.fields)])
        sql = f'SELECT {columns} FROM "{table.name}" ORDER BY id'
        assert db.execute(sql).fetchall() == office.execute(sql).fetchall(), table.name
    second = plan(db, workbook_reader.read(data, "tout.xlsx"))
    assert (second.count(CREATE), second.count(UPDATE), second.problems) == (0, 0, [])
    assert second.count(SAME) == made.count(CREATE)
    office.close()


def test_a_key_names_fields_of_its_table():
    for table in FILES.values():
        assert table.key
        assert set(table.key) <= {item.name for item in table.fields}
    assert PERSON.key == ("last_name", "first_name", "birth_date")


def test_planning_takes_little_memory_for_a_row_and_leaves_none_behind(db):
    """Planning a legal file of 100,000 rows took 900 MB of the server, and kept a third of it until a later
    collection."""
    names = ["last_name", "first_name", "birth_date", "gender", "email", "address", "town", "craft", "note"]
    rows = [
        [f"Nom{number:05d}", "Lou", f"19{number % 90:02d}-03-04", "Femme", f"p{number}@exemple.fr",
         f"{number} rue des Lilas", "Cahors", "Peintre", f"Rencontrée le {number}"]
        for number in range(1_000)
    ]  # fmt: skip
    book = workbook_reader.read(files.text([[PERSON.field(name).label for name in names], *rows]), "a.csv")
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        made = plan(db, book, ImportChoices(accept_resemblances=True))
        _, most = tracemalloc.get_traced_memory()
        left = gc.collect()
    finally:
        tracemalloc.stop()
        gc.enable()

    assert made.count(CREATE) == 1_000, made.problems[:3]
    assert most / 1_000 < 5_000, "bytes for a row"
    assert left < 1_000, "objects that only a collection frees"
