"""The habits of somebody who comes from Excel, by real keys and mouse: moving, ranges, fill, cut, undo and redo."""

import subprocess
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from db.rows import operations, records
from tests.pages.spreadsheet import Spreadsheet, add, add_person, change, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def people(server):
    """Six persons of the portfolio; the first has an aid."""
    db = server.open()
    return [add_person(db, name) for name in ("Abel", "Blum", "Colin", "Dubois", "Émery", "Faure")]


@pytest.fixture
def aids(server, people):
    db = server.open()
    return [
        add(
            db,
            "aid",
            person_id=person,
            type="training",
            requested_on=f"2026-01-0{9 - index}",
            requested=100_00 * index * (index < 3),
        )
        for index, person in enumerate(people)
    ]


@pytest.fixture
def grid(page, server, people) -> Spreadsheet:
    return Spreadsheet(page, server.address)


@pytest.fixture
def aid_grid(page, server, aids) -> Spreadsheet:
    return Spreadsheet(page, f"{server.address}aides")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def towns(server) -> list[str | None]:
    return [row["town"] for row in server.rows("person")]


def last_operation(server):
    operation = operations.last_of(server.open(), "La CIPA", "person", "aid")
    assert operation is not None
    return operation.id


def test_keys_move_among_cells_and_edit_them(server, grid, page):
    grid.type(1, "town", "Cahors")
    grid.select(1, "town")
    press(page, "F2")
    page.keyboard.type(" Sud")  # the caret is at the end
    press(page, "Tab")
    expect(grid.cell(1, "territory")).to_be_focused()
    press(page, "Shift+Tab", "Shift+Tab")
    expect(grid.cell(1, "phone")).to_be_focused()
    grid.wait_until_saved()
    assert towns(server)[0] == "Cahors Sud"

    press(page, "Control+Home")
    expect(grid.cell(1, "last_name")).to_be_focused()
    press(page, "Control+End")
    expect(grid.lines.nth(5).locator("td").last).to_be_focused()
    press(page, "Tab")  # from the last column to the next line
    expect(grid.cell(7, "last_name")).to_be_focused()
    press(page, "Control+Home", "Control+ArrowDown")
    expect(grid.cell(6, "last_name")).to_be_focused()
    grid.select(1, "town")
    press(page, "Control+ArrowDown")  # nothing but empty cells below: the last line
    expect(grid.cell(6, "town")).to_be_focused()
    press(page, "Control+ArrowUp")
    expect(grid.cell(1, "town")).to_be_focused()


def test_a_range_is_cut_filled_and_taken_back_as_one(server, grid, page):
    grid.paste(1, "town", "Cahors\nFigeac\nGourdon")
    grid.wait_until_saved()
    before = last_operation(server)
    grid.select(1, "town", to=(3, "town"))
    page.keyboard.press("Control+x")
    eventually(lambda: towns(server)[:3], [None] * 3)
    assert last_operation(server) == before + 1, "one operation"
    press(page, "Control+z")
    eventually(lambda: towns(server)[:3], ["Cahors", "Figeac", "Gourdon"])
    press(page, "Control+y")
    eventually(lambda: towns(server)[:3], [None] * 3)
    press(page, "Control+z", "Control+Shift+z", "Control+z")
    eventually(lambda: towns(server)[:3], ["Cahors", "Figeac", "Gourdon"])

    grid.select(1, "town", to=(4, "town"))
    press(page, "Control+d")
    eventually(lambda: towns(server), ["Cahors"] * 4 + [None] * 2)
    press(page, "Control+z")
    eventually(lambda: towns(server), ["Cahors", "Figeac", "Gourdon", None, None, None])
    grid.select(2, "last_name", to=(2, "first_name"))
    press(page, "Control+r")
    eventually(lambda: server.rows("person")[1]["first_name"], "Blum")

    grid.select(5, "town")
    press(page, "Control+v")  # what was cut: a real clipboard
    eventually(lambda: towns(server)[4:], ["Cahors", "Figeac"])


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box is not None
    return box


