"""The pages to sign in, choose a first password and sign out: plain HTML in French, without any script."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from db.accounts import accounts, login_throttle, sessions
from db.accounts.accounts import Account
from db.accounts.login_throttle import Attempt
from db.accounts.sessions import ADDRESS, COOKIE, IS_SECURE, Session
from db.base.errors import BusyError, InvalidError, PaletteError, Problem
from db.demo import visits
from db.model.office import Office
from db.model.roles import Role
from db.rows import access_log
from db.storage.connection import thread_office
from server import gate, oidc
from server.error_pages import page
from server.settings import DEVICE

_HERE = Path(__file__).parent
_hashing = anyio.CapacityLimiter(2)
"""Hash at most two passwords at once: Argon2 takes 64 MiB each time, which an attacker could use up."""
_LONGEST_FORM = 20_000
_WRONG = "Identifiant ou mot de passe incorrect."
_ENTERED = "entree"
"""Parameter of the address to which a right password leads: it opens the page asked for if the browser sends the cookie
of the session, and otherwise says that it does not."""
_NOT_KEPT = (
    "Vous êtes bien reconnu, mais ce navigateur n’a pas gardé le cookie de connexion, sans lequel Palette ne peut pas "
    "s’ouvrir. Autorisez les cookies pour cette adresse"
    + (f", ouvrez bien Palette par {ADDRESS}" if IS_SECURE else "")
    + ", puis connectez-vous de nouveau."
)
_PROBLEMS = {_ENTERED: _NOT_KEPT, "indisponible": oidc.NO_ANSWER}
"""What the sign-in page says, by a parameter of its address."""


def safe_target(target: str) -> str:
    """Return the path to open after signing in; "/" for another site or a page that needs no session."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_local and not target.startswith(tuple(gate.OPEN)) else "/"


async def _form(request: Request) -> dict[str, str]:
    """Return the text fields of a form; empty when the form is longer than ``_LONGEST_FORM`` bytes."""
    length = request.headers.get("content-length", "")
    if not re.fullmatch("[0-9]{1,9}", length) or int(length) > _LONGEST_FORM:
        return {}
    form = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in form.items() if isinstance(value, str)}


# ---- sign in


async def sign_in(request: Request) -> Response:
    """Show the sign-in page (GET), or check its form (POST)."""
    if request.method != "POST":
        target = safe_target(request.query_params.get("vers", "/"))
        if request.scope["palette"]:
            return RedirectResponse(target, 303)
        problem = next((text for sign, text in _PROBLEMS.items() if sign in request.query_params), "")
        return await _in_thread(_show_sign_in, target, "", problem, 200)
    form = await _form(request)
    return await anyio.to_thread.run_sync(_check_sign_in, request, form, limiter=_hashing)


async def _in_thread(work: Callable[..., Response], *values: Any) -> Response:
    return await anyio.to_thread.run_sync(work, *values)


def _show_sign_in(target: str, login: str, problem: str, status: int) -> Response:
    try:
        is_new = accounts.nobody_enters(thread_office())
    except PaletteError as error:
        return page("message.html", 503, title="Palette est indisponible", text=str(error))
    return page("connexion.html", status, vers=target, login=login, problem=problem, is_new=is_new, oidc=oidc.NAME)


