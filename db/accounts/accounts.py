"""Accounts: logins, names and roles; passwords, and one-time invitations."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import argon2

from db.base.errors import InvalidError, NotFoundError, Problem
from db.model.office import Office
from db.model.roles import Role, Roles
from db.rows import access_log, drafts
from db.rows.transactions import writing

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
INVITED_FOR = 7 * 86_400
"""Seconds for which an invitation is valid."""
DEMONSTRATION = "demonstration"
"""Login of the demonstration's account: every role, no password, opened by a one-time address."""
_hasher = argon2.PasswordHasher()  # RFC 9106's second recommendation: 64 MiB, three passes
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""A hash to compare with when there is no account, so that the answer takes as long."""


@dataclass(frozen=True)
class Account:
    """Someone who may sign in. ``name``: what the history records. ``subject``: the identifier at the OIDC provider."""

    id: int
    login: str
    name: str
    roles: Roles
    active: bool
    has_password: bool
    subject: str | None


COLUMNS = "account.id, login, name, roles, active, password IS NOT NULL, subject"
_SELECT = f"SELECT {COLUMNS} FROM account"


def every(db: Office) -> list[Account]:
    """Return every account, by name."""
    return [of_columns(row) for row in db.execute(f"{_SELECT} ORDER BY active DESC, name").fetchall()]


def get(db: Office, account_id: int) -> Account:
    """Return one account. Raises NotFoundError."""
    return _needed(_one(db, "id = ?", account_id))


def by_login(db: Office, login: str) -> Account | None:
    """Return the account of a login, however it is spelled (``login_key``), or None."""
    return next((one for one in every(db) if login_key(one.login) == login_key(login)), None)


def login_key(login: str) -> str:
    """Return the one form of all spellings that open the same account, under which attempts are counted too."""
    return _folded(login.strip())


def by_subject(db: Office, subject: str) -> Account | None:
    """Return the account linked to a subject of the OIDC provider, or None."""
    return _one(db, "subject = ?", subject)


def _one(db: Office, where: str, value: object) -> Account | None:
    row = db.execute(f"{_SELECT} WHERE {where}", (value,)).fetchone()
    return of_columns(row) if row else None


def _folded(name: str) -> str:
    """Fold a name: « ÈVE » and « Ève » are one, their accents composed or not; SQLite's NOCASE folds A to Z only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _needed(found: Account | None) -> Account:
    if found is None:
        raise NotFoundError("Ce compte n’existe pas.")
    return found


def of_columns(row: tuple[int, str, str, str, int, int, str | None]) -> Account:
    """Return the account of a row of COLUMNS."""
    roles = frozenset(Role(code) for code in json.loads(row[3]))
    return Account(row[0], row[1], row[2], roles, bool(row[4]), bool(row[5]), row[6])


# ---- made and changed


def create(db: Office, login: str, name: str, roles: Iterable[Role], who: str) -> Account:
    """Create an account, which an invitation opens. Raises InvalidError."""
    login, name = login.strip(), " ".join(name.split())
    role_set = frozenset(roles)
    with writing(db):
        check(db, None, login, name, role_set)
        sql = "INSERT INTO account (login, name, roles) VALUES (?, ?, ?) RETURNING id"
        (account_id,) = db.execute(sql, (login, name, _stored(role_set))).fetchone()
        access_log.add(db, who, "account", detail=f"compte n° {account_id} créé : {_role_labels(role_set)}")
    return get(db, account_id)


def change(db: Office, account_id: int, login: str, name: str, roles: Iterable[Role], active: bool, who: str) -> None:
    """Change an account; lost roles take effect at once. Raises InvalidError, also for the last administrator."""
    login, name = login.strip(), " ".join(name.split())
    role_set = frozenset(roles)
    with writing(db):
        check(db, account_id, login, name, role_set)
        if _is_last_admin(db, get(db, account_id)) and not (active and Role.ADMIN in role_set):
            raise InvalidError([Problem("il faut au moins un administrateur actif.", "Rôles", "roles")])
        sql = "UPDATE account SET login = ?, name = ?, roles = ?, active = ? WHERE id = ?"
        db.execute(sql, (login, name, _stored(role_set), int(active), account_id))
        if not active:
            db.execute("DELETE FROM session WHERE account_id = ?", (account_id,))
            db.execute("DELETE FROM invitation WHERE account_id = ?", (account_id,))
            drafts.forget_account(db, account_id)
        state = _role_labels(role_set) if active else "désactivé"
        access_log.add(db, who, "account", detail=f"compte n° {account_id} : {state}")


def _is_last_admin(db: Office, account: Account) -> bool:
    admins = [one.id for one in every(db) if one.active and Role.ADMIN in one.roles]
    return admins == [account.id]


def _stored(roles: Roles) -> str:
    return json.dumps([role.value for role in Role if role in roles])


def _role_labels(roles: Roles) -> str:
    return ", ".join(role.label for role in Role if role in roles)


def check(db: Office, account_id: int | None, login: str, name: str, roles: Roles) -> None:
    """Raise InvalidError when an account (None: a new one) cannot have this login, name or roles."""
    problems = []
    others = [one for one in every(db) if one.id != account_id]
    for value, label, field, longest in ((login, "Identifiant", "login", 120), (name, "Nom", "name", 80)):
        if not value:
            problems.append(Problem("ce champ est obligatoire", label, field))
        elif len(value) > longest:
            problems.append(Problem(f"{longest} caractères au plus", label, field))
        elif any(_folded(getattr(other, field)) == _folded(value) for other in others):
            problems.append(Problem("un autre compte le porte déjà", label, field))
    if not roles:
        problems.append(Problem("choisissez au moins un rôle", "Rôles", "roles"))
    if problems:
        raise InvalidError(problems)


