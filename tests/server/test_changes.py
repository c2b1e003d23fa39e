"""The change number of the office file: asked for once (/changes), and sent to each open grid (/suivi)."""

import os
import sqlite3
import subprocess
import sys

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from db.accounts import sessions
from db.accounts.sessions import COOKIE
from db.rows import records
from db.rows.records import Edit
from server import changes
from server.gate import Gate
from tests.conftest import cookie_of, let_in
from tests.pages.spreadsheet import eventually

HERE, SOCKET = "http://palette.test", "ws://palette.test/suivi"
RENAME = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as db: db.execute('UPDATE partner SET town = 1')"


@pytest.fixture
def db(tmp_path, monkeypatch, new_office):
    """An office file with one partner, and somebody signed in."""
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    sessions.forget()
    db = new_office(tmp_path / "palette.db")
    let_in(db)
    add_partner(db)
    yield db
    db.close()
    sessions.forget()


@pytest.fixture
def client(db):
    """One browser, signed in, in front of the gate and both routes."""
    app = Starlette(routes=[changes.ROUTE, changes.SOCKET], middleware=[Middleware(Gate)])
    headers = {"Origin": HERE, "Cookie": f"{COOKIE}={cookie_of('La CIPA')}"}
    with TestClient(app, base_url=HERE, headers=headers) as client:  # entered: one event loop for all sockets
        yield client
    eventually(lambda: changes.watcher.is_running, False)


def add_partner(db):
    records.save(db, db.tables["partner"], Edit({"name": "Atelier"}), "test")


def change_number():
    return int(changes.answer(Request({"type": "http"})).body)


def hear_until_closed(socket):
    for _ in range(1000):
        socket.receive_text()


def test_the_change_number_grows_with_every_change_even_by_another_program(db, tmp_path):
    first = change_number()
    add_partner(db)
    second = change_number()
    with sqlite3.connect(tmp_path / "palette.db") as outside:
        outside.execute("UPDATE partner SET town = 'Cahors'")
    third = change_number()

    assert first < second < third
    assert change_number() == third


def test_without_a_file_the_change_number_is_zero(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path / "nowhere"))

    assert change_number() == 0


def test_a_socket_receives_the_number_and_each_commit_of_this_process_without_polling(client, db, monkeypatch):
    monkeypatch.setattr(changes, "_INTERVAL", 3600.0)
    with client.websocket_connect(SOCKET) as socket:
        first = int(socket.receive_text())
        assert first == change_number()
        add_partner(db)

        assert int(socket.receive_text()) == change_number() > first


def test_every_socket_receives_a_change_by_another_process_and_one_thread_watches_for_all(client, tmp_path):
    with client.websocket_connect(SOCKET) as one, client.websocket_connect(SOCKET) as other:
        first = int(one.receive_text())
        assert int(other.receive_text()) == first
        watching = changes.watcher._thread
        subprocess.run([sys.executable, "-c", RENAME, str(tmp_path / "palette.db")], check=True)

        assert int(one.receive_text()) == int(other.receive_text()) == change_number() > first
        assert changes.watcher._thread is watching


def test_the_thread_ends_with_the_last_socket_and_begins_again_with_the_next(client, db):
    with client.websocket_connect(SOCKET) as one:
        one.receive_text()
        with client.websocket_connect(SOCKET) as other:
            other.receive_text()
        add_partner(db)
        one.receive_text()
        assert changes.watcher.is_running
    eventually(lambda: changes.watcher.is_running, False)
    add_partner(db)

    with client.websocket_connect(SOCKET) as again:
        assert int(again.receive_text()) == change_number()


def test_the_thread_outlives_a_file_that_cannot_be_read_and_notices_the_one_put_in_its_place(
    client, db, tmp_path, new_office
):
    with client.websocket_connect(SOCKET) as socket:
        first = int(socket.receive_text())
        db.close()
        kept = tmp_path / "elsewhere"
        (tmp_path / "palette.db").rename(kept)
        eventually(change_number, 0)
        os.replace(kept, tmp_path / "palette.db")
        with sqlite3.connect(tmp_path / "palette.db") as outside:
            outside.execute("UPDATE partner SET town = 'Cahors'")

        assert int(socket.receive_text()) > first


@pytest.mark.parametrize(
    "headers", [{"Cookie": ""}, {"Cookie": f"{COOKIE}=forged"}, {"Origin": "https://mechant.example"}]
)
def test_a_socket_without_a_session_or_from_another_site_is_refused(client, headers):
    with pytest.raises(WebSocketDisconnect):  # 403 over HTTP: tests/server/test_gate.py
        client.websocket_connect(SOCKET, headers=headers).__enter__()
    assert not changes.watcher.is_running


def test_a_quiet_socket_is_closed_once_its_session_has_ended(client, db, monkeypatch):
    monkeypatch.setattr(changes, "_PULSE", 0.02)
    with client.websocket_connect(SOCKET) as socket:
        number = socket.receive_text()
        assert socket.receive_text() == number, "it is repeated although nothing changes"
        sessions.end_all(db, 1)

        with pytest.raises(WebSocketDisconnect) as closed:
            hear_until_closed(socket)
        assert closed.value.code == 4401
