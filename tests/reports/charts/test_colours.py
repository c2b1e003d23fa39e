"""Colours: WCAG contrast on every page, and colours that colour-blind readers tell apart.

Dichromacy is simulated with the matrices of Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB; the
distance of two colours is that in CIE L*a*b* (ΔE76).
"""

import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from reports.charts import colours, drawing
from reports.content import plots
from reports.content.chart_data import ChartData, ChartRow

PAGES = {"light": "#FDFCFA", "dark": "#060504", "paper": "#FFFFFF"}
SIGHT = {
    "trichromacy": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
WHITE_POINT = (0.95047, 1.0, 1.08883)
STANDS_OUT, READS = 3.0, 4.5
"""WCAG 2.2: of a graphical object (1.4.11), and of text (1.4.3)."""
APART = 10.0
"""ΔE76 below which two bars of one chart are confused."""
SCHEMES = {name: list(values.items()) for name, values in colours._OF.items()}
EVERY = {
    **{f"{name}.{code}": own for name, values in SCHEMES.items() for code, own in values},
    **{f"spare {index}": own for index, own in enumerate(colours.SPARE)},
    "ink": colours.INK,
    "national": colours.NATIONAL,
}


def linear(text):
    """Return « #RRGGBB » as linear RGB."""
    part = np.array([int(text[index : index + 2], 16) for index in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast ratio of WCAG, 1 to 21."""
    low, high = sorted(float(linear(text) @ (0.2126, 0.7152, 0.0722)) for text in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(text, sight):
    """Return a colour as seen with that sight, in L*a*b* (D65)."""
    seen = np.clip(np.array(SIGHT[sight]) @ linear(text), 0, 1)
    part = np.array(TO_XYZ) @ seen / WHITE_POINT
    f = np.where(part > 216 / 24389, np.cbrt(part), (24389 / 27 * part + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def colour_distance(one, other, sight):
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def close_pairs(named):
    """Return the pairs of these colours that a reader may confuse."""
    return [
        (one, other, sight, round(colour_distance(named[one], named[other], sight), 1))
        for one, other in combinations(named, 2)
        for sight in SIGHT
        if colour_distance(named[one], named[other], sight) < APART
    ]


# --- the measures themselves


def test_the_measures_are_those_of_the_standards():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)  # the grey that famously just fails
    assert lab("#FFFFFF", "trichromacy") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#FF0000", "trichromacy") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    for sight in SIGHT:
        assert colour_distance("#808080", "#808080", sight) == 0
        assert colour_distance("#808080", "#FFFFFF", sight) == pytest.approx(46.4, abs=0.2)  # greys stay what they are
    assert (
        colour_distance("#A04000", "#4E6A00", "deuteranopia")
        < APART
        < colour_distance("#A04000", "#4E6A00", "trichromacy")
    )


# --- contrast


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", EVERY)
def test_every_colour_stands_out_on_every_page(name, page):
    assert re.fullmatch("#[0-9A-F]{6}", EVERY[name])
    assert contrast(EVERY[name], PAGES[page]) >= STANDS_OUT


@pytest.mark.parametrize("code", ["woman", "man", "other"])
def test_the_white_numbers_in_the_bars_of_a_gender_are_read(code):
    assert contrast(colours.colour("gender", code), "#FFFFFF") >= READS


# --- apart from one another


@pytest.mark.parametrize("name", SCHEMES)
def test_no_two_values_share_a_colour(name):
    owns = [own for _, own in SCHEMES[name]]

    assert len(set(owns)) == len(owns)
    assert not set(owns) & set(colours.SPARE)


def test_the_spare_colours_are_all_different():
    assert len({*colours.SPARE, colours.INK, colours.NATIONAL}) == len(colours.SPARE) + 2


@pytest.mark.parametrize("name", SCHEMES)
def test_the_colours_of_a_chart_stay_apart_for_colour_blind_readers(name):
    assert close_pairs(dict(SCHEMES[name])) == []


@pytest.mark.parametrize("name", ["gender", "domain"])
def test_the_spare_colours_stay_apart_from_all_others_of_the_chart(name):
    assert close_pairs(dict(SCHEMES[name]) | {f"spare {n}": own for n, own in enumerate(colours.SPARE)}) == []


def test_the_national_mark_stays_apart_from_the_bar_it_crosses():
    assert close_pairs({"ink": colours.INK, "national": colours.NATIONAL}) == []


# --- one value, one colour


def bars(rows, scheme, shape="bars", series=(("", "Nombre"),)):
    return ChartData("x", "Essai", shape, "person", tuple(rows), tuple(series), 0, "gender", ("gender",), scheme)


def drawn_colours(chart):
    """Return code -> the colour of its bar."""
    found = drawing.specification(chart)["datasets"]["bars"]
    several = len(chart.series) > 1
    return {bar["series" if several else "code"]: bar["colour"] for bar in found}


@pytest.mark.parametrize("name", SCHEMES)
def test_a_value_has_its_colour_whatever_chart_asks_and_wherever_it_stands(name):
    codes = [code for code, _ in SCHEMES[name]]
    rows = [ChartRow(code, code, (1,)) for code in codes]
    as_series = bars([ChartRow("a", "A", (1,) * len(codes))], name, "stacked", [(code, code) for code in codes])

    for chart in (bars(rows, name), bars(rows[::-1], name), bars(rows[1:], name), as_series):
        drawn = drawn_colours(chart)
        assert drawn == {code: own for code, own in SCHEMES[name] if code in drawn}
    assert [colours.colour(name, code) for code in codes] == [own for _, own in SCHEMES[name]]


def test_every_scheme_of_a_chart_is_declared_and_every_scheme_is_used():
    figures: dict[str, Any] = dict.fromkeys(plots.NEEDS, ())
    figures |= dict.fromkeys(("assessed", "men", "fifty_or_over", "bac2_or_over", "under_two_years"), 0)
    used = {plots.make_chart(plot.name, figures).scheme for plot in plots.PLOTS}

    assert used - {""} == set(SCHEMES)


@pytest.mark.parametrize("scheme", ["gender", "domain", ""])
def test_what_is_not_known_is_grey_like_what_is_other(scheme):
    assert colours.colour(scheme, "unknown") == colours.colour("gender", "other")


def test_where_values_have_no_colour_of_their_own_all_have_the_ink():
    assert {colours.colour("", code) for code in ("cahors", "figeac", "x")} == {colours.INK}


# --- values that the office adds


@pytest.mark.parametrize("scheme", ["gender", "domain"])
def test_an_added_value_has_a_spare_colour_and_keeps_it(scheme):
    found = [colours.colour(scheme, f"added_{index}") for index in range(50)]

    assert set(found) == set(colours.SPARE)
    assert found == [colours.colour(scheme, f"added_{index}") for index in range(50)]


def test_an_added_value_keeps_its_colour_when_nobody_has_another_value():
    rows = [*(ChartRow(code, code, (1,)) for code, _ in SCHEMES["domain"]), ChartRow("added", "Mode", (3,))]

    assert drawn_colours(bars(rows, "domain"))["added"] == drawn_colours(bars(rows[1:], "domain"))["added"]


def test_an_added_value_stays_in_its_place_when_others_have_more_or_fewer():
    places = [code for code, _ in SCHEMES["domain"]]
    rows = [*(ChartRow(code, code, (1,)) for code in places), ChartRow("added", "Mode", (3,))]
    more = [*rows[:-1], ChartRow("added", "Mode", (30,))]

    assert drawn_colours(bars(rows, "domain"))["added"] == drawn_colours(bars(more, "domain"))["added"]
    assert drawn_colours(bars(rows, "domain"))["added"] in colours.SPARE
