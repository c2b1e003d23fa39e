"""Sign-in by OpenID Connect (the département's ProConnect, Keycloak…) beside passwords, when it is configured.

Configured by PALETTE_OIDC_ISSUER, PALETTE_OIDC_CLIENT_ID, PALETTE_OIDC_SECRET (or PALETTE_OIDC_SECRET_FILE),
PALETTE_OIDC_NAME and PALETTE_ADDRESS. Authorization code flow with PKCE, state and nonce. The provider identifies the
person; an account made beforehand by an administrator decides whether they may enter, and with which roles.
"""

import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import itsdangerous
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.accounts import accounts, sessions
from db.accounts.accounts import Account
from db.accounts.sessions import ADDRESS, IS_SECURE, Session
from db.base.errors import AccessError
from db.model.office import Office
from db.storage.connection import thread_office

ISSUER = os.environ.get("PALETTE_OIDC_ISSUER", "").rstrip("/")
CLIENT = os.environ.get("PALETTE_OIDC_CLIENT_ID", "")
NAME = os.environ.get("PALETTE_OIDC_NAME", "mon compte professionnel") if ISSUER else ""
"""The label of the button after « Se connecter avec »; '' without a provider."""
SCOPE = os.environ.get("PALETTE_OIDC_SCOPE", "openid email")
_STATE_COOKIE = "palette-oidc"
_STATE_SECONDS = 600
_TIMEOUT = 10
_SIGNATURE_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_RETURN_PATH = "/oidc/retour"
_REQUIRED_METADATA = frozenset({"authorization_endpoint", "token_endpoint", "jwks_uri"})
_FAILED = "La connexion n’a pas abouti. Recommencez depuis la page de connexion."
NO_ANSWER = "Le service de connexion ne répond pas. Réessayez dans un moment."


@dataclass(frozen=True)
class Identity:
    """A person as identified by the provider.

    ``subject``: the issuer and the person's id there, joined by "|". ``email``: '' unless verified.
    ``target``: the path to open once signed in.
    """

    subject: str
    email: str
    id_token: str
    target: str


def _secret() -> str:
    file = os.environ.get("PALETTE_OIDC_SECRET_FILE")
    return Path(file).read_text().strip() if file else os.environ.get("PALETTE_OIDC_SECRET", "")


@lru_cache(maxsize=1)
def _provider(hour: int) -> dict[str, Any]:
    """Fetch the provider's metadata. The cache is keyed by hour, so that it is fetched again every hour."""
    answer = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=_TIMEOUT)
    answer.raise_for_status()
    metadata: dict[str, Any] = answer.json()
    if str(metadata.get("issuer", "")).rstrip("/") != ISSUER or not metadata.keys() >= _REQUIRED_METADATA:
        raise AccessError("Le service de connexion n’est pas celui qui est réglé.")
    return metadata


