"""The change number: it grows when the file changes, by whomever, and says nothing else."""

import sqlite3

from starlette.requests import Request

from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from server import changes


def asked() -> int:
    return int(changes.answer(Request({"type": "http"})).body)


def test_the_number_grows_with_every_change_also_from_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    path = tmp_path / "palette.db"
    db = connection.create(path)

    first = asked()
    records.save(db, db.tables["partner"], Edit({"name": "Atelier"}), "test")
    second = asked()
    with sqlite3.connect(path) as outside:
        outside.execute("UPDATE partner SET town = 'Cahors'")
    third = asked()

    assert first < second < third
    assert asked() == third


def test_without_a_file_there_is_a_number_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path / "nowhere"))

    assert asked() == 0
