"""The whole office exported to a workbook and imported into an empty file: every row, number and value is equal."""

import shutil
import sqlite3
from contextlib import closing
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from db.base.errors import RefusedImportError
from db.customise import edit, model_file
from db.customise.edit import NewField
from db.export import plain_sqlite
from db.imports import plan, workbook_reader, write
from db.imports.plan_types import CREATE
from db.model import lists
from db.model.types import LongText, Text
from db.rows import operations, records, titles, transactions, undo
from db.rows.records import Edit
from db.storage import connection
from reports.sheets import whole_file
from tests.db.examples import FILLED_IN, full_row
from tests.db.factories import insert_aid
from tests.reports.reading_back import cell_values, cells_of, stored_values

DAY = "2023-03-06"
BOOKS = {one.suffix: one.make for one in whole_file.FORMATS if one.suffix != ".db"}


@pytest.fixture(scope="module")
def empty_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "palette.db"
    connection.create(path).close()
    return path


def open_empty(path, empty_path):
    """Return a connection to a new, empty file at that path."""
    shutil.copy(empty_path, path)
    db = connection.open_file(path)
    db.execute("PRAGMA synchronous = OFF")
    return db


def import_workbook(db, data, name):
    """Import a workbook as the screen does. Fail when a row waits or a value is guessed."""
    made = plan.plan(db, workbook_reader.read(data, name))
    assert (made.problems, made.guesses, made.near) == ([], [], [])
    return write.write(db, made, "Ada")


def all_stored_values(db):
    return {name: stored_values(db, table) for name, table in db.files.items()}


@pytest.mark.parametrize("suffix", BOOKS)
def test_the_demonstration_comes_back_as_it_was(demo_path, empty_path, tmp_path, suffix):
    with (
        closing(connection.open_file(demo_path)) as db,
        closing(open_empty(tmp_path / "palette.db", empty_path)) as back,
    ):
        before = all_stored_values(db)
        data = BOOKS[suffix](db, DAY, lambda done, what: None)
        cells, known = cells_of(data), titles.context(db)
        for table in db.files.values():  # each cell reads as its value, without the import's help
            assert cell_values(cells, table, known) == before[table.name]

        done = import_workbook(back, data, f"tout{suffix}")

        assert done.created == sum(map(len, before.values())) > 8_000
        assert all_stored_values(back) == before
        assert cells_of(BOOKS[suffix](back, DAY, lambda done, what: None)) == cells
        again = plan.plan(back, workbook_reader.read(data, f"tout{suffix}"))
        assert (again.count("unchanged"), len(again.problems)) == (done.created, 0)


NASTY = st.sampled_from(
    ["=1+1", "0012", "-", "?", "NC", "néant", "Total", "1e5", "TRUE", "01/02/2020", "_x000D_", "_x0041_", "<r>x</r>",
     "'", "a;b", "12,50 €", "@nom", "n° 3", "Lou n° 2", "N°", "#REF!", "\U0001f3a8", "\u200b", "\u202eabc", "\ufeffx",
     "]]>&lt;",     "a\tb", "x  y", "a\n\n\n  b", "=1\n=2", "fin ;\n;", "\ufffe", "a\x0bb", "e\u0301"]
)  # fmt: skip
TEXTS = NASTY | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@st.composite
def offices(draw):
    """Draw, for each table, the texts of two rows by field; a text that the field refuses is not applied."""
    names = [(t.name, f.name) for t in FILLED_IN for f in t.fields if type(f.type) in (Text, LongText)]
    return {(*name, number): draw(TEXTS) for name in names for number in (1, 2)}


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(offices())
def test_any_text_comes_back_as_it_was_kept(tmp_path_factory, empty_path, texts):
    folder = tmp_path_factory.mktemp("nasty")
    with closing(open_empty(folder / "palette.db", empty_path)) as db:
        known = titles.context(db)
        for table in FILLED_IN:
            for number in (1, 2):
                values = full_row(db, db.tables[table.name], number)
                for item in table.fields:
                    text = texts.get((table.name, item.name, number))
                    if text and isinstance(item.type, Text) and item.type.read(text[: item.type.max], known):
                        unlike = f"{number} " * (item.name == "source_id")  # two partners never share it in one source
                        values[item.name] = f"{unlike}{text}"[: item.type.max]
                records.save(db, db.tables[table.name], Edit(values), "Ada")
        before = all_stored_values(db)
        for suffix, make in BOOKS.items():
            with closing(open_empty(folder / f"back{suffix}.db", empty_path)) as back:
                import_workbook(back, make(db, DAY, lambda done, what: None), f"tout{suffix}")
                assert all_stored_values(back) == before


