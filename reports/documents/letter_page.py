"""The first page of a letter in Word: who writes, the address where the window of a French envelope (DL) shows it,
place, date, reference and object; and who signs.

The window is 35 or 45 mm high and 100 mm wide, 20 mm from the right and from the bottom of the envelope. A sheet folded
in three may slide by a centimetre: from 105 to 190 mm and from 55 to 79 mm of the sheet, an address is always seen.
"""

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

ADDRESS_LEFT, ADDRESS_TOP, ADDRESS_WIDTH, ADDRESS_HEIGHT = 105, 55, 85, 35
"""Millimetres from the left and the top of the sheet."""
BODY_TOP = 92
"""Millimetres from the top, under the window and about at the first fold."""
_SENDER_LEFT, _SENDER_TOP, _SENDER_WIDTH, _SENDER_HEIGHT = 20, 12, 80, 76
_HEADER_TOP = 10
_BLUE, _SOFT = RGBColor(0x1F, 0x4E, 0x5F), RGBColor(0x5A, 0x54, 0x48)
_TWIPS = 1440 / 25.4
"""Twentieths of a point in a millimetre."""


def write_head(document: WordDocument) -> None:
    """Write sender and address on the first page, each in a frame at its place, and what stands above the text."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance = Mm(_HEADER_TOP)
    header = section.first_page_header
    sender = [header.paragraphs[0], *(header.add_paragraph() for _ in range(3))]
    texts = ("{%p if logo %}", "{{ logo }}", "{%p endif %}", "{{ document.entete }}")
    for paragraph, text in zip(sender, texts, strict=True):
        paragraph.text = text
        _frame(paragraph, _SENDER_LEFT, _SENDER_TOP, _SENDER_WIDTH, _SENDER_HEIGHT)
    sender[-1].runs[0].font.size, sender[-1].runs[0].font.color.rgb = Pt(9), _BLUE
    address = header.add_paragraph("{{ document.destinataire }}")
    address.runs[0].font.size = Pt(11)
    _frame(address, ADDRESS_LEFT, ADDRESS_TOP, ADDRESS_WIDTH, ADDRESS_HEIGHT)
    space = header.add_paragraph()
    space.paragraph_format.line_spacing, space.paragraph_format.space_after = Mm(BODY_TOP - _HEADER_TOP), Pt(0)
    for footer in (section.first_page_footer, section.footer):
        footer.paragraphs[0].text = "{{ document.titre }} · {{ document.reference }}"
        footer.paragraphs[0].runs[0].font.size, footer.paragraphs[0].runs[0].font.color.rgb = Pt(8), _SOFT
    document.add_paragraph("{{ document.commune }}, le {{ document.date }}")
    document.add_paragraph("Réf.\u00a0: {{ document.reference }}").runs[0].font.size = Pt(9)
    subject = document.add_paragraph("Objet\u00a0: {{ document.objet }}")
    subject.runs[0].font.bold = True
    subject.paragraph_format.space_after = Pt(12)


def write_signatory(document: WordDocument, text: str) -> None:
    """Write who signs and the capacity, on the right, with room to sign; never alone on a page."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    for number, line in enumerate(text.split("\n")):
        paragraph = document.add_paragraph(line)
        paragraph.paragraph_format.left_indent = Mm(85)
        paragraph.paragraph_format.space_before = Pt(0 if number else 18)
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.keep_with_next = number == 0


def _frame(paragraph: Paragraph, left: int, top: int, width: int, height: int) -> None:
    """Place a paragraph by millimetres of the page; those with the same place stand in one frame."""
    frame = OxmlElement("w:framePr")
    sizes = {"w": width, "h": height, "x": left, "y": top}
    values = {name: str(round(value * _TWIPS)) for name, value in sizes.items()}
    values |= {"hRule": "exact", "wrap": "around", "vAnchor": "page", "hAnchor": "page"}
    for name, value in values.items():
        frame.set(qn(f"w:{name}"), value)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(frame, "w:widowControl", "w:numPr", "w:spacing", "w:ind", "w:jc", "w:rPr")
    paragraph.paragraph_format.space_after = Pt(0)
