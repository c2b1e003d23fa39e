"""« Importer »: files are corrected on the screen and imported; once in a browser."""

import time
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect
from streamlit.testing.v1 import AppTest

from db.imports import plan as planning
from db.imports import write as writing
from db.rows import records
from db.rows.records import Edit
from pages.shared.imports import draft
from tests.db.examples import siret
from tests.db.imports import faulty_files, files
from tests.db.imports.structures import csv, structure
from tests.pages.axe import check
from tests.pages.spreadsheet import add
from tests.pages.test_screens import PAGES
from tests.pages.waiting import wait_until_idle

HEAD = ["Nom", "Prénom", "Date de naissance", "Genre", "Domaine"]


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    return new_office(tmp_path / "palette.db")


class Screen:
    """The screen, run without a browser."""

    def __init__(self) -> None:
        self.app = AppTest.from_file(str(PAGES / "imports.py"), default_timeout=60).run()

    def drop(self, data: bytes, name: str = "liste.xlsx") -> None:
        """Upload a file, after dropping the previous one."""
        for word in ("Recommencer", "Importer un autre fichier"):
            if self.button(word):
                self.button(word).click().run()
        self.app.file_uploader[0].set_value((name, data, "")).run()
        self.settle()

    def settle(self) -> None:
        """Wait until no job is running."""
        for key in (draft.JOB, draft.WRITING):
            while f"{key}:job" in self.app.session_state and self.app.session_state[f"{key}:job"].running:
                time.sleep(0.02)
        self.app.run()
        assert not self.app.exception

    def button(self, label: str):
        """Return the first button whose label begins so, or None."""
        return next((one for one in self.app.button if one.label.startswith(label)), None)

    def press(self, label: str) -> None:
        self.button(label).click().run()
        self.settle()

    def choose(self, label: str, value: object) -> None:
        """Choose a value of a list, or type into a field."""
        widgets = [*self.app.selectbox, *self.app.text_input, *self.app.radio]
        next(one for one in widgets if one.label == label).set_value(value).run()
        self.settle()

    def open(self, label: str) -> None:
        """Open the expander whose title contains the label."""
        part = next(one for one in self.app.expander if label in one.label)
        self.app.session_state[part.proto.id.rpartition("-")[2]] = True
        self.app.run()

    @property
    def counts(self) -> dict[str, str]:
        return {one.label: one.value for one in self.app.metric}

    @property
    def text(self) -> str:
        """All texts of the page."""
        kinds = (self.app.markdown, self.app.caption, self.app.error, self.app.warning, self.app.info, self.app.success)
        return "\n".join(str(one.value) for kind in kinds for one in kind)


def persons(db) -> list[dict[str, object]]:
    sql = "SELECT * FROM person WHERE deleted_at IS NULL ORDER BY id"
    return [dict(row) for row in db.dicts(sql)]


def save_person(db, **values) -> int:
    return records.save(db, db.tables["person"], Edit({"gender": "woman", **values}), "Ada").row_id


