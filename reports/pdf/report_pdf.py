"""The report as a PDF (A4, tagged PDF/UA-1), typeset by Typst: no browser, no font of the machine."""

import json
import re
from collections.abc import Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Literal

import typst
import vl_convert

from db.base.french import french_date
from db.base.progress import Progress, ignore_progress
from db.base.version import PRODUCT
from db.base.work_folders import own_folder
from db.figures.definitions import NATIONAL, VERSION
from reports.charts import rendering
from reports.content import quantities, sentences
from reports.content.chart_data import ChartData
from reports.content.plots import MONTHLY
from reports.content.report import Number, Report

OFFICE = "Accompagnement des publics artistes · Département du Lot"
_TEMPLATE = Path(__file__).with_suffix(".typ")
_HALF, _FULL = 81.0, 170.0
"""Width of a chart in millimetres: one of two columns, or both."""
_DOT = _HALF / 350
"""One unit of a chart in millimetres: labels of 12 units are 8 points high."""
_TALLEST = 190.0
"""Highest chart, in millimetres; a higher one is scaled down to fit a page with its title and sentence."""
_GAP = 7.0
_BAND = 105.0
"""Highest band of several charts, in millimetres; a band is never split over two pages."""
_ONE_LINE = 24
"""Most letters, under a headline number, that are never on two lines."""
_TOGETHER = 6
"""Most charts in a band."""

Piece = dict[str, Any]
Band = list[list[Piece]]


def pdf_bytes(report: Report, tick: Progress = ignore_progress) -> bytes:
    """Return the report as PDF. ``tick`` is called before each chart; what it raises cancels the work."""
    with own_folder() as name:
        folder = Path(name)
        pieces = _draw(report, folder, tick)
        tick(0.9, "Mise en page")
        (folder / "report.json").write_text(json.dumps(_content(report, pieces)), encoding="utf-8")
        document = _typeset(folder)
    tick(1.0, "Bilan prêt")
    return document


def _typeset(folder: Path) -> bytes:
    """Typeset as PDF/UA-1; without that conformance, still tagged, when a text has letters that the font lacks."""
    try:
        return _compiled(folder, "ua-1")
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return _compiled(folder, "1.7")


def _compiled(folder: Path, standard: Literal["ua-1", "1.7"]) -> bytes:
    compiler = typst.Compiler(_TEMPLATE.read_bytes(), root=str(folder), ignore_system_fonts=True)
    document = compiler.compile(format="pdf", pdf_standards=standard)
    return document if isinstance(document, bytes) else b""


# --- the charts ---


def _draw(report: Report, folder: Path, tick: Progress) -> dict[str, Piece]:
    """Draw every chart that is not empty into the folder, by name."""
    charts = [chart for chart in report.charts if not chart.empty]
    for index, chart in enumerate(charts):
        tick(0.9 * index / len(charts), chart.title)
        (folder / f"{index}.pdf").write_bytes(_chart_bytes(chart))
    outlines = _outlines(folder, len(charts))
    for index, svg in enumerate(outlines):
        (folder / f"{index}.svg").write_bytes(svg)
    return {
        chart.name: _chart(chart, f"{index}.svg", svg)
        for index, (chart, svg) in enumerate(zip(charts, outlines, strict=True))
    }


def _chart_bytes(chart: ChartData) -> bytes:
    """Return the chart as PDF exactly as wide as its column, so that the text of all charts has one size."""
    width = round((_FULL if chart.shape in MONTHLY else _HALF) / _DOT)
    specification = rendering.specification(chart, heading=False)
    specification |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding", "resize": True}}
    specification["config"] = specification["config"] | {"padding": 0}
    return bytes(vl_convert.vegalite_to_pdf(specification))


def _outlines(folder: Path, count: int) -> list[bytes]:
    """Draw the charts as SVG with outlined letters: PDF/UA allows no embedded PDF, and Typst lacks their font."""
    if not count:
        return []
    pages = "#pagebreak()".join(f'#image("{index}.pdf")' for index in range(count))
    source = f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}".encode()
    pages_as_svg = typst.Compiler(source, root=str(folder), ignore_system_fonts=True).compile(format="svg")
    return pages_as_svg if isinstance(pages_as_svg, list) else [bytes(pages_as_svg or b"")]


