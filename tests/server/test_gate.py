"""Nothing is answered without a session: every route of the running server, the websocket, forged cookies."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import closing

import pytest
from itsdangerous import Signer
from playwright.sync_api import expect

from db.accounts import accounts, calendar_addresses, sessions
from db.accounts.accounts import DEMONSTRATION
from db.accounts.sessions import COOKIE
from db.model.roles import Role
from server.gate import OPEN, SERVED
from tests.conftest import ROOT, cookie_of, let_in
from tests.pages.spreadsheet import eventually

pytestmark = pytest.mark.browser

LIST_ROUTES = """
import json
from app import app
routes = [(route.path, sorted(getattr(route, "methods", None) or [])) for route in app._build_starlette_app().routes]
print(json.dumps(routes))
"""
OWN = frozenset({"/deconnexion", "/presence", "/changes", "/suivi", "/mots", "/brouillon", "/grille", "/chercher"})
"""Routes of Palette itself for those who are signed in."""
CALENDAR = f"{calendar_addresses.PATH}x"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ODD = (
    "//", "/%2e%2e/sante", "/connexion/", "/connexion/../portefeuille", "/CONNEXION", "/sante/x",
    "/sante%2f..%2fportefeuille", "/porte.css/..", "/oidc/entrer/x", "/%2fsante", "/;/sante", "/sante;/x",
    "/static/../db/rows/records.py", "/_stcore/../dossier",
)  # fmt: skip
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
}  # fmt: skip


@pytest.fixture(scope="module")
def routes(shared_server):
    """Every route of the server, with its parameters filled in."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, **shared_server.environment},
    )  # fmt: skip
    listed = json.loads(done.stdout.splitlines()[-1])
    return [(path.split("{", 1)[0] + "x" * ("{" in path), methods) for path, methods in listed]


