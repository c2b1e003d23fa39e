"""Draw chart data with Altair: fixed colours, direct labels, French numbers, scales from zero, for screen or paper.

The colour of text is set by the caller (Streamlit's theme, or reports/charts/rendering.py), so that it reads on any
page.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import altair as alt
from altair.utils.schemapi import debug_mode

from reports.charts.colours import INK, NATIONAL, colour
from reports.content import quantities
from reports.content.chart_data import ChartData, ChartRow

CHOICE = "choice"
"""Name of the selection made by a click: the codes of the bar."""
INSIDE = "inside"
"""Name of the mark of numbers inside a bar: white on any page."""
_FADED = 0.3
_FIT = {"type": "fit-x", "contains": "padding"}
"""The width is that of the container, labels included; the height is that of the rows, with labels added."""
_LETTER = 6.6
"""Widest letter of a label, in pixels."""
_LABEL = 26
"""Letters of a label on one line."""
_LINE = 15
Bars = list[dict[str, Any]]
"""One dict for each bar; the charts below read it."""


class Drawn(NamedTuple):
    """A chart in the making: layers, height, data by name. Altair copies all data it is given, so they are added at the
    end."""

    layers: Sequence[alt.Chart]
    height: int
    data: Mapping[str, Bars]


@lru_cache(maxsize=500)
def specification(chart: ChartData) -> dict[str, Any]:
    """Return the Vega-Lite specification, as wide as its container. What is not selected (``chart.chosen``) is faded.
    Cached, since a screen shows twenty charts on every run."""
    with debug_mode(False):  # Altair checks every word of every chart; the tests have done so
        drawn = _DRAWS[chart.shape](chart, _bars_of(chart))
        layers = [layer.to_dict(validate=False, context={"top_level": False}) for layer in drawn.layers]
    shared = {"width": "container", "height": drawn.height, "datasets": dict(drawn.data), "autosize": _FIT}
    return {"$schema": alt.SCHEMA_URL, "layer": layers, "params": _lift_params(layers), **shared}


def _lift_params(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Move the selections of the layers to the top of the chart, where Streamlit looks for them."""
    lifted = []
    for index, layer in enumerate(layers):
        for param in layer.pop("params", []):
            layer["name"] = f"layer_{index}"
            lifted.append(param | {"views": [layer["name"]]})
    return lifted


# --- the data of a chart: a line for each bar ---


def _bars_of(chart: ChartData) -> Bars:
    labels = [row.label for row in chart.rows]
    return [
        _bar_data(chart, row, index) | {"label": _wrapped(row.label) + _ALIKE * labels[:rank].count(row.label)}
        for rank, row in enumerate(chart.rows)
        for index in range(len(chart.series))
    ]


_ALIKE = "\u200b"
"""An invisible character that keeps two values with the same label apart."""


def _bar_data(chart: ChartData, row: ChartRow, index: int) -> dict[str, Any]:
    series, name = chart.series[index]
    value, label = row.values[index], chart.bar_label(row, index)
    coloured_code = series if len(chart.series) > 1 else row.code
    return {
        "code": row.code,
        "series": series,
        "name": name,
        "rank": index,
        "value": value,
        "value_text": label,
        "description": f"{', '.join([row.label] + [name] * (len(chart.series) > 1))} : {label}",
        "letters": len(label),
        "colour": colour(chart.scheme, coloured_code),
        "shade": 1.0 if chart.is_chosen(row.code, series) else _FADED,
    }


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, _LABEL)) or label


def _values(name: str = "bars") -> alt.Chart:
    """Return a chart of the bars, or of other data of that name, which ``_layered`` adds."""
    return alt.Chart(alt.NamedData(name))


def _largest(bars: Bars, name: str = "value") -> float:
    return max([1.0, *(float(bar[name]) for bar in bars)])


# --- what every shape shares ---


def _height(chart: ChartData, bar: int) -> int:
    """Return the height of the rows: one bar each, or more where labels have several lines."""
    lines = [_wrapped(row.label).count("\n") + 1 for row in chart.rows] or [1]
    spacing = max((height + next_height) / 2 for height, next_height in zip(lines, lines[1:] or lines, strict=False))
    return round(max(bar, spacing * _LINE + 8)) * len(lines)


