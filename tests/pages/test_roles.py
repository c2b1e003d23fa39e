"""Every screen for every role: a screen that a role does not open shows no personal data, however it is reached."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.model.dictionary import FILES, PERSON, TABLES
from db.model.roles import Role
from db.model.types import LongText, Text
from db.rows import records
from db.rows.records import Edit
from pages.shared.shell import session
from pages.shared.shell.screens import SCREENS
from publication.draw import draw
from tests.conftest import let_in
from tests.db.examples import full_row
from tests.pages.test_screens import PAGES

SECRET = "Zorglubescu"
NAME = "Quintilienne"
EVERY = [screen for group in SCREENS.values() for screen in group]


@pytest.fixture
def office(prepared, tmp_path, monkeypatch):
    """A file with a row in each table, every text of which contains the secret."""
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    monkeypatch.setenv("PALETTE_PUBLIC", str(tmp_path / "public"))
    # The drawing of published numbers is tried in tests/publication; here it would only take its time.
    monkeypatch.setattr(draw, "find_leaks", lambda release: [])
    filled = prepared.once("roles.db", lambda path: fill(prepared.office(path)))
    return prepared.open_copy(filled, tmp_path / "palette.db")


def fill(db):
    for table in TABLES.values():
        if table.name in FILES:
            values = full_row(db, db.tables[table.name], 0)
            texts = {f.name: SECRET for f in table.fields if type(f.type) in (Text, LongText) and f.name in values}
            texts |= {"postcode": "46000"} if "postcode" in texts else {}
            if table.name == PERSON.name:
                del values["archived_on"]
                texts |= dict.fromkeys(PERSON.title, NAME)
            records.save(db, db.tables[table.name], Edit({**values, **texts}), "Ada")
    let_in(db, "Ada")
    db.close()


def run(monkeypatch, screen, *roles):
    """Return everything that the screen's script shows to these roles, whether or not the menu lists it."""
    account = Account(1, "ada@exemple.fr", "Ada", frozenset(roles), True, True, None)
    monkeypatch.setattr(session, "current_session", lambda: Session(1, account, 0, 0, "Test", None))
    page = AppTest.from_file(str(PAGES / screen.file), default_timeout=90)
    if screen.file == "person.py":
        page.query_params["dossier"] = "1"
    page.run()
    return page, "".join(map(str, _protos(page.main)))


def _protos(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield getattr(child, "proto", "")
            yield from _protos(child)
        else:
            yield child.proto


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("screen", EVERY, ids=lambda screen: screen.file)
def test_every_screen_for_every_role(office, monkeypatch, screen, role):
    page, shown = run(monkeypatch, screen, role)

    if role in screen.roles:
        assert not page.exception
        assert page.title
    else:
        assert page.exception, "it fails closed"
    if role is not Role.AGENT:
        assert SECRET not in shown
    if role is Role.PILOTE:
        assert NAME not in shown


def test_an_agent_sees_the_values_that_other_roles_do_not(office, monkeypatch):
    for name, words in (("person.py", NAME), ("network.py", SECRET)):
        screen = next(screen for screen in EVERY if screen.file == name)
        assert words in run(monkeypatch, screen, Role.AGENT)[1], name


_GO = """(path) => {
  history.pushState({}, "", path)
  dispatchEvent(new PopStateEvent("popstate"))
}"""
"""Goes to another address as the browser's Back and Forward do, without loading the page anew."""


@pytest.mark.browser
@pytest.mark.parametrize("role", Role)
def test_the_menu_has_the_screens_of_the_role_and_other_addresses_show_a_message(server, open_tab, role):
    with server.open() as raw:
        raw.execute("INSERT INTO person (last_name, first_name, gender) VALUES ('Zorglub', 'Ada', 'woman')")
    db = server.open()
    let_in(db, f"Seul {role.label}", [role])
    db.close()
    page = open_tab(server.address, as_=f"Seul {role.label}")
    mine = [screen.title for screen in EVERY if role in screen.roles]
    others = [screen for screen in EVERY if role not in screen.roles]

    expect(page.get_by_role("heading", level=1)).to_have_text(mine[0])
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links).to_have_text(
        [
            # « Aujourd’hui · 1 »: how much waits, as counted within the last minute, perhaps for another test
            re.compile(rf"^{screen.icon}{re.escape(screen.title)}{r'( · [0-9]+)?' * (screen.file == 'today.py')}$")
            for screen in EVERY
            if role in screen.roles and screen.in_menu and not screen.at_foot
        ]
    )
    if others:
        page.goto(f"{server.address}{others[-1].path}")
        expect(page.get_by_test_id("stAlert")).to_contain_text("Votre rôle n’ouvre pas cet écran")
    page.goto(f"{server.address}{next(screen.path for screen in EVERY if role in screen.roles)}")
    expect(page.get_by_role("heading", level=1)).to_have_text(mine[0])
    expect(page.get_by_role("dialog")).to_have_count(0)
    for screen in others:
        page.evaluate(_GO, f"/{screen.path}")
        expect(page.get_by_role("heading", level=1)).to_have_text(screen.title)
        expect(page.get_by_test_id("stAlert")).to_contain_text("Votre rôle n’ouvre pas cet écran")
        expect(page.get_by_text("Zorglub")).to_have_count(0)