# ---- passwords


def set_password(db: Office, account: Account, password: str) -> None:
    """Store the hash of a password. Raises InvalidError when it is too easy to guess."""
    check_password(account, password)
    hashed = _hasher.hash(_typed(password))
    with writing(db):
        db.execute("UPDATE account SET password = ? WHERE id = ?", (hashed, account.id))
        access_log.add(db, account.name, "account", detail=f"compte n° {account.id} : mot de passe choisi")


def _typed(password: str) -> str:
    """Return the password in one Unicode form, however a keyboard composes accents (RFC 8265)."""
    return unicodedata.normalize("NFC", password)


def check_password(account: Account, password: str) -> None:
    """Raise InvalidError for a weak password: length over complexity (CNIL 2022, ANSSI)."""
    plain = password.casefold()
    reason = ""
    if len(password) < SHORTEST_PASSWORD:
        reason = f"{SHORTEST_PASSWORD} caractères au moins ; quelques mots sans lien font un bon mot de passe"
    elif len(password) > LONGEST_PASSWORD:
        reason = f"{LONGEST_PASSWORD} caractères au plus"
    elif len(set(plain)) < 6:
        reason = "trop peu de caractères différents"
    elif len(_left_to_guess(plain)) < SHORTEST_PASSWORD:
        reason = "une suite (« 123456 », « azerty ») ou une répétition se devine : ajoutez un ou deux mots"
    elif any(len(word) > 3 and word in plain for word in _own_words(account)):
        reason = "il contient votre nom, votre identifiant ou « palette »"
    if reason:
        raise InvalidError([Problem(reason, "Mot de passe", "password")])


_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm")
_FOURS = frozenset(way[index : index + 4] for row in _ROWS for way in (row, row[::-1]) for index in range(len(row) - 3))
"""Runs of four neighbours of the alphabet, the digits or a keyboard; what follows the third is no secret."""


def _left_to_guess(plain: str) -> str:
    """Return a password without what follows from its beginning: the end of a run, a repeated part."""
    once = re.sub(r"(.{3,}?)\1+", r"\1", plain)
    return "".join(char for index, char in enumerate(once) if once[max(0, index - 3) : index + 1] not in _FOURS)


def _own_words(account: Account) -> list[str]:
    return ["palette", "motdepasse", "password", account.login.casefold(), *account.name.casefold().split()]


def verify(db: Office, login: str, password: str) -> Account | None:
    """Return the active account with this login and password, or None; both answers take as long."""
    account = by_login(db, login)
    row = db.execute("SELECT password FROM account WHERE id = ?", (account.id if account else None,)).fetchone()
    hashed = row[0] if row and row[0] else None
    try:
        right = _hasher.verify(hashed or _NOBODY, _typed(password) if len(password) <= LONGEST_PASSWORD else "")
    except argon2.exceptions.VerificationError:
        return None
    return account if right and hashed and account and account.active else None


def link_subject(db: Office, account: Account, subject: str) -> None:
    """Link an account to a subject of the OIDC provider, at the first sign-in."""
    with writing(db):
        db.execute("UPDATE account SET subject = ? WHERE id = ? AND subject IS NULL", (subject, account.id))


# ---- invitations


@dataclass(frozen=True)
class Invitation:
    """What a one-time address opens: the first administrator, a password to choose, or the demonstration."""

    kind: str
    account_id: int | None


def invite(db: Office, kind: str, account_id: int | None, now: float, lasting: int = INVITED_FOR) -> str:
    """Return a one-time token; an earlier one for the same account or kind becomes invalid."""
    token = secrets.token_urlsafe(32)
    with writing(db):
        sql = "DELETE FROM invitation WHERE expires_at < ? OR (kind = ? AND account_id IS ?)"
        db.execute(sql, (int(now), kind, account_id))
        row = (_digest(token), account_id, kind, int(now) + lasting)
        db.execute("INSERT INTO invitation VALUES (?, ?, ?, ?)", row)
    return token


def first_invitation(db: Office, now: float) -> str:
    """Return a one-time token for a file without any password (new or demonstration), '' otherwise."""
    demonstration = by_login(db, DEMONSTRATION)
    if demonstration and demonstration.active and not demonstration.has_password:
        return invite(db, "open", demonstration.id, now)
    return invite(db, "first", None, now) if nobody_enters(db) else ""


def invitation(db: Office, token: str, now: float) -> Invitation | None:
    """Return what a token opens; None when it was used, replaced or expired, or an administrator exists by now."""
    sql = "SELECT kind, account_id FROM invitation WHERE token = ? AND expires_at >= ?"
    row = db.execute(sql, (_digest(token), int(now))).fetchone()
    if row is None or (row[0] == "first" and not nobody_enters(db)):
        return None
    return Invitation(*row)


def invited_until(db: Office, account_id: int, now: float) -> int | None:
    """Return until when an account's invitation is valid, in seconds since 1970, or None."""
    sql = "SELECT max(expires_at) FROM invitation WHERE account_id = ? AND expires_at >= ?"
    until: int | None = db.execute(sql, (account_id, int(now))).fetchone()[0]
    return until


def use(db: Office, token: str) -> bool:
    """Use a token up; False when it was already used."""
    with writing(db):
        return db.execute("DELETE FROM invitation WHERE token = ?", (_digest(token),)).rowcount == 1


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def nobody_enters(db: Office) -> bool:
    """Return whether no account can sign in yet: the file is new."""
    sql = "SELECT count(*) FROM account WHERE active AND (password IS NOT NULL OR subject IS NOT NULL)"
    return not db.execute(sql).fetchone()[0]
