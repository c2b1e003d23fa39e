"""The formats of a spreadsheet beside its values: leading zeros, colours, errors, merged cells, read from the XML.

Regular expressions over the bytes suffice for the XML that spreadsheets write, never expand an entity, and take a tenth
of the time of a parser. Where they miss a format, only a note or leading zeros are missing.
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

_MAX_CELLS = 50_000
"""The number of coloured or struck cells counted in a sheet; they only appear in a note."""
_MAX_ERRORS = 20_000


@dataclass
class SheetFormats:
    """The formats of one sheet, cells by (line from 1, column from 0).

    ``cells``: the size of the rectangle that the sheet fills. ``text``: bytes of the text of its cells, as often as
    each is repeated, its markup included (ODS alone). ``padded``: cell -> number of digits displayed.
    ``coloured``, ``struck``: line -> number of such cells. ``broken``: cell -> error. ``merged``, ``hidden_rows``,
    ``hidden_columns``: as in SourceSheet. ``comments``: the cells that have one, as « B3 ».
    """

    cells: int = 0
    text: int = 0
    padded: dict[tuple[int, int], int] = field(default_factory=dict)
    coloured: dict[int, int] = field(default_factory=dict)
    struck: dict[int, int] = field(default_factory=dict)
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments: tuple[str, ...] = ()


def of_archive(archive: zipfile.ZipFile) -> dict[str, SheetFormats]:
    """Return the formats by sheet of an XLSX or ODS archive; nothing for another kind."""
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return _of_xlsx(archive, names)
    if "content.xml" in names:
        return _of_ods(archive.read("content.xml"))
    return {}


# ---- XLSX


def shared_texts(archive: zipfile.ZipFile) -> int:
    """Return how many texts the cells of an XLSX share."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return 0
    return archive.read("xl/sharedStrings.xml").count(b"<si")


def counts_from_1904(workbook: bytes) -> bool:
    """Return whether the day numbers of a workbook count from 1904."""
    return bool(re.search(rb'<(?:\w+:)?workbookPr\b[^>]*\sdate1904="(?:1|true)"', workbook))


def _of_xlsx(archive: zipfile.ZipFile, names: set[str]) -> dict[str, SheetFormats]:
    workbook = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        targets[_attribute(tag, "Id")] = _attribute(tag, "Target")
    styles = _Styles(archive.read("xl/styles.xml").decode("utf-8", "replace") if "xl/styles.xml" in names else "")
    formats = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook):
        target = targets.get(_attribute(tag, r"\w+:id"), "").lstrip("/")
        path = target if target.startswith("xl/") else f"xl/{target}"
        if path in names:
            sheet = formats[unescape(_attribute(tag, "name"))] = _of_sheet(archive.read(path), styles)
            sheet.comments = _comments(archive, names, path)
    return formats


def _comments(archive: zipfile.ZipFile, names: set[str], path: str) -> tuple[str, ...]:
    """Return the cells of a sheet that have a comment."""
    folder, _, name = path.rpartition("/")
    links = f"{folder}/_rels/{name}.rels"
    if links not in names:
        return ()
    found: list[str] = []
    for target in re.findall(r'Target="([^"]*comments?[^"]*\.xml)"', archive.read(links).decode("utf-8", "replace")):
        member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        if member in names and "threaded" not in member.lower():
            found += re.findall(r'<(?:\w+:)?comment\b[^>]*?\bref="([A-Z]{1,3}\d{1,7})"', archive.read(member).decode())
    return tuple(dict.fromkeys(found))


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return (match.group(1) or match.group(2) or "") if match else ""


class _Styles:
    """The numbers of the cell styles that pad with zeros, colour or strike out."""

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
            if _flag_at(filled, _attribute(tag, "fillId")):
                self.coloured.add(str(number))
            if _flag_at(struck, _attribute(tag, "fontId")):
                self.struck.add(str(number))


