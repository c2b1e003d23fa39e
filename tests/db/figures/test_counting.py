"""Figures of a year and of a day: the persons counted, and the days (docs/domain.md § 4).

Profile and length of accompaniment are in test_counting_profile.py, a second count in test_counting_recount.py.
"""

import json

import pytest

from db.base.errors import InvalidError
from db.figures import counting
from db.figures.definitions import FIGURES
from tests.db.factories import (
    delete,
    drop_rules,
    insert_benefit,
    insert_contract,
    insert_diagnostic,
    insert_exit,
    insert_followed_person,
    insert_person,
    insert_stage,
)

# --- who is counted, on which days ---


@pytest.mark.parametrize(
    ("when", "counted"),
    [
        ("2023-03-05", 0),
        ("2023-03-06", 1),  # the first day is in
        ("2023-03-31", 1),  # so is the last
        ("2023-04-01", 0),
    ],
)
def test_a_stage_holds_from_its_first_to_its_last_day(db, when, counted):
    insert_stage(db, insert_person(db), "diagnostic", "2023-03-06", "2023-03-31")

    assert counting.photo(db, when)["portfolio"] == counted


@pytest.mark.parametrize(("when", "counted"), [("2020", 0), ("2021", 1), ("2022", 1), ("2023", 1), ("2024", 0)])
def test_one_day_of_a_year_is_enough_to_be_followed_in_it(db, when, counted):
    insert_stage(db, insert_person(db), "accompaniment", "2021-12-31", "2023-01-01")

    photo = counting.photo(db, when)

    assert (photo["followed"], photo["accompanied"]) == (counted, counted)


def test_a_stage_without_an_end_still_runs(db):
    insert_stage(db, insert_person(db), "accompaniment", "2019-05-02", None)

    assert counting.photo(db, "2099-12-31")["accompanied"] == 1
    assert counting.photo(db, "2099")["followed"] == 1


def test_a_day_tells_diagnosis_accompaniment_and_light_apart(db):
    insert_stage(db, insert_person(db), "diagnostic", "2023-01-01")
    insert_stage(db, insert_person(db), "accompaniment", "2023-01-01", mode="standard")
    insert_stage(db, insert_person(db), "accompaniment", "2023-01-01", mode="light")
    insert_stage(db, insert_person(db), "one_off", "2023-01-01")  # never in the portfolio
    both = insert_person(db)
    insert_stage(db, both, "diagnostic", "2023-01-01")
    insert_stage(db, both, "accompaniment", "2023-02-01")  # accompanied, no longer « in diagnosis »

    photo = counting.photo(db, "2023-03-06")

    assert (photo["portfolio"], photo["accompanied"], photo["in_diagnosis"], photo["light"]) == (4, 3, 1, 1)


def test_several_stages_make_one_person(db):
    person = insert_person(db)
    insert_stage(db, person, "diagnostic", "2022-01-01", "2022-02-28")
    insert_stage(db, person, "accompaniment", "2022-03-01", "2022-06-30")
    insert_stage(db, person, "accompaniment", "2022-09-01", mode="light")

    photo = counting.photo(db, "2022")

    assert (photo["followed"], photo["accompanied"]) == (1, 1)
    assert sum(photo["gender"].values()) == 1


def test_what_is_dated_in_the_year_counts_from_1_january_to_31_december(db):
    person = insert_person(db)
    for day in ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"):
        insert_exit(db, person, day)
        insert_diagnostic(db, person, "2020-01-01", day)
    insert_contract(db, person, "2021-12-31", "2022-01-01", "2022-06-30")  # signed the year before
    insert_contract(db, person, "2022-12-31", "2023-01-01", "2023-06-30", kind="engagement")
    insert_diagnostic(db, person, "2022-02-01", None)  # not completed
    insert_exit(db, person, "2022-05-01", scope="accompaniment")  # not an exit from the RSA

    photo = counting.photo(db, "2022")

    assert photo["exits"]["total"] == 2
    assert photo["diagnostics_completed"] == 2
    assert photo["cer_signed"] == 1
    assert counting.photo(db, "2023")["cer_signed"] == 0


