"""Every screen is accessible: axe-core finds no serious violation (see axe.py).

The screens are opened one after the other in one tab, by the links of the menu: the browser compiles Palette and axe
once, and the office is filled once.
"""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from db.accounts import accounts
from db.attachments import files
from db.attachments.reader import BroughtFile
from db.rows import records
from pages.shared.intake.steps import STEPS
from pages.shared.shell.screens import SCREENS
from tests.db.attachments.samples import image
from tests.pages.axe import AXE, COLOURS, WIDTHS, check, described, looks, violations
from tests.pages.spreadsheet import Spreadsheet, add, add_person, side_panel
from tests.pages.waiting import settle

pytestmark = pytest.mark.browser

AT_FOOT = {screen.path for group in SCREENS.values() for screen in group if screen.at_foot}
TITLES = {screen.path: screen.title for group in SCREENS.values() for screen in group if screen.in_menu}
"""The address and the title of every screen of the menu."""
VIEWS = ("Parcours", "Fiche", "Plans d’action", "Pièces", "Historique", "Données personnelles")


# ---- the office


@pytest.fixture(scope="module")
def person(shared_server) -> int:
    """Rows in every table, some of them late, refused or near the ceiling. Returns the person's id."""
    shared_server.empty()
    db, today = shared_server.open(), records.today()
    person = add_person(db, "Abel", town="Cahors", craft="Céramiste", domain="crafts")
    diagnostic = add(db, "diagnostic", person_id=person, started_on="2024-01-10", obstacles=("mobility",))
    add(db, "action", person_id=person, diagnostic_id=diagnostic, objective="Passer le permis", due_on="2024-06-01")
    contract = {"kind": "cer", "signed_on": "2024-01-15", "starts_on": "2024-01-15", "ends_on": today}
    add(db, "cer", person_id=person, **contract)
    granted = {"decision": "granted", "granted": 800_00, "decided_on": "2024-05-02"}
    add(db, "aid", person_id=person, type="equipment", requested_on="2024-04-02", **granted)
    add(db, "aid", person_id=person, type="training", requested_on="2024-06-03")
    files.add(db, person, BroughtFile("devis.pdf", "pdf", b"%PDF", image("PNG", (170, 240))), {"kind": "quote"}, "Test")
    add(db, "intervention", person_id=person, domain="coaching", happened_on="2024-02-01", minutes=45)
    partner = add(db, "partner", name="La Fabrique", kind="culture", email="bonjour@exemple.fr")
    add(db, "need", title="Un four partagé", noted_on="2024-02-01")
    add(db, "project", name="Marché de printemps", partner_id=partner, participants=(person,))
    for day in range(1, 7):
        add(db, "orientation", person_id=person, requested_on=f"2023-12-0{day}", prescriber="social")
    left = add_person(db, "Blum")
    add(db, "exit", person_id=left, left_on=today, reason="job")
    db.close()
    return person


@pytest.fixture
def visit(shared_server, person, lasting_page: Page) -> Callable[[str], Page]:
    """Open a screen by its link in the menu; by its address at first, and when a test left a form open."""

    def visit_(path: str) -> Page:
        page = lasting_page
        if page.url == "about:blank" or page.get_by_role("dialog").count():
            page.goto(shared_server.address)
        menu = page.get_by_test_id("stSidebar" if path in AT_FOOT else "stSidebarNav")
        link = menu.get_by_role("link", name=TITLES[path], exact=path in AT_FOOT)
        link.click()
        if path in AT_FOOT:
            expect(page).to_have_url(f"{shared_server.address}{path}")
        else:
            expect(link).to_have_attribute("aria-current", "page")
        settle(page)
        return page

    return visit_


# ---- every screen


@pytest.mark.parametrize("path", TITLES)
def test_a_screen(visit, path):
    page = visit(path)

    assert not (wrong := check(page, f"/{path}")), "\n".join(wrong)


def test_the_file_of_a_person(shared_server, person, page):
    page.goto(f"{shared_server.address}dossier?dossier={person}")
    page.get_by_test_id("stButtonGroup").get_by_text("Contrats", exact=True).click()  # a chosen pill, in « Parcours »
    wrong = []
    for view in VIEWS:
        tab = page.get_by_role("radio", name=view)
        tab.click()
        expect(tab).to_be_checked()
        wrong += check(page, f"file, {view}")

    assert not wrong, "\n".join(wrong)


