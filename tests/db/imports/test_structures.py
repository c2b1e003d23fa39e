"""The structures of data·inclusion: narrowed to the department, known by their source, never over what is typed."""

import gzip
import io
import zipfile

import pytest

from db.base.errors import RefusedImportError, WorkbookError
from db.imports import file_limits, isolated_reader
from db.imports.plan import department, plan
from db.imports.plan_types import CREATE, PERSON, SAME, UPDATE, WAITING, ImportChoices
from db.imports.write import write
from db.model.dictionary import PARTNER
from db.rows import records
from db.rows.records import Edit
from tests.db.examples import siret
from tests.db.factories import insert
from tests.db.imports.structures import HEAD, csv, structure

NAME = "structures-inclusion-2026-11-02.csv"


def read(db, data, name=NAME):
    return isolated_reader.read(data, name, department=department(db))


def planned(db, *structures, **choices):
    return plan(db, read(db, csv(structures)), ImportChoices(**choices))


def imported(db, *structures, **choices):
    made = planned(db, *structures, **choices)
    write(db, made, "Ada")
    return made


def partners(db):
    return db.dicts("SELECT * FROM partner WHERE deleted_at IS NULL ORDER BY id")


def type_in(db, row_id, **values):
    """Save values as a colleague does in the grid."""
    row = records.get(db, db.tables[PARTNER.name], row_id)
    records.save(db, db.tables[PARTNER.name], Edit(values, row_id, row.version), "Zoé")


def test_a_structure_is_read_without_a_question_and_each_value_finds_its_field(db):
    made = imported(db, structure(7, complement_adresse="Bâtiment B"))

    assert made.problems == []
    assert {column.header for column in made.sheets[0].columns if not column.field} == {
        "code_insee", "accessibilite_lieu", "reseaux_porteurs",
    }  # fmt: skip
    (row,) = partners(db)
    assert {name: row[name] for name in (field.name for field in PARTNER.fields)} == {
        "name": "Structure 7", "kind": None, "helps_with": None, "contact": None, "note": None,
        "description": "Accueil, sur rendez-vous.\nOuvert à tous ; « permanences » le mardi.", "phone": "+33565200000",
        "email": "contact7@example.org", "website": "https://example.org",
        "opening_hours": "Mo-Fr 09:00-12:00; PH off", "address": "7 rue du Pont", "address_more": "Bâtiment B",
        "postcode": "46000", "town": "Cahors", "latitude": "44.44750", "longitude": "1.44123", "siret": siret(7),
        "source": "dora", "source_id": "dora--0007", "source_date": "2026-03-02",
        "source_link": "https://dora.example.org/structures/7",
    }  # fmt: skip
    assert planned(db, structure(7, complement_adresse="Bâtiment B")).count(SAME) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_commas_are_the_separator_however_many_semicolons_the_descriptions_hold(db, number):
    text = "Accueil ; conseil\nÉcoute ; aide\nAteliers ; sorties\nPermis ; vélos"

    made = planned(db, *(structure(one, description=text) for one in range(number)))

    assert (made.count(CREATE), made.problems) == (number, [])


def test_rows_of_other_departments_are_counted_and_said_and_ask_nothing(db):
    elsewhere = [
        structure(number, commune="Toulouse", code_insee="31555", code_postal="31000", telephone="0", courriel="x")
        for number in range(2, 3_002)
    ]
    nowhere = structure(3_002, code_insee=None, code_postal=None)
    by_postcode = structure(3_003, code_insee=None)
    made = planned(db, structure(1), *elsewhere, nowhere, by_postcode)

    assert (made.count(CREATE), made.problems, made.near) == (2, [], [])
    assert [row.number for _, row in made.rows()] == [2, 3004]  # as the file counts them
    (said,) = [note for note in made.sheets[0].notes if "département" in note]
    assert said == (
        "liste de data·inclusion : 2 lignes du département 46, celui des réglages ; laissées de côté :"
        " 3\u202f000 lignes d’autres départements et 1 ligne sans code de commune"
    )


