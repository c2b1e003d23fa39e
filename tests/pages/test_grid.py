"""The grid in a real browser: editing every kind of value, conflicts with colleagues, undo."""

import pytest
from playwright.sync_api import expect

from db.model.effective_dictionary import DECLARED
from db.rows import records
from tests.pages.spreadsheet import Spreadsheet, add, add_person, change, eventually, wait_for_rerun

pytestmark = pytest.mark.browser


@pytest.fixture
def people(server):
    """Four persons of the portfolio: Abel, Blum, Colin, Émery."""
    db = server.open()
    return [add_person(db, name) for name in ("Abel", "Blum", "Colin", "Émery")]


@pytest.fixture
def grid(page, server, people) -> Spreadsheet:
    return Spreadsheet(page, server.address)


def value(server, table: str, row_id: int, field: str):
    return next(row[field] for row in server.rows(table) if row["id"] == row_id)


def test_a_cell_typed_over_is_saved_at_once(server, people, grid):
    for field, typed, stored in (
        ("first_name", "Anne-Lise", "Anne-Lise"),
        ("birth_date", "03/12/1980", "1980-12-03"),
        ("phone", "05 65 12 34 56", "+33565123456"),
        ("gender", "Homme", "man"),
        ("domain", "spect", "performing_arts"),
    ):
        grid.type(1, field, typed)

        grid.wait_until_saved()
        assert value(server, "person", people[0], field) == stored


def test_an_aid_is_edited_type_by_type(server, people, page):
    aid = add(server.open(), "aid", person_id=people[0], type="training", requested_on="2026-01-05")
    grid = Spreadsheet(page, f"{server.address}aides")

    grid.type(1, "requested", "1 234,50")
    grid.type(1, "requested_on", "6/3/2026")
    grid.type(1, "type", "mob")
    grid.type(1, "person_id", "blu")
    grid.wait_until_saved()

    [row] = server.rows("aid")
    assert row["id"] == aid
    assert (row["requested"], row["requested_on"], row["type"]) == (1234_50, "2026-03-06", "mobility")
    assert row["person_id"] == people[1]
    expect(grid.cell(1, "requested")).to_have_text("1\u202f234,50\u00a0€")