def _metadata() -> dict[str, Any]:
    """Return the provider's metadata. Raises AccessError when it does not answer."""
    try:
        return _provider(int(time.time() // 3600))
    except requests.RequestException as error:
        raise AccessError(NO_ANSWER) from error


def _signer() -> itsdangerous.URLSafeTimedSerializer:
    options = {"digest_method": hashlib.sha256}
    return itsdangerous.URLSafeTimedSerializer(
        sessions.key(thread_office()), salt="palette.oidc", signer_kwargs=options
    )


def start(request: Request, target: str) -> Response:
    """Redirect to the provider. State, nonce, PKCE verifier and ``target`` are kept in a signed cookie meanwhile."""
    if not ISSUER:
        return RedirectResponse("/connexion", 303)
    try:
        metadata = _metadata()
    except AccessError:
        return RedirectResponse("/connexion?indisponible=1", 303)
    secret = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    query = {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": ADDRESS + _RETURN_PATH, "scope": SCOPE,
        "state": secret["state"], "nonce": secret["nonce"], "code_challenge_method": "S256",
        "code_challenge": create_s256_code_challenge(secret["verifier"]),
    }  # fmt: skip
    answer = RedirectResponse(f"{metadata['authorization_endpoint']}?{urlencode(query)}", 303)
    cookie = _signer().dumps({**secret, "target": target})
    text = cookie if isinstance(cookie, str) else cookie.decode()
    answer.set_cookie(
        _STATE_COOKIE, text, max_age=_STATE_SECONDS, httponly=True, samesite="lax", secure=IS_SECURE, path="/oidc"
    )
    return answer


def back(request: Request) -> Identity:
    """Return the person whom the provider sent back. Raises AccessError when a check fails or it does not answer."""
    try:
        kept = _signer().loads(request.cookies.get(_STATE_COOKIE, ""), max_age=_STATE_SECONDS)
    except itsdangerous.BadData as error:
        raise AccessError(_FAILED) from error
    code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
    if not ISSUER or not code or not secrets.compare_digest(state.encode(), kept["state"].encode()):
        raise AccessError(_FAILED)
    try:
        metadata = _metadata()
        token, claims = _exchange(metadata, code, kept)
        person = claims if claims.get("email") else {**claims, **_userinfo(metadata, token)}
    except requests.RequestException as error:
        raise AccessError(NO_ANSWER) from error
    except (OAuthError, JoseError, KeyError, ValueError) as error:
        raise AccessError(_FAILED) from error
    if person["sub"] != claims["sub"]:
        raise AccessError(_FAILED)
    email = str(person.get("email") or "") if person.get("email_verified", True) is True else ""
    return Identity(f"{ISSUER}|{claims['sub']}", email, token["id_token"], kept["target"])


def _exchange(metadata: dict[str, Any], code: str, kept: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Exchange the code for tokens. Returns them and the claims of the ID token, checked. Raises JoseError, OAuthError,
    ValueError or requests.RequestException."""
    accepted = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    method = "client_secret_basic" if "client_secret_basic" in accepted else "client_secret_post"  # as ProConnect does
    client = OAuth2Session(CLIENT, _secret(), token_endpoint_auth_method=method, redirect_uri=ADDRESS + _RETURN_PATH)
    token = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=kept["verifier"], timeout=_TIMEOUT)
    claims = _checked_claims(metadata, token["id_token"])
    if claims.get("nonce") != kept["nonce"]:
        raise ValueError("another nonce")
    return token, claims


def _checked_claims(metadata: dict[str, Any], signed: str) -> dict[str, Any]:
    """Return the claims of a token after checking signature, issuer, audience and dates. Raises JoseError."""
    keys = requests.get(metadata["jwks_uri"], timeout=_TIMEOUT)
    keys.raise_for_status()
    claims = jwt.decode(signed, KeySet.import_key_set(keys.json()), algorithms=_SIGNATURE_ALGORITHMS).claims
    required: dict[str, Any] = {
        "iss": {"essential": True, "value": metadata["issuer"]}, "aud": {"essential": True, "value": CLIENT},
        "sub": {"essential": True}, "exp": {"essential": True},
    }  # fmt: skip
    jwt.JWTClaimsRegistry(leeway=60, **required).validate(claims)
    return dict(claims)


def _userinfo(metadata: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
    """Fetch the claims that are not in the ID token. ProConnect signs them; others send plain JSON."""
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    answer = requests.get(metadata["userinfo_endpoint"], headers=bearer, timeout=_TIMEOUT)
    answer.raise_for_status()
    if "application/jwt" in answer.headers.get("content-type", ""):
        return _checked_claims(metadata, answer.text)
    claims: dict[str, Any] = answer.json()
    return claims


def account_of(db: Office, identity: Identity) -> Account:
    """Return the account of a person, found by subject, or by verified e-mail address the first time. Raises
    AccessError when there is no active account."""
    account = accounts.by_subject(db, identity.subject)
    if account is None and identity.email:
        account = accounts.by_login(db, identity.email)
        if account and account.subject:
            account = None  # another person of the provider has used this account
        if account and account.active:
            accounts.link_subject(db, account, identity.subject)
    if account is None or not account.active:
        raise AccessError("Aucun compte de Palette ne vous est ouvert. Demandez-le à un administrateur de Palette.")
    return account


def farewell(session: Session) -> str:
    """Return the provider's sign-out URL; '' when the session did not come from the provider."""
    if not (ISSUER and session.id_token):
        return ""
    try:
        end = _metadata().get("end_session_endpoint")
    except AccessError:
        return ""
    query = {"id_token_hint": session.id_token, "post_logout_redirect_uri": f"{ADDRESS}/connexion"}
    return f"{end}?{urlencode({**query, 'state': secrets.token_urlsafe(16)})}" if end else ""
