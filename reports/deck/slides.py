"""The slides of the deck, one function each: cover, headline, charts, profile in numbers, definitions."""

import copy
from collections.abc import Sequence
from datetime import date
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Pt

from db.base.french import french_date
from db.figures.counting import PROFILE
from db.figures.definitions import NATIONAL, VERSION
from reports.content import quantities
from reports.content.chart_data import ChartData
from reports.content.plots import MONTHLY
from reports.content.report import Number, Report
from reports.deck import charts as deck_charts
from reports.deck import tables as deck_tables
from reports.deck.charts import plain
from reports.deck.template import BODY, CONTENT, COVER, FONT, LEAD, MESSAGE, OVERLINE, PANEL, SOFT, TEXT, Box, rgb

OFFICE = "Palette · Département du Lot, publics artistes"
_MOST_BARS_BESIDE_TABLE = 8
"""A lone chart with more bars takes the whole width."""
_MOST_BARS_ABOVE_TABLE = 4
"""Most bars with which the table stands under the chart."""
_GAP = 0.2
_SIZES = ((120, 24), (145, 20))
"""(letters of a title, size in points) for two lines."""
Line = tuple[str, float, bool, str]
"""A text, its size in points, whether it is bold, its colour."""
Columns = list[list[ChartData]]


# --- what every slide is made of ---


def _add_slide(deck: Deck, report: Report, layout: str, title: str, overline: str, notes: str) -> Slide:
    """Add a slide with title, small line, foot and notes."""
    slide: Slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(layout))
    shapes: Any = slide.shapes
    shapes.title.name, shapes.title.text = "Titre", plain(title)
    size = next((size for letters, size in _SIZES if len(title) <= letters), 16)
    shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
    small = _placeholder(slide, OVERLINE)
    small.name, small.text = "Surtitre", plain(overline)
    _write_notes(slide, notes)
    return slide


def _write_notes(slide: Slide, notes: str) -> None:
    frame: Any = slide.notes_slide.notes_text_frame
    frame.text = plain(notes)


def _placeholder(slide: Slide, index: int) -> Any:
    return next(shape for shape in slide.placeholders if shape.placeholder_format.idx == index)


def add_foot(slide: Slide, report: Report, page: int) -> None:
    """Add the foot and the page number, which python-pptx does not copy from the layout."""
    holders: Any = slide.slide_layout.placeholders
    for holder in holders:
        if holder.placeholder_format.type in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
            copied = copy.deepcopy(holder.element)
            copied.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
            slide.shapes._spTree.append(copied)
            for field in copied.iter(qn("a:fld")):
                field.find(qn("a:t")).text = str(page)
    foot: Any = next(s for s in slide.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.FOOTER)
    foot.text = plain(f"{OFFICE} · {report.title}")
    paragraph = foot.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT  # LibreOffice forgets what the master says of feet
    font = paragraph.runs[0].font
    font.name, font.size, font.color.rgb = FONT, Pt(10), rgb(SOFT)


def _add_text(slide: Slide, name: str, box: Box, lines: Sequence[Line], space: float = 0) -> None:
    """Add a text without a frame. ``space``: between lines, in points."""
    shape = slide.shapes.add_textbox(*box.emu)
    shape.name = name
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for index, (text, size, bold, colour) in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.space_before = Pt(space if index else 0)
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = plain(text), Pt(size), bold
        _colour(run.font.color, colour)


def _colour(color: Any, colour: str) -> None:
    themes = {"ink": MSO_THEME_COLOR.TEXT_1, "teal": MSO_THEME_COLOR.TEXT_2}
    if colour in themes:
        color.theme_color = themes[colour]
    else:
        color.rgb = rgb(SOFT)


