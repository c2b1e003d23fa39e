"""Every screen is accessible: axe-core finds no serious violation.

axe comes with the package axe-playwright-python, so nothing is fetched. All rules run at each width in the first theme;
in the second theme, which differs in colours only, the rules about colours run again.
"""

import time
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from db.accounts import accounts
from db.rows import records
from pages.shared.shell.screens import SCREENS as ALL
from tests.pages.spreadsheet import Spreadsheet, add, add_person

pytestmark = pytest.mark.browser

SCREENS = [screen.path for group in ALL.values() for screen in group]
"""The address of every screen of the menu."""

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWS = ("Parcours", "Fiche", "Plans d’action", "Historique", "Droits")
WIDTHS = (1440, 390)
"""Pixels: a desktop screen, a telephone."""

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe about colours, which are the only ones that depend on the theme."""
_RUN = """async (rules) => {
  const only = rules && { runOnly: { type: "rule", values: rules } }
  const { violations } = await axe.run({ resultTypes: ["violations"], ...only })
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact))
  return serious.flatMap(({ id, help, nodes }) => nodes.map((node) => (
    { rule: id, help, target: node.target.flat().join(" >> "), why: node.failureSummary }
  )))
}"""
_SIZE = """() => {
  const inside = (root) => [...root.querySelectorAll("*")].reduce((sum, one) => sum + size(one), 0)
  const size = (one) => 1 + (one.shadowRoot ? inside(one.shadowRoot) : 0)
  return inside(document)
}"""
"""How many elements there are, those of the grid included."""


# ---- what axe says


def violations(page: Page, theme: str = THEMES[0]) -> list[dict[str, str]]:
    """Return every element with a serious or critical violation: rule, help, target, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found: list[dict[str, str]] = page.evaluate(_RUN, None if theme == THEMES[0] else list(_COLOURS))
    return found


def described(found: list[dict[str, str]], where: str) -> list[str]:
    """Return two lines of text per violation: what, and why."""
    return [f"{where}: {one['rule']} | {one['target']} | {one['help']}\n    {one['why']}" for one in found]


