"""What is being written in a form is found again whatever ends the page, and goes once it is saved or given up."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from db.accounts.sessions import COOKIE
from db.rows.drafts import FormDrafts, FormOpening
from tests.conftest import Server, cookie_of, let_in
from tests.pages.spreadsheet import Spreadsheet, add, add_person, eventually, side_panel
from tests.pages.test_form import given_person
from tests.pages.waiting import settle, wait_until_idle

# ---- in the browser, whatever ends the page

NOTE = "Elle a visité l’atelier partagé de Figeac. " * 60
END = "Elle y retourne jeudi, avec ses pièces"


@pytest.fixture(scope="module")
def plugged(tmp_path_factory, new_office) -> Iterator[Server]:
    """One server for the tests below, which they may kill and start again."""
    server = Server.create(tmp_path_factory.mktemp("plugged") / "data", new_office)
    with server.open() as db:
        let_in(db, "Bob")
    yield server
    server.kill()


@pytest.fixture
def tab(plugged: Server, open_tab: Callable[..., Page]) -> Page:
    with closing(plugged.open()) as db:
        db.execute("DELETE FROM draft")
    return open_tab(f"{plugged.address}interventions", refused=True)


def open_form_beside(page: Page) -> Locator:
    page.get_by_role("button", name="Nouvel entretien ou démarche").click()
    expect(side_panel(page)).to_be_visible()
    return side_panel(page)


def note_in(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Note", exact=True)


def write_note(page: Page) -> None:
    """Write a long note, and leave neither the field nor a pause after it."""
    open_form_beside(page)
    note_in(page).click()
    page.keyboard.insert_text(NOTE)
    page.keyboard.type(END)


def reload(server: Server, page: Page) -> Page:
    page.reload()
    return page


def go_back(server: Server, page: Page) -> Page:
    page.go_back()
    expect(page.get_by_role("heading", name="Portefeuille")).to_be_visible()
    page.go_forward()
    return page


def kill_server(server: Server, page: Page) -> Page:
    server.kill()
    expect(note_in(page)).to_be_disabled()
    server.start()
    expect(side_panel(page)).to_be_hidden()
    settle(page)
    return page


def close_tab_of_a_killed_server(server: Server, page: Page) -> Page:
    server.kill()
    context, address = page.context, page.url
    page.close()
    server.start()
    page = context.new_page()
    page.goto(address)
    return page


def end_session(server: Server, page: Page) -> Page:
    with server.open() as db:
        db.execute("DELETE FROM session WHERE account_id = 1")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to the tab
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    with server.open() as db:
        let_in(db)
    page.goto(f"{server.address}interventions")
    return page


@pytest.mark.browser
@pytest.mark.parametrize(
    "pull", [reload, go_back, kill_server, close_tab_of_a_killed_server, end_session], ids=lambda f: f.__name__
)
def test_a_long_note_is_found_again_after(plugged, tab, pull):
    page = tab
    if pull is go_back:
        page.goto(plugged.address)
        page.get_by_role("link", name="Entretiens et démarches").click()
    write_note(page)

    page = pull(plugged, page)

    panel = open_form_beside(page)
    expect(panel.get_by_text("Brouillon du")).to_be_visible()
    panel.get_by_role("button", name="Reprendre").click()
    expect(note_in(page)).to_have_value(NOTE + END)
    panel.get_by_role("button", name="Annuler").click()
    panel.get_by_role("button", name="Abandonner").click()
    expect(panel).to_be_hidden()
    eventually(lambda: (texts_in(page), plugged_drafts(plugged)), ("", []))


def texts_in(page: Page) -> str:
    """Return what the browser has stored of drafts."""
    return str(page.evaluate("Object.entries(localStorage).flat().filter((text) => /palette-kept/.test(text)).join()"))


def plugged_drafts(server: Server, account: int = 1) -> list[str]:
    with closing(server.open()) as db:
        return [str(draft.values) for draft in FormDrafts(db, account).every()]


@pytest.mark.browser
def test_what_could_not_be_sent_is_read_by_its_author_alone_in_a_shared_browser(plugged, tab):
    refuse = "connectionrefused"  # as when the server is stopped
    tab.route("**/brouillon", lambda one: one.abort(refuse) if one.request.method == "POST" else one.continue_())
    write_note(tab)
    tab.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('palette-kept'))")
    stored = tab.evaluate("JSON.stringify(localStorage)")
    assert "palette-kept" in stored
    assert "Figeac" not in stored
    assert plugged_drafts(plugged) == []
    context = tab.context
    tab.close()

    context.add_cookies([{"name": COOKIE, "value": cookie_of("Bob"), "url": plugged.address}])
    theirs = context.new_page()
    theirs.goto(f"{plugged.address}interventions")
    expect(open_form_beside(theirs).get_by_role("textbox", name="Note")).to_be_empty()
    assert "palette-kept" in theirs.evaluate("JSON.stringify(localStorage)")
    theirs.close()

    context.add_cookies([{"name": COOKIE, "value": cookie_of("La CIPA"), "url": plugged.address}])
    mine = context.new_page()
    mine.goto(f"{plugged.address}interventions")
    eventually(lambda: [END in text for text in plugged_drafts(plugged)], [True])
    eventually(lambda: texts_in(mine), "")
    assert plugged_drafts(plugged, 2) == []


@pytest.mark.browser
def test_the_menu_of_drafts_opens_what_was_being_written(plugged, tab):
    with closing(plugged.open()) as db:
        person = given_person(db)
        FormDrafts(db, 1).begin(FormOpening("aid", None, None, {"person_id": person}), {"requested": "12"})
    tab.reload()

    tab.get_by_role("button", name="1 brouillon").click()
    tab.get_by_role("menuitem", name="Nouvelle aide financière · Zola Anne").click()

    expect(tab.get_by_role("dialog").get_by_text("Pour Zola Anne")).to_be_visible()
    tab.get_by_role("dialog").get_by_role("button", name="Jeter").click()
    expect(tab.get_by_role("dialog").get_by_role("button", name="Enregistrer")).to_be_visible()
    assert plugged_drafts(plugged) == []


# ---- in a grid


def kill_and_type(server: Server, page: Page) -> Page:
    """Finish a cell while the server is stopped, as the grid says one may, then close the tab."""
    server.kill()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Connexion perdue : vos saisies sont gardées")).to_be_visible()
    return close_tab_of_a_killed_server(server, page)


@pytest.fixture
def needs(plugged, tab) -> Spreadsheet:
    """The grid of needs, with one row."""
    with closing(plugged.open()) as db:
        db.execute("UPDATE need SET deleted_at = '2000-01-01' WHERE deleted_at IS NULL")
        add(db, "need", title="Un four", noted_on="2024-01-01")
    tab.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it leaves a page with a text not saved
    tab.goto(f"{plugged.address}reseau")
    return open_needs(tab)


def open_needs(page: Page) -> Spreadsheet:
    page.get_by_text("Besoins recensés", exact=True).click()
    expect(page.get_by_role("grid", name="Besoins recensés")).to_be_visible()
    return Spreadsheet(page)


@pytest.mark.browser
@pytest.mark.parametrize("pull", [reload, kill_and_type], ids=lambda pull: pull.__name__)
def test_what_is_typed_in_a_grid_is_offered_again_after(plugged, needs, pull):
    page = needs.page
    needs.select(1, "answer")
    page.keyboard.type("E")
    page.keyboard.insert_text(NOTE[1:] + END)
    eventually(lambda: texts_in(page) != "", True)

    page = pull(plugged, page)

    grid = open_needs(page)
    offer = page.locator(".palette-grid .offers")
    expect(offer).to_contain_text("Saisies non enregistrées du")
    expect(offer).to_contain_text("Elle a visité l’atelier")
    assert plugged.rows("need")[0]["answer"] is None
    offer.get_by_role("button", name="Reprendre").click()
    grid.wait_until_saved()
    assert plugged.rows("need")[0]["answer"] == NOTE + END
    expect(offer).to_be_hidden()
    eventually(lambda: texts_in(page), "")


@pytest.mark.browser
def test_a_new_line_and_a_refused_text_of_a_grid_are_offered_again(plugged, needs):
    page = needs.page
    needs.type(1, "noted_on", "31/02/2024")
    needs.type(2, "noted_on", "01/03/2024")
    needs.wait_until_handled()

    page.reload()
    grid = open_needs(page)
    page.locator(".palette-grid .offers").get_by_role("button", name="Reprendre").click()

    expect(grid.cell(1, "noted_on")).to_have_class(re.compile("refused"))
    grid.type(2, "title", "Un tour")
    grid.wait_until_handled()
    assert [(row["title"], row["noted_on"]) for row in plugged.rows("need")] == [
        ("Un four", "2024-01-01"), ("Un tour", "2024-03-01"),
    ]  # fmt: skip


@pytest.mark.browser
def test_a_note_for_several_persons_is_found_again(plugged, tab):
    with closing(plugged.open()) as db:
        db.execute("UPDATE person SET deleted_at = '2000-01-01' WHERE deleted_at IS NULL")
        for name in ("Abel", "Blum"):
            add_person(db, name)
    tab.goto(plugged.address)
    dialog = open_for_several(tab)
    note_in(tab).click()
    tab.keyboard.insert_text(NOTE)
    tab.keyboard.type(END)

    tab.reload()

    dialog = open_for_several(tab)
    dialog.get_by_role("button", name="Reprendre").click()
    expect(note_in(tab)).to_have_value(NOTE + END)
    dialog.get_by_text("Action du plan", exact=True).click()
    dialog.get_by_text("Entretien ou démarche", exact=True).click()
    dialog.get_by_role("button", name="Reprendre").click()
    expect(note_in(tab)).to_have_value(NOTE + END)
    for label, option in (("Domaine d’intervention *", "Coaching"), ("Nature", "Entretien")):
        dialog.get_by_role("combobox", name=label).click()
        tab.get_by_role("option", name=option).first.click()
        expect(dialog.get_by_role("combobox", name=label)).to_have_value(option)
        wait_until_idle(tab)
    wait_until_idle(tab)
    dialog.get_by_role("button", name="Créer pour 2 personnes").click()
    expect(dialog).to_be_hidden()
    assert [row["note"] for row in plugged.rows("intervention")][-2:] == [NOTE + END] * 2
    assert plugged_drafts(plugged) == []


def open_for_several(page: Page) -> Locator:
    page.get_by_role("checkbox", name="Choisir toutes les lignes").check()
    page.get_by_role("button", name="Créer pour (2)").click()
    return page.get_by_role("dialog")
