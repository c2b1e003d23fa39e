"""From sign-in to a saved contract by keyboard alone, and what a screen reader is told of the grid on the way."""

import pytest
from playwright.sync_api import Page, expect

from db.accounts import accounts
from db.model.roles import Role
from tests.pages.spreadsheet import Spreadsheet, add_person, eventually
from tests.pages.waiting import wait_until_idle

pytestmark = pytest.mark.browser
_FOCUS = """() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  const named = element.cloneNode(true)
  for (const icon of named.querySelectorAll("[data-testid=stIconMaterial], style, script")) icon.remove()
  return (element.getAttribute("aria-label") || named.textContent || element.tagName).trim()
}"""


def tab_to(page: Page, name: str, keys: str = "Tab") -> None:
    """Press Tab until the element of that name has the focus."""
    seen = []
    for _ in range(60):
        page.keyboard.press(keys)
        seen.append(page.evaluate(_FOCUS))
        if seen[-1].startswith(name):
            return
    raise AssertionError(f"« {name} » is not reached by {keys}: {seen}")


def test_a_contract_is_saved_from_sign_in_on_by_keyboard_alone(server, open_tab):
    db = server.open()
    add_person(db, "Abel", "Anne")
    account = accounts.create(db, "clavier@exemple.fr", "Clavier", [Role.AGENT], "Test")
    accounts.set_password(db, account, "quatre mots sans lien")
    page = open_tab(server.address, as_="")
    page.get_by_label("Mot de passe").wait_for()
    page.keyboard.type("clavier@exemple.fr")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type("quatre mots sans lien")
    page.keyboard.press("Enter")
    expect(page.locator(".palette-grid tbody td").first).to_be_visible()

    tab_to(page, "Contrats")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Contrats")).to_be_visible()
    grid = Spreadsheet(page)
    wait_until_idle(page)
    tab_to(page, "Rechercher")
    tab_to(page, "Nouveau contrat", "Shift+Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Ligne ouverte")
    expect(panel.get_by_role("combobox", name="Personne")).to_be_focused()
    page.keyboard.type("Abel")
    page.keyboard.press("Enter")
    for label, text in (("Signé le", "05/01/2026"), ("Du", "05/01/2026"), ("Au", "04/07/2026")):
        tab_to(page, label)
        page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    eventually(
        lambda: [(row["signed_on"], row["ends_on"]) for row in server.rows("cer")], [("2026-01-05", "2026-07-04")]
    )
    wait_until_idle(page)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)

    expect(grid.cell(1, "person_id")).to_have_text("Abel Anne")
    table = page.get_by_role("grid", name="Contrats")
    expect(table).to_have_attribute("aria-rowcount", "3")
    expect(table.get_by_role("gridcell", name="Abel Anne")).to_be_visible()
    grid.select(1, "signed_on")
    page.keyboard.press("ArrowUp")  # to the titles
    page.keyboard.press("Enter")
    expect(table.get_by_role("columnheader", name="Signé le")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("dialog", name="Colonne Signé le")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    expect(table.locator('td[aria-selected="true"]')).to_have_count(2)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # after Escape, Tab leaves the grid
    expect(page.locator(".palette-grid td:focus")).to_have_count(0)
