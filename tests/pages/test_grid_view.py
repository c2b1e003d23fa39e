"""The grid in a real browser: filters, search, sort, pages, columns, downloads."""

import csv
import re
from contextlib import closing
from io import BytesIO, StringIO

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from db.rows import access_log, records
from db.rows.records import Edit
from pages.shared.grid.downloads import MOST_AT_ONCE
from tests.pages.spreadsheet import Spreadsheet, add, add_person, eventually, side_panel
from tests.pages.waiting import download

pytestmark = pytest.mark.browser


@pytest.fixture
def people(server):
    """Five persons, one of them outside the portfolio, whose names have accents and capitals."""
    db = server.open()
    names = {
        "Émery": ("Cahors", "crafts"),
        "abel": ("Figeac", None),
        "Zola": ("Cahors", "crafts"),
        "Dubois": (None, "cinema"),
    }
    found = [
        add_person(db, n, town=town, birth_date="1980-05-0" + str(i))
        for i, (n, (town, _)) in enumerate(names.items(), 1)
    ]
    left = add(db, "person", last_name="Hors", first_name="Max", gender="man", birth_date="1950-01-01")
    add(db, "exit", person_id=left, left_on="2024-06-01", reason="job")
    return found


@pytest.fixture
def grid(page, server, people) -> Spreadsheet:
    return Spreadsheet(page, server.address)


def open_filters(page: Page) -> None:
    page.get_by_role("button", name="Filtres").click()
    expect(page.get_by_role("button", name="Tout effacer")).to_be_visible()


def close_popover(page: Page) -> None:
    page.keyboard.press("Escape")
    page.locator("h1").first.click()


def test_the_portfolio_shows_its_preset_filter(grid):
    assert grid.column("last_name") == [
        "abel",
        "Dubois",
        "Émery",
        "Zola",
    ]  # accents and capitals sort as in a directory
    expect(grid.counts).to_have_text("4 sur 5 personnes")
    expect(grid.page.get_by_role("listitem").filter(has_text="Situation :")).to_contain_text("En diagnostic")


def test_a_filter_is_removed_by_its_chip(grid):
    grid.button("Lever le filtre Situation").click()

    expect(grid.counts).to_have_text("5 personnes")
    assert "Hors" in grid.column("last_name")


def test_filters_of_text_list_date_and_emptiness(grid, page):
    open_filters(page)
    page.get_by_role("textbox", name="Commune").fill("cah")
    page.keyboard.press("Enter")
    expect(grid.counts).to_have_text("2 sur 5 personnes")
    page.get_by_role("textbox", name="Date de naissance, de").fill("03/05/1980")
    page.keyboard.press("Enter")
    expect(grid.counts).to_have_text("1 sur 5 personnes")
    assert grid.column("last_name") == ["Zola"]

    page.get_by_role("textbox", name="Date de naissance, de").fill("03/15/1980")
    page.keyboard.press("Enter")
    expect(grid.message("Date de naissance : « 03/15/1980 » n’est pas une date")).to_be_visible()
    expect(grid.counts).to_have_text("2 sur 5 personnes")
    grid.button("Tout effacer").click()
    expect(grid.counts).to_have_text("5 personnes")


def test_filters_are_kept_after_leaving_the_page(grid, page, server):
    open_filters(page)
    page.get_by_role("textbox", name="Commune").fill("figeac")
    page.keyboard.press("Enter")
    expect(grid.counts).to_have_text("1 sur 5 personnes")
    close_popover(page)
    page.get_by_role("link", name="Aides").click()
    expect(page.get_by_role("heading", name="Aides")).to_be_visible()
    page.get_by_role("link", name="Portefeuille").click()

    expect(grid.counts).to_have_text("1 sur 5 personnes")
    expect(page.get_by_role("listitem").filter(has_text="Commune :")).to_contain_text("« figeac »")
    open_filters(page)
    expect(page.get_by_role("textbox", name="Commune")).to_have_value("figeac")
    grid.button("Tout effacer").click()
    expect(grid.counts).to_have_text("5 personnes")
    expect(page.get_by_role("textbox", name="Commune")).to_have_value("")


