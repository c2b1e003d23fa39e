"""/grille: it serves the session that opened the grid, with the roles that the session has now, and logs no text."""

import logging
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.accounts import accounts
from db.accounts.sessions import Session
from db.model.roles import Role
from db.rows import records
from db.rows.grid_edits import Sheet
from db.rows.queries import Query
from db.rows.saved_views import Look
from pages.shared.grid import channel
from pages.shared.grid import view as grid_views
from pages.shared.grid.channel import edge
from pages.shared.grid.view import GridView
from tests.pages.spreadsheet import add_person

SECRET = "Zorglubescu"
GONE = (200, {"gone": True})


@pytest.fixture
def db(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    for name, roles in (("Ada", [Role.AGENT]), ("Bob", [Role.AGENT]), ("Piotr", [Role.PILOTE])):
        accounts.create(db, f"{name}@exemple.fr", name, roles, "Test")
    for name, town in (("Abel", "Cahors"), ("Blum", None), ("Colin", "Cahors"), ("Dubois", "Figeac")):
        add_person(db, name, town=town)
    yield db
    db.close()


@pytest.fixture
def view(db, tmp_path, monkeypatch):
    """A grid of all persons that session 1 has opened."""
    sheet = Sheet(db.tables["person"])
    view = GridView("grid", Query(), ["last_name", "town", "gender"], sheet, {}, Look(), "Toutes")
    view.session, view.file = 1, tmp_path / "palette.db"
    view.refresh(db)
    monkeypatch.setitem(grid_views._open_views, sheet.id, view)
    return view


@pytest.fixture
def ask(db, view):
    """Return a function that sends a message as an account in a session, and returns status and answer."""

    def send(do: str, account: int = 1, session: int = 1, **message):
        signed_in_as = Session(session, accounts.get(db, account), 0, 0, "Test", None)
        app = Starlette(routes=[channel.ROUTE])

        async def signed_in(scope, receive, send):
            await app({**scope, "palette": signed_in_as}, receive, send)

        answer = TestClient(signed_in).post("/grille", json={"sheet": view.sheet.id, "do": do, **message})
        return answer.status_code, answer.json()

    return send


def edits(*cells: tuple[int, str, str]) -> dict[str, Any]:
    sent = [{"n": n, "row": row, "version": 1, "field": f, "text": text} for n, (row, f, text) in enumerate(cells, 1)]
    return {"instance": "tab", "lines": [0, 10], "edits": sent}


def test_edits_are_saved_under_the_name_of_the_account_and_answered_with_the_rows(db, view, ask, caplog):
    caplog.set_level(logging.DEBUG)
    status, state = ask("sync", **edits((1, "town", SECRET), (2, "gender", f"{SECRET} ?")))

    assert (status, state["done"], state["count"], state["problems"]) == (200, 2, 4, 1)
    assert [row["cells"]["town"] for row in state["rows"]] == [SECRET, "", "Cahors", "Figeac"]
    assert db.execute("SELECT who FROM history ORDER BY id DESC LIMIT 1").fetchone() == ("Ada",)
    before, (_, again) = state["around"], ask("sync", **edits((1, "town", SECRET)))
    assert (again["number"], again["around"]) == (state["number"] + 1, before), "dealt with once"
    assert SECRET not in caplog.text


def test_another_session_a_lost_role_and_an_unknown_grid_are_refused(db, view, ask):
    message = edits((1, "town", "Gourdon"))

    assert ask("sync", account=2, session=2, **message) == GONE
    assert ask("sync", account=3, **message)[0] == 403, "the roles of the session now, not when the page was drawn"
    assert ask("sync", **{**message, "sheet": "inconnue"}) == GONE
    view.file = view.file.with_name("finie.db")  # a visit of the demonstration that was left
    assert ask("sync", **message) == GONE
    assert records.get(db, db.tables["person"], 1).values["town"] == "Cahors"


@pytest.mark.parametrize(
    "message", [{"do": "drop"}, {"do": "sync"}, {"do": "edge", "line": 0, "step": 1, "field": "gone"}, {"do": "ids"}]
)
def test_what_is_malformed_is_refused(ask, message):
    assert ask(**message) == (400, {})


def test_what_is_too_long_is_refused(ask, monkeypatch):
    monkeypatch.setattr(channel, "MOST_BYTES", 50)

    assert ask("sync", **edits((1, "town", "x")))[0] == 413


def test_the_values_of_a_column_are_those_under_the_other_filters(view, ask):
    _, found = ask("values", field="town")
    assert found["values"] == [["Cahors", "Cahors", "2"], ["Figeac", "Figeac", "1"], [None, "(vide)", "1"]]

    view.filters |= {"town": ["Cahors"], "last_name:contains": "ab"}
    _, found = ask("values", field="town")
    assert (found["values"], found["chosen"]) == ([["Cahors", "Cahors", "1"]], ["Cahors"])


@pytest.mark.parametrize(
    ("filled", "line", "step", "found"),
    [
        ("xxx--x", 0, 1, 2),  # the end of the block
        ("xxx--x", 2, 1, 5),  # over the gap
        ("xx----", 1, 1, 5),  # nothing more: the last line
        ("------", 0, 1, 5),
        ("xx", 0, 1, 1),
        ("--xxx", 4, -1, 2),
        ("--xxx", 2, -1, 0),
        ("x", 0, 1, 0),
    ],
)
def test_ctrl_and_an_arrow_lead_to_the_edge_of_a_block(filled, line, step, found):
    assert edge([one == "x" for one in filled], line, step) == found
