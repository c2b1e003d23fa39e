"""Sessions: their duration under clock changes, what ends them, and their signed cookie."""

import hashlib

import itsdangerous
import pytest

from db.accounts import accounts, sessions
from db.model.roles import Role

NOW = 1_700_000_000
IDLE = 60 * 60
LONGEST = 12 * 3600


@pytest.fixture
def ada(db):
    return accounts.create(db, "ada@exemple.fr", "Ada", Role, "Test")


@pytest.fixture(autouse=True)
def forget_sessions():
    sessions.forget()
    yield
    sessions.forget()


def session_of(db, cookie, now=NOW):
    return sessions.of_cookie(db, cookie, now)


def read_file_bytes(path):
    """Return every byte of the file and of its companions (-wal, -shm)."""
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name))


def test_a_session_says_who_where_and_since_when(db, ada):
    cookie = sessions.begin(db, ada, "Firefox · Linux" + "x" * 100, NOW + 0.9, "the provider's token")

    session = session_of(db, cookie)

    assert session.account == ada
    assert (session.began_at, session.seen_at, session.id_token) == (NOW, NOW, "the provider's token")
    assert session.browser == ("Firefox · Linux" + "x" * 100)[:80]


# ---- how long


@pytest.mark.parametrize(
    ("after", "lasts"), [(0, True), (IDLE - 1, True), (IDLE, False), (IDLE + 1, False), (86_400, False)]
)
def test_it_ends_once_idle_for_an_hour(db, ada, after, lasts):
    cookie = sessions.begin(db, ada, "", NOW)

    assert bool(session_of(db, cookie, NOW + after)) is lasts


@pytest.mark.parametrize(("after", "lasts"), [(LONGEST - 1, True), (LONGEST, False), (LONGEST + 1, False)])
def test_it_ends_after_twelve_hours_however_busy(db, ada, after, lasts):
    cookie = sessions.begin(db, ada, "", NOW)
    db.execute("UPDATE session SET seen_at = ?", (NOW + after,))

    assert bool(session_of(db, cookie, NOW + after)) is lasts


def test_changed_settings_of_duration_apply_at_once(db, ada):
    cookie = sessions.begin(db, ada, "", NOW)
    assert session_of(db, cookie, NOW + 20 * 60)

    db.execute("UPDATE setting SET idle_minutes = 15")
    assert session_of(db, cookie, NOW + 20 * 60) is None

    db.execute("UPDATE setting SET idle_minutes = 60, session_hours = 1")
    db.execute("UPDATE session SET seen_at = ?", (NOW + 3600,))
    assert session_of(db, cookie, NOW + 3600 - 1)
    assert session_of(db, cookie, NOW + 3600) is None


@pytest.mark.parametrize(
    ("column", "ahead", "lasts"),
    [
        ("began_at", 0, True),
        ("began_at", 300, True),
        ("began_at", 301, False),
        ("seen_at", 300, True),
        ("seen_at", 301, False),
        ("began_at", 10 * 365 * 86_400, False),
    ],
)
def test_a_clock_set_back_makes_no_session_last_longer(db, ada, column, ahead, lasts):
    cookie = sessions.begin(db, ada, "", NOW)
    db.execute(f"UPDATE session SET {column} = ?", (NOW + ahead,))

    assert bool(session_of(db, cookie, NOW)) is lasts


def test_activity_extends_the_session_and_is_stored_once_a_minute(db, ada):
    cookie = sessions.begin(db, ada, "", NOW)

    sessions.touch(db, session_of(db, cookie), NOW + 59)
    assert session_of(db, cookie).seen_at == NOW

    sessions.touch(db, session_of(db, cookie), NOW + 60)
    assert session_of(db, cookie).seen_at == NOW + 60
    assert session_of(db, cookie, NOW + 60 + IDLE - 1)
    assert session_of(db, cookie, NOW + 60 + IDLE) is None


def test_presence_does_not_go_back_in_time(db, ada):
    cookie = sessions.begin(db, ada, "", NOW)

    sessions.touch(db, session_of(db, cookie), NOW - 200)

    assert session_of(db, cookie).seen_at == NOW


def test_presence_does_not_wake_a_session_that_was_ended(db, ada):
    cookie = sessions.begin(db, ada, "", NOW)
    session = session_of(db, cookie)
    sessions.end(db, session.id)

    sessions.touch(db, session, NOW + 120)

    assert session_of(db, cookie) is None
    assert db.execute("SELECT count(*) FROM session").fetchone()[0] == 0


# ---- how it ends


def test_signing_out_ends_one_browser_only(db, ada):
    here, there = sessions.begin(db, ada, "here", NOW), sessions.begin(db, ada, "there", NOW)

    sessions.end(db, session_of(db, here).id)

    assert session_of(db, here) is None
    assert session_of(db, there).browser == "there"


def test_signing_out_everywhere_spares_one_browser_and_everybody_else(db, ada):
    bob = accounts.create(db, "bob@exemple.fr", "Bob", [Role.AGENT], "Test")
    here, there, his = (sessions.begin(db, one, "", NOW) for one in (ada, ada, bob))

    sessions.end_all(db, ada.id, but=session_of(db, here).id)

    assert [bool(session_of(db, cookie)) for cookie in (here, there, his)] == [True, False, True]

    sessions.end_all(db, ada.id)

    assert [bool(session_of(db, cookie)) for cookie in (here, there, his)] == [False, False, True]


