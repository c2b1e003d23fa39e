"""Login throttle: failures double the wait, nobody is locked out, and an attacker does not block other browsers."""

import itertools
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.accounts import accounts, login_throttle
from db.accounts.login_throttle import Attempt, WaitError
from db.model.roles import Role
from db.storage import connection

NOW = 1_700_000_000
OFFICE = "203.0.113.7"
LOGIN = "ada@exemple.fr"


@pytest.fixture
def ada(db):
    return accounts.create(db, LOGIN, "Ada", Role, "Test")


@pytest.fixture
def bob(db, ada):
    return accounts.create(db, "bob@exemple.fr", "Bob", [Role.AGENT], "Test")


def wait_seconds(db, attempt, account, now=NOW):
    """Return the seconds to wait before this attempt; 0 when the password was checked, and was wrong."""
    try:
        login_throttle.enter(db, attempt, account.id if account else None, now)
    except WaitError as error:
        return error.seconds
    return 0


def attempt_many(db, account, login=LOGIN, times=400, now=NOW, address=None):
    """Attempt to sign in to an account ``times`` times, each from another address, or all from ``address``."""
    for number in range(times):
        wait_seconds(db, Attempt(login, address or f"198.51.{number // 250}.{number % 250}"), account, now)


def failure_counts(db):
    return sorted(row[0] for row in db.execute("SELECT failures FROM attempt"))


def read_file_bytes(path):
    """Return every byte of the file and of its companions (-wal, -shm)."""
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name))


# ---- waiting


def test_five_wrong_passwords_cost_nothing_and_the_sixth_waits(db, ada):
    waits = [wait_seconds(db, Attempt(LOGIN, OFFICE), ada) for _ in range(6)]

    assert waits == [0, 0, 0, 0, 0, 1]


def test_each_wrong_password_doubles_the_wait_up_to_a_quarter_of_an_hour(db, ada):
    now, waits = NOW, []
    attempt_many(db, ada, times=5)
    for _ in range(14):
        waits.append(wait := wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now))
        now += wait
        assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now) == 0

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]


def test_coming_too_early_makes_nobody_wait_longer(db, ada):
    attempt_many(db, ada, times=9)
    now = NOW
    for wait in (1, 2, 4):  # the sixth, seventh and eighth wrong password
        now += wait
        assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now) == 0
    before = failure_counts(db)

    waits = [wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now + seconds) for seconds in (0, 1, 3, 7)]

    assert waits == [8, 7, 5, 1]
    assert failure_counts(db) == before
    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now + 8) == 0


def test_a_login_counts_however_it_is_written(db, ada):
    spellings = (LOGIN, LOGIN.upper(), f" {LOGIN} ", "Ada@Exemple.fr", LOGIN)
    for number, login in enumerate(spellings):
        assert wait_seconds(db, Attempt(login, f"198.51.100.{number}"), ada) == 0

    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada) == 1


@pytest.mark.parametrize("login", ["éloïse@exemple.fr", "ÉLOÏSE@EXEMPLE.FR", "straße@exemple.fr", "ǰ@exemple.fr"])
def test_every_spelling_that_opens_an_account_is_counted_together(db, login):
    account = accounts.create(db, login, "Éloïse", Role, "Test")
    spellings = [unicodedata.normalize(form, login) for form in ("NFC", "NFD")]
    spellings += [f" {one.upper()} " for one in spellings] + [one.casefold() for one in spellings]
    assert {accounts.by_login(db, one) for one in spellings} == {account}

    waits = [wait_seconds(db, Attempt(one, f"198.51.100.{at}"), account) for at, one in enumerate(spellings)]

    assert waits == [0, 0, 0, 0, 0, 1]


def test_a_login_that_does_not_exist_waits_as_one_that_does(db, ada):
    for_one, for_other = (
        [wait_seconds(db, Attempt(login, f"198.51.100.{number}"), account) for number in range(7)]
        for login, account in ((LOGIN, ada), ("nobody@exemple.fr", None))
    )

    assert for_one == for_other == [0, 0, 0, 0, 0, 1, 1]


