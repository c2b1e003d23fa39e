"""Publication of own fields: nothing without an explicit change, only groups, and no text that identifies a person."""

import sqlite3
from dataclasses import replace

import pytest

from db.base.errors import InvalidError
from db.customise import edit
from db.customise.edit import NewField
from db.model.dictionary import PERSON
from db.rows import history, personal_text, records, undo
from db.rows.records import Edit
from db.storage.integrity import check
from tests.db.customise.test_edit import NUMBER, OWN, last, own_list, refused
from tests.db.examples import read_raw_row
from tests.db.factories import insert_person

LABEL = NewField("person", "Label", "choice", values=("Or", "Argent", "Étain", "Fer", "Zinc", "Bois"))


def test_a_field_is_published_only_by_an_explicit_change_that_can_be_undone(db, path):
    name = edit.add_field(db, LABEL, "Ada")
    assert (read_raw_row(path, "own_field", 1)["privacy"], edit.published(db)) == ("secret", [])

    edit.change_field(db, db.tables["person"], name, {"published": ("argent", "Or")}, "Ada")

    [grouping] = edit.published(db)
    assert (grouping.name, grouping.label, grouping.figure) == ("champ_label", "Label", "own_label")
    assert grouping.labels == ("Or", "Argent", "Autre ou non précisé")
    assert grouping.categories == {"Or": ("own_or",), "Argent": ("own_argent",)}
    sentence = history.of_row(db, "own_field", 1, records.context(db))[0].sentence
    assert "Publication (Jamais publié → Publié par groupes seulement)" in sentence
    assert "own_argent : Argent" in sentence
    assert check(db) == []
    undo.undo(db, last(db).id, "Ada")
    assert (edit.published(db), len(edit.ever_published(db))) == ([], 1)
    undo.undo(db, last(db).id, "Ada")
    assert edit.published(db) == [grouping]
    edit.change_field(db, db.tables["person"], name, {"published": None}, "Ada")
    assert (edit.published(db), read_raw_row(path, "own_field", 1)["published"]) == ([], None)


def test_a_field_may_be_published_when_added_and_undone_with_it(db):
    edit.add_field(db, replace(LABEL, published=("Or",)), "Ada")
    assert [grouping.labels for grouping in edit.published(db)] == [("Or", "Autre ou non précisé")]
    assert check(db) == []

    undo.undo(db, last(db).id, "Ada")

    assert edit.published(db) == []


def test_a_published_grouping_is_frozen_and_other_values_start_a_new_series(db):
    name = edit.add_field(db, replace(LABEL, published=("Or",)), "Ada")
    [grouping] = edit.published(db)
    edit.change_field(db, db.tables["person"], name, {"label": "Distinction"}, "Ada")
    edit.change_value(db, own_list(db, name), "own_or", "Ada", label="Doré", retired=1)
    assert edit.published(db) == [grouping]

    edit.change_field(db, db.tables["person"], name, {"published": ("Doré", "Fer")}, "Ada")
    [other] = edit.published(db)
    assert (other.name, other.label, other.labels[:2]) == ("champ2_label", "Distinction", ("Doré", "Fer"))
    edit.change_field(db, db.tables["person"], name, {"label": "Label"}, "Ada")
    edit.change_value(db, own_list(db, name), "own_or", "Ada", label="Or", retired=0)
    edit.change_field(db, db.tables["person"], name, {"published": ("Or",)}, "Ada")
    assert edit.published(db) == [grouping], "an earlier grouping keeps its name"
    assert [one.name for one in edit.ever_published(db)] == ["champ_label", "champ2_label"]


def test_one_field_at_most_is_published_at_once(db):
    edit.add_field(db, replace(LABEL, label="Un", published=("Or",)), "Ada")
    edit.change_field(db, db.tables["person"], "own_un", {"published": ("Fer",)}, "Ada")

    assert "« Un » est déjà publié : un seul champ du bureau l’est à la fois" in refused(
        edit.add_field, db, replace(LABEL, published=("Or",)), "Ada"
    )

    edit.change_field(db, db.tables["person"], "own_un", {"published": None}, "Ada")
    edit.add_field(db, replace(LABEL, published=("Or",)), "Ada")
    assert [one.label for one in edit.published(db)] == ["Label"]


