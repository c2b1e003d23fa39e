"""What a spreadsheet says beside its values: zeros shown, colours, errors, merged cells. Read off the XML.

Regular expressions over the bytes are enough for what spreadsheets write, cannot be made to expand an entity, and take
a tenth of the time of a parser. What they miss is a note that is not made.
"""

import re
import zipfile
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

_MOST = 50_000
"""How many cells of a kind are looked at in a sheet: a note needs no more."""
_ERRORS_AT_MOST = 20_000


@dataclass
class Looks:
    """Of one sheet. ``padded``: cell -> how many digits it shows; ``cells``: how large a rectangle it fills."""

    cells: int = 0
    padded: dict[tuple[int, int], int] = field(default_factory=dict)
    coloured: dict[int, int] = field(default_factory=dict)
    struck: dict[int, int] = field(default_factory=dict)
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()


def of_archive(archive: zipfile.ZipFile) -> dict[str, Looks]:
    """Looks by sheet of an XLSX or ODS archive; of another kind, none."""
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return _of_xlsx(archive, names)
    if "content.xml" in names:
        return _of_ods(archive.read("content.xml"))
    return {}


# ---- XLSX


def _of_xlsx(archive: zipfile.ZipFile, names: set[str]) -> dict[str, Looks]:
    workbook = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        targets[_attribute(tag, "Id")] = _attribute(tag, "Target")
    styles = _Styles(archive.read("xl/styles.xml").decode("utf-8", "replace") if "xl/styles.xml" in names else "")
    found = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook):
        target = targets.get(_attribute(tag, r"\w+:id"), "").lstrip("/")
        path = target if target.startswith("xl/") else f"xl/{target}"
        if path in names:
            found[unescape(_attribute(tag, "name"))] = _of_sheet(archive.read(path), styles)
    return found


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return (match.group(1) or match.group(2) or "") if match else ""


class _Styles:
    """Which styles of cells pad with zeros, colour or strike out: their numbers, as the sheets name them."""

    def __init__(self, xml: str) -> None:
        formats = {
            _attribute(tag, "numFmtId"): unescape(_attribute(tag, "formatCode"))
            for tag in re.findall(r"<(?:\w+:)?numFmt\b[^>]*>", xml)
        }
        filled = [_is_colour(fill) for fill in _children(xml, "fills", "fill")]
        struck = [
            bool(re.search(r"<(?:\w+:)?strike\b(?!\s+val=\"(?:0|false)\")", font))
            for font in _children(xml, "fonts", "font")
        ]
        self.padded: dict[str, int] = {}
        self.coloured: set[str] = set()
        self.struck: set[str] = set()
        block = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
        for number, tag in enumerate(re.findall(r"<(?:\w+:)?xf\b[^>]*>", block.group() if block else "")):
            code = formats.get(_attribute(tag, "numFmtId"), "")
            digits = re.sub(r'[\s"\\]|\[\$[^\]]*\]', "", code.split(";")[0])
            if re.fullmatch(r"0{2,20}", digits):
                self.padded[str(number)] = len(digits)
            if _nth(filled, _attribute(tag, "fillId")):
                self.coloured.add(str(number))
            if _nth(struck, _attribute(tag, "fontId")):
                self.struck.add(str(number))


def _children(xml: str, block: str, child: str) -> list[str]:
    found = re.search(rf"<(?:\w+:)?{block}\b.*?</(?:\w+:)?{block}>", xml, re.DOTALL)
    return re.findall(
        rf"<(?:\w+:)?{child}\b(?:[^>]*/>|.*?</(?:\w+:)?{child}>)", found.group() if found else "", re.DOTALL
    )


def _nth(flags: list[bool], number: str) -> bool:
    return number.isdecimal() and len(number) < 7 and int(number) < len(flags) and flags[int(number)]


def _is_colour(fill: str) -> bool:
    """A solid fill that is not white."""
    colour = re.search(r"<(?:\w+:)?fgColor\b[^>]*>", fill)
    if 'patternType="solid"' not in fill or not colour:
        return False
    return _attribute(colour.group(), "rgb").upper() not in ("FFFFFFFF", "00FFFFFF") and not re.search(
        r'theme="0"(?!\s+tint="-)', colour.group()
    )


