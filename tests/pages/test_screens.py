"""Every screen of the menu runs on an empty file and on one with a person, and is in French."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from pages.shared.grid.view_menu import PARAMETER
from pages.shared.shell import screens
from pages.shared.shell.addresses import NO_NUMBER, row_number
from tests.conftest import let_in

PAGES = Path(__file__).parents[2] / "pages"
SCREENS = sorted(path.name for path in PAGES.glob("[!_]*.py") if path.name != "menu.py")


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    let_in(db)
    return db


def given_accompanied(db) -> int:
    person = records.save(
        db, db.tables["person"], Edit({"last_name": "Zola", "first_name": "Anne", "gender": "woman"}), "test"
    ).row_id
    rights = {"person_id": person, "kind": "rsa", "subject_to_duties": 1, "starts_on": "2024-01-01"}
    records.save(db, db.tables["benefit"], Edit(rights), "test")
    stage = {"person_id": person, "kind": "accompaniment", "mode": "light", "starts_on": "2024-01-01"}
    records.save(db, db.tables["stage"], Edit(stage), "test")
    return person


def run(name: str, **query: str) -> AppTest:
    screen = AppTest.from_file(str(PAGES / name), default_timeout=90)
    for key, value in query.items():
        screen.query_params[key] = value
    return screen.run()


def test_the_menu_names_every_screen():
    assert sorted(screen.file for group in screens.SCREENS.values() for screen in group) == SCREENS


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_runs_on_an_empty_file(office, name):
    screen = run(name)

    assert not screen.exception
    assert screen.title[0].value


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_runs_with_a_person(office, name):
    given_accompanied(office)

    screen = run(name)

    assert not screen.exception


def test_the_figures_of_the_day_are_above_the_portfolio(office):
    before = _words(run("caseload.py"))
    given_accompanied(office)

    after = _words(run("caseload.py"))

    assert "**En portefeuille : 0.** Personnes avec une étape de diagnostic" in before
    assert "**En portefeuille : 1.**" in after
    assert "**Dont allégés : 1.**" in after


def _words(screen: AppTest) -> str:
    return "\n".join(text.value for text in screen.markdown)


def test_a_file_opens_by_id_and_a_missing_one_shows_a_message(office):
    person = given_accompanied(office)

    assert run("person.py", dossier=str(person)).title[0].value == "Anne Zola"
    assert "n’existe pas" in run("person.py", dossier="999").warning[0].value
    assert "n’en est pas un" in run("person.py", dossier="zola").warning[0].value  # a name in an address opens nothing


def test_a_missing_office_file_shows_a_french_message_without_a_traceback(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path / "nowhere"))
    from db.base.errors import NotFoundError

    with pytest.raises(NotFoundError, match="Il n’y a pas de fichier"):
        connection.thread_office()


def test_the_day_shows_what_waits(office):
    person = given_accompanied(office)
    records.save(
        office,
        office.tables["aid"],
        Edit({"person_id": person, "type": "training", "requested_on": "2024-03-06"}),
        "test",
    )
    for _ in range(4):
        records.save(
            office, office.tables["orientation"], Edit({"person_id": person, "requested_on": "2024-03-06"}), "test"
        )

    screen = run("today.py")

    assert not screen.exception
    labels = [button.label for button in screen.button]
    assert labels.count("06/03/2024 · Zola Anne") == 1
    assert labels.count("06/03/2024 · Zola Anne · 4 questions sans réponse") == 4


def test_a_new_person_is_among_what_waits_until_a_stage_begins(office):
    """Also that the file offers the first stage, and that both are gone afterwards."""
    person = records.save(
        office, office.tables["person"], Edit({"last_name": "Arp", "first_name": "Max", "gender": "man"}), "test"
    ).row_id
    day, dossier = run("today.py"), run("person.py", dossier=str(person))
    assert "Arp Max" in [button.label for button in day.button if str(button.key).startswith("new:")]
    assert {"Nouvelle situation de droits", "Nouvelle étape de parcours"} <= {one.label for one in dossier.button}

    stage = {"person_id": person, "kind": "diagnostic", "starts_on": "2024-01-01"}
    records.save(office, office.tables["stage"], Edit(stage), "test")

    assert not [one.key for one in run("today.py").button if str(one.key).startswith("new:")]
    dossier = run("person.py", dossier=str(person))
    assert "Nouvelle étape de parcours" not in {one.label for one in dossier.button}


# ---- numbers in addresses

ODD = ("²", "٣", "１２", "-1", "1.5", "1e3", "9" * 19, "9" * 5000, "x", "12;--", "\u0000", "0", " ")
PLACES = (
    ("person.py", "dossier"),
    ("person.py", "vue"),
    ("caseload.py", "vue"),
    ("network.py", "partenaire"),
    ("network.py", "personne"),
    ("intake.py", "dossier"),
)


def test_only_plain_digits_that_sqlite_holds_name_a_row():
    assert {text for text in ODD if row_number(text)} == set()
    assert [row_number(text) for text in ("12", " 12 ", "9" * 18)] == [12, 12, int("9" * 18)]


def test_every_parameter_that_a_page_reads_is_among_the_places():
    read = re.compile(r"query_params\.(?:get|pop)\(([\w\"]+)")
    names = {name.strip('"') for path in PAGES.rglob("*.py") for name in read.findall(path.read_text())}

    assert {PARAMETER if name == "PARAMETER" else name for name in names} == {name for _, name in PLACES}


@pytest.mark.parametrize(("screen", "parameter"), PLACES)
def test_an_odd_number_in_an_address_is_told_in_a_sentence(office, screen, parameter):
    wrong = []
    for text in ODD:
        page = run(screen, **{parameter: text})
        told = [one.value for one in (*page.warning, *page.info)]
        is_clear = parameter == "vue" or told == [NO_NUMBER] or told == [f"{NO_NUMBER} Cherchez la personne ci-dessus."]
        if page.exception or not is_clear or any("n° 0" in one for one in told):
            wrong.append((text, told, [one.message for one in page.exception]))

    assert not wrong