def test_many_logins_tried_from_one_address_wait(db, ada):
    waits = [wait_seconds(db, Attempt(f"{number}@exemple.fr", OFFICE), None) for number in range(21)]

    assert waits == [0] * 20 + [1]
    assert wait_seconds(db, Attempt("21@exemple.fr", "198.51.100.9"), None) == 0


def test_all_is_forgotten_after_a_day(db, ada):
    attempt_many(db, ada)

    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, NOW + 86_400 + 1) == 0

    assert failure_counts(db) == [1, 1]


@pytest.mark.parametrize(
    ("seconds", "told"), [(1, "1 seconde "), (89, "89 secondes "), (90, "2 minutes "), (900, "15")]
)
def test_how_long_to_wait_is_told_in_french(seconds, told):
    assert f"Attendez {told}" in str(WaitError(seconds))
    assert WaitError(seconds).seconds == seconds


# ---- the clock


@pytest.mark.parametrize("back", [1, 3600, 10 * 365 * 86_400])
def test_a_clock_set_back_makes_nobody_wait_longer(db, ada, back):
    attempt_many(db, ada, times=5)
    now = NOW
    for wait in (1, 2, 4, 8):
        now += wait
        assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now) == 0
    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, now) == 16

    earlier = now - back
    moments = itertools.takewhile(
        lambda at: wait_seconds(db, Attempt(LOGIN, OFFICE), ada, at) > 0, itertools.count(earlier)
    )

    assert len(list(itertools.islice(moments, 100))) <= 16


def test_a_clock_set_back_and_back_again_forgets_no_failure(db, ada):
    attempt_many(db, ada, times=5)

    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, NOW - 3600) == 0

    assert max(failure_counts(db)) == 6
    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada, NOW - 3600) == 2


# ---- the team is not kept out


def test_attempts_from_many_addresses_do_not_block_the_owners_browser(db, ada):
    device = login_throttle.mark(db, ada.id)

    attempt_many(db, ada)

    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada) > 0, "an unknown browser waits"
    assert wait_seconds(db, Attempt(LOGIN, OFFICE, device), ada) == 0


def test_attempts_from_the_office_address_do_not_block_a_colleagues_browser(db, ada, bob):
    device = login_throttle.mark(db, bob.id)

    for number in range(100):
        wait_seconds(db, Attempt(f"{number}@exemple.fr", OFFICE), None)

    assert wait_seconds(db, Attempt(bob.login, OFFICE), bob) > 0, "an unknown browser at that address waits"
    assert wait_seconds(db, Attempt(bob.login, OFFICE, device), bob) == 0
    assert wait_seconds(db, Attempt(bob.login, "198.51.100.9"), bob) == 0, "and anybody elsewhere does not"


def test_hammering_one_account_from_the_office_uses_little_of_the_office_s_allowance(db, ada, bob):
    attempt_many(db, ada, times=1000, address=OFFICE)

    assert wait_seconds(db, Attempt(bob.login, OFFICE), bob) == 0


def test_a_known_browser_has_ten_wrong_passwords_free_and_waits_then(db, ada):
    device = login_throttle.mark(db, ada.id)

    waits = [wait_seconds(db, Attempt(LOGIN, OFFICE, device), ada) for _ in range(11)]

    assert waits == [0] * 10 + [1]
    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada) == 0, "which is counted by itself"


def test_each_browser_is_counted_by_itself(db, ada):
    browsers = [Attempt(LOGIN, OFFICE, login_throttle.mark(db, ada.id)) for _ in range(3)]

    for browser in browsers * 2:
        assert wait_seconds(db, browser, ada) == 0

    assert failure_counts(db) == [2, 2, 2]