def test_a_hidden_field_is_not_published(db):
    name = edit.add_field(db, replace(LABEL, published=("Or",)), "Ada")
    edit.change_field(db, db.tables["person"], name, {"hidden": 1}, "Ada")

    assert edit.published(db) == []


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ((), "choisissez de une à 5 valeurs"),
        (("Or", "Argent", "Étain", "Fer", "Zinc", "Bois"), "choisissez de une à 5 valeurs"),
        (("Or", "Platine"), "choisissez de une à 5 valeurs"),
        (("Autre ou non précisé",), "est déjà la ligne de toutes les autres"),
        (("Lou Marchand",), "contient ce qui est écrit dans un dossier"),
    ],
)
def test_values_that_cannot_be_public_are_refused(db, labels, sentence):
    insert_person(db)
    name = edit.add_field(db, replace(LABEL, values=(*LABEL.values, "Autre ou non précisé", "Lou Marchand")), "Ada")

    assert sentence in refused(edit.change_field, db, PERSON, name, {"published": labels}, "Ada")

    assert edit.published(db) == []


@pytest.mark.parametrize(
    "new",
    [
        *(NewField("person", "X", kind) for kind in ("text", "long", "integer", "euros", "date", "yes_no", "email")),
        NewField("person", "X", "choices", list_name="domain"),
        NewField("person", "X", "age", source="birth_date"),
        NewField("aid", "X", "choice", list_name="domain"),
    ],
)
def test_only_a_choice_of_a_person_can_ever_be_published(db, new):
    edit.add_field(db, replace(new, label="Sans suite"), "Ada")
    assert not edit.may_be_published(new.table, new.kind)

    with pytest.raises(InvalidError, match="seul « Un choix dans une liste »"):
        edit.add_field(db, replace(new, published=("Or",)), "Ada")
    with pytest.raises(sqlite3.IntegrityError, match="own_field.published_choice"):
        db.execute(
            "UPDATE own_field SET privacy = 'grouped', published = 'champ_sans_suite : X' || char(10) || 'a : A'"
        )

    assert db.execute("SELECT count(*) FROM own_field").fetchone() == (1,)


@pytest.mark.parametrize(
    "text",
    ["champ_label", "champ_autre : X\nown_or : Or", "person : X\nown_or : Or", "champ_label : X", ""]
    + ["champ_label : X" + "\nown_or : Or" * 6],
)
def test_the_file_refuses_a_malformed_publication(db, text):
    edit.add_field(db, LABEL, "Ada")

    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE own_field SET privacy = 'grouped', published = ?", (text,))

    assert edit.published(db) == []


def test_a_publication_written_by_another_program_publishes_nothing(db):
    edit.add_field(db, LABEL, "Ada")
    db.execute("UPDATE own_field SET privacy = 'grouped', published = ?", ("champ_label : X\nown_or : Or\nrien",))

    assert edit.published(db) == []


# ---- what no public text may hold


def test_the_content_of_an_own_field_is_personal_text(db):
    person = insert_person(db)
    edit.add_field(db, NUMBER, "Ada")
    assert "numéro secret 12" not in personal_text.collect_personal_texts(db)

    records.save(db, db.tables["person"], Edit({OWN: "numéro secret 12"}, person, 1), "Ada")

    assert "numéro secret 12" in personal_text.collect_personal_texts(db)


def test_frequent_texts_are_not_personal_but_names_days_and_numbers_always_are(db):
    for number in range(5):
        insert_person(db, last_name=f"Nom{number}", town="Figeac", phone="06 39 98 00 09", birth_date="1980-03-01")
        assert ("Figeac" in personal_text.collect_personal_texts(db)) == (number < 4)

    assert {"Lou Nom0", "Nom4 Lou", "1980-03-01", "06 39 98 00 09"} <= personal_text.collect_personal_texts(db)