def test_exits_say_each_reason_of_the_list(db):
    person = insert_person(db)
    insert_exit(db, person, "2022-03-01", "income")
    insert_exit(db, person, "2022-04-01", "intermittent")
    insert_exit(db, person, "2022-05-01", "intermittent")

    exits = counting.photo(db, "2022")["exits"]

    assert exits["total"] == 3
    assert list(exits["by_reason"].items())[:3] == [
        ("Revenus supérieurs", 1),
        ("Emploi salarié", 0),
        ("Régime de l’intermittence", 2),
    ]


def test_exits_of_a_day_run_from_1_january_to_that_day(db):
    person = insert_person(db)
    for day in ("2022-12-31", "2023-01-01", "2023-03-06", "2023-03-07"):
        insert_exit(db, person, day)

    assert counting.photo(db, "2023-03-06")["exits_since_january"] == 2
    assert counting.photo(db, "2023-01-01")["exits_since_january"] == 1


# --- deleted rows ---


def test_nothing_deleted_counts(db):
    person = insert_person(db, rights=None)
    benefit = insert_benefit(db, person, "prime", "2023-01-01")
    rows = {
        "stage": insert_stage(db, person, "accompaniment", "2023-01-01", mode="light"),
        "exit": insert_exit(db, person, "2023-02-01"),
        "cer": insert_contract(db, person, "2023-02-01", "2023-02-01", "2023-07-31"),
        "diagnostic": insert_diagnostic(db, person, "2023-01-01", "2023-02-01"),
    }
    before, year_before = counting.photo(db, "2023-03-06"), counting.photo(db, "2023")
    assert before["light"] == before["prime_only"] == before["exits_since_january"] == 1
    assert year_before["cer_signed"] == year_before["diagnostics_completed"] == year_before["exits"]["total"] == 1

    delete(db, "benefit", benefit)
    assert counting.photo(db, "2023-03-06")["prime_only"] == 0
    for table, row_id in rows.items():
        delete(db, table, row_id)

    assert counting.photo(db, "2023-03-06") == counting.photo(db, "1950-01-01")  # as empty as before anything happened
    assert counting.photo(db, "2023") == counting.photo(db, "1950")


def test_a_deleted_person_is_in_no_figure(db):
    person = insert_followed_person(db, domain="crafts")
    insert_exit(db, person, "2022-02-01")
    insert_contract(db, person, "2022-02-01", "2022-02-01", "2022-07-31")
    assert counting.photo(db, "2022")["followed"] == 1

    delete(db, "person", person)

    assert counting.photo(db, "2022") == counting.photo(db, "1950")


def test_a_row_left_behind_by_a_deleted_person_does_not_count(db):
    drop_rules(db)  # « person_kept » would refuse such rows
    person = insert_person(db, deleted_at="2023-01-01T00:00:00Z")
    insert_stage(db, person, "accompaniment", "2022-01-01", "2022-06-30")
    insert_exit(db, person, "2022-06-30")
    insert_contract(db, person, "2022-02-01", "2022-02-01", "2022-07-31")
    insert_diagnostic(db, person, "2022-01-01", "2022-02-01")

    assert counting.photo(db, "2022") == counting.photo(db, "1950")


# --- prime d'activité only ---

PRIME_PERIODS = {
    "the whole quarter": ([("prime", "2022-11-15", None)], 1),
    "exactly the part of the quarter": ([("prime", "2023-01-01", "2023-03-06")], 1),
    "one day late": ([("prime", "2023-01-02", None)], 0),
    "one day short": ([("prime", "2023-01-01", "2023-03-05")], 0),
    "consecutive rows": (
        [("prime", "2022-10-01", "2023-01-31"), ("prime", "2023-02-01", "2023-02-01"), ("prime", "2023-02-02", None)],
        1,
    ),
    "a gap of one day": ([("prime", "2023-01-01", "2023-01-31"), ("prime", "2023-02-02", None)], 0),
    "the gap filled by the RSA": (
        [("prime", "2023-01-01", "2023-01-31"), ("rsa", "2023-02-01", "2023-02-28"), ("prime", "2023-03-01", None)],
        0,
    ),
    "RSA and prime": ([("rsa_prime", "2022-01-01", None)], 0),
}


