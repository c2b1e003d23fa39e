"""Charts checked against the Vega-Lite schema and drawn: any label is valid, scales start at zero, a bar for each
value."""

import html
import json
import re
from copy import deepcopy
from dataclasses import replace

import altair as alt
import pytest
import vl_convert
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from reports.charts import drawing, rendering
from reports.charts.drawing import CHOICE
from reports.content import plots
from reports.content.chart_data import ChartData, ChartRow

HOSTILE = [
    'l’atelier « d\'Anne » "x"',
    "un \\ et \\n et \\u0041",
    "deux\nlignes",
    "=1+1",
    "datum.value'); alert(1); ('",
    "<b>gras</b> & ]]> http://exemple.fr",
    "${x} {{y}} %s .[0]",
    "é 日本 😀",
    "W" * 120,
    " ".join(["longue"] * 20),
    "null",
    "1e5",
]
SERIES = {
    "bars": (("", "Nombre"),),
    "stacked": (("woman", "Femme"), ("man", "Homme"), ("other", "Autre")),
    "grouped": (("ended", "Terminés"), ("ongoing", "En cours")),
    "pyramid": (("woman", "Femme"), ("man", "Homme")),
    "months": (("first", "Premier"), ("renewal", "Renouvellement")),
    "balance": (("entries", "Entrées"), ("departures", "Sorties")),
    "line": (("", "Nombre"),),
    "marks": (("", "Ici"),),
}
CHOOSES = {
    "bars": ("domain",),
    "stacked": ("domain", "gender"),
    "grouped": ("lengths",),
    "pyramid": ("age", "gender"),
    "months": ("contracts",),
    "balance": ("entries", "departures"),
    "line": ("portfolio_by_month",),
    "marks": (),
}
SCHEMES = {"stacked": "gender", "pyramid": "gender", "grouped": "length", "months": "rank", "balance": "balance"}
SHAPES = sorted(SERIES)
CLICKED = sorted(shape for shape in SHAPES if CHOOSES[shape])


def chart(shape, *labels, first=3.0):
    """Return a chart of that shape; its numbers are all different."""
    series, labels = SERIES[shape], labels or ("Un", "Deux", "Trois")
    rows = tuple(
        ChartRow(f"c{rank}", label, tuple(first + 10 * rank + index for index in range(len(series))))
        for rank, label in enumerate(labels)
    )
    marks = tuple((row.code, 46.0) for row in rows) if shape == "marks" else ()
    unit = "percent" if shape == "marks" else "person"
    return ChartData(
        shape, f"Essai {shape}", shape, unit, rows, series, 0, "domain", CHOOSES[shape], SCHEMES.get(shape, ""), marks
    )


def bars_of(picture, **chosen):
    return drawing.specification(selecting(picture, **chosen))["datasets"]["bars"]


def selecting(picture, **chosen):
    """Return the chart with these codes selected of its own figures."""
    return replace(picture, chosen=tuple((name, codes) for name, codes in chosen.items() if codes))


def shades(picture, **chosen):
    """Return (code of the row, code of the series) -> opacity of its bar."""
    return {(bar["code"], bar["series"]): bar["shade"] for bar in bars_of(picture, **chosen)}


CHECKED = Draft7Validator({**(alt.VegaLiteSchema._rootschema or {}), "$ref": "#/definitions/TopLevelLayerSpec"})
"""The schema of Vega-Lite that Altair ships; validating with it directly is ten times as fast as through Altair."""


def is_vega_lite(specification):
    return bool(CHECKED.is_valid(specification))


def svg_of(picture):
    return str(vl_convert.vegalite_to_svg(rendering.specification(picture)))


def drawn_bars(picture):
    """Return the aria-label of each bar in the drawn SVG."""
    kind = "point" if picture.shape == "line" else "bar"
    return re.findall(rf'aria-label="([^"]*)"[^>]*aria-roledescription="{kind}"', svg_of(picture))


# --- valid


def test_control_an_invalid_specification_is_rejected():
    broken = deepcopy(drawing.specification(chart("bars")))
    broken["layer"][0]["mark"]["cornerRadius"] = "rond"

    assert not is_vega_lite(broken)
    assert not is_vega_lite({})


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_valid_vega_lite(shape):
    assert is_vega_lite(drawing.specification(chart(shape)))
    assert is_vega_lite(rendering.specification(chart(shape), "Bilan 2022"))


def test_every_shape_of_a_chart_is_tried_here():
    assert {plot.shape for plot in plots.PLOTS} == set(SHAPES) == set(drawing._DRAWS)


@pytest.mark.parametrize("when", ["2022", "2019-05-01/2023-03-06"])
def test_every_chart_of_the_demonstration_is_valid_vega_lite(make_report, when):
    for picture in make_report(when).charts:
        assert is_vega_lite(drawing.specification(picture))