def test_a_reference_is_chosen_in_the_list_that_typing_narrows(server, people, page):
    add_person(server.open(), "Blanchet", "Zoé")
    add(server.open(), "aid", person_id=people[0], type="training", requested_on="2026-01-05")
    grid = Spreadsheet(page, f"{server.address}aides")

    grid.select(1, "person_id")
    page.keyboard.type("bl")
    expect(page.get_by_role("option")).to_have_text(["Blanchet Zoé", "Blum Lou"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    grid.wait_until_saved()
    assert server.rows("aid")[0]["person_id"] == people[1]


def test_several_choices_are_ticked_in_the_cell(server, people, page):
    diagnostic = add(server.open(), "diagnostic", person_id=people[0], started_on="2026-01-05")
    grid = Spreadsheet(page, f"{server.address}diagnostics")

    grid.select(1, "obstacles")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Logement").check()
    page.get_by_role("checkbox", name="Mobilité").check()
    page.keyboard.press("Enter")

    grid.wait_until_saved()
    assert value(server, "diagnostic", diagnostic, "obstacles") == '["housing", "mobility"]'


def test_a_yes_or_no_field_is_edited(server, people, page):
    add(server.open(), "orientation", person_id=people[0], requested_on="2026-01-05")
    grid = Spreadsheet(page, f"{server.address}orientations")
    grid.show_column("Emploi alimentaire", "food_job")

    for typed, stored in (("o", 1), ("n", 0)):
        grid.type(1, "food_job", typed)
        eventually(lambda: server.rows("orientation")[0]["food_job"], stored)
    grid.select(1, "food_job")
    for stored in (1, 0):
        page.keyboard.press("Space")
        eventually(lambda: server.rows("orientation")[0]["food_job"], stored)
    page.keyboard.press("Delete")
    eventually(lambda: server.rows("orientation")[0]["food_job"], None)


def test_typing_a_dead_key_begins_editing(server, people, grid, page):
    """After the dead key « ^ », the browser composes the letter in the element that has the focus: the editor."""
    grid.select(1, "town")
    page.locator("td:focus").evaluate(
        "(cell) => cell.dispatchEvent(new KeyboardEvent('keydown', { key: 'Dead', bubbles: true, composed: true }))"
    )
    page.keyboard.insert_text("Évry")
    page.keyboard.press("Enter")

    grid.wait_until_saved()
    assert value(server, "person", people[0], "town") == "Évry"


def test_five_cells_typed_one_after_the_other_are_all_saved(server, people, grid):
    for line, field, text, end in [
        (1, "town", "Cahors", "Enter"),
        (2, "town", "Figeac", "Enter"),
        (3, "craft", "relieuse", "Tab"),
        (4, "town", "Gourdon", "Enter"),
        (4, "first_name", "Maé", "Tab"),
    ]:
        grid.type(line, field, text, end)

    grid.wait_until_saved()
    rows = {row["last_name"]: row for row in server.rows("person")}
    assert [rows[name]["town"] for name in ("Abel", "Blum", "Émery")] == ["Cahors", "Figeac", "Gourdon"]
    assert (rows["Colin"]["craft"], rows["Émery"]["first_name"]) == ("relieuse", "Maé")


def test_no_edit_in_a_row_is_ignored(server, people, grid, page):
    grid.select(1, "town")
    for text in ("un", "deux", "trois", "quatre"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    eventually(lambda: [row["town"] for row in server.rows("person")], ["un", "deux", "trois", "quatre"])


def test_editing_the_same_cell_twice_is_no_conflict(server, people, grid):
    grid.type(1, "town", "Caho")
    grid.type(1, "town", "Cahors")
    grid.type(1, "town", "Cahors-Sud")

    grid.wait_until_saved()
    assert value(server, "person", people[0], "town") == "Cahors-Sud"
    assert grid.message("Que garder").count() == 0


def test_an_edit_is_saved_in_its_row_although_the_grid_is_sorted_meanwhile(server, people, grid, page):
    grid.type(1, "town", "Abelville")
    grid.sort("last_name")
    grid.sort("last_name")
    expect(grid.cell(1, "last_name")).to_have_text("Émery")
    grid.type(1, "town", "Ville d’Émery")
    grid.search("colin")
    expect(grid.lines).to_have_count(2)
    grid.type(1, "town", "Colinville")
    grid.wait_until_handled()

    towns = {row["last_name"]: row["town"] for row in server.rows("person")}
    assert towns == {"Abel": "Abelville", "Blum": None, "Colin": "Colinville", "Émery": "Ville d’Émery"}


def test_a_cell_being_typed_in_stays_while_the_search_answers(server, people, grid, page):
    grid.select(1, "town")
    page.keyboard.type("Pradi")
    with wait_for_rerun(page):
        page.get_by_role("searchbox").evaluate(  # as if it had been typed before: the cell keeps the focus
            "(box) => { box.value = 'colin'; box.dispatchEvent(new Event('input', { bubbles: true, composed: true })) }"
        )
    page.keyboard.type("nes")
    page.keyboard.press("Enter")

    expect(grid.lines).to_have_count(2)
    grid.wait_until_handled()
    assert [(r["last_name"], r["town"]) for r in server.rows("person") if r["town"]] == [("Abel", "Pradines")]


def test_two_tabs_of_one_person_see_each_other(server, people, grid, page):
    other = Spreadsheet(page.context.new_page(), server.address)

    grid.type(1, "town", "Cahors")
    expect(other.cell(1, "town")).to_have_text("Cahors")
    other.type(1, "town", "Figeac")

    expect(grid.cell(1, "town")).to_have_text("Figeac")
    assert value(server, "person", people[0], "town") == "Figeac"
    assert grid.message("Que garder").count() == 0


def wait_for_colleagues(server, people, grid):
    """Wait until this tab shows what colleagues have saved so far: a last change of theirs, in the next row."""
    change(server.open(), "person", people[1], craft="voisine")
    expect(grid.cell(2, "craft")).to_have_text("voisine")


@pytest.mark.parametrize("keep", ["theirs", "mine"])
def test_two_people_who_edit_one_cell_choose_between_the_values(server, people, grid, page, keep):
    grid.select(1, "town")
    page.keyboard.type("Figeac")
    change(server.open(), "person", people[0], town="Gourdon")
    wait_for_colleagues(server, people, grid)
    page.keyboard.press("Enter")

    expect(grid.message("Une collègue a écrit « Gourdon » pendant que vous tapiez « Figeac »")).to_be_visible()
    assert value(server, "person", people[0], "town") == "Gourdon"
    grid.button("Garder « Gourdon »" if keep == "theirs" else "Écrire « Figeac »").click()

    expect(grid.message("Que garder")).to_have_count(0)
    kept = {"theirs": "Gourdon", "mine": "Figeac"}[keep]
    assert value(server, "person", people[0], "town") == kept
    expect(grid.cell(1, "town")).to_have_text(kept)


def test_edits_by_two_people_in_two_fields_of_a_row_are_both_saved(server, people, grid, page):
    grid.select(1, "town")
    page.keyboard.type("Figeac")
    change(server.open(), "person", people[0], craft="potière")
    wait_for_colleagues(server, people, grid)
    page.keyboard.press("Enter")

    grid.wait_until_saved()
    row = records.get(server.open(), DECLARED.tables["person"], people[0])
    assert (row.values["town"], row.values["craft"]) == ("Figeac", "potière")
    assert grid.message("Que garder").count() == 0


def test_a_colleagues_change_shows_without_disturbing_the_cell_being_typed_in(server, people, grid, page):
    grid.select(1, "town")
    page.keyboard.type("Fig")
    change(server.open(), "person", people[1], town="Gourdon")

    expect(grid.cell(2, "town")).to_have_text("Gourdon")
    editor = grid.cell(1, "town").get_by_role("textbox")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("Fig")
    page.keyboard.type("eac")
    page.keyboard.press("Enter")
    grid.wait_until_saved()
    assert value(server, "person", people[0], "town") == "Figeac"


def test_a_row_that_no_longer_fits_the_filter_stays_marked_until_applied_again(server, people, grid):
    grid.search("abel")
    expect(grid.lines).to_have_count(2)
    grid.type(1, "last_name", "Zola")

    grid.wait_until_saved()
    expect(grid.lines.first).to_have_class("stale")
    assert grid.column("last_name") == ["Zola"]
    grid.button("Appliquer de nouveau").click()
    expect(grid.lines).to_have_count(1)
    assert value(server, "person", people[0], "last_name") == "Zola"


def test_undo_reverts_ones_own_change_and_not_a_colleagues(server, people, grid, page):
    grid.type(1, "town", "Figeac")
    grid.type(2, "town", "Cahors")
    grid.wait_until_saved()
    page.keyboard.press("Control+z")
    eventually(lambda: value(server, "person", people[1], "town"), None)

    change(server.open(), "person", people[0], town="Gourdon")
    expect(grid.cell(1, "town")).to_have_text("Gourdon")
    page.keyboard.press("Control+z")
    expect(grid.message("Que garder")).to_be_visible()
    assert value(server, "person", people[0], "town") == "Gourdon"
