"""An empty office: the first steps, a visit of the demonstration that never touches the office file, and the help."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.model.roles import Role
from pages.shared.shell import session
from tests.conftest import let_in
from tests.pages import axe
from tests.pages.spreadsheet import Spreadsheet, eventually
from tests.pages.test_screens import PAGES, given_accompanied, office
from tests.pages.waiting import settle

__all__ = ["office"]  # a fixture


def run_caseload(monkeypatch, *roles):
    account = Account(1, "ada@exemple.fr", "Ada", frozenset(roles), True, True, None)
    monkeypatch.setattr(session, "current_session", lambda: Session(1, account, 0, 0, "Test", None))
    return AppTest.from_file(str(PAGES / "caseload.py"), default_timeout=90).run()


def test_the_first_steps_say_who_can_invite_and_go_with_the_first_person(office, monkeypatch):
    admin, agent = run_caseload(monkeypatch, Role.AGENT, Role.ADMIN), run_caseload(monkeypatch, Role.AGENT)
    first = ["first:import", "first:person", "first:invite", "demonstration:begin"]
    assert [button.key for button in admin.button if button.key in first] == first
    assert "first:invite" not in [button.key for button in agent.button]
    assert any("Un administrateur crée son compte" in text.value for text in agent.markdown)

    given_accompanied(office)

    keys = [button.key for button in run_caseload(monkeypatch, Role.AGENT, Role.ADMIN).button]
    assert keys
    assert not set(keys) & set(first)


@pytest.mark.browser
def test_a_visit_of_the_demonstration_never_touches_the_office_file(server, open_tab):
    db = server.open()
    let_in(db, "Découvreuse")
    db.close()
    # A request of the grid that is under way when the visit is left is refused.
    page, other = (open_tab(server.address, as_="Découvreuse", refused=True) for _ in range(2))
    other.get_by_role("button", name="Inviter un collègue").wait_for()
    settle(page)
    assert axe.check(page, "the first steps", page.get_by_role("button", name="Inviter un collègue")) == []
    page.set_viewport_size({"width": 1440, "height": 900})

    page.get_by_role("button", name="Regarder une démonstration").click()
    leave = page.get_by_role("button", name="Quitter la démonstration")
    leave.wait_for(timeout=120_000)
    grid = Spreadsheet(page)
    expect(grid.counts).to_have_text(re.compile(r"^\d{2,3} sur \d{3} personnes"))
    assert axe.check(page, "the demonstration", leave, widths=(1440,)) == []
    grid.type(1, "town", "Zorglubville")
    grid.wait_until_saved()
    expect(page.get_by_role("link", name="Comptes")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("zorglubville")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")

    # A tab opened before the visit still writes in the office file, then shows the demonstration too.
    Spreadsheet(other).paste(1, "last_name", "Réel\tAnne\t\t\t\t\t\t\tFemme\r\n")
    eventually(lambda: [row["last_name"] for row in server.rows("person")], ["Réel"])
    other.get_by_role("link", name="Aides").click()
    expect(other.get_by_text("rien de ce que vous faites ici n’est gardé")).to_be_visible()

    leave.click()
    expect(leave).to_have_count(0)
    expect(Spreadsheet(page).cell(1, "last_name")).to_have_text("Réel")
    assert [row["last_name"] for row in server.rows("person")] == ["Réel"]
    assert list((server.data / "demonstrations").iterdir()) == []
    assert "Zorglubville" not in server.file.read_bytes().decode("latin-1")
    assert "Zorglubville" not in server.log.read_text()


@pytest.mark.browser
def test_the_help_is_searched_and_the_keys_open_above_the_page(lasting_page, shared_server):
    page = lasting_page
    page.goto(f"{shared_server.address}aide")
    expect(page.get_by_role("img", name="Le portefeuille")).to_be_visible()
    search = page.get_by_role("textbox", name="Chercher dans l’aide")
    search.fill("défaire fusion")
    search.press("Enter")
    expect(page.get_by_role("heading", name="Doublons")).to_be_visible()
    expect(page.get_by_role("heading", name="Orientations")).to_have_count(0)
    search.fill("zorglub")
    search.press("Enter")
    expect(page.get_by_text("L’aide ne parle pas de « zorglub ».")).to_be_visible()

    keys = page.get_by_role("dialog", name="Touches du clavier")
    search.focus()
    page.keyboard.press("F1")
    expect(keys.get_by_text("recopier vers le bas")).to_be_visible()
    assert axe.check(page, "the keys", keys) == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(search).to_be_focused()
