"""The files of one chart, a click each: PNG, SVG, PDF; its numbers as CSV and XLSX. Each is made when asked for."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from db.figures.periods import Period
from db.rows import access_log
from pages.shared.shell.session import opener, who
from reports.charts import rendering
from reports.content.chart_data import ChartData
from reports.sheets import figure_sheets

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(picture: ChartData, period: Period, source: str, key: str) -> None:
    """A button for each format. ``source``: whose numbers these are, « Bilan 2022 · Femme »; it stands in the file."""
    open_, name = opener(), who()

    def traced(make: Callable[[], bytes], file: str) -> bytes:
        access_log.note(open_(), name, "export", detail=file)
        return make()

    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "png": ("image/png", lambda: rendering.png_bytes(picture, source)),
        "svg": ("image/svg+xml", lambda: rendering.svg_bytes(picture, source)),
        "pdf": ("application/pdf", lambda: rendering.pdf_bytes(picture, source)),
        "csv": ("text/csv", lambda: figure_sheets.csv_bytes(picture)),
        "xlsx": (_XLSX, lambda: figure_sheets.xlsx_bytes([picture], source)),
    }
    with st.container(horizontal=True, gap="small", key=f"{key}:files".replace(":", "-")):
        for suffix, (kind, make) in makers.items():
            file = f"{figure_sheets.file_name(picture.name, period)}.{suffix}"
            st.download_button(
                suffix.upper(),
                partial(traced, make, file),
                file,
                kind,
                key=f"{key}:{suffix}",
                on_click="ignore",
                type="tertiary",
            )


def frame(picture: ChartData) -> pd.DataFrame:
    """The numbers of a chart as they are read."""
    lines = [picture.text_line(row) for row in picture.rows] + [picture.total] * bool(picture.total)
    return pd.DataFrame(lines, columns=picture.headings)