def test_search_while_typing_ignores_accents(grid, page):
    page.get_by_role("searchbox").press_sequentially("emer")

    expect(grid.counts).to_have_text("1 sur 5 personnes")
    assert grid.column("last_name") == ["Émery"]
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("emer")


def test_an_empty_search_result_shows_a_message(grid):
    grid.search("introuvable")

    empty = "Rien ne correspond à la recherche et aux filtres."
    expect(grid.page.locator(".palette-grid .scroller")).to_have_attribute("data-empty", empty)


def test_a_name_that_sounds_alike_is_proposed_when_a_search_finds_nobody(server, grid, page):
    add_person(server.open(), "Lefebvre", "Nathalie", birth_date="1980-05-06")
    grid.search("lefèvre natalie")

    page.get_by_role("button", name="Lefebvre Nathalie").click()
    expect(grid.counts).to_have_text("1 sur 6 personnes")
    assert grid.column("last_name") == ["Lefebvre"]


def test_a_header_sorts_ascending_descending_and_not_at_all(grid, page):
    grid.sort("last_name")
    expect(grid.cell(1, "last_name")).to_have_text("abel")
    grid.sort("last_name")
    expect(grid.cell(1, "last_name")).to_have_text("Zola")
    assert grid.column("last_name") == ["Zola", "Émery", "Dubois", "abel"]
    expect(page.locator('th[data-field="last_name"]')).to_have_attribute("aria-sort", "descending")


def test_columns_are_chosen_and_moved(grid, page):
    page.locator('th[data-field="aid_left"]').drag_to(page.locator('th[data-field="state"]'))
    names = "(heads) => heads.map((head) => head.dataset.field)"
    heads = page.locator("thead th[data-field]")
    eventually(lambda: heads.evaluate_all(names)[:3], ["last_name", "first_name", "aid_left"])

    grid.show_column("Courriel", "email")


def test_rows_are_read_as_one_scrolls_few_are_in_the_document_and_a_job_downloads_all(server, page):
    db = server.open()
    edits = [Edit({"name": f"Partenaire {n:04}"}) for n in range(MOST_AT_ONCE + 1)]
    records.save_all(db, db.tables["partner"], edits, "Test")
    grid = Spreadsheet(page, f"{server.address}reseau")
    scroller = page.locator(".palette-grid .scroller")

    expect(grid.counts).to_have_text("2 001 partenaires")
    for share, number in ((1.0, MOST_AT_ONCE), (0.5, 1_000), (0.0, 0)):
        scroller.evaluate("(box, share) => box.scrollTo(0, share * box.scrollHeight)", share)
        expect(page.locator("td", has_text=f"Partenaire {number:04}")).to_be_visible()
        assert grid.lines.count() < 80
    scroller.evaluate("(box) => box.scrollTo(0, 0.25 * box.scrollHeight)")
    page.locator("td", has_text="Partenaire 0500").click()
    page.keyboard.type("Au milieu")
    page.keyboard.press("Enter")
    grid.wait_until_saved()
    assert server.rows("partner")[500]["name"] == "Au milieu"

    scroller.evaluate("(box) => box.scrollTo(0, 0)")
    grid.cell(1, "name").hover()  # a range that goes on beyond the edge
    page.mouse.down()
    below = scroller.bounding_box()
    assert below is not None
    page.mouse.move(below["x"] + 200, below["y"] + below["height"] + 30)
    eventually(lambda: scroller.evaluate("(box) => box.scrollTop") > 1_000, True)
    page.mouse.up()
    expect(page.locator(".palette-grid .sums")).to_have_text(re.compile(r"^\d\d+ cases$"))

    lines = downloaded(page, "CSV").decode("utf-8-sig").splitlines()  # of so many rows: by a job
    assert len(lines) == MOST_AT_ONCE + 2
    assert [";Au milieu;" in line for line in lines].count(True) == 1
    expect(page.get_by_text("Partenaires, CSV : prêt.")).to_be_visible()
    expect(page.get_by_role("button", name="Plus", exact=True)).to_have_attribute("aria-expanded", "false")
    with closing(server.open()) as db:
        assert access_log.find(db, action="export")[0][0].detail == f"Partenaires · CSV · {MOST_AT_ONCE + 1} lignes"


