"""The change number of the office file, as the grids poll it."""

import sqlite3

from starlette.requests import Request

from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from server import changes


def change_number() -> int:
    return int(changes.answer(Request({"type": "http"})).body)


def test_the_change_number_grows_with_every_change_even_by_another_program(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    path = tmp_path / "palette.db"
    db = connection.create(path)

    first = change_number()
    records.save(db, db.tables["partner"], Edit({"name": "Atelier"}), "test")
    second = change_number()
    with sqlite3.connect(path) as outside:
        outside.execute("UPDATE partner SET town = 'Cahors'")
    third = change_number()

    assert first < second < third
    assert change_number() == third


def test_without_a_file_the_change_number_is_zero(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path / "nowhere"))

    assert change_number() == 0
