"""OpenID Connect, when it is configured: the département's own sign-in (ProConnect, Keycloak…) instead of passwords.

PALETTE_OIDC_ISSUER, PALETTE_OIDC_CLIENT_ID, PALETTE_OIDC_SECRET (or PALETTE_OIDC_SECRET_FILE), PALETTE_OIDC_NAME and
PALETTE_ADDRESS. Authorization code flow with PKCE, state and nonce. The provider says who somebody is; whether they may
enter, and as what, is for the account that an administrator made beforehand.
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
"""What the button says after « Se connecter avec »; '' without a provider."""
SCOPE = os.environ.get("PALETTE_OIDC_SCOPE", "openid email")
_STATE = "palette-oidc"
_LASTS = 600
_PATIENCE = 10
_SIGNED_WITH = ["RS256", "PS256", "ES256", "EdDSA"]
_BACK = "/oidc/retour"
_NEEDED = frozenset({"authorization_endpoint", "token_endpoint", "jwks_uri"})
_FAILED = "La connexion n’a pas abouti. Recommencez depuis la page de connexion."
NO_ANSWER = "Le service de connexion ne répond pas. Réessayez dans un moment."


@dataclass(frozen=True)
class Known:
    """Whom the provider vouches for. ``subject``: issuer and their number there; ``email``: '' unless verified."""

    subject: str
    email: str
    id_token: str
    wanted: str


def _secret() -> str:
    file = os.environ.get("PALETTE_OIDC_SECRET_FILE")
    return Path(file).read_text().strip() if file else os.environ.get("PALETTE_OIDC_SECRET", "")


@lru_cache(maxsize=1)
def _provider(hour: int) -> dict[str, Any]:
    """The provider's own description of itself, asked again every hour."""
    answer = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=_PATIENCE)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    if str(found.get("issuer", "")).rstrip("/") != ISSUER or not found.keys() >= _NEEDED:
        raise AccessError("Le service de connexion n’est pas celui qui est réglé.")
    return found


def _described() -> dict[str, Any]:
    try:
        return _provider(int(time.time() // 3600))
    except requests.RequestException as error:
        raise AccessError(NO_ANSWER) from error


def _signer() -> itsdangerous.URLSafeTimedSerializer:
    how = {"digest_method": hashlib.sha256}
    return itsdangerous.URLSafeTimedSerializer(sessions.key(thread_office()), salt="palette.oidc", signer_kwargs=how)


def start(request: Request, wanted: str) -> Response:
    """Off to the provider; what must be found again on the way back is in a signed cookie."""
    if not ISSUER:
        return RedirectResponse("/connexion", 303)
    try:
        described = _described()
    except AccessError:
        return RedirectResponse("/connexion?indisponible=1", 303)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": ADDRESS + _BACK, "scope": SCOPE,
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge_method": "S256",
        "code_challenge": create_s256_code_challenge(kept["verifier"]),
    }  # fmt: skip
    answer = RedirectResponse(f"{described['authorization_endpoint']}?{urlencode(asked)}", 303)
    cookie = _signer().dumps({**kept, "wanted": wanted})
    text = cookie if isinstance(cookie, str) else cookie.decode()
    answer.set_cookie(_STATE, text, max_age=_LASTS, httponly=True, samesite="lax", secure=IS_SECURE, path="/oidc")
    return answer


def back(request: Request) -> Known:
    """Whom the provider sent back. Raises AccessError when anything does not fit."""
    try:
        kept = _signer().loads(request.cookies.get(_STATE, ""), max_age=_LASTS)
    except itsdangerous.BadData as error:
        raise AccessError(_FAILED) from error
    code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
    if not ISSUER or not code or not secrets.compare_digest(state.encode(), kept["state"].encode()):
        raise AccessError(_FAILED)
    try:
        described = _described()
        token, claims = _exchange(described, code, kept)
        told = claims if claims.get("email") else {**claims, **_userinfo(described, token)}
    except requests.RequestException as error:
        raise AccessError(NO_ANSWER) from error
    except (OAuthError, JoseError, KeyError, ValueError) as error:
        raise AccessError(_FAILED) from error
    if told["sub"] != claims["sub"]:
        raise AccessError(_FAILED)
    email = str(told.get("email") or "") if told.get("email_verified", True) is True else ""
    return Known(f"{ISSUER}|{claims['sub']}", email, token["id_token"], kept["wanted"])


def _exchange(described: dict[str, Any], code: str, kept: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tokens for a code, and what the ID token says once everything about it was checked."""
    accepted = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    method = "client_secret_basic" if "client_secret_basic" in accepted else "client_secret_post"  # as ProConnect's
    client = OAuth2Session(CLIENT, _secret(), token_endpoint_auth_method=method, redirect_uri=ADDRESS + _BACK)
    token = client.fetch_token(
        described["token_endpoint"], code=code, code_verifier=kept["verifier"], timeout=_PATIENCE
    )
    claims = _checked(described, token["id_token"])
    if claims.get("nonce") != kept["nonce"]:
        raise ValueError("another nonce")
    return token, claims


def _checked(described: dict[str, Any], signed: str) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, now. Raises JoseError."""
    keys = requests.get(described["jwks_uri"], timeout=_PATIENCE)
    keys.raise_for_status()
    claims = jwt.decode(signed, KeySet.import_key_set(keys.json()), algorithms=_SIGNED_WITH).claims
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": described["issuer"]}, "aud": {"essential": True, "value": CLIENT},
        "sub": {"essential": True}, "exp": {"essential": True},
    }  # fmt: skip
    jwt.JWTClaimsRegistry(leeway=60, **wanted).validate(claims)
    return dict(claims)


def _userinfo(described: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
    """What the provider adds; ProConnect signs it, others send plain JSON."""
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    answer = requests.get(described["userinfo_endpoint"], headers=bearer, timeout=_PATIENCE)
    answer.raise_for_status()
    if "application/jwt" in answer.headers.get("content-type", ""):
        return _checked(described, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def account_of(db: Office, known: Known) -> Account:
    """The account of whoever the provider vouches for: by their number there, the first time by their address.

    Raises AccessError when an administrator has made none for them.
    """
    account = accounts.by_subject(db, known.subject)
    if account is None and known.email:
        account = accounts.by_login(db, known.email)
        if account and account.subject:
            account = None  # that address belongs to somebody else by now
        if account and account.active:
            accounts.link_subject(db, account, known.subject)
    if account is None or not account.active:
        raise AccessError("Aucun compte de Palette ne vous est ouvert. Demandez-le à un administrateur de Palette.")
    return account


def farewell(session: Session) -> str:
    """Where to sign out at the provider as well; '' when there is nothing to end there."""
    if not (ISSUER and session.id_token):
        return ""
    try:
        end = _described().get("end_session_endpoint")
    except AccessError:
        return ""
    asked = {"id_token_hint": session.id_token, "post_logout_redirect_uri": f"{ADDRESS}/connexion"}
    return f"{end}?{urlencode({**asked, 'state': secrets.token_urlsafe(16)})}" if end else ""