@pytest.mark.parametrize(("periods", "counted"), PRIME_PERIODS.values(), ids=PRIME_PERIODS)
def test_prime_only_means_every_day_of_the_quarter_so_far(db, periods, counted):
    person = insert_person(db, rights=None)
    for kind, starts_on, ends_on in periods:
        insert_benefit(db, person, kind, starts_on, ends_on)
    insert_stage(db, person, "diagnostic", "2023-02-15")

    assert counting.photo(db, "2023-03-06")["prime_only"] == counted


@pytest.mark.parametrize(("day", "counted"), [("2023-03-31", 0), ("2023-04-01", 1), ("2023-06-30", 1)])
def test_a_new_quarter_starts_the_count_again(db, day, counted):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", "2023-01-01", "2023-03-30")
    insert_benefit(db, person, "prime", "2023-03-31")
    insert_stage(db, person, "accompaniment", "2023-01-01")

    assert counting.photo(db, day)["prime_only"] == counted


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023-01-01", "2023-03-31"),
        ("2023-04-01", "2023-06-30"),
        ("2023-07-01", "2023-09-30"),
        ("2023-10-01", "2023-12-31"),
    ],
)
def test_the_four_quarters_begin_where_they_do(db, first, last):
    for starts_on in (first, first[:-1] + "2"):  # the second begins a day too late
        person = insert_person(db, rights=None)
        insert_benefit(db, person, "prime", starts_on)
        insert_stage(db, person, "diagnostic", "2022-01-01")

    assert counting.photo(db, first)["prime_only"] == 1
    assert counting.photo(db, last)["prime_only"] == 1


def test_prime_only_counts_the_portfolio_alone(db):
    person = insert_person(db, rights="prime")
    insert_stage(db, person, "one_off", "2023-01-01")

    assert counting.photo(db, "2023-03-06")["prime_only"] == 0


# --- what may be asked, what is answered ---


@pytest.mark.parametrize(
    "when", ["", "22", "2022 ", "1850", "06/03/2023", "20230306", "2023-3-6", "2023-02-29", "٢٠٢٢"]
)
def test_anything_but_a_year_or_a_date_is_refused_in_french(db, when):
    with pytest.raises(InvalidError) as raised:
        counting.photo(db, when)

    assert (
        str(raised.value)
        == f"« {when} » n’est ni une année (2022), ni une date (2023-03-06), ni une période (2022-01-01/2022-06-30)."
    )


def test_the_summary_is_the_head_of_the_photo(db):
    insert_followed_person(db)
    insert_stage(db, insert_person(db), "diagnostic", "2023-01-01")

    summary = counting.summary(db, "2023-03-06")

    assert summary == {
        "portfolio": 2,
        "accompanied": 1,
        "in_diagnosis": 1,
        "light": 0,
        "prime_only": 0,
        "exits_since_january": 0,
    }
    assert summary.items() <= counting.photo(db, "2023-03-06").items()


def test_the_summary_of_a_year_is_refused(db):
    with pytest.raises(InvalidError) as raised:
        counting.summary(db, "2023")

    assert str(raised.value) == "« 2023 » n’est pas une date (2023-03-06)."


def test_every_figure_has_a_label_and_is_json(db):
    year, day = counting.photo(db, "2022"), counting.photo(db, "2022-07-14")

    assert year.keys() | day.keys() == FIGURES.keys() & {*counting.YEAR, *counting.DAY} - {"by_reason"}
    assert json.loads(json.dumps([year, day])) == [year, day]


def test_counting_writes_nothing(db):
    insert_followed_person(db)
    before = list(db.iterdump())
    db.execute("PRAGMA query_only = ON")

    counting.photo(db, "2022")
    counting.photo(db, "2022-07-14")

    assert list(db.iterdump()) == before