def drag_handle(page: Page, grid: Spreadsheet, to: tuple[int, str], keys: str = "") -> None:
    handle, target = box_of(page.locator(".palette-grid .handle")), box_of(grid.cell(*to))
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 12, steps=4)
    if keys:
        page.keyboard.down(keys)
    page.mouse.up()
    if keys:
        page.keyboard.up(keys)


def test_the_handle_copies_and_with_ctrl_goes_on_as_a_series(server, aids, aid_grid, page):
    requested = lambda: [row["requested"] for row in server.rows("aid")]  # noqa: E731
    aid_grid.select(2, "requested", to=(3, "requested"))  # 100, 200
    drag_handle(page, aid_grid, (6, "requested"), "Control")
    eventually(requested, [0, 100_00, 200_00, 300_00, 400_00, 500_00])
    before = last_operation(server)
    aid_grid.select(1, "requested_on")
    drag_handle(page, aid_grid, (3, "requested_on"), "Control")
    days = lambda: [row["requested_on"] for row in server.rows("aid")][:3]  # noqa: E731
    eventually(days, ["2026-01-09", "2026-01-10", "2026-01-11"])
    press(page, "Control+z")
    eventually(days, ["2026-01-09", "2026-01-08", "2026-01-07"])
    assert last_operation(server) == before + 2
    aid_grid.select(1, "requested_on")
    press(page, "Control+;")
    eventually(lambda: days()[0], records.today())
    aid_grid.select(2, "requested", to=(3, "requested"))
    drag_handle(page, aid_grid, (5, "requested"))
    eventually(requested, [0, 100_00, 200_00, 100_00, 200_00, 500_00])


def test_a_fill_over_a_colleagues_change_saves_the_other_cells_and_asks(server, people, open_tab):
    page = open_tab(server.address, refused=True)
    grid = Spreadsheet(page)
    grid.type(1, "town", "Cahors")
    grid.wait_until_saved()
    page.route("**/grille", lambda route: route.fulfill(status=503))  # cut off: the fill waits
    page.route("**/changes", lambda route: route.fulfill(status=503))
    grid.select(1, "town", to=(3, "town"))
    press(page, "Control+d")
    expect(grid.status).to_contain_text("Connexion perdue")
    change(server.open(), "person", people[1], town="Gourdon")
    page.unroute("**/grille")
    page.unroute("**/changes")

    expect(grid.message("Une collègue a écrit « Gourdon »")).to_be_visible()
    assert towns(server)[:3] == ["Cahors", "Gourdon", "Cahors"]


def test_the_sum_of_a_range_and_of_ticked_rows(server, aids, aid_grid, page):
    aid_grid.select(2, "requested", to=(4, "requested"))
    sums = page.locator(".palette-grid .sums")
    expect(sums).to_have_text("3 cases · Somme 300\u00a0€ · Moyenne 100\u00a0€")
    assert aid_grid.copy() == "100\n200\n0"
    press(page, "Control+a")
    expect(sums).to_contain_text("48 cases")

    boxes = page.get_by_role("checkbox", name="Choisir la ligne", exact=True)
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(aid_grid.counts).to_contain_text("4 lignes choisies")
    expect(aid_grid.button("Supprimer (4)")).to_be_visible()


def test_what_is_copied_is_numbers_and_dates_in_a_spreadsheet(server, aids, aid_grid, soffice: str, tmp_path: Path):
    change(server.open(), "aid", aids[1], requested=1234_50)
    expect(aid_grid.cell(2, "requested")).to_contain_text("234,50")
    aid_grid.select(2, "person_id", to=(2, "requested"))
    html = aid_grid.copy("text/html")
    (tmp_path / "copied.html").write_text(html, encoding="utf-8")
    convert = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    convert += ["--infilter=HTML (StarCalc)", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "copied.html")], check=True, capture_output=True, timeout=120)

    [cells] = openpyxl.load_workbook(tmp_path / "copied.xlsx").active.iter_rows()
    assert [cell.value for cell in cells][0] == "Blum Lou"
    assert cells[1].is_date
    assert cells[1].value.isoformat()[:10] == "2026-01-08"
    assert cells[3].value == 1234.5


