"""The empty deck: 16:9, one typeface, the product's colours, three layouts with real placeholders. Built in code rather
than stored, so that changes can be read and compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.util import Inches

FONT = "Arial"
"""Present on office computers; LibreOffice substitutes Liberation Sans, of the same widths."""
INK, PAPER, TEAL, STONE = "15120E", "FDFCFA", "1F4E5F", "F6F4EF"
SOFT, RULE, PALE = "5A5448", "D6D0C4", "C9DCE2"
_THEME = {
    "dk1": INK, "lt1": PAPER, "dk2": TEAL, "lt2": STONE, "accent1": "2C7A8C", "accent2": "B4561F", "accent3": "2F6FB0",
    "accent4": "8B4FA8", "accent5": "B07A1E", "accent6": "3F8F4F", "hlink": TEAL, "folHlink": SOFT,
}  # fmt: skip
"""The theme's colours, also used by charts that users add."""


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide, in inches."""

    x: float
    y: float
    width: float
    height: float

    @property
    def emu(self) -> tuple[Inches, Inches, Inches, Inches]:
        """The rectangle as python-pptx takes it."""
        return Inches(self.x), Inches(self.y), Inches(self.width), Inches(self.height)

    def top(self, height: float) -> "Box":
        """Return its upper part."""
        return Box(self.x, self.y, self.width, height)

    def below(self, height: float) -> "Box":
        """Return what is left under its upper part."""
        return Box(self.x, self.y + height, self.width, self.height - height)

    def inside(self, margin: float) -> "Box":
        """Return it with a margin all around."""
        return Box(self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)


PAGE = Box(0, 0, 13.333, 7.5)
CONTENT = Box(0.6, 1.72, 12.133, 5.0)
LEAD = Box(0.6, 1.72, 6.75, 5.0)
PANEL = Box(7.7, 1.72, 5.033, 5.0)
_OVERLINE, _TITLE = Box(0.6, 0.45, 12.133, 0.3), Box(0.6, 0.78, 12.133, 0.95)
_FOOTER, _NUMBER = Box(0.6, 6.97, 10.5, 0.28), Box(11.733, 6.97, 1.0, 0.28)
COVER, MESSAGE, TEXT = "Couverture", "Message", "Message et texte"
OVERLINE, BODY = 13, 14
"""Placeholder (idx) of the small line above the title, and of the text."""


def rgb(colour: str) -> Any:
    """Return « 1F4E5F » or « #1F4E5F » as python-pptx takes it."""
    color: Any = RGBColor
    return color.from_string(colour.removeprefix("#"))


def blank() -> Deck:
    """Return a deck without slides, with the layouts COVER, MESSAGE and TEXT."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = PAGE.emu[2:]
    size = deck.element.sldSz
    size.attrib.pop("type", None)  # it says 4:3
    for layout in list(deck.slide_layouts)[3:]:
        deck.slide_layouts.remove(layout)
    _repaint(deck.slide_master.part)
    _fill(deck.slide_master, "", PAPER, _master())
    for layout, (name, ground, shapes) in zip(deck.slide_layouts, _layouts(), strict=True):
        _fill(layout, name, ground, shapes)
    _without_thumbnail(deck)
    return deck


def _without_thumbnail(deck: Deck) -> None:
    """Remove the thumbnail of python-pptx's template."""
    package: Any = deck.part.package
    for key, relation in list(package._rels.items()):
        if relation.reltype == RT.THUMBNAIL:
            package.drop_rel(key)


def repaint_notes(deck: Deck) -> None:
    """Apply the theme to the notes pages, which have their own."""
    _repaint(deck.notes_master.part)


def _repaint(part: Any) -> None:
    """Apply the typeface and colours to the theme of a master."""
    theme = part.part_related_by(RT.THEME)
    text = theme.blob.decode()
    text = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{FONT}"', text)
    for name, colour in _THEME.items():
        text = re.sub(
            rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>', text, flags=re.S
        )
    text = text.replace('name="Office Theme"', 'name="Palette"')
    if hasattr(theme, "_element"):  # that of the notes, which python-pptx makes itself
        theme._element = parse_xml(text.encode())
    else:
        theme.blob = text.encode()


# --- masters and layouts ---


def _fill(holder: Any, name: str, ground: str, shapes: Iterator[str]) -> None:
    """Replace the shapes of a master or layout."""
    element = holder.element
    element.attrib.pop("type", None)
    if name:
        element.cSld.set("name", name)
    tree = element.cSld.spTree
    for shape in list(tree.iterchildren())[2:]:
        tree.remove(shape)
    for index, shape in enumerate(shapes, start=2):
        tree.append(parse_xml(shape.replace("{id}", str(index))))
    if ground:
        _colour_ground(element.cSld, ground)
    if holder.part.partname.startswith("/ppt/slideMasters"):
        _write_styles(element)


def _colour_ground(page: Any, colour: str) -> None:
    for old in page.findall(f"{{{_P}}}bg"):
        page.remove(old)
    fill = f'<a:solidFill><a:schemeClr val="{_scheme(colour)}"/></a:solidFill><a:effectLst/>'
    page.insert(0, parse_xml(f"<p:bg {_NAMES}><p:bgPr>{fill}</p:bgPr></p:bg>"))


def _write_styles(master: Any) -> None:
    """Set titles and texts of every layout: left, no bullet, our colours."""
    styles = master.find(f"{{{_P}}}txStyles")
    levels = "".join(_level(f"lvl{level}pPr", 14, "tx1", False, 4) for level in range(1, 10))
    other = "".join(_level(f"lvl{level}pPr", 14, "tx1", False, 0) for level in range(1, 10))
    new = parse_xml(
        f"<p:txStyles {_NAMES}><p:titleStyle>{_level('lvl1pPr', 24, 'tx1', True, 0)}</p:titleStyle>"
        f"<p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle>{other}</p:otherStyle></p:txStyles>"
    )
    master.replace(styles, new)


