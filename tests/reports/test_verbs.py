"""`python -m reports photo` and `whole`: output, written files, and refusals in French that write nothing."""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from pptx import Presentation
from pypdf import PdfReader

from db.rows import access_log
from db.storage import connection
from reports.__main__ import cli
from reports.sheets import whole_file as whole
from tests.db.factories import insert_person, insert_stage

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small_path(tmp_path_factory):
    """An office of one person, faster to draw than the demonstration."""
    path = tmp_path_factory.mktemp("small") / "palette.db"
    db = connection.create(path)
    insert_stage(db, insert_person(db, rights=None), "diagnostic", "2022-05-01")
    db.close()
    return path


@pytest.fixture
def folder(tmp_path):
    """The empty folder that files are written into."""
    path = tmp_path / "papers"
    path.mkdir()
    return path


def run_photo(path, when, target, *options) -> Result:
    return CliRunner().invoke(cli, ["photo", str(path), when, "--to", str(target), *options])


def read_output(result, target):
    """Return the bytes written by a command that succeeded."""
    assert result.exception is None
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == f"Écrit : {target}"
    return target.read_bytes()


def refusal_text(result, folder):
    """Return the message of a command that did nothing."""
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "Écrit" not in result.output
    assert list(folder.iterdir()) == []
    return result.stderr.strip()


# --- written


