"""The checks of a provider's ID token: signature, issuer, audience and dates."""

import base64
import hashlib
import hmac
import json
import time
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from server import oidc

NOW = int(time.time())
GOOD = {
    "iss": "https://sso",
    "sub": "42",
    "aud": "palette",
    "exp": NOW + 86_400,  # a long test run may come to it late
    "iat": NOW,
}


@pytest.fixture
def checked(monkeypatch):
    """Check a token with these claims, signed by the provider's key or by another."""
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


def base64url(part):
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _hmac_with(secret):
    """Return a token signed by HS256 with the public key, which joserfc refuses to make."""
    told = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "k"}, GOOD))
    return f"{told}.{base64url(hmac.new(secret, told.encode(), hashlib.sha256).digest())}"


def _with_another_subject(token):
    head, _, signature = token.split(".")
    return f"{head}.{base64url(json.dumps({**GOOD, 'sub': '43'}).encode())}.{signature}"