def ask(server, method, path, cookie="", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def websocket(server, cookie="", path="/_stcore/stream", **headers):
    """Return the HTTP status of opening a websocket, that of the pages unless another is named."""
    request = {**UPGRADE, "Origin": f"http://127.0.0.1:{server.port}", **headers}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    if cookie:
        request["Cookie"] = f"{COOKIE}={cookie}"
    connection.request("GET", path, headers=request)
    status = connection.getresponse().status
    connection.close()
    return status


def is_refused(status, headers, body):
    to_sign_in = status == 303 and headers["location"].startswith("/connexion")
    return (to_sign_in and not body) or (status in (400, 401, 403, 404, 405) and len(body) < 200)


def test_every_route_refuses_a_visitor(server, routes):
    paths = {path for path, _ in routes}
    assert {"/_stcore/stream", "/mots", "/changes", "/suivi"} <= paths, "the list is that of the whole server"
    assert len(paths) > 12
    for path in sorted(paths - OPEN) + list(ODD):
        for method in METHODS:
            answer = ask(server, method, path, Accept="text/html,*/*")
            assert is_refused(*answer), (method, path, answer[0])


def test_head_requests_change_nothing(server):
    cookie = session_with(server)
    for path in ("/deconnexion", "/connexion", "/bienvenue?cle=x", "/presence"):
        for _ in range(7):  # more than a wrong password costs nothing
            status, _, body = ask(server, "HEAD", path, cookie * (path != "/connexion"))
            assert status == (410 if "cle" in path else 200), path
            assert not body

    assert ask(server, "GET", "/presence", cookie)[0] == 200


def test_a_session_cookie_opens_page_and_websocket(server):
    status, headers, body = ask(server, "GET", "/", cookie_of("La CIPA"), Accept="text/html")

    assert status == 200
    assert b"<html" in body.lower()
    assert websocket(server, cookie_of("La CIPA")) == 101
    assert websocket(server, cookie_of("La CIPA"), "/suivi") == 101


def test_every_route_is_of_palette_or_served_for_a_reason_or_closed(server, routes):
    """Of the whole server, so that a route that a new Streamlit brings is closed, or decided upon."""
    paths = {path for path, _ in routes if path} - OPEN - OWN - {CALENDAR}
    served = {path for path in paths if any(path == one or path == f"{one}x" for one in SERVED)}
    closed = paths - served
    wrong = []
    for path in (*sorted(closed), "/_stcore/metrics/", "/_stcore%2fmetrics", "/_stcore/new", "/app/static/x"):
        for method in ("GET", "HEAD", "POST"):
            own = f"http://127.0.0.1:{server.port}"
            status, _, body = ask(server, method, path, cookie_of("La CIPA"), Origin=own)
            if status != 404 or len(body) > 100:
                wrong.append((method, path, status))

    assert not wrong
    assert len(served) == len(SERVED), "what is served exists"
    assert {"/_stcore/metrics", "/_stcore/agent/mcp", "/auth/login", "/oauth2callback"} <= closed
    assert ask(server, "GET", "/_stcore/health", cookie_of("La CIPA"))[0] == 200, "the control"
    assert ask(server, "GET", "/_stcore/host-config", cookie_of("La CIPA"))[0] == 200, "the control"


def test_a_calendar_is_answered_to_whoever_knows_its_address_and_to_nobody_else(server):
    with server.open() as raw:
        raw.execute("INSERT INTO person (id, last_name, first_name, gender) VALUES (9, 'Zorglub', 'Ada', 'woman')")
        raw.execute("""INSERT INTO appointment (person_id, planned_on, starts_at, minutes, way, state, agent, purpose)
            VALUES (9, '2099-03-06', '09:30', 60, 'office', 'planned', 'cipa', 'Zorglub et son four')""")
        secret = calendar_addresses.create(raw, "cipa", "La CIPA")

    status, headers, body = ask(server, "GET", f"{calendar_addresses.PATH}{secret}.ics")

    assert (status, headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert b"DTSTART;TZID=Europe/Paris:20990306T093000" in body
    assert b"Zorglub" not in body
    with server.open() as raw:
        other = calendar_addresses.create(raw, "cipa", "La CIPA")
    for lost in (secret, other[:-1], "", "x", f"{other}/", f"../{other}"):
        status, _, body = ask(server, "GET", f"{calendar_addresses.PATH}{lost}.ics")
        assert status in (303, 401, 404), lost
        assert b"VCALENDAR" not in body
    assert ask(server, "POST", f"{calendar_addresses.PATH}{other}.ics")[0] == 405
    with server.open() as raw:
        calendar_addresses.revoke(raw, "cipa", "La CIPA")
    assert ask(server, "GET", f"{calendar_addresses.PATH}{other}.ics")[0] == 404
    assert secret not in server.log.read_text()
    assert other not in server.log.read_text()


def test_the_open_paths_are_fixed_and_contain_no_personal_data(server):
    with server.open() as raw:
        raw.execute("INSERT INTO person (last_name, first_name, gender) VALUES ('Zorglub', 'Ada', 'woman')")
    assert frozenset({"/connexion", "/bienvenue", "/sante", "/porte.css", "/oidc/entrer", "/oidc/retour"}) == OPEN
    for path in OPEN:
        status, _, body = ask(server, "GET", path)
        assert status in (200, 303, 403, 410), path
        assert b"Zorglub" not in body
        assert b"La CIPA" not in body


def test_every_answer_has_the_security_headers(server):
    for path, cookie in (("/connexion", ""), ("/", ""), ("/", cookie_of("La CIPA")), ("/sante", ""), ("/nowhere", "")):
        _, headers, _ = ask(server, "GET", path, cookie)
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


# ---- cookies


def signed(token, key, salt="palette.session"):
    return Signer(key, salt=salt, digest_method=hashlib.sha256).sign(token).decode()


def test_forged_cookies_are_refused(server):
    good = cookie_of("La CIPA")
    token = good.rpartition(".")[0]
    forged = (
        token, f"{token}.", f"{token}.{'A' * 43}", signed(token, b"another key"),
        signed(token, b"k" * 32, "palette.device"),
        signed("00" * 8, b"k" * 32), good[:-1], good + "A", "." + good, "x" * 5000, "\x00", "é", '"', f'"{good}',
    )  # fmt: skip

    for cookie in forged:
        status, headers, body = ask(server, "GET", "/", cookie.encode("utf-8", "replace").decode("latin-1"))
        assert is_refused(status, headers, body), cookie[:60]
    assert websocket(server, signed(token, b"another key")) == 403
    assert [websocket(server), websocket(server, path="/suivi")] == [403, 403]


def session_with(server, **columns):
    """Begin a session and add these seconds to its moments. Returns its cookie."""
    name = f"Ada {time.monotonic_ns()}"
    db = server.open()
    account = let_in(db, name, [Role.AGENT])
    for column, by in columns.items():
        db.execute(f"UPDATE session SET {column} = {column} + ? WHERE account_id = ?", (by, account.id))
    db.close()
    return cookie_of(name)


@pytest.mark.parametrize(
    ("columns", "opens"),
    [
        ({}, True),
        ({"seen_at": -59 * 60}, True),
        ({"seen_at": -61 * 60}, False),  # idle for longer than an hour
        ({"began_at": -11 * 3600}, True),
        ({"began_at": -13 * 3600}, False),  # older than twelve hours, however busy
        ({"began_at": 7 * 86_400, "seen_at": 7 * 86_400}, False),  # begun in the future: the clock was set back
    ],
)
def test_a_session_ends_when_idle_and_when_old(server, columns, opens):
    cookie = session_with(server, **columns)

    assert (ask(server, "GET", "/", cookie)[0] == 200) is opens
    assert (websocket(server, cookie) == 101) is opens


def test_a_cookie_is_refused_once_signed_out(server):
    """And the visit of the demonstration that the session had begun is deleted."""
    cookie = session_with(server)
    origin = f"http://127.0.0.1:{server.port}"
    assert ask(server, "GET", "/presence", cookie)[0] == 200
    with closing(server.open()) as db:
        number, began_at = db.execute("SELECT id, began_at FROM session ORDER BY id DESC LIMIT 1").fetchone()
    visit = server.data / "demonstrations" / f"{number}-{began_at}-1.open"
    visit.mkdir(parents=True)

    status, headers, _ = ask(server, "POST", "/deconnexion", cookie, Origin=origin, **{"Content-Length": "0"})

    assert status == 303
    assert "Max-Age=0" in headers["set-cookie"]
    assert ask(server, "GET", "/presence", cookie)[0] == 401
    assert websocket(server, cookie) == 403
    assert not visit.exists()


def test_a_deactivated_account_is_signed_out_within_seconds(server):
    name = f"Bob {time.monotonic_ns()}"
    db = server.open()
    account = let_in(db, name, [Role.AGENT])
    assert ask(server, "GET", "/presence", cookie_of(name))[0] == 200

    accounts.change(db, account.id, account.login, account.name, account.roles, active=False, who="Admin")
    db.close()

    # The server caches sessions for some seconds.
    eventually(lambda: ask(server, "GET", "/presence", cookie_of(name))[0], 401, within=sessions._REMEMBERED + 30)


# ---- other sites


def test_requests_caused_by_another_site_are_refused(server):
    cookie = cookie_of("La CIPA")
    own = f"http://127.0.0.1:{server.port}"

    assert ask(server, "POST", "/presence", cookie, Origin="https://mechant.example")[0] == 403
    assert ask(server, "POST", "/presence", cookie, Origin="null")[0] == 403
    assert ask(server, "POST", "/presence", cookie, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert ask(server, "POST", "/connexion", "", Origin="https://mechant.example")[0] == 403
    assert websocket(server, cookie, Origin="https://mechant.example") == 403
    assert ask(server, "POST", "/presence", cookie, Origin=own)[0] == 200


@pytest.mark.parametrize("wanted", ["//mechant.example", "https://mechant.example", "/\\mechant.example", "\r\nX: y"])
def test_signing_in_does_not_redirect_to_another_site(wanted):
    from server.door import safe_target

    assert safe_target(wanted) == "/"
    assert safe_target("/dossier?dossier=12") == "/dossier?dossier=12"


# ---- in the browser


def test_a_visitor_signs_in_and_gets_the_requested_page(server, open_tab):
    db = server.open()
    account = let_in(db, "Ève Dupré", [Role.AGENT])
    accounts.set_password(db, account, "quatre mots sans lien")
    db.close()
    page = open_tab(f"{server.address}aides", as_="", refused=True)

    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    page.get_by_label("Identifiant").fill(account.login)
    page.get_by_label("Mot de passe").fill("pas le bon du tout")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_contain_text("incorrect")
    page.get_by_label("Mot de passe").fill("quatre mots sans lien")
    page.get_by_role("button", name="Se connecter").click()

    expect(page.get_by_role("heading", name="Aides")).to_be_visible()
    assert page.url == f"{server.address}aides"
    (cookie,) = [one for one in page.context.cookies() if one["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert COOKIE not in page.evaluate("document.cookie")


def test_an_open_page_goes_to_the_sign_in_page_once_signed_out_elsewhere(server, open_tab):
    db = server.open()
    account = let_in(db, f"Zoé {time.monotonic_ns()}", [Role.AGENT])
    db.close()
    page = open_tab(as_=account.name, refused=True)
    page.clock.install()
    page.goto(server.address)
    expect(page.get_by_role("heading", name="Portefeuille")).to_be_visible()

    other = open_tab(f"{server.address}deconnexion", as_=account.name)
    other.get_by_role("button", name="Se déconnecter partout").click()
    expect(other.get_by_role("heading", name="Connexion")).to_be_visible()
    page.clock.fast_forward("00:15")  # presence.js asks every fifteen seconds

    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def test_the_one_time_address_opens_the_demonstration_once(own_server, open_tab):
    db = own_server.open()
    accounts.create(db, DEMONSTRATION, "Démonstration", Role, "Palette")
    token = accounts.first_invitation(db, time.time())
    db.close()
    page = open_tab(f"{own_server.address}bienvenue?cle={token}", as_="")

    page.get_by_role("button", name="Ouvrir la démonstration").click()

    expect(page.get_by_role("heading", name="Portefeuille")).to_be_visible()
    again = open_tab(f"{own_server.address}bienvenue?cle={token}", as_="", refused=True)
    expect(again.get_by_role("heading", name="Adresse périmée")).to_be_visible()