def _children(xml: str, block: str, child: str) -> list[str]:
    match = re.search(rf"<(?:\w+:)?{block}\b.*?</(?:\w+:)?{block}>", xml, re.DOTALL)
    return re.findall(
        rf"<(?:\w+:)?{child}\b(?:[^>]*/>|.*?</(?:\w+:)?{child}>)", match.group() if match else "", re.DOTALL
    )


def _flag_at(flags: list[bool], number: str) -> bool:
    return number.isdecimal() and len(number) < 7 and int(number) < len(flags) and flags[int(number)]


def _is_colour(fill: str) -> bool:
    """Return whether a fill is solid and not white."""
    colour = re.search(r"<(?:\w+:)?fgColor\b[^>]*>", fill)
    if 'patternType="solid"' not in fill or not colour:
        return False
    return _attribute(colour.group(), "rgb").upper() not in ("FFFFFFFF", "00FFFFFF") and not re.search(
        r'theme="0"(?!\s+tint="-)', colour.group()
    )


def _of_sheet(xml: bytes, styles: _Styles) -> SheetFormats:
    formats = SheetFormats(_extent(xml))
    if b"hidden" in xml:
        formats.hidden_rows = frozenset(
            int(row) for tag in re.findall(rb"<row\b[^>]*>", xml) if _HIDDEN.search(tag) for row in _ROW.findall(tag)
        )
        formats.hidden_columns = frozenset(
            column
            for tag in re.findall(rb"<col\b[^>]*>", xml)
            if _HIDDEN.search(tag)
            for column in range(_number(tag, b"min") - 1, min(_number(tag, b"max"), _MAX_COLUMNS))
        )
    for cell, style in _styled(xml, set(styles.padded)):
        formats.padded[cell] = styles.padded[style]
    for (row, _), _style in islice(_styled(xml, styles.coloured), _MAX_CELLS):
        formats.coloured[row] = formats.coloured.get(row, 0) + 1
    for (row, _), _style in islice(_styled(xml, styles.struck), _MAX_CELLS):
        formats.struck[row] = formats.struck.get(row, 0) + 1
    if b'"e"' in xml:
        error = rb'<c\b([^>]*\bt="e"[^>]*)>(?:<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>)?<v>([^<]*)</v>'
        for match in islice(re.finditer(error, xml), _MAX_ERRORS):
            formats.broken[_position(match.group(1))] = unescape(match.group(2).decode("utf-8", "replace"))
    if b"<f" in xml:
        unknown = rb'<c\b((?![^>]*\bt="str")[^>]*)>(?:<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>)(?:<v\s*/>|<v></v>)?</c>'
        for match in islice(re.finditer(unknown, xml), _MAX_ERRORS):
            formats.broken[_position(match.group(1))] = "formule sans résultat enregistré"
    return formats


_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_ROW = re.compile(rb'\sr="(\d{1,7})"')
_MAX_COLUMNS = 1_000


def _number(tag: bytes, name: bytes) -> int:
    match = re.search(rb"\s" + name + rb'="(\d{1,5})"', tag)
    return int(match.group(1)) if match else 0


def _styled(xml: bytes, styles: set[str]) -> "list[tuple[tuple[int, int], str]]":
    """Return (cell, style) for the cells that have one of these styles, 200,000 at most."""
    if not styles:
        return []
    numbers = b"|".join(number.encode() for number in sorted(styles))
    matches = re.finditer(rb'<c\b([^>]*?\bs="(' + numbers + rb')"[^>]*)>', xml)
    return [(_position(match.group(1)), match.group(2).decode()) for match in islice(matches, 200_000)]


def _position(attributes: bytes) -> tuple[int, int]:
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


_MAX_REPEATED = 10_000
"""Rows repeated more often than this are empty ones below the data."""
_NARROW = 80
"""Columns; a sheet with at most these may have 99,999 rows within the limit of cells."""


