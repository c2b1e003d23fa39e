"""Accounts: valid names, the last administrator, a new file; asserted on what the file holds."""

import json
import sqlite3

import pytest

from db.accounts import accounts, sessions
from db.accounts.accounts import DEMONSTRATION, Account
from db.base.errors import InvalidError, NotFoundError
from db.model.roles import Role
from db.rows import access_log
from tests.db.accounts.helpers import (
    ADMIN,
    NOW,
    PASSPHRASE,
    create_account,
    refusals,
    reload_account,
    run_simultaneously,
)

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
