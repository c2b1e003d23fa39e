"""The attachments as ZIP: every file byte for byte, under the numbers that the workbook lists; none that is deleted."""

import io
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from db.export import attachments_zip
from db.imports import isolated_reader, plan
from db.imports.plan_types import ImportChoices
from db.rows import access_log, records
from db.storage import connection
from reports.__main__ import cli
from reports.pdf import person_file
from reports.sheets import whole_file
from tests.db.attachments.samples import insert_attachment
from tests.db.factories import insert_person


@pytest.fixture
def kept(db):
    """Two persons with files, one of which is deleted. Returns the persons."""
    person, other = insert_person(db), insert_person(db)
    insert_attachment(db, person, b"%PDF one", added_on="1950-02-03")
    insert_attachment(db, other, b"%PDF two", name="a/b")
    gone = insert_attachment(db, person, b"%PDF gone", name="ôté.pdf")
    records.delete(db, db.tables["attachment"], {gone: 1}, "Ada")
    return person, other


def entries(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {one.filename: archive.read(one) for one in archive.infolist()}


def test_a_zip_holds_every_file_of_its_volume(db, kept):
    person, other = kept
    (volume,) = attachments_zip.volumes(db)

    assert entries(attachments_zip.zip_bytes(db, volume)) == {
        f"{person}/1 devis.pdf": b"%PDF one",
        f"{other}/2 a-b.pdf": b"%PDF two",
    }


def test_the_workbook_lists_them_and_an_empty_palette_leaves_the_sheet_aside(db, kept, new_office, tmp_path):
    book = whole_file.xlsx_bytes(db, "2026-06-01")
    sheet = openpyxl.load_workbook(io.BytesIO(book))["Pièces jointes"]

    assert [row[0:3] for row in sheet.iter_rows(values_only=True)][1:] == [
        (1, "Marchand Lou n° 1", "devis.pdf"),
        (2, "Marchand Lou n° 2", "a/b"),
    ]
    with closing(new_office(tmp_path / "empty.db")) as empty:
        made = plan.plan(empty, isolated_reader.read(book, "tout.xlsx"), ImportChoices())
    assert made.problems == []
    assert {one.name: one.table for one in made.sheets}["Pièces jointes"] == ""


def test_the_command_line_writes_all_of_them_and_leaves_a_trace(db, kept, tmp_path):
    target, path = tmp_path / "pieces.zip", str(connection.path_of(db))
    command = ["attachments", path, "--to", str(target), "--who", "Ada"]

    assert CliRunner().invoke(cli, command).exit_code == 0
    assert len(entries(target.read_bytes())) == 2
    assert access_log.find(db, action="export")[0][0].detail == "Pièces jointes"
    assert CliRunner().invoke(cli, command).exit_code != 0, "it is there already"
    assert [one for one in tmp_path.iterdir() if Path(one).name.startswith("palette-copie")] == []


def test_what_a_person_is_given_holds_the_files_also_deleted_ones(db, kept):
    person, _ = kept
    found = entries(person_file.zip_bytes(db, person, "2026-06-01"))

    assert {name: found[name] for name in found if name.startswith("pieces/")} == {
        "pieces/1 devis.pdf": b"%PDF one",
        "pieces/3 ôté.pdf": b"%PDF gone",
    }
    assert "Pièces jointes" in found["dossier.json"].decode()