def _chart(chart: ChartData, file: str, svg: bytes) -> Piece:
    height = float(re.search(rb'viewBox="0 0 \S+ ([0-9.]+)"', svg)[1]) * _DOT  # type: ignore[index]
    shrink = min(1, _TALLEST / height)
    return {
        "title": chart.title, "file": file, "alt": chart.alt, "reading": chart.reading, "width": shrink,
        "tall": height * shrink + 12 + 4 * (len(chart.reading) // 55),
    }  # fmt: skip


# --- bands: pieces beside each other, never cut between two pages ---


def bands(pieces: Sequence[Piece]) -> list[Band]:
    """Group the charts, in order, in bands of two columns with the least total height."""
    best: list[tuple[float, list[Band]]] = [(0.0, [])]
    for end in range(1, len(pieces) + 1):
        candidates = []
        for start in range(max(0, end - _TOGETHER), end):
            band = _balanced(pieces[start:end])
            if _band_height(band) <= max(_BAND, *(1.25 * piece["tall"] for piece in pieces[start:end])):
                candidates.append((best[start][0] + _band_height(band) + _GAP, [*best[start][1], band]))
        best.append(min(candidates, key=lambda candidate: candidate[0]))
    return best[-1][1]


def _balanced(pieces: Sequence[Piece]) -> Band:
    """Return two columns as equal as possible, the first chart at the top left."""
    sides = ((0, *rest) for rest in product((1, 0), repeat=len(pieces) - 1))
    return min((_columns(pieces, side) for side in sides), key=_band_height)


def _columns(pieces: Sequence[Piece], sides: Sequence[int]) -> Band:
    return [[piece for piece, chosen_side in zip(pieces, sides, strict=True) if chosen_side == side] for side in (0, 1)]


def _band_height(band: Band) -> float:
    return float(max(sum(piece["tall"] + _GAP for piece in column) for column in band)) - _GAP


# --- what the template is given ---


def _content(report: Report, pieces: dict[str, Piece]) -> dict[str, Any]:
    """Return everything the PDF shows, as data."""
    today = french_date(date.today().isoformat())
    return {
        "title": report.title,
        "product": PRODUCT,
        "about": f"{OFFICE}. {report.basis}.",
        "keywords": ["bilan", "publics artistes", "RSA"],
        "office": OFFICE,
        "basis": f"{report.basis}.",
        "made": f"Établi le {today} avec Palette.",
        "numbers": [_figure(number, report.compared) for number in report.numbers],
        "among": f"Parmi les personnes {_who(report)}",
        "shares": [_figure(share, report.compared) for share in report.shares if pieces],
        "nothing": "" if pieces else sentences.NOTHING,
        "sections": _sections(report, pieces),
        "tables": bands([_table(chart) for chart in report.charts if chart.name in pieces]),
        "definitions": _definitions(report, pieces),
        "method": _method(report, today),
    }


def _who(report: Report) -> str:
    return "en portefeuille" if report.period.is_day else "suivies"


def _figure(number: Number, compared: str) -> dict[str, str]:
    change = "sans changement" if number.change == "=" else number.change
    # A short one stays on one line; the long one of a period in course would run into its neighbour.
    since = compared if len(compared) > _ONE_LINE else compared.replace(" ", "\u00a0")
    return {"text": number.text, "label": number.label, "change": f"{change} {since}" if change else ""}


def _sections(report: Report, pieces: dict[str, Piece]) -> list[dict[str, Any]]:
    """Return each section with something to show: monthly charts first, the others in two columns."""
    sections = []
    for section in report.sections:
        charts = [chart for chart in section.charts if chart.name in pieces]
        halves = [pieces[chart.name] for chart in charts if chart.shape not in MONTHLY]
        monthly = [[[pieces[chart.name]]] for chart in charts if chart.shape in MONTHLY]
        sections.append({"title": section.title, "bands": [*monthly, *bands(halves)]})
    return [section for section in sections if section["bands"]]


def _table(chart: ChartData) -> Piece:
    """Return the numbers of a chart, and the total where shares are of it."""
    total = chart.total
    tall = 4.5 * (1 + len(total) // 3 + sum(1 + len(row.label) // 40 for row in chart.rows))
    rows = [chart.text_line(row) for row in chart.rows]
    return {"header": chart.headings, "rows": rows, "total": total, "tall": tall}


def _definitions(report: Report, pieces: dict[str, Piece]) -> list[tuple[str, str]]:
    """Return what each number counts, once: « Hommes · Genre » share a definition."""
    definitions = [(number.label, number.means) for number in (*report.numbers, *report.shares)]
    definitions += [(chart.title, chart.means) for chart in report.charts if chart.name in pieces]
    labels: dict[str, list[str]] = {}
    for label, means in definitions:
        labels.setdefault(means, []).append(label)
    return [(" · ".join(dict.fromkeys(names)), means) for means, names in labels.items()] if pieces else []


def _method(report: Report, today: str) -> list[str]:
    men, older = (quantities.number(NATIONAL[name], "national") for name in ("men", "fifty_or_over"))
    return [
        f"{report.basis}. Établi le {today} avec Palette, selon la version {VERSION} des définitions.",
        f"Les évolutions sont mesurées {report.compared}.",
        "Les parts sont arrondies au dixième : leur somme peut s’écarter légèrement de 100\u202f%.",
        f"Repères nationaux ({men} d’hommes, {older} de 50 ans ou plus) : ceux de la présentation de la mission.",
    ]
