"""The schema of the file, and what it refuses from any program."""

import sqlite3
import stat
from typing import Any

import pytest

from db.base.errors import NotFoundError
from db.model.dictionary import TABLES
from db.model.lists import LISTS
from db.model.types import Choice, Choices, Date, Euros, Integer, Reference, References, Several, Time, YesNo
from db.storage import connection, ddl
from tests.db.examples import (
    EVERY_FIELD,
    FILLED_IN,
    as_stored,
    every_table,
    fields_of,
    full_row,
    insert_row,
    list_offenders,
    minimal_row,
    open_raw,
    read_raw_row,
    update_row,
)
from tests.db.factories import insert, insert_benefit, insert_followed_person, insert_person, insert_stage

# ---- what it is made of


def test_the_file_is_private_and_ready_for_several_writers(path):
    db = connection.create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert db.execute("PRAGMA busy_timeout").fetchone() == (10_000,)
    assert db.execute("PRAGMA recursive_triggers").fetchone() == (1,)
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL: what was acknowledged survives a power cut


def test_an_existing_file_is_never_created_again(db, path):
    insert_person(db, last_name="Éluard")

    with pytest.raises(FileExistsError):
        connection.create(path)

    assert read_raw_row(path, "person", 1)["last_name"] == "Éluard"


def test_opening_a_missing_file_does_not_create_it(tmp_path):
    with pytest.raises(NotFoundError, match=r"palette\.db"):
        connection.open_file(tmp_path / "palette.db")

    assert list(tmp_path.iterdir()) == []


def test_every_table_is_strict(db):
    strict = dict(db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall())

    assert {name for name in [*TABLES, *(values.table for values in LISTS), "history"] if not strict[name]} == set()


def test_every_field_is_a_column_with_its_foreign_key(db):
    def check_field(table, field):
        assert field.name in {row[1] for row in db.execute(f'PRAGMA table_info("{table.name}")')}
        keys = {row[3]: row[2] for row in db.execute(f'PRAGMA foreign_key_list("{table.name}")')}
        expected = field.list.table if isinstance(field.type, Choice) else field.target
        assert keys.get(field.name) == (None if isinstance(field.type, Several) else expected)

    assert list_offenders(EVERY_FIELD, check_field) == []


def test_every_filter_of_one_value_has_its_index(db):
    def check_field(table, field):
        condition = f"{ddl.folded(field.name)} = 'x'" if field.sorted_as_text else f"{field.name} IS 1"

        (plan,) = db.execute(f'EXPLAIN QUERY PLAN SELECT id FROM "{table.name}" WHERE {condition}').fetchall()

        assert plan[3].startswith(f"SEARCH {table.name} USING")

    assert list_offenders([one for one in EVERY_FIELD if not isinstance(one[1].type, Several)], check_field) == []


def test_every_list_is_a_table_with_its_values_in_order(db):
    for values in LISTS:
        rows = db.execute(f"SELECT code, label FROM {values.table} ORDER BY position").fetchall()
        assert dict(rows) == dict(values.values)
        assert [code for code, _ in rows] == list(values.values)


@pytest.mark.parametrize("table", [t for t in FILLED_IN if any(f.searched for f in t.fields)], ids=lambda t: t.name)
def test_the_search_index_forgets_accents_and_follows_every_change(db, path, table):
    words = [field for field in table.fields if field.searched]
    field = words[-1]
    row = insert_row(db, table, {**full_row(db, table), field.name: "Étéocle"})

    def found(word):
        return db.execute(
            f"SELECT rowid FROM {table.name}_search WHERE {table.name}_search MATCH ?", (word,)
        ).fetchall()

    assert found("eteoc*") == [(row,)]
    db.execute(f'UPDATE "{table.name}" SET {field.name} = ? WHERE id = ?', ("Créon", row))
    assert found("eteocle") == []
    assert found("creon") == [(row,)]
    db.execute(f'DELETE FROM "{table.name}" WHERE id = ?', (row,))
    assert found("creon") == []


# ---- what it refuses, from a program that knows nothing of Palette and has foreign keys off


def refusal_text(raw, table, values):
    """Return the message when a row is inserted, and when an existing row is changed into it."""
    with pytest.raises(sqlite3.IntegrityError) as inserted:
        insert_row(raw, table, values)
    return str(inserted.value)


@every_table
def test_a_row_that_satisfies_every_rule_is_accepted(db, path, table):
    """Positive control of the tests that follow."""
    whole, bare = full_row(db, table), minimal_row(db, table, 1)
    raw = open_raw(path)

    assert as_stored(table, whole).items() <= read_raw_row(path, table.name, insert_row(raw, table, whole)).items()
    assert as_stored(table, bare).items() <= read_raw_row(path, table.name, insert_row(raw, table, bare)).items()


