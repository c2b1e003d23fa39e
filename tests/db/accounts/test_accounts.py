"""Accounts: valid names, the last administrator, passwords, invitations; asserted on what the file holds."""

import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest

from db.accounts import accounts, sessions
from db.accounts.accounts import DEMONSTRATION, INVITED_FOR, Account
from db.base.errors import InvalidError, NotFoundError
from db.model.roles import Role
from db.rows import access_log
from db.storage import connection

NOW = 1_700_000_000
PASSPHRASE = "l’été, où l’âne bâté brait à l’œuvre"
ADMIN = [Role.ADMIN, Role.AGENT]


def create_account(db, login="ada@exemple.fr", name="Ada Dupré", roles=ADMIN):
    return accounts.create(db, login, name, roles, "Test")


def reload_account(db, account):
    return accounts.get(db, account.id)


def refusals(work, *values):
    """Return (label, field, reason) of each problem for which an account is refused."""
    with pytest.raises(InvalidError) as raised:
        work(*values)
    return [(problem.label, problem.field, problem.reason) for problem in raised.value.problems]


def read_file_bytes(path):
    """Return every byte of the file and of its companions (-wal, -shm)."""
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name))


def run_simultaneously(path, *works):
    """Run each function on a connection of its own, all starting together. Return the result or exception of each."""
    start = threading.Barrier(len(works))

    def one(work):
        db = connection.open_file(path)
        start.wait()
        try:
            return work(db)
        except InvalidError as error:
            return error
        finally:
            db.close()

    with ThreadPoolExecutor(len(works)) as people:
        return list(people.map(one, works))


# ---- made and changed


def test_a_new_account_is_in_the_file_as_it_was_typed_without_the_blanks(db):
    account = create_account(db, "  Ada@Exemple.fr ", "  Ada   Dupré ")

    row = db.execute("SELECT login, name, roles, active, password, subject FROM account").fetchone()
    assert row == ("Ada@Exemple.fr", "Ada Dupré", '["agent", "admin"]', 1, None, None)
    assert account == Account(1, "Ada@Exemple.fr", "Ada Dupré", frozenset(ADMIN), True, False, None)
    assert access_log.find(db)[0][0].detail.startswith("compte n° 1 créé")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (("", "Ada", [Role.AGENT]), [("Identifiant", "login", "ce champ est obligatoire")]),
        (("  ", "Ada", [Role.AGENT]), [("Identifiant", "login", "ce champ est obligatoire")]),
        (("ada", " \t ", [Role.AGENT]), [("Nom", "name", "ce champ est obligatoire")]),
        (("a" * 121, "Ada", [Role.AGENT]), [("Identifiant", "login", "120 caractères au plus")]),
        (("ada", "A" * 81, [Role.AGENT]), [("Nom", "name", "80 caractères au plus")]),
        (("ada", "Ada", []), [("Rôles", "roles", "choisissez au moins un rôle")]),
        (("BOB@exemple.fr", "Ada", [Role.AGENT]), [("Identifiant", "login", "un autre compte le porte déjà")]),
        (("ÈVE", "Ada", [Role.AGENT]), [("Identifiant", "login", "un autre compte le porte déjà")]),
        (("ada", "bob  MARTIN", [Role.AGENT]), [("Nom", "name", "un autre compte le porte déjà")]),
        (("ada", "ÈVE DUPRÉ", [Role.AGENT]), [("Nom", "name", "un autre compte le porte déjà")]),
        (("ada", "E\u0300ve Dupre\u0301", [Role.AGENT]), [("Nom", "name", "un autre compte le porte déjà")]),
    ],
)
def test_what_an_account_cannot_be_called_says_label_and_reason(db, values, wanted):
    create_account(db, "bob@exemple.fr", "Bob Martin")
    create_account(db, "ève", "Ève Dupré")
    before = accounts.every(db)

    assert refusals(accounts.create, db, *values, "Test") == wanted

    assert accounts.every(db) == before


def test_every_problem_is_told_at_once(db):
    assert [field for _, field, _ in refusals(accounts.create, db, "", "", [], "Test")] == ["login", "name", "roles"]


def test_the_longest_names_pass(db):
    account = create_account(db, "é" * 120, "É" * 80)

    assert (len(account.login), len(account.name)) == (120, 80)


