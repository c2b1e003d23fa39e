"""The files that are tried each time: what unfolds, repeats, nests or claims without end, in each format."""

import itertools
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from benchmarks.uploads import samples
from benchmarks.uploads.samples import (
    HEADER,
    SPREADSHEETS,
    inline_row,
    ods_parts,
    ods_row,
    repeated,
    sample,
    spreadsheet,
    worksheet,
    xlsx_parts,
    zipped,
)

MOST = 50 * 2**20 - 10_000
"""Bytes: the largest file that the uploaders take, with what HTTP adds to it."""


@dataclass(frozen=True)
class UploadedFile:
    """``kind``: what is tried, in the table of the measure; ``extension``: of its name; ``make``: makes the content."""

    kind: str
    what: str
    extension: str
    make: Callable[[], bytes]


def catalogue(seed: int) -> list[UploadedFile]:
    """Return every bomb, every mislabelled file, and 50 MB of each format."""
    return [*_ods(), *_xlsx(), *_xls(), *_texts(), *_models(), *_pictures(), *_mislabelled(), *_large(seed)]


# ---- ODS

_ROW_REPEATED, _CELL_REPEATED = ' table:number-rows-repeated="{}"', ' table:number-columns-repeated="{}"'


def _ods() -> list[UploadedFile]:
    def content(rows: str, before: str = "") -> bytes:
        begins, ends = spreadsheet(before)
        return zipped(ods_parts((begins + rows + ends).encode()))

    def nested() -> bytes:
        begins, ends = spreadsheet()
        inside = itertools.chain(
            repeated("", "<text:span>", 1_000_000, ""), repeated("a", "</text:span>", 1_000_000, "")
        )
        row = '<table:table-row><table:table-cell office:value-type="string"><text:p>'
        close = "</text:p></table:table-cell></table:table-row>"
        return zipped(ods_parts([(begins + row).encode(), *inside, (close + ends).encode()]))

    every_cell = (_ROW_REPEATED.format(1_048_576), _CELL_REPEATED.format(16_384))
    spaces = '<text:s text:c="2000000000"/>'
    bombs = {
        "480 rows of 16,384 cells of 1,000 characters": lambda: content(
            ods_row(["a" * 1_000], _ROW_REPEATED.format(480), _CELL_REPEATED.format(16_384))
        ),
        "every cell of a sheet": lambda: content(ods_row(["a"], *every_cell)),
        "two billion times": lambda: content(
            ods_row(["a"], _ROW_REPEATED.format(2_000_000_000), _CELL_REPEATED.format(2_000_000_000))
        ),
        "two billion spaces in a cell": lambda: content(ods_row([spaces])),
        "repeated spaces in repeated cells": lambda: content(ods_row(['<text:s text:c="30000"/>a'], *every_cell)),
        "empty cells, then one at the end": lambda: content(
            '<table:table-row table:number-rows-repeated="1048575"/>' + ods_row(["a"])
        ),
        "entities of entities": lambda: content(ods_row(["&e9;"]), _entities(9, 10)),
        "one long entity, many times": lambda: content(ods_row(["&e0;" * 50_000]), _entities(0, 100_000)),
        "a million elements in one another": nested,
    }
    return [UploadedFile("ods", what, "ods", make) for what, make in bombs.items()]


def _entities(depth: int, times: int) -> str:
    """Return a document type whose last entity unfolds to ``times`` to the power of ``depth`` + 1 letters."""
    lines = [f'<!ENTITY e0 "{"a" * times}">']
    lines += [f'<!ENTITY e{level} "{f"&e{level - 1};" * times}">' for level in range(1, depth + 1)]
    return f'<?xml version="1.0"?><!DOCTYPE x [{"".join(lines)}]>'


# ---- XLSX


