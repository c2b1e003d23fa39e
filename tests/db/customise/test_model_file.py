"""The model file of one office imported into another: entirely, or not at all with every reason."""

import json

import pytest

from db.base.errors import InvalidError
from db.customise import edit, model_file
from db.customise.edit import NewField
from db.model import lists
from db.rows import records, transactions, undo
from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import insert_person

DOMAINS = lists.DOMAINS


@pytest.fixture
def other(tmp_path):
    """Another office, with own fields, values and settings."""
    db = connection.create(tmp_path / "other" / "palette.db")
    insert_person(db, last_name="Secrétan")
    edit.add_field(db, NewField("person", "Label", "choice", values=("Or", "Argent"), help="S’il y en a."), "Zoé")
    edit.add_field(db, NewField("person", "Total des aides", "sum_of", source="aid.granted"), "Zoé")
    edit.change_field(db, db.tables["person"], "craft", {"label": "Métier", "hidden": 1}, "Zoé")
    edit.add_value(db, DOMAINS, "Arts numériques", "Zoé")
    edit.change_value(db, DOMAINS, "film", "Zoé", label="Cinéma")
    with transactions.writing(db):
        records.change(db, db.tables["setting"], 1, {"aid_ceiling": 1_200_00}, "Zoé")
    yield db
    db.close()


def customisation(db):
    known = records.context(db)
    table = db.tables["person"]
    fields = [(item.name, item.label, item.hidden, item.help) for item in table.columns]
    return fields, {name: list(labels.items()) for name, labels in known.labels.items()}, known.retired


def test_another_office_imports_the_whole_model(db, other):
    content = model_file.export_model(other)
    assert "Secrétan" not in content.decode()

    changes = model_file.import_model(db, content, "Ada", commit=True)

    assert customisation(db) == customisation(other)
    assert records.get(db, db.tables["setting"], 1).values["aid_ceiling"] == 1_200_00
    assert "Personnes, champ « Label » : ajouté" in changes
    assert "Liste « Domaine d’activité », valeur « Cinéma » : change (valeur)" in changes
    assert any(line.startswith("Réglage « Plafond des aides par personne » : 900") for line in changes)
    assert check(db) == []
    assert model_file.import_model(db, content, "Ada", commit=True) == [], "a second time changes nothing"


def test_a_model_never_changes_whether_a_field_is_published(db, other):
    edit.change_field(other, other.tables["person"], "own_label", {"published": ("Or",)}, "Zoé")
    content = model_file.export_model(other)
    assert "champ_label" not in content.decode()
    found = json.loads(content)
    found["own_field"][0] |= {"privacy": "grouped", "published": "champ_label : Label\nown_or : Or"}

    model_file.import_model(db, json.dumps(found).encode(), "Ada", commit=True)

    assert edit.published(db) == []
    assert db.execute("SELECT DISTINCT privacy, published FROM own_field").fetchall() == [("secret", None)]
    edit.change_field(db, db.tables["person"], "own_label", {"published": ("Argent",)}, "Ada")
    assert model_file.import_model(db, json.dumps(found).encode(), "Ada", commit=True) == []
    assert [one.labels[0] for one in edit.published(db)] == ["Argent"]


def test_an_imported_model_is_one_operation_with_one_undo(db, other):
    before = customisation(db)
    model_file.import_model(db, model_file.export_model(other), "Ada", commit=True)

    undo.undo(db, 1, "Ada")

    fields, labels, retired = customisation(db)
    assert [field for field in fields if not field[2]] == before[0]
    assert labels["domain"][:6] == before[1]["domain"]
    assert retired["domain"] == {"own_arts_numeriques"}
    assert records.get(db, db.tables["setting"], 1).values["aid_ceiling"] == 900_00


def test_a_trial_changes_nothing(db, other):
    before = customisation(db)

    changes = model_file.import_model(db, model_file.export_model(other), "Ada", commit=False)

    assert len(changes) > 5
    assert customisation(db) == before
    assert db.execute("SELECT count(*) FROM own_field").fetchone() == (0,)


def changed(content, part, **values):
    found = json.loads(content)
    found[part][0] |= values
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("part", "values", "reason"),
    [
        ("own_field", {"name": "own_x; DROP TABLE person"}, "n’a que des lettres"),
        ("own_field", {"of_table": "account"}, "cette table n’existe pas"),
        ("own_field", {"list_name": "own_x)"}, "cette liste n’existe pas"),
        ("own_field", {"list_name": None}, "cette liste n’existe pas"),
        ("own_field", {"kind": "sql"}, "n’est pas dans la liste"),
        ("own_field", {"kind": "count_of", "source": "person"}, "ce dont il découle n’existe pas ici"),
        ("own_field", {"label": "Téléphone"}, "existe déjà"),
        ("own_field", {"label": ["a"]}, ""),
        ("own_value", {"code": "a'b"}, "n’a que des lettres"),
        ("own_value", {"of_list": "x y"}, "n’a que des lettres"),
    ],
)
def test_an_altered_model_is_refused_entirely(db, other, part, values, reason):
    content = changed(model_file.export_model(other), part, **values)
    before, tables = customisation(db), db.execute("SELECT count(*) FROM sqlite_master").fetchone()

    if reason:
        with pytest.raises(InvalidError, match=reason):
            model_file.import_model(db, content, "Ada", commit=True)
        assert customisation(db) == before
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == tables
    else:
        model_file.import_model(db, content, "Ada", commit=True)
    assert check(db) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"PK\x03\x04",
        b'{"palette": 1, "own_field": {}}',
        b'{"palette": 1, "setting": 3}',
    ],
)
def test_another_kind_of_file_is_refused(db, content):
    with pytest.raises(InvalidError, match="pas un modèle de Palette"):
        model_file.import_model(db, content, "Ada", commit=True)


def test_a_model_of_a_later_palette_is_refused(db):
    with pytest.raises(InvalidError, match="version plus récente"):
        model_file.import_model(db, b'{"palette": 2}', "Ada", commit=True)


def test_a_model_is_read_in_a_process_with_limits(db):
    """What a few megabytes of JSON become is bounded; a server would hold it for every session."""
    many = b'{"palette": 1, "own_value": [' + b'{"a":{}},' * 400_000 + b"{}]}"
    large = json.dumps({"palette": 1, "own_value": [{"label": "é" * 2_000}] * 4_999}).encode()

    for content, words in (
        (many, "n’est pas un modèle"),
        (b"[" * 2_000_000, "n’est pas un modèle"),
        (large, "trop gros"),
    ):
        with pytest.raises(InvalidError, match=words):
            model_file.import_model(db, content, "Ada", commit=False)