def _extent(xml: bytes) -> int:
    """Return rows times columns of the rectangle that the cells fill, which calamine would allocate. In a narrow sheet
    only row numbers from 100,000 on matter, so that shorter ones are not searched."""
    unusual = any(spelling in xml for spelling in (b" r='", b" r =", b" r= ", b"\tr", b"\nr", b"\rr"))
    before = rb"\sr\s*=\s*[\"']" if unusual else rb' r="'
    columns = set(re.findall(before + rb"([A-Za-z]{3})\d", xml)) or set(re.findall(before + rb"([A-Za-z]{2})\d", xml))
    wide = max((column_number(name.decode().upper()) + 1 for name in columns), default=26)
    digits = rb"(\d{6,7})" if wide <= _NARROW else rb"(\d{1,7})"
    rows = max((int(row) for row in set(re.findall(before + rb"[A-Za-z]{1,3}" + digits, xml))), default=0)
    return max(rows, xml.count(b"<row")) * wide


# ---- ODS

_TOKEN = re.compile(
    rb"<table:table\s[^>]*>|<table:table-column\b[^>]*>|<table:table-row\b[^>]*>"
    rb"|<table:(?:covered-)?table-cell\b[^>]*>|<office:annotation\b|</table:table>"
)
_CLOSED = re.compile(rb'table:visibility="(?:collapse|filter)"')


def _of_ods(xml: bytes) -> dict[str, SheetFormats]:
    by_sheet: dict[str, SheetFormats] = {}
    formats, row, column, height = SheetFormats(), 0, 0, 1
    last = ended = repeated = 0
    merged: list[tuple[int, int, int, int]] = []
    wide = columns = 0
    for match in _TOKEN.finditer(xml):
        tag = match.group()
        formats.text += repeated * (match.start() - ended)
        repeated = 0
        if tag.startswith(b"<table:table "):
            formats, row, column, height, merged, wide, columns = SheetFormats(), 0, 0, 1, [], 0, 0
            by_sheet[unescape(_attribute(tag.decode("utf-8", "replace"), "table:name"))] = formats
        elif tag.startswith(b"<table:table-column"):
            times = min(_repeated(tag, b"columns"), _MAX_COLUMNS)
            if _CLOSED.search(tag):
                formats.hidden_columns |= set(range(columns, columns + times))
            columns += times
        elif tag.startswith(b"<office:annotation"):
            formats.comments += (f"{column_letter(column - 1)}{row}",)
        elif tag.startswith(b"<table:table-row"):
            row, column, height = row + height, 0, _repeated(tag, b"rows")
            last = row + height - 1
            if _CLOSED.search(tag) and height < _MAX_REPEATED:
                formats.hidden_rows |= set(range(row, row + height))
        elif tag.startswith(b"</"):
            formats.merged = tuple(merged)
        else:
            times = _repeated(tag, b"columns")
            if b"office:value" in tag or b"value-type" in tag:
                wide = max(wide, column + times)
                formats.cells = max(formats.cells, last * wide)
                ended, repeated = match.end() - max(0, len(tag) - _USUAL_TAG), times * height
            if b"-spanned" in tag:
                merged += _spanned(tag, row, column)
            column += times
    return by_sheet


_USUAL_TAG = 300
"""Bytes of the tag of a cell; a longer one holds a text in an attribute."""


def _repeated(tag: bytes, axis: bytes) -> int:
    match = re.search(rb"number-" + axis + rb'-repeated="(\d{1,18})"', tag)
    return int(match.group(1)) if match else 1


def _spanned(tag: bytes, row: int, column: int) -> list[tuple[int, int, int, int]]:
    spans = [re.search(rb"number-" + axis + rb'-spanned="(\d{1,5})"', tag) for axis in (b"rows", b"columns")]
    high, wide = (int(span.group(1)) if span else 1 for span in spans)
    return [(row, column, row + high - 1, column + wide - 1)] if high > 1 or wide > 1 else []
