"""/brouillon: it keeps texts for the account signed in only, refuses what is malformed, and logs nothing."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.accounts import accounts
from db.accounts.sessions import Session
from db.model.roles import Role
from db.rows.drafts import FormDrafts, FormOpening
from server import drafts

SECRET = "Zorglubescu"


@pytest.fixture
def db(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    for name in ("Ada", "Bob"):
        accounts.create(db, f"{name}@exemple.fr", name, Role, "Test")
    yield db
    db.close()


@pytest.fixture
def client_of(db):
    """Return a function that makes a client of the route as the gate lets it through for one account."""

    def client(account_id: int) -> TestClient:
        session = Session(1, accounts.get(db, account_id), 0, 0, "Test", None)
        app = Starlette(routes=[drafts.ROUTE])

        async def signed_in(scope, receive, send):
            await app({**scope, "palette": session}, receive, send)

        return TestClient(signed_in)

    return client


def test_a_text_is_kept_for_the_account_signed_in(db, client_of, caplog):
    caplog.set_level(logging.DEBUG)
    opening = FormDrafts(db, 1).begin(FormOpening("person", None, None, {}))
    message = {"opening": opening, "texts": {"note": f"{SECRET} « é » 🎨"}}

    assert client_of(2).post("/brouillon", json=message).json() == {"open": False}
    assert client_of(1).post("/brouillon", json=message).json() == {"open": True}

    assert [draft.values for draft in FormDrafts(db, 1).every()] == [message["texts"]]
    assert FormDrafts(db, 2).every() == []
    assert SECRET not in caplog.text


def test_each_account_has_a_key_of_its_own_that_stays_the_same(client_of):
    ada, bob = client_of(1).get("/brouillon").json(), client_of(2).get("/brouillon").json()

    assert len(bytes.fromhex(ada["key"])) == 32
    assert ada["key"] != bob["key"]
    assert client_of(1).get("/brouillon").json() == ada


def test_a_draft_that_is_too_long_is_refused(db, client_of):
    opening = FormDrafts(db, 1).begin(FormOpening("person", None, None, {}))

    for length, status in ((drafts.MOST_BYTES, 413), (20_000, 200)):
        message = {"opening": opening, "texts": {"note": "a" * length}}
        assert client_of(1).post("/brouillon", json=message).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"opening": "x"}', b'{"opening": 1, "texts": {}}', b'{"opening": "x", "texts": []}',
        b'{"opening": "x", "texts": {"note": 1}}', b'{"opening": "x", "texts": {"note": "\\ud83c"}}', b"[" * 9_000,
    ],
)  # fmt: skip
def test_a_malformed_request_is_refused(client_of, body):
    assert client_of(1).post("/brouillon", content=body).status_code == 400
