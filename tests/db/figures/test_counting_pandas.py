"""Every figure against the second computation in recount.py, on the large made-up files of varied.py.

test_counting_recount.py recounts tiny files in plain Python.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

import pandas as pd
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.model.office import Office
from db.storage import connection
from tests.db.factories import insert_aid, insert_followed_person
from tests.db.figures.recount import (
    EVERYBODY,
    SHARED,
    SHARED_TWICE,
    OfficeFrames,
    Recount,
    as_parts,
    figures_of,
    list_differences,
    recount,
)
from tests.db.figures.varied import END, RETIRED, START, write_varied_office

# --- what the tests ask ---


@dataclass
class File:
    """A made-up file, read by the product and by pandas."""

    db: Office
    office: OfficeFrames

    @cached_property
    def edges(self) -> list[date]:
        """Days at which a count may change, where errors are likely."""
        frames = self.office.rows.values()
        days = pd.concat([frame[name] for frame in frames for name in frame.columns if name.endswith("_on")]).dropna()
        days = days[days.between(START + pd.DateOffset(years=2), END - pd.DateOffset(years=2))]
        return sorted({(day + pd.Timedelta(days=n)).date() for day in days for n in (-1, 0, 1)})

    @cached_property
    def joins(self) -> list[date]:
        """Days on which an accompaniment ends that another continues the day after."""
        stage = self.office.rows["stage"]
        stage = stage[stage.kind == "accompaniment"].assign(day=lambda rows: rows.starts_on - pd.Timedelta(days=1))
        found = stage.merge(stage, left_on=["person_id", "ends_on"], right_on=["person_id", "day"]).ends_on_x
        return sorted({day.date() for day in found})


@pytest.fixture(scope="module", params=[0, 1, 2], ids=["all", "calendar_year", "rolling"])
def file(request, prepared, tmp_path_factory) -> Iterator[File]:
    made = prepared.once(f"varied-{request.param}.db", partial(write_varied_office, seed=request.param))
    # Not opened as a file of unknown origin, which would get back the rules that it must be without.
    db = prepared.open_copy(made, tmp_path_factory.mktemp("pandas") / "palette.db")
    yield File(db, OfficeFrames(db))
    db.close()


def days_of(file: File) -> st.SearchStrategy[date]:
    turning = st.builds(date, st.integers(2017, 2024), st.just(12), st.just(31)) | st.just(date(2020, 2, 29))
    return (
        st.sampled_from(file.edges)
        | st.sampled_from(file.joins)
        | st.dates(date(2017, 1, 1), date(2025, 3, 31))
        | turning
    )


def periods_of(file: File) -> st.SearchStrategy[str]:
    """Return a strategy of codes of periods: a day, a year, or the days between two."""
    days, years = days_of(file).map(str), st.integers(2016, 2025).map(str)
    return days | years | st.tuples(days, days).map(lambda two: "/".join(sorted(two)))


def choices(expected: Recount) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Return a strategy of selections: parts of one to three figures, of which one may be empty."""
    codes = {name: sorted({*expected.figures[name].code, *list(expected.labels(name))[:1]}) for name in SHARED}
    some = st.lists(st.sampled_from(SHARED), min_size=1, max_size=3, unique=True)
    return some.flatmap(
        lambda names: st.fixed_dictionaries(
            {n: st.lists(st.sampled_from(codes[n]), min_size=1, max_size=3, unique=True).map(tuple) for n in names}
        )
    )


def run_examples(number: int) -> settings:
    """Return the settings of that number of examples for each file, the same at every run."""
    return settings(max_examples=number, deadline=None, derandomize=True)


# --- the tests ---


def test_the_second_computation_has_every_figure(file):
    years = [recount(file.office, year) for year in ("2022", "2025")]  # contracts are in the second one

    assert years[0].figures.keys() == FIGURES.keys()
    assert [
        name for name in FIGURES if all(year.value(name, EVERYBODY) in (0, {}, None) for year in years)
    ] == []  # the files have something of everything
    assert set(SHARED) == {name for name, figure in FIGURES.items() if figure.by}
    assert set(SHARED_TWICE) == {name for name, figure in FIGURES.items() if figure.other}