def _rows(bars: Bars) -> alt.Y:
    """Return the axis of labels at the left, in the order of the list, on as many lines as needed."""
    axis = alt.Axis(
        labelExpr="split(datum.label, '\\n')", labelLimit=300, labelFontSize=12, ticks=False, domain=False, grid=False,
        labelPadding=8, title=None, labelOffset=_middle(),
    )  # fmt: skip
    return alt.Y("label:N", sort=list(dict.fromkeys(bar["label"] for bar in bars)), axis=axis)


def _middle() -> dict[str, Any]:
    """Return the offset that centres a label of several lines on its bar."""
    lines = "length(split(datum.label, '\\n'))"
    lifts = [{"test": f"{lines} == {n}", "value": -(n - 1) * _LINE / 2} for n in range(2, 7)]
    return {"condition": lifts, "value": 0}


def _padded(bars: Bars) -> alt.Scale:
    """Return the scale from zero that leaves room for the labels after the bars, at any width."""
    ends = [f"{bar['value']} / max(0.2, 1 - {bar['letters'] * _LETTER + 8} / max(width, 1))" for bar in bars]
    return alt.Scale(domainMin=0, domainMax=alt.ExprRef(f"max({', '.join(['1', *ends])})"), nice=False, zero=True)


def _x_axis(name: str, scale: alt.Scale, stack: bool | None = None) -> alt.X:
    return alt.X(f"{name}:Q", scale=scale, axis=None, stack=stack)


def _layered(height: int, bars: Bars, *layers: alt.Chart, **more: Bars) -> Drawn:
    return Drawn(layers, height, {"bars": bars, **more})


def _choice(*fields: str) -> alt.Parameter:
    return alt.selection_point(name=CHOICE, fields=list(fields), on="click", clear=False, toggle=False)


def _colour() -> alt.Color:
    return alt.Color("colour:N", scale=None)


def _shade() -> alt.Opacity:
    return alt.Opacity("shade:Q", scale=None)


def _legend(chart: ChartData) -> alt.Color:
    """Return the legend of the series, above the chart."""
    codes = [name for _, name in chart.series]
    colours = [colour(chart.scheme, code) for code, _ in chart.series]
    widest = max(map(len, codes), default=0) * 7 + 30  # every column of a legend is as wide as its longest entry
    legend = alt.Legend(
        orient="top", title=None, symbolType="square", labelFontSize=12, labelLimit=260, offset=4,
        columns=alt.ExprRef(f"clamp(floor(width / {widest}), 1, {max(1, len(codes))})"),
    )  # fmt: skip
    return alt.Color("name:N", scale=alt.Scale(domain=codes, range=colours), sort=codes, legend=legend)


def _tips(chart: ChartData) -> dict[str, Any]:
    """Return what a bar shows under the mouse and to a screen reader."""
    name = [alt.Tooltip("name:N", title="Série")] if len(chart.series) > 1 else []
    tips = [alt.Tooltip("label:N", title=chart.title), *name, alt.Tooltip("value_text:N", title=chart.measure)]
    return {"tooltip": tips, "description": alt.Description("description:N")}


def _bar(**more: Any) -> dict[str, Any]:
    return {"cursor": "pointer", "cornerRadius": 1, **more}


def _text(**more: Any) -> dict[str, Any]:
    return {"fontSize": 12, "aria": False, **more}


# --- the shapes ---


def _bars(chart: ChartData, bars: Bars) -> Drawn:
    """One bar for each value, with its number."""
    base = _values().encode(y=_rows(bars), x=_x_axis("value", _padded(bars)))
    drawn = base.mark_bar(**_bar(height={"band": 0.72})).encode(color=_colour(), opacity=_shade(), **_tips(chart))
    text = base.mark_text(**_text(align="left", dx=6)).encode(text="value_text:N", opacity=_shade())
    return _layered(_height(chart, 30), bars, drawn.add_params(_choice("code")), text)