def test_columns_are_resized_fitted_frozen_hidden_and_filtered_by_their_menu(server, people, grid, page):
    head = page.locator('th[data-field="town"]')
    width = lambda: head.evaluate("(th) => th.offsetWidth")  # noqa: E731
    page.locator(".palette-grid .scroller").evaluate("(box) => box.scrollTo(560, 0)")
    border = box_of(head.locator(".border"))
    before = width()
    page.mouse.move(border["x"] + 4, border["y"] + 10)
    page.mouse.down()
    with page.expect_response("**/grille"):  # the layout is remembered
        page.mouse.move(border["x"] + 84, border["y"] + 10, steps=3)
        page.mouse.up()
    eventually(width, before + 80)
    grid.type(1, "town", "Une commune au nom vraiment très long")
    grid.wait_until_saved()
    grid.search("abel")
    expect(grid.lines).to_have_count(2)
    assert width() == before + 80, "stable while typing and searching"
    page.reload()
    eventually(width, before + 80)

    page.locator(".palette-grid .scroller").evaluate("(box) => box.scrollTo(560, 0)")
    head.locator(".border").dblclick()
    eventually(lambda: width() > before + 80, True)
    head.get_by_role("button", name="Menu de la colonne Commune").click()
    menu = page.get_by_role("dialog", name="Colonne Commune")
    menu.get_by_role("textbox", name="Commune : contient").fill("vraiment")
    menu.get_by_role("button", name="Filtrer", exact=True).click()
    expect(grid.lines).to_have_count(2)
    expect(page.get_by_role("listitem").filter(has_text="Commune")).to_contain_text("contient « vraiment »")
    head.get_by_role("button", name="Menu de la colonne Commune").click()
    menu.get_by_role("button", name="Effacer le filtre").click()
    expect(grid.lines).to_have_count(7)
    page.locator('th[data-field="gender"]').get_by_role("button", name="Menu de la colonne Genre").click()
    page.get_by_role("dialog", name="Colonne Genre").get_by_role("button", name="Masquer la colonne").click()
    expect(page.locator('th[data-field="gender"]')).to_have_count(0)

    page.get_by_role("button", name="Menu de la colonne Situation").click()
    page.get_by_role("button", name="Figer jusqu’à cette colonne").click()
    page.locator(".palette-grid .scroller").evaluate("(box) => box.scrollTo(box.scrollWidth, 0)")
    grid.select(2, "state")
    for _ in range(12):
        press(page, "ArrowRight")
        hidden = page.locator("td:focus").evaluate(
            "(td) => td.getBoundingClientRect().left < td.closest('tr').cells[3].getBoundingClientRect().right - 1"
        )
        assert not hidden, "the active cell is never beneath the frozen columns"


def test_the_menu_of_a_cell_shows_its_history_and_deletes_its_row(server, people, grid, page):
    grid.type(2, "town", "Cahors")
    grid.type(2, "town", "Figeac")
    grid.wait_until_saved()
    grid.cell(2, "town").click(button="right")
    page.get_by_role("menuitem", name="Historique de cette case").click()
    dialog = page.get_by_role("dialog", name="Historique de la case")
    expect(dialog.get_by_text("Cahors → Figeac")).to_be_visible()
    expect(dialog.get_by_text("vide → Cahors")).to_be_visible()
    press(page, "Escape")
    expect(dialog).to_have_count(0)

    grid.cell(2, "town").click(button="right")
    page.get_by_role("menuitem", name="Supprimer la ligne…").click()
    page.get_by_role("dialog", name="Supprimer ?").get_by_role("button", name="Supprimer").click()
    expect(grid.lines).to_have_count(6)
    assert "Blum" not in grid.column("last_name")
