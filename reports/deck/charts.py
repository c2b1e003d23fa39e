"""Chart data as native PowerPoint charts, whose numbers can be edited."""

from collections.abc import Callable
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml import parse_xml
from pptx.slide import Slide
from pptx.util import Pt

from db.base.spreadsheets import harmless
from reports.charts.colours import INK, NATIONAL, colour
from reports.content import quantities
from reports.content.chart_data import ChartData
from reports.content.plots import MONTHLY
from reports.deck.template import FONT, RULE, Box, rgb
from reports.deck.template import INK as TEXT_INK

_LETTER = 0.0068
"""Widest letter, in inches per point of its size."""
_LINE, _SMALLEST = 0.0175, 8
"""Line height in inches per point; smallest size in points."""
_KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "marks": XL_CHART_TYPE.BAR_CLUSTERED,
    "grouped": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED,
    "pyramid": XL_CHART_TYPE.BAR_CLUSTERED,
    "months": XL_CHART_TYPE.COLUMN_STACKED,
    "balance": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}
_BELOW = ("woman", "departures")
"""The series drawn on the negative side of zero."""
_STACKED, _BOTH_WAYS = ("stacked", "months"), ("pyramid", "balance")
_THICK = 0.42
_LEGEND = 0.36
"""Thickest bar, and height of the legend, in inches."""
DrawnSeries = tuple[str, str, list[float | None]]
"""A series: code, label, values."""


def plain(text: str) -> str:
    """Replace the narrow no-break space, which Arial lacks, by the usual one; otherwise another typeface is
    substituted."""
    return text.replace(quantities.NARROW, "\u00a0")


def safe(label: str) -> str:
    """Return a label that stays text in the workbook of the chart; XlsxWriter also runs « {=…} »."""
    return plain(f"'{label}" if label.startswith("{=") else harmless(label))


def series_of(chart: ChartData) -> list[DrawnSeries]:
    """Return code, label and values of each series as drawn; values below zero are negative."""
    series: list[DrawnSeries] = []
    if chart.marks:
        national = [dict(chart.marks).get(row.code) for row in chart.rows]
        return [("", "Ici", [row.values[0] for row in chart.rows]), ("national", "National", national)]
    for index, (code, label) in enumerate(chart.series):
        sign = -1 if chart.shape in ("pyramid", "balance") and code in _BELOW else 1
        if chart.shape != "pyramid" or code in ("woman", "man"):
            series.append((code, label, [sign * row.values[index] for row in chart.rows]))
    return series


def draw(slide: Slide, chart: ChartData, box: Box, size: float = 11) -> None:
    """Put the chart on a slide. ``size``: of its letters, in points."""
    data_of: Any = CategoryChartData
    data = data_of(number_format=_number_format(chart))
    data.categories = [safe(row.label) for row in chart.rows]
    for _, label, values in series_of(chart):
        data.add_series(safe(label), values)
    shapes: Any = slide.shapes
    frame = shapes.add_chart(_KINDS[chart.shape], *box.emu, data)
    describe(frame, f"Graphique : {chart.title}", chart.alt)
    native = frame.chart
    native.has_title = False
    size = _fitting_size(chart, box, size)
    native.font.size, native.font.name, native.font.color.rgb = Pt(size), FONT, rgb(TEXT_INK)
    _ChartDrawing(native, chart, box, size).finish()


def _fitting_size(chart: ChartData, box: Box, size: float) -> float:
    """Return the size at which the labels fit."""
    rows, letters = len(chart.rows), max(len(row.label) for row in chart.rows)
    if chart.shape in MONTHLY:
        largest = int(box.width / rows / letters / _LETTER)
        return min(size, largest) if largest >= _SMALLEST else size
    while size > _SMALLEST and -(-letters * size * _LETTER // (0.4 * box.width)) * size * _LINE > box.height / rows:
        size -= 1
    return size


def describe(frame: Any, name: str, alt: str) -> None:
    """Set what the selection pane and a screen reader say of a chart or table."""
    frame.name = plain(name)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(alt))


def _number_format(chart: ChartData) -> str:
    digits = quantities.decimals(chart.unit)
    return f"# ##0{'.' * bool(digits)}{'0' * digits}" + ' "€"' * (chart.unit == "cents")


