"""The numbers of charts as CSV and XLSX: a sheet for each, with its definition, real numbers and an Excel chart."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

from db.base.french import fold
from db.base.progress import Progress, ignore_progress
from db.base.spreadsheets import harmless, new_workbook, sheet_name
from db.figures.periods import Period
from reports.charts.colours import colour
from reports.content import quantities
from reports.content.chart_data import ChartData
from reports.content.report import Number, Report


def file_name(what: str, period: Period) -> str:
    """Return the name without suffix: « domaine-2022 », « photo-bilan-2023-03-06 »."""
    return f"{what}-{period.file}"


def csv_bytes(chart: ChartData) -> bytes:
    """Return CSV as a French Excel opens it: UTF-8 with BOM, semicolons, decimal commas."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(name) for name in (chart.title, *chart.header[1:])])
    for row in chart.rows:
        label, *values = chart.line(row)
        writer.writerow([harmless(str(label)), *map(_plain, values, chart.units)])
    return text.getvalue().encode("utf-8-sig")


def _plain(value: str | float | None, unit: str) -> str:
    """Return a number as Excel reads it, with the decimals of its kind and no space between thousands."""
    return "" if value is None or isinstance(value, str) else quantities.rounded(value, unit).replace("\u202f", "")


# --- XLSX ---


def report_bytes(report: Report, tick: Progress = ignore_progress) -> bytes:
    """Return the report: a sheet with headline and definitions, then one for each chart."""
    return _book(report.charts, f"{report.title} · {report.basis}", report, tick)


def xlsx_bytes(charts: Sequence[ChartData], source: str) -> bytes:
    """Return a sheet for each chart. ``source``: what they are of, « Bilan 2022 »."""
    return _book(charts, source)


def _book(
    charts: Sequence[ChartData], source: str, report: Report | None = None, tick: Progress = ignore_progress
) -> bytes:
    out = BytesIO()
    book = new_workbook(out, in_memory=True)
    looks = _looks(book)
    if report:
        _headline(book, report, looks)
    for index, chart in enumerate(charts):
        tick(index / len(charts), chart.title)
        _sheet(book, chart, source, looks)
    book.close()
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    common = {"font_name": "Arial", "font_size": 10}
    return {
        "title": book.add_format({**common, "bold": True, "font_size": 14}),
        "text": book.add_format({**common, "text_wrap": True, "valign": "top"}),
        "soft": book.add_format({**common, "italic": True, "font_color": "#5A5448"}),
        "head": book.add_format({**common, "bold": True, "bottom": 1, "text_wrap": True, "align": "right"}),
        "head_left": book.add_format({**common, "bold": True, "bottom": 1}),
        "label": book.add_format(common),
        **{unit: book.add_format({**common, "num_format": _number_format(unit)}) for unit in ("", *_SIGNS)},
    }


_SIGNS = {"cents": ' "€"', "percent": " %", "national": " %", "years": ' "an(s)"'}
"""Unit -> what its numbers end with; « » is that of all others."""


def _number_format(unit: str) -> str:
    digits = quantities.decimals(unit)
    whole = "0" if unit in ("percent", "national", "years") else "#,##0"
    return f"{whole}{'.' * bool(digits)}{'0' * digits}{_SIGNS.get(unit, '')}"


def _headline(book: Any, report: Report, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Photo-bilan")
    sheet.set_column(0, 0, 54)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 3, 100)
    sheet.write_string(0, 0, report.title, looks["title"])
    sheet.write_string(1, 0, report.basis, looks["soft"])
    before = report.period.before.title
    for column, text in enumerate(("", report.title, before, "Ce que compte ce chiffre")):
        sheet.write_string(3, column, text, looks["head" if column in (1, 2) else "head_left"])
    for line, number in enumerate((*report.numbers, *report.shares), start=4):
        sheet.write_string(line, 0, number.label, looks["label"])
        _write_number(sheet, line, 1, number, number.value, looks)
        _write_number(sheet, line, 2, number, number.before, looks)
        sheet.write_string(line, 3, number.means, looks["label"])
    sheet.freeze_panes(4, 1)