def test_an_account_may_keep_its_own_name_in_other_letters(db):
    account = create_account(db)

    accounts.change(db, account.id, "ADA@exemple.fr", "ADA DUPRÉ", [Role.ADMIN], active=True, who="Test")

    assert (reload_account(db, account).login, reload_account(db, account).name) == ("ADA@exemple.fr", "ADA DUPRÉ")
    assert reload_account(db, account).roles == {Role.ADMIN}


def test_an_account_cannot_take_anothers_name_or_login(db):
    account, _ = create_account(db), create_account(db, "bob@exemple.fr", "Bob")

    told = refusals(accounts.change, db, account.id, "Bob@exemple.fr", "BOB", [], True, "Test")

    assert [field for _, field, _ in told] == ["login", "name", "roles"]
    assert reload_account(db, account) == account


def test_two_accounts_of_one_name_made_at_once_are_one(db, path):
    works = [lambda db, number=number: create_account(db, f"{number}@exemple.fr", "Bob") for number in range(4)]

    told = run_simultaneously(path, *works)

    assert [type(one) for one in told].count(Account) == 1
    assert [type(one) for one in told].count(InvalidError) == 3
    assert [account.name for account in accounts.every(db)] == ["Bob"]


def test_a_login_is_found_however_it_is_capitalised(db):
    account = create_account(db, "Ada@Exemple.fr")

    assert accounts.by_login(db, " aDA@exemple.FR ") == account
    assert accounts.by_login(db, "ada") is None


def test_an_unknown_account_is_told(db):
    with pytest.raises(NotFoundError, match="n’existe pas"):
        accounts.get(db, 99)
    with pytest.raises(NotFoundError, match="n’existe pas"):
        accounts.change(db, 99, "x", "X", [Role.AGENT], active=True, who="Test")


def test_closing_an_account_ends_its_sessions_and_its_invitations(db):
    create_account(db)
    bob = create_account(db, "bob@exemple.fr", "Bob", [Role.AGENT])
    token, cookie = accounts.invite(db, "password", bob.id, NOW), sessions.begin(db, bob, "", NOW)

    accounts.change(db, bob.id, bob.login, bob.name, bob.roles, active=False, who="Test")

    assert accounts.invitation(db, token, NOW) is None
    assert sessions.of_cookie(db, cookie, NOW) is None
    assert db.execute("SELECT count(*) FROM session").fetchone()[0] == 0


# ---- the last administrator


@pytest.mark.parametrize(("roles", "active"), [([Role.AGENT], True), (ADMIN, False), ([Role.AGENT], False)])
def test_the_last_administrator_can_be_neither_closed_nor_demoted(db, roles, active):
    ada, bob = create_account(db), create_account(db, "bob@exemple.fr", "Bob")
    accounts.change(db, bob.id, bob.login, bob.name, ADMIN, active=False, who="Test")  # a closed one does not count

    told = refusals(accounts.change, db, ada.id, ada.login, ada.name, roles, active, "Test")

    assert told == [("Rôles", "roles", "il faut au moins un administrateur actif.")]
    assert reload_account(db, ada) == ada


def test_one_of_two_administrators_can_be_closed_or_demoted(db):
    ada = create_account(db)
    create_account(db, "bob@exemple.fr", "Bob")

    accounts.change(db, ada.id, ada.login, ada.name, [Role.AGENT], active=False, who="Test")

    assert not reload_account(db, ada).active


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE account SET active = 0",
        """UPDATE account SET roles = '["agent"]'""",
        "UPDATE account SET roles = '[]', name = 'x' WHERE id = 1",
        "UPDATE OR REPLACE account SET active = 0 WHERE id = 1",
    ],
)
def test_another_program_cannot_remove_the_last_administrator(db, path, sql):
    account = create_account(db)
    raw = sqlite3.connect(path)

    with raw, pytest.raises(sqlite3.IntegrityError, match="au moins un administrateur actif"):
        raw.execute(sql)

    raw.close()
    assert reload_account(db, account) == account


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM account",
        "DELETE FROM account WHERE id = 2",
        "INSERT OR REPLACE INTO account (id, login, name, roles) VALUES (1, 'x', 'X', '[]')",
        "INSERT OR REPLACE INTO account (login, name, roles) VALUES ('BOB@exemple.fr', 'X', '[]')",
        "REPLACE INTO account (login, name, roles) VALUES ('x', 'ada dupré', '[]')",
        "INSERT OR REPLACE INTO account (login, name, roles, subject) VALUES ('x', 'X', '[]', 'somebody')",
        "UPDATE OR REPLACE account SET login = 'bob@exemple.fr' WHERE id = 1",
        "UPDATE OR REPLACE account SET name = 'Bob' WHERE id = 1",
        "UPDATE OR REPLACE account SET id = 2 WHERE id = 1",
        "UPDATE OR REPLACE account SET subject = 'somebody' WHERE id = 1",
    ],
)
def test_no_account_is_deleted_by_another_program(db, path, sql):
    create_account(db)
    bob = create_account(db, "bob@exemple.fr", "Bob")
    accounts.link_subject(db, bob, "somebody")
    before = accounts.every(db)
    raw = sqlite3.connect(path)

    with raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(sql)

    raw.close()
    assert accounts.every(db) == before


