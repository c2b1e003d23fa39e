"""The calendar of a day, in French, by keyboard and mouse: in the grid, in a form, and in a filter."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.pages import axe
from tests.pages.spreadsheet import Spreadsheet, add, add_person, side_panel

pytestmark = pytest.mark.browser


@pytest.fixture
def person(server) -> int:
    return add_person(server.open(), "Abel", birth_date="1980-03-06")


@pytest.fixture
def aid(server, person) -> int:
    return add(server.open(), "aid", person_id=person, type="training", requested_on="2026-03-05")


def birth_dates(server) -> list[str]:
    return [row["birth_date"] for row in server.rows("person")]


def chosen_day(page: Page):
    return page.locator(".palette-calendar td:focus")


def test_a_day_is_chosen_in_a_cell_by_keyboard(server, page, person):
    grid = Spreadsheet(page, server.address)
    cell = grid.select(1, "birth_date")

    page.keyboard.press("Alt+ArrowDown")

    calendar = page.get_by_role("dialog", name="Calendrier : Date de naissance")
    expect(calendar.get_by_role("grid", name="mars 1980")).to_be_visible()
    heads = calendar.get_by_role("columnheader")
    assert [head.get_attribute("aria-label") for head in heads.all()][::6] == ["lundi", "dimanche"]
    expect(chosen_day(page)).to_have_accessible_name("jeudi 6 mars 1980")
    for key, day in {
        "ArrowDown": "jeudi 13 mars 1980", "ArrowLeft": "mercredi 12 mars 1980", "Home": "lundi 10 mars 1980",
        "End": "dimanche 16 mars 1980", "PageDown": "mercredi 16 avril 1980", "PageUp": "dimanche 16 mars 1980",
        "Shift+PageUp": "vendredi 16 mars 1979",
    }.items():  # fmt: skip
        page.keyboard.press(key)
        expect(chosen_day(page)).to_have_accessible_name(day)
    page.keyboard.press("Escape")
    expect(calendar).to_be_hidden()
    expect(cell.get_by_role("textbox")).to_be_focused()  # Escape closed the calendar, not the editor

    page.keyboard.press("F4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    grid.wait_until_saved()
    assert birth_dates(server) == ["1980-03-07"]
    expect(cell).to_have_text("07/03/1980")


def test_ctrl_semicolon_is_today_in_a_cell_and_the_button_opens_the_calendar(server, page, aid):
    grid = Spreadsheet(page, f"{server.address}aides")
    cell = grid.select(1, "requested_on")

    page.keyboard.press("Control+;")

    grid.wait_until_saved()
    assert server.rows("aid")[0]["requested_on"] == date.today().isoformat()
    cell.dblclick()
    cell.get_by_role("button", name="Calendrier").click()
    calendar = page.get_by_role("dialog", name="Calendrier : Demandée le")
    expect(calendar.locator("[aria-current=date]")).to_be_focused()
    assert axe.check(page, "the calendar of a cell", calendar, widths=(390,)) == []


def test_a_day_is_chosen_in_a_form_and_in_a_filter(server, page, aid):
    grid = Spreadsheet(page, f"{server.address}aides")
    grid.select(1, "requested_on")
    page.keyboard.press("Control+Enter")
    form = side_panel(page)
    box = form.get_by_role("textbox", name="Demandée le")

    box.press("Alt+ArrowDown")
    calendar = page.get_by_role("dialog", name="Calendrier : Demandée le")
    expect(calendar.get_by_role("gridcell", name="jeudi 5 mars 2026")).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    frame = form.get_by_test_id("stTextInputRootElement").filter(has=page.get_by_role("textbox", name="Demandée le"))
    frame.get_by_role("button", name="Calendrier").click()
    assert axe.check(page, "the calendar of a form", calendar, widths=(1440,)) == []
    calendar.get_by_role("gridcell", name="dimanche 8 mars 2026").click()
    expect(calendar).to_be_hidden()
    expect(box).to_have_value("08/03/2026")
    form.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Enregistré")
    assert server.rows("aid")[0]["requested_on"] == "2026-03-08"

    page.get_by_role("button", name="Filtres").click()
    low = page.get_by_role("textbox", name="Demandée le, de")
    low.press("Alt+ArrowDown")
    page.keyboard.press("Escape")
    expect(low).to_be_focused()  # Escape closed the calendar, not the filters
    low.press("Alt+ArrowDown")
    page.get_by_role("button", name="Aujourd’hui").click()

    expect(low).to_have_value(f"{date.today():%d/%m/%Y}")  # the filters are still open
    expect(page.get_by_role("listitem").filter(has_text="Demandée le")).to_contain_text("à partir de")
    low.fill("5/3/26")
    low.press("Enter")
    expect(low).to_have_value("05/03/2026")  # with its year: a saved view means the same day next year