def test_a_mark_is_worth_nothing_for_another_account_or_once_forged(db, ada, bob):
    of_ada = login_throttle.mark(db, ada.id)
    text, at, signature = of_ada.split(".")
    marks = (
        login_throttle.mark(db, bob.id), "", ".", "é", "\x00", text, f"{text}.{at}",
        f"{text}.{at}.{'A' * len(signature)}",
        f"{bob.id}{text[1:]}.{at}.{signature}", of_ada + "x", f"{ada.id}0:x",
    )  # fmt: skip
    attempt_many(db, ada)

    assert [mark for mark in marks if wait_seconds(db, Attempt(LOGIN, OFFICE, mark), ada) == 0] == []
    assert wait_seconds(db, Attempt(LOGIN, OFFICE, of_ada), ada) == 0
    attempt_many(db, bob, bob.login)
    assert wait_seconds(db, Attempt(bob.login, OFFICE, of_ada), bob) > 0


def test_the_device_mark_of_account_1_is_not_valid_for_account_12(db, ada):
    assert login_throttle._subjects(db, Attempt("x", OFFICE, login_throttle.mark(db, 12)), 1).keys() == {
        "account",
        "address",
    }
    assert login_throttle._subjects(db, Attempt("x", OFFICE, login_throttle.mark(db, 1)), 12).keys() == {
        "account",
        "address",
    }


# ---- the right password


def test_the_right_password_lets_the_account_begin_anew(db, ada):
    attempt = Attempt(LOGIN, OFFICE)
    for _ in range(5):
        wait_seconds(db, attempt, ada)

    login_throttle.forgive(db, attempt, ada.id)

    assert [wait_seconds(db, attempt, ada) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_the_right_password_lets_the_browser_begin_anew(db, ada):
    attempt = Attempt(LOGIN, OFFICE, login_throttle.mark(db, ada.id))
    for _ in range(10):
        wait_seconds(db, attempt, ada)

    login_throttle.forgive(db, attempt, ada.id)

    assert [wait_seconds(db, attempt, ada) for _ in range(11)] == [0] * 10 + [1]


def test_the_address_keeps_its_other_failures(db, ada, bob):
    """The owner of one account cannot reset the counter of the address between guesses at other accounts."""
    for number in range(19):
        wait_seconds(db, Attempt(f"{number}@exemple.fr", OFFICE), None)
    wait_seconds(db, Attempt(bob.login, OFFICE), bob)

    login_throttle.forgive(db, Attempt(bob.login, OFFICE), bob.id)

    assert wait_seconds(db, Attempt("20@exemple.fr", OFFICE), None) == 0, "her own attempt is given back"
    assert wait_seconds(db, Attempt("21@exemple.fr", OFFICE), None) == 1


def test_forgiving_one_account_forgives_no_other(db, ada, bob):
    attempt_many(db, ada, times=5)

    login_throttle.forgive(db, Attempt(bob.login, OFFICE), bob.id)

    assert wait_seconds(db, Attempt(LOGIN, OFFICE), ada) == 1


# ---- what is kept


def test_neither_login_nor_address_is_in_the_file(db, path):
    attempt = Attempt("zorglub@exemple.fr", "198.51.100.231")

    wait_seconds(db, attempt, None)

    subjects = [row[0] for row in db.execute("SELECT subject FROM attempt")]
    assert [len(subject) for subject in subjects] == [32, 32]
    for subject in subjects:
        assert subject in read_file_bytes(path), "the control: what is kept can be found in the bytes"
    assert b"zorglub" not in read_file_bytes(path).lower()
    assert b"198.51.100.231" not in read_file_bytes(path)


def test_many_attempts_at_once_are_all_counted(db, path, ada):
    start = threading.Barrier(8)

    def one(number):
        own = connection.open_file(path)
        start.wait()
        try:
            return [wait_seconds(own, Attempt(LOGIN, f"198.51.{number}.{turn}"), ada) for turn in range(4)]
        finally:
            own.close()

    with ThreadPoolExecutor(8) as attackers:
        waits = [wait for told in attackers.map(one, range(8)) for wait in told]

    assert sorted(waits) == [0] * 5 + [1] * 27
    assert max(failure_counts(db)) == 5
