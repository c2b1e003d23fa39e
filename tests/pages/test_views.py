"""Saved views and groups in the browser: saved, shared, opened by address or by default; editing grouped rows."""

import csv
import re
from io import StringIO

import pytest
from playwright.sync_api import Page, expect

from db.accounts import accounts
from db.customise import edit
from db.model.roles import Role
from db.rows import saved_views
from db.rows.saved_views import Grid, Look
from tests.conftest import let_in
from tests.pages.axe import WIDTHS, check
from tests.pages.spreadsheet import Spreadsheet, add, add_person, change, eventually
from tests.pages.waiting import download

pytestmark = pytest.mark.browser
NAME = "Par *domaine* <b> & vue=1"


class Views(Spreadsheet):
    """The grid with its menu of views. Lines are those of rows, without the header lines of groups."""

    def __init__(self, page: Page, address: str = "") -> None:
        super().__init__(page, address)
        self.heads = page.locator(".palette-grid tr.group .fold")
        self.menu = page.get_by_role("button", name=re.compile("^.*Vue : "))

    def open_menu(self) -> None:
        self.menu.click()
        expect(self.button("Enregistrer sous…")).to_be_visible()

    def save_as(self, name: str, *ticked: str) -> None:
        """Save the view as the guide says."""
        self.open_menu()
        self.button("Enregistrer sous…").click()
        dialog = self.page.get_by_test_id("stDialog")
        dialog.get_by_role("textbox", name="Nom de la vue").fill(name)
        for label in ticked:
            dialog.get_by_text(label).click()
        dialog.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(dialog).to_have_count(0)
        expect(self.menu).to_contain_text(f"Vue : {name}")

    def choose(self, name: str) -> None:
        self.open_menu()
        self.page.get_by_test_id("stPopoverBody").get_by_role("button", name=name).click()
        expect(self.button("Enregistrer sous…")).to_have_count(0)


@pytest.fixture
def people(server):
    """Seven persons: six in the portfolio, two in each of three groups, and one outside it."""
    db = server.open()
    if "Bob" not in [account.name for account in accounts.every(db)]:
        let_in(db, "Bob", [Role.AGENT])
    domains = {"Abel": "film", "Blum": "crafts", "Colin": None, "Dubois": "crafts", "Émery": "film", "Faure": None}
    left = add(db, "person", last_name="Hors", first_name="Max", gender="man", domain="crafts")
    add(db, "exit", person_id=left, left_on="2024-06-01", reason="job")
    return {name: add_person(db, name, domain=domain) for name, domain in domains.items()}


@pytest.fixture
def grid(page, server, people) -> Views:
    return Views(page, server.address)


def heads(grid: Views) -> list[str]:
    return [" ".join(text.split()) for text in grid.heads.all_inner_texts()]


GROUPS = ["Artisanat d’art 2", "Audiovisuel / Cinéma 2", "(vide) 2"]


# ---- views


def test_a_shared_view_made_as_the_guide_says_opens_for_a_colleague_by_its_address(server, grid, page, open_tab):
    """Group the rows, save the view under a name and share it; a colleague opens its address."""
    grid.group_by("Domaine d’activité")
    eventually(lambda: heads(grid), GROUPS)
    grid.sort("last_name")
    grid.search("lou")
    expect(grid.counts).to_have_text("6 sur 7 personnes")
    grid.save_as(NAME, "Partager avec l’équipe")

    [row] = views_of(server)
    assert (row["name"], row["owner"], row["shared"], row["grid"]) == (NAME, "La CIPA", 1, "caseload")
    expect(page).to_have_url(f"{server.address}?vue={row['id']}")
    grid.open_menu()
    address = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text()
    assert address == f"{server.address}?vue={row['id']}"

    theirs = Views(open_tab(as_="Bob"), address)
    eventually(lambda: heads(theirs), GROUPS)
    assert theirs.column("last_name") == ["Blum", "Dubois", "Abel", "Émery", "Colin", "Faure"]
    expect(theirs.page.get_by_role("searchbox")).to_have_value("lou")
    expect(theirs.page.locator('th[data-field="last_name"]')).to_have_attribute("aria-sort", "ascending")
    theirs.open_menu()
    expect(theirs.button("Renommer")).to_have_count(0)
    expect(theirs.message("de La CIPA")).to_be_visible()


def views_of(server):
    db = server.open()
    return list(db.dicts('SELECT * FROM "view" ORDER BY id'))


def test_a_changed_view_is_marked_then_saved_or_reset(server, grid, page):
    grid.save_as("Tri")
    grid.sort("last_name")
    expect(grid.menu).to_contain_text("Vue : Tri · modifiée")
    grid.open_menu()
    grid.button("Enregistrer").click()
    expect(grid.menu).not_to_contain_text("modifiée")
    assert '"sort": ["last_name"]' in views_of(server)[0]["content"]

    grid.search("blum")
    expect(grid.menu).to_contain_text("modifiée")
    grid.open_menu()
    grid.button("Rétablir").click()
    expect(grid.counts).to_have_text("6 sur 7 personnes")
    expect(page.get_by_role("searchbox")).to_have_value("")

    grid.choose("Portefeuille")
    expect(page).to_have_url(server.address)
    expect(page.locator('th[data-field="last_name"]')).not_to_have_attribute("aria-sort", "ascending")
    grid.choose("Tri")
    expect(page.locator('th[data-field="last_name"]')).to_have_attribute("aria-sort", "ascending")