@pytest.mark.parametrize("shape", SHAPES)
def test_names_of_the_office_stay_names(shape):
    picture = chart(shape, *HOSTILE)

    assert is_vega_lite(drawing.specification(picture))
    found = json.dumps(drawing.specification(picture), ensure_ascii=False)
    assert drawing.specification(picture)["datasets"]["bars"]
    without = json.dumps(drawing.specification(chart(shape, *map(str, range(len(HOSTILE))))), ensure_ascii=False)
    assert found.count('"expr"') == without.count('"expr"')  # nothing of a name became an expression


@pytest.mark.parametrize("shape", SHAPES)
def test_every_name_of_the_office_has_its_bar_in_the_drawn_chart(shape):
    series = len(SERIES[shape])

    assert len(drawn_bars(chart(shape, *HOSTILE))) == len(HOSTILE) * series
    assert len(drawn_bars(chart(shape, "Un"))) == series


def test_names_are_read_in_the_drawn_chart_on_lines_of_their_own():
    lines = [html.unescape(line) for line in re.findall(r">([^<>]*)</t(?:ext|span)>", svg_of(chart("bars", *HOSTILE)))]

    for said in ("=1+1", "un \\ et \\n et \\u0041", "deux lignes", "null", "1e5", "${x} {{y}} %s .[0]"):
        assert said in lines
    assert any(line.startswith("<b>gras</b>") for line in lines)
    assert 0 < max(line.count("W") for line in lines) <= 26


def test_a_title_and_a_series_of_the_office_stay_texts():
    picture = replace(
        chart("stacked"), title='d\'Anne "x" \\ {}', series=(("a", "d'Anne"), ("b", '"x"\\'), ("c", "=1"))
    )

    assert is_vega_lite(drawing.specification(picture))
    assert len(drawn_bars(picture)) == 9


# --- bars


@pytest.mark.parametrize("shape", SHAPES)
def test_one_bar_for_every_value_with_its_number(shape):
    picture = chart(shape)
    found = {(bar["code"], bar["series"]): (bar["value"], bar["label"]) for bar in bars_of(picture)}

    assert found == {
        (row.code, code): (value, row.label)
        for row in picture.rows
        for (code, _), value in zip(picture.series, row.values, strict=True)
    }
    for bar in bars_of(picture):
        assert bar["value_text"].startswith(f"{bar['value']:.0f}")
        assert bar["label"] in bar["description"]


def test_a_zero_has_its_place():
    picture = replace(chart("bars"), rows=(ChartRow("a", "Un", (0,)), ChartRow("b", "Deux", (2,))))

    assert [(bar["code"], bar["value_text"]) for bar in bars_of(picture)] == [("a", "0"), ("b", "2")]
    assert len(drawn_bars(picture)) == 2


def test_the_pyramid_shows_women_and_men_only():
    picture = replace(chart("stacked"), shape="pyramid")

    assert {bar["series"] for bar in bars_of(picture)} == {"woman", "man"}
    assert [bar["signed"] < 0 for bar in bars_of(picture)] == [bar["series"] == "woman" for bar in bars_of(picture)]


@pytest.mark.parametrize("shape", ["bars", "stacked", "grouped", "marks", "months", "line", "balance"])
def test_rows_stand_in_their_order(shape):
    layer = drawing.specification(chart(shape, "Zoé", "Anne", "Marc"))["layer"][0]
    axis = layer["encoding"]["x" if shape in ("months", "line", "balance") else "y"]

    assert axis["sort"] == ["Zoé", "Anne", "Marc"]


def test_the_pyramid_has_the_oldest_above():
    assert drawing.specification(chart("pyramid"))["layer"][0]["encoding"]["y"]["sort"] == ["Trois", "Deux", "Un"]


# --- honest zeros


def scales_of(specification):
    """Return the scale of every quantitative channel x or y."""
    found = []
    for layer in specification["layer"]:
        for name in ("x", "y"):
            channel = layer["encoding"].get(name, {})
            if channel.get("type") == "quantitative" and "scale" in channel:
                found.append(channel["scale"])
    return found


def includes_zero(scale):
    if "domain" in scale:
        low, high = scale["domain"]
        return bool(low <= 0 < high)
    return scale.get("zero") is True and scale.get("domainMin", 0) == 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("first", [3.0, 900.0])
def test_every_scale_holds_zero(shape, first):
    scales = scales_of(drawing.specification(chart(shape, first=first)))

    assert scales
    assert all(map(includes_zero, scales))


def test_a_bar_as_long_as_its_number():
    """In the drawn SVG, twice the number is twice the length."""
    picture = replace(chart("bars"), rows=(ChartRow("a", "Un", (50,)), ChartRow("b", "Deux", (100,))))
    shapes = re.findall(
        r'aria-label="[^"]*" role="graphics-symbol" aria-roledescription="bar" d="([^"]*)"', svg_of(picture)
    )
    widths = [max(map(float, re.findall(r"[0-9.]+", part))) for part in shapes]

    assert len(widths) == 2
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.02)