def downloaded(page: Page, name: str) -> bytes:
    page.get_by_role("button", name="Plus", exact=True).click()
    return download(page, page.get_by_role("button", name=name, exact=True).click)[1]


def test_the_download_has_the_rows_shown_and_no_formulas(server, grid, page):
    add_person(server.open(), "=1+1", "@SUM(A1)", town="-2", birth_date="1980-05-06")
    expect(grid.counts).to_have_text("5 sur 6 personnes")

    rows = list(csv.reader(StringIO(downloaded(page, "CSV").decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 6
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["Nom"], first["Prénom"]) == ("'=1+1", "'@SUM(A1)")


def test_the_workbook_opens_with_real_dates_and_no_formula(server, grid, page):
    add_person(server.open(), "=1+1", "@SUM(A1)", birth_date="1980-05-06")
    expect(grid.counts).to_have_text("5 sur 6 personnes")

    sheet = openpyxl.load_workbook(BytesIO(downloaded(page, "Excel (XLSX)"))).active
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, sheet[2], strict=True))
    assert (first["Nom"].value, first["Nom"].data_type) == ("=1+1", "s")
    assert first["Date de naissance"].is_date
    assert sheet.max_row == 6


def test_an_empty_table_explains_how_to_begin(server, page):
    grid = Spreadsheet(page, f"{server.address}aides")

    expect(page.locator(".palette-grid .scroller")).to_have_attribute(
        "data-empty", "Rien encore. « Nouvelle aide financière » ci-dessus, ou tapez dans la ligne vide."
    )
    expect(grid.counts).to_have_text("0 aide financière")


def test_a_row_is_added_and_another_opened_beside_the_grid(server, people, page):
    aid = add(server.open(), "aid", person_id=people[0], type="training", requested_on="2026-01-05")
    grid = Spreadsheet(page, f"{server.address}aides")
    panel = side_panel(page)

    grid.button("Nouvelle aide financière").click()
    panel.get_by_role("button", name="Annuler").click()
    expect(panel).to_have_count(0)

    for amount in ("120,50", "130"):  # the second time as well
        grid.lines.first.get_by_role("button", name="Ouvrir la ligne").click()
        panel.get_by_role("textbox", name="Montant demandé").fill(amount)
        panel.get_by_role("button", name="Enregistrer").click()
        expect(grid.cell(1, "requested")).to_have_text(f"{amount}\u00a0€")
        panel.get_by_role("button", name="Fermer").click()
        expect(panel).to_have_count(0)
    assert [(row["id"], row["requested"]) for row in server.rows("aid")] == [(aid, 130_00)]


def test_a_person_opens_on_the_page_of_their_file(grid, page):
    grid.select(1, "last_name")
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(re.compile("dossier="))
    expect(page.get_by_text("abel", exact=False).first).to_be_visible()


def test_rows_that_need_attention_are_marked(server, people, page):
    add(
        server.open(),
        "aid",
        person_id=people[1],
        type="training",
        requested_on="2026-01-05",
        decision="granted",
        granted=800_00,
    )
    grid = Spreadsheet(page, server.address)

    assert "warning" in (grid.cell(1, "aid_left").get_attribute("class") or "")
    assert grid.cell(1, "aid_left").get_attribute("title") == "Plafond des aides presque atteint"
