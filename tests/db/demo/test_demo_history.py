"""The history of the demonstration is dated as it was lived and adds up to its rows."""

import json
import re
from datetime import date
from typing import Any

import pytest

from db.base import instants
from db.demo.rows import SIGNATURE
from db.model.dictionary import TABLES
from db.model.office import Office
from tests.db.demo.demonstrations import DAYS, NOW, one


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_history_has_the_dates_of_the_entries(written, day):
    moments = [at for (at,) in written(day).execute("SELECT at FROM history ORDER BY id")]

    assert moments == sorted(moments)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT(0[7-9]|1[0-5]):\d\d:\d\d\.000Z", at) for at in moments)
    assert (moments[0][:10], moments[-1][:10] <= day.isoformat()) == ("2018-01-02", True)
    for year in range(2018, day.year):
        assert sum(at.startswith(str(year)) for at in moments) > 1000, year


def test_entries_of_today_are_not_dated_in_the_future(written):
    assert one(written(date.today()), "SELECT max(at) FROM history") <= instants.now()


def lags(db: Office, table: str, column: str) -> list[int]:
    """Row by row since the file began, how many days passed before it was entered; without what was entered before the
    day was known (a contract that begins as a draft)."""
    sql = f"""SELECT julianday(substr(h.at, 1, 10)) - julianday(t.{column}) FROM "{table}" t
        JOIN history h ON h.table_name = '{table}' AND h.row_id = t.id AND h.action = 'insert'
        WHERE t.{column} >= '2018-01-02' AND json_extract(h.after, '$.{column}') IS NOT NULL"""
    return [int(lag) for (lag,) in db.execute(sql)]


@pytest.mark.parametrize(
    ("table", "column"), [("exit", "left_on"), ("cer", "signed_on"), ("intervention", "happened_on")]
)
def test_most_rows_are_entered_within_days_and_some_weeks_late(written, table, column):
    found = lags(written(NOW), table, column)

    assert min(found) >= 0
    assert sum(lag <= 3 for lag in found) > len(found) * 0.6
    assert 0.01 < sum(lag > 20 for lag in found) / len(found) < 0.2
    assert max(found) < 70


def unknown(db: Office, table: str, column: str, first: str, last: str) -> int:
    """How many rows dated from first to last were entered only after the last day."""
    sql = f"""SELECT count(*) FROM {table} t JOIN history h ON h.table_name = '{table}' AND h.row_id = t.id
        WHERE t.{column} BETWEEN '{first}' AND '{last}' AND h.action = 'insert' AND substr(h.at, 1, 10) > '{last}'"""
    return int(one(db, sql))


@pytest.mark.parametrize("day", DAYS[1:], ids=str)
def test_the_figures_known_in_time_differ_a_little_from_the_final_ones(written, day):
    db, year = written(day), ("2022-01-01", "2022-12-31")

    assert 1 <= unknown(db, "exit", "left_on", "2023-01-01", "2023-03-06") <= 4
    assert 1 <= unknown(db, "exit", "left_on", *year) <= 6
    assert 1 <= unknown(db, "cer", "signed_on", *year) <= 6


def test_later_changes_are_versions_of_the_row(written):
    decided = """SELECT t.requested_on, t.decided_on, h.version, h.at, h.before ->> 'decision', h.after ->> 'decision'
        FROM aid t JOIN history h ON h.table_name = 'aid' AND h.row_id = t.id
        WHERE t.decision = 'granted' AND t.decided_on >= '2018-01-02' AND h.after ->> 'decision' = 'granted'"""
    found = written(NOW).execute(decided).fetchall()
    later = [row for row in found if row[4:] == ("pending", "granted")]

    assert len(later) > len(found) * 0.9
    assert all(version >= 2 and decided_on <= at[:10] for _, decided_on, version, at, _, _ in later)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_history_adds_up_to_the_rows(written, day):
    """Version after version, nothing missing: what was typed last is what the file says."""
    db = written(day)
    for name, table in TABLES.items():
        known: dict[int, dict[str, Any]] = {}
        for row_id, version, who, action, after in db.execute(
            "SELECT row_id, version, who, action, after FROM history WHERE table_name = ? ORDER BY id", (name,)
        ):
            values = known.setdefault(row_id, {"version": 0})
            assert (version, action) == (values["version"] + 1, "update" if values["version"] else "insert")
            assert name == "setting" or (who == SIGNATURE and after != "{}")
            values |= {"version": version, **json.loads(after)}
        columns = ["version", *(field.name for field in table.fields)]
        for row_id, *values in db.execute(f'SELECT id, {", ".join(columns)} FROM "{name}"'):
            assert [known[row_id].get(column) for column in columns] == values, (name, row_id)


def test_three_values_were_entered_wrongly_and_corrected(written):
    sql = """SELECT table_name, before ->> :name, after ->> :name FROM history
        WHERE action = 'update' AND table_name = :table AND after ->> :name IS NOT NULL"""
    slips = [
        row
        for table, name in (("exit", "reason"), ("person", "household"), ("person", "education"))
        for row in written(NOW).execute(sql, {"table": table, "name": name})
    ]

    assert slips == [("exit", "other", "job"), ("person", "alone", "single_parent"), ("person", "bac", "bac2")]
