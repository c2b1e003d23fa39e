"""Chart data as native tables: thin lines, numbers aligned right."""

from collections.abc import Sequence
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.slide import Slide
from pptx.util import Inches, Pt

from reports.content.chart_data import ChartData
from reports.deck.charts import describe, plain
from reports.deck.template import INK, RULE, Box

_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_LABEL = 36
"""Letters of a label on one line, in a third of a page."""
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def text_lines(chart: ChartData, with_total: bool = True) -> list[list[str]]:
    """Return the headings, then a line for each row; with ``whole`` the total, where shares are of it."""
    total = [chart.total] if with_total and chart.total else []
    return [chart.headings, *map(chart.text_line, chart.rows), *total]


def table_height(chart: ChartData, height: float) -> float:
    """Return the height of the table without its total; a long label takes several lines."""
    return height * (1 + sum(1 + 0.6 * (len(row.label) // _LABEL) for row in chart.rows))


def draw(slide: Slide, chart: ChartData, texts: Sequence[Sequence[str]], box: Box, height: float, size: float) -> None:
    """Put the table of these lines on a slide. ``height``: of a line, in inches; ``size``: of letters, in points."""
    shapes: Any = slide.shapes
    frame = shapes.add_table(len(texts), len(texts[0]), *box.top(height * len(texts)).emu)
    describe(frame, f"Tableau : {chart.title}", f"Tableau. {chart.alt}")
    table = frame.table
    table.horz_banding = False
    table.last_row = texts[-1][0] == "Ensemble"
    table._tbl.tblPr.find(f"{{{_A}}}tableStyleId").text = _NO_STYLE
    _set_widths(table, box.width, len(texts[0]), size)
    for row, line in enumerate(texts):
        table.rows[row].height = Inches(height)
        _write(table, row, line, size, strong=row == 0 or (table.last_row and row == len(texts) - 1))


def _set_widths(table: Any, width: float, columns: int, size: float) -> None:
    """Give the labels the room left, and every number the same width."""
    number = min(0.085 * size, width * 0.6 / (columns - 1))
    for row in range(columns):
        table.columns[row].width = Inches(number if row else width - number * (columns - 1))


def _write(table: Any, row: int, line: Sequence[str], size: float, strong: bool) -> None:
    for column, text in enumerate(line):
        cell = table.cell(row, column)
        cell.margin_left = cell.margin_right = Inches(0.04)
        cell.margin_top = cell.margin_bottom = Inches(0.02)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.text = plain(text)
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if column else PP_ALIGN.LEFT
        font = paragraph.runs[0].font  # PowerPoint does not read the font of a paragraph
        font.size, font.bold = Pt(size), strong
        _underline(cell, INK if row == 0 else RULE)


def _underline(cell: Any, colour: str) -> None:
    """Draw a line under a cell, and no other."""
    properties = cell._tc.get_or_add_tcPr()
    for side in ("lnL", "lnR", "lnT"):
        properties.append(parse_xml(f'<a:{side} xmlns:a="{_A}" w="0"><a:noFill/></a:{side}>'))
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    properties.append(parse_xml(f'<a:lnB xmlns:a="{_A}" w="9525">{fill}</a:lnB>'))
    properties.append(parse_xml(f'<a:noFill xmlns:a="{_A}"/>'))