def _marks(chart: ChartData, bars: Bars) -> Drawn:
    """Our share as a bar, the national share as a mark across it, both in percent."""
    shown = [_beside_national(bar, dict(chart.marks)[bar["code"]]) for bar in bars]
    room = _padded([{**bar, "value": bar["end"]} for bar in shown])
    base = _values().encode(y=_rows(shown))
    drawn = base.mark_bar(height={"band": 0.55}, color=INK).encode(x=_x_axis("value", room), **_tips(chart))
    tick = base.mark_tick(color=NATIONAL, thickness=4, bandSize=30, opacity=1).encode(x=_x_axis("national", room))
    text = base.mark_text(**_text(align="left", dx=8)).encode(x=_x_axis("end", room), text="value_text:N")
    return _layered(_height(chart, 46), shown, drawn, tick, text)


def _beside_national(bar: dict[str, Any], national: float) -> dict[str, Any]:
    label = f"{bar['value_text']} · national {quantities.number(national, 'national')}"
    return bar | {"national": national, "value_text": label, "letters": len(label), "end": max(bar["value"], national)}


def _stacked(chart: ChartData, bars: Bars) -> Drawn:
    """One bar for each value, divided by series; a part shows its number where there is room."""
    longest = max([1.0, *(float(sum(row.values)) for row in chart.rows)])
    shown = [bar | {"inside": bar["value_text"] if bar["value"] >= longest * 0.07 else ""} for bar in bars]
    scale = alt.Scale(domainMax=longest, zero=True)
    base = _values().encode(y=_rows(shown), x=_x_axis("value", scale, True), order="rank:Q")
    drawn = base.mark_bar(**_bar(height={"band": 0.72})).encode(color=_legend(chart), opacity=_shade(), **_tips(chart))
    text = base.mark_text(**_text(color="white", fontWeight=600)).encode(
        x=alt.X("value:Q", stack="zero", bandPosition=0.5, axis=None), text="inside:N"
    )
    text = text.properties(name=INSIDE)
    return _layered(_height(chart, 30), shown, drawn.add_params(_choice("code", "series")), text)


def _grouped(chart: ChartData, bars: Bars) -> Drawn:
    """For each row, a bar for each series, one under the other."""
    order = [code for code, _ in chart.series]
    offset = alt.YOffset("series:N", sort=order)
    base = _values().encode(y=_rows(bars), yOffset=offset, x=_x_axis("value", _padded(bars)))
    drawn = base.mark_bar(**_bar()).encode(color=_legend(chart), opacity=_shade(), **_tips(chart))
    text = base.mark_text(**_text(align="left", dx=6, fontSize=11)).encode(text="value_text:N", opacity=_shade())
    return _layered(_height(chart, 38), bars, drawn.add_params(_choice("code")), text)


def _pyramid(chart: ChartData, bars: Bars) -> Drawn:
    """Women to the left, men to the right; others are in the table and in the sentence."""
    sides = {"woman": -1, "man": 1}
    # Oldest above, as in every pyramid of ages.
    shown = [bar | {"signed": bar["value"] * sides[bar["series"]]} for bar in reversed(bars) if bar["series"] in sides]
    top = _largest(shown) * 1.18
    heads = alt.Axis(
        orient="top", values=[-top / 2, top / 2], labelExpr="datum.value < 0 ? 'Femmes' : 'Hommes'", title=None,
        labelFontSize=12, labelFontWeight=600, ticks=False, domain=False, grid=False,
    )  # fmt: skip
    x = alt.X("signed:Q", scale=alt.Scale(domain=[-top, top]), axis=heads)
    base = _values().encode(y=_rows(shown), x=x)
    drawn = base.mark_bar(**_bar(height={"band": 0.8})).encode(color=_colour(), opacity=_shade(), **_tips(chart))
    left = (
        base.transform_filter("datum.signed < 0").mark_text(**_text(align="right", dx=-5)).encode(text="value_text:N")
    )
    right = base.transform_filter("datum.signed > 0").mark_text(**_text(align="left", dx=5)).encode(text="value_text:N")
    return _layered(_height(chart, 30), shown, drawn.add_params(_choice("code", "series")), left, right)


# --- month by month ---


