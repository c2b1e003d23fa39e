"""``python -m publication``: release, audit, facts, on the command line."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from db.storage import connection
from publication import publish
from publication.__main__ import cli
from publication.release import ledger, public_file
from tests.publication.test_publish import fake_audit


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_a_year_is_released_audited_and_refused_once_it_was_tampered_with(private, tmp_path):
    public = tmp_path / "public.db"

    released = run("release", private, "--on", "2022-12-31", "--to", public)
    assert released.exit_code == 0
    assert "13. L’auditeur lui-même : repoussée" in released.output
    assert "Écart moyen" in released.output
    audited = run("audit", public, "--against", private)
    assert audited.exit_code == 0
    assert audited.output.count(" : repoussée") == 13
    assert "Toutes les attaques sont repoussées." in audited.output

    with closing(sqlite3.connect(public)) as db, db:
        db.execute("UPDATE age_etudes SET personnes = 43 WHERE age = '50 ans et plus'")
    tampered = run("audit", public, "--against", private)
    assert tampered.exit_code == 1
    assert "7. Cohérence : RÉUSSIE" in tampered.output
    assert "age_etudes" in tampered.output
    assert "10. Les octets du fichier : RÉUSSIE" in tampered.output


def test_several_years_are_released_at_once(private, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "audit", fake_audit())
    public = tmp_path / "public.db"

    assert run("release", private, "--on=2022-12-31", "--on=2023-12-31", "--to", public).exit_code == 0
    assert [one.year for one in public_file.read(public)] == [2022, 2023]


def test_a_refusal_gives_the_reason_and_exits_with_1(private, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "audit", fake_audit(3))
    monkeypatch.setattr(publish, "_MAX_AUDITED_DRAWS", 1)

    result = run("release", private, "--on", "2022-12-31", "--to", tmp_path / "public.db")

    assert result.exit_code == 1
    assert "3. Toutes les années ensemble : RÉUSSIE" in result.output
    assert not (tmp_path / "public.db").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["release", "{private}", "--on", "2022-06-30", "--to", "{public}"], "31 décembre"),
        (["release", "{absent}", "--on", "2022-12-31", "--to", "{public}"], "Il n’y a pas de fichier Palette"),
        (["audit", "{private}", "--against", "{private}"], "Table étrangère"),
        (["facts", "{private}", "--add", "2022", "genre", "Dames", "64", "--source", "x"], "Dames"),
        (["facts", "{private}", "--add", "2022", "genre", "Femmes", "beaucoup"], "nombre entier"),
    ],
)
def test_an_error_that_the_user_can_correct_is_a_french_sentence(arguments, message, private, tmp_path):
    paths = {"private": private, "public": tmp_path / "public.db", "absent": tmp_path / "absent.db"}

    result = run(*(argument.format(**paths) for argument in arguments))

    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_fact_is_replaced_listed_and_stored_beside_the_file(private):
    added = run("facts", private, "--add", "2022", "genre", "Femmes", "64", "--source", "Présentation 2022")
    corrected = run("facts", private, "--add", "2022", "genre", "Femmes", "65", "--source", "Présentation corrigée")

    assert "2022 · genre · Femmes : 64 (Présentation 2022)" in added.output
    assert run("facts", private).output == corrected.output == "2022 · genre · Femmes : 65 (Présentation corrigée)\n"
    assert private.with_name("public_facts.csv").stat().st_mode & 0o077 == 0


def test_a_file_of_facts_names_line_column_and_reason(private):
    private.with_name("public_facts.csv").write_text(
        "annee;tableau;categorie;nombre;source\n2022;genre;Femmes;64;Présentation\n22;genre;Femmes;x;\n"
    )

    result = run("facts", private)

    assert result.exit_code == 2
    assert "Ligne 3 · annee : « 22 » n’est pas une année." in result.output
    assert "Ligne 3 · nombre" in result.output
    assert "Ligne 3 · source" in result.output


def test_a_new_key_leaves_published_years_as_they_are(private, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "audit", fake_audit())
    public = tmp_path / "public.db"
    run("release", private, "--on", "2022-12-31", "--to", public)
    with closing(connection.open_file(private)) as db:
        old, before = ledger.read_secret_key(db), public_file.read(public)[0]

    said = run("new-key", private)

    assert "En ligne avec l’ancienne : 2022" in said.output
    assert old not in private.read_bytes()
    with closing(connection.open_file(private)) as db:
        assert ledger.read_secret_key(db) != old
    assert run("release", private, "--on", "2022-12-31", "--to", public).exit_code == 0
    assert public_file.read(public)[0].has_same_numbers(before)


def test_a_year_that_is_not_over_is_refused(private, tmp_path):
    said = run("release", private, "--on", "2999-12-31", "--to", tmp_path / "public.db")

    assert said.exit_code == 2
    assert "2999 n’est pas finie" in said.output
    assert not (tmp_path / "public.db").exists()


@pytest.mark.real_solver
def test_two_copies_of_a_file_publish_the_same_bytes(private, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "audit", fake_audit())
    copy = tmp_path / "copy.db"
    shutil.copy(private, copy)

    for path, to in ((private, "one.db"), (copy, "two.db")):
        assert run("release", path, "--on", "2022-12-31", "--to", tmp_path / to).exit_code == 0

    assert (tmp_path / "one.db").read_bytes() == (tmp_path / "two.db").read_bytes()