@run_examples(12)
@examples(data=st.data())
def test_every_figure_of_any_day_year_or_period_is_what_pandas_finds(file, data):
    when = data.draw(periods_of(file))
    expected = recount(file.office, when)

    photo = counting.photo(file.db, when)

    if not period_of(when).is_day:
        photo |= {"exits": photo["exits"]["total"], "by_reason": photo["exits"]["by_reason"]}
    assert list_differences(file.db, expected, when) == set()
    assert {name: without_zeros(value) for name, value in photo.items()} == {
        name: labelled(expected, name) for name in photo
    }


def without_zeros(value: Any) -> Any:
    return {label: count for label, count in value.items() if count} if isinstance(value, dict) else value


def labelled(expected: Recount, name: str) -> Any:
    """Return the figure by label, summed over codes of the same label."""
    value = expected.value(name, EVERYBODY)
    if not isinstance(value, dict):
        return value
    labels = expected.labels(name)
    found: dict[str, int] = {}
    for (code, _), count in value.items():
        label = labels.get(code, "Non renseigné")
        found[label] = found.get(label, 0) + count
    return found


@run_examples(5)
@examples(data=st.data())
def test_parts_have_their_labels_and_what_counts_nobody_is_shown_too(file, data):
    when = data.draw(periods_of(file))
    expected, figures = recount(file.office, when), counting.count_figures(file.db, period_of(when), SHARED)

    for name, shares in figures.items():
        labels, shown = expected.labels(name), {part.code: part.label for part in shares}
        places = [list(labels).index(part.code) for part in shares if part.code in labels]
        assert shown == {code: labels.get(code, "Non renseigné") for code in shown}
        assert name in SHARED_TWICE or labels.keys() - RETIRED <= shown.keys()
        assert places == sorted(places)


@run_examples(10)
@examples(data=st.data())
def test_figures_of_the_persons_chosen_are_what_pandas_finds(file, data):
    when = data.draw(periods_of(file))
    expected = recount(file.office, when)

    chosen = data.draw(choices(expected))

    assert list_differences(file.db, expected, when, chosen) == set()
    assert set(counting.among(file.db, period_of(when), chosen)) == expected.among(chosen)


@pytest.mark.parametrize("when", ["2022", "2023-03-06", "2022-02-10/2022-09-03"])
def test_a_selection_of_a_figures_parts_does_not_narrow_that_figure(file, when):
    chosen = {"domain": ("crafts",), "gender": ("woman", "man")}

    figures, whole = (counting.count_figures(file.db, period_of(when), FIGURES, some) for some in (chosen, None))

    assert list_differences(file.db, recount(file.office, when), when, chosen) == set()
    assert as_parts(figures["gender_by_domain"]) == as_parts(whole["gender_by_domain"])
    assert as_parts(figures["gender"]) != as_parts(whole["gender"])  # narrowed by the domain
    assert as_parts(figures["domain"]) != as_parts(whole["domain"])  # narrowed by the gender
    ages = [code for code, _ in as_parts(whole["gender_by_age"])][:2]
    of_age = counting.count_figures(file.db, period_of(when), FIGURES, {"gender": ("woman",), "age": tuple(ages)})
    assert as_parts(of_age["gender_by_age"]) == as_parts(whole["gender_by_age"])


@run_examples(5)
@examples(data=st.data())
def test_persons_behind_a_part_are_those_that_pandas_finds(file, data):
    when = data.draw(periods_of(file))
    expected, period = recount(file.office, when), period_of(when)
    chosen = data.draw(st.just(EVERYBODY) | choices(expected))

    for name, value in counting.count_figures(file.db, period, figures_of(period), chosen).items():
        counted = expected.narrowed(name, chosen)
        assert counting.persons(file.db, period, name, chosen=chosen) == sorted(set(counted.person))
        for part in data.draw(st.permutations(value))[:2] if isinstance(value, tuple) else ():
            found = counting.persons(file.db, period, name, (part.code, part.other), chosen)
            assert found == sorted(set(counted.person[(counted.code == part.code) & (counted.other == part.other)]))
            if FIGURES[name].unit == "person" and name not in (
                "entries",
                "departures",
            ):  # twice in a month counts twice
                assert len(found) == part.value


