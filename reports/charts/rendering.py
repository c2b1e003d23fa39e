"""Render chart data as PNG, SVG or PDF with vl-convert: no browser, no internet, fonts included."""

import textwrap
from typing import Any

import vl_convert

from reports.charts import drawing
from reports.content.chart_data import ChartData

_WIDTH = 640
_FONT = "Liberation Sans, Arial, sans-serif"
_INK, _SOFT = "#15120E", "#5A5448"
_CONFIG: dict[str, Any] = {
    "font": _FONT,
    "background": "white",
    "padding": 16,
    "view": {"stroke": None},
    "locale": {"number": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u202f€"]}},
    "text": {"color": _INK, "font": _FONT},
    "axis": {"labelColor": _INK, "titleColor": _INK},
    "legend": {"labelColor": _INK},
    "title": {
        "anchor": "start", "frame": "bounds", "fontSize": 17, "fontWeight": 600, "color": _INK, "offset": 14,
        "subtitleFontSize": 13, "subtitleColor": _SOFT, "subtitlePadding": 6, "subtitleLineHeight": 17,
    },
}  # fmt: skip


def specification(chart: ChartData, source: str = "", heading: bool = True) -> dict[str, Any]:
    """Return the chart for paper, in Vega-Lite. ``source``: « Bilan 2022 »; ``heading``: with title and sentence."""
    subtitle = [*textwrap.wrap(chart.reading, 88), *textwrap.wrap(chart.source(source) if source else "", 88)]
    title = {"title": {"text": chart.title, "subtitle": subtitle}} if heading else {}
    return drawing.specification(chart) | {"width": _WIDTH, "config": _CONFIG} | title


def svg_bytes(chart: ChartData, source: str = "") -> bytes:
    """Return the chart as SVG."""
    return str(vl_convert.vegalite_to_svg(specification(chart, source))).encode()


def png_bytes(chart: ChartData, source: str = "") -> bytes:
    """Return the chart as PNG at twice the resolution of a screen."""
    return bytes(vl_convert.vegalite_to_png(specification(chart, source), scale=2))


def pdf_bytes(chart: ChartData, source: str = "", heading: bool = True) -> bytes:
    """Return the chart as PDF, in vectors."""
    return bytes(vl_convert.vegalite_to_pdf(specification(chart, source, heading)))