def _add_background(slide: Slide, name: str, box: Box) -> None:
    """Add a decorative background."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu)
    shape.name = name
    shape.fill.solid()
    shape.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
    shape.line.fill.background()
    style = shape.element.find(qn("p:style"))
    shape.element.remove(style)  # it brings a shadow
    shape.element.nvSpPr.cNvPr.append(parse_xml(_DECORATIVE))


_DECORATIVE = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative'
    ' xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


# --- the slides ---


def add_cover(deck: Deck, report: Report) -> None:
    """What the report is, of whom, and when it was made."""
    slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(COVER))
    shapes: Any = slide.shapes
    shapes.title.text = report.title.replace(" au ", " au\u00a0")
    _placeholder(slide, 1).text = "Accompagnement des publics artistes\nDépartement du Lot"
    today = french_date(date.today().isoformat())
    _placeholder(slide, OVERLINE).text = f"{report.basis}\nÉtabli le {today} avec Palette"
    _write_notes(slide, f"{report.title}. {report.basis}.")


def add_headline(deck: Deck, report: Report) -> None:
    """The headline numbers in large figures, with the shares beside them."""
    notes = "\n".join(f"{number.label} : {number.means}" for number in (*report.numbers, *report.shares))
    slide = _add_slide(deck, report, MESSAGE, _headline_title(report), f"L’essentiel · {report.title}", notes)
    width, height = LEAD.width / 2 - _GAP, LEAD.height / 3
    for index, number in enumerate(report.numbers):
        down, across = divmod(index, 2)
        box = Box(LEAD.x + across * (width + 2 * _GAP), LEAD.y + down * height, width, height - _GAP)
        _add_figure(slide, number, box, report.compared, 40)
    _add_background(slide, "Fond des parts", PANEL)
    inner = PANEL.inside(_GAP * 1.3)
    _add_text(slide, "Parts", inner.top(0.3), [(f"Parmi les personnes {_population_word(report)}", 12, True, "teal")])
    row = inner.below(0.5)
    for index, number in enumerate(report.shares):
        height = row.height / len(report.shares)
        _add_figure(slide, number, Box(row.x, row.y + index * height, row.width, height), report.compared, 28)


def _headline_title(report: Report) -> str:
    """Return « 139 personnes suivies en 2022, dont 116 accompagnées »."""
    persons, accompanied = _persons_text(report)
    part = f", dont {quantities.number(accompanied)} accompagnée{'s' * (accompanied >= 2)}" if accompanied else ""
    return f"{persons} {report.period.words}{part}"


def _persons_text(report: Report) -> tuple[str, float]:
    """Return « 139 personnes suivies » or « 95 personnes en portefeuille », and how many are accompanied."""
    values = {number.name: number.value or 0 for number in report.numbers}
    count = values["portfolio" if report.period.is_day else "followed"]
    kind = _population_word(report, count)
    text = f"{quantities.with_unit(count, 'person')} {kind}" if count else f"Aucune personne {kind}"
    return text, values["accompanied"]


def _population_word(report: Report, count: float = 2) -> str:
    """Return what the persons of the report are, in the singular or plural."""
    return "en portefeuille" if report.period.is_day else "suivies" if count >= 2 else "suivie"


def _add_figure(slide: Slide, number: Number, box: Box, compared: str, size: float) -> None:
    """Add a large figure over its label and change."""
    lines = [(number.text, size, True, "teal"), (number.label, 13, False, "ink")]
    if number.change:
        change = "sans changement" if number.change == "=" else number.change
        lines.append((f"{change} {compared}", 11, False, "soft"))
    _add_text(slide, f"Chiffre : {number.label}", box, lines)


def add_charts(deck: Deck, report: Report, section: str, charts: Sequence[ChartData]) -> None:
    """The main chart, and others beside or below it; when alone, its table is beside it."""
    lead, others = charts[0], charts[1:]
    notes = "\n".join(f"{chart.title} : {chart.means}\n{chart.reading}" for chart in charts)
    slide = _add_slide(deck, report, MESSAGE, _message(lead), f"{section} · {lead.title}", notes)
    if others and all(chart.shape in MONTHLY for chart in charts):
        return _stack_months(slide, charts)
    if not others and len(lead.rows) > _MOST_BARS_BESIDE_TABLE:
        deck_charts.draw(slide, lead, CONTENT, 12)
        return None
    _add_lead(slide, lead, table=bool(others))
    height = (PANEL.height + _GAP) / max(1, len(others))
    for index, chart in enumerate(others):
        _add_companion(slide, chart, Box(PANEL.x, PANEL.y + index * height, PANEL.width, height - _GAP))
    if not others:
        _add_table(slide, lead)
    return None


def _stack_months(slide: Slide, charts: Sequence[ChartData]) -> None:
    """Align charts of the same months."""
    first = CONTENT.height * 0.36
    deck_charts.draw(slide, charts[0], CONTENT.top(first))
    height = (CONTENT.height - first) / (len(charts) - 1)
    for index, chart in enumerate(charts[1:]):
        box = CONTENT.below(first + index * height + _GAP).top(height - _GAP)
        _add_text(slide, f"Titre : {chart.title}", box.top(0.5), _heading(chart), space=2)
        deck_charts.draw(slide, chart, box.below(0.55))


def _message(chart: ChartData) -> str:
    """Return the sentence of a chart without its full stop, as a title."""
    return chart.reading.removesuffix(".")


def _heading(chart: ChartData) -> list[Line]:
    return [(chart.title, 11, True, "teal"), (_message(chart), 13, True, "ink")]


def _add_lead(slide: Slide, chart: ChartData, table: bool) -> None:
    """Add the main chart; with few bars it leaves room for its table."""
    with_table = table and len(chart.rows) <= _MOST_BARS_ABOVE_TABLE and chart.shape == "bars" and chart.base
    height = 0.34 * (len(chart.rows) + 2) if with_table else 0
    deck_charts.draw(slide, chart, LEAD.top(LEAD.height - height - (0.25 if with_table else 0)), 12)
    if with_table:
        deck_tables.draw(slide, chart, deck_tables.text_lines(chart), LEAD.below(LEAD.height - height), 0.34, 12)


def _add_companion(slide: Slide, chart: ChartData, box: Box) -> None:
    """Add a chart on a background, under its title and sentence."""
    _add_background(slide, f"Fond : {chart.title}", box)
    inner = box.inside(_GAP)
    head = 0.3 + 0.22 * -(-len(chart.reading) // 44)
    _add_text(slide, f"Titre : {chart.title}", inner.top(head), _heading(chart), space=2)
    deck_charts.draw(slide, chart, inner.below(head + 0.1), 11 if len(chart.rows) <= 8 else 10)


def _add_table(slide: Slide, chart: ChartData) -> None:
    """Add the table of a lone chart."""
    lines = deck_tables.text_lines(chart)
    _add_background(slide, f"Fond : {chart.title}", PANEL.top(0.38 * len(lines) + 2 * _GAP))
    deck_tables.draw(slide, chart, lines, PANEL.inside(_GAP), 0.38, 12)


# --- the numbers of the profile ---

_LINE = 0.285


def profile_pages(report: Report) -> list[Columns]:
    """Distribute the tables of the profile over pages of three columns."""
    profile_charts = [chart for chart in report.charts if chart.figure in PROFILE and not chart.empty]
    columns: Columns = []
    for chart in profile_charts:
        with_room = (column for column in columns if _column_height([*column, chart]) <= CONTENT.height)
        column = next(with_room, None)
        if column is None:
            column = []
            columns.append(column)
        column.append(chart)
    return [columns[index : index + 3] for index in range(0, len(columns), 3)]


def _column_height(charts: Sequence[ChartData]) -> float:
    return sum(deck_tables.table_height(chart, _LINE) + _GAP for chart in charts) - _GAP


def add_profile(deck: Deck, report: Report, columns: Columns) -> None:
    """Every number of the profile, with its share."""
    charts = [chart for column in columns for chart in column]
    notes = "\n".join(f"{chart.title} : {chart.means}" for chart in charts)
    title = f"{_persons_text(report)[0]} {report.period.words}, chiffre par chiffre"
    slide = _add_slide(deck, report, MESSAGE, title, f"Annexe · {report.title}", notes)
    width = (CONTENT.width - 2 * 2 * _GAP) / 3
    for index, column in enumerate(columns):
        box = Box(CONTENT.x + index * (width + 2 * _GAP), CONTENT.y, width, CONTENT.height)
        for chart in column:
            deck_tables.draw(slide, chart, deck_tables.text_lines(chart, with_total=False), box, _LINE, 10.5)
            box = box.below(_column_height([chart]) + _GAP)


# --- definitions ---


def add_method(deck: Deck, report: Report) -> None:
    """What the numbers count, and how the report was made."""
    numbers = {number.means: number for number in (*report.numbers, *report.shares)}
    charts = {chart.figure: chart for chart in report.charts}
    notes = "\n".join(f"{chart.title} : {chart.means}" for chart in charts.values())
    slide = _add_slide(deck, report, TEXT, "Définitions et méthode", f"Annexe · {report.title}", notes)
    _write_definitions(_placeholder(slide, BODY).text_frame, list(numbers.values()))
    _add_background(slide, "Fond de la méthode", PANEL)
    lines = [("Méthode", 12.0, True, "teal"), *((text, 12.0, False, "ink") for text in _method_lines(report))]
    _add_text(slide, "Méthode", PANEL.inside(_GAP * 1.3), lines, space=9)


def _write_definitions(frame: Any, numbers: Sequence[Number]) -> None:
    for index, number in enumerate(numbers):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        name, means = paragraph.add_run(), paragraph.add_run()
        name.text, means.text = f"{plain(number.label)}. ", plain(number.means)
        name.font.bold = True


_MEN, _OLDER = (quantities.number(NATIONAL[name], "national") for name in ("men", "fifty_or_over"))
_NATIONAL = f"{_MEN} d’hommes, {_OLDER} de 50 ans ou plus"


def _method_lines(report: Report) -> list[str]:
    today = french_date(date.today().isoformat())
    return [
        f"{report.basis}.",
        f"Établi le {today} par Palette, avec la version {VERSION} des définitions.",
        f"Les parts du profil sont celles des personnes {_population_word(report)} {report.period.words}.",
        f"Chaque changement est mesuré {report.compared}.",
        "Les parts sont arrondies au dixième : leur somme peut s’écarter légèrement de 100 %.",
        f"Les références nationales ({_NATIONAL}) sont celles de la présentation de la mission.",
        "Les graphiques et les tableaux se modifient dans PowerPoint ; leurs définitions sont dans les notes.",
    ]