# --- clicks


@pytest.mark.parametrize("shape", CLICKED)
def test_a_click_is_found_at_the_top_and_belongs_to_a_layer(shape):
    specification = drawing.specification(chart(shape))
    (choice,) = specification["params"]

    assert choice["name"] == CHOICE
    assert choice["select"]["type"] == "point"
    assert choice["select"]["fields"][0] == "code"
    assert set(choice["views"]) <= {layer.get("name") for layer in specification["layer"]}
    assert not any("params" in layer for layer in specification["layer"])


def test_a_chart_that_chooses_nothing_cannot_be_clicked():
    assert drawing.specification(chart("marks"))["params"] == []


def test_every_chart_of_the_screen_that_chooses_can_be_clicked(make_report):
    for picture in make_report("2022").charts:
        assert len(drawing.specification(picture)["params"]) == bool(picture.chooses)


# --- what was chosen


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_fades_when_nothing_is_chosen(shape):
    assert set(shades(chart(shape)).values()) == {1.0}
    assert set(shades(chart(shape), **dict.fromkeys(CHOOSES[shape], ())).values()) == {1.0}


@pytest.mark.parametrize("shape", CLICKED)
def test_what_was_not_chosen_fades(shape):
    found = shades(chart(shape), **{CHOOSES[shape][0]: ("c1",)})

    for (code, series), shade in found.items():
        kept = code == "c1" and (shape != "balance" or series == "entries")
        faded = code != "c1" and (shape != "balance" or series == "entries")
        assert (shade == 1.0) if kept else (shade < 1.0) if faded else True
    assert any(shade < 1 for shade in found.values())


def test_two_codes_are_both_kept():
    found = shades(chart("bars"), domain=("c0", "c2"))

    assert [found[code, ""] == 1.0 for code in ("c0", "c1", "c2")] == [True, False, True]


def test_row_and_series_are_chosen_together():
    found = shades(chart("stacked"), domain=("c1",), gender=("man",))

    assert {key for key, shade in found.items() if shade == 1.0} == {("c1", "man")}
    by_gender = shades(chart("stacked"), gender=("man",))
    assert {key for key, shade in by_gender.items() if shade == 1.0} == {(f"c{rank}", "man") for rank in range(3)}


def test_a_click_in_movements_fades_bars_of_its_side_only():
    found = shades(chart("balance"), entries=("c1",))

    assert {key for key, shade in found.items() if shade < 1} == {("c0", "entries"), ("c2", "entries")}


# --- remembered, and of this machine alone


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_numbers_are_drawn_once(shape):
    name = (CHOOSES[shape] or ("domain",))[0]

    assert drawing.specification(chart(shape)) is drawing.specification(chart(shape))
    some = {name: ("c1",)}
    assert drawing.specification(selecting(chart(shape), **some)) is drawing.specification(
        selecting(chart(shape), **some)
    )
    assert drawing.specification(chart(shape, first=4)) is not drawing.specification(chart(shape))
    if CHOOSES[shape]:
        assert drawing.specification(selecting(chart(shape), **some)) != drawing.specification(chart(shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_rendering_on_paper_does_not_change_the_cached_specification(shape):
    before = deepcopy(drawing.specification(chart(shape)))
    rendering.png_bytes(chart(shape), "Bilan 2022")

    assert drawing.specification(chart(shape)) == before


@pytest.mark.parametrize("shape", SHAPES)
def test_no_address_but_that_of_the_schema(shape):
    specification = rendering.specification(chart(shape), "Bilan 2022")

    assert specification["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    rest = json.dumps({name: value for name, value in specification.items() if name != "$schema"})
    assert not re.search(r"https?:|//|\burl\b|href", rest)


# --- room


@pytest.mark.parametrize("shape", ["bars", "stacked", "grouped", "pyramid", "marks"])
def test_more_rows_and_longer_names_take_more_room(shape):
    def height(*labels):
        found = drawing.specification(chart(shape, *labels))["height"]
        assert isinstance(found, int)
        return found

    assert height("Un") < height("Un", "Deux") < height(*map(str, range(20)))
    assert height("Un", "Deux") < height(*["Réalisation de démarches administratives " * 3] * 2)


@pytest.mark.parametrize("shape", ["months", "balance", "line"])
def test_over_several_years_no_numbers_are_drawn(shape):
    few = [f"mois {index}" for index in range(24)]
    many = [f"{'janv.' if index % 12 == 0 else 'mois'} {index}" for index in range(36)]
    short, long = (drawing.specification(chart(shape, *labels)) for labels in (few, many))

    other = next(name for name in short["datasets"] if name != "bars")
    assert short["datasets"][other]
    assert long["datasets"][other] == []
    assert long["layer"][0]["encoding"]["x"]["axis"]["values"] == ["janv. 0", "janv. 12", "janv. 24"]
    assert len(drawn_bars(chart(shape, *many))) == 36 * len(SERIES[shape])
