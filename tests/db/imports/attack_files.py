"""Files made to exhaust a reader of spreadsheets: a few bytes that become gigabytes, and a search without end."""

import io
import zipfile

from tests.db.imports import files

ROWS = [["Nom", "Prénom"], ["Hugo", "Léo"]]
_REPEATED = (
    b'<table:table-row table:number-rows-repeated="480"><table:table-cell office:value-type="string"'
    b' table:number-columns-repeated="16384"><text:p>%b</text:p></table:table-cell></table:table-row>'
)
_ODS = (
    b'<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    b' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    b'<table:table table:name="a">%b</table:table></office:spreadsheet></office:body></office:document-content>'
)


def repeated_cells(characters: int) -> bytes:
    """Return an ODS of 480 rows of 16,384 repeated cells; with 1,000 characters in each, it becomes 7.8 GB of text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<m/>")
        archive.writestr("content.xml", _ODS % (_REPEATED % (b"a" * characters)))
    return buffer.getvalue()


def shared_texts(count: int) -> bytes:
    """Return an XLSX whose cells could share that many empty texts."""
    return _rewritten("xl/sharedStrings.xml", b"<sst>", b"<si/>" * 1_000, count // 1_000, b"</sst>")


def blank_sheet(megabytes: int) -> bytes:
    """Return an XLSX whose sheet is that many megabytes of spaces once decompressed: one part in a thousand before."""
    return _rewritten(
        "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>", b" " * 1_000_000, megabytes, b"</sheetData>"
    )


def endless_search(megabytes: int) -> bytes:
    """Return an XLSX whose styles begin a block again and again and never end it: each time, the rest is searched."""
    return _rewritten("xl/styles.xml", b"<styleSheet>", b"<cellXfs " * 111_111, megabytes, b"</styleSheet>")


def _rewritten(member: str, head: bytes, part: bytes, times: int, tail: bytes) -> bytes:
    """Return a small XLSX in which a member is head, many parts, tail."""
    source, buffer = zipfile.ZipFile(io.BytesIO(files.xlsx({"a": ROWS}))), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            if name != member:
                target.writestr(name, source.read(name))
        with target.open(member, "w") as file:
            file.write(head)
            for _ in range(times):
                file.write(part)
            file.write(tail)
    return buffer.getvalue()
