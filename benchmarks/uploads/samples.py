"""Small sound files of each format that an uploader takes, to be damaged, and the pieces that bombs are made of."""

import io
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from random import Random

SPREADSHEETS = ("xlsx", "xls", "ods", "csv", "txt")
HEADER = ("Nom", "Prénom", "Genre", "Ville")
ROWS = 300
_LETTERS = "bcdfgjlmnprstv", "aeiou"


def rows(count: int = ROWS) -> list[tuple[str, ...]]:
    """Return invented persons, always the same."""
    random = Random("samples")

    def name() -> str:
        return "".join(random.choice(_LETTERS[place % 2]) for place in range(8)).capitalize()

    return [(name(), name(), random.choice(("Femme", "Homme")), name()) for _ in range(count)]


@cache
def sample(extension: str) -> bytes:
    """Return a sound file of a format."""
    table = [HEADER, *rows()]
    makers = {"xlsx": _xlsx, "ods": _ods, "xls": _xls, "csv": _csv, "txt": _csv}
    if extension == "json":
        return json.dumps({"palette": 1, "setting": {}, "own_field": [], "own_value": []}).encode()
    return makers[extension](table)


def _csv(table: Iterable[Iterable[str]]) -> bytes:
    return "\n".join(";".join(row) for row in table).encode()


# ---- XLSX and ODS: parts of a ZIP

Parts = dict[str, bytes | Iterable[bytes]]

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def zipped(parts: Parts, stored: bool = False) -> bytes:
    """Return a ZIP of the parts, of which each may be given in pieces."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compresslevel=1) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)  # of 1980: the same bytes each time
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as part:
                for piece in [content] if isinstance(content, bytes) else content:
                    part.write(piece)
    return written.getvalue()


def repeated(before: str, piece: str, times: int, after: str) -> Iterator[bytes]:
    """Yield a text in which a piece is repeated, in large pieces."""
    block = 50_000
    yield before.encode()
    for _ in range(times // block):
        yield (piece * block).encode()
    yield (piece * (times % block)).encode()
    yield after.encode()


def xlsx_parts(sheet: bytes | Iterable[bytes], strings: bytes | Iterable[bytes] = b"", names: int = 1) -> Parts:
    """Return the parts of an XLSX: the XML of its first sheet, and of the shared strings."""
    sheets = "".join(f'<sheet name="F{n}" sheetId="{n}" r:id="rId{1 if n > 1 else n}"/>' for n in range(1, names + 1))
    parts: Parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return parts | ({"xl/sharedStrings.xml": strings} if strings else {})


def worksheet(inside: str, before: str = "") -> tuple[str, str]:
    """Return the beginning and the end of the XML of a sheet, around its rows."""
    return f"{before}<worksheet {_MAIN}>{inside}<sheetData>", "</sheetData></worksheet>"


def inline_row(number: int, cells: Iterable[str]) -> str:
    """Return the XML of one row of texts."""
    texts = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{texts}</row>'


def _xlsx(table: list[tuple[str, ...]]) -> bytes:
    begins, ends = worksheet("")
    return zipped(xlsx_parts((begins + "".join(inline_row(n, row) for n, row in enumerate(table, 1)) + ends).encode()))


def ods_parts(content: bytes | Iterable[bytes]) -> Parts:
    """Return the parts of an ODS, given the XML of its content."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'''<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
        <manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'''
    return {"mimetype": kind.encode(), "META-INF/manifest.xml": manifest.encode(), "content.xml": content}


def spreadsheet(before: str = "") -> tuple[str, str]:
    """Return the beginning and the end of the content of an ODS, around its rows."""
    begins = (
        f'{before}<office:document-content {_OFFICE}><office:body><office:spreadsheet><table:table table:name="F1">'
    )
    return begins, "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_row(cells: Iterable[str], row: str = "", cell: str = "") -> str:
    """Return the XML of one row of texts, with more attributes of the row and of each cell."""
    texts = "".join(
        f'<table:table-cell office:value-type="string"{cell}><text:p>{text}</text:p></table:table-cell>'
        for text in cells
    )
    return f"<table:table-row{row}>{texts}</table:table-row>"


def _ods(table: list[tuple[str, ...]]) -> bytes:
    begins, ends = spreadsheet()
    return zipped(ods_parts((begins + "".join(map(ods_row, table)) + ends).encode()))


# ---- XLS: records (BIFF8) in a compound file of sectors of 512 bytes

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, content: bytes) -> bytes:
    """Return one record of an XLS."""
    return struct.pack("<HH", kind, len(content)) + content


def xls(cells: bytes, rows_and_columns: tuple[int, int]) -> bytes:
    """Return an XLS of one sheet, given its records of cells, and the size that it says to have."""
    begins, ends = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0), record(0x000A, b"")
    sheet_begins = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)
    size = struct.pack("<IIHHH", 0, rows_and_columns[0], 0, rows_and_columns[1], 0)
    name = b"\x02\x00F1"
    globals_length = len(record(0x0809, begins)) + len(record(0x0085, bytes(6) + name)) + len(ends)
    workbook = record(0x0809, begins) + record(0x0085, struct.pack("<IH", globals_length, 0) + name) + ends
    return compound(workbook + record(0x0809, sheet_begins) + record(0x0200, size) + cells + ends)


def compound(stream: bytes, loop: bool = False) -> bytes:
    """Return a compound file that holds a workbook. ``loop``: its chain of sectors never ends."""
    sectors = max(8, -(-len(stream) // 512))
    tables = next(count for count in range(1, 10_000) if count * 128 >= sectors + 1 + count)
    first = tables + 1
    chain = [_TABLE] * tables + [_END] + [*range(first + 1, first + sectors), first if loop else _END]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *(list(range(min(tables, 109))) + [_FREE] * max(0, 109 - tables)))
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, first, sectors * 512) + bytes(256)
    return header + struct.pack(f"<{len(chain)}I", *chain) + folder + stream.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    numbers = struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return text.ljust(64, b"\0") + numbers + bytes(36) + struct.pack("<IQ", first, size)


def label(row: int, column: int, text: str) -> bytes:
    """Return the record of a cell that holds a text."""
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def _xls(table: list[tuple[str, ...]]) -> bytes:
    cells = b"".join(label(n, column, text) for n, row in enumerate(table) for column, text in enumerate(row))
    return xls(cells, (len(table), len(HEADER)))
