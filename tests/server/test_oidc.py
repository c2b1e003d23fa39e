"""Signing in through a real OpenID Connect provider on loopback."""

import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
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
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:  # entered: one event loop for all requests
        yield client


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

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/connexion?vers=%2Fdossier%3Fdossier%3D12&entree=1",
    )
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

    assert (
        browser.get(sent_back(browser, wanted="//mechant.example")).headers["location"]
        == "/connexion?vers=%2F&entree=1"
    )


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
