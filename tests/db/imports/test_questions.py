"""What only resembles is a question: nothing is written for it before a person has said yes. Kind by kind."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.imports import workbook_reader
from db.imports.column_matching import LEFT_OUT
from db.imports.known_headers import headers_of
from db.imports.plan import plan
from db.imports.plan_types import COLUMN, CREATE, LINE, PERSON, SHEET, VALUE, WAITING, ImportChoices
from db.imports.text_keys import header_keys, tight
from db.imports.write import write
from db.model.types import Choice
from tests.db.factories import insert_person

HEAD = "Nom;Prénom;Genre;Date de naissance"
LOU = "Arnal;Zoé;F;01/02/1980"


def planned(db, *lines, name="liste.csv", **choices):
    book = workbook_reader.read("\n".join(lines).encode(), name)
    return plan(db, book, ImportChoices(**choices))


def asked(made):
    return [(one.question, one.row, one.column) for one in made.problems]


def values(made):
    return [row.values for _, row in made.rows() if row.action == CREATE]


# ---- titles


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Prenom", "first_name"), ("NOM *", "last_name"), ("Date de naissance (jj/mm/aaaa)", "birth_date"),
        ("Tel", "phone"), ("N° de téléphone", "phone"),
        ("Prénom 2", ""), ("Nom de jeune fille", ""), ("N° allocataire", ""), ("Date de naissance conj.", ""),
        ("Téléphone (mère)", ""), ("Nb téléphones", ""), ("Réf. dossier", ""), ("Mail du référent", ""),
        ("Téléphone bis", ""), ("Date du courriel", ""), ("Nom de l’employeur", ""), ("Adresse 2", ""),
    ],
)  # fmt: skip
def test_a_qualifier_makes_another_title(db, header, field):
    made = planned(db, f"Genre;Commune;{header}", "F;Cahors;xyz", tables={"liste": "person"})

    column = made.sheets[0].columns[2]
    assert (column.field, column.proposal) == (field, "")


def test_a_title_with_a_slip_is_a_question_and_its_column_is_not_read_before(db):
    made = planned(db, f"{HEAD};Comune", f"{LOU};Cahors")

    assert asked(made) == [(COLUMN, 1, "E")]
    assert "ressemble à « Commune »" in made.problems[0].reason
    assert "town" not in values(made)[0]
    assert values(planned(db, f"{HEAD};Comune", f"{LOU};Cahors", accept_resemblances=True))[0]["town"] == "Cahors"
    chosen = planned(db, f"{HEAD};Comune", f"{LOU};Cahors", fields={"liste": {"E": "town"}})
    assert (asked(chosen), values(chosen)[0]["town"]) == ([], "Cahors")


@pytest.mark.parametrize("head", ["Prénom usuel;Prénom", "Prénom;Prénom usuel", "Prénon;Prénom", "Prénom;Prénon"])
def test_the_exact_title_wins_wherever_it_stands(db, head):
    made = planned(db, f"Nom;Genre;{head}", "Arnal;F;un;deux")

    assert next(one.header for one in made.sheets[0].columns if one.field == "first_name") == "Prénom"


def test_a_column_under_somebody_else_is_another_one(db):
    made = planned(db, ";;;Conjoint;;", "Nom;Prénom;Genre;Nom;Téléphone;", "Arnal;Zoé;F;Bessou;0611223344;")

    assert [one.field for one in made.sheets[0].columns[:3]] == ["last_name", "first_name", "gender"]
    assert made.sheets[0].columns[3].field == ""


def test_a_column_known_by_its_title_keeps_its_problems(db):
    lines = ["Arnal;Zoé;F;mars 1980", "Bessou;Luc;H;avril 1975", "Cassan;Éva;F;juin 1990"]

    made = planned(db, HEAD, *lines)

    assert [one.column for one in made.problems] == ["D", "D", "D"]
    assert made.count(WAITING) == 3


def test_a_column_recognised_by_what_it_holds_is_a_question(db):
    lines = [f"{name};Zoé;F;;x{n}@exemple.fr" for n, name in enumerate(("Arnal", "Bessou", "Cassan"))]

    made = planned(db, f"{HEAD};Truc", *lines)

    assert asked(made) == [(COLUMN, 1, "E")]
    assert made.sheets[0].columns[4].proposal == "email"


def test_numbers_of_the_caf_and_of_social_security_are_never_kept(db):
    titles = ("N° allocataire", "Numéro CAF", "NIR", "Numéro de sécurité sociale", "N° de CAF")
    for title in titles[:4]:
        made = planned(db, f"{HEAD};{title}", f"{LOU};1234567", fields={"liste": {"E": "note"}})
        assert (made.sheets[0].columns[4].field, "jamais" in made.sheets[0].columns[4].why) == ("", True), title
    made = planned(db, f"{HEAD};Remarques", f"{LOU};voir 2 80 02 46 042 001 08")
    assert "numéro de sécurité sociale" in made.problems[0].reason


@pytest.mark.parametrize(
    "head",
    [
        "Civilité;Nom;Prénom;Numéro d'allocataire;ID interne au département;Email;Téléphone;Date de naissance;Statut",
        "Identifiant dans le SI*;Prénom*;Nom*;Date de naissance*;Email;Situation;Structure;Accompagnateurs",
    ],
)
def test_the_exports_of_other_tools_are_known(db, head):
    cells = {"Civilité": "Madame", "Nom": "Arnal", "Nom*": "Arnal", "Prénom": "Zoé", "Prénom*": "Zoé"}
    line = ";".join(cells.get(title, "") for title in head.split(";"))
    made = planned(db, head, line, constants={"liste": {"gender": "Femme"}})

    assert (made.problems, made.sheets[0].table, made.count(CREATE)) == ([], "person", 1)
    (left, *_) = [
        one for one in made.sheets[0].columns if one.how == LEFT_OUT and one.header in ("Statut", "Structure")
    ]
    chosen = planned(db, head, line, constants={"liste": {"gender": "Femme"}}, fields={"liste": {left.letter: "note"}})
    assert next(one.field for one in chosen.sheets[0].columns if one.letter == left.letter) == "note"


# ---- values


@pytest.mark.parametrize(
    "text",
    ["Non intermittent", "Hors intermittence", "Ex-salarié", "Sans portage salarial", "Fin de portage", "Pas salariée",
     "Ancien salarié", "Plus intermittent", "Insalarié", "Non-salariée"],
)  # fmt: skip
def test_a_negation_makes_another_value(db, text):
    made = planned(db, f"{HEAD};Statut juridique", f"{LOU};{text}")

    (problem,) = made.problems
    assert (problem.question, "n’est pas dans la liste" in problem.reason) == ("", True)


@pytest.mark.parametrize("text", ["Intermitence", "Intermit", "Portage salarrial"])
def test_a_value_that_resembles_is_a_question_with_its_proposal(db, text):
    made = planned(db, f"{HEAD};Statut juridique", f"{LOU};{text}")

    (problem,) = made.problems
    assert (problem.question, bool(problem.proposal), made.count(WAITING)) == (VALUE, True, 1)
    answered = planned(db, f"{HEAD};Statut juridique", f"{LOU};{text}",
                       values={"person.legal_status": {text: problem.proposal}})  # fmt: skip
    assert values(answered)[0]["legal_status"] == problem.proposal


@pytest.mark.parametrize(("text", "repaired"), [("ZoÃ©", "Zoé"), ("LÅ“uillet", "Lœuillet"), ("Dâ€™Arc", "D’Arc")])
def test_text_decoded_twice_is_repaired_as_a_question(db, text, repaired):
    (problem,) = planned(db, "Nom;Prénom;Genre", f"{text};Lou;F").problems

    assert (problem.question, problem.proposal) == (VALUE, repaired)
    assert (
        values(planned(db, "Nom;Prénom;Genre", f"{text};Lou;F", accept_resemblances=True))[0]["last_name"] == repaired
    )


def test_a_lost_letter_is_a_problem(db):
    made = planned(db, "Nom;Prénom;Genre", "Fran?ois;Lou;H", "Mar�chal;Lou;H", "Ângelo;Lou;H")

    assert [(one.row, one.question) for one in made.problems] == [(2, ""), (3, "")]


# ---- names


@pytest.mark.parametrize(
    ("name", "gender", "expected"),
    [
        ("M. DUPONT Jean", "H", ("DUPONT", "Jean", "man")), ("MME MARTIN Zoé", "", ("MARTIN", "Zoé", "woman")),
        ("Mlle ROUX Anne", "F", ("ROUX", "Anne", "woman")), ("M DURAND Paul", "H", ("DURAND", "Paul", "man")),
    ],
)  # fmt: skip
def test_a_civility_goes_to_the_gender_when_they_agree(db, name, gender, expected):
    (row,) = values(planned(db, "Nom et prénom;Genre", f"{name};{gender}"))

    assert (row["last_name"], row["first_name"], row["gender"]) == expected


def test_a_civility_that_contradicts_the_gender_is_a_problem(db):
    (problem,) = planned(db, "Nom et prénom;Genre", "M. DUPONT Jean;F").problems

    assert "se contredisent" in problem.reason


@pytest.mark.parametrize(
    ("text", "proposal"),
    [("*ROUX Anne", "ROUX Anne"), ("ROUX Anne (voir fiche)", "ROUX Anne"), ("ROUX née PETIT Anne", "ROUX Anne"),
     ("DUPONT (MARITAL) Anne", "DUPONT Anne")],
)  # fmt: skip
def test_what_stands_around_a_name_is_a_question(db, text, proposal):
    (problem,) = planned(db, "Nom et prénom;Genre", f"{text};F").problems

    assert (problem.question, problem.proposal) == (VALUE, proposal)
    made = planned(db, "Nom et prénom;Genre", f"{text};F", values={"person.person.name": {text: proposal}})
    assert (made.problems, values(made)[0]["first_name"]) == ([], "Anne")


def test_an_organisation_is_no_person(db):
    lines = ("Nom et prénom;Genre", "ASSOCIATION Le Pont;F", "ROUX Anne;F")

    made = planned(db, *lines)

    assert asked(made) == [(LINE, 2, "")]
    assert [row["last_name"] for row in values(planned(db, *lines, answers={"liste!2": True}))] == ["ROUX"]
    assert planned(db, *lines, answers={"liste!2": False}).count(CREATE) == 2


def test_a_list_of_names_without_first_names_may_be_persons_or_partners(db):
    made = planned(db, "Nom;Commune;Téléphone", "La Fabrique;Cahors;0565000001", name="x.csv")

    assert asked(made) == [(SHEET, 0, "")]
    assert "Partenaires" in made.problems[0].reason


@pytest.mark.parametrize(
    ("last", "first"), [("Lefèvre", "Nathalie"), ("Lefebvre", "Natalie"), ("Nathalie", "Lefebvre")]
)
def test_who_sounds_alike_on_doublons_is_asked_here(db, last, first):
    insert_person(db, last_name="Lefebvre", first_name="Nathalie")

    (problem,) = planned(db, "Nom;Prénom;Genre", f"{last};{first};F").problems

    assert problem.question == PERSON


def test_a_couple_with_one_telephone_is_two_persons(db):
    insert_person(db, last_name="Arnal", first_name="Luc", birth_date="1975-04-03", phone="0565000001",
                  email="nous@exemple.fr")  # fmt: skip

    made = planned(db, f"{HEAD};Téléphone;Courriel", f"{LOU};05 65 00 00 01;nous@exemple.fr")

    assert (made.problems, made.near) == ([], [])


# ---- notes


def test_a_note_is_added_to_and_replaced_only_when_asked(db):
    person = insert_person(db, last_name="Arnal", first_name="Zoé", birth_date="1980-02-01", note="Vue en mars.")
    for text, note in (
        ("Rappelée.", "Vue en mars.\nRappelée."),
        ("Vue en mars.", None),
        ("Vue en mars. Et avril.",) * 2,
    ):
        made = planned(db, f"{HEAD};Notes", f"{LOU};{text}")
        assert [row.values.get("note") for _, row in made.rows()] == [note]
        assert [row.id for _, row in made.rows()] == [person]

    replaced = planned(db, f"{HEAD};Notes", f"{LOU};Rappelée.", replace_notes=True)
    assert [row.values.get("note") for _, row in replaced.rows()] == ["Rappelée."]


# ---- answers are remembered


def test_answers_are_not_asked_again_for_the_next_file_of_the_same_shape(db):
    lines = (f"{HEAD};Comune;Statut juridique", f"{LOU};Cahors;Intermitence", "Total;;;3;;")
    made = planned(db, *lines)
    assert sorted(one.question for one in made.problems) == [COLUMN, LINE, VALUE]
    value = next(one for one in made.problems if one.question == VALUE)
    write(db, planned(
        db, *lines, fields={"liste": {"E": "town"}}, answers={"liste!3": True},
        values={"person.legal_status": {"Intermitence": value.proposal}},
    ), "Ada")  # fmt: skip

    again = planned(db, lines[0], "Bessou;Luc;H;03/04/1975;Figeac;Intermitence", "Total;;;4;;", name="suite.csv")

    assert again.problems == []
    assert values(again)[0] | {"town": "Figeac", "legal_status": value.proposal} == values(again)[0]


# ---- no write without a literal match, a repair that loses nothing, or a yes

WORD = st.sampled_from(["non", "ex", "hors", "sans", "2", "n°", "conj.", "date de", "mail de", "fin de"])


@st.composite
def slips(draw, text):
    """Draw a text near another one: a letter dropped, doubled or swapped, a word before or after, a beginning."""
    kind, at = draw(st.integers(0, 5)), draw(st.integers(0, max(0, len(text) - 2)))
    match kind:
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] * 2 + text[at + 1 :]
        case 2:
            return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
        case 3:
            return f"{draw(WORD)} {text}"
        case 4:
            return f"{text} {draw(WORD)}"
    return text[: at + 1]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_made_up_title_or_value_is_written_without_a_literal_match(empty_office, data):
    db = empty_office
    table = db.files["person"]
    headers = headers_of(table)
    label = data.draw(st.sampled_from(sorted(headers.texts.values())))
    title = data.draw(slips(label)).replace(";", " ").replace('"', " ")
    field = data.draw(st.sampled_from([one for one in table.fields if isinstance(one.type, Choice)]))
    values_ = {**dict(field.list.values), **{word: word for words in field.list.synonyms.values() for word in words}}
    text = data.draw(slips(data.draw(st.sampled_from(sorted(values_.values()))))).replace(";", " ").replace('"', " ")

    made = planned(db, f"Nom;Prénom;{field.label};{title}", f"Arnal;Zoé;{text};xyz", tables={"liste": "person"})

    column = made.sheets[0].columns[-1]
    if column.header == title.strip() and column.field:
        assert set(header_keys(title)) & headers.known.keys(), f"{title!r} read as {column.label!r}"
    synonyms = (word for words in field.list.synonyms.values() for word in words)
    literal = {tight(word) for word in (*field.list.values.values(), *field.list.values, *synonyms)}
    for _, row in made.rows():
        if row.values.get(field.name) is not None:
            assert tight(text) in literal, f"{text!r} read as {row.values[field.name]!r}"


@pytest.fixture(scope="module")
def empty_office(new_office, tmp_path_factory):
    db = new_office(tmp_path_factory.mktemp("questions") / "palette.db")
    yield db
    db.close()


def test_what_is_accepted_as_a_whole_leaves_no_question(db):
    lines = (f"{HEAD};Comune", f"{LOU};Cahors", "Total;;;3;", "*Bessou;Luc;H;;Figeac")

    made = planned(db, *lines, accept_resemblances=True)

    assert (made.problems, made.count(CREATE)) == ([], 2)
    assert replace(made.choices, accept_resemblances=False) == ImportChoices()