@pytest.fixture
def two_alike(tmp_path, empty_path):
    """An office with what an import of another file questions: twins, an archived person, a name with a number."""
    with closing(open_empty(tmp_path / "palette.db", empty_path)) as db:
        for number in (1, 2, 3):
            values = {"last_name": "Marchand", "first_name": "Lou", "gender": "woman", "birth_date": "1980-01-01"}
            records.save(db, db.files["person"], Edit(values | {"note": f"la {number}"}), "Ada")
        partners = [records.save(db, db.files["partner"], Edit({"name": name}), "Ada").row_id
                    for name in ("Galerie", "Galerie n° 1", "Galerie ; Atelier", "n° 1")]  # fmt: skip
        for name, partner in zip("abcd", partners, strict=True):
            project = {"name": name, "partner_id": partner, "participants": (2, 1, 3)}
            records.save(db, db.files["project"], Edit(project), "Ada")
        db.execute("UPDATE person SET archived_on = '2024-01-01' WHERE id = 2")
        db.execute("UPDATE person SET id = 40 WHERE id = 3")
        db.execute("UPDATE project SET participants = '[2, 1, 40]'")
        yield db


@pytest.mark.parametrize("suffix", BOOKS)
def test_similar_rows_stay_separate_and_references_find_their_row(two_alike, tmp_path, empty_path, suffix):
    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        import_workbook(back, BOOKS[suffix](two_alike, DAY, lambda done, what: None), f"tout{suffix}")

        assert all_stored_values(back) == all_stored_values(two_alike)
        assert [row["partner_id"] for row in stored_values(back, back.files["project"]).values()] == [1, 2, 3, 4]
        assert list(stored_values(back, back.files["person"])) == [1, 2, 40]


@pytest.mark.parametrize("suffix", BOOKS)
def test_an_office_with_fields_lists_and_limits_of_its_own_comes_back_after_its_model(
    tmp_path, empty_path, two_alike, suffix
):
    db = two_alike
    kinds = {"text": "=1", "long": "a\nb", "integer": -12, "euros": 12_34, "date": "2024-02-29", "yes_no": 0}
    values = {edit.add_field(db, NewField("person", f"Le {kind}", kind), "Ada"): v for kind, v in kinds.items()}
    labels = ("Or", "Argent ; vermeil", "Cuivre")
    own = edit.add_field(db, NewField("person", "Métaux", "choices", values=labels), "Ada")
    edit.change_field(db, db.tables["person"], "craft", {"label": "Métier", "hidden": 1}, "Ada")
    gone = edit.add_field(db, NewField("person", "Repris", "text"), "Ada")
    operation = operations.last_of(db, "Ada", "own_field")
    db.execute(f"UPDATE person SET {gone} = 'Zorglub' WHERE id = 1")
    assert operation
    undo.undo(db, operation.id, "Ada")
    edit.add_value(db, lists.DOMAINS, "Arts numériques", "Ada")
    with transactions.writing(db):
        records.change(db, db.tables["setting"], 1, {"aid_ceiling": 2_000_00}, "Ada")
    metals = db.tables["person"].field(own).list
    assert metals
    codes = {label: code for code, label in titles.context(db).labels[metals.name].items()}
    digital = next(code for code, label in titles.context(db).labels["domain"].items() if label == "Arts numériques")
    values |= {own: (codes["Or"], codes["Argent ; vermeil"]), "craft": "Relieuse", "domain": digital}
    records.save(db, db.tables["person"], Edit(values, 1, 1), "Ada")
    insert_aid(db, 1, 1_900_00)
    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        model_file.import_model(back, model_file.export_model(db), "Ada", commit=True)

        import_workbook(back, BOOKS[suffix](db, DAY, lambda done, what: None), f"tout{suffix}")

        there = all_stored_values(db)
        assert [row.pop(gone) for row in there["person"].values()] == [
            "Zorglub",
            None,
            None,
        ]  # kept, and not taken away
        assert all_stored_values(back) == there
        assert there["person"][1].items() >= values.items()
        copy = plain_sqlite.content(db)
        assert b"Zorglub" not in copy
    with closing(sqlite3.connect(":memory:")) as plain:
        plain.deserialize(copy)
        assert plain.execute(f"SELECT {own} FROM person WHERE id = 1").fetchone()[0].count('"') == 4
        shown = plain.execute('SELECT "Métaux", "Le euros", "Métier" FROM "Personnes (en clair)"').fetchone()
        assert shown == ("Or ; Argent ; vermeil", 12.34, "Relieuse")