_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_NAMES = f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="{_P}"'


def _scheme(colour: str) -> str:
    return {INK: "tx1", PAPER: "bg1", TEAL: "tx2", STONE: "bg2"}[colour]


def _filled(colour: str) -> str:
    """Return a fill. ``colour``: of the theme, or RRGGBB."""
    kind = "srgbClr" if re.fullmatch("[0-9A-F]{6}", colour) else "schemeClr"
    return f'<a:solidFill><a:{kind} val="{colour}"/></a:solidFill>'


def _level(name: str, size: float, colour: str, bold: bool, before: float, align: str = "l") -> str:
    """Return a paragraph style. ``before``: the space above it, in points."""
    return (
        f'<a:{name} marL="0" indent="0" algn="{align}"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="{round(before * 100)}"/></a:spcBef><a:buNone/>'
        f'<a:defRPr lang="fr-FR" sz="{round(size * 100)}" b="{int(bold)}" kern="1200">{_filled(colour)}'
        f'<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:{name}>'
    )


def _placed(box: Box) -> str:
    x, y, width, height = box.emu
    transform = f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    return f'{transform}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'


def _holder(name: str, kind: str, box: Box | None, text: str, style: str = "", anchor: str = "t") -> str:
    """Return a placeholder. ``kind``: its attributes; without ``box`` it stands where the master has it."""
    insets = 'lIns="0" tIns="0" rIns="0" bIns="0"'
    body = f'<a:bodyPr vert="horz" wrap="square" {insets} anchor="{anchor}"><a:normAutofit/></a:bodyPr>'
    run = f'<a:r><a:rPr lang="fr-FR"/><a:t>{escape(text)}</a:t></a:r>' if text else '<a:endParaRPr lang="fr-FR"/>'
    if "sldNum" in kind:
        run = f'<a:fld id="{_FIELD}" type="slidenum"><a:rPr lang="fr-FR"/><a:t>‹N°›</a:t></a:fld>'
    return (
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{{id}}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{_placed(box) if box else ''}</p:spPr>"
        f"<p:txBody>{body if box else '<a:bodyPr/>'}<a:lstStyle>{style}</a:lstStyle><a:p>{run}</a:p></p:txBody></p:sp>"
    )


_FIELD = "{C1FF6DA9-008F-8B48-92A6-B652298478BF}"


def _rule(name: str, box: Box, colour: str) -> str:
    """Return a decorative line or bar."""
    return (
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{{id}}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f"<p:spPr>{_placed(box)}{_filled(colour)}<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _master() -> Iterator[str]:
    small = _level("lvl1pPr", 10, SOFT, False, 0)
    yield _holder("Titre", 'type="title"', _TITLE, "Le message de la diapositive")
    yield _holder("Texte", 'type="body" idx="1"', CONTENT, "Texte")
    yield _holder("Pied de page", 'type="ftr" sz="quarter" idx="3"', _FOOTER, "", small, "ctr")
    right = _level("lvl1pPr", 10, SOFT, False, 0, "r")
    yield _holder("Numéro de page", 'type="sldNum" sz="quarter" idx="4"', _NUMBER, "", right, "ctr")


def _layouts() -> Iterator[tuple[str, str, Iterator[str]]]:
    yield COVER, TEAL, _cover()
    yield MESSAGE, "", _message()
    yield TEXT, "", _text()


_BARS, _SHADE = (1.4, 2.7, 3.8, 3.2, 2.0, 2.4, 0.9), "265A6C"
"""The decorative bars at the edge of the cover."""


def _cover() -> Iterator[str]:
    big, small = _level("lvl1pPr", 54, "bg1", True, 0), _level("lvl1pPr", 20, PALE, False, 8)
    for index, width in enumerate(_BARS):
        yield _rule(f"Barre {index + 1}", Box(PAGE.width - width, 0.62 + index * 0.91, width, 0.6), _SHADE)
    yield _rule("Filet", Box(0.9, 4.02, 1.6, 0.05), PALE)
    yield _holder("Titre", 'type="ctrTitle"', Box(0.9, 1.6, 8.5, 2.2), "Titre du diaporama", big, "b")
    yield _holder("Sous-titre", 'type="subTitle" idx="1"', Box(0.9, 4.3, 8.5, 1.3), "Sous-titre", small)
    foot = _level("lvl1pPr", 12, PALE, False, 0)
    yield _holder(
        "Mention", f'type="body" sz="quarter" idx="{OVERLINE}"', Box(0.9, 6.35, 8.5, 0.5), "Mention", foot, "b"
    )


def _message() -> Iterator[str]:
    over = _level("lvl1pPr", 12, "tx2", True, 0)
    yield _rule("Filet du pied de page", Box(0.6, 6.9, 12.133, 0.01), RULE)
    yield _holder("Titre", 'type="title"', None, "Le message de la diapositive")
    yield _holder(
        "Surtitre", f'type="body" sz="quarter" idx="{OVERLINE}"', _OVERLINE, "Ce que montre la diapositive", over
    )
    yield _holder("Pied de page", 'type="ftr" sz="quarter" idx="11"', None, "")
    yield _holder("Numéro de page", 'type="sldNum" sz="quarter" idx="12"', None, "")


def _text() -> Iterator[str]:
    yield from _message()
    yield _holder("Texte", f'type="body" idx="{BODY}"', LEAD, "Texte", _level("lvl1pPr", 12, "tx1", False, 8))
