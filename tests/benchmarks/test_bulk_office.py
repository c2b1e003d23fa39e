"""The large invented office file keeps the same rules as one that people filled."""

from datetime import date

import pytest

from benchmarks.bulk_office import add_bulk_persons, write_bulk_office
from db.figures import counting
from db.model.dictionary import TABLES
from db.model.office import Office
from db.storage import connection
from db.storage.integrity import check

TODAY = date(2026, 11, 23)
PERSONS = 400


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    path = tmp_path_factory.mktemp("bulk") / "palette.db"
    write_bulk_office(path, PERSONS, TODAY)
    return connection.open_file(path)


def count(db, table):
    return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_the_file_is_sound_but_for_its_history(office):
    problems = [problem for problem in check(office) if "historique" not in problem]

    assert problems == []
    assert count(office, "history") <= 1  # the settings


def test_nine_persons_in_ten_are_in_the_caseload(office):
    photo = counting.photo(office, TODAY.isoformat())

    assert count(office, "person") == PERSONS
    assert 0.85 * PERSONS <= photo["portfolio"] <= 0.95 * PERSONS


@pytest.mark.parametrize("name", ["stage", "benefit", "cer", "aid", "intervention"])
def test_a_person_has_one_to_three_rows_of_a_table(office, name):
    per_person = count(office, name) / PERSONS

    assert 1 <= per_person <= 3


def test_the_search_index_and_the_sort_keys_are_filled(office):
    name = office.execute("SELECT last_name FROM person WHERE id = 1").fetchone()[0]

    assert office.execute("SELECT count(*) FROM person_search WHERE person_search MATCH ?", (name,)).fetchone()[0] >= 1
    assert office.execute("SELECT count(*) FROM person WHERE sort_key IS NULL").fetchone()[0] == 0


def test_the_triggers_of_the_rules_are_restored(office):
    with pytest.raises(Exception, match="stage"):
        office.execute("INSERT INTO stage (person_id, kind, starts_on) VALUES (1, 'accompaniment', '1990-01-01')")


def test_no_row_is_dated_in_the_future(office):
    for table, column in (("intervention", "happened_on"), ("stage", "starts_on"), ("exit", "left_on")):
        assert table in TABLES
        assert office.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] <= TODAY.isoformat()


def test_persons_added_to_a_file_come_with_their_own_rows(tmp_path):
    path = tmp_path / "palette.db"
    write_bulk_office(path, 20, TODAY)
    add_bulk_persons(path, 20, TODAY)
    db = connection.open_file(path)

    assert [problem for problem in check(db) if "historique" not in problem] == []
    assert db.execute("SELECT count(DISTINCT person_id) FROM stage").fetchone()[0] == count(db, "person") == 40
    sql = "SELECT count(*) FROM action JOIN cer ON cer.id = cer_id WHERE cer.person_id <> action.person_id"
    assert db.execute(sql).fetchone()[0] == 0
