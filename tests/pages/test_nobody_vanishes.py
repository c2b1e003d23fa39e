"""A person is found from anywhere: Ctrl+K, a search that the filters hide her from, the search of « Dossier »."""

import pytest
from playwright.sync_api import expect

from tests.pages import axe
from tests.pages.spreadsheet import Spreadsheet, add, add_person
from tests.pages.waiting import settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def persons(shared_server):
    shared_server.empty()
    db = shared_server.open()
    ids = {
        "here": add_person(db, "Abel", artist_name="Les Pieds nus", phone="0565534001"),
        "outside": add(db, "person", last_name="Curie", first_name="Zoé", gender="woman"),
        "archived": add(db, "person", last_name="Curie", first_name="Max", gender="man", archived_on="2024-01-01"),
        "partner": add(db, "partner", name="Le Moulin"),
    }
    add(db, "exit", person_id=ids["outside"], left_on="2024-01-02", reason="job")
    db.close()
    return ids


def test_ctrl_k_finds_opens_and_gives_the_focus_back(lasting_page, shared_server, persons):
    page = lasting_page
    page.goto(f"{shared_server.address}tableau-de-bord")
    settle(page)
    button = page.get_by_role("button", name="Tous les graphiques")
    dialog, options = page.get_by_role("dialog", name="Chercher partout"), page.get_by_role("option")
    button.focus()

    page.keyboard.press("Control+k")
    expect(options.first).to_have_text("Portefeuille")
    page.keyboard.type("rien de tel")
    expect(dialog.get_by_role("status")).to_contain_text("Rien de ce nom")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()

    page.get_by_role("button", name="Chercher… Ctrl + K").click()
    page.keyboard.type("curie")
    expect(options).to_have_text(["Curie Zoé", "Curie Max (archivée)"])
    assert axe.check(page, "the quick search", dialog) == []
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoé Curie")

    for words, title, end in (
        ("0565534001", "Lou Abel", f"/dossier?dossier={persons['here']}"),
        ("aides", "Aides", "/aides"),
    ):
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        expect(options).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert page.url.endswith(end)

    page.keyboard.press("Control+k")
    page.keyboard.type("moulin")
    expect(options).to_have_text(["Le Moulin"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Le Moulin")
    page.get_by_role("button", name="Modifier").click()
    expect(page.get_by_role("textbox", name="Nom *")).to_have_value("Le Moulin")


def test_a_search_says_who_the_filters_and_the_archives_hide(lasting_page, shared_server, persons):
    page = lasting_page
    grid = Spreadsheet(page, shared_server.address)
    grid.search("curie")

    expect(page.get_by_text("Sans les filtres : 1 personne — Curie Zoé (Hors portefeuille).")).to_be_visible()
    expect(grid.button("Curie Max (archivée)")).to_be_visible()
    grid.button("Chercher sans les filtres").click()
    expect(grid.cell(1, "first_name")).to_have_text("Zoé")
    expect(page.get_by_role("searchbox", name="Rechercher")).to_have_value("curie")

    page.goto(f"{shared_server.address}aides")
    Spreadsheet(page).search("pieds nus")
    grid.button("Abel Lou").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lou Abel")


def test_the_search_of_a_file_finds_by_telephone_and_offers_several(lasting_page, shared_server, persons):
    page = lasting_page
    page.goto(f"{shared_server.address}dossier")
    search = page.get_by_role("textbox", name="Chercher une personne")
    search.fill("05 65 53 40 01")
    search.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lou Abel")

    search.fill("curie")
    search.press("Enter")
    page.get_by_role("combobox", name="Personne (2 trouvées)").click()
    page.get_by_role("option", name="Curie Max").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Max Curie")
