"""A published table and a year -> a picture: rounded numbers as bars, with the source and the rounding note in it.

Every mark is placed in pixels here, so that a narrow picture for a telephone is another layout and not a small print;
Vega-Lite draws it (vl-convert: no browser, no other machine).
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
from partners.release_reader import COUNT, MEAN, SHARE, Published, Table

INK = "#2C7A8C"
"""What has no colour of its own, as on the office's own charts."""
_FONT = "Liberation Sans, Arial, sans-serif"
_LETTER = 6.4
"""How wide a letter of 12 pixels is, on average and a little more."""
_FADED = 0.45


@dataclass(frozen=True)
class Line:
    """One bar. ``faded``: of another year than the one asked for."""

    label: str
    persons: int
    said: str
    colour: str
    faded: bool = False


@dataclass(frozen=True)
class Section:
    """The bars under one heading; the heading is empty in a table of one criterion."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Chart:
    """Everything a picture says. ``alt``: the same for whoever does not see it."""

    title: str
    subtitle: str
    note: str
    sections: tuple[Section, ...]

    @property
    def alt(self) -> str:
        """Title and every number, in a sentence each."""
        told = [f"{f'{part.title} : ' * bool(part.title)}{_listed(part.lines)}." for part in self.sections]
        return f"{self.title}, {self.subtitle}. {' '.join(told)}"


def _listed(lines: Iterable[Line]) -> str:
    return " ; ".join(f"{line.label} {line.said}" for line in lines)


# --- what a chart says


def chart_of(published: Published, prose: Prose, table: str, year: int) -> Chart | None:
    """The chart of a table for a year; None where there is none: no such table or year, or no numbers of persons."""
    found = published.tables.get(table)
    if not found or not found.counts or not (rows := found.of(year)):
        return None
    by_year = len(rows) == 1 and len(published.years) > 1
    sections = (_through_time(found, prose, year),) if by_year else _sections(found, rows, prose)
    subtitle = f"{published.period.replace('-', ' à ')}" if by_year else str(year)
    note = f"{prose['note']} · Source{NARROW}: {prose['source']} · {prose['license']}"
    return Chart(prose.title(table), f"{subtitle} · {prose.tables[table]['unite']}", note, sections)


def _sections(table: Table, rows: list[dict[str, Any]], prose: Prose) -> tuple[Section, ...]:
    *outer, inner = table.categories
    heading = outer[0] if outer else ""
    parts = [(title, list(part)) for title, part in groupby(rows, lambda row: str(row.get(heading, "")))]
    return tuple(  # one heading alone would only say the title again
        Section(title if len(parts) > 1 else "", tuple(_line(row, inner, title, prose) for row in part))
        for title, part in parts
    )


def _line(row: dict[str, Any], inner: str, section: str, prose: Prose) -> Line:
    colour = prose.colours.get(row[inner]) or prose.colours.get(section) or INK
    return Line(str(row[inner]), row[COUNT], _said(row), colour)


def _through_time(table: Table, prose: Prose, year: int) -> Section:
    """A table with one category only is a number a year: its chart is how that number moved."""
    years = sorted({row[0] for row in table.rows})
    rows = [row for each in years for row in table.of(each)]
    lines = tuple(Line(str(row["annee"]), row[COUNT], _said(row), INK, row["annee"] != year) for row in rows)
    return Section(str(rows[0][table.categories[0]]), lines)


def _said(row: dict[str, Any]) -> str:
    said = number(row[COUNT])
    if row.get(MEAN) is not None:
        return f"{said} · {euros(row[MEAN])} en moyenne"
    return said if row.get(SHARE) is None else f"{said} · {percent(row[SHARE])}"


# --- how it is drawn


class Look(NamedTuple):
    """The colours of a page: light, as on paper, or dark."""

    page: str
    ink: str
    soft: str
    track: str


LOOKS = {
    "clair": Look("#FFFFFF", "#15120E", "#5A5448", "#F1EDE5"),
    "sombre": Look("#11100E", "#E6E2DA", "#B9B2A5", "#24211D"),
}
WIDTHS = {"large": 680, "etroite": 350}
_LINE, _HEAD, _SMALL = 15, 22, 14


class _Drawing:
    """Bars and words, each at its place, from the top down."""

    def __init__(self, chart: Chart, width: int, look: Look) -> None:
        self.look, self.width, self.narrow = look, width, width < 500
        self.bars: list[dict[str, Any]] = []
        self.words: list[dict[str, Any]] = []
        self.pad = 12 if self.narrow else 18
        self.y = float(self.pad)
        self._heading(chart)
        most = max([1, *(line.persons for part in chart.sections for line in part.lines)])
        room = max(len(line.said) for part in chart.sections for line in part.lines) * _LETTER + 12
        self.left = self.pad if self.narrow else 250
        self.scale = (width - self.pad - self.left - room) / most
        for part in chart.sections:
            self._section(part)
        self.y += 10
        self._told(chart.note, _SMALL, 10.5, self.look.soft, 5.6)
        self.height = round(self.y + self.pad - 4)

    def _heading(self, chart: Chart) -> None:
        self._told(chart.title, _HEAD, 17, self.look.ink, 9.2, bold=True)
        self._told(chart.subtitle, 18, 13, self.look.soft, 6.9)
        self.y += 6

    def _told(self, text: str, step: int, size: float, colour: str, letter: float, bold: bool = False) -> None:
        for line in textwrap.wrap(text, int((self.width - 2 * self.pad) / letter)):
            self._word(line, self.pad, self.y + step / 2, size=size, colour=colour, bold=bold)
            self.y += step

    def _section(self, part: Section) -> None:
        if part.title:
            self.y += 6
            self._told(part.title, 20, 13, self.look.ink, 7.2, bold=True)
        for line in part.lines:
            (self._under if self.narrow else self._beside)(line)

    def _beside(self, line: Line) -> None:
        label = textwrap.wrap(line.label, int((self.left - self.pad - 10) / _LETTER)) or [""]
        height = max(26, len(label) * _LINE + 8)
        middle = self.y + height / 2
        for place, text in enumerate(label):
            y = middle + (place - (len(label) - 1) / 2) * _LINE
            self._word(text, self.left - 8, y, align="right")
        self._bar(line, middle, 18)
        self.y += height

    def _under(self, line: Line) -> None:
        """On a telephone the label stands on its own line, above its bar."""
        self._told(line.label, _LINE + 1, 12.5, self.look.ink, 6.6)
        self._bar(line, self.y + 8, 14)
        self.y += 23

    def _bar(self, line: Line, middle: float, thick: int) -> None:
        end = self.left + line.persons * self.scale
        shade = _FADED if line.faded else 1.0
        place = {"y": middle - thick / 2, "y2": middle + thick / 2, "x": self.left}
        self.bars.append({**place, "x2": max(end, self.left + 1.5), "colour": line.colour, "shade": shade})
        self._word(line.said, end + 7, middle, bold=True)

    def _word(self, text: str, x: float, y: float, **more: Any) -> None:
        look = {"size": 12, "colour": self.look.ink, "align": "left", "bold": False}
        self.words.append({"text": text, "x": x, "y": y, **look, **more})


def specification(chart: Chart, shape: str = "large", background: str = "clair") -> dict[str, Any]:
    """The picture in Vega-Lite. ``shape``: a key of WIDTHS; ``background``: a key of LOOKS."""
    look = LOOKS[background]
    drawing = _Drawing(chart, WIDTHS[shape], look)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": chart.alt,
        "width": drawing.width,
        "height": drawing.height,
        "padding": 0,
        "autosize": "none",
        "background": look.page,
        "config": {"view": {"stroke": None}, "font": _FONT},
        "layer": [_rectangles(drawing.bars), *_texts(drawing.words)],
    }


def _at(channel: str, field: str, **more: Any) -> dict[str, Any]:
    return {channel: {"field": field, "type": "quantitative", "scale": None, "axis": None, **more}}


def _colour() -> dict[str, Any]:
    return {"color": {"field": "colour", "type": "nominal", "scale": None}}


def _rectangles(bars: list[dict[str, Any]]) -> dict[str, Any]:
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    shade = {"opacity": {"field": "shade", "type": "quantitative", "scale": None}}
    mark = {"type": "rect", "cornerRadius": 1, "aria": False}
    return {"data": {"values": bars}, "mark": mark, "encoding": {**_at("x", "x"), **_at("y", "y"), **ends, **_colour(), **shade}}  # fmt: skip  # noqa: E501


def _texts(words: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A layer for each way of writing: weight and side are no channels."""
    kinds = dict.fromkeys((word["bold"], word["align"]) for word in words)
    return [_text([word for word in words if (word["bold"], word["align"]) == kind], *kind) for kind in kinds]


def _text(words: list[dict[str, Any]], bold: bool, align: str) -> dict[str, Any]:
    weight = 600 if bold else 400
    mark = {"type": "text", "align": align, "baseline": "middle", "font": _FONT, "fontWeight": weight, "aria": False}
    size = {"size": {"field": "size", "type": "quantitative", "scale": None}}
    encoding = {**_at("x", "x"), **_at("y", "y"), **size, **_colour(), "text": {"field": "text"}}
    return {"data": {"values": words}, "mark": mark, "encoding": encoding}


@lru_cache(maxsize=2000)
def drawn(chart: Chart, kind: str, shape: str, background: str) -> bytes:
    """SVG or PNG (twice as fine as a screen). The same numbers are drawn once, whichever file they come from."""
    told = specification(chart, shape, background)
    if kind == "png":
        return bytes(vl_convert.vegalite_to_png(told, scale=2))
    return str(vl_convert.vegalite_to_svg(told)).encode()