@every_table
def test_what_is_required_cannot_be_left_out(db, path, table):
    values, raw = full_row(db, table), open_raw(path)

    def is_not_added(_, field):
        assert f"{table.name}." in refusal_text(raw, table, {**values, field.name: None})

    def is_not_emptied(_, field):
        with pytest.raises(sqlite3.IntegrityError):
            update_row(raw, table, row, **{field.name: None})
        assert read_raw_row(path, table.name, row)[field.name] is not None

    required = fields_of(table, lambda field: field.required)
    assert list_offenders(required, is_not_added) == []
    row = insert_row(raw, table, values)  # only now: no refusal comes from a row that is already there
    assert list_offenders(required, is_not_emptied) == []


UNKNOWN: dict[type, Any] = {Choice: "nowhere", Choices: ("nowhere",), Reference: 999, References: (999,)}


@every_table
def test_an_unknown_code_or_row_is_refused(db, path, table):
    values, raw = full_row(db, table), open_raw(path)

    def is_not_added(_, field):
        assert f"{table.name}." in refusal_text(raw, table, {**values, field.name: UNKNOWN[type(field.type)]})

    def is_not_changed(_, field):
        with pytest.raises(sqlite3.IntegrityError):
            update_row(raw, table, row, **{field.name: UNKNOWN[type(field.type)]})
        assert read_raw_row(path, table.name, row)[field.name] == field.type.to_sql(values[field.name])

    choosing = fields_of(table, lambda field: type(field.type) in UNKNOWN)
    assert list_offenders(choosing, is_not_added) == []
    row = insert_row(raw, table, values)
    assert list_offenders(choosing, is_not_changed) == []


def values_out_of_range(kind):
    """Return values outside the range of a type."""
    match kind:
        case Integer(min=least, max=most) | Euros(min=least, max=most):
            return [least - 1, most + 1, "douze"]
        case Date():
            return ["1799-01-01", "2101-01-01", "2023-02-31", "06/03/2023", "2023-3-6"]
        case Time():
            return ["", "24:00", "9:30", "12:60", "12h30"]
        case YesNo():
            return [2, -1]
    return ["", "x" * (kind.max + 1)]


@every_table
def test_values_out_of_range_are_refused(db, path, table):
    values, raw = full_row(db, table), open_raw(path)

    def is_not_added(_, field):
        for value in values_out_of_range(field.type):
            with pytest.raises(sqlite3.IntegrityError):
                insert_row(raw, table, {**values, field.name: value})

    def is_no_list(_, field):
        for text in ("housing", '{"a": 1}', "[1"):
            with pytest.raises((sqlite3.IntegrityError, sqlite3.OperationalError)):
                raw.execute(f'UPDATE "{table.name}" SET {field.name} = ? WHERE id = ?', (text, row))

    of_a_range = fields_of(table, lambda field: not isinstance(field.type, Choice | Reference | Several))
    assert list_offenders(of_a_range, is_not_added) == []
    row = insert_row(raw, table, values)
    assert list_offenders(fields_of(table, lambda field: isinstance(field.type, Several)), is_no_list) == []


# ---- a person who is deleted takes her rows along


def test_deleting_and_restoring_a_person_includes_the_same_rows(db, path):
    person = insert_followed_person(db)
    ended = insert_stage(db, person, "diagnostic", "2014-01-01", "2014-02-01")
    db.execute("UPDATE stage SET deleted_at = '2020-01-01', version = version + 1 WHERE id = ?", (ended,))

    db.execute("UPDATE person SET deleted_at = '2024-01-01', version = version + 1, changed_by = 'Ada'")

    def kept():
        return [
            row["id"]
            for table in ("stage", "benefit")
            for row in db.dicts(f"SELECT id FROM {table} WHERE deleted_at IS NULL")
        ]

    assert kept() == []
    db.execute("UPDATE person SET deleted_at = NULL, version = version + 1, changed_by = 'Ada'")
    assert len(kept()) == 2
    assert read_raw_row(path, "stage", ended)["deleted_at"] == "2020-01-01"  # it was deleted before, by itself


def test_nothing_can_be_added_to_a_deleted_person(db, path):
    person = insert_person(db)
    db.execute("UPDATE person SET deleted_at = '2024-01-01'")

    with pytest.raises(sqlite3.IntegrityError, match="cette personne a été supprimée"):
        insert_benefit(db, person, "rsa", "2024-01-01")

    db.execute("UPDATE person SET deleted_at = NULL")
    assert insert_benefit(db, insert_person(db, rights=None), "rsa", "2024-01-01")


def test_a_person_with_rows_cannot_be_erased_by_another_program(db):
    insert_followed_person(db)

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute("DELETE FROM person")

    assert db.execute("SELECT count(*) FROM person").fetchone() == (1,)


def test_names_sort_without_accents(db):
    for name in ("Zola", "Éluard", "eluard", "Abbé", "Œillet", "Oeillet", "çà"):
        insert(db, "partner", name=name)

    names = [row[0] for row in db.execute("SELECT name FROM partner ORDER BY sort_key, id")]

    assert names == ["Abbé", "çà", "Éluard", "eluard", "Œillet", "Oeillet", "Zola"]