def test_the_department_is_that_of_the_settings(db):
    db.execute("UPDATE setting SET department = '2A'")

    made = planned(
        db, structure(1), structure(2, commune="Ajaccio", code_insee="2A004", code_postal="20000"),
        structure(3, commune="Ajaccio", code_insee=None, code_postal="20090"),
        structure(4, commune="Bastia", code_insee=None, code_postal="20200"),
    )  # fmt: skip

    assert [row.title for _, row in made.rows()] == ["Structure 2", "Structure 3"]


def test_the_whole_country_is_read_within_the_limits(db):
    """100,000 structures weigh more than may be sent: in a ZIP they are read, and one department is kept."""
    text = "Accueil, orientation et suivi ; « permanences » le mardi. " * 8
    here = csv(structure(number, description=text) for number in range(1, 1_001))
    there = csv([structure(9_999, code_insee="31555", code_postal="31000", description=text)]).partition(b"\r\n")[2]
    data = here + b"".join(there.replace(b"--9999", b"--t%05d" % number) for number in range(99_000))
    assert len(data) > file_limits.MAX_BYTES
    with pytest.raises(WorkbookError, match="ZIP"):
        read(db, data)

    book = read(db, zipped(**{NAME: data}), "structures.zip")

    assert len(book.sheets[0].lines) == 1_001
    made = plan(db, book)
    assert (made.count(CREATE), made.problems) == (1_000, [])


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_packed_file_is_read_as_the_file_itself(db):
    data = csv([structure()])
    plain = read(db, data)

    for packed in (gzip.compress(data), zipped(**{NAME: data, "__MACOSX/._x.csv": b"\0", "dossier/": b""})):
        assert read(db, packed, "liste.zip").sheets[0].lines == plain.sheets[0].lines


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'[{"source": "dora", "id": "dora--1"}]', "JSON : donnez la même liste en CSV"),
        (b'\n{ "structures": []}', "JSON"),
        (b"PAR1\x15\x04", "Parquet"),
        (gzip.compress(b"source,id")[:-9], "ne se décompresse pas"),
        (gzip.compress(b"a" * (file_limits.MAX_UNPACKED + 1)), "trop gros une fois décompressé"),
    ],
    ids=["json", "json object", "parquet", "damaged gz", "gz bomb"],
)
def test_another_form_of_the_list_is_refused_by_its_name(db, data, said):
    with pytest.raises(WorkbookError, match=said):
        read(db, data)


def test_the_list_of_the_services_is_no_list_of_structures(db):
    head = "source,structure_id,id,nom,description,lien_source,date_maj,type,thematiques,code_insee"
    data = f"{head}\ndora,dora--1,dora--9,Permis,,,2026-01-01,formation,mobilite,46042\n".encode()

    (sheet,) = plan(db, read(db, data, "services.csv")).sheets

    assert (sheet.table, sheet.rows) == ("", [])
    assert "liste des services" in sheet.why


def test_a_structure_is_known_again_by_its_source_whatever_else_changed(db):
    imported(db, structure(1), structure(2))

    made = imported(
        db, structure(2, nom="Autre nom", siret=siret(99), commune="Figeac", date_maj="2026-05-01"), structure(1)
    )

    assert (made.count(UPDATE), made.count(SAME), made.near) == (1, 1, [])
    (row,) = [row for _, row in made.rows() if row.action == UPDATE]
    assert (row.old["name"], row.values["name"]) == ("Structure 2", "Autre nom")
    assert [one["name"] for one in partners(db)] == ["Structure 1", "Autre nom"]


