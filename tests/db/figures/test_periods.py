"""Periods: valid codes, French names, and the same period a year before."""

from datetime import date, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from db.base.errors import InvalidError
from db.figures.periods import Period, period_of

days = st.dates(date(1901, 1, 1), date(2099, 12, 31))
periods = st.tuples(days, days).map(lambda two: Period(min(two), max(two)))
years = st.integers(1901, 2099).map(lambda year: Period(date(year, 1, 1), date(year, 12, 31)))
single_days = days.map(lambda day: Period(day, day))

# --- codes ---


@examples(period=periods | years | single_days)
def test_a_code_reads_back_as_the_same_period(period):
    assert period_of(period.code) == period


@pytest.mark.parametrize(
    ("when", "first", "last", "code"),
    [
        ("2022", "2022-01-01", "2022-12-31", "2022"),
        ("2023-03-06", "2023-03-06", "2023-03-06", "2023-03-06"),
        ("2022-02-10/2022-09-03", "2022-02-10", "2022-09-03", "2022-02-10/2022-09-03"),
        ("2021-12-31/2022-01-01", "2021-12-31", "2022-01-01", "2021-12-31/2022-01-01"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"),
        # one thing has one code, however it was asked for
        ("2022-01-01/2022-12-31", "2022-01-01", "2022-12-31", "2022"),
        ("2023-03-06/2023-03-06", "2023-03-06", "2023-03-06", "2023-03-06"),
    ],
)
def test_valid_codes_of_periods(when, first, last, code):
    period = period_of(when)

    assert (str(period.first), str(period.last), period.code) == (first, last, code)


@pytest.mark.parametrize(
    "when",
    [
        "",
        "22",
        "20222",
        "1899",
        "2100",
        "2023-3-6",
        "06/03/2023",
        "20230306",
        "2023-02-29",
        "2023-13-01",
        "2023-03-06 ",
        "2023-03-06\n",
        "٢٠٢٢",
        "2022-09-03/2022-02-10",  # the other way round
        "2022-09-03/2022-09-02",
        "2022/2023",
        "2022-01-01/",
        "/2022-01-01",
        "2022-01-01/2022-06-31",
        "2022-01-01/2022-02-01/2022-03-01",
        "2022-01-01--2022-02-01",
        "2022'; DROP TABLE person; --",
    ],
)
def test_anything_else_is_refused_in_french(when):
    with pytest.raises(InvalidError) as error:
        period_of(when)

    assert str(error.value) == (
        f"« {when} » n’est ni une année (2022), ni une date (2023-03-06), ni une période (2022-01-01/2022-06-30)."
    )


@examples(text=st.text(max_size=30) | st.from_regex(r"[0-9/\-]{1,21}", fullmatch=True))
def test_any_text_is_a_period_or_is_refused(text):
    try:
        period = period_of(text)
    except InvalidError:
        return
    assert period.first <= period.last
    assert period_of(period.code) == period


# --- words ---


@pytest.mark.parametrize(
    ("when", "words", "title", "is_day", "is_year"),
    [
        ("2022", "en 2022", "Bilan 2022", False, True),
        ("2023-03-06", "au 06/03/2023", "Photo au 06/03/2023", True, False),
        ("2022-01-01/2022-06-30", "du 01/01/2022 au 30/06/2022", "Bilan du 01/01/2022 au 30/06/2022", False, False),
        (
            "2021-01-01/2022-12-31",  # two whole years are not a year
            "du 01/01/2021 au 31/12/2022",
            "Bilan du 01/01/2021 au 31/12/2022",
            False,
            False,
        ),
    ],
)
def test_a_period_is_named_in_french(when, words, title, is_day, is_year):
    period = period_of(when)

    assert (period.words, period.title, period.is_day, period.is_year) == (words, title, is_day, is_year)


# --- a year before ---


@pytest.mark.parametrize(
    ("when", "before"),
    [
        ("2022", "2021"),
        ("2024", "2023"),
        ("2025", "2024"),
        ("2023-03-06", "2022-03-06"),
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-28"),
        ("2022-02-10/2022-09-03", "2021-02-10/2021-09-03"),
        ("2024-02-29/2024-12-31", "2023-02-28/2023-12-31"),
        ("2023-12-01/2024-02-29", "2022-12-01/2023-02-28"),
    ],
)
def test_the_same_days_a_year_before(when, before):
    assert period_of(when).before.code == before


@examples(period=periods | years | single_days)
def test_a_year_before_is_of_the_same_sort(period):
    before = period.before

    assert (before.is_year, before.first.year) == (period.is_year, period.first.year - 1)
    assert before.is_day or not period.is_day
    assert timedelta(365) <= period.last - before.last <= timedelta(366)


# --- what the SQL of the figures is told ---


@pytest.mark.parametrize(
    ("when", "month"),
    [
        ("2022", "2022-01-01"),
        ("2022-02-10/2022-09-03", "2022-02-01"),
        ("2023-03-06", "2022-04-01"),  # the twelve months that end with March
        ("2023-12-31", "2023-01-01"),
        ("2023-01-01", "2022-02-01"),
        ("2024-02-29", "2023-03-01"),
    ],
)
def test_the_first_month_shown(when, month):
    assert str(period_of(when).first_month) == month


@examples(day=days)
def test_a_day_is_shown_with_the_twelve_months_that_end_with_its_own(day):
    month = Period(day, day).first_month

    assert month.day == 1
    assert (day.year - month.year) * 12 + day.month - month.month + 1 == 12


@pytest.mark.parametrize(
    ("when", "since"), [("2023-03-06", "2023-01-01"), ("2023", "2023-01-01"), ("2022-02-10/2022-09-03", "2022-02-10")]
)
def test_events_count_from_the_first_day_and_those_of_a_day_from_1_january(when, since):
    assert str(period_of(when).since) == since


@pytest.mark.parametrize(
    ("when", "quarter", "after"),
    [
        ("2023-03-31", "2023-01-01", "2023-04-01"),
        ("2023-04-01", "2023-04-01", "2023-04-02"),
        ("2022", "2022-10-01", "2023-01-01"),
        ("2024-02-28", "2024-01-01", "2024-02-29"),
        ("2022-02-10/2022-09-03", "2022-07-01", "2022-09-04"),
    ],
)
def test_the_quarter_of_the_last_day_and_the_day_after(when, quarter, after):
    parameters = period_of(when).parameters

    assert (parameters["quarter"], parameters["next"]) == (quarter, after)


@examples(period=periods | single_days)
def test_parameters_are_iso_days_in_order(period):
    told = period.parameters

    assert all(date.fromisoformat(day).isoformat() == day for day in told.values())
    assert told["month"] <= told["first"] <= told["last"] < told["next"]
    assert told["since"] <= told["first"]
    assert told["quarter"] <= told["last"]


# --- a period that is not over ---


@pytest.mark.parametrize(
    ("when", "today", "counted", "before", "title"),
    [
        ("2022", "2022-12-31", "2022", "2021", "Bilan 2022"),  # over on its last day
        ("2026", "2026-11-27", "2026-01-01/2026-11-27", "2025-01-01/2025-11-27",
         "Bilan 2026 (période en cours, jusqu’au 27/11/2026)"),
        ("2024", "2024-02-29", "2024-01-01/2024-02-29", "2023-01-01/2023-02-28",
         "Bilan 2024 (période en cours, jusqu’au 29/02/2024)"),
        ("2027", "2026-11-27", "2027", "2026", "Bilan 2027 (période pas commencée)"),
        ("2026-12-15", "2026-11-27", "2026-12-15", "2025-12-15", "Photo au 15/12/2026 (période pas commencée)"),
        ("2026-10-01/2026-12-31", "2026-11-27", "2026-10-01/2026-11-27", "2025-10-01/2025-11-27",
         "Bilan du 01/10/2026 au 31/12/2026 (période en cours, jusqu’au 27/11/2026)"),
    ],
)  # fmt: skip
def test_a_period_as_it_stands_on_a_day(when, today, counted, before, title):
    period = period_of(when, date.fromisoformat(today))

    assert (period.counted.code, period.before.code, period.title) == (counted, before, title)
    whole = period_of(when)
    assert (period.code, period.is_year, period.is_day) == (when, whole.is_year, whole.is_day)
    assert period.words.endswith(f" (période {period.state})") == bool(period.state)


@examples(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 800), st.integers(-400, 400))
def test_only_lived_days_of_a_period_that_has_begun_are_counted(first, length, lived):
    last, today = first + timedelta(days=length), first + timedelta(days=lived)

    period = Period(first, last).until(today)

    assert period.parameters["last"] == str(min(last, today) if today >= first else last)
    assert (period.state == "") == (today >= last)
    assert period.until(last) == Period(first, last)
