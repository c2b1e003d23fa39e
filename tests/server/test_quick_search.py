"""POST /chercher: it answers what the roles of the session may read, refuses what is malformed, and logs nothing."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.model.roles import Role
from server import quick_search
from tests.db.factories import insert, insert_person

SECRET = "Zorglubescu"


@pytest.fixture
def client_of(tmp_path, monkeypatch, new_office):
    """Return a function that makes a client of the route as the gate lets it through for one role."""
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    insert_person(db, last_name=SECRET, first_name="Ada", archived_on="2024-01-01")
    insert(db, "partner", name=f"Chez {SECRET}")
    db.close()

    def client(role: Role) -> TestClient:
        account = Account(1, "ada@exemple.fr", "Ada", frozenset([role]), True, True, None)
        app = Starlette(routes=[quick_search.ROUTE])

        async def signed_in(scope, receive, send):
            await app({**scope, "palette": Session(1, account, 0, 0, "Test", None)}, receive, send)

        return TestClient(signed_in)

    return client


def test_an_agent_finds_persons_and_partners_and_nothing_is_logged(client_of, caplog):
    caplog.set_level(logging.DEBUG)

    answer = client_of(Role.AGENT).post("/chercher", json={"words": SECRET.lower()})

    assert answer.json()["found"] == [
        {"kind": "Personnes", "title": f"{SECRET} Ada (archivée)", "detail": "", "address": "/dossier?dossier=1"},
        {"kind": "Partenaires", "title": f"Chez {SECRET}", "detail": "", "address": "/reseau?partenaire=1"},
    ]
    assert SECRET.lower() not in caplog.text.lower()


@pytest.mark.parametrize("role", [Role.PILOTE, Role.ADMIN])
def test_other_roles_find_nobody(client_of, role):
    answer = client_of(role).post("/chercher", json={"words": SECRET})

    assert (answer.status_code, answer.json()) == (200, {"found": []})


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"words": 3}', b"\xff", b'{"words": "%s"}' % (b"a" * 201), b" " * 5_000]
)
def test_a_malformed_or_too_long_question_is_refused(client_of, body):
    assert client_of(Role.AGENT).post("/chercher", content=body).status_code == 400


def test_words_are_never_taken_from_an_address(client_of):
    assert client_of(Role.AGENT).get("/chercher?words=ada").status_code == 405
