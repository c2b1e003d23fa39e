"""The demonstration has the figures of the presentation (counted here in plain SQL) and is reproducible."""

from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest

from db.demo.create import plan_entries, write
from db.demo.data_entry import DataEntry
from db.demo.paths import PHOTO_DAY
from db.demo.rows import SIGNATURE, to_columns
from db.figures import counting
from db.model.dictionary import TABLES
from db.model.lists import LISTS
from db.model.office import Office
from db.model.types import Context
from db.storage import connection
from tests.db.demo.demonstrations import DAYS, EVERY_DAY, FOLLOWED, NOW, counts, how_many, one, there


def shares(db: Office, column: str) -> dict[Any, int]:
    """Value -> how many of those followed in 2022."""
    ids = there("2022-01-01", "2022-12-31")
    return counts(db, f"SELECT {column}, count(*) FROM person WHERE id IN ({ids}) GROUP BY 1")


def rows(db: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the office would read, table by table."""
    return {name: db.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall() for name in TABLES}


# ---- the source's figures, whatever day the file was made on


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_the_figures_of_2022_are_those_of_the_presentation(known, day):
    db = known(day)
    year = ("2022-01-01", "2022-12-31")

    assert how_many(db, *year) == 139
    assert how_many(db, *year, "kind = 'accompaniment'") == 116
    assert one(db, "SELECT count(*) FROM cer WHERE signed_on LIKE '2022-%'") == 112
    assert one(db, "SELECT count(*) FROM diagnostic WHERE completed_on LIKE '2022-%'") == 40
    assert counts(db, "SELECT reason, count(*) FROM exit WHERE scope = 'rsa' AND left_on LIKE '2022-%' GROUP BY 1") == {
        "income": 17,
        "job": 14,
        "intermittent": 12,
    }


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_the_persons_followed_in_2022_have_the_shares_of_the_presentation(known, day):
    db = known(day)

    assert shares(db, "gender") == {"woman": 64, "man": 75}
    assert shares(db, "origin") == {"lot": 19, "foreign": 16, "chosen": 104}
    households = shares(db, "household")
    assert (households["alone"], households["single_parent"]) == (90, 25)
    domains = shares(db, "domain")
    assert [domains.pop(name) for name in ("visual_arts", "crafts", "performing_arts")] == [45, 30, 42]
    assert set(domains) == {"literature", "film", "other"}
    assert sum(domains.values()) == 22
    assert shares(db, "birth_date <= '1972-12-31'")[1] == 43
    assert shares(db, "rsa_entry_on > '2020-12-31'")[1] == 64
    studied = shares(db, "education IN ('bac2', 'licence', 'master', 'doctorate')")[1]
    assert int(100 * studied / 139) == 58


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_accompaniments_that_ended_in_2022_lasted_two_and_a_half_years(known, day):
    spans = (
        "SELECT min(starts_on) AS first, max(coalesce(ends_on, '9999')) AS last"
        " FROM stage WHERE kind = 'accompaniment' GROUP BY person_id"
    )

    mean = one(
        known(day), f"SELECT avg(julianday(last) - julianday(first)) / 365.25 FROM ({spans}) WHERE last LIKE '2022-%'"
    )

    assert mean == pytest.approx(2.5, abs=0.005)


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_the_figures_of_6_march_2023_are_those_of_the_presentation(known, day):
    db, on = known(day), ("2023-03-06", "2023-03-06")
    prime = (
        "SELECT person_id FROM benefit WHERE kind = 'prime'"
        " AND starts_on <= '2023-01-01' AND coalesce(ends_on, '9999') >= '2023-03-06'"
    )

    assert how_many(db, *on) == 95
    assert how_many(db, *on, "kind = 'accompaniment'") == 80
    assert how_many(db, *on, "kind = 'accompaniment' AND mode = 'light'") == 27
    assert how_many(db, *on, f"{FOLLOWED} AND person_id IN ({prime})") == 6
    assert (
        one(db, "SELECT count(*) FROM exit WHERE scope = 'rsa' AND left_on BETWEEN '2023-01-01' AND '2023-03-06'") == 11
    )


@pytest.mark.parametrize("day", [PHOTO_DAY, NOW], ids=str)
def test_palette_s_own_figures_agree(written, day):
    year, today = counting.photo(written(day), "2022"), counting.photo(written(day), "2023-03-06")

    assert {name: year[name] for name in ("followed", "accompanied", "cer_signed", "diagnostics_completed")} == {
        "followed": 139,
        "accompanied": 116,
        "cer_signed": 112,
        "diagnostics_completed": 40,
    }
    assert year["exits"]["total"] == 43
    assert (year["fifty_or_over"], year["bac2_or_over"], year["under_two_years"]) == (43, 81, 64)
    assert year["mean_length_years"] == pytest.approx(2.5, abs=0.005)
    names = ("portfolio", "accompanied", "in_diagnosis", "light", "prime_only", "exits_since_january")
    assert [today[name] for name in names] == [95, 80, 15, 27, 6, 11]


# ---- the same every time


def replayed(entries: list[DataEntry]) -> dict[str, dict[int, dict[str, Any]]]:
    """Return the rows to which the entries lead, by table and id, each with its version."""
    context = Context({values.name: dict(values.values) for values in LISTS})
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for entry in entries:
        row = tables.setdefault(entry.row.table, {}).setdefault(entry.row.id, {"version": 0})
        row |= {"version": row["version"] + 1, **to_columns(entry.row.table, entry.values, context)}
    return tables


def test_two_files_of_one_day_are_the_same(written, prepared):
    """The file equals a second plan of that day: what is planned is drawn, and writing it draws nothing."""
    again = replayed(plan_entries(NOW))

    with closing(connection.open_file(prepared.empty())) as empty:
        for name, table in TABLES.items():
            columns = ["id", "version", *(field.name for field in table.fields)]
            planned = [{**dict.fromkeys(columns), "id": row_id, **row} for row_id, row in again.get(name, {}).items()]
            found = list(written(NOW).dicts(f'SELECT {", ".join(columns)} FROM "{name}" ORDER BY id'))
            if name in again:
                assert found == sorted(planned, key=lambda row: row["id"]), name
                signed = f"changed_by = '{SIGNATURE}' AND deleted_at IS NULL"
                assert one(written(NOW), f'SELECT count(*) FROM "{name}" WHERE {signed}') == len(found)
            else:
                assert rows(written(NOW))[name] == rows(empty)[name]


def test_rows_before_the_photograph_do_not_depend_on_the_day(written):
    happened = {
        "intervention": "happened_on",
        "stage": "starts_on",
        "cer": "signed_on",
        "exit": "left_on",
        "aid": "requested_on",
        "orientation": "requested_on",
        "diagnostic": "started_on",
        "benefit": "starts_on",
    }
    for table, column in happened.items():
        for earlier, later in pairwise(written(day) for day in DAYS):
            known = f"SELECT person_id FROM orientation WHERE requested_on <= '{PHOTO_DAY}'"
            sql = (
                f"SELECT id, person_id, {column} FROM {table}"
                f" WHERE {column} <= '{PHOTO_DAY}' AND person_id IN ({known}) ORDER BY id"
            )
            before = earlier.execute(sql).fetchall()

            assert before
            assert before == later.execute(sql).fetchall(), table


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "palette.db").write_text("à garder")

    with pytest.raises(FileExistsError):
        write(tmp_path / "palette.db", PHOTO_DAY)

    assert (tmp_path / "palette.db").read_text() == "à garder"