def _columns(bars: Bars) -> alt.X:
    """Return the axis of months: names; initials where they are too close; Januaries over several years."""
    labels = list(dict.fromkeys(bar["label"] for bar in bars))
    shown = [label for label in labels if label.startswith("janv.")] if len(labels) > _MOST_MONTHS else labels
    axis = alt.Axis(
        labelExpr=f"width < {len(shown) * 35} ? upper(slice(datum.label, 0, 1)) : datum.label", values=shown,
        labelAngle=0, ticks=False, domain=False, grid=False, title=None, labelOverlap=False, labelFontSize=11,
    )  # fmt: skip
    return alt.X("label:N", sort=labels, axis=axis)


def _y_axis(name: str, low: float, high: float, stack: bool | None = None) -> alt.Y:
    return alt.Y(f"{name}:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=None, stack=stack)


_TALL = 210
_MOST_MONTHS = 24
"""Most months with numbers side by side; beyond, the numbers are in the table."""


def _labelled(bars: Bars) -> Bars:
    """Return the bars whose number is written."""
    return bars if len({bar["label"] for bar in bars}) <= _MOST_MONTHS else []


def _months(chart: ChartData, bars: Bars) -> Drawn:
    """A column for each month, divided by series, with its total."""
    sums = [(bar["label"], sum(row.values)) for bar, row in zip(bars[:: len(chart.series)], chart.rows, strict=True)]
    totals = [
        {"label": label, "value": value, "value_text": quantities.number(value) if value else ""}
        for label, value in sums
    ]
    high = _largest(totals) * 1.15
    drawn = _values().mark_bar(**_bar(width={"band": 0.72}))
    drawn = drawn.encode(
        x=_columns(bars), y=_y_axis("value", 0, high, True), order="rank:Q", color=_legend(chart), opacity=_shade(),
        **_tips(chart),
    )  # fmt: skip
    text = (
        _values("sums")
        .mark_text(**_text(dy=-8))
        .encode(x=_columns(bars), y=_y_axis("value", 0, high), text="value_text:N")
    )
    return _layered(_TALL, bars, drawn.add_params(_choice("code")), text, sums=_labelled(totals))


def _balance(chart: ChartData, bars: Bars) -> Drawn:
    """Entries above the line, departures below it."""
    shown = [bar | {"signed": bar["value"] if bar["series"] == "entries" else -bar["value"]} for bar in bars]
    low, high = min([-1.0, *(bar["signed"] for bar in shown)]), _largest(shown, "signed")
    room = (high - low) * 0.12
    base = _values().encode(x=_columns(shown), y=_y_axis("signed", low - room, high + room))
    drawn = base.mark_bar(**_bar(width={"band": 0.72})).encode(color=_legend(chart), opacity=_shade(), **_tips(chart))
    few = _values("few").encode(x=_columns(shown), y=_y_axis("signed", low - room, high + room))
    above = few.transform_filter("datum.signed > 0").mark_text(**_text(dy=-8)).encode(text="value_text:N")
    below = few.transform_filter("datum.signed < 0").mark_text(**_text(dy=9)).encode(text="value_text:N")
    return _layered(_TALL, shown, drawn.add_params(_choice("code", "series")), above, below, few=_labelled(shown))


def _line(chart: ChartData, bars: Bars) -> Drawn:
    """A line from zero; each point has its number while there are few."""
    high = _largest(bars) * 1.18
    base = _values().encode(x=_columns(bars), y=_y_axis("value", 0, high))
    area = base.mark_area(color=INK, opacity=0.12, aria=False)
    line = base.mark_line(color=INK, strokeWidth=2.5, aria=False)
    dots = base.mark_point(filled=True, size=60, color=INK, opacity=1, cursor="pointer").encode(
        opacity=_shade(), **_tips(chart)
    )
    text = (
        _values("few")
        .mark_text(**_text(dy=-12))
        .encode(x=_columns(bars), y=_y_axis("value", 0, high), text="value_text:N")
    )
    return _layered(_TALL, bars, area, line, dots.add_params(_choice("code")), text, few=_labelled(bars))


_DRAWS: dict[str, Callable[[ChartData, Bars], Drawn]] = {
    "bars": _bars,
    "marks": _marks,
    "stacked": _stacked,
    "grouped": _grouped,
    "pyramid": _pyramid,
    "months": _months,
    "balance": _balance,
    "line": _line,
}
