"""Own fields and values of an office: the same objects as those of the dictionary, in the file, and never lost."""

import sqlite3

import pytest

from db.base.errors import InvalidError, RuleError
from db.customise import edit
from db.customise.edit import NewField
from db.model import lists
from db.model.dictionary import PERSON, TABLES
from db.model.types import Choice
from db.rows import history, operations, records, titles, undo
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from tests.db.examples import forget_open_files, read_raw_row
from tests.db.factories import insert, insert_aid, insert_person, insert_stage

NUMBER = NewField("person", "Numéro Maison des artistes", "text", help="Sept chiffres.", section="Activité")
OWN = "own_numero_maison_des_artistes"


def last(db):
    """The operation that was saved last."""
    return operations.get(db, db.execute("SELECT max(id) FROM operation").fetchone()[0])


def own_list(db, name):
    """The list of a choice."""
    found = db.tables["person"].field(name).list
    assert found
    return found


def ids(db, *filters, **query):
    return [row.id for row in records.read(db, db.tables["person"], Query(filters, **query)).rows]


def refused(call, *args, **named):
    with pytest.raises(InvalidError) as error:
        call(*args, **named)
    return str(error.value)


# ---- fields


def test_an_own_field_works_like_a_declared_one(db, path):
    lou, ada = insert_person(db), insert_person(db, last_name="Zola")

    assert edit.add_field(db, NUMBER, "Ada") == OWN
    records.save(db, db.tables["person"], Edit({OWN: "  0012  345 "}, lou, 1), "Ada")

    assert read_raw_row(path, "person", lou)[OWN] == "0012 345"
    assert (ids(db, Filter(OWN, "words", "0012")), ids(db, Filter(OWN, "empty"))) == ([lou], [ada])
    assert ids(db, search="0012") == [lou]
    assert ids(db, sort=(f"-{OWN}",)) == [lou, ada]
    known = records.context(db)
    sentence = history.of_row(db, "person", lou, known)[0].sentence
    assert sentence == "Ada a modifié : Numéro Maison des artistes (vide → 0012 345)"
    assert [item.name for item in db.tables["person"].sections["Activité"]][-1] == OWN
    assert check(db) == []
    assert OWN not in {item.name for item in TABLES["person"].columns}, "the dictionary itself stays as it is"


def test_own_fields_are_there_after_reopening_the_file(db, path):
    edit.add_field(db, NUMBER, "Ada")
    db.close()
    forget_open_files()

    again = connection.open_file(path)
    assert again.tables["person"].field(OWN).label == NUMBER.label
    assert check(again) == []
    assert not list(path.parent.glob("*-avant-*.db")), "nothing had to be upgraded"
    again.close()


def test_another_connection_sees_an_own_field_at_once(db, path):
    other = connection.open_file(path)
    assert OWN not in {item.name for item in other.tables["person"].fields}

    edit.add_field(db, NUMBER, "Ada")

    person = records.save(
        other, other.tables["person"], Edit({"last_name": "A", "first_name": "B", "gender": "woman", OWN: "7"}), "Bo"
    )
    assert read_raw_row(path, "person", person.row_id)[OWN] == "7"
    other.close()


@pytest.mark.parametrize("kind", ["text", "long", "integer", "euros", "date", "yes_no", "phone", "email"])
def test_an_own_field_accepts_and_refuses_the_values_of_its_type(db, path, kind):
    good = {
        "text": "a", "long": "a\nb", "integer": 12, "euros": 1234_50, "date": "2023-03-06", "yes_no": 1,
        "phone": "+33565000000", "email": "nom@exemple.fr",
    }  # fmt: skip
    person = insert_person(db)
    name = edit.add_field(db, NewField("person", "Le champ", kind), "Ada")

    records.save(db, db.tables["person"], Edit({name: good[kind]}, person, 1), "Ada")

    assert read_raw_row(path, "person", person)[name] == good[kind]
    if kind not in ("text", "long"):
        assert "Le champ : " in refused(
            records.save, db, db.tables["person"], Edit({name: "n’importe quoi"}, person, 2), "Ada"
        )
    assert check(db) == []


def test_a_choice_may_have_a_new_list(db, path):
    person = insert_person(db)
    new = NewField("person", "Label", "choice", values=("Atelier d’art de France", " Entreprise du  patrimoine ", ""))

    name = edit.add_field(db, new, "Ada")

    item = db.tables["person"].field(name)
    assert isinstance(item.type, Choice)
    known = records.context(db)
    assert list(known.labels[item.type.list.name].values()) == ["Atelier d’art de France", "Entreprise du patrimoine"]
    records.save(db, db.tables["person"], Edit({name: "entreprise du patrimoine"}, person, 1), "Ada")
    code = read_raw_row(path, "person", person)[name]
    assert known.labels[item.type.list.name][code] == "Entreprise du patrimoine"
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(f"UPDATE person SET {name} = 'rien' WHERE id = ?", (person,))
    assert check(db) == []


