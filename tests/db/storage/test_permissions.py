"""What each role may read and write, enforced by SQLite's authorizer: every table, column and action."""

import re
import sqlite3
import time
from itertools import combinations

import pytest

from db.accounts import accounts, calendar_addresses, sessions
from db.base import instants
from db.base.errors import AccessError, NotFoundError, PaletteError
from db.base.sqlite_errors import palette_error
from db.figures import as_of, counting, snapshots
from db.figures.periods import period_of
from db.model.dictionary import FILES, PERSON, TABLES
from db.model.lists import LISTS
from db.model.roles import Role
from db.model.types import LongText, Text
from db.people import duplicates, erasure, retention
from db.people.retention import Kept
from db.rows import access_log, history, operations, records, saved_views, titles, undo  # fmt: skip
from db.rows.drafts import FormDrafts, FormOpening
from db.rows.queries import Query
from db.rows.records import Edit
from db.rows.saved_views import Grid, Look
from db.storage import audit_chain, connection, permissions
from db.storage.system_tables import statements
from tests.conftest import ROOT
from tests.db.examples import full_row
from tests.db.factories import insert_followed_person

SECRET = "Zorglubescu"
EVERY_SET = [frozenset(some) for size in range(4) for some in combinations(Role, size)]
BOOKS = [
    "session", "invitation", "attempt", "door_key", "publication_key", "account", "trace", "seal", "operation",
    "operation_part", "long_write", "history", "frozen", "publication", "publication_placed", "office_file",
    "import_choice", "pairing", "view",
    "view_default", "grid_layout", "draft", "attachment_content", "calendar_address",
]  # fmt: skip
DAY = "2026-06-15"
GRID = Grid("person", "caseload")


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    return tmp_path / "palette.db"


@pytest.fixture
def db(path, new_office):
    """A file with a row in each table, every text of which holds the secret."""
    db = new_office(path)
    for table in TABLES.values():
        if table.name in FILES:
            values = full_row(db, db.tables[table.name], 0)
            texts = {f.name: SECRET for f in table.fields if type(f.type) in (Text, LongText) and f.name in values}
            texts |= {"postcode": "46000"} if "postcode" in texts else {}
            if table.name == PERSON.name:
                del values["archived_on"]
            records.save(db, db.tables[table.name], Edit({**values, **texts}), "Ada")
    accounts.create(db, "ada@exemple.fr", "Ada", Role, "Ada")
    access_log.note(db, "Ada", "open", 1)
    db.execute("INSERT INTO trace (at, who, action, detail) VALUES ('2020-01-01', 'Ada', 'export', '')")
    yield db
    db.close()


def connect_as(path, *roles):
    db = connection.open_file(path)
    permissions.hold(db, roles)
    return db


def is_permission_error(error):
    return isinstance(palette_error(error), AccessError)


def is_allowed(db, sql, values=()):
    """Return whether a statement passes the authorizer; its changes are rolled back."""
    db.execute("SAVEPOINT asked")
    try:
        db.execute(sql, values).fetchall()
    except sqlite3.IntegrityError:
        return True
    except sqlite3.DatabaseError as error:
        return not is_permission_error(error)
    finally:
        db.execute("ROLLBACK TO asked")
        db.execute("RELEASE asked")
    return True


def readable_columns(db):
    """Return every column that this connection may select."""
    found = ""
    for table in [*TABLES, *BOOKS]:
        plain = sqlite3.connect(db.execute("PRAGMA database_list").fetchone()[2])
        columns = [row[1] for row in plain.execute(f'PRAGMA table_info("{table}")')]
        plain.close()
        for column in columns:
            sql = f'SELECT "{column}" FROM "{table}"'
            if is_allowed(db, sql):
                found += str(db.execute(sql).fetchall())
    return found


# ---- tables


@pytest.mark.parametrize("table", FILES)
def test_only_an_agent_reads_texts_and_writes_files(db, path, table):
    texts = [f.name for f in TABLES[table].fields if isinstance(f.type, Text | LongText)]
    for roles in EVERY_SET:
        mine = connect_as(path, *roles)
        is_agent = Role.AGENT in roles
        names = set(PERSON.title) if table == "person" and Role.ADMIN in roles else set()
        for column in texts:
            assert is_allowed(mine, f'SELECT {column} FROM "{table}"') is (is_agent or column in names)
        for sql in (f'UPDATE "{table}" SET deleted_at = NULL', f'INSERT INTO "{table}" (id) VALUES (99)'):
            assert is_allowed(mine, sql) is is_agent, (roles, sql)
        assert not is_allowed(mine, f'DELETE FROM "{table}"')
        mine.close()


def test_a_pilote_reads_figures_and_no_text_of_a_person(db, path):
    insert_followed_person(db)
    mine = connect_as(path, Role.PILOTE)

    assert counting.photo(mine, "2022")["followed"] == 1
    assert SECRET not in readable_columns(mine)
    assert SECRET in readable_columns(connect_as(path, Role.AGENT)), "the control"