def _of_sheet(xml: bytes, styles: _Styles) -> Looks:
    looks = Looks(_extent(xml))
    for place, style in _styled(xml, set(styles.padded)):
        looks.padded[place] = styles.padded[style]
    for (row, _), _style in islice(_styled(xml, styles.coloured), _MOST):
        looks.coloured[row] = looks.coloured.get(row, 0) + 1
    for (row, _), _style in islice(_styled(xml, styles.struck), _MOST):
        looks.struck[row] = looks.struck.get(row, 0) + 1
    if b'"e"' in xml:
        error = rb'<c\b([^>]*\bt="e"[^>]*)>(?:<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>)?<v>([^<]*)</v>'
        for match in islice(re.finditer(error, xml), _ERRORS_AT_MOST):
            looks.broken[_place(match.group(1))] = unescape(match.group(2).decode("utf-8", "replace"))
    if b"<f" in xml:
        unknown = rb'<c\b((?![^>]*\bt="str")[^>]*)>(?:<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>)(?:<v\s*/>|<v></v>)?</c>'
        for match in islice(re.finditer(unknown, xml), _ERRORS_AT_MOST):
            looks.broken[_place(match.group(1))] = "formule sans résultat enregistré"
    return looks


def _styled(xml: bytes, wanted: set[str]) -> "list[tuple[tuple[int, int], str]]":
    if not wanted:
        return []
    numbers = b"|".join(number.encode() for number in sorted(wanted))
    found = re.finditer(rb'<c\b([^>]*?\bs="(' + numbers + rb')"[^>]*)>', xml)
    return [(_place(match.group(1)), match.group(2).decode()) for match in islice(found, 200_000)]


def _place(attributes: bytes) -> tuple[int, int]:
    match = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', attributes)
    return (int(match.group(2)), column_number(match.group(1).decode())) if match else (0, 0)


def column_number(letters: str) -> int:
    """« A » -> 0, « AA » -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letter(number: int) -> str:
    """0 -> « A », 26 -> « AA »."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_NARROW = 80
"""A sheet of so few columns may have 99,999 rows."""


def _extent(xml: bytes) -> int:
    """Rows times columns of the rectangle that the cells fill: what reading it would take.

    A hundred thousand rows of eighty columns weigh little, so that only cells that are farther are looked for.
    """
    unusual = any(spelling in xml for spelling in (b" r='", b" r =", b" r= ", b"\tr", b"\nr", b"\rr"))
    before = rb"\sr\s*=\s*[\"']" if unusual else rb' r="'
    columns = set(re.findall(before + rb"([A-Za-z]{3})\d", xml)) or set(re.findall(before + rb"([A-Za-z]{2})\d", xml))
    wide = max((column_number(name.decode().upper()) + 1 for name in columns), default=26)
    digits = rb"(\d{6,7})" if wide <= _NARROW else rb"(\d{1,7})"
    rows = max((int(row) for row in set(re.findall(before + rb"[A-Za-z]{1,3}" + digits, xml))), default=0)
    return max(rows, xml.count(b"<row")) * wide


# ---- ODS

_TOKEN = re.compile(
    rb"<table:table\s[^>]*>|<table:table-row\b[^>]*>|<table:(?:covered-)?table-cell\b[^>]*>|</table:table>"
)


def _of_ods(xml: bytes) -> dict[str, Looks]:
    found: dict[str, Looks] = {}
    looks, row, column, height = Looks(), 0, 0, 1
    last = 0
    merged: list[tuple[int, int, int, int]] = []
    wide = 0
    for match in _TOKEN.finditer(xml):
        tag = match.group()
        if tag.startswith(b"<table:table "):
            looks, row, column, height, merged, wide = Looks(), 0, 0, 1, [], 0
            found[unescape(_attribute(tag.decode("utf-8", "replace"), "table:name"))] = looks
        elif tag.startswith(b"<table:table-row"):
            row, column, height = row + height, 0, _repeated(tag, b"rows")
            last = row + height - 1
        elif tag.startswith(b"</"):
            looks.merged = tuple(merged)
        else:
            times = _repeated(tag, b"columns")
            if b"office:value" in tag or b"value-type" in tag:
                wide = max(wide, column + times)
                looks.cells = max(looks.cells, last * wide)
            if b"-spanned" in tag:
                merged += _spanned(tag, row, column)
            column += times
    return found


def _repeated(tag: bytes, what: bytes) -> int:
    match = re.search(rb"number-" + what + rb'-repeated="(\d{1,18})"', tag)
    return int(match.group(1)) if match else 1


def _spanned(tag: bytes, row: int, column: int) -> list[tuple[int, int, int, int]]:
    spans = [re.search(rb"number-" + what + rb'-spanned="(\d{1,5})"', tag) for what in (b"rows", b"columns")]
    high, wide = (int(span.group(1)) if span else 1 for span in spans)
    return [(row, column, row + high - 1, column + wide - 1)] if high > 1 or wide > 1 else []