def test_a_choice_may_use_an_existing_list(db):
    name = edit.add_field(db, NewField("person", "Deuxième domaine", "choices", list_name="domain"), "Ada")

    assert db.tables["person"].field(name).list == DOMAINS


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NewField("person", "téléphone", "text"), "Intitulé : « Téléphone » existe déjà dans : personnes"),
        (NewField("person", "   ", "text"), "Intitulé : ce champ est obligatoire"),
        (NewField("person", "x" * 61, "text"), "Intitulé : le texte a 61 caractères, 60 au plus"),
        (NewField("person", "Label", "choice", values=("", " ")), "Valeurs : écrivez au moins une valeur"),
        (NewField("person", "Label", "choice", values=("Été", "ete")), "Valeurs : deux valeurs se lisent pareil"),
        (NewField("person", "Âge d’entrée", "age"), "Calculé d’après : choisissez de quoi il découle"),
        (NewField("cer", "Nombre", "count_of", source="aid"), "Calculé d’après : choisissez de quoi il découle"),
        (NewField("person", "Bien", "text", help="x" * 301), "Aide : le texte a 301 caractères, 300 au plus"),
    ],
)  # fmt: skip
def test_an_invalid_field_is_refused_with_a_reason_and_leaves_nothing(db, new, reason):
    before = db.execute("SELECT count(*) FROM sqlite_master").fetchone()

    assert refused(edit.add_field, db, new, "Ada") == reason

    assert db.execute("SELECT count(*) FROM own_field").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == before


def test_computed_columns_are_of_fixed_kinds(db):
    lou, ada = insert_person(db, birth_date="1980-05-02", rsa_entry_on="2024-01-01"), insert_person(db)
    insert_aid(db, lou, 100_00)
    insert_aid(db, lou, 50_00, "2024-06-01")
    insert_stage(db, lou, "accompaniment", "2024-01-01")
    new = {
        "age": "birth_date", "days_since": "rsa_entry_on", "count_of": "aid", "sum_of": "aid.granted",
        "latest_of": "aid.decided_on",
    }  # fmt: skip
    names = {
        kind: edit.add_field(db, NewField("person", f"Calcul {kind}", kind, source=s), "Ada") for kind, s in new.items()
    }

    one, other = (records.rows(db, db.tables["person"], [person], "2024-06-11")[0].values for person in (lou, ada))

    assert {kind: one[name] for kind, name in names.items()} == {
        "age": 44, "days_since": 162, "count_of": 2, "sum_of": 150_00, "latest_of": "2024-06-01",
    }  # fmt: skip
    assert (other[names["count_of"]], other[names["sum_of"]]) == (0, None)
    assert ids(db, Filter(names["sum_of"], "between", (1_00, None)), sort=(f"-{names['count_of']}",)) == [lou]
    assert check(db) == []


def test_a_declared_field_is_renamed_hidden_and_ordered(db):
    person = insert_person(db, craft="Relieur")
    edit.change_field(db, db.tables["person"], "craft", {"label": "Métier", "help": "En un mot."}, "Ada")
    edit.change_field(db, db.tables["person"], "website", {"hidden": 1}, "Ada")
    names = [item.name for item in edit.columns(db, db.tables["person"])]
    stored = [item.name for item in db.tables["person"].fields]
    edit.order_fields(db, db.tables["person"], ["craft", *(name for name in stored if name != "craft")], "Ada")

    table = db.tables["person"]
    assert (table.fields[0].name, table.field("craft").label, table.field("craft").help) == (
        "craft",
        "Métier",
        "En un mot.",
    )
    assert "website" not in {item.name for items in table.sections.values() for item in items}
    assert "website" in names
    records.save(db, db.tables["person"], Edit({"craft": "Luthière", "website": "exemple.fr"}, person, 1), "Ada")
    assert history.of_row(db, "person", person, records.context(db))[0].sentence.startswith(
        "Ada a modifié : Métier (Relieur → Luthière) ; Site ou page (vide → exemple.fr)"
    )
    assert "obligatoire" in refused(edit.change_field, db, PERSON, "last_name", {"hidden": 1}, "Ada")
    assert check(db) == []


def test_a_rule_uses_the_label_of_the_office(db):
    person = insert_person(db)
    edit.change_field(db, db.tables["cer"], "ends_on", {"label": "Jusqu’au"}, "Ada")
    wrong = {"person_id": person, "kind": "cer", "rank": "first", "signed_on": "2024-01-01", "starts_on": "2024-01-01"}

    with pytest.raises(RuleError) as error:
        records.save(db, db.tables["cer"], Edit({**wrong, "ends_on": "2023-01-01"}), "Ada")

    assert str(error.value) == "Jusqu’au : la fin doit venir après le début"
    assert error.value.problems[0].field == "ends_on"


