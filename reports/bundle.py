"""All charts of a period in one ZIP: each as PNG, SVG and PDF, its numbers as CSV, all numbers in one XLSX."""

import zipfile
from collections.abc import Sequence
from io import BytesIO

from db.periods import Period
from reports import drawn, figure_sheets
from reports.pictures import Picture
from reports.report import Tick, quiet


def zip_bytes(pictures: Sequence[Picture], period: Period, tick: Tick = quiet, told: str = "") -> bytes:
    """The ZIP. ``told``: what the charts are narrowed to, for its note. Charts with nothing to draw are left out."""
    shown = [picture for picture in pictures if not picture.empty]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZ-MOI.txt", _note(shown, period, told))
        for place, picture in enumerate(shown):
            tick(place / len(shown), picture.title)
            _add(archive, picture, period)
        archive.writestr(f"chiffres-{period.file}.xlsx", figure_sheets.xlsx_bytes(shown, period.title))
    tick(1.0, "")
    return out.getvalue()


def _add(archive: zipfile.ZipFile, picture: Picture, period: Period) -> None:
    name, source = figure_sheets.file_name(picture.name, period), period.title
    archive.writestr(f"png/{name}.png", drawn.png_bytes(picture, source))
    archive.writestr(f"svg/{name}.svg", drawn.svg_bytes(picture, source))
    archive.writestr(f"pdf/{name}.pdf", drawn.pdf_bytes(picture, source))
    archive.writestr(f"csv/{name}.csv", figure_sheets.csv_bytes(picture))


def _note(shown: Sequence[Picture], period: Period, told: str) -> bytes:
    lines = [f"Palette · {period.title}", *filter(None, [told]), ""]
    for picture in shown:
        lines += [picture.title, f"  {picture.reading}", f"  {picture.means}", ""]
    return "\r\n".join(lines).encode("utf-8-sig")