def test_a_view_is_renamed_then_deleted_once_confirmed(server, grid, page):
    grid.save_as("Premier")
    grid.open_menu()
    grid.button("Renommer").click()
    dialog = page.get_by_test_id("stDialog")
    dialog.get_by_role("textbox", name="Nom de la vue").fill("Second")
    dialog.get_by_role("button", name="Renommer").click()
    expect(grid.menu).to_contain_text("Vue : Second")
    grid.save_as("Troisième")
    grid.open_menu()
    grid.button("Renommer").click()
    dialog.get_by_role("textbox", name="Nom de la vue").fill("second")
    dialog.get_by_role("button", name="Renommer").click()
    expect(dialog.get_by_text("une de vos vues porte déjà ce nom")).to_be_visible()
    assert [row["name"] for row in views_of(server)] == ["Second", "Troisième"]
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_have_count(0)

    grid.open_menu()
    grid.button("Supprimer").click()
    dialog.get_by_role("button", name="Supprimer").click()
    expect(grid.menu).to_contain_text("Vue : Portefeuille")
    assert [row["name"] for row in views_of(server)] == ["Second"]


def test_the_default_view_opens_unless_an_address_or_a_link_asks_for_another(server, grid, page, open_tab):
    grid.group_by("Domaine d’activité")
    grid.save_as("Groupée", "En faire ma vue par défaut")
    db = server.open()
    flat = saved_views.create(
        db, db.tables["person"], Grid("person", "caseload"), "Plate", Look(columns=("last_name",)), "La CIPA"
    )

    again = Views(open_tab(), server.address)
    eventually(lambda: heads(again), GROUPS)
    by_address = Views(again.page, f"{server.address}?vue={flat}")
    expect(by_address.counts).to_have_text("7 personnes")
    assert heads(by_address) == []

    add(server.open(), "aid", person_id=people_of(server), type="training", requested_on="2026-01-05")
    aids = Grid("aid", "aid")
    late = saved_views.create(
        db, db.tables["person"], aids, "Reçues", Look({"decision": ["granted"]}, columns=("person_id",)), "La CIPA"
    )
    saved_views.set_default(db, aids, late, "La CIPA")
    for day in range(1, 7):  # six wait: « Aujourd’hui » leads to all of them
        add(db, "aid", person_id=people_of(server), type="training", requested_on=f"2026-02-0{day}", decision="pending")
    linked = again.page
    linked.goto(f"{server.address}aujourdhui")
    linked.get_by_role("button", name="Voir les 7").last.click()
    expect(linked.locator(".palette-grid .chips")).to_contain_text("En attente")
    expect(linked.get_by_role("button", name="Vue :")).to_contain_text("Vue : Toutes les aides")


def people_of(server) -> int:
    return int(server.rows("person")[0]["id"])


def test_the_address_of_a_missing_view_shows_a_message_and_the_grid(server, people, open_tab):
    db = server.open()
    private = saved_views.create(
        db, db.tables["person"], Grid("person", "caseload"), "Dossier Secret", Look(search="abel"), "La CIPA"
    )
    need = saved_views.create(
        db, db.tables["person"], Grid("need", "need"), "Besoins", Look(columns=("title",)), "La CIPA", shared=True
    )
    page = open_tab(as_="Bob")
    for number in (str(private), "abel", "9" * 40):
        grid = Views(page, f"{server.address}?vue={number}")
        expect(grid.message("n’existe pas, ou n’est pas partagée avec vous")).to_be_visible()
        expect(grid.counts).to_have_text("6 sur 7 personnes")
        expect(grid.message("Secret")).to_have_count(0)
    page.goto(f"{server.address}?vue={need}")
    expect(Views(page).message("celle d’un autre écran")).to_be_visible()

    page.goto(f"{server.address}reseau?vue={need}")
    expect(Views(page).menu).to_contain_text("Vue : Besoins")
    expect(page.get_by_role("radio", name="Besoins recensés")).to_be_checked()


def test_parts_of_a_view_that_no_longer_exist_are_named(server, people, open_tab):
    db = server.open()
    look = Look({"domain": ["crafts", "film"], "gone": "x"}, columns=("last_name", "gone"), group="gone")
    number = saved_views.create(
        db, db.tables["person"], Grid("person", "caseload"), "Ancienne", look, "La CIPA", shared=True
    )
    domains = next(values for values in db.lists if values.name == "domain")
    edit.change_value(db, domains, "film", "L’administratrice", retired=1)
    try:
        grid = Views(open_tab(as_="Bob"), f"{server.address}?vue={number}")
        expect(grid.message("la valeur « Audiovisuel / Cinéma » n’est plus dans la liste")).to_be_visible()
        expect(grid.message("« gone » n’est plus un champ de cette grille")).to_be_visible()
        expect(grid.counts).to_have_text("3 sur 7 personnes")
        grid.button("Fermer").click()
        expect(grid.message("n’est plus un champ")).to_have_count(0)
    finally:
        edit.change_value(db, domains, "film", "L’administratrice", retired=0)