def test_a_messy_file_is_corrected_and_written_and_importing_it_again_changes_nothing(office):
    file, screen = faulty_files.titles_and_merged_cells(), Screen()

    screen.drop(file.data, file.name)
    assert (screen.counts["À créer"], screen.counts["En attente"]) == ("3", "2")
    assert any("vieux" in one.label and "(masquée)" in one.label for one in screen.app.expander)
    assert screen.button("Importer").disabled
    screen.choose("Ce que veut dire « jonglage de feu »", "performing_arts")
    screen.choose("Ce que veut dire « mars 1990 »", "01/03/1990")
    screen.choose("Ce que veut dire « 54 »", "12/12/1969")
    assert screen.counts["À créer"] == "4"
    while screen.button("Laisser vide"):
        screen.press("Laisser vide")
    assert screen.counts["En attente"] == "0"
    assert persons(office) == [], "nothing is written before it is said"
    assert screen.button("Importer").disabled, "a total and a remark are asked about"
    for _ in range(2):
        screen.press("Laisser de côté")
    screen.press("Importer 5 lignes")

    assert "5 lignes créées" in screen.text
    found = {row["first_name"]: row for row in persons(office)}
    assert len(found) == 5
    assert (found["Andréa"]["birth_date"], found["Andréa"]["domain"], found["Andréa"]["phone"]) == (
        "1990-03-01", "performing_arts", None,
    )  # fmt: skip
    assert found["Camille"]["birth_date"] == "1969-12-12"
    for row in file.kept["person"]:
        assert row.items() <= found[row["first_name"]].items() if "first_name" in row else True
    before = persons(office)
    screen.drop(file.data, file.name)
    assert (screen.counts["À créer"], screen.counts["À modifier"]) == ("0", "0")
    assert screen.button("Importer 0").disabled
    assert persons(office) == before


def test_corrections_of_a_column_and_a_value_are_remembered_for_the_next_file(office):
    screen = Screen()
    head = ["Nom", "Prénom", "Sexe", "Savoir-faire", "Domaine"]

    screen.drop(files.xlsx({"Artistes": [head, ["Marchand", "Lou", "F", "Souffleuse de verre", "verre soufflé"]]}))
    screen.choose("Champ de la colonne D", "craft")
    screen.choose("Ce que veut dire « verre soufflé »", "crafts")
    screen.press("Importer 1 ligne")
    screen.drop(files.xlsx({"Artistes": [head, ["Hugo", "Max", "H", "Verrier", "Verre soufflé"]]}))

    assert "comme la dernière fois" in screen.text
    assert screen.counts["En attente"] == "0"
    screen.press("Importer 1 ligne")
    assert [(row["craft"], row["domain"]) for row in persons(office)] == [
        ("Souffleuse de verre", "crafts"), ("Verrier", "crafts"),
    ]  # fmt: skip


def test_choosing_a_field_for_a_column_removes_it_from_another(office):
    screen = Screen()

    head = ["Nom", "Prénom", "Sexe", "Ville", "Lieu"]
    screen.drop(files.xlsx({"Artistes": [head, ["A", "Lou", "F", "Cahors", "Figeac"]]}))
    screen.choose("Champ de la colonne E", "town")
    screen.press("Importer 1 ligne")

    assert [row["town"] for row in persons(office)] == ["Figeac"]


@pytest.mark.parametrize("is_she", [True, False])
def test_a_resemblance_is_proposed_and_never_decided(office, is_she):
    known = save_person(office, last_name="Marchand", first_name="Lou", birth_date="1980-03-01")
    screen = Screen()

    screen.drop(files.xlsx({"Artistes": [HEAD, ["Marchant", "Lou", "01/03/1980", "F", "Spectacle vivant"]]}))
    assert "Marchand Lou" in "".join(screen.app.radio[0].options)
    assert screen.counts["En attente"] == "1", "nobody new before it is said"
    screen.choose("Qui est Marchant Lou, 01/03/1980 ?", known if is_she else 0)
    screen.press("Importer 1 ligne")

    domains = {row["id"]: row["domain"] for row in persons(office)}
    assert domains == ({known: "performing_arts"} if is_she else {known: None, known + 1: "performing_arts"})