def test_photo_writes_a_deck(demo_path, folder):
    data = read_output(run_photo(demo_path, "2022", folder / "bilan.pptx"), folder / "bilan.pptx")

    texts = [
        shape.text_frame.text
        for slide in Presentation(BytesIO(data)).slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    assert any(text.startswith("139 personnes suivies en 2022") for text in texts)


def test_photo_writes_a_pdf(small_path, folder):
    data = read_output(run_photo(small_path, "2023-03-06", folder / "photo.PDF"), folder / "photo.PDF")

    assert data.startswith(b"%PDF-")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    assert "Photo au 06/03/2023" in " ".join(text.split())


def test_photo_writes_a_workbook(demo_path, folder):
    data = read_output(run_photo(demo_path, "2022-01-01/2022-12-31", folder / "bilan.xlsx"), folder / "bilan.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(data))["Photo-bilan"]
    assert sheet["A1"].value == "Bilan 2022"
    assert {line[0].value: line[1].value for line in sheet.iter_rows(min_row=5)}["Personnes suivies"] == 139


def test_photo_writes_all_charts(small_path, folder):
    data = read_output(run_photo(small_path, "2022", folder / "graphiques.zip"), folder / "graphiques.zip")

    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert {"LISEZ-MOI.txt", "chiffres-2022.xlsx", "png/genre-2022.png", "csv/genre-2022.csv"} <= set(names)


def test_an_older_paper_of_that_name_is_replaced(small_path, folder):
    (folder / "bilan.xlsx").write_bytes(b"ancien")

    assert read_output(run_photo(small_path, "2022", folder / "bilan.xlsx"), folder / "bilan.xlsx").startswith(b"PK")


def test_the_office_file_stays_as_it_was(small_path, folder):
    before = small_path.read_bytes()
    run_photo(small_path, "2022", folder / "bilan.xlsx")

    assert small_path.read_bytes() == before


# --- what was known


def read_headline(target):
    sheet = openpyxl.load_workbook(target)["Photo-bilan"]
    return sheet["A2"].value, sheet["B5"].value


def test_what_was_known_on_a_day(small_path, folder):
    read_output(run_photo(small_path, "2022", folder / "now.xlsx"), folder / "now.xlsx")
    read_output(run_photo(small_path, "2022", folder / "then.xlsx", "--known-on", "2022-12-31"), folder / "then.xlsx")

    told, number = read_headline(folder / "now.xlsx")
    assert (told, number) == ("Ce qui était vrai, d’après tout ce qui est enregistré aujourd’hui", 1)
    told, number = read_headline(folder / "then.xlsx")
    assert (told, number) == ("Ce que l’on savait au 31/12/2022", 0)  # the person was typed in today


def test_what_was_known_on_the_day_of_the_source(demo_path, folder):
    read_output(run_photo(demo_path, "2022", folder / "x.xlsx", "--known-on", "2023-03-06"), folder / "x.xlsx")

    assert read_headline(folder / "x.xlsx") == ("Ce que l’on savait au 06/03/2023", 139)


# --- refused


@pytest.mark.parametrize("name", ["bilan.txt", "bilan.docx", "bilan", "bilan.xlsx.bak", ".pptx"])
def test_another_format_is_refused(small_path, folder, name):
    told = refusal_text(run_photo(small_path, "2022", folder / name), folder)

    assert "choisissez un fichier .pptx, .pdf, .xlsx ou .zip." in told


@pytest.mark.parametrize("when", ["22", "2022-13-01", "2023-02-29", "06/03/2023", "2022-06-30/2022-01-01", ""])
def test_an_invalid_period_is_refused(small_path, folder, when):
    told = refusal_text(run_photo(small_path, when, folder / "bilan.xlsx"), folder)

    assert told.startswith(f"« {when} » n’est ni une année (2022), ni une date (2023-03-06),")


@pytest.mark.parametrize("known_on", ["31/12/2022", "2022-02-30", "hier"])
def test_an_invalid_day_is_refused(small_path, folder, known_on):
    told = refusal_text(run_photo(small_path, "2022", folder / "bilan.xlsx", "--known-on", known_on), folder)

    assert known_on in told


def test_no_office_file_is_refused(tmp_path, folder):
    told = refusal_text(run_photo(tmp_path / "none.db", "2022", folder / "bilan.xlsx"), folder)

    assert told.startswith(f"Il n’y a pas de fichier Palette à l’adresse {tmp_path / 'none.db'}.")
    assert not (tmp_path / "none.db").exists()


def test_a_file_of_another_program_is_refused(tmp_path, folder):
    (tmp_path / "letter.db").write_text("Bonjour" * 200)

    assert "n’est pas un fichier de Palette, ou il est abîmé" in refusal_text(
        run_photo(tmp_path / "letter.db", "2022", folder / "bilan.xlsx"), folder
    )
    assert (tmp_path / "letter.db").read_text() == "Bonjour" * 200


def test_a_target_that_is_a_file_used_as_a_folder_is_refused(small_path, tmp_path, folder):
    (tmp_path / "file").write_text("précieux")

    told = refusal_text(run_photo(small_path, "2022", tmp_path / "file" / "bilan.xlsx"), folder)

    assert told == f"Le dossier {tmp_path / 'file'} n’existe pas ; rien n’a été écrit."
    assert (tmp_path / "file").read_text() == "précieux"


def test_a_folder_that_is_not_there_is_refused_before_any_work(small_path, tmp_path, folder):
    told = refusal_text(run_photo(small_path, "2022", tmp_path / "nulle part" / "bilan.xlsx"), folder)

    assert told == f"Le dossier {tmp_path / 'nulle part'} n’existe pas ; rien n’a été écrit."


def test_an_invalid_known_on_day_is_refused(small_path, folder):
    command = ["photo", str(small_path), "2022", "--to", str(folder / "bilan.xlsx"), "--known-on", "2022"]

    assert "n’est pas une date" in refusal_text(CliRunner().invoke(cli, command), folder)


def test_without_a_target_nothing_is_made(small_path, folder):
    assert "--to" in refusal_text(CliRunner().invoke(cli, ["photo", str(small_path), "2022"]), folder)


def test_the_module_answers_on_the_command_line(folder):
    command = [sys.executable, "-m", "reports", "photo", str(folder / "none.db"), "2022", "--to", str(folder / "x.pdf")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Il n’y a pas de fichier Palette")
    assert list(folder.iterdir()) == []


# --- the whole file


def run_whole(path, target, *options) -> Result:
    return CliRunner().invoke(cli, ["whole", str(path), "--to", str(target), "--who", "Ada", *options])


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".DB"])
def test_the_whole_file_is_written_for_its_owner_and_leaves_a_trace(small_path, folder, suffix):
    data = read_output(run_whole(small_path, folder / f"tout{suffix}"), folder / f"tout{suffix}")

    assert data.startswith(b"SQLite format 3" if suffix == ".DB" else b"PK")
    assert (folder / f"tout{suffix}").stat().st_mode & 0o777 == 0o600
    db = connection.open_file(small_path)
    last = access_log.find(db, who="Ada", action="export")[0][0]
    db.close()
    chosen = whole.format_of_suffix(suffix)
    assert chosen
    assert last.detail == f"Tout le fichier · {chosen.name}"


def test_a_whole_file_that_is_there_is_replaced_only_when_asked(small_path, folder):
    (folder / "tout.xlsx").write_bytes(b"ancien")

    result = run_whole(small_path, folder / "tout.xlsx")

    assert result.exit_code == 2
    assert result.stderr.strip() == (
        f"Il y a déjà un fichier à l’adresse {folder / 'tout.xlsx'} ; rien n’a été écrit. Pour le remplacer : --force."
    )
    assert (folder / "tout.xlsx").read_bytes() == b"ancien"
    assert read_output(run_whole(small_path, folder / "tout.xlsx", "--force"), folder / "tout.xlsx").startswith(b"PK")
    assert [one.name for one in folder.iterdir()] == ["tout.xlsx"]


def test_the_office_file_is_never_replaced_by_its_copy(small_path):
    before = small_path.read_bytes()

    result = run_whole(small_path, small_path, "--force")

    assert (result.exit_code, small_path.read_bytes()) == (2, before)
    assert "est le fichier de Palette lui-même" in result.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [("tout.csv", "choisissez un fichier .xlsx, .ods ou .db."), ("nulle part/tout.ods", "n’existe pas")],
)
def test_a_whole_file_that_cannot_be_is_refused_before_any_work(small_path, folder, name, told):
    assert told in refusal_text(run_whole(small_path, folder / name), folder)


def test_whole_of_a_missing_office_file_is_refused(tmp_path, folder):
    told = refusal_text(run_whole(tmp_path / "none.db", folder / "tout.db"), folder)

    assert told.startswith("Il n’y a pas de fichier Palette")