def test_an_administrator_sees_names_and_days_and_no_note(db, path):
    mine = connect_as(path, Role.ADMIN)

    assert is_allowed(mine, "SELECT last_name, archived_on FROM person")
    assert not is_allowed(mine, "SELECT phone FROM person")
    assert not is_allowed(mine, "SELECT note FROM intervention")
    assert not is_allowed(mine, "SELECT before FROM history")
    assert is_allowed(mine, "UPDATE setting SET idle_minutes = 30")


@pytest.mark.parametrize("roles", EVERY_SET, ids=lambda roles: "+".join(sorted(r.value for r in roles)) or "nobody")
def test_nobody_reads_or_writes_credentials(db, path, roles):
    mine = connect_as(path, *roles)

    for table in ("session", "invitation", "attempt", "door_key", "publication_key"):
        for sql in (f"SELECT * FROM {table}", f"DELETE FROM {table}", f"SELECT rowid FROM {table}"):
            if table not in ("invitation", "attempt") or "rowid" not in sql:
                assert not is_allowed(mine, sql), sql
    assert not is_allowed(mine, "SELECT password FROM account")
    assert not is_allowed(mine, "SELECT token FROM calendar_address")
    assert not is_allowed(mine, "UPDATE account SET password = NULL")
    assert not is_allowed(mine, "UPDATE history SET before = '{}', after = '{}'")
    assert not is_allowed(mine, "DELETE FROM trace")
    assert not is_allowed(mine, "UPDATE seal SET salt = NULL")
    for sql in (
        "ATTACH ':memory:' AS other", "PRAGMA writable_schema = ON", "DROP TABLE person", "CREATE TABLE x (y)",
        "DROP TRIGGER history_stays_update", "CREATE TEMP TABLE x (y)", "VACUUM", "PRAGMA journal_mode = DELETE",
        "SELECT load_extension('x')", "CREATE TEMP TRIGGER t AFTER UPDATE ON person BEGIN DELETE FROM seal; END",
    ):  # fmt: skip
        with pytest.raises(sqlite3.DatabaseError):
            mine.execute(sql)


def test_no_role_reads_or_writes_a_draft(db, path):
    FormDrafts(db, 1).begin(FormOpening("person", 1, 1, {}), {"note": SECRET})
    asked = (
        "SELECT content FROM draft", "SELECT person_id FROM draft", "DELETE FROM draft",
        "UPDATE draft SET account_id = 1", "INSERT INTO draft (opening) VALUES ('x')",
    )  # fmt: skip

    for roles in EVERY_SET:
        mine = connect_as(path, *roles)
        assert [sql for sql in asked if is_allowed(mine, sql)] == [], roles
        mine.close()
    assert [sql for sql in asked if not is_allowed(db, sql)] == [], "the control"


def test_columns_without_a_declared_permission_are_refused(db, path):
    db.execute("CREATE TABLE later (secret TEXT)")
    every = connect_as(path, *Role)

    assert not is_allowed(every, "SELECT * FROM later")
    assert not is_allowed(every, "INSERT INTO later VALUES (1)")


def test_every_table_of_the_file_has_permissions(db):
    known = {*TABLES, *BOOKS, *(values.table for values in LISTS)}
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    tables = {name for (name,) in rows if "_search" not in name and not name.startswith("sqlite_")}

    assert tables == known
    assert {name for name, sql in statements().items() if sql.startswith("CREATE TABLE")} == set(BOOKS)


# ---- deeds

ANYBODY = None


def all_actions(path):
    """Return every action below the pages that needs a permission, with the roles that have it."""
    agent, pilote, admin = {Role.AGENT}, {Role.PILOTE}, {Role.ADMIN}
    year = period_of("2022")
    person = Edit({"first_name": "Eva"}, 1, 1)
    return {
        "read": (lambda db: records.read(db, db.tables["person"], Query()), agent),
        "search": (lambda db: records.read(db, db.tables["person"], Query(search=SECRET)), agent),
        "a file": (lambda db: records.rows(db, db.tables["aid"], [1]), agent),
        "suggestions": (lambda db: records.suggestions(db, db.tables["person"], SECRET[:4], titles.context(db)), agent),
        "save": (lambda db: records.save(db, db.tables["person"], person, "Ada"), agent),
        "delete": (lambda db: records.delete(db, db.tables["person"], {1: 1}, "Ada"), agent),
        "undo": (lambda db: undo.undo(db, 1, "Ada"), agent),
        "history": (lambda db: history.of_person(db, 1, titles.context(db)), agent),
        "figures": (lambda db: counting.photo(db, "2022"), agent | pilote),
        "freeze": (lambda db: snapshots.freeze(db, year, {}, "Ada"), agent | pilote),
        "settings": (save_setting, admin),
        "to archive": (lambda db: retention.to_archive(db, DAY), admin | agent),
        "to erase": (lambda db: retention.to_erase(db, DAY), admin | agent),
        "erase": (lambda db: erasure.erase(db, [1], "Ada"), set()),
        "archive": (lambda db: retention.archive(db, [Kept(1, 1, "", DAY, None, False)], DAY, "Ada"), agent),
        "purge": (retention.purge_traces, set()),
        "an account": (lambda db: accounts.create(db, "x", "Bob", [Role.AGENT], "Ada"), set()),
        "an invitation": (lambda db: accounts.invite(db, "first", None, time.time()), set()),
        "a password": (lambda db: accounts.verify(db, "ada@exemple.fr", "x" * 12), set()),
        "a session": (lambda db: sessions.of_account(db, 1, time.time()), set()),
        "the door's key": (sessions.key, set()),
        "moved": (lambda db: as_of.moved(db, path, year, ["followed"], instants.now(), titles.context(db)), agent),
        "a trace": (lambda db: access_log.note(db, "Ada", "export"), set(Role)),
        "traces": (lambda db: access_log.find(db), agent | admin),
        "seals": (lambda db: audit_chain.code(db), ANYBODY),
        "pairs": (duplicates.pairs, agent),
        "two persons": (lambda db: duplicates.set_apart(db, 1, 2, "Ada"), agent),
        "views": (lambda db: saved_views.every(db, "Ada", GRID), agent),
        "a view": (save_view, agent),
        "a default": (lambda db: saved_views.set_default(db, GRID, None, "Ada"), agent),
        "a calendar": (lambda db: calendar_addresses.create(db, "cipa", "Ada"), agent),
        "no calendar": (lambda db: calendar_addresses.revoke(db, "cipa", "Ada"), agent),
        "operations": (lambda db: operations.last_of(db, "Ada", "person"), ANYBODY),
    }  # fmt: skip


