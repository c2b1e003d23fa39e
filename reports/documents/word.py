"""Word documents: the template that Palette brings, made from texts.py, and any template filled in with fields."""

import io
from functools import lru_cache
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate, InlineImage

from reports.documents import letter_page
from reports.documents.blocks import HEADING, QUOTE, SIGNATURES, SIGNED, TABLE, Block
from reports.documents.contract_texts import SIGNATORIES
from reports.documents.expressions import ENVIRONMENT
from reports.documents.fields import Data
from reports.documents.texts import DOCUMENTS

_INK, _BLUE = RGBColor(0x15, 0x12, 0x0E), RGBColor(0x1F, 0x4E, 0x5F)
_WIDTH = Mm(170)
_LOGO_HEIGHT = Mm(18)
_WATERMARK = """<w:r {w} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" path="m@7,l@8,m@5,21600l@6,21600e">
<v:path textpathok="t"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="projet" o:spid="_x0000_s2049" type="#_x0000_t136" alt="Projet" style="position:absolute;width:400pt;
height:120pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;
mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
fillcolor="#e9e5dc" stroked="f"><v:textpath style="font-family:Arial" string="PROJET"/></v:shape></w:pict></w:r>"""


# ---- the template that Palette brings


@lru_cache
def shipped(name: str) -> bytes:
    """Return the template of a document (texts.py) as DOCX, which an office may edit in Word or Writer."""
    kind, document = DOCUMENTS[name], Document()
    _set_up(document, kind.title)
    if kind.is_letter:
        letter_page.write_head(document)
    else:
        _header(document)
        title = document.add_paragraph("{{ document.titre }}", style="Title")
        title.paragraph_format.space_after = Pt(10)
    for block in kind.blocks:
        if block.kind == SIGNATURES:  # nobody signs on a page of its own
            document.paragraphs[-1].paragraph_format.keep_with_next = True
        _add(document, block)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _set_up(document: WordDocument, title: str) -> None:
    section, properties = document.sections[0], document.core_properties
    properties.title, properties.author, properties.language = title, "Palette", "fr-FR"
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(18), Mm(18)
    styles = document.styles
    for name, size, bold, color in (
        ("Normal", 10.5, False, _INK), ("Title", 20, True, _BLUE), ("Heading 1", 13, True, _BLUE),
        ("Quote", 10.5, False, _INK), ("Caption", 9.5, True, _INK),
    ):  # fmt: skip
        font = styles[name].font
        font.name, font.size, font.bold, font.color.rgb = "Arial", Pt(size), bold, color
        styles[name].element.rPr.rFonts.set(qn("w:asciiTheme"), "")  # the theme's font would win
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            styles[name].element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    styles["Normal"].paragraph_format.space_after = Pt(5)
    styles["Heading 1"].paragraph_format.space_before = Pt(12)
    styles["Heading 1"].paragraph_format.space_after = Pt(4)
    styles["Quote"].paragraph_format.left_indent = Cm(0.8)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    styles["Normal"].element.get_or_add_rPr().append(language)


def _header(document: WordDocument) -> None:
    """Write logo and letterhead; « PROJET » stands across the page until the contract is signed."""
    header = document.sections[0].header
    first = header.paragraphs[0]
    first.text = "{%p if logo %}"
    header.add_paragraph("{{ logo }}")
    header.add_paragraph("{%p endif %}")
    head = header.add_paragraph("{{ document.service }}")
    head.runs[0].font.size, head.runs[0].font.color.rgb = Pt(9), _BLUE
    header.add_paragraph("{%p if document.projet %}")
    mark = header.add_paragraph()
    mark._p.append(parse_xml(_WATERMARK.format(w=nsdecls("w"))))
    header.add_paragraph("{%p endif %}")
    footer = document.sections[0].footer.paragraphs[0]
    footer.text = "{{ document.titre }} · {{ personne.prenom }} {{ personne.nom }}"
    footer.runs[0].font.size = Pt(8)


def _add(document: WordDocument, block: Block) -> None:
    if block.when:
        document.add_paragraph("{%p if " + block.when + " %}")
    if block.kind == HEADING:
        document.add_paragraph(block.text, style="Heading 1")
    elif block.kind == TABLE:
        caption = document.add_paragraph(block.text, style="Caption")
        caption.paragraph_format.keep_with_next = True
        _table(document, block)
        document.add_paragraph().paragraph_format.space_after = Pt(0)
    elif block.kind == SIGNATURES:
        _signatures(document, block)
    elif block.kind == SIGNED:
        letter_page.write_signatory(document, block.text)
    else:
        document.add_paragraph(block.text, style="Quote" if block.kind == QUOTE else "Normal")
    if block.when:
        document.add_paragraph("{%p endif %}")


def _table(document: WordDocument, block: Block) -> None:
    table = document.add_table(rows=4, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    for column, (heading, text, width) in enumerate(block.columns):
        table.columns[column].width = _WIDTH * width // 24
        cells = table.columns[column].cells
        _write(cells[0], heading).runs[0].font.bold = True
        _shade(cells[0])
        _write(cells[2], text)
        for cell in cells:
            cell.width = _WIDTH * width // 24
    _write(table.rows[1].cells[0], "{%tr for " + block.item + " in " + block.each + " %}")
    _write(table.rows[3].cells[0], "{%tr endfor %}")
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def _write(cell: _Cell, text: str) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.text = text
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.runs[0].font.size = Pt(9.5)
    return paragraph


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EDE9E1")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _signatures(document: WordDocument, block: Block) -> None:
    place = document.add_paragraph(block.text)
    place.paragraph_format.space_before = Pt(12)
    place.paragraph_format.keep_with_next = True
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table.rows[0].cells, SIGNATORIES, strict=True):
        _write(cell, text).alignment = WD_ALIGN_PARAGRAPH.LEFT
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    table.rows[1].height = Cm(2.6)


# ---- filling in


def filled(template: bytes, data: Data, logo: bytes | None = None) -> bytes:
    """Return a template with its fields filled in. The template was checked when it was uploaded (template_check.py).
    Raises jinja2.TemplateError for one that was not."""
    word: Any = DocxTemplate(io.BytesIO(template))
    image = InlineImage(word, io.BytesIO(logo), height=_LOGO_HEIGHT) if logo else ""
    word.render({**data, "logo": image}, jinja_env=ENVIRONMENT, autoescape=True)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()