@run_examples(6)
@examples(data=st.data())
def test_the_portfolio_of_a_month_is_that_before_with_entries_and_without_departures(file, data):
    period = period_of(data.draw(periods_of(file)))

    figures = counting.count_figures(file.db, period, ("portfolio_by_month", "entries", "departures"))

    counts = {name: {part.code: part.value for part in value} for name, value in figures.items()}
    first = period.first_month if period.is_day else period.first
    known = portfolio(file.db, first - timedelta(days=1))
    for month, count in counts["portfolio_by_month"].items():
        known += counts["entries"][month] - counts["departures"][month]
        assert count == known
    for month in data.draw(st.permutations(list(counts["entries"])))[:6]:
        end = min(pd.Period(month).end_time.date(), period.last)
        assert counts["portfolio_by_month"][month] == portfolio(file.db, end)


def portfolio(db: Office, day: date) -> Any:
    return counting.photo(db, str(day))["portfolio"]


# --- positive control: one row changed, and the comparison above notices ---


@contextmanager
def changed_rows(db: Office, sql: str) -> Iterator[None]:
    db.execute("BEGIN")
    try:
        assert db.execute(sql).rowcount == 1
        yield
    finally:
        db.execute("ROLLBACK")


KEPT = "deleted_at IS NULL AND person_id IN (SELECT id FROM person WHERE deleted_at IS NULL)"
ALL_YEAR = f"FROM stage WHERE {KEPT} AND mode = 'standard' AND starts_on < '2023' AND ends_on IS NULL"
SOMEBODY = f"(SELECT max(person_id) {ALL_YEAR})"
IN_2023 = "BETWEEN '2023-01-01' AND '2023-12-31'"


@pytest.mark.parametrize(
    ("sql", "noticed"),
    [
        (f"UPDATE person SET gender = iif(gender = 'man', 'woman', 'man') WHERE id = {SOMEBODY}", {"gender"}),
        (f"UPDATE person SET birth_date = '2004-01-01' WHERE id = {SOMEBODY}", {"age", "gender_by_age"}),
        (f"UPDATE person SET deleted_at = '2024' WHERE id = {SOMEBODY}", {"followed", "portfolio_by_month"}),
        (f"UPDATE stage SET mode = 'light' WHERE id = (SELECT max(id) {ALL_YEAR})", {"mode", "light"}),
        (
            f"UPDATE aid SET granted = granted + 1 WHERE id = (SELECT max(id) FROM aid WHERE {KEPT}"
            f" AND decision = 'granted' AND coalesce(decided_on, requested_on) {IN_2023})",
            {"aids"},
        ),
        (
            "UPDATE cer SET signed_on = date(signed_on, '+1 year')"
            f" WHERE id = (SELECT max(id) FROM cer WHERE {KEPT} AND signed_on {IN_2023})",
            {"cer_signed", "contracts"},
        ),
        (
            "UPDATE orientation SET notified_on = '2023-05-02', override = 'yes'"
            f" WHERE id = (SELECT max(id) FROM orientation WHERE {KEPT})",
            {"signing"},
        ),
        (
            "UPDATE exit SET reason = 'retired'"
            f" WHERE id = (SELECT max(id) FROM exit WHERE {KEPT} AND scope = 'rsa' AND left_on {IN_2023})",
            {"by_reason"},
        ),
    ],
)
@pytest.mark.parametrize("file", [0], ids=["all"], indirect=True)
def test_control_a_changed_row_makes_the_counts_differ(file, sql, noticed):
    before = recount(file.office, "2023")
    assert list_differences(file.db, before, "2023") == set()

    with changed_rows(file.db, sql):
        assert noticed <= list_differences(file.db, before, "2023")
        assert list_differences(file.db, recount(OfficeFrames(file.db), "2023"), "2023") == set()


def test_twelve_rolling_months_that_end_on_29_february_begin_on_1_march(tmp_path):
    with closing(connection.create(tmp_path / "palette.db")) as db:
        db.execute("UPDATE setting SET aid_ceiling_period = 'rolling'")
        insert_aid(db, insert_followed_person(db), 900_00, "2023-03-01")

        assert list_differences(db, recount(OfficeFrames(db), "2024-02-29"), "2024-02-29") == set()


def test_somebody_with_two_events_is_among_the_chosen_once(tmp_path):
    with closing(connection.create(tmp_path / "palette.db")) as db:
        person = insert_followed_person(db)
        insert_aid(db, person, 100_00, "2023-03-01")
        insert_aid(db, person, 100_00, "2023-05-01")

        assert counting.among(db, period_of("2023"), {"aids": ("equipment",)}) == [person]
