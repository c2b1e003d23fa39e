"""The rows of charts, from figures of a made-up office that were counted by hand."""

from dataclasses import fields, is_dataclass
from datetime import date

import pytest

from db.figures.counting import Share
from db.figures.definitions import FIGURES
from pages.shared.figures import dashboard
from reports.charts.colours import _OF
from reports.content import plots, report
from reports.content.chart_data import ChartData
from reports.content.plots import PLOTS

MONTHS = [f"2022-{index:02}" for index in range(1, 13)]
FIGURE_OF_A_LIST = (
    "household",
    "domain",
    "origin",
    "territory",
    "mode",
    "obstacles",
    "interventions",
    "appointments",
    "news",
    "by_reason",
    "gender",
    "engagement",
    "action_kinds",
)
BANDS = ("age", "education", "seniority", "ceiling", "signing")


def shares(*parts):
    """Return shares of (code, label, value), with a second code where there is one."""
    return tuple(Share(code, label, value, *other) for code, label, value, *other in parts)


def of_list(*values):
    """Return a figure by list: values a, b, c…, then « Non renseigné »."""
    known = [(chr(ord("a") + index), f"Valeur {index}", value) for index, value in enumerate(values[:-1])]
    return shares(*known, ("unknown", "Non renseigné", values[-1]))


def of_bands(*values):
    parts = [(str(index), f"Tranche {index}", value) for index, value in enumerate(values[:-1])]
    return shares(*parts, ("unknown", "Non renseigné", values[-1]))


def of_months(values=None, codes=MONTHS):
    return shares(*((code, code, (values or {}).get(code, 0)) for code in codes))


TAKEN = {
    **{name: of_list(3, 0, 8, 2) for name in FIGURE_OF_A_LIST},
    **{name: of_bands(4, 0, 6, 2, 0) for name in BANDS},
    "gender": shares(("woman", "Femme", 5), ("man", "Homme", 8), ("other", "Autre ou non précisé", 0)),
    "men": 8,
    "fifty_or_over": 3,
    "bac2_or_over": 4,
    "under_two_years": 6,
    "assessed": 10,
    "gender_by_age": shares(("0", "Tranche 0", 4, "man"), ("2", "Tranche 2", 5, "woman"), ("2", "Tranche 2", 4, "man")),
    "gender_by_domain": shares(("a", "Valeur 0", 3, "man"), ("c", "Valeur 2", 5, "woman"), ("c", "Valeur 2", 5, "man")),
    "contracts": shares(("2022-02", "2022-02", 2, "first"), ("2022-02", "2022-02", 3, "renewal")),
    "entries": of_months({"2022-03": 4, "2022-04": 1}),
    "departures": of_months({"2022-03": 2}),
    "portfolio_by_month": of_months({code: 10 + index for index, code in enumerate(MONTHS)}),
    "lengths": shares(
        ("0", "Courte", 2, "ended"), ("1", "Moyenne", 0, ""), ("2", "Longue", 3, "ended"), ("2", "Longue", 4, "ongoing")
    ),
    "mean_length_years": 2.5,
    "mean_length_years_ongoing": 1.25,
    "contracts_in_force": 9,
    "mean_days_to_sign": 12.5,
    "mean_contract_hours": 14.5,
    "aids": shares(("a", "Formation", 123_45), ("b", "Matériel", 0), ("c", "Communication", 400_00)),
    "aids_counted": shares(("a", "Formation", 1), ("b", "Matériel", 0), ("c", "Communication", 2)),
}
EVERY = [plot.name for plot in PLOTS]


def make_chart(name, **changed):
    return plots.make_chart(name, TAKEN | changed)


def codes(chart):
    return [row.code for row in chart.rows]


def values(chart):
    return {row.code: row.values for row in chart.rows}


# --- every chart


def test_every_figure_that_a_chart_needs_is_declared_and_taken_here():
    assert set(plots.NEEDS) == {name for plot in PLOTS for name in plot.needs}
    assert set(plots.NEEDS) == TAKEN.keys()
    for plot in PLOTS:
        assert set(plot.needs) <= FIGURES.keys()
        assert plot.base in ("", "sum", *plot.needs)


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_draws_only_from_the_figures_it_says_it_needs(name):
    own = {need: TAKEN[need] for need in plots.BY_NAME[name].needs}

    assert plots.make_chart(name, own) == make_chart(name)


