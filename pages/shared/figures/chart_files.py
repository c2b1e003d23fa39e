"""The downloads of one chart: PNG, SVG, PDF, and its numbers as CSV and XLSX. A file is made when it is clicked."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from db.figures.periods import Period
from db.model.office import Office
from db.rows import access_log
from pages.shared.shell.downloads import download_button
from pages.shared.shell.session import user_name
from reports.charts import rendering
from reports.content.chart_data import ChartData
from reports.sheets import figure_sheets

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(chart: ChartData, period: Period, source: str, key: str) -> None:
    """Show a button for each format. ``source``: the title written in the files (« Bilan 2022 »)."""
    name = user_name()

    def make_logged(make: Callable[[], bytes], file: str, db: Office) -> bytes:
        access_log.note(db, name, "export", detail=file)
        return make()

    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "png": ("image/png", lambda: rendering.png_bytes(chart, source)),
        "svg": ("image/svg+xml", lambda: rendering.svg_bytes(chart, source)),
        "pdf": ("application/pdf", lambda: rendering.pdf_bytes(chart, source)),
        "csv": ("text/csv", lambda: figure_sheets.csv_bytes(chart)),
        "xlsx": (_XLSX, lambda: figure_sheets.xlsx_bytes([chart], source)),
    }
    with st.container(horizontal=True, gap="small", key=f"{key}:files".replace(":", "-")):
        for suffix, (kind, make) in makers.items():
            file = f"{figure_sheets.file_name(chart.name, period)}.{suffix}"
            logged = partial(make_logged, make, file)
            download_button(suffix.upper(), logged, file, kind, f"{key}:{suffix}", icon="", type="tertiary")


def frame(chart: ChartData) -> pd.DataFrame:
    """Return the numbers of a chart as a table of texts."""
    lines = [chart.text_line(row) for row in chart.rows] + [chart.total] * bool(chart.total)
    return pd.DataFrame(lines, columns=chart.headings)