def test_the_steps_of_a_beginning(shared_server, person, page):
    """Somebody new, and each step of a person who has what comes before it, some of it folded away."""
    wrong = []
    page.goto(f"{shared_server.address}nouvel-accompagnement")
    page.get_by_role("textbox", name="Nom *", exact=True).fill("Zola")
    page.keyboard.press("Tab")
    settle(page)
    wrong += check(page, "beginning, who")
    page.goto(f"{shared_server.address}nouvel-accompagnement?dossier={person}")
    for step in STEPS:
        page.get_by_role("button", name=step.title, exact=True).click()
        expect(page.get_by_role("heading", name=step.title, exact=True)).to_be_visible()
        settle(page)
        wrong += check(page, f"beginning, {step.title}")
    with shared_server.open() as db:
        db.execute("DELETE FROM draft")  # « Zola » would be offered by the next form of a new person

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("address", ["connexion", "bienvenue?cle=perdue", "bienvenue?cle={}", "deconnexion"])
def test_the_sign_in_pages(shared_server, open_tab, address):
    db = shared_server.open()
    token = accounts.invite(db, "first", None, time.time())
    db.close()
    path = address.format(token)
    page = open_tab(shared_server.address + path, as_="La CIPA" * (address == "deconnexion"), refused=True)
    wrong = []
    for width, theme in looks(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("h1")).to_be_visible()
        wrong += described(violations(page, theme), f"/{address}, {width} px, {theme}")

    assert not wrong, "\n".join(wrong)


# ---- what opens


def test_a_form(visit):
    page = visit("portefeuille")
    page.get_by_role("button", name="Nouvelle personne").click()
    save = side_panel(page).get_by_role("button", name="Enregistrer")
    save.click()  # nothing is filled in: the form says what is missing

    missing = side_panel(page).get_by_test_id("stAlert")
    assert not (wrong := check(page, "form beside the grid", save, missing)), "\n".join(wrong)
    page.keyboard.press("Escape")


def test_a_form_in_a_dialog(visit):
    page = visit("dossier")
    page.get_by_role("button", name="Nouvelle personne").click()
    save = page.get_by_role("dialog").get_by_role("button", name="Enregistrer")
    save.click()

    missing = page.get_by_role("dialog").get_by_test_id("stAlert")
    assert not (wrong := check(page, "form in a dialog", save, missing)), "\n".join(wrong)


def test_the_filters(visit):
    page = visit("portefeuille")
    page.get_by_role("button", name="Filtres").click()

    clear = page.get_by_role("button", name="Tout effacer")
    assert not (wrong := check(page, "filters", clear)), "\n".join(wrong)


def test_a_grid_with_an_error_and_a_selected_line(visit):
    page = visit("aides")
    grid = Spreadsheet(page)
    grid.type(1, "requested", "beaucoup")
    refused = page.locator("td.refused")
    expect(refused).to_be_visible()
    grid.lines.nth(1).get_by_role("checkbox").check()

    assert not (wrong := check(page, "grid", refused, grid.button("Supprimer (1)"))), "\n".join(wrong)


def test_a_number_of_the_report(visit):
    page = visit("photo-bilan")
    page.locator(".st-key-number-followed").get_by_role("button", name="Ouvrir").click()

    names = page.get_by_role("dialog").get_by_test_id("stDataFrame")
    assert not (wrong := check(page, "number", names)), "\n".join(wrong)


def test_the_detail_of_a_chart(visit):
    page = visit("photo-bilan")
    page.locator(".st-key-report-genre").get_by_role("button", name="Détail").click()

    numbers = page.get_by_test_id("stPopoverBody").get_by_role("table")
    assert not (wrong := check(page, "detail", numbers)), "\n".join(wrong)


def test_the_menu_on_a_telephone(visit):
    page = visit("portefeuille")
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    page.get_by_test_id("stExpandSidebarButton").click()

    link = page.get_by_role("list", name="Suivi").get_by_role("link", name="Aides")
    assert not (wrong := check(page, "menu", link, widths=(WIDTHS[1],))), "\n".join(wrong)


# ---- the checker itself


BAD = """<html lang="fr"><title>Essai</title><main><h1>Essai</h1><img src="data:,"><input>
<p style="color: #aaa; background: #fff">pâle</p></main></html>"""


def test_the_checker_finds_violations(page):
    page.set_content(BAD)

    found = violations(page)

    assert [(one["rule"], one["target"]) for one in found] == [
        ("color-contrast", "p"),
        ("image-alt", "img"),
        ("label", "input"),
    ]
    assert "image-alt | img | Images must have alternative text" in "\n".join(described(found, "essai"))
    assert [one["rule"] for one in violations(page, "dark")] == ["color-contrast"]


def test_every_colour_rule_runs_in_both_themes(page):
    page.set_content(BAD)
    page.evaluate(AXE)
    rules = "axe.getRules(['cat.color']).filter(one => !one.tags.includes('wcag2aaa')).map(one => one.ruleId).sort()"

    assert page.evaluate(rules) == sorted(COLOURS)


def test_the_checker_reads_inside_the_grid(shared_server, person, page):
    page.goto(shared_server.address)
    settle(page)
    page.locator(".palette-grid .counts").evaluate(
        "(counts) => counts.style.color = 'color-mix(in srgb, gray 20%, white)'"
    )

    assert [one["target"].split(" >> ")[-1] for one in violations(page)] == [".counts"]