@pytest.mark.parametrize("name", EVERY)
def test_header_and_lines_are_of_one_length(name):
    chart = make_chart(name)

    assert chart.rows
    for row in chart.rows:
        assert len(row.values) == len(chart.series)
        assert len(chart.line(row)) == len(chart.header)
        assert chart.line(row)[0] == row.label
        assert all(chart.bar_label(row, index) for index in range(len(chart.series)))


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_can_be_remembered(name):
    assert hash(make_chart(name)) == hash(make_chart(name))
    assert make_chart(name) == make_chart(name)
    assert len({make_chart(name), make_chart(name)}) == 1


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_knows_its_definition_its_colours_and_what_a_click_chooses(name):
    chart, plot = make_chart(name), plots.BY_NAME[name]

    assert (chart.name, chart.title, chart.shape) == (plot.name, plot.title, plot.shape)
    assert chart.means == FIGURES[chart.figure].means
    assert set(chart.chooses) <= FIGURES.keys()
    assert chart.scheme in ("", *_OF)
    assert chart.alt == f"{chart.title}. {chart.reading}"
    assert not chart.empty


@pytest.mark.parametrize("name", EVERY)
def test_rows_and_series_have_each_their_code(name):
    chart = make_chart(name)
    series = [code for code, _ in chart.series]

    assert len(set(codes(chart))) == len(codes(chart))
    assert len(set(series)) == len(series)


def test_names_and_titles_of_charts_are_their_own():
    assert len(set(EVERY)) == len(PLOTS) == len({plot.title for plot in PLOTS}) == len(plots.BY_NAME)
    assert list(plots.make_charts(TAKEN)) == EVERY


def test_every_chart_is_on_the_dashboard_once_and_in_the_report_once():
    assert sorted(" ".join(dashboard._SECTIONS.values()).split()) == sorted(EVERY)
    assert sorted(name for names in report._SECTIONS.values() for name in names.split()) == sorted(EVERY)


def test_chart_data_is_immutable():
    def frozen(value):
        if is_dataclass(value):
            return all(frozen(getattr(value, item.name)) for item in fields(value))
        return all(map(frozen, value)) if isinstance(value, tuple) else isinstance(value, str | int | float)

    assert all(frozen(chart) for chart in plots.make_charts(TAKEN).values())


# --- lists and bands


@pytest.mark.parametrize("name", ["foyer", "domaine", "origine", "territoire", "mode", "interventions", "sorties"])
def test_a_list_keeps_its_order_leaves_out_what_nobody_has_and_ends_with_the_unknown(name):
    chart = make_chart(name)

    assert values(chart) == {"a": (3,), "c": (8,), "unknown": (2,)}
    assert codes(chart)[-1] == "unknown"
    assert chart.base == 13


@pytest.mark.parametrize("name", ["age", "etudes", "anciennete", "plafond"])
def test_bands_keep_their_gaps_but_no_empty_unknown(name):
    figure = plots.BY_NAME[name].needs[0]

    assert values(make_chart(name)) == {"0": (4,), "1": (0,), "2": (6,), "3": (2,)}
    assert codes(make_chart(name, **{figure: of_bands(4, 0, 1)})) == ["0", "1", "unknown"]


@pytest.mark.parametrize("name", ["genre", "age", "foyer", "domaine", "sorties", "plafond", "aides"])
def test_shares_add_up_to_the_whole(name):
    chart = make_chart(name)

    assert chart.header[-1] == "%"
    parts = [part for part in (chart.line(row)[-1] for row in chart.rows) if isinstance(part, float)]
    assert len(parts) == len(chart.rows)
    assert sum(parts) == pytest.approx(100)


def test_obstacles_are_shares_of_those_who_have_a_diagnostic():
    chart = make_chart("freins")

    assert chart.base == 10
    assert [chart.line(row)[-1] for row in chart.rows] == [30, 80, 20]  # several are possible: they do not add up


@pytest.mark.parametrize("name", ["portefeuille", "mouvements", "contrats", "pyramide", "durees", "reperes"])
def test_charts_whose_shares_are_meaningless_have_none(name):
    chart = make_chart(name)

    assert chart.base == 0
    assert chart.header.count("%") == (name == "reperes")  # there, the numbers themselves


# --- sums of money


