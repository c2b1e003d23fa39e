"""`python -m db template` and `import`: output, written rows and exit code."""

import io
import json
import shutil
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from db.__main__ import cli
from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import CREATE, SAME
from db.imports.write import write
from db.model.dictionary import FILES
from db.model.types import Choice, Date, Euros, Reference, References, YesNo
from db.rows.titles import context
from db.storage import connection
from tests.db.examples import full_row
from tests.db.imports import files


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def office(tmp_path, empty_file):
    return shutil.copy(empty_file, tmp_path / "palette.db")


def saved(tmp_path, *rows, name="liste.xlsx"):
    path = tmp_path / name
    path.write_bytes(files.xlsx({"Personnes": [["Nom", "Prénom", "Date de naissance", "Sexe"], *rows]}))
    return path


def count_persons(office):
    db = connection.open_file(office)
    (found,) = db.execute("SELECT count(*) FROM person WHERE deleted_at IS NULL").fetchone()
    db.close()
    return found


def test_an_import_is_written_and_signed_and_a_second_one_does_nothing(office, tmp_path):
    path = saved(tmp_path, ["Hugo", "Léo", "02/01/1970", "M."], ["Prévert", "Zoé", None, "Femme"])

    first = run("import", office, path, "--json")

    assert first.exit_code == 0
    output = json.loads(first.stdout)
    assert (output["written"], output["created"], output["updated"], output["unchanged"], output["problems"]) == (
        True,
        2,
        0,
        0,
        [],
    )
    assert [(guess["value"], guess["read_as"], guess["how"]) for guess in output["guesses"]] == [
        ("M.", "Homme", "synonyme")
    ]
    db = connection.open_file(office)
    assert db.execute("SELECT DISTINCT who FROM history WHERE table_name = 'person'").fetchall() == [
        ("ligne de commande",)
    ]
    db.close()

    second = run("import", office, path)
    assert (second.exit_code, second.stdout.splitlines()[-1]) == (
        0,
        "0 créées, 0 modifiées, 2 inchangées, 0 en attente. Tout est enregistré.",
    )


def test_problems_exit_with_1_and_write_nothing(office, tmp_path):
    path = saved(tmp_path, ["Hugo", "Léo", "hier", "Homme"], ["Prévert", "Zoé", None, "Femme"])

    result = run("import", office, path, "--json")

    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert {name: problem[name] for name in ("sheet", "row", "column", "value")} == {
        "sheet": "Personnes", "row": 2, "column": "C", "value": "hier",
    }  # fmt: skip
    assert "n’est pas une date" in problem["reason"]
    assert count_persons(office) == 0


def test_a_dry_run_compares_and_writes_nothing(office, tmp_path):
    result = run("import", office, saved(tmp_path, ["Hugo", "Léo", "02/01/1970", "Homme"]), "--dry-run")

    assert result.exit_code == 0
    assert result.stdout.endswith("1 à créer, 0 à modifier, 0 inchangées, 0 en attente. Rien n’a été enregistré.\n")
    assert count_persons(office) == 0


def test_a_file_that_is_no_workbook_exits_with_2(office, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")

    for result in (
        run("import", office, path),
        run("import", office, tmp_path / "rien.xlsx"),
        run("import", path, path),
    ):
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.strip()


def test_a_filled_template_is_imported_without_correction(db, path, tmp_path):
    assert run("template", tmp_path / "modele.xlsx", path).exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "modele.xlsx")
    assert book.sheetnames == ["Lisez-moi", *(table.plural[:31] for table in FILES.values()), "Listes"]
    known, before = context(db), {}
    for table in FILES.values():
        values = full_row(db, db.tables[table.name], 0)
        values.pop("archived_on", None)
        before[table.name] = (table, values)
    rows = {name: _shown(db, table, values, known) for name, (table, values) in before.items()}
    for name, (table, _) in before.items():
        sheet = book[table.plural[:31]]
        assert [cell.value for cell in sheet[1]] == [item.label for item in table.fields]
        assert all(cell.comment for cell in sheet[1])
        listed = [item for item in table.fields if isinstance(item.type, Choice | YesNo)]
        assert len(sheet.data_validations.dataValidation) == len(listed)
        for place, value in enumerate(rows[name], 1):
            sheet.cell(2, place).value = value
    buffer = io.BytesIO()
    book.save(buffer)

    made = plan(db, workbook_reader.read(buffer.getvalue(), "modele.xlsx"))

    assert [str(problem) for problem in made.problems] == []
    assert all(column.how == "nom" for sheet in made.sheets if sheet.table for column in sheet.columns)
    assert made.count(CREATE) + made.count(SAME) + made.count("update") == len(FILES)
    write(db, made, "Ada")
    second = plan(db, workbook_reader.read(buffer.getvalue(), "modele.xlsx"))
    assert (second.count(SAME), second.problems) == (len(FILES), [])


def _shown(db, table, values, known):
    """A row as somebody types it: dates and sums as such, the rest in French."""
    found: list[Any] = []
    for item in table.fields:
        value = values.get(item.name)
        if value is None:
            found.append(None)
        elif isinstance(item.type, Date):
            found.append(datetime.fromisoformat(value))
        elif isinstance(item.type, Euros):
            found.append(value / 100)
        elif isinstance(item.type, Reference | References):
            ids = value if isinstance(value, tuple) else (value,)
            found.append(" ; ".join(known.title(item.target, one) + f" n° {one}" for one in ids))
        else:
            found.append(item.type.show(value, known))
    return found


def test_a_template_never_overwrites_a_file(tmp_path):
    path = tmp_path / "modele.xlsx"
    assert run("template", path).exit_code == 0
    size = path.stat().st_size

    assert (run("template", path).exit_code, path.stat().st_size) == (2, size)