# ---- groups


def test_grouped_cells_are_edited_pasted_and_reached_by_keyboard(server, people, grid, page):
    grid.group_by("Domaine d’activité")
    eventually(lambda: heads(grid), GROUPS)
    assert grid.column("last_name") == ["Blum", "Dubois", "Abel", "Émery", "Colin", "Faure"]

    grid.select(2, "town")
    page.keyboard.press("ArrowDown")  # over the header line, into the next group
    expect(grid.cell(3, "town")).to_be_focused()
    page.keyboard.press("ArrowUp")
    grid.paste_here("Cahors\nFigeac\nGourdon")
    grid.wait_until_saved()
    towns = {row["last_name"]: row["town"] for row in server.rows("person") if row["town"]}
    assert towns == {"Dubois": "Cahors", "Abel": "Figeac", "Émery": "Gourdon"}
    grid.select(2, "town", to=(4, "town"))
    assert grid.copy() == "Cahors\nFigeac\nGourdon"

    grid.type(1, "domain", "Audiovisuel / Cinéma")
    grid.wait_until_saved()
    eventually(lambda: heads(grid), ["Artisanat d’art 1", "Audiovisuel / Cinéma 3", "(vide) 2"])
    expect(grid.cell(1, "last_name")).to_have_text("Blum")
    expect(grid.message("1 ligne a changé de groupe")).to_be_visible()
    grid.button("Ranger").click()
    expect(grid.cell(1, "last_name")).to_have_text("Dubois")
    assert grid.column("last_name") == ["Dubois", "Abel", "Blum", "Émery", "Colin", "Faure"]
    assert next(row["domain"] for row in server.rows("person") if row["last_name"] == "Blum") == "film"


def test_new_lines_of_oneself_and_colleagues_are_below_the_groups(server, people, grid):
    grid.group_by("Domaine d’activité")
    eventually(lambda: heads(grid), GROUPS)
    grid.paste(7, "last_name", "Gide\tAnne")
    grid.type(7, "gender", "Femme")
    grid.wait_until_saved()
    add_person(server.open(), "Hugo", domain="crafts")

    expect(grid.cell(8, "last_name")).to_have_text("Hugo")
    eventually(lambda: heads(grid)[0], "Artisanat d’art 3")
    assert grid.lines.nth(6).evaluate("(line) => line.closest('tbody').rows[0].textContent") == "Nouvelles lignes"
    change(server.open(), "person", people["Blum"], town="Cahors")
    expect(grid.cell(1, "town")).to_have_text("Cahors")
    assert [row["last_name"] for row in server.rows("person")][-2:] == ["Gide", "Hugo"]


def test_folded_groups_take_no_room_and_groups_have_totals(server, page):
    db = server.open()
    people = [add_person(db, f"Personne {number:02}") for number in range(3)]
    for number in range(60):
        kind = "training" if number < 59 else "mobility"
        add(db, "aid", person_id=people[number % 3], type=kind, requested_on="2026-01-05", requested=10_50)
    grid = Views(page, f"{server.address}aides")
    grid.group_by("Type d’aide")
    expect(grid.heads.first).to_contain_text("59")
    page.locator(".palette-grid .scroller").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    eventually(lambda: [head.split()[-1] for head in heads(grid)][-1], "1")
    total = page.locator('.palette-grid tr.group td[data-total="requested"]')
    expect(total.last).to_have_text("10,50\u00a0€")
    page.locator(".palette-grid .scroller").evaluate("(box) => box.scrollTo(0, 0)")
    expect(total.first).to_have_text("619,50\u00a0€")

    grid.heads.first.focus()
    page.keyboard.press("Enter")
    expect(grid.heads.first).to_have_attribute("aria-expanded", "false")
    expect(grid.heads.first).to_be_focused()
    expect(grid.lines).to_have_count(2)
    expect(grid.counts).to_have_text("60 aides")
    rows = grid.page.locator(".palette-grid tbody tr")
    eventually(
        lambda: rows.evaluate_all("(all) => all.map((tr) => +tr.getAttribute('aria-rowindex'))"), [2, 3, 4, 5, 6]
    )
    grid.open_more()
    _, file = download(page, page.get_by_role("button", name="CSV", exact=True).click)
    lines = list(csv.DictReader(StringIO(file.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 60, "a download holds folded groups"


def test_groups_and_the_menu_are_accessible(server, grid, page):
    grid.group_by("Domaine d’activité")
    grid.save_as("Groupée", "Partager avec l’équipe")
    grid.open_menu()
    expect(page.get_by_test_id("stCode")).to_be_visible()
    wrong = []
    for width in WIDTHS:
        wrong += check(page, "views", page.get_by_test_id("stCode"), widths=(width,))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert not wrong, "\n".join(wrong)
