"""Passwords and invitations: which are refused, what the file holds of them, and until when they open."""

import argon2
import pytest

from db.accounts import accounts
from db.accounts.accounts import INVITED_FOR
from tests.db.accounts.helpers import (
    NOW,
    PASSPHRASE,
    create_account,
    read_file_bytes,
    refusals,
    reload_account,
    run_simultaneously,
)

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
