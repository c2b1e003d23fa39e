"""Reading of a file's bytes into a SourceWorkbook: XLSX, XLS and ODS by calamine, anything else as CSV.

The size and kind of the file are checked first: a compressed file that would grow too large, sheets with too many cells
or too much text, or a file of another kind are refused with a French message before their values are read. A file from
outside is read in a process of its own (isolated_reader), which ends whatever these checks miss.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from db.base.errors import WorkbookError
from db.base.french import french_number
from db.base.garbage_collection import suspend_collection
from db.imports import cell_formats, csv_reader, file_limits, packed_text
from db.imports.cell_formats import SheetFormats
from db.imports.plan_types import Cell, SheetLine, SourceSheet, SourceWorkbook

_OLE = b"\xd0\xcf\x11\xe0"
_OTHER_KINDS = {
    b"%PDF": "un PDF", b"\x89PNG": "une image", b"\xff\xd8\xff": "une image", b"GIF8": "une image",
    b"PAR1": "un fichier Parquet",
}  # fmt: skip
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, KeyError, ValueError, zlib.error)
_ADVICE = "Enregistrez-le en XLSX, ODS ou CSV depuis votre tableur."


def read(data: bytes, name: str) -> SourceWorkbook:
    """Return the sheets of a file. Raises WorkbookError with the reason in French."""
    if not data.strip(b"\x00\r\n\t "):
        raise WorkbookError(f"« {name} » est vide.")
    if len(data) > file_limits.MAX_BYTES:
        raise WorkbookError(
            f"« {name} » est trop lourd ({len(data) // 1_000_000} Mo, {file_limits.MAX_BYTES // 1_000_000} au plus)."
            " Un CSV se compresse : donnez-le en ZIP."
        )
    data, inner = packed_text.unpack(data, name)
    for start, kind in _OTHER_KINDS.items():
        if data.startswith(start):
            raise WorkbookError(f"« {name} » est {kind}, pas une feuille de calcul. {_ADVICE}")
    with suspend_collection():
        book = _spreadsheet(data, name) if data.startswith((b"PK", _OLE)) else csv_reader.read(data, inner)
    if inner != name:
        book = replace(book, name=name)
    if not any(sheet.lines for sheet in book.sheets):
        raise WorkbookError(f"« {name} » ne contient aucune donnée.")
    return book


def _spreadsheet(data: bytes, name: str) -> SourceWorkbook:
    formats, since_1904 = _check_archive(data, name) if data.startswith(b"PK") else ({}, False)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            found = [item for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
            if len(found) > file_limits.MAX_SHEETS:
                raise WorkbookError(
                    f"« {name} » a {french_number(len(found))} feuilles, {file_limits.MAX_SHEETS} au plus :"
                    " partagez-le en plusieurs fichiers."
                )
            sheets = [
                _sheet(
                    book, item.name, item.visible != SheetVisibleEnum.Visible, formats.get(item.name) or SheetFormats()
                )
                for item in found
            ]
    except PasswordError as error:
        raise WorkbookError(f"« {name} » est protégé par un mot de passe : enregistrez-en une copie sans.") from error
    except CalamineError as error:
        raise WorkbookError(f"« {name} » ne se lit pas : le fichier est abîmé. {_ADVICE}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3's BaseException for a panic of calamine on a damaged file
            raise
        raise WorkbookError(f"« {name} » ne se lit pas : le fichier est abîmé. {_ADVICE}") from error
    if len(sheets) == 0:
        raise WorkbookError(f"« {name} » n’a aucune feuille de calcul.")
    notes = ("Ce classeur compte les jours depuis 1904 : ses dates sont lues ainsi.",) if since_1904 else ()
    return SourceWorkbook(name, sheets, notes, since_1904)


def _check_archive(data: bytes, name: str) -> tuple[dict[str, SheetFormats], bool]:
    """Return the cell formats by sheet, and whether days count from 1904. Raises WorkbookError for a damaged, too large
    or foreign archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > file_limits.MAX_UNCOMPRESSED:
                raise WorkbookError(
                    f"« {name} » est trop gros une fois décompressé : partagez-le en plusieurs fichiers."
                )
            names = set(archive.namelist())
            if any(item.flag_bits & 1 for item in archive.infolist()):
                raise WorkbookError(f"« {name} » est protégé par un mot de passe : enregistrez-en une copie sans.")
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise WorkbookError(f"« {name} » est une archive, pas une feuille de calcul. {_ADVICE}")
            if archive.testzip():  # also fails when a member is larger than its declared size
                raise zipfile.BadZipFile
            if cell_formats.shared_texts(archive) > file_limits.MAX_FILLED:
                raise WorkbookError(f"« {name} » est trop gros. {file_limits.TOO_LARGE}")
            formats = cell_formats.of_archive(archive)
            since_1904 = "xl/workbook.xml" in names and cell_formats.counts_from_1904(archive.read("xl/workbook.xml"))
    except _DAMAGED as error:
        raise WorkbookError(f"« {name} » ne se lit pas : le fichier est abîmé. {_ADVICE}") from error
    _check_size(formats, name)
    return formats, since_1904


