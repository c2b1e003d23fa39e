"""History, access log and seals only grow; what the law takes away leaves the chain of seals whole."""

import sqlite3
from contextlib import closing

import pytest

from db.accounts import accounts
from db.model.effective_dictionary import DECLARED
from db.model.roles import Role
from db.people import erasure
from db.rows import access_log, records, transactions
from db.rows.records import Edit
from db.storage import audit_chain
from db.storage.integrity import check
from tests.db.factories import insert_person
from tests.db.storage.seals import execute_without_guards, line_ids

EVERY_BOOK = ("history", "trace", "seal", "operation", "frozen", "publication", "pairing")


# ---- the books only grow


@pytest.fixture
def filled(used):
    """Insert a line in each table of the chain."""
    used.execute(
        "INSERT INTO frozen (who, period, known_on, note, version, numbers)"
        " VALUES ('Ada', '2022', '2023-01-01', '', 1, '{}')"
    )
    used.execute("INSERT INTO publication (who, action, year, numbers) VALUES ('Ada', 'publish', 2022, '{}')")
    used.execute("INSERT INTO pairing (who, one, other, verdict) VALUES ('Ada', 1, 2, 'apart')")
    accounts.create(used, "ada@exemple.fr", "Ada", Role, "Ada")
    (first,) = used.execute("SELECT min(id) FROM operation").fetchone()
    used.execute(f"INSERT INTO operation (who, first, last, undoes) VALUES ('Ada', 900, 900, {first})")
    return used


def copy_of_first(book, db, **other):
    """Return INSERT OR REPLACE of the table's first line under its own number, with something changed."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({book})")]
    chosen = ", ".join(other.get(name, name) for name in columns)
    return f"INSERT OR REPLACE INTO {book} ({', '.join(columns)}) SELECT {chosen} FROM {book} ORDER BY id LIMIT 1"


@pytest.mark.parametrize("book", EVERY_BOOK)
def test_history_access_log_and_seals_are_append_only(filled, path, book):
    before = line_ids(filled, book)
    assert before
    column = "digest" if book == "seal" else "who"
    attempts = [
        f"UPDATE {book} SET {column} = {column}",
        f"UPDATE {book} SET id = id + 1000",
        f"UPDATE OR REPLACE {book} SET id = 1 WHERE id = 2",
        f"DELETE FROM {book}",
        f"DELETE FROM {book} WHERE id = (SELECT max(id) FROM {book})",
        copy_of_first(book, filled),
        copy_of_first(book, filled).replace("OR REPLACE ", ""),
    ]

    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for sql in attempts:
            if "WHERE id = 2" in sql and len(before) < 2:
                continue
            with pytest.raises(sqlite3.IntegrityError, match="ne change pas|ne change plus"):
                raw.execute(sql)

    assert line_ids(filled, book) == before


@pytest.mark.parametrize(
    ("book", "sql"),
    [
        ("seal", "INSERT OR REPLACE INTO seal (book, line, digest, chain) VALUES ('history', 3, x'00', x'00')"),
        ("operation", "REPLACE INTO operation (who, first, last, undoes) SELECT 'x', 1, 1, min(id) FROM operation"),
    ],
)
def test_an_insert_or_replace_of_another_unique_value_is_refused(filled, path, book, sql):
    before = line_ids(filled, book)

    with (
        closing(sqlite3.connect(path, isolation_level=None)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="ne change"),
    ):
        raw.execute(sql)

    assert line_ids(filled, book) == before


def test_access_log_lines_are_deleted_only_once_expired(filled):
    age = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{} days')"
    for days in (100, 300):
        filled.execute(f"INSERT INTO trace (at, who, action, detail) VALUES ({age.format(days)}, 'Ada', 'export', '')")
    older, younger = (row[0] for row in filled.execute("SELECT id FROM trace ORDER BY id DESC LIMIT 2"))

    with pytest.raises(sqlite3.IntegrityError):
        filled.execute(f"DELETE FROM trace WHERE id = {younger}")
    filled.execute(f"DELETE FROM trace WHERE id = {older}")

    assert filled.execute("SELECT count(*) FROM trace WHERE id IN (?, ?)", (younger, older)).fetchone()[0] == 1


# ---- what the law takes away


def test_erased_content_keeps_the_chain_whole(used):
    person = insert_person(used, last_name="Zorglubescu")
    records.save(used, DECLARED.tables["person"], Edit({"email": "z@exemple.fr"}, person, 1), "Ada")
    (many,) = used.execute("SELECT count(*) FROM seal").fetchone()

    erasure.erase(used, [person], "Admin")

    assert used.execute("SELECT count(*) FROM seal WHERE salt IS NULL").fetchone()[0] > 0
    assert used.execute("SELECT count(*) FROM seal").fetchone()[0] > many
    assert check(used) == []
    records.save(used, DECLARED.tables["partner"], Edit({"name": "Après"}), "Ada")
    assert check(used) == []


def test_lines_emptied_without_an_erasure_are_reported(used):
    """The statements of an erasure, run by hand: both triggers allow them."""
    person = insert_person(used)
    access_log.note(used, "Ada", "export")  # seals what another program wrote
    (line,) = used.execute("SELECT max(id) FROM history WHERE table_name = 'person'").fetchone()
    with transactions.writing(used):
        for one in (3, line):
            used.execute("UPDATE history SET before = '{}', after = '{}' WHERE id = ?", [one])
        audit_chain.unsalt(used, "history", [3, line])

    assert check(used) == [
        f"Ligne n° {one} dans l’historique : vidée, mais personne n’a été effacé." for one in (3, line)
    ]

    other = insert_person(used, last_name="Autre")
    erasure.erase(used, [other], "Admin")  # her rows may once have been those of somebody else, but no person was her
    assert check(used) == [f"Ligne n° {line} dans l’historique : vidée, mais personne n’a été effacé."]
    erasure.erase(used, [person], "Admin")
    assert check(used) == []


def test_a_seal_without_salt_of_a_line_with_content_is_reported(used):
    with transactions.writing(used):
        audit_chain.unsalt(used, "history", [3])

    assert list(audit_chain.problems(used)) == [
        "Ligne n° 3 dans l’historique : effacée d’après son sceau, mais elle dit encore quelque chose."
    ]


def test_a_salt_does_not_come_back(used):
    (salt,) = used.execute("SELECT salt FROM seal WHERE id = 3").fetchone()
    used.execute("UPDATE seal SET salt = NULL WHERE id = 3")

    with pytest.raises(sqlite3.IntegrityError, match="ne change pas"):
        used.execute("UPDATE seal SET salt = ? WHERE id = 3", (salt,))


def test_a_line_that_was_erased_may_not_be_written_again(used):
    with transactions.writing(used):
        used.execute("UPDATE history SET before = '{}', after = '{}' WHERE id = 3")
        audit_chain.unsalt(used, "history", [3])
    assert list(audit_chain.problems(used)) == []

    with pytest.raises(sqlite3.IntegrityError, match="ne change pas"):
        used.execute("""UPDATE history SET after = '{"name": "Autre"}' WHERE id = 3""")
    execute_without_guards(used, """UPDATE history SET after = '{"name": "Autre"}' WHERE id = 3""")

    (told,) = audit_chain.problems(used)
    assert told.startswith("Ligne n° 3 dans l’historique : effacée d’après son sceau")