def test_an_undone_field_returns_with_its_values_when_redone(db, path):
    person = insert_person(db)
    name = edit.add_field(db, NewField("person", "Label", "choice", values=("A", "B")), "Ada")
    made = last(db)
    records.save(db, db.tables["person"], Edit({name: "A"}, person, 1), "Ada")

    undo.undo(db, made.id, "Ada")

    assert name not in {item.name for item in edit.columns(db, db.tables["person"])}
    assert db.tables["person"].field(name).hidden
    assert read_raw_row(path, "person", person)[name] == "own_a"
    assert check(db) == []
    undo.undo(db, last(db).id, "Ada")
    assert not db.tables["person"].field(name).hidden
    assert records.get(db, db.tables["person"], person).values[name] == "own_a"
    assert [one.retired for one in edit.values_of(db, own_list(db, name))] == [False, False]
    assert check(db) == []


def test_the_name_in_the_file_never_changes(db):
    edit.add_field(db, NUMBER, "Ada")

    with pytest.raises(sqlite3.IntegrityError, match="ne change pas"):
        db.execute("UPDATE own_field SET name = 'own_autre'")


COMMON = {"label": "X", "place": 90}
FIELD = {"of_table": "person", "name": "own_x", "kind": "text", "privacy": "secret", "shown": 1, "hidden": 0, **COMMON}
VALUE = {"of_list": "domain", "code": "own_x", "own": 1, "retired": 0, **COMMON}


@pytest.mark.parametrize(
    ("table", "values", "reason"),
    [
        ("own_field", {"name": "own_x; DROP TABLE person"}, "own_field.plain_name"),
        ("own_field", {"name": "phone"}, "own_field.plain_name"),
        ("own_field", {"of_table": "account"}, "own_field.known_table"),
        ("own_field", {"kind": "choice", "list_name": "x y"}, "own_field.known_list"),
        ("own_field", {"kind": "choice", "list_name": None}, "own_field.known_list"),
        ("own_field", {}, "own_field.one_each"),
        ("own_value", {"code": "x'y"}, "own_value.plain_code"),
        ("own_value", {"of_list": "x y"}, "own_value.plain_code"),
        ("own_value", {}, "own_value.one_each"),
    ],
)
def test_the_file_refuses_invalid_fields_and_values_from_any_program(db, table, values, reason):
    good = FIELD if table == "own_field" else VALUE
    insert(db, table, **good)  # the positive control; after it, another of the same name is one too many

    with pytest.raises(sqlite3.IntegrityError) as refused_by:
        insert(db, table, **{**good, **({"name": "own_y"} if table == "own_field" and values else {}), **values})

    assert str(refused_by.value).startswith(f"{reason} : ")


# ---- lists

DOMAINS, STATES = lists.DOMAINS, lists.CONTRACT_KINDS


def labels(db):
    return [one.label for one in edit.values_of(db, DOMAINS)]


def test_values_are_added_renamed_retired_and_ordered(db):
    person = insert_person(db, domain="film")

    code = edit.add_value(db, DOMAINS, " Arts  numériques ", "Ada")
    edit.change_value(db, DOMAINS, "film", "Ada", label="Cinéma et audiovisuel")
    edit.change_value(db, DOMAINS, "other", "Ada", retired=1)
    edit.order_values(db, DOMAINS, [code, "film"], "Ada")

    known = titles.context(db)
    assert list(known.labels["domain"].values())[:2] == ["Arts numériques", "Cinéma et audiovisuel"]
    assert known.retired["domain"] == {"other"}
    assert records.get(db, db.tables["person"], person).values["domain"] == "film"
    assert {one.code: one.used for one in edit.values_of(db, DOMAINS)}["film"] == 1
    assert check(db) == []


def test_every_change_of_a_list_has_its_own_undo(db):
    start = labels(db)
    edit.change_value(db, DOMAINS, "film", "Ada", label="Cinéma")
    renamed = last(db)
    edit.add_value(db, DOMAINS, "Arts numériques", "Ada")
    added = last(db)

    undo.undo(db, renamed.id, "Ada")
    assert labels(db) == [*start, "Arts numériques"]
    undo.undo(db, added.id, "Ada")
    assert labels(db) == start
    assert check(db) == []


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda db: edit.add_value(db, DOMAINS, "ARTISANAT d'art", "Ada"), "« Artisanat d’art » est déjà"),
        (lambda db: edit.add_value(db, DOMAINS, " ", "Ada"), "ce champ est obligatoire"),
        (lambda db: edit.add_value(db, DOMAINS, "x" * 121, "Ada"), "le texte a 121 caractères, 120 au plus"),
        (lambda db: edit.add_value(db, STATES, "Autre contrat", "Ada"), "compte sur cette liste"),
        (lambda db: edit.change_value(db, STATES, "cer", "Ada", retired=1), "compte sur cette liste"),
        (lambda db: edit.change_value(db, DOMAINS, "film", "Ada", label="Autres"), "« Autres » est déjà"),
    ],
)  # fmt: skip
def test_an_invalid_change_of_a_list_is_refused_with_a_reason(db, call, reason):
    before = labels(db)

    assert reason in refused(call, db)

    assert labels(db) == before
