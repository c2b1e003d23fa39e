"""Frozen reports: stored exactly, and protected against change by the file itself."""

import hashlib
import json
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from db.base import instants
from db.base.errors import InvalidError, NotFoundError
from db.figures import counting, snapshots
from db.figures.definitions import FIGURES, VERSION
from db.figures.periods import period_of
from db.figures.populations import WITH
from db.storage import connection
from tests.db.examples import forget_open_files, open_raw
from tests.db.factories import insert_exit, insert_followed_person

# --- kept and read back ---


def freeze(db, numbers=None, when="2022", **more):
    return snapshots.get(db, snapshots.freeze(db, period_of(when), numbers or {"followed": 139}, "Ada", **more))


def test_a_frozen_report_says_what_it_holds_who_kept_it_and_when(db, path):
    before = instants.now()

    found = freeze(db, {"followed": 139}, "2022-01-01/2022-06-30", known_on="2022-07-01", note="  Conseil du 12 mai ")

    assert before <= found.at <= instants.now()
    assert (found.who, found.period.code, found.known_on) == ("Ada", "2022-01-01/2022-06-30", "2022-07-01")
    assert (found.note, found.version, found.numbers) == ("Conseil du 12 mai", VERSION, {"followed": 139})
    with closing(sqlite3.connect(path)) as raw:  # as any other program reads it
        assert raw.execute("SELECT who, period, note FROM frozen").fetchall() == [
            ("Ada", "2022-01-01/2022-06-30", "Conseil du 12 mai")
        ]


def test_its_moment_is_told_in_the_office_s_own_time(db):
    db.execute(
        "INSERT INTO frozen (at, who, period, known_on, note, version, numbers)"
        " VALUES ('2023-03-06T13:32:00.000Z', 'Ada', '2022', '', '', 1, '{}')"
    )

    assert re.fullmatch(r"0[67]/03/2023 à \d\d:32", snapshots.get(db, 1).moment)


def test_figures_are_kept_to_the_last_decimal_and_in_their_order(db):
    for _ in range(3):
        insert_exit(db, insert_followed_person(db, domain="crafts", birth_date=None), "2022-05-02")
    numbers = counting.photo(db, "2022")

    found = freeze(db, numbers).numbers

    assert found == numbers
    assert list(found["domain"].items()) == list(numbers["domain"].items())
    assert isinstance(found["mean_length_years_ongoing"], float)
    assert found["mean_length_years"] is None


labels = st.text(st.characters(codec="utf-8"), max_size=12)
some_numbers = st.none() | st.integers(0, 2**53) | st.floats(allow_nan=False, allow_infinity=False)
reports = st.dictionaries(labels, some_numbers | st.dictionaries(labels, some_numbers, max_size=3), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(numbers=reports)
def test_whatever_numbers_are_frozen_come_back_exactly(db, numbers):
    found = snapshots.get(db, snapshots.freeze(db, period_of("2022"), numbers, "Ada")).numbers

    assert json.dumps(found) == json.dumps(numbers)  # 1 is not 1.0, and the order counts


def test_what_is_frozen_stays_when_the_file_changes(db):
    insert_followed_person(db)
    found = freeze(db, counting.photo(db, "2022"))

    insert_followed_person(db)

    assert counting.photo(db, "2022")["followed"] == 2
    assert snapshots.get(db, found.id).numbers["followed"] == 1


def test_frozen_reports_are_listed_latest_first(db):
    ids = [freeze(db, when=when).id for when in ("2021", "2023-03-06", "2022")]

    assert [one.id for one in snapshots.of_file(db)] == ids[::-1]
    assert [one.period.code for one in snapshots.of_file(db)] == ["2022", "2023-03-06", "2021"]


def test_an_unknown_report_is_told_in_french(db):
    with pytest.raises(NotFoundError, match="Ce bilan figé n’existe pas"):
        snapshots.get(db, 1)


def test_too_long_a_note_is_refused_in_french(db):
    assert freeze(db, note="x" * 120).note == "x" * 120

    with pytest.raises(InvalidError) as error:
        freeze(db, note="x" * 121)

    assert str(error.value) == "Pour mémoire : 120 caractères au plus."
    assert len(snapshots.of_file(db)) == 1


# --- what the file refuses ---


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE frozen SET numbers = '{}'",
        "UPDATE frozen SET at = '2020-01-01T00:00:00.000Z', version = 9",
        "UPDATE OR REPLACE frozen SET who = 'Bob'",
        "DELETE FROM frozen",
        "DELETE FROM frozen WHERE id = 1",
    ],
)
def test_the_file_itself_refuses_to_change_or_remove_a_frozen_report(db, path, sql):
    found = freeze(db)

    with closing(open_raw(path)) as raw, pytest.raises(sqlite3.IntegrityError) as error:
        raw.execute(sql)

    assert str(error.value) == "un bilan figé ne change plus"
    assert snapshots.of_file(db) == [found]


