"""Draw a published table as a bar chart, SVG or PNG, with the source and the rounding note in the picture.

Every bar and text gets its position in pixels here, so that the narrow picture for a telephone has its own layout.
Vega-Lite only paints them (vl-convert: without a browser, and without another machine).
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import vl_convert

from partners.french import NARROW, euros, number, percent
from partners.prose import Prose
from partners.release_reader import COUNT, MEAN, SHARE, Published, ReleaseTable

INK = "#2C7A8C"
"""The colour of a category without a colour of its own, as on the office's own charts."""
_FONT = "Liberation Sans, Arial, sans-serif"
_LETTER_WIDTH = 6.4
"""Width of a letter of 12 pixels, slightly above the average."""
_FADED_OPACITY = 0.45


@dataclass(frozen=True)
class Bar:
    """One bar and the ``text`` at its end. ``is_faded``: the bar of another year than the requested one."""

    label: str
    persons: int
    text: str
    colour: str
    is_faded: bool = False


@dataclass(frozen=True)
class BarGroup:
    """The bars under one heading; ``title`` is empty if there is only one group."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """Everything a picture contains."""

    title: str
    subtitle: str
    note: str
    groups: tuple[BarGroup, ...]

    @property
    def alt(self) -> str:
        """The text alternative: title and every number, one sentence per group."""
        sentences = [f"{f'{group.title} : ' * bool(group.title)}{_list_bars(group.bars)}." for group in self.groups]
        return f"{self.title}, {self.subtitle}. {' '.join(sentences)}"


def _list_bars(bars: Iterable[Bar]) -> str:
    return " ; ".join(f"{bar.label} {bar.text}" for bar in bars)


# --- content


def make_chart(published: Published, prose: Prose, name: str, year: int) -> Chart | None:
    """Return the chart of a table for a year, or None for an unknown table or year, or a table without persons."""
    table = published.tables.get(name)
    if not table or not table.has_counts or not (rows := table.of(year)):
        return None
    by_year = len(rows) == 1 and len(published.years) > 1
    groups = (_group_by_year(table, year),) if by_year else _group_by_category(table, rows, prose)
    subtitle = f"{published.period.replace('-', ' à ')}" if by_year else str(year)
    note = f"{prose['note']} · Source{NARROW}: {prose['source']} · {prose['license']}"
    return Chart(prose.title(name), f"{subtitle} · {prose.tables[name]['unite']}", note, groups)


def _group_by_category(table: ReleaseTable, rows: list[dict[str, Any]], prose: Prose) -> tuple[BarGroup, ...]:
    *outer, inner = table.categories
    heading = outer[0] if outer else ""
    groups = [(title, list(group)) for title, group in groupby(rows, lambda row: str(row.get(heading, "")))]
    return tuple(  # a single heading would only repeat the title
        BarGroup(title if len(groups) > 1 else "", tuple(_make_bar(row, inner, title, prose) for row in group))
        for title, group in groups
    )


def _make_bar(row: dict[str, Any], category: str, group: str, prose: Prose) -> Bar:
    colour = prose.colours.get(row[category]) or prose.colours.get(group) or INK
    return Bar(str(row[category]), row[COUNT], _bar_text(row), colour)


def _group_by_year(table: ReleaseTable, year: int) -> BarGroup:
    """Return one bar per year, for a table that has a single category."""
    years = sorted({row[0] for row in table.rows})
    rows = [row for each in years for row in table.of(each)]
    bars = tuple(Bar(str(row["annee"]), row[COUNT], _bar_text(row), INK, row["annee"] != year) for row in rows)
    return BarGroup(str(rows[0][table.categories[0]]), bars)


def _bar_text(row: dict[str, Any]) -> str:
    text = number(row[COUNT])
    if row.get(MEAN) is not None:
        return f"{text} · {euros(row[MEAN])} en moyenne"
    return text if row.get(SHARE) is None else f"{text} · {percent(row[SHARE])}"


# --- layout


class ChartColours(NamedTuple):
    """The colours of a picture on a light or a dark page."""

    page: str
    ink: str
    soft: str


PALETTES = {
    "clair": ChartColours("#FFFFFF", "#15120E", "#5A5448"),
    "sombre": ChartColours("#11100E", "#E6E2DA", "#B9B2A5"),
}
WIDTHS = {"large": 680, "etroite": 350}
_LINE_HEIGHT, _TITLE_HEIGHT, _NOTE_HEIGHT = 15, 22, 14


class _ChartLayout:
    """The bars and texts of a chart with their positions in pixels, laid out from the top down."""

    def __init__(self, chart: Chart, width: int, colours: ChartColours) -> None:
        self.colours, self.width, self.is_narrow = colours, width, width < 500
        self.bars: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []
        self.padding = 12 if self.is_narrow else 18
        self.y = float(self.padding)
        self._add_headings(chart)
        bars = [bar for group in chart.groups for bar in group.bars]
        longest = max([1, *(bar.persons for bar in bars)])
        text_width = max(len(bar.text) for bar in bars) * _LETTER_WIDTH + 12
        self.left = self.padding if self.is_narrow else 250
        self.scale = (width - self.padding - self.left - text_width) / longest
        for group in chart.groups:
            self._add_group(group)
        self.y += 10
        self._add_paragraph(chart.note, _NOTE_HEIGHT, 10.5, self.colours.soft, 5.6)
        self.height = round(self.y + self.padding - 4)

    def _add_headings(self, chart: Chart) -> None:
        self._add_paragraph(chart.title, _TITLE_HEIGHT, 17, self.colours.ink, 9.2, bold=True)
        self._add_paragraph(chart.subtitle, 18, 13, self.colours.soft, 6.9)
        self.y += 6

    def _add_paragraph(
        self, text: str, line_height: int, size: float, colour: str, letter_width: float, bold: bool = False
    ) -> None:
        for line in textwrap.wrap(text, int((self.width - 2 * self.padding) / letter_width)):
            self._add_text(line, self.padding, self.y + line_height / 2, size=size, colour=colour, bold=bold)
            self.y += line_height

    def _add_group(self, group: BarGroup) -> None:
        if group.title:
            self.y += 6
            self._add_paragraph(group.title, 20, 13, self.colours.ink, 7.2, bold=True)
        for bar in group.bars:
            (self._add_bar_below_label if self.is_narrow else self._add_bar_beside_label)(bar)

    def _add_bar_beside_label(self, bar: Bar) -> None:
        lines = textwrap.wrap(bar.label, int((self.left - self.padding - 10) / _LETTER_WIDTH)) or [""]
        height = max(26, len(lines) * _LINE_HEIGHT + 8)
        middle = self.y + height / 2
        for index, text in enumerate(lines):
            y = middle + (index - (len(lines) - 1) / 2) * _LINE_HEIGHT
            self._add_text(text, self.left - 8, y, align="right")
        self._add_bar(bar, middle, 18)
        self.y += height

    def _add_bar_below_label(self, bar: Bar) -> None:
        self._add_paragraph(bar.label, _LINE_HEIGHT + 1, 12.5, self.colours.ink, 6.6)
        self._add_bar(bar, self.y + 8, 14)
        self.y += 23

    def _add_bar(self, bar: Bar, middle: float, thickness: int) -> None:
        end = self.left + bar.persons * self.scale
        opacity = _FADED_OPACITY if bar.is_faded else 1.0
        position = {"y": middle - thickness / 2, "y2": middle + thickness / 2, "x": self.left}
        self.bars.append({**position, "x2": max(end, self.left + 1.5), "colour": bar.colour, "shade": opacity})
        self._add_text(bar.text, end + 7, middle, bold=True)

    def _add_text(self, text: str, x: float, y: float, **style: Any) -> None:
        default = {"size": 12, "colour": self.colours.ink, "align": "left", "bold": False}
        self.texts.append({"text": text, "x": x, "y": y, **default, **style})


# --- painting


def specification(chart: Chart, shape: str = "large", background: str = "clair") -> dict[str, Any]:
    """Return the picture in Vega-Lite. ``shape``: a key of WIDTHS; ``background``: a key of PALETTES."""
    colours = PALETTES[background]
    layout = _ChartLayout(chart, WIDTHS[shape], colours)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": chart.alt,
        "width": layout.width,
        "height": layout.height,
        "padding": 0,
        "autosize": "none",
        "background": colours.page,
        "config": {"view": {"stroke": None}, "font": _FONT},
        "layer": [_bar_layer(layout.bars), *_text_layers(layout.texts)],
    }


def _position(channel: str, field: str) -> dict[str, Any]:
    return {channel: {"field": field, "type": "quantitative", "scale": None, "axis": None}}


_COLOUR = {"color": {"field": "colour", "type": "nominal", "scale": None}}


def _bar_layer(bars: list[dict[str, Any]]) -> dict[str, Any]:
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    opacity = {"opacity": {"field": "shade", "type": "quantitative", "scale": None}}
    mark = {"type": "rect", "cornerRadius": 1, "aria": False}
    encoding = {**_position("x", "x"), **_position("y", "y"), **ends, **_COLOUR, **opacity}
    return {"data": {"values": bars}, "mark": mark, "encoding": encoding}


def _text_layers(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one layer per weight and alignment, which are properties of a mark and not channels."""
    styles = dict.fromkeys((text["bold"], text["align"]) for text in texts)
    return [_text_layer([text for text in texts if (text["bold"], text["align"]) == style], *style) for style in styles]


def _text_layer(texts: list[dict[str, Any]], bold: bool, align: str) -> dict[str, Any]:
    weight = 600 if bold else 400
    mark = {"type": "text", "align": align, "baseline": "middle", "font": _FONT, "fontWeight": weight, "aria": False}
    size = {"size": {"field": "size", "type": "quantitative", "scale": None}}
    encoding = {**_position("x", "x"), **_position("y", "y"), **size, **_COLOUR, "text": {"field": "text"}}
    return {"data": {"values": texts}, "mark": mark, "encoding": encoding}


@lru_cache(maxsize=2000)
def render_chart(chart: Chart, kind: str, shape: str, background: str) -> bytes:
    """Return SVG, or PNG at twice the resolution. Cached by content, so by the same numbers in any public file."""
    picture = specification(chart, shape, background)
    if kind == "png":
        return bytes(vl_convert.vegalite_to_png(picture, scale=2))
    return str(vl_convert.vegalite_to_svg(picture)).encode()