def check(page: Page, where: str, *opened: Locator, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Return the violations at each width and in each theme. ``opened``: elements that must be visible."""
    wrong = []
    for width, theme in looks(widths):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)  # the screen changes without a reload
        settle(page)
        for part in opened:
            expect(part).to_be_visible()
        wrong += described(violations(page, theme), f"{where}, {width} px, {theme}")
    return wrong


def looks(widths: tuple[int, ...]) -> Iterator[tuple[int, Literal["light", "dark"]]]:
    """Yield each width in each theme, changing one of the two at a time."""
    for place, width in enumerate(widths):
        for theme in THEMES[:: -1 if place % 2 else 1]:
            yield width, theme


def settle(page: Page) -> None:
    """Wait until the script has ended and the page no longer changes."""
    expect(page.locator("html[lang=fr]")).to_be_attached()  # the script of pages/menu.py has run
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached()
    sizes = [-1, -2]
    while sizes[-1] != sizes[-2]:
        time.sleep(0.15)
        sizes.append(page.evaluate(_SIZE))


# ---- the office


@pytest.fixture
def person(server) -> int:
    """Rows in every table, some of them late, refused or near the ceiling. Returns the person's id."""
    db, today = server.open(), records.today()
    person = add_person(db, "Abel", town="Cahors", craft="Céramiste", domain="crafts")
    diagnostic = add(db, "diagnostic", person_id=person, started_on="2024-01-10", obstacles=("mobility",))
    add(db, "action", person_id=person, diagnostic_id=diagnostic, objective="Passer le permis", due_on="2024-06-01")
    contract = {"kind": "cer", "signed_on": "2024-01-15", "starts_on": "2024-01-15", "ends_on": today}
    add(db, "cer", person_id=person, **contract)
    granted = {"decision": "granted", "granted": 800_00, "decided_on": "2024-05-02"}
    add(db, "aid", person_id=person, type="equipment", requested_on="2024-04-02", **granted)
    add(db, "aid", person_id=person, type="training", requested_on="2024-06-03")
    add(db, "intervention", person_id=person, domain="coaching", happened_on="2024-02-01", minutes=45)
    partner = add(db, "partner", name="La Fabrique", kind="culture", email="bonjour@exemple.fr")
    add(db, "need", title="Un four partagé", noted_on="2024-02-01")
    add(db, "project", name="Marché de printemps", partner_id=partner, participants=(person,))
    for day in range(1, 7):
        add(db, "orientation", person_id=person, requested_on=f"2023-12-0{day}", prescriber="social")
    left = add_person(db, "Blum")
    add(db, "exit", person_id=left, left_on=today, reason="job")
    return person


# ---- every screen


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen(server, person, page, screen):
    page.goto(server.address + screen)

    assert not (wrong := check(page, f"/{screen}")), "\n".join(wrong)


def test_the_file_of_a_person(server, person, page):
    page.goto(f"{server.address}dossier?dossier={person}")
    page.get_by_test_id("stButtonGroup").get_by_text("CER", exact=True).click()  # a chosen pill, in « Parcours »
    wrong = []
    for view in VIEWS:
        tab = page.get_by_role("radio", name=view)
        tab.click()
        expect(tab).to_be_checked()
        wrong += check(page, f"file, {view}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("address", ["connexion", "bienvenue?cle=perdue", "bienvenue?cle={}", "deconnexion"])
def test_the_sign_in_pages(server, open_tab, address):
    db = server.open()
    token = accounts.invite(db, "first", None, time.time())
    db.close()
    page = open_tab(server.address + address.format(token), as_="La CIPA" * (address == "deconnexion"), refused=True)
    wrong = []
    for width, theme in looks(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("h1")).to_be_visible()
        wrong += described(violations(page, theme), f"/{address}, {width} px, {theme}")

    assert not wrong, "\n".join(wrong)


# ---- what opens


def test_a_form(server, person, page):
    page.goto(server.address)
    page.get_by_role("button", name="Nouvelle personne").click()
    save = page.get_by_role("dialog").get_by_role("button", name="Enregistrer")
    save.click()  # nothing is filled in: the form says what is missing

    missing = page.get_by_role("dialog").get_by_test_id("stAlert")
    assert not (wrong := check(page, "form", save, missing)), "\n".join(wrong)


def test_the_filters(server, person, page):
    page.goto(server.address)
    page.get_by_role("button", name="Filtres").click()

    clear = page.get_by_role("button", name="Tout effacer")
    assert not (wrong := check(page, "filters", clear)), "\n".join(wrong)


def test_a_grid_with_an_error_and_a_selected_line(server, person, page):
    grid = Spreadsheet(page, f"{server.address}aides")
    grid.type(1, "requested", "beaucoup")
    refused = page.locator("td.refused")
    expect(refused).to_be_visible()
    grid.lines.nth(1).get_by_role("checkbox").check()

    assert not (wrong := check(page, "grid", refused, grid.button("Supprimer (1)"))), "\n".join(wrong)


def test_a_number_of_the_report(server, person, page):
    page.goto(f"{server.address}photo-bilan")
    page.locator(".st-key-number-followed").get_by_role("button", name="Ouvrir").click()

    names = page.get_by_role("dialog").get_by_test_id("stDataFrame")
    assert not (wrong := check(page, "number", names)), "\n".join(wrong)


def test_the_detail_of_a_chart(server, person, page):
    page.goto(f"{server.address}photo-bilan")
    page.locator(".st-key-report-genre").get_by_role("button", name="Détail").click()

    numbers = page.get_by_test_id("stPopoverBody").get_by_role("table")
    assert not (wrong := check(page, "detail", numbers)), "\n".join(wrong)


def test_the_menu_on_a_telephone(server, person, page):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(server.address)
    page.get_by_test_id("stExpandSidebarButton").click()

    link = page.get_by_role("list", name="Suivi").get_by_role("link", name="Aides")
    assert not (wrong := check(page, "menu", link, widths=(390,))), "\n".join(wrong)


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
    page.evaluate(_AXE)
    rules = "axe.getRules(['cat.color']).filter(one => !one.tags.includes('wcag2aaa')).map(one => one.ruleId).sort()"

    assert page.evaluate(rules) == sorted(_COLOURS)


def test_the_checker_reads_inside_the_grid(server, person, page):
    page.goto(server.address)
    settle(page)
    page.locator(".palette-grid .counts").evaluate(
        "(counts) => counts.style.color = 'color-mix(in srgb, gray 20%, white)'"
    )

    assert [one["target"].split(" >> ")[-1] for one in violations(page)] == [".counts"]
