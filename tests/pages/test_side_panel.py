"""The form of a row beside its grid, and the keys of every form, by real keys in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from db.model.dictionary import TABLES
from tests.pages.spreadsheet import Spreadsheet, add, add_person, change, eventually, side_panel
from tests.pages.waiting import settle

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const one = document.activeElement
  const name = one.getAttribute("aria-label") ?? one.closest("[role=radiogroup]")?.getAttribute("aria-label")
  return name ?? one.textContent.trim()
}"""
"""The name of what has the focus; of a choice between « Oui » and « Non », the name of its field."""


@pytest.fixture(scope="module")
def person(shared_server) -> int:
    """A person with three aids, the last one first in the grid, and a row in tables with every kind of field."""
    shared_server.empty()
    db = shared_server.open()
    person = add_person(db, "Abel")
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        add(db, "aid", person_id=person, type="training", requested_on=day)
    add(db, "orientation", person_id=person, requested_on="2024-01-01", accompanied_elsewhere=0)
    add(db, "diagnostic", person_id=person, started_on="2024-01-10", obstacles=("mobility", "money"))
    db.close()
    return person


@pytest.fixture
def panel(lasting_page: Page) -> Locator:
    return side_panel(lasting_page)


@pytest.fixture
def open_first(shared_server, person, lasting_page: Page, panel: Locator) -> Callable[[str], Spreadsheet]:
    """Open the first row of a grid beside it, by keyboard."""

    def open_(path: str) -> Spreadsheet:
        with shared_server.open() as db:
            db.execute("DELETE FROM draft")
        lasting_page.goto(f"{shared_server.address}{path}")
        grid = Spreadsheet(lasting_page)
        grid.cell(1, "person_id").click()
        lasting_page.keyboard.press("Control+Enter")
        expect(panel.get_by_role("button", name="Enregistrer")).to_be_visible()
        settle(lasting_page)
        return grid

    return open_


def focused(page: Page) -> str:
    return str(page.evaluate(FOCUSED))


def amount_in(panel: Locator) -> Locator:
    return panel.get_by_role("textbox", name="Montant demandé")


def amounts(server) -> list[int | None]:
    """Return the amounts of the three aids, in the order of the grid."""
    return [row["requested"] for row in reversed(server.rows("aid"))]


@pytest.mark.parametrize(
    ("path", "name"), [("aides", "aid"), ("orientations", "orientation"), ("diagnostics", "diagnostic")]
)
def test_tab_goes_from_field_to_field_then_to_the_buttons(open_first, lasting_page, panel, path, name):
    open_first(path)
    fields = TABLES[name].fields
    found = [focused(lasting_page)]
    while found[-1] != "Annuler" and len(found) < 3 * len(fields):
        lasting_page.keyboard.press("Tab")
        found.append(focused(lasting_page))

    assert [label.removesuffix(" *") for label in found] == [*(f.label for f in fields), "Enregistrer", "Annuler"]
    last = next(field for field in reversed(fields) if field.help)
    expect(panel.get_by_label(last.label, exact=True).first).to_have_accessible_description(last.help)
    lasting_page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_what_was_just_typed_is_saved_or_asked_about(shared_server, open_first, lasting_page, panel):
    open_first("aides")
    keyboard = lasting_page.keyboard
    amount_in(panel).select_text()
    keyboard.type("12")
    keyboard.press("Control+Enter")
    eventually(lambda: amounts(shared_server)[0], 12_00)
    expect(amount_in(panel)).to_have_value("12\u00a0€")  # as it is stored: the panel stays, on the saved row
    expect(amount_in(panel)).to_be_focused()
    panel.get_by_role("textbox", name="Note").focus()
    keyboard.type("Deux lignes\net la fin")
    keyboard.press("Control+Enter")
    eventually(lambda: shared_server.rows("aid")[-1]["note"], "Deux lignes\net la fin")
    settle(lasting_page)

    keyboard.type(" perdue")
    keyboard.press("Escape")
    expect(panel.get_by_text("Ce que vous avez changé n’est pas enregistré.")).to_be_visible()
    expect(panel.get_by_role("button", name="Continuer")).to_be_focused()
    keyboard.press("Escape")
    expect(panel.get_by_role("textbox", name="Note")).to_be_focused()
    keyboard.press("Escape")
    panel.get_by_role("button", name="Abandonner").click()

    expect(panel).to_have_count(0)
    assert shared_server.rows("aid")[-1]["note"] == "Deux lignes\net la fin"


def test_escape_in_an_open_list_closes_the_list_only_and_ctrl_enter_chooses_and_saves(
    shared_server, open_first, lasting_page, panel
):
    open_first("aides")
    kind = panel.get_by_role("combobox", name="Type d’aide")
    kind.press("ArrowDown")
    expect(lasting_page.get_by_role("listbox")).to_be_visible()
    lasting_page.keyboard.press("Escape")
    expect(lasting_page.get_by_role("listbox")).to_be_hidden()
    expect(kind).to_be_focused()
    kind.press("ArrowDown")
    expect(lasting_page.get_by_role("listbox")).to_be_visible()
    lasting_page.keyboard.press("ArrowDown")
    lasting_page.keyboard.press("ArrowDown")
    lasting_page.keyboard.press("Control+Enter")
    eventually(lambda: shared_server.rows("aid")[-1]["type"] == "training", False)
    settle(lasting_page)

    lasting_page.keyboard.press("Escape")

    expect(panel).to_have_count(0)