def save_setting(db):
    records.save(db, db.tables["setting"], Edit({"idle_minutes": 30}, 1, version_of(db)), "Ada")


def save_view(db):
    saved_views.create(db, db.tables["person"], GRID, "Vue", Look(search=SECRET), "Ada")


def version_of(db):
    return db.execute("SELECT version FROM setting").fetchone()[0]


@pytest.mark.parametrize("roles", EVERY_SET, ids=lambda roles: "+".join(sorted(r.value for r in roles)) or "nobody")
def test_every_action_for_every_role(db, path, roles):
    before = file_as_it_is(db)
    for name, (deed, may) in all_actions(path).items():
        mine = connect_as(path, *roles)
        allowed = attempt_action(mine, deed)
        mine.close()
        assert allowed is (may is ANYBODY or bool(roles & may)), name
        if not allowed:
            assert file_as_it_is(db) == before, name
        before = file_as_it_is(db)
    assert list(audit_chain.problems(db)) == []


def attempt_action(db, deed):
    """Return whether an action is permitted; other errors count as permitted."""
    try:
        deed(db)
    except AccessError:
        return False
    except sqlite3.DatabaseError as error:
        return not is_permission_error(error)
    except (NotFoundError, PaletteError):
        return True
    return True


def file_as_it_is(db):
    return [db.execute(f'SELECT * FROM "{table}"').fetchall() for table in [*TABLES, *BOOKS]]


def test_a_connection_of_one_role_is_not_lent_to_another(db, path):
    agent, pilote = connection.thread_office([Role.AGENT]), connection.thread_office([Role.PILOTE])

    assert agent is not pilote
    assert is_allowed(agent, "SELECT note FROM person")
    assert not is_allowed(pilote, "SELECT note FROM person")
    assert connection.thread_office([Role.PILOTE]) is pilote


def test_a_large_write_of_an_agent_leaves_the_connection_as_it_was(path, db):
    def limits():
        return [agent.execute(f"PRAGMA {name}").fetchone() for name in ("cache_size", "temp_store")]

    agent = connect_as(path, Role.AGENT)
    before = limits()

    with connection.large_write(agent):
        assert limits() == [(-100_000,), (2,)]

    assert limits() == before


UNASKED = re.compile(r"\bNATURAL\b[\w ]*\bJOIN\b|\bUSING\s*\(", re.IGNORECASE)
"""Columns that SQLite compares without calling the authorizer."""


def test_no_statement_compares_columns_without_the_authorizer(path, db):
    pilote = connect_as(path, Role.PILOTE)
    guess = "WITH guess (last_name) AS (SELECT ?) SELECT count(*) FROM person JOIN guess USING (last_name)"
    (hers,) = db.execute("SELECT last_name FROM person").fetchone()
    assert pilote.execute(guess, [hers]).fetchone()[0] > 0, "SQLite asks now: this test may go"
    assert UNASKED.search(guess)
    with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
        pilote.execute("SELECT count(*) FROM person WHERE last_name = ?", [hers])
    pilote.close()

    sources = [one for name in ("db", "pages", "reports", "server") for one in (ROOT / name).rglob("*.py")]
    assert len(sources) > 80
    assert [one for one in sources if UNASKED.search(one.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("role", Role)
def test_no_role_is_given_what_a_line_could_be_guessed_by(path, db, role):
    one = connect_as(path, role)
    for column in ("salt", "digest"):
        with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
            one.execute(f"SELECT {column} FROM seal")
    assert one.execute("SELECT chain FROM seal").fetchone()  # the control: what a save continues
    access_log.note(one, "Ada", "export")
    one.close()
    assert list(audit_chain.problems(db)) == []
