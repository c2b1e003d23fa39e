"""Signing in through a real OpenID Connect provider on loopback."""

import base64
import hashlib
import hmac
import json
import time
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import pytest
import requests
from itsdangerous import URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from oidc_provider_mock import run_server_in_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.testclient import TestClient

from db.accounts import accounts, sessions
from db.accounts.sessions import COOKIE
from db.base.errors import AccessError
from db.model.roles import Role
from server import door, oidc
from server.gate import Gate
from tests.conftest import Server, cookie_of, let_in

EMAIL, SUBJECT = "ada@exemple.fr", "42"
HERE = "http://testserver"


@pytest.fixture
def provider(monkeypatch):
    """The provider's address."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # on loopback, without TLS
    with run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        for name, value in {"ISSUER": issuer, "CLIENT": "palette", "NAME": "SSO", "ADDRESS": HERE}.items():
            monkeypatch.setattr(oidc, name, value)
        monkeypatch.setenv("PALETTE_OIDC_SECRET", "secret")
        oidc._provider.cache_clear()
        yield issuer
    oidc._provider.cache_clear()


@pytest.fixture
def db(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    accounts.create(db, EMAIL, "Ada", [Role.AGENT], "Test")
    yield db
    db.close()


@pytest.fixture
def browser(db):
    app = Starlette(routes=door.ROUTES, middleware=[Middleware(Gate)])
    return TestClient(app, base_url=HERE, follow_redirects=False)


def set_claims(provider, subject=SUBJECT, **claims):
    """Set the claims that the provider gives about a person."""
    requests.put(f"{provider}/users/{subject}", json=claims, timeout=30).raise_for_status()


def sent_back(browser, subject=SUBJECT, wanted="/"):
    """Sign in at the provider. Returns the address to which it sends the browser back."""
    start = browser.get("/oidc/entrer", params={"vers": wanted})
    assert start.status_code == 303
    answer = requests.post(start.headers["location"], data={"sub": subject}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text[:500]
    return answer.headers["location"].removeprefix(HERE)


def is_signed_in(browser):
    return browser.get("/presence").status_code == 200


def subject_of(db):
    found = accounts.by_login(db, EMAIL)
    assert found
    return found.subject


def test_an_account_is_found_by_email_the_first_time_and_by_subject_afterwards(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)

    answer = browser.get(sent_back(browser, wanted="/dossier?dossier=12"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/dossier?dossier=12")
    assert COOKIE in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert is_signed_in(browser)
    assert subject_of(db) == f"{provider}|{SUBJECT}"
    browser.cookies.clear()
    set_claims(provider, email="renamed@exemple.fr", email_verified=True)
    assert browser.get(sent_back(browser)).status_code == 303
    assert is_signed_in(browser)


def test_a_person_without_an_account_is_refused_with_a_reason(db, browser, provider):
    set_claims(provider, "7", email="somebody@exemple.fr", email_verified=True)

    answer = browser.get(sent_back(browser, "7"))

    assert answer.status_code == 403
    assert "Aucun compte de Palette ne vous est ouvert" in answer.text
    assert not is_signed_in(browser)


def test_an_unverified_email_is_refused(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=False)

    assert browser.get(sent_back(browser)).status_code == 403
    assert not is_signed_in(browser)
    assert subject_of(db) is None


def test_an_email_reused_by_another_subject_is_refused(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)
    browser.get(sent_back(browser))
    browser.cookies.clear()
    set_claims(provider, "43", email=EMAIL, email_verified=True)

    assert browser.get(sent_back(browser, "43")).status_code == 403
    assert not is_signed_in(browser)


def test_a_deactivated_account_is_refused(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)
    browser.get(sent_back(browser))
    browser.cookies.clear()
    account = accounts.by_login(db, EMAIL)
    assert account
    accounts.create(db, "chef@exemple.fr", "Chef", Role, "Test")
    accounts.change(db, account.id, EMAIL, "Ada", account.roles, active=False, who="Chef")

    assert browser.get(sent_back(browser)).status_code == 403
    assert not is_signed_in(browser)


@pytest.mark.parametrize("spoil", ["state", "code", "both"])
def test_a_changed_state_or_code_is_refused(db, browser, provider, spoil):
    set_claims(provider, email=EMAIL, email_verified=True)
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent_back(browser)).query).items()}
    for name in ("state", "code") if spoil == "both" else (spoil,):
        query[name] += "x"

    answer = browser.get("/oidc/retour", params=query)

    assert answer.status_code == 403
    assert "La connexion n’a pas abouti" in answer.text
    assert not is_signed_in(browser)


def test_the_return_address_works_once_and_in_the_same_browser_only(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)
    back = sent_back(browser)
    stranger = TestClient(browser.app, base_url=HERE, follow_redirects=False)

    assert stranger.get(back).status_code == 403
    assert browser.get(back).status_code == 303
    browser.cookies.delete(COOKIE)
    assert browser.get(back).status_code == 403, "the code was used"


def test_another_nonce_is_refused(db, browser, provider, monkeypatch):
    set_claims(provider, email=EMAIL, email_verified=True)
    back = sent_back(browser)
    real = oidc._checked_claims
    monkeypatch.setattr(oidc, "_checked_claims", lambda *values: {**real(*values), "nonce": "another"})

    assert browser.get(back).status_code == 403
    assert not is_signed_in(browser)


def test_a_provider_that_does_not_answer_shows_a_french_message(db, browser, provider, monkeypatch):
    set_claims(provider, email=EMAIL, email_verified=True)
    back = sent_back(browser)
    monkeypatch.setattr(oidc, "ISSUER", "http://localhost:9")
    oidc._provider.cache_clear()

    answer = browser.get(back)

    assert answer.status_code == 403
    assert "ne répond pas" in answer.text
    assert browser.get("/oidc/entrer").headers["location"] == "/connexion?indisponible=1"


def test_signing_out_redirects_to_the_provider(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)
    browser.get(sent_back(browser))

    answer = browser.post("/deconnexion", headers={"origin": HERE})

    assert answer.headers["location"].startswith(f"{provider}/oauth2/end_session?id_token_hint=")
    assert not is_signed_in(browser)


def test_the_sign_in_page_has_the_button_only_with_a_provider(db, browser, provider, monkeypatch):
    assert "Se connecter avec SSO" in browser.get("/connexion").text

    for name in ("ISSUER", "NAME"):
        monkeypatch.setattr(oidc, name, "")

    assert "Se connecter avec" not in browser.get("/connexion").text
    assert browser.get("/oidc/entrer").headers["location"] == "/connexion"


# ---- the identity token by itself

NOW = int(time.time())
GOOD = {
    "iss": "https://sso",
    "sub": "42",
    "aud": "palette",
    "exp": NOW + 86_400,
    "iat": NOW,
}  # a long suite may come to it late


@pytest.fixture
def checked(monkeypatch):
    """Whether a token of these claims passes, signed by the provider or by somebody else."""
    own, other = (RSAKey.generate_key(2048, {"kid": "k"}) for _ in range(2))
    keys = {"keys": [own.as_dict(private=False)]}
    answer = type("Answer", (), {"raise_for_status": lambda self: None, "json": lambda self: keys})
    monkeypatch.setattr("server.oidc.requests.get", lambda *_, **__: answer())
    monkeypatch.setattr(oidc, "CLIENT", "palette")

    def check(claims, by="own", algorithm="RS256"):
        key = {"own": own, "other": other}[by]
        token = jwt.encode({"alg": algorithm, "kid": "k"}, claims, key, algorithms=[algorithm])
        return oidc._checked_claims({"jwks_uri": "https://sso/jwks", "issuer": "https://sso"}, token)

    return check


def test_a_valid_token_is_accepted(checked):
    assert checked(GOOD)["sub"] == "42"


@pytest.mark.parametrize(
    "spoiled",
    [
        {"aud": "another"}, {"aud": ["another"]}, {"iss": "https://another"}, {"exp": 1_600_000_000}, {"sub": None},
        {"aud": None}, {"exp": None}, {"iss": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_wrong_or_missing_claims_is_refused(checked, spoiled):
    claims = {name: value for name, value in {**GOOD, **spoiled}.items() if value is not None}

    with pytest.raises(JoseError):
        checked(claims)


def test_a_token_signed_by_another_key_is_refused(checked):
    with pytest.raises(JoseError):
        checked(GOOD, by="other")


def test_a_token_without_a_signature_is_refused(checked):
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiIsImlzcyI6Imh0dHBzOi8vc3NvIn0."

    with pytest.raises((JoseError, ValueError)):
        oidc._checked_claims({"jwks_uri": "https://sso/jwks", "issuer": "https://sso"}, unsigned)


@pytest.mark.parametrize(
    "forged",
    [
        lambda key: jwt.encode({"alg": "ES256", "kid": "k"}, GOOD, ECKey.generate_key("P-256"), algorithms=["ES256"]),
        lambda key: _hmac_with(key.as_pem(private=False)),
        lambda key: _hmac_with(json.dumps(key.as_dict(private=False)).encode()),
        lambda key: jwt.encode({"alg": "RS256", "kid": "k"}, GOOD, key) + "x",
        lambda key: _with_another_subject(jwt.encode({"alg": "RS256", "kid": "k"}, GOOD, key)),
        lambda key: "a.b.c",
        lambda key: "",
    ],
    ids=["another kind of key", "hmac with its PEM", "hmac with its JWK", "longer", "another subject", "odd", "empty"],
)
def test_a_forged_token_is_refused(monkeypatch, forged):
    own = RSAKey.generate_key(2048, {"kid": "k"})
    described = published(monkeypatch, {"keys": [own.as_dict(private=False)]})

    with pytest.raises((JoseError, ValueError)):
        oidc._checked_claims(described, forged(own))

    assert oidc._checked_claims(described, jwt.encode({"alg": "RS256", "kid": "k"}, GOOD, own))["sub"] == "42", (
        "the control"
    )


def published(monkeypatch, keys):
    """A provider that publishes these keys."""
    answer = SimpleNamespace(raise_for_status=lambda: None, json=lambda: keys)
    monkeypatch.setattr("server.oidc.requests.get", lambda *_, **__: answer)
    monkeypatch.setattr(oidc, "CLIENT", "palette")
    return {"jwks_uri": "https://sso/jwks", "issuer": "https://sso"}


def _b64(part):
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _hmac_with(secret):
    """Return a token signed by HS256 with the public key, which joserfc refuses to make."""
    told = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "k"}, GOOD))
    return f"{told}.{_b64(hmac.new(secret, told.encode(), hashlib.sha256).digest())}"


def _with_another_subject(token):
    head, _, signature = token.split(".")
    return f"{head}.{_b64(json.dumps({**GOOD, 'sub': '43'}).encode())}.{signature}"


# ---- what else comes back


@pytest.mark.parametrize("verified", ["true", 1, None])
def test_only_true_means_that_an_email_is_verified(db, browser, provider, verified):
    set_claims(provider, email=EMAIL, email_verified=verified)

    assert browser.get(sent_back(browser)).status_code == 403
    assert subject_of(db) is None


def test_a_person_without_an_email_is_refused(db, browser, provider):
    set_claims(provider)

    assert browser.get(sent_back(browser)).status_code == 403
    assert not is_signed_in(browser)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in ("state", "code") for v in ("", None, "é", "\x00")])
def test_an_odd_or_missing_state_or_code_is_refused_in_french(db, browser, provider, name, value):
    set_claims(provider, email=EMAIL, email_verified=True)
    query = {key: values[0] for key, values in parse_qs(urlsplit(sent_back(browser)).query).items()}
    query = {key: text for key, text in {**query, name: value}.items() if text is not None}

    answer = browser.get("/oidc/retour", params=query)

    assert (answer.status_code, "La connexion n’a pas abouti" in answer.text) == (403, True)
    assert not is_signed_in(browser)


def test_refusing_at_the_provider_shows_a_french_message(db, browser, provider):
    asked = browser.get("/oidc/entrer").headers["location"]
    back = requests.post(asked, data={"action": "deny"}, allow_redirects=False, timeout=30).headers["location"]
    assert "error=access_denied" in back

    answer = browser.get(back.removeprefix(HERE))

    assert (answer.status_code, "La connexion n’a pas abouti" in answer.text) == (403, True)


def test_signing_in_ends_the_previous_session_of_the_browser(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)
    browser.get(sent_back(browser))
    first = browser.cookies[COOKIE]

    browser.get(sent_back(browser))

    assert sessions.of_cookie(db, first, time.time()) is None
    assert is_signed_in(browser)


def test_the_provider_does_not_redirect_to_another_site(db, browser, provider):
    set_claims(provider, email=EMAIL, email_verified=True)

    assert browser.get(sent_back(browser, wanted="//mechant.example")).headers["location"] == "/"


def test_metadata_of_another_issuer_is_refused(provider, monkeypatch):
    monkeypatch.setattr(oidc, "ISSUER", provider.replace("localhost", "127.0.0.1").rstrip("/"))
    answer = SimpleNamespace(raise_for_status=lambda: None, json=lambda: {"issuer": "https://another"})
    monkeypatch.setattr("server.oidc.requests.get", lambda *_, **__: answer)
    oidc._provider.cache_clear()

    with pytest.raises(AccessError, match="n’est pas celui qui est réglé"):
        oidc._metadata()


# ---- what the provider adds to its token


@pytest.fixture
def back_with_userinfo(db, monkeypatch):
    """Call oidc.back with an ID token without an email and this answer of userinfo."""
    monkeypatch.setattr(oidc, "ISSUER", "https://sso")
    monkeypatch.setattr(oidc, "_metadata", dict)

    def back(userinfo):
        monkeypatch.setattr(oidc, "_exchange", lambda *_: ({"id_token": "x"}, {"sub": SUBJECT}))
        monkeypatch.setattr(oidc, "_userinfo", lambda *_: userinfo)
        kept = oidc._signer().dumps({"state": "s", "nonce": "n", "verifier": "v", "target": "/"})
        cookie = (b"cookie", f"palette-oidc={kept}".encode())
        return oidc.back(Request({"type": "http", "headers": [cookie], "query_string": b"code=c&state=s"}))

    return back


def test_an_email_given_only_by_userinfo_is_used(back_with_userinfo):
    known = back_with_userinfo({"sub": SUBJECT, "email": EMAIL, "email_verified": True})

    assert (known.subject, known.email) == (f"https://sso|{SUBJECT}", EMAIL)


def test_an_unverified_email_of_userinfo_is_ignored(back_with_userinfo):
    assert back_with_userinfo({"sub": SUBJECT, "email": EMAIL, "email_verified": False}).email == ""


def test_userinfo_of_another_subject_is_refused(back_with_userinfo):
    with pytest.raises(AccessError, match="n’a pas abouti"):
        back_with_userinfo({"sub": "43", "email": EMAIL, "email_verified": True})


# ---- the running server, and a provider that asks for secret and verifier


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
        if _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) != self.challenges.get(form["code"]):
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
    with closing(new_office(data / "palette.db")) as raw:
        accounts.create(let := raw, EMAIL, "Ada", [Role.AGENT], "Test")
        let_in(let)
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

    assert (answer.status_code, answer.headers["location"]) == (303, "/aides")
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