def test_the_file_refuses_to_replace_a_frozen_report(db, path):
    found = freeze(db)

    with closing(open_raw(path)) as raw, suppress(sqlite3.IntegrityError):
        raw.execute(
            "INSERT OR REPLACE INTO frozen (id, who, period, known_on, note, version, numbers)"
            " VALUES (1, 'Bob', '2022', '', '', 1, '{}')"
        )

    assert snapshots.of_file(db) == [found]


def test_numbers_that_are_not_json_are_refused_by_the_file(db, path):
    with closing(open_raw(path)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(
            "INSERT INTO frozen (who, period, known_on, note, version, numbers) VALUES ('Bob', '2022', '', '', 1, '{')"
        )


# --- an older file ---


@pytest.mark.parametrize(
    "lacking", [["DROP TABLE frozen"], ["DROP TRIGGER frozen_stays_update", "DROP TRIGGER frozen_stays_delete"]]
)
def test_an_older_file_gets_what_it_lacks_when_it_is_opened(db, path, lacking):
    insert_followed_person(db)
    with closing(open_raw(path)) as raw:
        for statement in lacking:
            raw.execute(statement)
    forget_open_files()

    with closing(connection.open_file(path)) as opened:
        found = freeze(opened, counting.photo(opened, "2022"))

        assert found.numbers["followed"] == 1
        for sql in ("UPDATE frozen SET who = 'Bob'", "DELETE FROM frozen"):
            with pytest.raises(sqlite3.IntegrityError, match="un bilan figé ne change plus"):
                opened.execute(sql)
    assert len(list(path.parent.glob("*-avant-*.db"))) == 1
    forget_open_files()


# --- the version of the definitions ---

PINNED = {1: "22b1f51fe6d210a8"}
"""Version of the definitions -> fingerprint of their SQL."""


def fingerprint(declared):
    """Return the SQL of every figure, whatever its line breaks; wordings may change without a new version."""
    parts = [WITH] + [
        f"{name}: {figure.source} | {figure.where} | {figure.person} | {figure.by} | {figure.values} | {figure.other}"
        f" | {figure.value} | {figure.each}"
        for name, figure in sorted(declared.items())
    ]
    return hashlib.sha256(" ".join(" ".join(parts).split()).encode()).hexdigest()[:16]


def test_another_way_of_counting_has_another_version():
    assert {VERSION: fingerprint(FIGURES)} == PINNED, (
        "The SQL of a figure changed. Frozen reports say under which version they were counted: when a figure that"
        " exists counts otherwise than before, add 1 to VERSION in db/figures/definitions.py; when a figure was only"
        " added, or the SQL says the same in other words, leave it."
        f" Then write here: {VERSION}: {fingerprint(FIGURES)!r}."
    )


@pytest.mark.parametrize("part", ["source", "where", "person", "by", "values", "other", "value", "each"])
def test_the_fingerprint_notices_a_changed_figure_but_not_its_words(part):
    figure = FIGURES["contracts"]
    otherwise: dict[str, Any] = {part: f"{getattr(figure, part)} -- otherwise"}
    changed = replace(figure, **otherwise)
    reworded = replace(figure, label="Contrats", means="Autrement dit.")

    assert fingerprint({**FIGURES, "contracts": changed}) != fingerprint(FIGURES)
    assert fingerprint({**FIGURES, "contracts": reworded}) == fingerprint(FIGURES)