def _xlsx() -> list[UploadedFile]:
    def one_cell(inside: str = "", before: str = "", text: str = "a", sheets: int = 1) -> samples.Parts:
        begins, ends = worksheet(inside, before)
        return xlsx_parts((begins + inline_row(1, [text]) + ends).encode(), names=sheets)

    def strings(count: int, piece: str) -> bytes:
        begins, ends = worksheet("")
        sheet = begins + '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + ends
        xml = repeated(f"<sst {samples._MAIN}>", piece, count, "</sst>")
        return zipped(xlsx_parts(sheet.encode(), xml))

    def rows(piece: str, count: int) -> bytes:
        begins, ends = worksheet("")
        return zipped(xlsx_parts(repeated(begins, piece, count, ends)))

    def far_cells() -> bytes:
        begins, ends = worksheet('<dimension ref="A1:XFD1048576"/>')
        cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        return zipped(xlsx_parts((begins + cells + ends).encode()))

    def linked() -> bytes:
        before = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        parts = one_cell(before=before, text="&e;")
        link = '<externalLink><externalBook r:id="rId1"/></externalLink>'
        target = '<Relationships><Relationship Id="rId1" Target="http://127.0.0.1:9/" TargetMode="External"/>'
        for number in range(1_000):
            parts[f"xl/externalLinks/externalLink{number}.xml"] = link.encode()
            parts[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"] = f"{target}</Relationships>".encode()
        return zipped(parts)

    def lying() -> bytes:
        """Return a ZIP whose directory says that the sheet, of 500 MB, has a hundred bytes."""
        content = rows(inline_row(1, ["a" * 90]), 4_000_000)
        place = content.rindex(b"PK\x01\x02")
        return content[: place + 24] + struct.pack("<I", 100) + content[place + 28 :]

    full = inline_row(1, ["a"] * 16_384)
    bombs: dict[str, Callable[[], bytes]] = {
        "30 million shared strings": lambda: strings(30_000_000, "<si><t>a</t></si>"),
        "30 million empty shared strings": lambda: strings(30_000_000, "<si/>"),
        "long shared strings": lambda: strings(15_000, f"<si><t>{'a' * 32_000}</t></si>"),
        "a sheet of 560 MB": lambda: rows(inline_row(1, ["a" * 32_000]), 17_000),
        "a sheet of 1.9 GB": lambda: rows(inline_row(1, ["a" * 32_000]), 59_000),
        "full rows": lambda: rows(full, 800),
        "two cells, the first and the last": far_cells,
        "a huge dimension": lambda: zipped(one_cell('<dimension ref="A1:XFD1048576"/>')),
        "all cells merged": lambda: zipped(
            one_cell() | {"xl/x.xml": b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'}
        ),
        "ten thousand sheets": lambda: zipped(one_cell(sheets=10_000)),
        "60,000 parts": lambda: zipped(one_cell() | {f"xl/{n}.xml": b"<a/>" for n in range(60_000)}),
        "entities of entities": lambda: zipped(one_cell(before=_entities(9, 10), text="&e9;")),
        "one long entity, many times": lambda: zipped(one_cell(before=_entities(0, 100_000), text="&e0;" * 50_000)),
        "external links and an external entity": linked,
        "a directory that lies": lying,
        "ZIP in ZIP, ten deep": lambda: _nested(sample("xlsx"), 10),
        "elements in one another": lambda: rows("<row>", 5_000_000),
    }
    return [UploadedFile("xlsx", what, "xlsx", make) for what, make in bombs.items()]


def _nested(content: bytes, depth: int) -> bytes:
    for _ in range(depth):
        content = zipped(xlsx_parts(b"", content) | {"xl/worksheets/sheet1.xml": content})
    return content


# ---- XLS


def _xls() -> list[UploadedFile]:
    stream = samples.record(0x0809, bytes(16)) * 300
    cells = b"".join(samples.label(row, column, "a" * 200) for row in range(0, 65_000, 7) for column in (0, 255))
    bombs: dict[str, Callable[[], bytes]] = {
        "a chain of sectors without end": lambda: samples.compound(stream, loop=True),
        "a huge dimension": lambda: samples.xls(samples.label(0, 0, "a"), (0xFFFFFFFF, 0xFFFF)),
        "cells at both edges of 9,000 rows": lambda: samples.xls(cells, (65_536, 256)),
        "only the first sector": lambda: sample("xls")[:512],
    }
    return [UploadedFile("xls", what, "xls", make) for what, make in bombs.items()]


# ---- CSV, models, pictures


def _texts() -> list[UploadedFile]:
    def persons() -> bytes:
        """Return as many lines and columns as an import may have."""
        titles = ";".join([*HEADER, *(f"Colonne {number}" for number in range(24))])
        lines = (
            ";".join([*row, *(["texte"] * 24)])
            for row in itertools.islice(itertools.cycle(samples.rows(9_000)), 100_000)
        )
        return "\n".join([titles, *lines]).encode()[:MOST]

    bombs: dict[str, Callable[[], bytes]] = {
        "lines « a;b »": lambda: b"a;b\n" * (MOST // 4),
        "one line": lambda: b"a" * MOST,
        "one line of cells": lambda: b"a;" * (MOST // 2),
        "quotes": lambda: b'"' * MOST,
        "a quote that is never closed": lambda: b'a;"' + b"b\n" * (MOST // 2 - 2),
        "NUL bytes": lambda: b"\0" * MOST,
        "UTF-16": lambda: b"\xff\xfe" + "a;b\n".encode("utf-16-le") * (MOST // 8 - 1),
        "line breaks": lambda: b"\n" * MOST,
        "commas, semicolons and tabs by turns": lambda: b"a;b,c\td|e\n" * (MOST // 10),
        "as large as an import may be": persons,
    }
    return [UploadedFile("csv", what, "csv", make) for what, make in bombs.items()]


def _models() -> list[UploadedFile]:
    rows = b'{"of_table":"person","name":"x","label":"y"},'
    bombs: dict[str, Callable[[], bytes]] = {
        "lists in one another": lambda: b"[" * 5_000_000,
        "objects in one another": lambda: b'{"palette":1,"setting":' + b'{"a":' * 1_000_000 + b"1" + b"}" * 1_000_001,
        "50 MB of numbers": lambda: b'{"palette":1,"own_field":[' + b"1," * (MOST // 2 - 20) + b"1]}",
        "a number of five million digits": lambda: b'{"palette":' + b"9" * 5_000_000 + b"}",
        "a million fields": lambda: b'{"palette":1,"own_field":[' + rows * 1_000_000 + b"{}]}",
        "one text of 50 MB": lambda: b'{"palette":1,"own_field":[{"of_table":"' + b"a" * (MOST - 60) + b'"}]}',
        "NaN and infinity": lambda: b'{"palette":1,"setting":{"ceiling":NaN,"x":-Infinity}}',
    }
    return [UploadedFile("json", what, "json", make) for what, make in bombs.items()]


def _pictures() -> list[UploadedFile]:
    """Return a picture that unfolds to 2.5 GB and a PDF, under the name of each spreadsheet: no uploader takes them."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", header)
        + part(b"IDAT", zlib.compress(bytes(90_001) * 300))
        + part(b"IEND", b"")
    )
    pdf = b"%PDF-1.7\n1 0 obj<</Length 99999999/Filter/FlateDecode>>stream\n" + zlib.compress(bytes(10**7)) + b"\n%%EOF"
    found = {"a picture": png, "a PDF": pdf}
    return [UploadedFile("picture, PDF", what, to, partial(bytes, content))
            for what, content in found.items() for to in (*SPREADSHEETS, "json")]  # fmt: skip


# ---- all formats


def _mislabelled() -> list[UploadedFile]:
    pairs = itertools.permutations((*SPREADSHEETS, "json"), 2)
    return [UploadedFile("mislabelled", f"{one} as {to}", to, partial(sample, one)) for one, to in pairs]


def _large(seed: int) -> list[UploadedFile]:
    """Return 50 MB of chance under each name, and sound files that weigh as much by what they carry besides."""

    def chance(extension: str) -> bytes:
        return sample(extension)[:8] + Random(f"{seed} {extension}").randbytes(MOST - 8)

    def with_attachment(extension: str) -> bytes:
        begins, ends = worksheet("") if extension == "xlsx" else spreadsheet()
        row = inline_row(1, HEADER) if extension == "xlsx" else ods_row(HEADER)
        content = (begins + row + ends).encode()
        parts = xlsx_parts(content) if extension == "xlsx" else ods_parts(content)
        return zipped(parts | {"media/image.png": Random(seed).randbytes(MOST - 10_000)}, stored=True)

    return [
        *(UploadedFile("50 MB", f"chance as {one}", one, partial(chance, one)) for one in (*SPREADSHEETS, "json")),
        *(UploadedFile("50 MB", f"{one} with an image", one, partial(with_attachment, one)) for one in ("xlsx", "ods")),
        UploadedFile(
            "50 MB", "XLS of cells", "xls", lambda: samples.xls(samples.label(0, 0, "a" * 200) * 120_000, (1, 1))
        ),
    ]