def test_the_structures_of_the_department_join_the_network_and_nothing_typed_is_lost(office):
    def partners():
        return [(row["name"], row["phone"]) for row in office.dicts("SELECT * FROM partner ORDER BY id")]

    own = {"name": "La Halle", "siret": siret(1), "phone": "05 65 11 11 11"}
    known = records.save(office, office.tables["partner"], Edit(own), "Ada").row_id
    elsewhere = structure(3, code_insee="31555", code_postal="31000")
    screen = Screen()

    screen.drop(csv([structure(1), structure(2), elsewhere]), "structures-inclusion.csv")
    assert "1 ligne d’autres départements" in screen.text
    assert screen.app.radio[0].options[-1] == "Nouveau partenaire"
    screen.choose("Qui est Structure 1 ?", known)
    assert "Remplacer aussi ce que l’équipe a saisi elle-même (1 ligne concernée)" in {
        box.label for box in screen.app.checkbox
    }
    screen.press("Importer 2 lignes")

    assert partners() == [("La Halle", "+33565111111"), ("Structure 2", "+33565200000")]
    assert not screen.button("Voir ces personnes")  # there is nobody to see
    screen.drop(csv([structure(1), structure(2)]), "structures-inclusion.csv")
    assert (screen.counts["À créer"], screen.counts["En attente"], list(screen.app.radio)) == ("0", "0", [])


def test_a_problem_is_set_aside_brought_back_or_left_with_its_waiting_row(office):
    wrong = [[name, "Lou", "31/02/1980", "F", None] for name in ("Arnal", "Bessou", "Cassan")]
    screen = Screen()
    screen.drop(files.xlsx({"Artistes": [HEAD, *wrong, ["Bon", "Max", "02/03/1980", "H", None]]}))

    screen.press("Laisser vides ces 3 cases")
    assert (screen.counts["À créer"], screen.counts["En attente"]) == ("4", "0")
    screen.open("de côté")
    screen.press("Reprendre")
    assert (screen.counts["À créer"], screen.counts["En attente"]) == ("3", "1")
    assert screen.button("Importer 3").disabled, "a row waits: it is named, and nothing goes without a word"
    screen.app.checkbox[0].check().run()
    screen.press("Importer 3 lignes")

    assert {(row["last_name"], row["birth_date"]) for row in persons(office)} == {
        ("Bessou", None), ("Cassan", None), ("Bon", "1980-03-02"),
    }  # fmt: skip
    assert "1 ligne en attente n’a pas été importée" in screen.text


def test_a_required_field_without_a_column_gets_one_value_for_the_sheet(office):
    screen = Screen()
    screen.drop(files.xlsx({"Artistes": [["Nom", "Prénom", "Ville"], ["Hugo", "Max", "Cahors"]]}))
    assert screen.counts["En attente"] == "1"

    screen.choose("Genre", "man")
    screen.press("Importer 1 ligne")

    assert [row["gender"] for row in persons(office)] == ["man"]


def test_a_change_by_a_colleague_stops_the_import_which_is_compared_again(office):
    known = save_person(office, last_name="Marchand", first_name="Lou", birth_date="1980-03-01", town="Cahors")
    screen = Screen()
    screen.drop(files.xlsx({"Artistes": [[*HEAD, "Ville"], ["Marchand", "Lou", "01/03/1980", "F", None, "Figeac"]]}))
    row = records.get(office, office.tables["person"], known)
    records.save(office, office.tables["person"], Edit({"town": "Gourdon"}, known, row.version), "Ada")

    screen.press("Importer 1 ligne")

    assert "rien n’a été enregistré" in screen.text
    assert "comparé de nouveau" in screen.text
    assert persons(office)[0]["town"] == "Gourdon"
    screen.press("Importer 1 ligne")
    assert persons(office)[0]["town"] == "Figeac"


def test_a_comparison_is_cancelled_and_started_again(office, monkeypatch):
    real, begun = planning.plan, []

    def endless(db, book, choices, tick):
        begun.append(1)
        while True:
            tick(0.5, "Lecture")
            time.sleep(0.01)

    monkeypatch.setattr(planning, "plan", endless)
    screen = Screen()
    data = files.xlsx({"Artistes": [HEAD, ["A", "Lou", None, "F", None]]})
    screen.app.file_uploader[0].set_value(("a.xlsx", data, "")).run()
    assert screen.button("Annuler"), "it takes long: there is a way out"
    screen.press("Annuler")
    assert "interrompue" in screen.text
    assert begun
    monkeypatch.setattr(planning, "plan", real)
    screen.press("Comparer")

    assert screen.counts["À créer"] == "1"