def test_the_sessions_of_an_account_are_those_that_last_latest_first(db, ada):
    for browser, began in (("old", NOW - LONGEST), ("idle", NOW - IDLE), ("first", NOW - 60), ("second", NOW)):
        db.execute(
            "INSERT INTO session (token, account_id, began_at, seen_at, browser) VALUES (randomblob(32), ?, ?, ?, ?)",
            (ada.id, began, began, browser),
        )

    assert [session.browser for session in sessions.of_account(db, ada.id, NOW)] == ["second", "first"]


def test_sessions_of_the_day_before_leave_the_file(db, ada):
    sessions.begin(db, ada, "old", NOW - 26 * 3600)

    sessions.begin(db, ada, "new", NOW)

    assert db.execute("SELECT browser FROM session").fetchall() == [("new",)]


def test_a_closed_account_is_out_even_if_its_session_is_still_in_the_file(db, ada):
    accounts.create(db, "bob@exemple.fr", "Bob", Role, "Test")
    cookie = sessions.begin(db, ada, "", NOW)
    assert session_of(db, cookie)

    db.execute("UPDATE account SET active = 0 WHERE id = ?", (ada.id,))  # by hand: the session stays

    assert session_of(db, cookie) is None
    assert db.execute("SELECT count(*) FROM session").fetchone()[0] == 1


def test_other_roles_count_from_the_next_request_on(db, ada):
    accounts.create(db, "bob@exemple.fr", "Bob", Role, "Test")
    cookie = sessions.begin(db, ada, "", NOW)

    accounts.change(db, ada.id, ada.login, "Ada Dupré", [Role.PILOTE], active=True, who="Bob")

    assert session_of(db, cookie).account.roles == {Role.PILOTE}
    assert session_of(db, cookie).account.name == "Ada Dupré"


# ---- the cookie


def test_the_file_holds_the_token_s_digest_only(db, path, ada):
    cookie = sessions.begin(db, ada, "", NOW)
    token = cookie.rpartition(".")[0]

    (kept,) = db.execute("SELECT token FROM session").fetchone()

    assert kept == hashlib.sha256(token.encode()).digest()
    assert kept in read_file_bytes(path), "the control: what is kept can be found in the bytes"
    assert token.encode() not in read_file_bytes(path)


def sign_cookie(db, token, key=None, salt="palette.session"):
    return itsdangerous.Signer(key or sessions.key(db), salt=salt, digest_method=hashlib.sha256).sign(token).decode()


def test_a_cookie_that_somebody_else_made_opens_nothing(db, ada):
    good = sessions.begin(db, ada, "", NOW)
    token, _, signature = good.rpartition(".")
    (digest,) = db.execute("SELECT token FROM session").fetchone()
    forged = [
        "", ".", token, f"{token}.", f"{token}.{signature[:-1]}", f"{token[:-1]}.{signature}", f"{good}x", f" {good}",
        good.upper(), f"x{good}", f"{token}.{signature}.{signature}", sign_cookie(db, "x"),
        sign_cookie(db, token, b"x" * 32), sign_cookie(db, token, salt="palette.device"),
        sign_cookie(db, digest.hex()),
        "é.é", "\x00", "x" * 10_000,
    ]  # fmt: skip

    assert [cookie for cookie in forged if session_of(db, cookie)] == []
    assert session_of(db, sign_cookie(db, token)), "the control: signed as the file signs, it opens"


def test_a_cookie_is_worth_nothing_once_the_key_is_another(db, ada):
    cookie = sessions.begin(db, ada, "", NOW)

    db.execute("UPDATE door_key SET value = randomblob(32)")

    assert session_of(db, cookie) is None


def test_each_sign_in_has_a_token_of_its_own(db, ada):
    assert len({sessions.begin(db, ada, "", NOW) for _ in range(20)}) == 20


# ---- believed for two seconds


def current(cookie):
    """The session as a message of a page sees it."""
    return sessions.cached(cookie) or sessions.read(cookie)


@pytest.fixture
def clock(db, tmp_path, monkeypatch):
    """Make this the office file, and stop the clock until the test moves it."""
    now = {"monotonic": 1000.0, "time": float(NOW)}
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    monkeypatch.setattr("db.accounts.sessions.time.monotonic", lambda: now["monotonic"])
    monkeypatch.setattr("db.accounts.sessions.time.time", lambda: now["time"])
    return now


def test_what_another_process_ends_is_noticed_within_two_seconds(db, ada, clock):
    cookie = sessions.begin(db, ada, "", NOW)
    assert current(cookie)
    db.execute("DELETE FROM session")

    clock["monotonic"] += 1.9
    assert current(cookie), "still believed"

    clock["monotonic"] += 0.2
    assert current(cookie) is None


def test_what_this_process_ends_is_noticed_at_once(db, ada, clock):
    here, there = sessions.begin(db, ada, "", NOW), sessions.begin(db, ada, "", NOW)
    session = current(here)
    assert session
    assert current(there)

    sessions.end(db, session.id)
    assert current(here) is None

    sessions.end_all(db, ada.id)
    assert current(there) is None


def test_a_cookie_that_opens_nothing_is_asked_about_each_time(db, ada, clock):
    cookie = sessions.begin(db, ada, "", NOW + 1000)
    assert current(cookie) is None, "begun in the future"

    clock["time"] += 1000

    assert current(cookie)
    assert len(sessions._believed) == 1
