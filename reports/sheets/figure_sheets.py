"""The numbers of charts as CSV and XLSX: a sheet for each, with its definition, real numbers and an Excel chart."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

from db.base.french import fold, french_number
from db.base.progress import Progress, ignore_progress
from db.base.spreadsheets import harmless, new_workbook, sheet_name
from db.figures.periods import Period
from reports.charts.colours import colour
from reports.content.chart_data import ChartData
from reports.content.report import Number, Report

"""Of a sheet, in Excel."""


def file_name(what: str, period: Period) -> str:
    """Return the name without suffix: « domaine-2022 », « photo-bilan-2023-03-06 »."""
    return f"{what}-{period.file}"


def csv_bytes(picture: ChartData) -> bytes:
    """Return CSV as a French Excel opens it: UTF-8 with BOM, semicolons, decimal commas."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(name) for name in (picture.title, *picture.header[1:])])
    for row in picture.rows:
        label, *values = picture.line(row)
        writer.writerow([harmless(str(label)), *map(_plain, values)])
    return text.getvalue().encode("utf-8-sig")


def _plain(value: str | float | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return french_number(value, 0 if value == int(value) else 2).replace("\u202f", "")


# --- XLSX ---


def report_bytes(report: Report, tick: Progress = ignore_progress) -> bytes:
    """Return the report: a sheet with headline and definitions, then one for each chart."""
    return _book(report.pictures, f"{report.title} · {report.truth}", report, tick)


def xlsx_bytes(pictures: Sequence[ChartData], source: str) -> bytes:
    """Return a sheet for each chart. ``source``: what they are of, « Bilan 2022 »."""
    return _book(pictures, source)


def _book(
    pictures: Sequence[ChartData], source: str, report: Report | None = None, tick: Progress = ignore_progress
) -> bytes:
    out = BytesIO()
    book = new_workbook(out, in_memory=True)
    looks = _looks(book)
    if report:
        _headline(book, report, looks)
    for place, picture in enumerate(pictures):
        tick(place / len(pictures), picture.title)
        _sheet(book, picture, source, looks)
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
        "whole": book.add_format({**common, "num_format": "#,##0"}),
        "euros": book.add_format({**common, "num_format": '#,##0.00 "€"'}),
        "share": book.add_format({**common, "num_format": "0.00 %"}),
        "years": book.add_format({**common, "num_format": '0.0 "an(s)"'}),
    }


def _headline(book: Any, report: Report, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Photo-bilan")
    sheet.set_column(0, 0, 54)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 3, 100)
    sheet.write_string(0, 0, report.title, looks["title"])
    sheet.write_string(1, 0, report.truth, looks["soft"])
    before = report.period.before.title
    for column, text in enumerate(("", report.title, before, "Ce que compte ce chiffre")):
        sheet.write_string(3, column, text, looks["head" if column in (1, 2) else "head_left"])
    for line, item in enumerate((*report.numbers, *report.shares), start=4):
        sheet.write_string(line, 0, item.label, looks["label"])
        _write_number(sheet, line, 1, item, item.value, looks)
        _write_number(sheet, line, 2, item, item.before, looks)
        sheet.write_string(line, 3, item.means, looks["label"])
    sheet.freeze_panes(4, 1)


def _write_number(sheet: Any, line: int, column: int, item: Number, value: float | None, looks: dict[str, Any]) -> None:
    if value is None:
        return
    if item.unit == "percent":
        sheet.write_number(line, column, value / 100, looks["share"])
    else:
        sheet.write_number(line, column, value, looks["years" if item.unit == "years" else "whole"])


def _sheet(book: Any, picture: ChartData, source: str, looks: dict[str, Any]) -> None:
    """Write title, sentence, definition, table, and the chart beside it."""
    taken = {fold(sheet.name) for sheet in book.worksheets()}
    sheet = book.add_worksheet(sheet_name(picture.title or "Figure", taken))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, len(picture.header), 16)
    for line, (text, look) in enumerate(
        ((picture.title, "title"), (picture.reading, "label"), (picture.means, "soft"), (source, "soft"))
    ):
        sheet.write_string(line, 0, text, looks[look])
    for column, name in enumerate(picture.header):
        sheet.write_string(_TOP, column, name, looks["head" if column else "head_left"])
    for line, row in enumerate(picture.rows, start=_TOP + 1):
        _write_line(sheet, line, picture, picture.line(row), looks)
    if not picture.empty:
        sheet.insert_chart(_TOP, len(picture.header) + 1, _excel_chart(book, sheet.name, picture))


_TOP = 5
"""Row of the headings."""


def _write_line(
    sheet: Any, line: int, picture: ChartData, values: Sequence[str | float | None], looks: dict[str, Any]
) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(line, column, value, looks["label"])
        elif value is not None and picture.header[column] in ("%", "National (%)"):
            sheet.write_number(line, column, value / 100, looks["share"])
        elif value is not None:
            sheet.write_number(line, column, value, looks["euros" if picture.unit == "cents" else "whole"])


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


def _excel_chart(book: Any, sheet: str, picture: ChartData) -> Any:
    kind = _KINDS[picture.shape]
    chart = book.add_chart(kind)
    first, last = _TOP + 1, _TOP + len(picture.rows)
    for place, (code, label) in enumerate(picture.series):
        own = [{"fill": {"color": colour(picture.scheme, row.code)}} for row in picture.rows]
        own_of_series = {"color": colour(picture.scheme, code)}
        one = {"fill": own_of_series, "line": own_of_series}
        chart.add_series(
            {
                "name": label,
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, place + 1, last, place + 1],
                "data_labels": {"value": True},
                "gap": 50,
                **({"points": own} if len(picture.series) == 1 and kind["type"] == "bar" else one),
            }
        )
    chart.set_title({"name": picture.title, "overlay": False})
    # A bar chart counts its rows upwards: turned round, the list stands as it is read.
    (chart.set_y_axis if kind["type"] == "column" or kind["type"] == "line" else chart.set_x_axis)(
        {"major_gridlines": {"visible": False}, "visible": False, "min": 0}
    )
    if kind["type"] == "bar":
        chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
    if len(picture.series) == 1:
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "top"})
    chart.set_size({"width": 620, "height": max(260, 34 * len(picture.rows) + 90)})
    return chart
