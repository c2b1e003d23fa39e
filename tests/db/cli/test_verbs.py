"""`python -m db VERB`: what is printed, what is written, and the exit code."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from db.__main__ import cli, text_of
from db.figures import counting
from db.storage import connection
from tests.db.factories import insert_exit, insert_followed_person, insert_person, insert_stage

ROOT = Path(__file__).parents[3]


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def refusal_text(result: Result) -> str:
    """Return the message on stderr of a command that did nothing."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


def test_init_makes_a_sound_empty_file(path):
    result = run("init", path)

    assert (result.exit_code, result.stdout) == (0, f"Fichier vide créé : {path}\n")
    assert run("check", path).exit_code == 0
    db = connection.open_file(path)
    assert db.execute("SELECT count(*) FROM person").fetchone()[0] == 0
    db.close()


def test_init_never_overwrites(path):
    path.write_text("précieux")

    assert refusal_text(run("init", path)) == f"Il y a déjà un fichier à l’adresse {path} ; rien n’a été écrit."
    assert path.read_text() == "précieux"


def test_demo_asks_the_demonstration_to_write_there(path, monkeypatch):
    asked: list[Path] = []
    monkeypatch.setitem(sys.modules, "db.demo.create", SimpleNamespace(write=asked.append))

    result = run("demo", path)

    assert (result.exit_code, asked) == (0, [path])
    assert result.stdout == f"Fichier de démonstration écrit : {path}\n"


def test_check_of_a_sound_file(path):
    run("init", path)

    result = run("check", path)

    assert (result.exit_code, result.stdout) == (0, "Le fichier est sain.\n")


def test_check_prints_each_problem_and_fails(path):
    db = connection.create(path)
    for _ in range(2):
        insert_person(db)
    db.execute("UPDATE person SET version = 7")
    db.close()

    result = run("check", path)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"Personne n° {n} : version 7, mais l’historique s’arrête à la version 1." for n in (1, 2)
    ]


@pytest.mark.parametrize("verb", ["check", "photo"])
def test_no_file_is_said_in_french_and_none_is_made(path, verb):
    result = run(verb, path, *(["2022"] if verb == "photo" else []))

    assert refusal_text(result).startswith("Il n’y a pas de fichier")
    assert not path.exists()


def test_a_file_that_is_no_database_is_said_in_french(path):
    path.write_text("Ceci n’est pas une base de données. " * 100)

    assert refusal_text(run("check", path)).startswith("SQLite ne lit pas ce fichier")


def test_photo_as_json_is_the_photo(path):
    db = connection.create(path)
    person = insert_followed_person(db, gender="man")
    insert_exit(db, person, "2022-05-01", "intermittent")
    expected = counting.photo(db, "2022")
    db.close()

    result = run("photo", path, "2022", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == expected
    assert '  "followed": 1,\n' in result.stdout
    assert "Régime de l’intermittence" in result.stdout


def test_photo_as_text_lines_up_labels_and_french_numbers(path):
    db = connection.create(path)
    insert_stage(db, insert_person(db), "accompaniment", "2020-01-01", "2022-06-30")
    insert_stage(db, insert_person(db), "accompaniment", "2022-07-01")
    db.close()

    lines = run("photo", path, "2022").stdout.splitlines()

    assert lines[:2] == ["Bilan 2022", ""]
    label, number = lines[2].split("  ", 1)
    assert (label, number.strip()) == ("Personnes suivies", "2")
    assert lines[-2].split("  ") == ["Durée moyenne des accompagnements terminés", "2,5 ans"]
    assert lines[-1].split("  ") == ["Durée moyenne des accompagnements en cours", " 0,5 an"]
    assert [line.split() for line in lines if line.startswith("  Femme ")] == [["Femme", "2"]]
    assert len({len(line) for line in lines[2:] if line[-1].isdigit()}) == 1


def test_photo_of_a_day_says_the_day_in_french(path):
    run("init", path)

    lines = run("photo", path, "2023-03-06").stdout.splitlines()

    assert lines[0] == "Photo au 06/03/2023"
    assert lines[2].split("  ")[0] == "Personnes en portefeuille"


def test_a_photo_of_a_period_that_is_not_over_says_so_and_counts_up_to_today(path):
    today = date.today()
    db = connection.create(path)
    insert_stage(db, insert_person(db), "diagnostic", str(today))
    insert_stage(db, insert_person(db), "diagnostic", str(today + timedelta(days=1)))
    db.close()
    running, ahead = f"{today}/{today + timedelta(days=9)}", str(today.year + 1)

    text, coming = (run("photo", path, when).stdout.splitlines()[0] for when in (running, ahead))
    told = json.loads(run("photo", path, running, "--json").stdout)

    assert text.endswith(f" (période en cours, jusqu’au {today:%d/%m/%Y})")
    assert coming == f"Bilan {ahead} (période pas commencée)"
    assert (told["period"], told["followed"]) == (f"en cours, jusqu’au {today:%d/%m/%Y}", 1)
    assert json.loads(run("photo", path, ahead, "--json").stdout)["period"] == "pas commencée"


def test_large_numbers_are_french():
    assert text_of({"followed": 1234}, "2022").splitlines()[-1] == "Personnes suivies  1\u202f234"


def test_photo_of_no_date_is_refused_before_the_file_is_opened(path):
    expected = (
        "« 31/12/2022 » n’est ni une année (2022), ni une date (2023-03-06), ni une période (2022-01-01/2022-06-30)."
    )

    assert refusal_text(run("photo", path, "31/12/2022")) == expected


def test_the_module_runs_as_a_command(path):
    command = [sys.executable, "-m", "db", "init", str(path)]

    first, second = (subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 2)
    assert second.stderr == f"Il y a déjà un fichier à l’adresse {path} ; rien n’a été écrit.\n"