class _ChartDrawing:
    """Formats one chart."""

    def __init__(self, native: Any, chart: ChartData, box: Box, size: float) -> None:
        self.native, self.chart, self.box, self.size = native, chart, box, size
        self.plot = native.plots[0]
        self.series = series_of(chart)
        self.legend = len(self.series) > 1
        self.upright = chart.shape in MONTHLY
        self.month = max(self._width(row.label) for row in chart.rows) if self.upright else 0.0
        top = _LEGEND if self.legend else 0.02
        left = 0.0 if self.upright else self._label_width()
        self.inner = Box(left, top, box.width - left, box.height - top - self._months_height())

    def _months_height(self) -> float:
        """Return the room for months under their columns, side by side or upright."""
        if not self.upright:
            return 0.0
        return 0.34 if self.month <= self.box.width / len(self.chart.rows) else 0.58

    def finish(self) -> None:
        """Apply everything but the numbers."""
        self._axes()
        self._bars()
        self._colours()
        _LABELLERS.get(self.chart.shape, _ChartDrawing._label_values)(self)
        self._legend()
        self._place_plot()

    def _width(self, text: str) -> float:
        return len(text) * self.size * _LETTER

    def _label_width(self) -> float:
        """Return the room for labels at the left; a long one is broken between words."""
        widest = max((self._width(row.label) for row in self.chart.rows), default=0.5)
        return max(0.85, min(widest, 0.4 * self.box.width) + 0.15)

    # --- axes ---

    def _axes(self) -> None:
        native = self.native
        values, labels = native.value_axis, native.category_axis
        values.visible = values.has_major_gridlines = False
        values.minimum_scale, values.maximum_scale = self._range()
        labels.has_major_gridlines = False
        labels.major_tick_mark = labels.minor_tick_mark = XL_TICK_MARK.NONE
        labels.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        labels.format.line.color.rgb, labels.format.line.width = rgb(RULE), Pt(1)
        # Oldest above in a pyramid; elsewhere the first of the list above.
        labels.reverse_order = not self.upright and self.chart.shape != "pyramid"
        self._write_labels(labels)

    def _write_labels(self, labels: Any) -> None:
        """Write every label; months without room side by side stand upright."""
        room = self.inner.width / len(self.chart.rows)
        standing = self.upright and self.month > room
        labels.tick_labels.font.size = Pt(_SMALLEST if standing else self.size)
        step = -(-_SMALLEST * _LINE // room) if standing else 1
        body = labels._element.find(f"{{{_C}}}txPr/{{{_A}}}bodyPr")
        body.set("rot", "-5400000" if standing else "0")
        body.set("vert", "horz")
        skip = parse_xml(f'<c:tickLblSkip xmlns:c="{_C}" val="{int(step)}"/>')
        labels._element.find(f"{{{_C}}}noMultiLvlLbl").addprevious(skip)

    def _range(self) -> tuple[float, float]:
        """Set the scale from zero to what leaves room for numbers after the bars."""
        values = [abs(value or 0) for _, _, numbers in self.series for value in numbers]
        if self.chart.shape in _STACKED:
            values = [sum(row.values) for row in self.chart.rows]
        highest = max(1.0, *values) * self._stretch()
        return (-highest if self.chart.shape in _BOTH_WAYS else 0.0), highest

    def _stretch(self) -> float:
        """Return how much longer than the longest bar the axis is."""
        if self.chart.shape in _STACKED:
            return 1.0
        if self.upright:
            return 1 / max(0.3, 1 - 0.3 / (self.inner.height / (2 if self.chart.shape == "balance" else 1)))
        width = self.inner.width / (2 if self.chart.shape == "pyramid" else 1)
        return 1 / max(0.3, 1 - self._number_width() / width)

    def _number_width(self) -> float:
        """Return the width of the longest number."""
        rows, bar_label = self.chart.rows, self.chart.bar_label
        labels = [plain(bar_label(row, index)) for row in rows for index in range(len(row.values))]
        return max(map(self._width, labels), default=0) + 0.12

    # --- bars and colours ---

    def _bars(self) -> None:
        if self.chart.shape == "line":
            return
        rows = max(1, len(self.chart.rows))
        room = (self.inner.width if self.upright else self.inner.height) / rows
        side_by_side = len(self.series) if self.chart.shape in ("grouped", "marks") else 1
        thick = min(_THICK if side_by_side == 1 else 0.3, room * 0.7 / side_by_side)
        self.plot.gap_width = min(500, round(100 * (room - thick * side_by_side) / thick))
        self.plot.overlap = 100 if side_by_side == 1 else -5

    def _colours(self) -> None:
        if self.chart.shape == "line":
            return self._colour_line()
        self.plot.vary_by_categories = False
        for (code, _, _), series in zip(self.series, self.plot.series, strict=True):
            series.invert_if_negative = False
            series_colour = NATIONAL if code == "national" else colour(self.chart.scheme, code)
            _fill(series.format.fill, INK if self.chart.shape == "bars" else series_colour)
        if self.chart.shape == "bars":
            self._colour_points(self.plot.series[0])
        return None

    def _colour_points(self, series: Any) -> None:
        """Give each value its colour, where values have one."""
        for index, row in enumerate(self.chart.rows):
            value_colour = colour(self.chart.scheme, row.code)
            if value_colour != INK:
                _fill(series.points[index].format.fill, value_colour)

    def _colour_line(self) -> None:
        series = self.plot.series[0]
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = rgb(INK), Pt(2.25)
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 7
        _fill(series.marker.format.fill, INK)
        series.marker.format.line.color.rgb = rgb(INK)

    # --- labels of bars ---

    def _label_each(self) -> None:
        """Write « 45 · 32 % » beside each bar as text; no number format shows the share."""
        for index, row in enumerate(self.chart.rows):
            self._label_point(self.plot.series[0].points[index], plain(self.chart.bar_label(row)))

    def _label_marks(self) -> None:
        for (code, _, values), series in zip(self.series, self.plot.series, strict=True):
            unit = "national" if code == "national" else self.chart.unit
            for index, value in enumerate(values):
                self._label_point(series.points[index], plain(quantities.number(value, unit)))

    def _label_point(self, point: Any, text: str) -> None:
        label = point.data_label
        frame = label.text_frame
        frame.text = text.replace(" ", "\u00a0")  # never on two lines
        frame.word_wrap = False
        font = frame.paragraphs[0].runs[0].font
        font.size, font.name, font.color.rgb = Pt(self.size), FONT, rgb(TEXT_INK)
        label.position = XL_LABEL_POSITION.OUTSIDE_END

    def _add_labels(self, number_format: str, position: Any, white: bool = False) -> None:
        if self.upright and self.inner.width / len(self.chart.rows) < self._width("000"):
            return  # years of months: the numbers would cover each other
        self.plot.has_data_labels = True
        labels = self.plot.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, number_format, False
        labels.font.size, labels.font.name, labels.font.bold = Pt(self.size), FONT, white
        labels.font.color.rgb = rgb("FFFFFF" if white else TEXT_INK)
        labels.position = position

    def _label_values(self) -> None:
        zero = '""' if self.chart.shape == "balance" else "0"
        self._add_labels(f"# ##0;# ##0;{zero}", XL_LABEL_POSITION.OUTSIDE_END)

    def _label_line(self) -> None:
        self._add_labels("# ##0", XL_LABEL_POSITION.ABOVE)

    def _label_inside(self) -> None:
        """Write numbers in white within the bars that are large enough."""
        least = self._range()[1] * (0.16 / self.inner.height if self.upright else 0.14 / self.inner.width)
        self._add_labels(f'[>={least:.2f}]# ##0;""', XL_LABEL_POSITION.CENTER, white=True)

    # --- the rest ---

    def _legend(self) -> None:
        native = self.native
        native.has_legend = self.legend
        if not self.legend:
            return
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        native.legend.font.size, native.legend.font.name = Pt(self.size), FONT
        width = sum(self._width(label) + 0.42 for _, label, _ in self.series)
        layout = _layout(Box(0, 0, min(width, self.box.width), 0.28), self.box, "")
        native.legend._element.find(f"{{{_C}}}legendPos").addnext(layout)

    def _place_plot(self) -> None:
        area = self.native._chartSpace.chart.plotArea
        nothing = "<a:noFill/><a:ln><a:noFill/></a:ln>"
        clear = parse_xml(f'<c:spPr xmlns:c="{_C}" xmlns:a="{_A}">{nothing}</c:spPr>')
        self.native._chartSpace.chart.addnext(clear)
        for old in area.findall(f"{{{_C}}}layout"):
            area.remove(old)
        area.insert(0, _layout(self.inner, self.box, '<c:layoutTarget val="inner"/>'))


_LABELLERS: dict[str, Callable[[_ChartDrawing], None]] = {
    "bars": _ChartDrawing._label_each,
    "marks": _ChartDrawing._label_marks,
    "line": _ChartDrawing._label_line,
    "stacked": _ChartDrawing._label_inside,
    "months": _ChartDrawing._label_inside,
}
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _fill(fill: Any, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = rgb(colour)


def _layout(box: Box, within: Box, target: str) -> Any:
    """Return the position of a part of a chart, as fractions of the whole."""
    places = {"x": box.x / within.width, "y": box.y / within.height}
    sizes = {"w": box.width / within.width, "h": box.height / within.height}
    values = "".join(f'<c:{name} val="{value:.4f}"/>' for name, value in (places | sizes).items())
    modes = '<c:xMode val="edge"/><c:yMode val="edge"/>'
    return parse_xml(f'<c:layout xmlns:c="{_C}"><c:manualLayout>{target}{modes}{values}</c:manualLayout></c:layout>')
