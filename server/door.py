"""The pages of the door: sign in, choose a first password, sign out. Plain HTML, French, without a script."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from db.accounts import accounts, login_throttle, sessions
from db.accounts.accounts import Account
from db.accounts.login_throttle import Attempt
from db.accounts.sessions import COOKIE, IS_SECURE, Session
from db.base.errors import BusyError, InvalidError, PaletteError, Problem
from db.model.office import Office
from db.model.roles import Role
from db.rows import access_log
from db.storage.connection import thread_office
from server import gate, oidc
from server.error_pages import page
from server.settings import DEVICE

_HERE = Path(__file__).parent
_hashing = anyio.CapacityLimiter(2)
"""Argon2 takes 64 MiB a time: two at once, whoever hammers the door."""
_LONGEST_FORM = 20_000
_WRONG = "Identifiant ou mot de passe incorrect."


def safe(wanted: str) -> str:
    """Where to go once signed in: a path of ours, or home."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours and not wanted.startswith(tuple(gate.OPEN)) else "/"


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, each once. Too long a form is an empty one."""
    if int(request.headers.get("content-length") or _LONGEST_FORM + 1) > _LONGEST_FORM:
        return {}
    form = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in form.items() if isinstance(value, str)}


# ---- sign in


async def sign_in(request: Request) -> Response:
    """The sign-in page, and what it sends."""
    if request.method != "POST":
        wanted = safe(request.query_params.get("vers", "/"))
        if request.scope["palette"]:
            return RedirectResponse(wanted, 303)
        problem = oidc.NO_ANSWER if "indisponible" in request.query_params else ""
        return await _in_thread(_show_sign_in, wanted, "", problem, 200)
    form = await _form(request)
    return await anyio.to_thread.run_sync(_try, request, form, limiter=_hashing)


async def _in_thread(work: Callable[..., Response], *values: Any) -> Response:
    return await anyio.to_thread.run_sync(work, *values)


def _show_sign_in(wanted: str, login: str, problem: str, status: int) -> Response:
    try:
        is_new = accounts.nobody_enters(thread_office())
    except PaletteError as error:
        return page("message.html", 503, title="Palette est indisponible", text=str(error))
    return page("connexion.html", status, vers=wanted, login=login, problem=problem, is_new=is_new, oidc=oidc.NAME)


def _try(request: Request, form: dict[str, str]) -> Response:
    login, password, wanted = form.get("identifiant", ""), form.get("mot_de_passe", ""), safe(form.get("vers", "/"))
    try:
        account = _verified(thread_office(), _attempt(request, login), password)
        if account is None:
            return _show_sign_in(wanted, login, _WRONG, 401)
        return enter(request, account, "mot de passe", wanted)
    except login_throttle.WaitError as error:
        answer = _show_sign_in(wanted, login, str(error), 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    except PaletteError as error:
        return _show_sign_in(wanted, login, str(error), 503)


def _attempt(request: Request, login: str) -> Attempt:
    address = request.client.host if request.client else ""
    return Attempt(login[:120], address, gate.cookies_of(request.scope).get(DEVICE, ""))


def _verified(db: Office, attempt: Attempt, password: str) -> Account | None:
    known = accounts.by_login(db, attempt.login)
    login_throttle.enter(db, attempt, known.id if known else None, time.time())
    account = accounts.verify(db, attempt.login, password)
    if account is None:
        if known:
            access_log.note(db, known.name, "refused", detail="mot de passe incorrect")
        return None
    login_throttle.forgive(db, attempt, account.id)
    return account


def enter(request: Request, account: Account, how: str, wanted: str, id_token: str | None = None) -> Response:
    """Sign an account in, in this browser, and go on; another session of this browser ends."""
    db, now = thread_office(), time.time()
    before: Session | None = request.scope["palette"]
    if before:
        sessions.end(db, before.id)
    browser = _browser(request.headers.get("user-agent", ""))
    cookie = sessions.begin(db, account, browser, now, id_token)
    access_log.note(db, account.name, "sign_in", detail=f"{how} · {browser}")
    answer = RedirectResponse(safe(wanted), 303)
    kept: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": IS_SECURE, "path": "/"}
    answer.set_cookie(COOKIE, cookie, max_age=24 * 3600, **kept)
    answer.set_cookie(DEVICE, login_throttle.mark(db, account.id), max_age=180 * 86_400, **kept)
    return answer


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def _browser(agent: str) -> str:
    """« Firefox · Windows »: enough to know one's own browsers by."""
    found = [next((name for sign, name in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or "Navigateur inconnu"


# ---- one-time addresses


async def welcome(request: Request) -> Response:
    """What an invitation opens; looking at it does not use it up, sending the form does."""
    if request.method != "POST":
        return await _in_thread(_show_welcome, request.query_params.get("cle", ""), {}, [])
    form = await _form(request)
    return await anyio.to_thread.run_sync(_accept, request, form, limiter=_hashing)


_NO_LONGER = (
    "Cette adresse a déjà servi, ou n’est plus valable. Demandez-en une autre à un administrateur de Palette ; "
    "sur le serveur, « python -m db invite » en donne une."
)


def _show_welcome(token: str, form: dict[str, str], problems: list[str]) -> Response:
    db = thread_office()
    found = accounts.invitation(db, token, time.time())
    if found is None:
        return page("message.html", 410, title="Adresse périmée", text=_NO_LONGER)
    account = accounts.get(db, found.account_id) if found.account_id else None
    shortest = accounts.SHORTEST_PASSWORD
    values = {"kind": found.kind, "account": account, "cle": token, "problems": problems, "shortest": shortest}
    typed = {"login": form.get("identifiant", ""), "name": form.get("nom", "")}
    return page("bienvenue.html", 422 if problems else 200, **typed, **values)


def _accept(request: Request, form: dict[str, str]) -> Response:
    db, token = thread_office(), form.get("cle", "")
    found = accounts.invitation(db, token, time.time())
    if found is None:
        return _show_welcome(token, form, [])
    try:
        account = _welcomed(db, found, form, token)
    except InvalidError as error:
        return _show_welcome(token, form, [str(problem) for problem in error.problems])
    except PaletteError as error:
        return _show_welcome(token, form, [str(error)])
    return enter(request, account, "invitation", "/") if account else _show_welcome(token, form, [])


def _welcomed(db: Office, found: accounts.Invitation, form: dict[str, str], token: str) -> Account | None:
    """The account that the invitation opens, with the password just chosen; None when the token was used meanwhile."""
    password = form.get("mot_de_passe", "")
    if found.kind == "open":
        return accounts.get(db, found.account_id or 0) if accounts.use(db, token) else None
    login, name = form.get("identifiant", "").strip(), form.get("nom", "").strip()
    known = accounts.get(db, found.account_id) if found.account_id else None
    asked = known or Account(0, login, name, frozenset(Role), True, False, None)
    accounts.check_password(asked, password)
    if password != form.get("encore", ""):
        raise InvalidError([Problem("les deux saisies diffèrent", "Mot de passe", "password")])
    if known is None:
        accounts.check(db, None, login, name, asked.roles)
    if not accounts.use(db, token):
        return None
    account = known or accounts.create(db, login, name, Role, name)
    accounts.set_password(db, account, password)
    sessions.end_all(db, account.id)
    return accounts.get(db, account.id)


# ---- sign out, presence, health


async def sign_out(request: Request) -> Response:
    """Asks whether here or everywhere, and does it."""
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
    access_log.note(db, session.account.name, "sign_out", detail="partout" if everywhere else "")
    answer = RedirectResponse(oidc.farewell(session) or "/connexion", 303)
    answer.delete_cookie(COOKIE, path="/", secure=IS_SECURE, httponly=True, samesite="lax")
    return answer


async def presence(request: Request) -> Response:
    """GET: whether the session lasts (the gate answers 401 otherwise). POST: the person is there."""
    if request.method == "POST":
        await anyio.to_thread.run_sync(_touch, request.scope["palette"])
    return JSONResponse({"ok": True})


def _touch(session: Session) -> None:
    with suppress(BusyError):  # a large import holds the file for a while; the next sign of presence comes soon
        sessions.touch(thread_office(), session, time.time())


async def health(request: Request) -> Response:
    """Whether the file can be opened; nothing else is said."""
    return await _in_thread(_health)


def _health() -> Response:
    try:
        thread_office().execute("SELECT 1 FROM setting").fetchone()
    except PaletteError:
        return PlainTextResponse("indisponible", 503)
    return PlainTextResponse("ok")


def style(request: Request) -> Response:
    """The one style sheet of these pages."""
    return FileResponse(_HERE / "static" / "porte.css", media_type="text/css")


def refused(text: str) -> Response:
    """The sign-in page's sister: why one cannot enter."""
    return page("message.html", 403, title="Connexion impossible", text=text)


async def oidc_start(request: Request) -> Response:
    """To the provider."""
    return await _in_thread(oidc.start, request, safe(request.query_params.get("vers", "/")))


async def oidc_back(request: Request) -> Response:
    """Back from the provider."""
    return await _in_thread(_oidc_back, request)


def _oidc_back(request: Request) -> Response:
    try:
        known = oidc.back(request)
        account = oidc.account_of(thread_office(), known)
    except PaletteError as error:
        return refused(str(error))
    return enter(request, account, oidc.NAME, known.wanted, known.id_token)


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