def test_an_import_cancelled_while_writing_is_rolled_back(office, monkeypatch):
    real, begun = writing.write, []

    def endless(db, plan, who, tick, leave_waiting):
        def wait(done, what):
            begun.append(1)
            while True:
                tick(done, what)
                time.sleep(0.01)

        return real(db, plan, who, wait, leave_waiting)

    screen = Screen()
    screen.drop(files.xlsx({"Artistes": [HEAD, ["Hugo", "Max", None, "H", None]]}))
    monkeypatch.setattr(writing, "write", endless)
    screen.button("Importer 1 ligne").click().run()
    assert screen.button("Importer 1 ligne").disabled
    screen.press("Annuler")

    assert begun
    assert "interrompu : rien n’a été enregistré" in screen.text
    assert persons(office) == []
    monkeypatch.setattr(writing, "write", real)
    screen.press("Importer 1 ligne")
    assert len(persons(office)) == 1


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("bilan.pdf.xlsx", b"%PDF-1.7 ...", "est un PDF"),
        ("vide.csv", b"", "est vide"),
        ("abime.xlsx", b"PK\x03\x04 rien de bon", "abîmé"),
    ],
)
def test_an_unreadable_file_shows_a_french_message_and_another_can_be_dropped(office, name, data, message):
    screen = Screen()

    screen.drop(data, name)
    assert message in screen.text.replace("\\", "")
    screen.drop(files.xlsx({"Artistes": [HEAD, ["Hugo", "Max", None, "H", None]]}))

    assert screen.counts["À créer"] == "1"
    assert message not in screen.text


# ---- in a browser


def in_sight(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


@pytest.mark.browser
def test_a_workbook_of_seven_sheets_is_imported_shown_in_the_portfolio_and_undone(server, page):
    """Also: two clicks import once, the draft is kept after leaving the page, and the page is accessible."""
    file = faulty_files.sheets_that_belong_together()
    with closing(server.open()) as raw:
        add(raw, "person", last_name="Abel", first_name="Max", gender="man")
    page.goto(f"{server.address}importer")
    page.locator("input[type=file]").set_input_files(
        {"name": file.name, "mimeType": "application/octet-stream", "buffer": file.data}
    )

    expect(page.get_by_text("8 lignes attendent une correction")).to_be_visible(timeout=60_000)
    assert not (wrong := check(page, "/importer", page.locator(".import-table").first, widths=(390,))), "\n".join(wrong)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="Aides").click()
    expect(page.get_by_role("heading", name="Aides", level=1)).to_be_visible()
    page.get_by_role("link", name="Importer").click()
    page.get_by_text("Importer sans les lignes en attente (8)").click()
    expect(in_sight(page, "Importer 10 lignes")).to_be_enabled()
    wait_until_idle(page)  # the button that a rerun replaces takes no click
    in_sight(page, "Importer 10 lignes").dblclick()
    expect(page.get_by_text("10 lignes créées")).to_be_visible(timeout=60_000)

    assert {table: len(server.rows(table)) - (table == "person") for table in file.rows} == file.rows
    in_sight(page, "Voir ces personnes").click()
    expect(page.locator(".palette-grid .counts")).to_have_text("3 sur 4 personnes")
    page.get_by_role("link", name="Importer").click()
    in_sight(page, "Défaire cet import").click()
    in_sight(page, "Défaire l’opération").click()
    expect(page.get_by_text("a été défait : tout est comme avant")).to_be_visible()
    left = [row["last_name"] for row in server.rows("person")]
    assert left == ["Abel"], "who was there before the import, and nobody else"
    assert not any(server.rows(table) for table in file.rows if table != "person")
    assert file.name not in page.url