def _check_sign_in(request: Request, form: dict[str, str]) -> Response:
    login, password = form.get("identifiant", ""), form.get("mot_de_passe", "")
    target = safe_target(form.get("vers", "/"))
    try:
        account = _verify(thread_office(), _attempt(request, login), password)
        if account is None:
            return _show_sign_in(target, login, _WRONG, 401)
        return enter(request, account, "mot de passe", target)
    except login_throttle.WaitError as error:
        answer = _show_sign_in(target, login, str(error), 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    except PaletteError as error:
        return _show_sign_in(target, login, str(error), 503)


def _attempt(request: Request, login: str) -> Attempt:
    address = request.client.host if request.client else ""
    return Attempt(login[:120], address, gate.cookies_of(request.scope).get(DEVICE, ""))


def _verify(db: Office, attempt: Attempt, password: str) -> Account | None:
    """Return the account when the password is right. Raises WaitError after too many attempts."""
    named = accounts.by_login(db, attempt.login)
    login_throttle.enter(db, attempt, named.id if named else None, time.time())
    account = accounts.verify(db, attempt.login, password)
    if account is None:
        login_throttle.refuse(db, attempt, named, time.time())
        return None
    login_throttle.forgive(db, attempt, account.id)
    return account


def enter(request: Request, account: Account, how: str, target: str, id_token: str | None = None) -> Response:
    """Begin a session in this browser, ending its previous one, and redirect to ``target`` by way of the sign-in page,
    which sees whether the browser kept the cookie. ``how``: the means of signing in, in French, for the access log."""
    db, now = thread_office(), time.time()
    before: Session | None = request.scope["palette"]
    if before:
        sessions.end(db, before.id)
    browser = _browser(request.headers.get("user-agent", ""))
    cookie = sessions.begin(db, account, browser, now, id_token)
    access_log.note(db, account.name, "sign_in", detail=f"{how} · {browser}")
    answer = RedirectResponse(f"/connexion?{urlencode({'vers': safe_target(target), _ENTERED: 1})}", 303)
    options: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": IS_SECURE, "path": "/"}
    answer.set_cookie(COOKIE, cookie, max_age=24 * 3600, **options)
    answer.set_cookie(DEVICE, login_throttle.mark(db, account.id), max_age=180 * 86_400, **options)
    return answer


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def _browser(agent: str) -> str:
    """Return a short name such as « Firefox · Windows », by which a person recognises their own browsers."""
    names = [next((name for sign, name in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names)) or "Navigateur inconnu"


# ---- invitations


async def welcome(request: Request) -> Response:
    """Show the page of an invitation (GET), or accept it (POST), which uses the invitation up."""
    if request.method != "POST":
        return await _in_thread(_show_welcome, request.query_params.get("cle", ""), {}, [])
    form = await _form(request)
    return await anyio.to_thread.run_sync(_accept, request, form, limiter=_hashing)


_EXPIRED = (
    "Cette adresse a déjà servi, ou n’est plus valable. Demandez-en une autre à un administrateur de Palette ; "
    "sur le serveur, « python -m db invite » en donne une."
)


def _show_welcome(token: str, form: dict[str, str], problems: list[str]) -> Response:
    db = thread_office()
    invitation = accounts.invitation(db, token, time.time())
    if invitation is None:
        return page("message.html", 410, title="Adresse périmée", text=_EXPIRED)
    account = accounts.get(db, invitation.account_id) if invitation.account_id else None
    shortest = accounts.SHORTEST_PASSWORD
    values = {"kind": invitation.kind, "account": account, "cle": token, "problems": problems, "shortest": shortest}
    typed = {"login": form.get("identifiant", ""), "name": form.get("nom", "")}
    return page("bienvenue.html", 422 if problems else 200, **typed, **values)


def _accept(request: Request, form: dict[str, str]) -> Response:
    db, token = thread_office(), form.get("cle", "")
    invitation = accounts.invitation(db, token, time.time())
    if invitation is None:
        return _show_welcome(token, form, [])
    try:
        account = _use_invitation(db, invitation, form, token)
    except InvalidError as error:
        return _show_welcome(token, form, [str(problem) for problem in error.problems])
    except PaletteError as error:
        return _show_welcome(token, form, [str(error)])
    return enter(request, account, "invitation", "/") if account else _show_welcome(token, form, [])


def _use_invitation(db: Office, invitation: accounts.Invitation, form: dict[str, str], token: str) -> Account | None:
    """Create the account if need be and set its password; None when the token was used meanwhile. Raises InvalidError
    when the form is not right."""
    password = form.get("mot_de_passe", "")
    if invitation.kind == "open":
        return accounts.get(db, invitation.account_id or 0) if accounts.use(db, token) else None
    login, name = form.get("identifiant", "").strip(), form.get("nom", "").strip()
    existing = accounts.get(db, invitation.account_id) if invitation.account_id else None
    requested = existing or Account(0, login, name, frozenset(Role), True, False, None)
    accounts.check_password(requested, password)
    if password != form.get("encore", ""):
        raise InvalidError([Problem("les deux saisies diffèrent", "Mot de passe", "password")])
    if existing is None:
        accounts.check(db, None, login, name, requested.roles)
    if not accounts.use(db, token):
        return None
    account = existing or accounts.create(db, login, name, Role, name)
    accounts.set_password(db, account, password)
    sessions.end_all(db, account.id)
    return accounts.get(db, account.id)


# ---- sign out, presence, health


async def sign_out(request: Request) -> Response:
    """Ask whether to sign out here or everywhere (GET), and do it (POST)."""
    if request.method != "POST":
        return page("deconnexion.html", name=request.scope["palette"].account.name)
    form = await _form(request)
    return await _in_thread(_sign_out, request, form.get("partout") == "1")


def _sign_out(request: Request, everywhere: bool) -> Response:
    db, session = thread_office(), request.scope["palette"]
    if everywhere:
        sessions.end_all(db, session.account.id)
    else:
        sessions.end(db, session.id)
    visits.leave(session)
    access_log.note(db, session.account.name, "sign_out", detail="partout" if everywhere else "")
    answer = RedirectResponse(oidc.farewell(session) or "/connexion", 303)
    answer.delete_cookie(COOKIE, path="/", secure=IS_SECURE, httponly=True, samesite="lax")
    return answer


async def presence(request: Request) -> Response:
    """Confirm that the session lasts (the gate answers 401 otherwise). A POST reports that the person is active."""
    if request.method == "POST":
        await anyio.to_thread.run_sync(_touch, request.scope["palette"])
    return JSONResponse({"ok": True})


def _touch(session: Session) -> None:
    with suppress(BusyError):  # during a large import; the browser reports again soon
        sessions.touch(thread_office(), session, time.time())


async def health(request: Request) -> Response:
    """Answer 200 when the office file can be read, else 503."""
    return await _in_thread(_health)


def _health() -> Response:
    try:
        thread_office().execute("SELECT 1 FROM setting").fetchone()
    except PaletteError:
        return PlainTextResponse("indisponible", 503)
    return PlainTextResponse("ok")


def style(request: Request) -> Response:
    """Return the style sheet of these pages."""
    return FileResponse(_HERE / "static" / "porte.css", media_type="text/css")


def refused(text: str) -> Response:
    """Return the page that says why the person cannot sign in."""
    return page("message.html", 403, title="Connexion impossible", text=text)


async def oidc_start(request: Request) -> Response:
    """Redirect to the OpenID Connect provider."""
    return await _in_thread(oidc.start, request, safe_target(request.query_params.get("vers", "/")))


async def oidc_back(request: Request) -> Response:
    """Handle the redirect back from the provider."""
    return await _in_thread(_oidc_back, request)


def _oidc_back(request: Request) -> Response:
    try:
        identity = oidc.back(request)
        account = oidc.account_of(thread_office(), identity)
    except PaletteError as error:
        return refused(str(error))
    return enter(request, account, oidc.NAME, identity.target, identity.id_token)


ROUTES = [
    Route("/connexion", sign_in, methods=["GET", "POST"]),
    Route("/bienvenue", welcome, methods=["GET", "POST"]),
    Route("/deconnexion", sign_out, methods=["GET", "POST"]),
    Route("/presence", presence, methods=["GET", "POST"]),
    Route("/sante", health),
    Route("/porte.css", style),
    Route("/oidc/entrer", oidc_start),
    Route("/oidc/retour", oidc_back),
]
