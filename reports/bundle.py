"""All charts of a period in one ZIP: each as PNG, SVG and PDF, its numbers as CSV, all numbers in one XLSX."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

from db.base.progress import Progress, ignore_progress
from db.figures.periods import Period
from reports.charts import rendering
from reports.content.chart_data import ChartData
from reports.content.report import Report
from reports.sheets import figure_sheets


def zip_bytes(charts: Sequence[ChartData], period: Period, source: str, tick: Progress = ignore_progress) -> bytes:
    """Return the ZIP. ``source``: what the numbers are of, « Bilan 2022 ». Empty charts are left out."""
    drawn = [chart for chart in charts if not chart.empty]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZ-MOI.txt", _note(drawn, source))
        for index, chart in enumerate(drawn):
            for format_index, (kind, make) in enumerate(_KINDS.items()):
                tick((index + format_index / len(_KINDS)) / len(drawn), chart.title)
                name = figure_sheets.file_name(chart.name, period)
                archive.writestr(f"{kind}/{name}.{kind}", make(chart, source))
        archive.writestr(f"chiffres-{period.file}.xlsx", figure_sheets.xlsx_bytes(drawn, source))
    tick(1.0, "")
    return out.getvalue()


def report_bytes(report: Report, tick: Progress = ignore_progress) -> bytes:
    """Return the ZIP of the charts of a report."""
    return zip_bytes(report.charts, report.period, report.source, tick)


_KINDS: dict[str, Callable[[ChartData, str], bytes]] = {
    "png": rendering.png_bytes,
    "svg": rendering.svg_bytes,
    "pdf": rendering.pdf_bytes,
    "csv": lambda chart, source: figure_sheets.csv_bytes(chart),
}


def _note(charts: Sequence[ChartData], source: str) -> bytes:
    filters = dict.fromkeys(label for chart in charts for label in chart.among)
    lines = [" · ".join(("Palette", source, *filters)), ""]
    for chart in charts:
        lines += [" · ".join((chart.title, *chart.among)), f"  {chart.reading}", f"  {chart.means}", ""]
    return "\r\n".join(lines).encode("utf-8-sig")