def _check_size(formats: Mapping[str, SheetFormats], name: str) -> None:
    """Raises WorkbookError for sheets with too many cells or too much text."""
    cells = 0
    for sheet, sheet_formats in formats.items():
        cells += sheet_formats.cells
        if cells > file_limits.MAX_CELLS:
            raise WorkbookError(
                f"« {name} » : la feuille « {sheet} » est trop grande"
                f" ({file_limits.MAX_CELLS // 1_000_000} millions de cases au plus) : supprimez lignes et colonnes"
                " vides."
            )
    if sum(sheet_formats.text for sheet_formats in formats.values()) > 4 * file_limits.MAX_TEXT:
        raise WorkbookError(f"« {name} » est trop gros. {file_limits.TOO_LARGE}")


def _sheet(book: CalamineWorkbook, name: str, hidden: bool, formats: SheetFormats) -> SourceSheet:
    raw = book.get_sheet_by_name(name)
    merged = tuple(
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sorted(raw.merged_cell_ranges or [])
    )
    merged = merged or formats.merged
    lines = [
        SheetLine(number, [_cell(value) if type(value) is not str else _text(value) for value in row])
        for number, row in enumerate(raw.to_python(skip_empty_area=False), 1)
    ]
    while lines and not any(cell is not None for cell in lines[-1].cells):
        lines.pop()
    _pad_zeros(lines, formats)
    notes = _fill_merged(lines, merged)
    if formats.comments:
        listed = ", ".join(formats.comments[:12]) + "…" * (len(formats.comments) > 12)
        notes.append(f"commentaires de cellules : ils ne sont pas importés ({listed})")
    return SourceSheet(
        name, lines, hidden, tuple(notes), formats.broken, formats.coloured, formats.struck, merged,
        hidden_rows=formats.hidden_rows, hidden_columns=formats.hidden_columns,
    )  # fmt: skip


def _cell(value: Any) -> Cell:
    match value:
        case bool() | int() | datetime() | date():
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < 1e15 else value
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return f"{minutes // 60}:{minutes % 60:02}"
        case None:
            return None
    return _text(str(value))


def _text(value: str) -> str | None:
    value = value.replace("\r", "")  # calamine decodes XLSX's escape for it, « _x000D_ »
    return None if not value or value.isspace() else value


def _pad_zeros(lines: list[SheetLine], formats: SheetFormats) -> None:
    """Replace a number that the sheet displays with leading zeros (« 00046 ») by the displayed text."""
    for (row, column), width in formats.padded.items():
        if row <= len(lines) and column < len(lines[row - 1].cells):
            value = lines[row - 1].cells[column]
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                lines[row - 1].cells[column] = str(value).zfill(width)


def _fill_merged(lines: list[SheetLine], merged: tuple[tuple[int, int, int, int], ...]) -> list[str]:
    """Repeat the value of cells merged over several lines on each of these lines. Return a note about it, if any."""
    count = 0
    for top, left, bottom, _ in merged:
        if bottom > top and top <= len(lines) and left < len(lines[top - 1].cells):
            value = lines[top - 1].cells[left]
            for line in lines[top : min(bottom, len(lines))]:
                if value is not None and left < len(line.cells) and line.cells[left] is None:
                    line.cells[left] = value
            count += value is not None
    note = "cellules fusionnées sur plusieurs lignes : leur valeur compte pour chacune"
    return [f"{note} ({count} fois)"] if count else []