def test_sums_are_in_euros_with_how_many_aids_they_are():
    chart = make_chart("aides")

    assert values(chart) == {"a": (123.45,), "c": (400,)}
    assert [chart.bar_label(row) for row in chart.rows] == ["123,45\u202f€ · 1 aide", "400,00\u202f€ · 2 aides"]
    assert (chart.base, chart.measure, chart.header) == (523.45, "Euros", ("", "Euros", "%"))


# --- crossed with gender


def test_the_pyramid_has_every_band_and_both_genders():
    chart = make_chart("pyramide")

    assert [code for code, _ in chart.series] == ["woman", "man"]
    assert values(chart) == {"0": (0, 4), "1": (0, 0), "2": (5, 4), "3": (0, 0)}
    assert chart.chooses == ("age", "gender")


def test_the_pyramid_keeps_both_sides_when_nobody_is_on_one():
    alone = shares(("woman", "Femme", 5), ("man", "Homme", 0), ("other", "Autre ou non précisé", 0))

    assert [code for code, _ in make_chart("pyramide", gender=alone).series] == ["woman", "man"]


def test_genders_of_domains_leave_out_domains_and_genders_that_nobody_has():
    domain = of_list(3, 0, 10, 0)
    gender = shares(("woman", "Femme", 5), ("man", "Homme", 8), ("other", "Autre ou non précisé", 0))
    crossed = make_chart("domaine-genre", domain=domain, gender=gender)

    assert crossed.header == ("", "Femme", "Homme")
    assert values(crossed) == {"a": (0, 3), "c": (5, 5)}
    other = shares(*(("woman", "Femme", 5), ("man", "Homme", 8), ("other", "Autre ou non précisé", 1)))
    assert make_chart("domaine-genre", gender=other).header == ("", "Femme", "Homme", "Autre ou non précisé")


def test_lengths_tell_what_ended_from_what_goes_on_in_every_band():
    chart = make_chart("durees")

    assert chart.header == ("", "Terminés", "En cours")
    assert values(chart) == {"0": (2, 0), "1": (0, 0), "2": (3, 4)}


# --- beside the national level


def test_national_shares_stand_beside_ours():
    chart = make_chart("reperes")

    assert values(chart) == {"men": (pytest.approx(100 * 8 / 13),), "fifty_or_over": (pytest.approx(100 * 3 / 13),)}
    assert chart.header == ("", "%", "National (%)")
    assert chart.line(chart.rows[0])[2] == 46
    assert chart.line(chart.rows[1])[2] == 26


# --- month by month


def test_months_show_their_gaps():
    chart = make_chart("contrats")

    assert [row.label for row in chart.rows][:2] == ["janv.", "févr."]
    assert values(chart) == dict.fromkeys(MONTHS, (0, 0)) | {"2022-02": (2, 3)}
    assert values(make_chart("mouvements"))["2022-03"] == (4, 2)
    assert [row.values[0] for row in make_chart("portefeuille").rows] == list(range(10, 22))


def test_months_of_two_years_say_which():
    months = ["2022-12", "2023-01"]
    chart = make_chart("contrats", portfolio_by_month=of_months(codes=months))

    assert [row.label for row in chart.rows] == ["déc. 22", "janv. 23"]


@pytest.mark.parametrize("name", ["contrats", "mouvements", "portefeuille"])
def test_a_month_to_come_is_left_out_the_one_that_goes_on_is_not(name):
    now = date.today()
    codes_ = [f"{now.year - 1}-12", f"{now:%Y-%m}", f"{now.year + 1}-01", f"{now.year + 1}-12"]
    some = of_months(dict.fromkeys(codes_, 3), codes_)
    chart = make_chart(name, portfolio_by_month=some, entries=some, departures=some)

    assert codes(chart) == codes_[:2]


# --- nothing at all


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_without_persons_is_empty_and_says_so(name):
    def none(value):
        if not isinstance(value, tuple):
            return None if isinstance(value, float) else 0
        return () if value and value[0].other else tuple(Share(part.code, part.label, 0) for part in value)

    chart = plots.make_chart(name, {need: none(value) for need, value in TAKEN.items()})

    assert chart.empty
    assert chart.reading == "Rien à montrer pour cette période."
    assert isinstance(chart, ChartData)
    for row in chart.rows:
        assert len(chart.line(row)) == len(chart.header)
