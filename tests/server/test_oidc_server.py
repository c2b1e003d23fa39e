"""Signing in on the running server through an OpenID Connect provider that checks the client's secret and PKCE."""

import base64
import hashlib
import json
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import pytest
import requests
from itsdangerous import URLSafeTimedSerializer
from oidc_provider_mock import run_server_in_thread

from db.accounts import accounts
from db.accounts.sessions import COOKIE
from db.model.roles import Role
from server import oidc
from tests.conftest import Server, cookie_of, let_in
from tests.server.test_oidc import EMAIL, SUBJECT, set_claims
from tests.server.test_oidc_token import base64url


class Strict:
    """Checks PKCE in front of the provider, which does not check it: a code needs the verifier of its challenge."""

    def __init__(self, app):
        self.challenges, self.verified = {}, 0
        app.before_request(self.before)
        app.after_request(self.after)

    def before(self):
        if flask.request.path != "/oauth2/token":
            return None
        form = flask.request.form
        if base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) != self.challenges.get(
            form["code"]
        ):
            return flask.jsonify({"error": "invalid_grant"}), 400
        self.verified += 1
        return None

    def after(self, answer):
        for code in parse_qs(urlsplit(answer.headers.get("location", "")).query).get("code", []):
            self.challenges[code] = flask.request.args["code_challenge"]
        return answer


@pytest.fixture(scope="module")
def strict():
    with pytest.MonkeyPatch.context() as patch, run_server_in_thread(require_client_registration=True) as running:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        yield SimpleNamespace(rules=Strict(running.app), issuer=f"http://localhost:{running.server_port}")


@pytest.fixture(scope="module")
def palette(strict, tmp_path_factory, new_office):
    """A running server, registered with that provider."""
    data = tmp_path_factory.mktemp("oidc") / "data"
    with closing(new_office(data / "palette.db")) as db:
        accounts.create(db, EMAIL, "Ada", [Role.AGENT], "Test")
        let_in(db)
    server = Server(data)
    address = server.address.rstrip("/")
    asked = {"redirect_uris": [f"{address}/oidc/retour"]}
    client = requests.post(f"{strict.issuer}/oauth2/clients", json=asked, timeout=30).json()
    secret = data / "secret"
    secret.write_text(client["client_secret"] + "\n")
    server.environment |= {
        "PALETTE_ADDRESS": address,
        "PALETTE_OIDC_ISSUER": strict.issuer,
        "PALETTE_OIDC_CLIENT_ID": client["client_id"],
        "PALETTE_OIDC_SECRET_FILE": str(secret),
        "PALETTE_OIDC_NAME": "ProConnect",
        "AUTHLIB_INSECURE_TRANSPORT": "1",
    }
    server.start()
    set_claims(strict.issuer, email=EMAIL.upper(), email_verified=True)
    yield server
    server.kill()
    assert "Traceback" not in server.log.read_text()


@pytest.fixture
def visitor(palette):
    with httpx.Client(base_url=palette.address, timeout=20) as browser:
        yield browser