def test_the_import_is_undone_as_one_operation(two_alike, tmp_path, empty_path):
    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        done = import_workbook(back, whole_file.xlsx_bytes(two_alike, DAY), "tout.xlsx")

        undo.undo(back, done.operation, "Ada")

        assert not any(all_stored_values(back).values())


# ---- a workbook that somebody changed


def change_cells(data, sheet, cells):
    """Return the workbook with changed cells: « B2 » -> value."""
    from io import BytesIO

    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data))
    for address, value in cells.items():
        book[sheet][address] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("sheet", "address", "value", "reason"),
    [
        ("Projets collectifs", "H2", "Lou n° 77", "la ligne n° 77 n’est pas dans ce classeur"),
        ("Projets collectifs", "H2", "Marchand Lou", "ne dit pas quelle ligne c’est"),
        ("Personnes", "A3", 1, "une autre ligne porte déjà ce numéro"),
        ("Personnes", "A3", "deux", "n’est pas le numéro d’une ligne"),
        ("Personnes", "F3", "Chevalier", "n’est pas dans la liste « Genre »"),
        ("Personnes", "F3", None, "ce champ est obligatoire"),
        ("Personnes", "E3", "mars", "n’est pas une date"),
    ],
)
def test_unreadable_cells_are_named_and_nothing_is_written(
    two_alike, tmp_path, empty_path, sheet, address, value, reason
):
    data = change_cells(whole_file.xlsx_bytes(two_alike, DAY), sheet, {address: value})
    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        made = plan.plan(back, workbook_reader.read(data, "tout.xlsx"))

        problem, *others = made.problems
        assert all(one.reason.startswith("la ligne ") for one in others)  # what refers to that row
        assert (problem.sheet, problem.row) == (sheet, int(address[1:]))
        assert reason in problem.reason
        with pytest.raises(RefusedImportError):
            write.write(back, made, "Ada")
        assert not any(all_stored_values(back).values())


def test_an_unknown_column_is_reported(two_alike, tmp_path, empty_path):
    data = change_cells(whole_file.xlsx_bytes(two_alike, DAY), "Personnes", {"C1": "Petit nom"})
    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        made = plan.plan(back, workbook_reader.read(data, "tout.xlsx"))

    sheet = next(sheet for sheet in made.sheets if sheet.name == "Personnes")
    assert [(column.header, column.field) for column in sheet.columns if column.why] == [("Petit nom", "")]
    assert sheet.count(CREATE) == 0  # the first name is missing


def test_a_file_that_holds_something_is_compared_and_not_filled(two_alike, tmp_path, empty_path):
    data = whole_file.xlsx_bytes(two_alike, DAY)
    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        records.save(back, back.files["partner"], Edit({"name": "Galerie", "town": "Figeac"}), "Ada")

        made = plan.plan(back, workbook_reader.read(data, "tout.xlsx"))

    partners = next(sheet for sheet in made.sheets if sheet.name == "Partenaires")
    assert partners.count("unchanged") == 1


def test_a_workbook_of_an_earlier_version_comes_back_whatever_its_sheets_were_called(empty_path, tmp_path):
    db = open_empty(tmp_path / "palette.db", empty_path)
    who = {"last_name": "Marchand", "first_name": "Lou", "gender": "woman"}
    person = records.save(db, db.tables["person"], Edit(who), "Ada").row_id
    met = {"person_id": person, "happened_on": "2023-03-06", "domain": "coaching"}
    records.save(db, db.tables["intervention"], Edit(met), "Ada")
    book = load_workbook(BytesIO(BOOKS[".xlsx"](db, DAY, lambda done, what: None)))
    book["Entretiens et démarches"].title = "Interventions"
    book.save(earlier := BytesIO())

    with closing(open_empty(tmp_path / "back.db", empty_path)) as back:
        import_workbook(back, earlier.getvalue(), "tout.xlsx")
        assert stored_values(back, back.files["intervention"]) == stored_values(db, db.files["intervention"])
    db.close()
