"""The big made-up file: made at once, yet no less sound than one that people filled."""

from datetime import date

import pytest

from benchmarks.bulk_office import many
from db.figures import counting
from db.model.dictionary import TABLES
from db.model.office import Office
from db.storage import connection
from db.storage.integrity import check

TODAY = date(2026, 11, 23)
PERSONS = 400


def count(db, table):
    return db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]


@pytest.fixture(scope="module")
def big(tmp_path_factory) -> Office:
    path = tmp_path_factory.mktemp("big") / "palette.db"
    many(path, PERSONS, TODAY)
    return connection.open_file(path)


def test_only_the_history_is_missing(big):
    problems = [problem for problem in check(big) if "historique" not in problem]

    assert problems == []
    assert count(big, "history") <= 1  # the office's own limits


def test_nine_in_ten_are_in_the_portfolio(big):
    photo = counting.photo(big, TODAY.isoformat())

    assert count(big, "person") == PERSONS
    assert 0.85 * PERSONS <= photo["portfolio"] <= 0.95 * PERSONS


@pytest.mark.parametrize("name", ["stage", "benefit", "cer", "aid", "intervention"])
def test_everybody_has_a_few_rows(big, name):
    per_person = count(big, name) / PERSONS

    assert 1 <= per_person <= 3


def test_it_is_found_by_the_search_and_sorted(big):
    name = big.execute("SELECT last_name FROM person WHERE id = 1").fetchone()[0]

    assert big.execute("SELECT count(*) FROM person_search WHERE person_search MATCH ?", (name,)).fetchone()[0] >= 1
    assert big.execute("SELECT count(*) FROM person WHERE sort_key IS NULL").fetchone()[0] == 0


def test_the_rules_guard_it_again(big):
    with pytest.raises(Exception, match="stage"):
        big.execute("INSERT INTO stage (person_id, kind, starts_on) VALUES (1, 'accompaniment', '1990-01-01')")


def test_none_of_its_rows_is_dated_in_the_future(big):
    for table, column in (("intervention", "happened_on"), ("stage", "starts_on"), ("exit", "left_on")):
        assert table in TABLES
        assert big.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] <= TODAY.isoformat()
