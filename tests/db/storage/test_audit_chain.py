"""The chain of seals over history and access log: any change of a line or a seal is reported by `check`."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from db.model.effective_dictionary import DECLARED
from db.rows import access_log, records, transactions
from db.rows.records import Edit
from db.storage import audit_chain, connection
from db.storage.integrity import check
from tests.db.factories import insert
from tests.db.storage.seals import execute_without_guards, line_ids, seal_problems

# ---- sealing


def test_every_line_is_sealed_as_it_is_written(used):
    written = [(book, line[0]) for book in ("history", "trace") for line in line_ids(used, book)]

    assert len(written) >= 6
    assert sorted(seal_problems(used)) == sorted(written)


def test_each_seal_has_a_salt_of_its_own(used):
    salts = [row[0] for row in used.execute("SELECT salt FROM seal")]

    assert {len(salt) for salt in salts} == {16}
    assert len(set(salts)) == len(salts)


def test_what_another_program_wrote_is_sealed_by_the_next_save(used):
    insert(used, "partner", name="Écrit au clavier")
    last = ("history", used.execute("SELECT max(id) FROM history").fetchone()[0])
    assert last not in seal_problems(used)
    assert check(used) == []

    access_log.note(used, "Ada", "sign_out")

    assert last in seal_problems(used)
    assert check(used) == []
    execute_without_guards(used, f"UPDATE history SET who = 'Ada' WHERE id = {last[1]}")
    assert check(used) == [f"Ligne n° {last[1]} dans l’historique : elle a été changée."]


def test_a_save_that_fails_leaves_no_seal(used):
    before = line_ids(used, "seal")

    def fail():
        with transactions.writing(used):
            access_log.add(used, "Ada", "export")
            audit_chain.seal(used)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert line_ids(used, "seal") == before
    assert check(used) == []


def test_many_writers_at_once_keep_the_chain_whole(used, path):
    start = threading.Barrier(4)

    def one(agent):
        db = connection.open_file(path)
        start.wait()
        for turn in range(5):
            records.save(db, db.tables["partner"], Edit({"name": f"Galerie {agent} {turn}"}), f"Agent {agent}")
            access_log.note(db, f"Agent {agent}", "export")
        db.close()

    before = len(seal_problems(used))
    with ThreadPoolExecutor(4) as agents:
        list(agents.map(one, range(4)))

    assert len(seal_problems(used)) == before + 40
    assert [row[0] for row in used.execute("SELECT id FROM seal ORDER BY id")] == list(range(1, before + 41))
    assert check(used) == []


# ---- tampering


CHANGED = {
    "who": "who = 'Grace'",
    "when": "at = '2020-01-01T00:00:00.000Z'",
    "row": "row_id = 2",
    "version": "version = 3",
    "before": """before = '{"town": "Figeac"}'""",
    "after": """after = '{"name": "Autre"}'""",
    "blank": "before = '{}', after = '{}'",
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_line_of_the_history_that_was_changed_is_named(used, what):
    (line,) = used.execute("SELECT id FROM history WHERE table_name = 'partner' AND action = 'insert'").fetchone()

    execute_without_guards(used, f"UPDATE history SET {CHANGED[what]} WHERE id = {line}")

    assert f"Ligne n° {line} dans l’historique : elle a été changée." in check(used)


def test_a_line_that_was_blanked_as_an_erasure_would_is_named(used):
    """The trigger of the history allows it, but the salt of the seal is still there."""
    used.execute("UPDATE history SET before = '{}', after = '{}' WHERE id = 3")

    assert list(audit_chain.problems(used)) == ["Ligne n° 3 dans l’historique : elle a été changée."]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DELETE FROM history WHERE id = 3", "Ligne n° 3 dans l’historique : elle a disparu."),
        ("DELETE FROM trace WHERE id = 1", "Ligne n° 1 dans les traces : elle a disparu."),
        ("UPDATE trace SET who = 'Ada' WHERE id = 2", "Ligne n° 2 dans les traces : elle a été changée."),
        ("UPDATE trace SET at = '2019-01-01' WHERE id = 2", "Ligne n° 2 dans les traces : elle a été changée."),
        ("UPDATE trace SET person_id = 4 WHERE id = 2", "Ligne n° 2 dans les traces : elle a été changée."),
        ("UPDATE trace SET detail = '' WHERE id = 1", "Ligne n° 1 dans les traces : elle a été changée."),
    ],
)
def test_a_line_that_was_removed_or_changed_is_named(used, sql, told):
    execute_without_guards(used, sql)

    assert list(audit_chain.problems(used)) == [told]
    assert told in check(used)


def test_removing_the_last_line_is_detected(used):
    (last,) = used.execute("SELECT max(id) FROM history").fetchone()

    execute_without_guards(used, f"DELETE FROM history WHERE id = {last}")

    assert list(audit_chain.problems(used)) == [f"Ligne n° {last} dans l’historique : elle a disparu."]


def test_two_lines_that_were_swapped_are_both_named(used):
    swap = ["UPDATE trace SET id = 99 WHERE id = 1", "UPDATE trace SET id = 1 WHERE id = 2"]

    execute_without_guards(used, *swap, "UPDATE trace SET id = 2 WHERE id = 99")

    assert list(audit_chain.problems(used)) == [
        f"Ligne n° {line} dans les traces : elle a été changée." for line in (1, 2)
    ]


def insert_line(book, number):
    if book == "trace":
        return f"INSERT INTO trace (id, who, action, detail) VALUES ({number}, 'Ada', 'export', '')"
    columns = "id, who, table_name, row_id, version, action, before, after"
    return f"INSERT INTO history ({columns}) VALUES ({number}, 'Ada', 'partner', 1, 1, 'update', '{{}}', '{{}}')"


@pytest.mark.parametrize("number", [0, -1, -5_000_000_000])
@pytest.mark.parametrize(("book", "name"), [("history", "l’historique"), ("trace", "les traces")])
def test_a_line_that_was_slipped_in_before_the_first_is_named(used, book, name, number):
    with pytest.raises(sqlite3.IntegrityError, match="ne change pas"):
        used.execute(insert_line(book, number))
    execute_without_guards(used, insert_line(book, number))

    told = f"Ligne n° {number} dans {name} : glissée parmi des lignes scellées."
    assert list(audit_chain.problems(used)) == [told]
    assert told in check(used)
    access_log.note(used, "Ada", "export")
    records.save(used, DECLARED.tables["partner"], Edit({"name": "Après"}), "Ada")
    assert list(audit_chain.problems(used)) == [told], (
        "it stands in nobody's way, and saving does not seal it afterwards"
    )


@pytest.mark.parametrize("book", ["history", "trace"])
def test_a_line_that_was_slipped_in_between_is_named(used, book):
    used.execute(f"UPDATE sqlite_sequence SET seq = seq + 10 WHERE name = '{book}'")  # a gap to hide in
    records.save(used, DECLARED.tables["partner"], Edit({"name": "Après"}), "Ada")
    access_log.note(used, "Ada", "export")
    assert check(used) == []
    (last,) = used.execute(f"SELECT max(id) FROM {book}").fetchone()

    used.execute(insert_line(book, last - 5))

    (told,) = audit_chain.problems(used)
    assert told.startswith(f"Ligne n° {last - 5} dans ")
    assert told.endswith(" : glissée parmi des lignes scellées.")


BROKEN = "La chaîne des sceaux est rompue au sceau n° {} : des sceaux ont été changés ou retirés."


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ("UPDATE seal SET digest = zeroblob(32) WHERE id = 3", 3),
        ("UPDATE seal SET chain = zeroblob(32) WHERE id = 3", 3),
        ("UPDATE seal SET id = 999 WHERE id = 3", 3),
        ("DELETE FROM seal WHERE id = 1", 1),
        ("DELETE FROM seal WHERE id = 3", 3),
    ],
)
def test_a_seal_that_was_changed_or_removed_breaks_the_chain_there(used, sql, number):
    execute_without_guards(used, sql)

    assert list(audit_chain.problems(used)) == [BROKEN.format(number)]
    assert BROKEN.format(number) in check(used)


def test_a_seal_that_was_removed_with_its_line_breaks_the_chain(used):
    execute_without_guards(used, "DELETE FROM seal WHERE book = 'trace' AND line = 1", "DELETE FROM trace WHERE id = 1")

    (told,) = audit_chain.problems(used)
    assert told.startswith("La chaîne des sceaux est rompue")


@pytest.mark.parametrize(
    "sql", ["UPDATE seal SET salt = zeroblob(16) WHERE id = 3", "UPDATE seal SET line = 50 WHERE id = 3"]
)
def test_a_seal_that_does_not_match_its_line_is_reported(used, sql):
    execute_without_guards(used, sql)

    assert len(list(audit_chain.problems(used))) >= 1


def test_a_line_written_over_together_with_its_seal_breaks_the_chain(used):
    """A new digest would need every later link to be computed again."""
    other = ("Grace", 3)
    (salt,) = used.execute("SELECT salt FROM seal WHERE book = 'history' AND line = 3").fetchone()
    execute_without_guards(used, f"UPDATE history SET who = '{other[0]}' WHERE id = 3")
    line = used.execute(f"SELECT {audit_chain._COLUMNS['history']} FROM history WHERE id = 3").fetchone()

    execute_without_guards(
        used, f"UPDATE seal SET digest = x'{audit_chain._digest(salt, line).hex()}' WHERE book = 'history' AND line = 3"
    )

    (told,) = audit_chain.problems(used)
    assert told.startswith("La chaîne des sceaux est rompue")


def test_truncating_lines_and_seals_is_found_by_the_versions_of_rows(used):
    """The chain alone cannot detect it: the versions of rows, SQLite's count of seals, and backups do."""
    (last,) = used.execute("SELECT max(id) FROM history").fetchone()

    execute_without_guards(
        used, f"DELETE FROM seal WHERE book = 'history' AND line = {last}", f"DELETE FROM history WHERE id = {last}"
    )

    many = len(seal_problems(used))
    assert check(used) == [
        "Partenaire n° 1 : version 3, mais l’historique s’arrête à la version 2.",
        f"Les derniers sceaux ont disparu : {many + 1} ont été posés, il en reste {many}.",
    ]


CUT_OFF = ("DELETE FROM seal WHERE book = 'trace' AND line = 3", "DELETE FROM trace WHERE id = 3")


def test_truncation_is_reported_once_another_line_is_sealed(used):
    access_log.note(used, "Grace", "export")
    execute_without_guards(used, *CUT_OFF)
    many = len(seal_problems(used))
    assert check(used) == [f"Les derniers sceaux ont disparu : {many + 1} ont été posés, il en reste {many}."]

    access_log.note(used, "Grace", "sign_out")

    (told,) = check(used)
    assert told.startswith("La chaîne des sceaux est rompue")


def test_a_rewritten_end_is_reported_by_the_link_of_a_backup(used, tmp_path):
    access_log.note(used, "Grace", "export")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        used.backup(copy)
        kept = copy.execute("SELECT id, chain FROM seal ORDER BY id DESC LIMIT 1").fetchone()

    execute_without_guards(used, *CUT_OFF, "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name IN ('seal', 'trace')")
    access_log.note(used, "Grace", "sign_in")

    assert check(used) == [], "promised by nobody"
    assert used.execute("SELECT chain FROM seal WHERE id = ?", (kept[0],)).fetchone()[0] != kept[1]