def _write_number(
    sheet: Any, line: int, column: int, number: Number, value: float | None, looks: dict[str, Any]
) -> None:
    if value is not None:
        _write_value(sheet, line, column, value, number.unit, looks)


def _write_value(sheet: Any, line: int, column: int, value: float, unit: str, looks: dict[str, Any]) -> None:
    """Write a real number, shown with the decimals of its kind. Excel's percent are parts of one."""
    percent = unit in ("percent", "national")
    sheet.write_number(line, column, value / 100 if percent else value, looks[unit if unit in _SIGNS else ""])


def _sheet(book: Any, chart: ChartData, source: str, looks: dict[str, Any]) -> None:
    """Write title, sentence, definition, table, and the chart beside it."""
    used_names = {fold(sheet.name) for sheet in book.worksheets()}
    sheet = book.add_worksheet(sheet_name(chart.title or "Figure", used_names))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, len(chart.header), 16)
    for line, (text, format_name) in enumerate(
        ((chart.title, "title"), (chart.reading, "label"), (chart.means, "soft"), (chart.source(source), "soft"))
    ):
        sheet.write_string(line, 0, text, looks[format_name])
    for column, name in enumerate(chart.header):
        sheet.write_string(_TOP, column, name, looks["head" if column else "head_left"])
    for line, row in enumerate(chart.rows, start=_TOP + 1):
        _write_line(sheet, line, chart, chart.line(row), looks)
    if not chart.empty:
        sheet.insert_chart(_TOP, len(chart.header) + 1, _excel_chart(book, sheet.name, chart))


_TOP = 5
"""Row of the headings."""


def _write_line(
    sheet: Any, line: int, chart: ChartData, values: Sequence[str | float | None], looks: dict[str, Any]
) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(line, column, value, looks["label"])
        elif value is not None:
            _write_value(sheet, line, column, value, chart.units[column - 1], looks)


_KINDS = {
    "pyramid": {"type": "bar"},
    "bars": {"type": "bar"},
    "marks": {"type": "bar"},
    "grouped": {"type": "bar"},
    "stacked": {"type": "bar", "subtype": "stacked"},
    "months": {"type": "column", "subtype": "stacked"},
    "balance": {"type": "column"},
    "line": {"type": "line"},
}


def _excel_chart(book: Any, sheet: str, chart: ChartData) -> Any:
    kind = _KINDS[chart.shape]
    excel_chart = book.add_chart(kind)
    first, last = _TOP + 1, _TOP + len(chart.rows)
    for index, (code, label) in enumerate(chart.series):
        points = [{"fill": {"color": colour(chart.scheme, row.code)}} for row in chart.rows]
        series_colour = {"color": colour(chart.scheme, code)}
        series_format = {"fill": series_colour, "line": series_colour}
        excel_chart.add_series(
            {
                "name": label,
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, index + 1, last, index + 1],
                "data_labels": {"value": True},
                "gap": 50,
                **({"points": points} if len(chart.series) == 1 and kind["type"] == "bar" else series_format),
            }
        )
    excel_chart.set_title({"name": chart.title, "overlay": False})
    # Excel counts the rows of a bar chart upwards; reversed, the list is in reading order.
    (excel_chart.set_y_axis if kind["type"] == "column" or kind["type"] == "line" else excel_chart.set_x_axis)(
        {"major_gridlines": {"visible": False}, "visible": False, "min": 0}
    )
    if kind["type"] == "bar":
        excel_chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
    if len(chart.series) == 1:
        excel_chart.set_legend({"none": True})
    else:
        excel_chart.set_legend({"position": "top"})
    excel_chart.set_size({"width": 620, "height": max(260, 34 * len(chart.rows) + 90)})
    return excel_chart