def test_two_administrators_who_demote_each_other_at_once_leave_one(db, path):
    ada, bob = create_account(db), create_account(db, "bob@exemple.fr", "Bob")

    def demote(account):
        return lambda db: accounts.change(db, account.id, account.login, account.name, [Role.AGENT], True, "Test")

    told = run_simultaneously(path, demote(ada), demote(bob))

    assert {type(one) for one in told} == {type(None), InvalidError}
    assert [Role.ADMIN in account.roles for account in accounts.every(db)].count(True) == 1


# ---- passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("court", "12 caractères au moins"),
        ("onze carac.", "12 caractères au moins"),
        ("", "12 caractères au moins"),
        ("x" * 201, "200 caractères au plus"),
        ("aaaaaaaaaaaaaa", "trop peu de caractères différents"),
        ("abcdeABCDEabcde", "trop peu de caractères différents"),  # five letters, however they are capitalised
        ("123456789012", "se devine"),
        ("Azertyuiop12", "se devine"),
        ("987654321987", "se devine"),
        ("bonjour12345", "se devine"),
        ("chocolatChocolat", "se devine"),
        ("le chat de DUPRÉ dort", "votre nom"),
        ("ada@exemple.fr et puis", "votre nom"),
        ("vive Palette 2026 !", "votre nom"),
        ("MotDePasse pour moi", "votre nom"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(db, password, why):
    account = create_account(db)

    ((label, field, reason),) = refusals(accounts.set_password, db, account, password)

    assert (label, field) == ("Mot de passe", "password")
    assert why in reason
    assert not reload_account(db, account).has_password


LONGEST = "".join(f"{number}x" for number in range(100, 167))[: accounts.LONGEST_PASSWORD]
"""A password of the maximum length, without any immediate repetition."""


@pytest.mark.parametrize("password", [PASSPHRASE, "douze caract", LONGEST, " blanc devant et derrière "])
def test_a_long_password_passes_as_it_is(db, password):
    account = create_account(db)

    accounts.set_password(db, account, password)

    assert accounts.verify(db, account.login, password) == reload_account(db, account)
    assert accounts.verify(db, account.login, password + "x") is None
    assert accounts.verify(db, account.login, password[:-1]) is None
    assert accounts.verify(db, account.login, password.upper()) is None


def test_an_accent_is_the_same_however_the_keyboard_writes_it(db):
    account = create_account(db)
    accounts.set_password(db, account, "quatre \u00e9l\u00e9phants gris")

    assert accounts.verify(db, account.login, "quatre e\u0301le\u0301phants gris")


@pytest.mark.real_hasher
def test_only_an_argon2id_hash_of_it_is_kept(db, path):
    account = create_account(db)

    accounts.set_password(db, account, PASSPHRASE)

    (kept,) = db.execute("SELECT password FROM account").fetchone()
    parameters = argon2.extract_parameters(kept)
    assert parameters.type is argon2.Type.ID
    assert parameters.memory_cost >= 19 * 1024  # KiB: OWASP's least
    assert PASSPHRASE.encode() not in read_file_bytes(path)
    assert b"$argon2id$" in read_file_bytes(path), "the control: what is kept can be found in the bytes"
    other = create_account(db, "bob@exemple.fr", "Bob")
    accounts.set_password(db, other, PASSPHRASE)
    assert db.execute("SELECT count(DISTINCT password) FROM account").fetchone()[0] == 2, "each with a salt of its own"


@pytest.mark.real_hasher
def test_who_may_enter_with_a_password(db):
    ada, bob, none = (
        create_account(db),
        create_account(db, "bob@exemple.fr", "Bob"),
        create_account(db, "eva@exemple.fr", "Eva"),
    )
    for account in (ada, bob):
        accounts.set_password(db, account, PASSPHRASE)
    accounts.change(db, bob.id, bob.login, bob.name, bob.roles, active=False, who="Test")

    assert accounts.verify(db, "ADA@exemple.fr", PASSPHRASE) == reload_account(db, ada)
    assert accounts.verify(db, ada.login, "un tout autre mot de passe") is None
    assert accounts.verify(db, ada.login, "") is None
    assert accounts.verify(db, bob.login, PASSPHRASE) is None, "closed"
    assert accounts.verify(db, none.login, PASSPHRASE) is None, "no password yet"
    assert accounts.verify(db, none.login, "") is None
    assert accounts.verify(db, "nobody@exemple.fr", PASSPHRASE) is None
    assert accounts.verify(db, "", "") is None


@pytest.mark.real_hasher
def test_where_there_is_no_account_as_much_is_computed(db, monkeypatch):
    asked = []
    real = accounts._hasher.verify
    hasher = argon2.PasswordHasher()
    monkeypatch.setattr(accounts, "_hasher", hasher)

    def verify(self, hashed, word):
        asked.append(hashed)
        return real(hashed, word)

    monkeypatch.setattr(type(hasher), "verify", verify)

    accounts.verify(db, "nobody@exemple.fr", PASSPHRASE)

    assert [argon2.extract_parameters(hashed) for hashed in asked] == [argon2.extract_parameters(accounts._NOBODY)]


def test_a_new_password_replaces_the_old_one(db):
    account = create_account(db)
    accounts.set_password(db, account, PASSPHRASE)

    accounts.set_password(db, account, "tout autre chose encore")

    assert accounts.verify(db, account.login, PASSPHRASE) is None
    assert accounts.verify(db, account.login, "tout autre chose encore")


# ---- invitations


def test_until_when_an_account_is_invited(db):
    account, other = create_account(db), create_account(db, "bob@exemple.fr", "Bob")
    assert accounts.invited_until(db, account.id, NOW) is None

    token = accounts.invite(db, "password", account.id, NOW)

    until = NOW + accounts.INVITED_FOR
    assert accounts.invited_until(db, account.id, until) == until
    assert accounts.invited_until(db, account.id, until + 1) is None
    assert accounts.invited_until(db, other.id, NOW) is None
    accounts.use(db, token)
    assert accounts.invited_until(db, account.id, NOW) is None


def test_an_invitation_opens_once(db):
    account = create_account(db)
    token = accounts.invite(db, "password", account.id, NOW)
    assert accounts.invitation(db, token, NOW) == accounts.Invitation("password", account.id)

    assert accounts.use(db, token) is True

    assert accounts.use(db, token) is False
    assert accounts.invitation(db, token, NOW) is None


def test_an_invitation_lasts_seven_days(db):
    token = accounts.invite(db, "password", create_account(db).id, NOW)

    assert INVITED_FOR == 7 * 86_400
    assert accounts.invitation(db, token, NOW + INVITED_FOR)
    assert accounts.invitation(db, token, NOW + INVITED_FOR + 1) is None


def test_a_newer_invitation_replaces_the_one_before_and_nobody_elses(db):
    ada, bob = create_account(db), create_account(db, "bob@exemple.fr", "Bob")
    first, other = accounts.invite(db, "password", ada.id, NOW), accounts.invite(db, "password", bob.id, NOW)

    second = accounts.invite(db, "password", ada.id, NOW)

    assert accounts.invitation(db, first, NOW) is None
    assert accounts.invitation(db, second, NOW)
    assert accounts.invitation(db, other, NOW)


def test_old_invitations_leave_the_file_with_the_next_one(db):
    ada, bob = create_account(db), create_account(db, "bob@exemple.fr", "Bob")
    accounts.invite(db, "password", ada.id, NOW)

    accounts.invite(db, "password", bob.id, NOW + INVITED_FOR + 1)

    assert db.execute("SELECT account_id FROM invitation").fetchall() == [(bob.id,)]


def test_an_invented_token_opens_nothing(db):
    accounts.invite(db, "password", create_account(db).id, NOW)

    for token in ("", "x", "é", "\x00", "' OR 1"):
        assert accounts.invitation(db, token, NOW) is None
        assert accounts.use(db, token) is False


def test_the_file_holds_no_token(db, path):
    token = accounts.invite(db, "password", create_account(db).id, NOW)

    (kept,) = db.execute("SELECT token FROM invitation").fetchone()
    assert kept in read_file_bytes(path), "the control: what is kept can be found in the bytes"
    assert token.encode() not in read_file_bytes(path)
    assert accounts.invitation(db, kept.hex(), NOW) is None


def test_of_two_who_use_one_invitation_at_once_one_wins(db, path):
    token = accounts.invite(db, "password", create_account(db).id, NOW)

    told = run_simultaneously(path, *[lambda db: accounts.use(db, token)] * 4)

    assert sorted(told) == [False, False, False, True]


# ---- a new file


def test_nobody_enters_a_file_until_somebody_can_sign_in(db):
    assert accounts.nobody_enters(db)
    ada, bob = create_account(db), create_account(db, "bob@exemple.fr", "Bob")
    assert accounts.nobody_enters(db), "invited, but without a password yet"

    accounts.link_subject(db, bob, "issuer|12")
    assert not accounts.nobody_enters(db), "whom the provider knows may enter"

    accounts.change(db, bob.id, bob.login, bob.name, bob.roles, active=False, who="Test")
    assert accounts.nobody_enters(db), "a closed account opens nothing"

    accounts.set_password(db, ada, PASSPHRASE)
    assert not accounts.nobody_enters(db)


def test_a_new_file_invites_its_first_administrator_and_one_with_accounts_nobody(db):
    token = accounts.first_invitation(db, NOW)
    assert accounts.invitation(db, token, NOW) == accounts.Invitation("first", None)
    again = accounts.first_invitation(db, NOW)
    assert accounts.invitation(db, token, NOW) is None, "only the latest"

    accounts.set_password(db, create_account(db), PASSPHRASE)

    assert accounts.first_invitation(db, NOW) == ""
    assert accounts.invitation(db, again, NOW) is None, "nobody makes himself administrator of a file that has one"


def test_the_demonstration_is_opened_by_a_one_time_address_as_long_as_it_has_no_password(db):
    shown = create_account(db, DEMONSTRATION, "Démonstration", Role)

    token = accounts.first_invitation(db, NOW)

    assert accounts.invitation(db, token, NOW) == accounts.Invitation("open", shown.id)
    accounts.set_password(db, shown, PASSPHRASE)
    assert accounts.first_invitation(db, NOW) == ""


def test_a_closed_demonstration_is_not_opened(db):
    shown = create_account(db, DEMONSTRATION, "Démonstration", Role)
    accounts.set_password(db, create_account(db), PASSPHRASE)

    accounts.change(db, shown.id, shown.login, shown.name, Role, active=False, who="Test")

    assert accounts.first_invitation(db, NOW) == ""


def test_an_account_is_linked_to_the_identity_provider_once(db):
    ada = create_account(db)

    accounts.link_subject(db, ada, "issuer|12")
    accounts.link_subject(db, ada, "issuer|99")

    assert accounts.by_subject(db, "issuer|12") == reload_account(db, ada)
    assert accounts.by_subject(db, "issuer|99") is None


def test_what_becomes_of_accounts_is_traced_without_a_password_or_a_login(db):
    ada = create_account(db)
    accounts.set_password(db, ada, PASSPHRASE)
    accounts.change(db, ada.id, ada.login, ada.name, [Role.ADMIN], active=True, who="Test")

    lines, _ = access_log.find(db, action="account")
    assert [line.who for line in lines] == ["Test", "Ada Dupré", "Test"]
    told = json.dumps([line.detail for line in lines], ensure_ascii=False)
    assert ada.login not in told
    assert PASSPHRASE not in told