def test_what_the_office_typed_stays_until_it_says_otherwise(db):
    imported(db, structure(1))
    type_in(db, 1, phone="05 65 11 11 11", contact="Accueil", note="Rappeler le lundi.")
    type_in(db, 1, email="direct@example.org")
    newer = structure(1, telephone="0565222222", courriel="x@example.org", adresse="2 rue Neuve", date_maj="2026-06-01")

    made = imported(db, newer)

    (row,) = partners(db)
    assert (row["phone"], row["email"], row["contact"]) == ("+33565111111", "direct@example.org", "Accueil")
    assert (row["address"], row["source_date"]) == ("2 rue Neuve", "2026-06-01")  # what came with the source follows it
    assert [one.kept for _, one in made.rows()] == [{"phone": "+33565222222", "email": "x@example.org"}]

    imported(db, newer, replace_typed=True)

    (row,) = partners(db)
    assert (row["phone"], row["email"], row["note"]) == ("+33565222222", "x@example.org", "Rappeler le lundi.")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"name": "La Halle", "siret": siret(1)}, "même SIRET"),
        ({"name": "STRUCTURE 1", "town": "cahors"}, "même nom et même commune"),
    ],
)
def test_a_structure_that_resembles_what_the_office_typed_is_a_question(db, typed, reason):
    own = insert(db, "partner", phone="+33565111111", **typed)
    sheet = NAME.removesuffix(".csv")

    made = planned(db, structure(1))
    assert [(one.question, one.row) for one in made.problems] == [(PERSON, 2)]
    ((candidate,),) = [near.candidates for near in made.near]
    assert (candidate.id, candidate.reason) == (own, reason)
    with pytest.raises(RefusedImportError):
        write(db, made, "Ada")

    imported(db, structure(1), persons={f"{sheet}!2": own})
    (row,) = partners(db)
    assert (row["name"], row["phone"], row["source_id"]) == (typed["name"], "+33565111111", "dora--0001")
    again = planned(db, structure(1))
    assert (again.problems, again.count(CREATE), again.count(WAITING)) == ([], 0, 0)  # never asked again


def test_a_structure_that_is_said_to_be_another_one_is_new_and_not_asked_about_again(db):
    insert(db, "partner", name="Structure 1", town="Cahors")

    imported(db, structure(1), persons={f"{NAME.removesuffix('.csv')}!2": 0})

    assert len(partners(db)) == 2
    assert planned(db, structure(1)).problems == []


def test_two_structures_are_not_both_the_partner_of_the_office(db):
    own = insert(db, "partner", name="La Halle", siret=siret(1))
    sheet = NAME.removesuffix(".csv")
    two = (structure(1), structure(2, source="soliguide", id="soliguide--2", siret=siret(1)))

    made = planned(db, *two, persons={f"{sheet}!2": own, f"{sheet}!3": own})

    assert [row.action for _, row in made.rows()] == [UPDATE, WAITING]
    assert "la ligne 2 est déjà rattachée" in made.problems[0].reason


def test_one_structure_of_two_sources_is_two_rows_that_say_so(db):
    made = imported(db, structure(1), structure(2, source="soliguide", id="soliguide--2", siret=siret(1)))

    assert made.count(CREATE) == 2
    assert [row.notes for _, row in made.rows()] == [(), ("même SIRET que la ligne 2, d’une autre source",)]


def test_a_value_that_does_not_read_holds_up_its_structure_alone(db):
    wrong = {"telephone": "12", "courriel": "accueil", "siret": "12345678901234", "latitude": "abc"}
    faulty = [structure(2 + index, **{name: text}) for index, (name, text) in enumerate(wrong.items())]
    made = planned(db, structure(1), *faulty)

    assert [(one.row, one.field, one.value) for one in made.problems] == [
        (3, "phone", "12"), (4, "email", "accueil"), (5, "siret", "12345678901234"), (6, "latitude", "abc"),
    ]  # fmt: skip
    write(db, made, "Ada", leave_waiting=True)
    assert [row["name"] for row in partners(db)] == ["Structure 1"]

    aside = frozenset(one.key for one in made.problems)
    imported(db, structure(1), *faulty, aside=aside)
    assert [row["phone"] is None for row in partners(db)] == [False, True, False, False, False]


def test_a_list_without_the_titles_of_the_export_is_read_as_any_file(db):
    data = "Nom;Catégorie;SIRET;Code postal\nLa Halle;;130 025 265 00013;46000\nAilleurs;;;31000\n".encode()

    made = plan(db, read(db, data, "Partenaires.csv"))
    write(db, made, "Ada")

    assert [(row["name"], row["siret"]) for row in partners(db)] == [("La Halle", "13002526500013"), ("Ailleurs", None)]


def test_the_titles_are_those_of_the_schema():
    assert len(HEAD) == 20
