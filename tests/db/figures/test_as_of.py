"""The file as of an earlier moment, reconstructed from the history."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

import pytest

from db.figures import as_of, counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.rows import records
from tests.db.examples import open_raw, save_row, update_row
from tests.db.factories import delete, insert_aid, insert_followed_person, insert_person, insert_stage
from tests.db.figures.looking_back import JUNE, MARCH, date_history, dump_tables, row_as_known
from tests.db.rewriting import history_rewritable

# --- one change taken back ---


def test_what_was_typed_in_later_was_not_known(db, path):
    before = insert_followed_person(db)
    date_history(db, MARCH)
    after = insert_followed_person(db)

    assert row_as_known(path, "person", before)
    assert row_as_known(path, "person", after) is None
    with as_of.as_known(path, MARCH) as then:
        assert counting.photo(then, "2023-03-06")["portfolio"] == 1
    assert counting.photo(db, "2023-03-06")["portfolio"] == 2


def test_a_change_at_the_very_moment_is_already_later(db, path):
    person = insert_person(db, town="Figeac")
    date_history(db, MARCH)
    update_row(db, db.tables["person"], person, town="Cahors")
    with history_rewritable(db):
        db.execute("UPDATE history SET at = ? WHERE action = 'update'", (MARCH,))

    assert row_as_known(path, "person", person, MARCH)["town"] == "Figeac"
    assert row_as_known(path, "person", person, MARCH.replace(".000Z", ".001Z"))["town"] == "Cahors"


def test_changes_are_taken_back_to_what_was_known_each_time(db, path):
    person = insert_person(db, town="Figeac", craft="Relieuse")
    date_history(db, MARCH)
    update_row(db, db.tables["person"], person, town="Cahors")
    date_history(db, JUNE)
    update_row(db, db.tables["person"], person, town=None, craft="Céramiste", domain="crafts")
    update_row(db, db.tables["person"], person, craft="Potière")

    first, second, now = (row_as_known(path, "person", person, moment) for moment in (MARCH, JUNE, "2999"))

    assert (first["town"], first["craft"], "domain" in first) == ("Figeac", "Relieuse", False)
    assert (second["town"], second["craft"], "domain" in second) == ("Cahors", "Relieuse", False)
    assert ("town" in now, now["craft"], now["domain"]) == (False, "Potière", "crafts")


def test_rows_deleted_since_are_present_and_rows_restored_since_are_absent(db, path):
    deleted, restored, both = (insert_followed_person(db) for _ in range(3))
    delete(db, "person", restored)
    date_history(db, MARCH)
    delete(db, "person", deleted)
    records.restore(db, db.tables["person"], [restored], "Ada")
    delete(db, "person", both)
    records.restore(db, db.tables["person"], [both], "Ada")

    assert row_as_known(path, "person", deleted)
    assert row_as_known(path, "person", restored) is None
    assert row_as_known(path, "person", both)
    with as_of.as_known(path, MARCH) as then:  # the rows went and came with their persons
        assert counting.persons(then, period_of("2023-03-06"), "followed") == [deleted, both]
    assert counting.persons(db, period_of("2023-03-06"), "followed") == [restored, both]


def test_what_another_program_erased_is_back_with_all_it_held(db, path):
    person = insert_followed_person(db, town="Figeac", birth_date="1972-02-29", licence=0)
    gone = insert_stage(db, person, "diagnostic", "2014-01-01", "2014-12-31")
    delete(db, "stage", gone)
    aid = insert_aid(db, person, 450_01, note="Tour de potier « d’occasion »\nà l'essai", override_reason="Accord")
    then = [row_as_known(path, "person", person, "2999"), row_as_known(path, "aid", aid, "2999")]
    date_history(db, MARCH)
    with closing(open_raw(path)) as raw:
        for table in ("stage", "benefit", "aid", "person"):
            raw.execute(f'DELETE FROM "{table}"')

    assert [typed_values(row_as_known(path, "person", person)), typed_values(row_as_known(path, "aid", aid))] == list(
        map(typed_values, then)
    )
    assert row_as_known(path, "stage", gone) is None  # it had been deleted before it was erased
    with as_of.as_known(path, MARCH) as before:
        assert counting.photo(before, "2014")["followed"] == 0
        assert counting.photo(before, "2015")["followed"] == 1


def typed_values(row):
    """Return the values of a row without the columns that the product fills in."""
    return {name: value for name, value in row.items() if name not in ("version", "changed_by", "sort_key")}


def test_several_values_of_a_list_are_those_known_then(db, path):
    person = insert_followed_person(db)
    both, emptied = (
        save_row(
            db,
            db.tables["diagnostic"],
            {"person_id": person, "started_on": f"2022-0{n}-01", "obstacles": ("housing", "money")},
        )
        for n in (1, 2)
    )
    date_history(db, MARCH)
    update_row(db, db.tables["diagnostic"], both, obstacles=("french",))
    update_row(db, db.tables["diagnostic"], emptied, obstacles=None)

    assert row_as_known(path, "diagnostic", both)["obstacles"] == '["housing", "money"]'
    assert row_as_known(path, "diagnostic", emptied)["obstacles"] == '["housing", "money"]'
    with as_of.as_known(path, MARCH) as then:
        (found,) = counting.plain(counting.count_figures(then, period_of("2023-03-06"), ["obstacles"])).values()
    assert {label: count for label, count in found.items() if count} == {"Logement": 1, "Difficultés financières": 1}


def test_limits_of_the_office_are_those_known_then(db, path):
    insert_aid(db, insert_followed_person(db), 450_00, "2023-01-05")
    date_history(db, MARCH)
    db.execute("UPDATE setting SET aid_ceiling = 45000")

    with as_of.as_known(path, MARCH) as then:
        before, now = (
            counting.count_figures(one, period_of("2023-03-06"), ["ceiling"])["ceiling"] for one in (then, db)
        )

    assert [share.label for share in before if share.value] == ["De la moitié au plafond"]
    assert [share.label for share in now if share.value] == ["Plafond atteint"]


def test_labels_of_lists_are_those_of_today(db, path):
    insert_followed_person(db, domain="crafts")
    date_history(db, MARCH)
    db.execute("UPDATE list_domain SET label = 'Métiers d’art' WHERE code = 'crafts'")

    with as_of.as_known(path, MARCH) as then:
        assert counting.photo(then, "2023-03-06")["domain"]["Métiers d’art"] == 1


def test_before_the_first_line_of_the_history_nothing_was_known(db, path):
    begins = as_of.begins(db) or ""
    assert begins == db.execute("SELECT min(at) FROM history").fetchone()[0]
    insert_followed_person(db)

    with as_of.as_known(path, begins) as then:
        assert counting.photo(then, "2023-03-06")["portfolio"] == 0
        assert counting.count_figures(then, period_of("2023"), FIGURES)["followed"] == 0
    with history_rewritable(db):
        db.execute("DELETE FROM history")
    assert as_of.begins(db) is None
    with as_of.as_known(path, "2000") as then:  # rows without a history have always been known
        assert counting.photo(then, "2023-03-06")["portfolio"] == 1


# --- the file itself is left alone ---


def test_the_past_file_is_read_only(db, path):
    person = insert_followed_person(db)
    date_history(db, MARCH)
    update_row(db, db.tables["person"], person, town="Cahors")
    before = dump_tables(path)

    with as_of.as_known(path, MARCH) as then:
        counting.photo(then, "2023-03-06")
        for sql in (
            "UPDATE main.person SET town = 'Perdu'",
            "INSERT INTO history (who, table_name, row_id, version, action, before, after)"
            " VALUES ('x', 'person', 1, 1, 'update', '{}', '{}')",
            "DELETE FROM stage",
            "DROP TABLE need",
            "CREATE TABLE mine (id)",
        ):
            with pytest.raises(sqlite3.OperationalError):
                then.execute(sql)
        with pytest.raises(sqlite3.OperationalError):
            then.execute("UPDATE person SET town = 'Perdu'")  # the view that stands before the table

    assert dump_tables(path) == before
    update_row(db, db.tables["person"], person, town="Gourdon")  # and nothing holds the file
    assert row_as_known(path, "person", person, "2999")["town"] == "Gourdon"


def test_the_connection_is_closed_also_when_the_count_fails(db, path):
    with pytest.raises(ZeroDivisionError), as_of.as_known(path, MARCH) as then:
        raise ZeroDivisionError

    with pytest.raises(sqlite3.ProgrammingError):
        then.execute("SELECT 1")


def test_a_colleagues_save_meanwhile_is_invisible_and_not_blocked(db, path):
    person = insert_followed_person(db)
    date_history(db, MARCH)
    db.execute("PRAGMA busy_timeout = 0")  # a blocked save fails at once

    with as_of.as_known(path, MARCH) as then:
        counted = counting.photo(then, "2023-03-06")
        colleague = insert_followed_person(db)
        save_row(db, db.tables["person"], {"last_name": "Neuf", "first_name": "Ada", "gender": "woman"})
        delete(db, "person", person)

        assert counting.photo(then, "2023-03-06") == counted
        assert counted["portfolio"] == 1

    assert counting.persons(db, period_of("2023-03-06"), "followed") == [colleague]


# --- when a day ends ---


@pytest.fixture
def in_zone(monkeypatch) -> Iterator[Callable[[str], None]]:
    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Europe/Paris", "2023-03-06", "2023-03-06T23:00:00.000Z"),
        ("Europe/Paris", "2023-07-14", "2023-07-14T22:00:00.000Z"),
        ("Europe/Paris", "2023-03-25", "2023-03-25T23:00:00.000Z"),
        ("Europe/Paris", "2023-03-26", "2023-03-26T22:00:00.000Z"),  # summer time begins that night
        ("Europe/Paris", "2023-10-29", "2023-10-29T23:00:00.000Z"),
        ("Europe/Paris", "2022-12-31", "2022-12-31T23:00:00.000Z"),
        ("UTC", "2023-07-14", "2023-07-15T00:00:00.000Z"),
        ("America/Cayenne", "2023-07-14", "2023-07-15T03:00:00.000Z"),
    ],
)
def test_a_day_ends_in_the_office_s_own_time(in_zone, zone, day, moment):
    in_zone(zone)

    assert as_of.end_of(date.fromisoformat(day)) == moment


def test_what_was_typed_in_before_midnight_of_the_office_was_known_that_day(db, path, in_zone):
    in_zone("Europe/Paris")
    evening, night = insert_person(db), insert_person(db)
    for person, at in ((evening, "2023-07-14T21:59:59.999Z"), (night, "2023-07-14T22:00:00.000Z")):
        with history_rewritable(db):
            db.execute("UPDATE history SET at = ? WHERE table_name = 'person' AND row_id = ?", (at, person))

    assert row_as_known(path, "person", evening, as_of.end_of(date(2023, 7, 14)))
    assert row_as_known(path, "person", night, as_of.end_of(date(2023, 7, 14))) is None
