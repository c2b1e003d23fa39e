"""The export as plain SQLite: every row and value, readable by any tool, and nothing else of the file."""

import sqlite3

import pytest

from db.accounts import accounts
from db.export import plain_sqlite
from db.model.roles import Role
from db.rows import access_log
from db.rows.records import Edit, save
from tests.db.examples import FILLED_IN, every_table, full_row
from tests.db.factories import delete, insert, insert_aid, insert_person


@pytest.fixture
def copied(db, tmp_path):
    """Make the copy and open it."""
    opened = []

    def copy():
        (tmp_path / "plain.db").write_bytes(plain_sqlite.content(db))
        opened.append(sqlite3.connect(tmp_path / "plain.db"))
        return opened[-1]

    yield copy
    for raw in opened:
        raw.close()


def rows(raw, sql):
    return raw.execute(sql).fetchall()


@every_table
def test_every_row_and_value_is_exported(db, copied, table):
    for number in (1, 2):
        save(db, table, Edit(full_row(db, table, number)), "Ada")
    columns = ", ".join(["id", *(item.name for item in table.fields)])
    there = rows(db, f'SELECT {columns} FROM "{table.name}" ORDER BY id')

    raw = copied()

    assert len(there) >= 2
    assert rows(raw, f'SELECT * FROM "{table.name}" ORDER BY id') == there
    assert len(rows(raw, f'SELECT * FROM "{table.plural} (en clair)"')) == len(there)
    assert (rows(raw, "PRAGMA integrity_check"), rows(raw, "PRAGMA foreign_key_check")) == ([("ok",)], [])


def test_the_views_are_in_french(db, copied):
    person = insert_person(db, licence=1, territory="cahors")
    insert_aid(db, person, 123_45)
    insert(db, "project", name="Marché", participants=f"[{person}]")
    raw = copied()
    raw.row_factory = sqlite3.Row

    (one,) = rows(raw, 'SELECT * FROM "Personnes (en clair)"')
    assert (one["N°"], one["Genre"], one["Permis"], one["Territoire"]) == (person, "Femme", "Oui", "Cahors")
    (aid,) = rows(raw, 'SELECT * FROM "Aides (en clair)"')
    assert (aid["Personne"], aid["Montant accordé"]) == ("Marchand Lou", 123.45)
    assert rows(raw, 'SELECT * FROM "Projets collectifs (en clair)"')[0]["Participants"] == "Marchand Lou"
    told = {row["column_name"]: row["help"] for row in rows(raw, "SELECT * FROM lisez_moi WHERE table_name = 'aid'")}
    assert "En centimes." in told["granted"]


def test_the_export_holds_nothing_else(db, path, copied):
    accounts.create(db, "secrete@exemple.fr", "Compte Secret", [Role.AGENT], "Ada")
    gone = insert_person(db, last_name="Zorglubescu", note="Quintilienne")
    erased = insert_person(db, last_name="Effacement")
    delete(db, "person", gone)
    access_log.note(db, "Compte Secret", "open", erased)
    kept = insert_person(db, last_name="Restante")
    db.execute("UPDATE person SET last_name = 'Autrenom' WHERE id = ?", (erased,))

    raw = copied()
    content = path.with_name("plain.db").read_bytes()

    assert b"Restante" in content  # the control
    assert not [
        word for word in (b"Zorglubescu", b"Quintilienne", b"Effacement", b"Secret", b"secrete") if word in content
    ]
    lists = {f"list_{name}" for name in {item.list.name for table in FILLED_IN for item in table.fields if item.list}}
    tables = {name for (name,) in rows(raw, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith("list_")} == {*db.files, "board", "card", "lisez_moi"}
    assert lists <= tables
    kinds = {kind for (kind,) in rows(raw, "SELECT DISTINCT type FROM sqlite_master WHERE sql IS NOT NULL")}
    assert kinds == {"table", "view"}
    assert rows(raw, "PRAGMA freelist_count") == [(0,)]
    assert rows(raw, "SELECT id FROM person WHERE last_name = 'Restante'") == [(kept,)]


def test_a_reference_to_a_deleted_row_is_empty(db, copied):
    person, other = insert_person(db), insert_person(db)
    partner = insert(db, "partner", name="Partie")
    insert(db, "project", name="Marché", partner_id=partner, participants=f"[{other}, {person}]")
    delete(db, "partner", partner)
    delete(db, "person", other)

    raw = copied()

    assert rows(raw, "SELECT partner_id, participants FROM project") == [(None, f"[{person}]")]
    assert rows(raw, "PRAGMA foreign_key_check") == []