def return_address(visitor, **other):
    """Sign in at the provider and return the address it redirects to. ``other``: changed request parameters."""
    address = urlsplit(visitor.get("/oidc/entrer", params={"vers": "/aides"}).headers["location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()} | other
    answer = requests.post(
        address._replace(query="").geturl(), params=asked, data={"sub": SUBJECT}, allow_redirects=False, timeout=30
    )
    return answer.headers["location"]


def test_the_running_server_signs_in_a_person_identified_by_the_provider(palette, strict, visitor):
    answer = visitor.get(return_address(visitor))

    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion?vers=%2Faides&entree=1")
    assert visitor.get(answer.headers["location"]).headers["location"] == "/aides"
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert visitor.get("/presence").json() == {"ok": True}
    assert strict.rules.verified > 0, "the provider saw the verifier"


def test_state_nonce_and_challenge_are_new_each_time(palette, strict, visitor):
    asked = [parse_qs(urlsplit(visitor.get("/oidc/entrer").headers["location"]).query) for _ in range(2)]

    assert asked[0]["redirect_uri"] == [f"{palette.address}oidc/retour"]
    assert (asked[0]["response_type"], asked[0]["scope"]) == (["code"], ["openid email"])
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert len({one[name][0] for one in asked for name in ("state", "nonce", "code_challenge")}) == 6


def test_the_state_is_kept_in_a_cookie_that_no_script_can_read(palette, visitor):
    (kept,) = visitor.get("/oidc/entrer").headers.get_list("set-cookie")

    assert kept.startswith("palette-oidc=")
    assert {"HttpOnly", "SameSite=lax", "Path=/oidc", "Max-Age=600"} <= set(kept.split("; "))


def test_a_code_with_another_challenge_is_refused(palette, strict, visitor):
    before = strict.rules.verified

    answer = visitor.get(return_address(visitor, code_challenge="A" * 43))

    assert (answer.status_code, "n’a pas abouti" in answer.text) == (403, True)
    assert strict.rules.verified == before
    assert visitor.get("/presence").status_code == 401


def test_a_token_with_another_nonce_is_refused(palette, strict, visitor):
    before = strict.rules.verified

    answer = visitor.get(return_address(visitor, nonce="another"))

    assert (answer.status_code, "n’a pas abouti" in answer.text) == (403, True)
    assert strict.rules.verified == before + 1, "the provider itself had nothing against it"


def test_a_stolen_code_is_refused_in_another_browser(palette, visitor):
    (stolen,) = parse_qs(urlsplit(return_address(visitor)).query)["code"]

    with httpx.Client(base_url=palette.address, timeout=20) as thief:
        own = parse_qs(urlsplit(return_address(thief)).query)
        answer = thief.get("/oidc/retour", params={"code": stolen, "state": own["state"][0]})

        assert (answer.status_code, "n’a pas abouti" in answer.text) == (403, True)
        assert thief.get("/presence").status_code == 401


def test_a_changed_state_cookie_is_refused(palette, visitor):
    back = return_address(visitor)
    kept = visitor.cookies["palette-oidc"]
    forged = URLSafeTimedSerializer(b"x" * 32, salt="palette.oidc").dumps({"state": "x"})

    for other in ("", "x", kept[:-2], kept.split(".", 1)[1], str(forged)):
        answer = httpx.get(back, headers={"Cookie": f"palette-oidc={other}"})
        assert (answer.status_code, "n’a pas abouti" in answer.text) == (403, True), other
    assert visitor.get(back).status_code == 303, "the control"


def test_signing_out_of_the_running_server_ends_the_session_there_too(palette, strict, visitor):
    visitor.get(return_address(visitor))

    answer = visitor.post("/deconnexion", headers={"Origin": palette.address.rstrip("/")}, data={"partout": "0"})

    address, _, query = answer.headers["location"].partition("?")
    asked = parse_qs(query)
    assert (answer.status_code, address) == (303, f"{strict.issuer}/oauth2/end_session")
    assert asked["post_logout_redirect_uri"] == [f"{palette.address}connexion"]
    told = json.loads(base64.urlsafe_b64decode(asked["id_token_hint"][0].split(".")[1] + "=="))
    assert told["sub"] == SUBJECT
    assert f"form-action 'self' {strict.issuer}" in answer.headers["content-security-policy"]
    assert visitor.get("/presence").status_code == 401


def test_signing_out_after_a_password_leads_to_the_sign_in_page(palette, visitor):
    visitor.cookies.set(COOKIE, cookie_of("La CIPA"))

    answer = visitor.post("/deconnexion", headers={"Origin": palette.address.rstrip("/")}, data={"partout": "0"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")


def test_the_sign_in_page_shows_that_the_provider_does_not_answer(palette, visitor):
    assert oidc.NO_ANSWER in visitor.get("/connexion?indisponible=1").text
    assert oidc.NO_ANSWER not in visitor.get("/connexion").text
