"""Signing in: cookies of other sites of the domain, and browsers that keep none."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from db.accounts import accounts, sessions
from db.accounts.login_throttle import Attempt
from db.accounts.sessions import COOKIE
from db.model.roles import Role
from server import changes, door, gate
from server.gate import Gate
from tests.conftest import cookie_of, let_in

LOGIN, PASSWORD = "ada@exemple.fr", "quatre mots sans lien"
FOREIGN = (
    'consentement={"analytics":true}',
    "a b=c",
    "=x",
    "x",
    "é=ü",
    'q="',
    "p=\\",
    "d=1; Path=/; d=2",
    "$Version=1",
)
"""What other sites of a domain may set; some of it is against RFC 6265."""


@pytest.fixture
def db(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    let_in(db)
    accounts.set_password(db, accounts.create(db, LOGIN, "Ada", [Role.AGENT], "Test"), PASSWORD)
    yield db
    db.close()


@pytest.fixture
def browser(db):
    app = Starlette(routes=[*door.ROUTES, changes.SOCKET], middleware=[Middleware(Gate)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def opens_socket(browser, header):
    headers = {"Cookie": header, "Origin": "http://testserver"}
    try:
        with browser.websocket_connect("/suivi", headers=headers) as socket:
            return socket.receive_text().isdigit()
    except WebSocketDisconnect:
        return False


def test_a_cookie_of_another_site_hides_none_of_ours(browser):
    own = f"{COOKIE}={cookie_of('La CIPA')}"

    headers = [f"{foreign}; {own}" for foreign in FOREIGN] + [f"{own}; {foreign}" for foreign in FOREIGN]
    refused = [
        header for header in headers
        if browser.get("/presence", headers={"Cookie": header.encode()}).status_code != 200
        or not opens_socket(browser, header.encode())
    ]  # fmt: skip

    assert not refused
    assert browser.get("/presence", headers={"Cookie": FOREIGN[0]}).status_code == 401  # the control
    assert not opens_socket(browser, FOREIGN[0])


def sign_in(browser, **headers):
    form = {"identifiant": LOGIN, "mot_de_passe": PASSWORD, "vers": "/dossier?dossier=12"}
    answer = browser.post("/connexion", data=form, headers=headers)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_right_password_opens_the_page_that_was_asked_for(browser):
    answer = browser.get(sign_in(browser, Cookie=FOREIGN[0]))

    assert (answer.status_code, answer.headers["location"]) == (303, "/dossier?dossier=12")


def test_a_browser_that_keeps_no_cookie_is_told_so_and_still_knows_where_to_go(browser):
    address = sign_in(browser)
    browser.cookies.clear()

    text = browser.get(address).text

    assert "ce navigateur n’a pas gardé le cookie de connexion" in text
    assert 'name="vers" value="/dossier?dossier=12"' in text
    assert "n’a pas gardé" not in browser.get("/connexion").text


# ---- a session that ends


def test_a_socket_that_says_nothing_is_closed_once_its_session_has_ended(db, browser, monkeypatch):
    """Also one whose application says nothing either: /suivi would, so another one listens here."""
    monkeypatch.setattr(gate, "_LOOK_EVERY", 0.05)
    monkeypatch.setattr(sessions, "_REMEMBERED", 0.0)
    received = []

    async def listen(socket):
        await socket.accept()
        await socket.send_text("open")
        received.append((await socket.receive())["type"])

    browser.app.router.routes.append(WebSocketRoute("/muet", listen))
    headers = {"Cookie": f"{COOKIE}={cookie_of('La CIPA')}", "Origin": "http://testserver"}
    with browser.websocket_connect("/muet", headers=headers) as socket:
        assert socket.receive_text() == "open"
        db.execute("DELETE FROM session")  # as another process does

        with ThreadPoolExecutor(1) as waiting:
            assert waiting.submit(socket.receive).result(timeout=30)["code"] == 4401
    assert received == ["websocket.disconnect"]


# ---- as much work for every login


def work_of(db, login, monkeypatch):
    """Return the statements that a wrong password runs, without their values, and how often a hash is computed."""
    hashes: list[str] = []
    statements: list[str] = []
    hasher = accounts._hasher

    def verify(hashed, password):
        hashes.append(hashed)
        return hasher.verify(hashed, password)

    def note(sql):
        statements.append(re.sub(r"x?'[^']*'|\b\d+\b|NULL", "?", sql))

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "_hasher", SimpleNamespace(verify=verify))
        db.set_trace_callback(note)
        assert door._verify(db, Attempt(login, "203.0.113.7"), "pas le bon du tout") is None
        db.set_trace_callback(None)
    return statements, len(hashes)


def test_a_wrong_password_is_as_much_work_whether_the_login_exists_or_not(db, monkeypatch):
    """One hash, and as many transactions: what takes time. Only the lines of the access log are more for an account."""
    closed = accounts.create(db, "bob@exemple.fr", "Bob", [Role.AGENT], "Test")
    accounts.change(db, closed.id, closed.login, closed.name, closed.roles, active=False, who="Test")
    work_of(db, LOGIN, monkeypatch)  # the first attempt prepares what the next ones find

    known, hashes = work_of(db, LOGIN, monkeypatch)

    assert hashes == 1
    assert known.count("COMMIT") == 2  # the control
    for login in ("personne@exemple.fr", closed.login, "0@exemple.fr"):  # unknown, closed, without a password
        work_of(db, login, monkeypatch)
        statements, hashes = work_of(db, login, monkeypatch)
        assert hashes == 1, login
        more, fewer = Counter(known) - Counter(statements), Counter(statements) - Counter(known)
        assert not fewer, login
        assert all("trace" in sql or "seal" in sql for sql in more), login
