"""All charts of a period in one ZIP: each as PNG, SVG and PDF, its numbers as CSV, all numbers in one XLSX."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

from db.base.progress import Progress, ignore_progress
from db.figures.periods import Period
from reports.charts import rendering
from reports.content.chart_data import ChartData
from reports.sheets import figure_sheets


def zip_bytes(pictures: Sequence[ChartData], period: Period, source: str, tick: Progress = ignore_progress) -> bytes:
    """Return the ZIP. ``source``: what the numbers are of, « Bilan 2022 · Femme ». Empty charts are left out."""
    shown = [picture for picture in pictures if not picture.empty]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZ-MOI.txt", _note(shown, source))
        for place, picture in enumerate(shown):
            for part, (kind, make) in enumerate(_KINDS.items()):
                tick((place + part / len(_KINDS)) / len(shown), picture.title)
                name = figure_sheets.file_name(picture.name, period)
                archive.writestr(f"{kind}/{name}.{kind}", make(picture, source))
        archive.writestr(f"chiffres-{period.file}.xlsx", figure_sheets.xlsx_bytes(shown, source))
    tick(1.0, "")
    return out.getvalue()


_KINDS: dict[str, Callable[[ChartData, str], bytes]] = {
    "png": rendering.png_bytes,
    "svg": rendering.svg_bytes,
    "pdf": rendering.pdf_bytes,
    "csv": lambda picture, source: figure_sheets.csv_bytes(picture),
}


def _note(shown: Sequence[ChartData], source: str) -> bytes:
    lines = [f"Palette · {source}", ""]
    for picture in shown:
        lines += [picture.title, f"  {picture.reading}", f"  {picture.means}", ""]
    return "\r\n".join(lines).encode("utf-8-sig")
