"""Every number, share and sentence of every picture, against a recount in pandas of numerator and base (pictures.py).

tests/db/figures/test_counting_pandas.py proves the figures; this proves what the pictures make of them under a filter:
that all numbers of one picture are of the same persons.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.model.office import Office
from reports.content import plots
from reports.content.chart_data import ChartData
from tests.db.figures.recount import SHARED, Chosen, OfficeFrames, recount
from tests.db.figures.varied import write_varied_office
from tests.reports.content.pictures import Picture, euros, french, percent

File = tuple[Office, OfficeFrames]


@pytest.fixture(scope="module", params=[0, 1], ids=["all", "calendar_year"])
def file(request, prepared, tmp_path_factory) -> Iterator[File]:
    made = prepared.once(f"varied-{request.param}.db", partial(write_varied_office, seed=request.param))
    db = prepared.open_copy(made, tmp_path_factory.mktemp("pictures") / "palette.db")
    yield db, OfficeFrames(db)
    db.close()


def charts_of(db: Office, when: str, chosen: Chosen) -> dict[str, ChartData]:
    figures = counting.count_figures(db, period_of(when), plots.NEEDS, chosen)
    return plots.make_charts(figures, chosen)


def list_differences(file: File, when: str, chosen: Chosen) -> dict[str, tuple[object, object]]:
    """Return the pictures that say something else than pandas: what they say, what they should."""
    db, office = file
    expected = recount(office, when)
    pictures = {name: Picture(name, expected, chosen) for name in plots.BY_NAME}
    said = {name: what_is_said(chart) for name, chart in charts_of(db, when, chosen).items()}
    wanted = {name: what_should_be_said(picture) for name, picture in pictures.items()}
    return {name: (said[name], wanted[name]) for name in said if said[name] != wanted[name]}


def what_is_said(chart: ChartData) -> dict[str, object]:
    lines = [chart.text_line(row) for row in chart.rows]
    bars = [chart.bar_label(row) for row in chart.rows] if len(chart.series) == 1 else []
    return {"lines": lines, "total": chart.total, "bars": bars, "reading": chart.reading}


def what_should_be_said(picture: Picture) -> dict[str, object]:
    """Return the table, the labels of the bars and the sentence, from pandas' numbers."""
    if picture.name == "reperes":
        labels, national = {"men": "Hommes", "fifty_or_over": "50 ans ou plus"}, {"men": "46", "fifty_or_over": "26"}
        shares = {name: percent(share, 100) for name, share in picture.shares.items()}
        lines = [[labels[name], share, f"{national[name]}\u202f%"] for name, share in shares.items()]
        return {"lines": lines, "total": [], "bars": list(shares.values()), "reading": picture.sentence}
    said = euros if picture.name == "aides" else french
    series, lines, bars = picture.series, [], []
    for code, label in picture.labels.items():
        values = [picture.values.get((code, key), 0) for key in series]
        share = [percent(sum(values), picture.base)] if picture.base else []
        lines.append([label, *map(said, values), *share])
        bars.append(" · ".join([said(sum(values)), *(picture.notes(code) or share)]))
    whole = picture.base and picture.base == sum(picture.values.values())
    return {
        "lines": lines,
        "total": ["Ensemble", said(picture.base), "100,0\u202f%"] if whole else [],
        "bars": bars if len(series) == 1 else [],
        "reading": picture.sentence,
    }


def selections(file: File, when: str) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Return a strategy of selections: parts of one or two figures, that of nobody among them."""
    expected = recount(file[1], when)
    codes = {name: sorted({*expected.figures[name].code, *list(expected.labels(name))[:1]}) for name in SHARED}
    some = st.lists(st.sampled_from(CLICKED), min_size=1, max_size=2, unique=True)
    return some.flatmap(
        lambda names: st.fixed_dictionaries(
            {
                name: st.lists(st.sampled_from(codes[name]), min_size=1, max_size=2, unique=True).map(tuple)
                for name in names
            }
        )
    )


CLICKED: tuple[str, ...] = (
    *(
        "action_kinds",
        "age",
        "aids",
        "appointments",
        "by_reason",
        "ceiling",
        "contracts",
        "departures",
        "domain",
        "education",
    ),
    *(
        "engagement",
        "entries",
        "gender",
        "household",
        "interventions",
        "lengths",
        "mode",
        "news",
        "obstacles",
        "origin",
    ),
    *("portfolio_by_month", "seniority", "signing", "territory"),
)
"""Every figure of which a click on a bar, or a list above the charts, selects a part."""
SINCE_2025 = ("action_kinds", "appointments", "engagement", "news", "signing")
PERIODS = ("2018", "2022", "2025", "2023-03-06", "2025-06-30", "2022-02-10/2022-09-03", "2021-11-15/2023-01-31")


def test_every_figure_that_a_chart_selects_is_tried(file):
    charts = charts_of(file[0], "2022", {})

    assert {name for chart in charts.values() for name in chart.chooses} == set(CLICKED)
    assert all(FIGURES[name].by for name in CLICKED)


@pytest.mark.parametrize("when", PERIODS)
def test_without_a_filter_every_picture_says_what_pandas_finds(file, when):
    assert list_differences(file, when, {}) == {}


@pytest.mark.parametrize("file", [0], ids=["all"], indirect=True)
@pytest.mark.parametrize("name", CLICKED)
def test_under_each_filter_every_picture_says_what_pandas_finds(file, name):
    """Each part of each figure alone, so that none is left to chance."""
    when = "2025" if name in SINCE_2025 else "2022"
    codes = sorted(set(recount(file[1], when).figures[name].code))
    assert codes
    for code in codes:
        assert list_differences(file, when, {name: (code,)}) == {}


@settings(max_examples=15, deadline=None, derandomize=True)
@examples(data=st.data())
def test_under_any_filter_of_any_period_every_picture_says_what_pandas_finds(file, data):
    when = data.draw(st.sampled_from(PERIODS) | st.integers(2016, 2025).map(str))

    assert list_differences(file, when, data.draw(selections(file, when))) == {}


def test_control_a_base_of_other_persons_is_noticed(file):
    """The share of « 50 ans ou plus » among women, taken of everybody, is what the comparison exists to refuse."""
    db, _ = file
    women = charts_of(db, "2022", {"gender": ("woman",)})["reperes"]
    figures = counting.count_figures(db, period_of("2022"), plots.NEEDS, {"gender": ("woman",)})
    of_everybody = plots.make_charts(figures)["reperes"]

    assert [row.code for row in women.rows] == ["fifty_or_over"]
    assert women.rows[0].values > of_everybody.rows[1].values
    assert list_differences(file, "2022", {"gender": ("woman",)}) == {}