def test_the_next_and_the_previous_row_by_keys(shared_server, open_first, lasting_page, panel):
    open_first("aides")
    day = panel.get_by_role("textbox", name="Demandée le")
    amount_in(panel).focus()
    for key, expected in (("PageDown", "02/01/2026"), ("PageDown", "01/01/2026"), ("PageUp", "02/01/2026")):
        lasting_page.keyboard.press(f"Alt+{key}")
        expect(day).to_have_value(expected)
        expect(amount_in(panel)).to_be_focused()  # the same field, row after row
        expect(lasting_page.locator(".palette-grid tr.opened")).to_contain_text(expected)
    before = amounts(shared_server)
    lasting_page.keyboard.type("45")
    lasting_page.keyboard.press("Alt+PageDown")
    panel.get_by_role("button", name="Continuer").click()
    expect(day).to_have_value("02/01/2026")
    lasting_page.keyboard.press("Alt+PageDown")
    panel.get_by_role("button", name="Abandonner").click()

    expect(day).to_have_value("01/01/2026")
    expect(panel.get_by_role("button", name="Ligne suivante")).to_be_disabled()
    expect(panel.get_by_role("button", name="Ligne précédente")).to_be_enabled()
    assert amounts(shared_server) == before


def test_what_is_typed_stays_while_a_colleague_saves_and_the_same_field_is_a_conflict(
    shared_server, open_first, lasting_page, panel
):
    grid = open_first("aides")
    first, other = shared_server.rows("aid")[2]["id"], shared_server.rows("aid")[0]["id"]
    amount_in(panel).select_text()
    lasting_page.keyboard.type("77")
    with shared_server.open() as db:
        change(db, "aid", other, requested=31_00)
        change(db, "aid", first, requested=32_00)

    expect(grid.cell(3, "requested")).to_have_text("31\u00a0€")  # the grid follows beside the panel
    expect(grid.cell(1, "requested")).to_have_text("32\u00a0€")
    expect(amount_in(panel)).to_have_value("77")
    expect(amount_in(panel)).to_be_focused()
    lasting_page.keyboard.press("Control+Enter")
    expect(panel.get_by_text("« 32\u00a0€ » dans le fichier, « 77\u00a0€ » chez vous")).to_be_visible()
    panel.get_by_role("button", name="Reprendre ce qui est dans le fichier").click()
    expect(amount_in(panel)).to_have_value("32\u00a0€")
    assert amounts(shared_server)[0] == 32_00
    settle(lasting_page)

    grid.type(1, "requested", "41")

    expect(amount_in(panel)).to_have_value("41\u00a0€")  # the panel follows the grid as well
    expect(grid.cell(2, "requested")).to_be_focused()


def test_a_panel_left_by_the_menu_is_closed_and_its_text_offered_here_and_in_the_menu_of_drafts(
    open_first, lasting_page, panel
):
    open_first("aides")
    panel.get_by_role("textbox", name="Autres financeurs").focus()
    lasting_page.keyboard.type("La Région")
    for screen in ("Réseau", "Aides"):
        lasting_page.get_by_role("link", name=screen, exact=True).click()
        expect(lasting_page.get_by_role("heading", name=screen, level=1)).to_be_visible()
        settle(lasting_page)
        expect(panel).to_have_count(0)

    Spreadsheet(lasting_page).lines.first.get_by_role("button", name="Ouvrir la ligne").click()

    expect(panel.get_by_text("Autres financeurs : La Région")).to_be_visible()
    expect(panel.get_by_role("button", name="Reprendre")).to_be_focused()
    lasting_page.keyboard.press("Enter")
    expect(panel.get_by_role("textbox", name="Autres financeurs")).to_have_value("La Région")
    lasting_page.get_by_role("button", name="1 brouillon").click()
    lasting_page.get_by_role("menuitem").click()
    dialog = lasting_page.get_by_role("dialog")
    expect(dialog.get_by_text("Autres financeurs : La Région")).to_be_visible()
    expect(panel).to_have_count(0)  # a form is open once
    dialog.get_by_role("button", name="Jeter").click()
    expect(dialog.get_by_role("textbox", name="Autres financeurs")).to_have_value("")


def test_the_panel_leaves_the_grid_in_sight_and_takes_the_screen_of_a_telephone(open_first, lasting_page, panel):
    grid = open_first("aides")
    around = grid.page.locator(".palette-grid").bounding_box()
    beside = panel.bounding_box()
    assert around
    assert beside
    assert around["x"] + around["width"] <= beside["x"]
    assert around["width"] > 500

    lasting_page.set_viewport_size({"width": 390, "height": 800})
    settle(lasting_page)

    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 800}


def test_a_person_created_from_the_screen_of_files_opens(shared_server, person, lasting_page):
    lasting_page.goto(f"{shared_server.address}dossier?dossier={person}")
    lasting_page.get_by_role("button", name="Nouvelle personne").click()
    dialog, keyboard = lasting_page.get_by_role("dialog"), lasting_page.keyboard
    expect(dialog.get_by_role("textbox", name="Nom *", exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)  # nothing was written
    lasting_page.get_by_role("button", name="Nouvelle personne").click()
    expect(dialog.get_by_role("textbox", name="Nom *", exact=True)).to_be_focused()
    keyboard.type("Élan")
    keyboard.press("Tab")
    keyboard.type("Zoé")
    dialog.get_by_role("combobox", name="Genre").click()
    lasting_page.get_by_role("option", name="Femme", exact=True).click()

    keyboard.press("Control+Enter")

    expect(lasting_page.get_by_role("heading", name="Zoé Élan", level=1)).to_be_visible()
    created = shared_server.rows("person")[-1]["id"]
    expect(lasting_page).to_have_url(re.compile(rf"\?dossier={created}$"))
    expect(dialog).to_have_count(0)
