"""« Tout emporter »: the whole office file as a workbook (XLSX, ODS) that an empty Palette imports back unchanged.
Every table is a sheet: « N° », then every stored field. Each cell reads back as the same value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.base.french import french_date
from db.base.french import french_number as number
from db.base.progress import Progress, ignore_progress
from db.export import plain_sqlite
from db.export.read_all import WholeFile, reading
from db.model.dictionary import ATTACHMENT, SETTING
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Date, Email, Euros, Integer, LongText, References, Text, Type
from db.rows.round_trip_text import FIRST, LISTS, NAME, ROW_NUMBER, Spelling, headings, sheet_names
from db.storage.connection import remembered
from reports.sheets import ods, workbook
from reports.sheets.workbook import (
    DAY,
    EUROS,
    HEAD,
    LINE,
    NUMBER,
    OWN,
    SOFT,
    TEXT,
    TITLE,
    Cell,
    CoverPage,
    SheetColumn,
    TableSheet,
)

_LEAP = date(1900, 3, 1)
"""Before this day Excel, which takes 1900 for a leap year, and LibreOffice read a number as different days."""
_LEAST, _STEPS = 250, 40
"""Progress is reported every this many rows, and at most this many times."""


def xlsx_bytes(db: Office, day: str, tick: Progress = ignore_progress) -> bytes:
    """Return the whole file for Excel. ``day``: today's ISO date. Raises InvalidError for what Excel cannot hold."""
    with reading(db) as whole:
        return workbook.xlsx_bytes(NAME, *_sheets(whole, day, tick))


def ods_bytes(db: Office, day: str, tick: Progress = ignore_progress) -> bytes:
    """Return the whole file for LibreOffice (ODS). ``day``: today's ISO date."""
    with reading(db) as whole:
        return ods.ods_bytes(NAME, *_sheets(whole, day, tick))


def sqlite_bytes(db: Office, day: str, tick: Progress = ignore_progress) -> bytes:
    """Return the whole file as plain SQLite (db/export/plain_sqlite.py)."""
    return plain_sqlite.content(db, tick)


@dataclass(frozen=True)
class Format:
    """A file format: name, suffix, media type, the function that makes it (``xlsx_bytes``…), its purpose."""

    name: str
    suffix: str
    kind: str
    make: Callable[..., bytes]
    purpose: str


FORMATS = (
    Format(
        "Excel (XLSX)", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes,
        "Une feuille par table. Se lit dans un tableur, et se reprend dans une Palette vide.",
    ),
    Format(
        "LibreOffice (ODS)", ".ods", "application/vnd.oasis.opendocument.spreadsheet", ods_bytes,
        "La même chose, au format ouvert des administrations.",
    ),
    Format(
        "SQLite", ".db", "application/vnd.sqlite3", sqlite_bytes,
        "Une base que tout outil ouvre, pour un informaticien : tables, listes, vues en français.",
    ),
)  # fmt: skip


def format_of_suffix(suffix: str) -> Format | None:
    """Return the format of a suffix (« .xlsx »), or None."""
    return next((candidate for candidate in FORMATS if candidate.suffix == suffix.lower()), None)


def log_detail(file_format: Format) -> str:
    """Return what the access log records."""
    return f"Tout le fichier · {file_format.name}"


# ---- sheets


def _sheets(whole: WholeFile, day: str, tick: Progress) -> tuple[CoverPage, list[TableSheet]]:
    progress = _Progress(tick, whole.size)
    spelling = Spelling(whole.db, {**whole.tables, **whole.office}, whole.context)
    tables = [*whole.tables.values(), *(table for name, table in whole.office.items() if whole.row_ids[name])]
    names = sheet_names(tables)
    sheets = [_sheet(whole, table, names[table.name], spelling, progress) for table in tables]
    return _cover_page(whole, names, day), [*sheets, _lists(whole)]


def _sheet(whole: WholeFile, table: OfficeTable, name: str, spelling: Spelling, progress: "_Progress") -> TableSheet:
    columns = [SheetColumn(ROW_NUMBER, OWN, 8)]
    heads = headings(table.fields)
    columns += [SheetColumn(head, _look(field.type), _width(field.type)) for head, field in heads.items()]

    def rows() -> Iterator[Sequence[Cell]]:
        for row_id, values in whole.rows(table):
            progress.one_more(name)
            yield [row_id, *(cell(field, values[field.name], spelling) for field in table.fields)]

    return TableSheet(name, columns, rows(), len(whole.row_ids[table.name]))


def cell(field: Field, value: Any, spelling: Spelling) -> Cell:
    """Return a stored value as a cell holds it: a day, a number, euros, or a text that reads back as the value."""
    match field.type:
        case _ if value is None:
            return None
        case Date():
            day = date.fromisoformat(value)
            return day if day >= _LEAP else french_date(value)
        case Euros():
            return float(value / 100)
        case Integer():
            return int(value)
    return spelling.text(field, value)


def _look(kind: Type) -> str:
    looks: Mapping[type[Type], str] = {Date: DAY, Euros: EUROS, Integer: NUMBER}
    return looks.get(type(kind), TEXT)


def _width(kind: Type) -> int:
    match kind:
        case LongText() | References():
            return 60
        case Choice() | Choices() | Email():
            return 30
        case Text(max=max_length):
            return 20 if max_length <= 80 else 34
        case Date() | Euros() | Integer():
            return 14
    return 26 if getattr(kind, "table", "") else 12


def _lists(whole: WholeFile) -> TableSheet:
    """Return the sheet of the office's lists."""
    labels = {field.list.name: field.list.label for field in _fields(whole) if field.list}
    columns = [SheetColumn("Liste", TEXT, 30), SheetColumn("Code", TEXT, 30), SheetColumn("Libellé", TEXT, 50)]
    columns += [SheetColumn("Rang", NUMBER, 8), SheetColumn("Retirée", TEXT, 10)]
    rows = [
        (labels[name], code, label, position, "Oui" if retired else "Non")
        for name, code, label, position, retired in whole.values()
        if name in labels
    ]
    return TableSheet(LISTS, columns, iter(rows), len(rows))


def _fields(whole: WholeFile) -> Iterator[Field]:
    return (field for table in (*whole.tables.values(), *whole.office.values()) for field in table.fields)


class _Progress:
    """Counts rows and reports progress."""

    def __init__(self, tick: Progress, size: int) -> None:
        self._tick, self._size, self._done = tick, max(size, 1), 0
        self._step = max(_LEAST, size // _STEPS)

    def one_more(self, what: str) -> None:
        if self._done % self._step == 0:
            self._tick(min(self._done / self._size, 1.0), what)
        self._done += 1


# ---- the first sheet

_SAFE = (
    "Ce classeur contient toutes les données personnelles du bureau, notes comprises. Gardez-le là où le bureau garde"
    " ses dossiers, jamais sur un ordinateur ou une clé partagés ; ne l’envoyez pas par courriel ; effacez-le dès qu’il"
    " a servi."
)
_BACK = (
    "Pour le reprendre dans une Palette vide : « Importer », puis ce fichier, tel quel. Chaque feuille revient dans sa"
    " table, chaque ligne avec son numéro. Ne changez ni le nom des feuilles, ni les titres des colonnes, ni les"
    " « N° » : un renvoi comme « Marchand Lou n° 12 » désigne la ligne n° 12."
)
_FIRST_SET = (
    "Si le bureau a changé ses limites (le plafond des aides…), ses champs ou ses listes, un administrateur reprend"
    " d’abord le modèle du bureau dans la Palette vide (« Réglages »). Les feuilles « {settings} » et « {lists} » sont"
    " là pour mémoire."
)
_NOT_HERE = (
    "N’y sont pas : les fichiers des pièces jointes (un ZIP à part), les lignes supprimées, l’historique, les traces de"
    " consultation, les comptes, les bilans figés et les publications. Une sauvegarde de Palette, elle, garde tout."
)
_FOR_THE_RECORD = "Pour mémoire : ne s’importe pas."
_REMARKS = {ATTACHMENT.name: "Pour mémoire : ne s’importe pas ; les fichiers sont dans un ZIP à part."}


def _cover_page(whole: WholeFile, names: Mapping[str, str], day: str) -> CoverPage:
    """Return the first sheet: what the file is, what each sheet holds, how to import it."""
    settings = names.get(SETTING.name, "")
    lines: list[tuple[str, Sequence[Cell]]] = [
        (TITLE, (NAME,)),
        (SOFT, (f"Le {french_date(day)} : {_size_text(whole, 'feuilles')}.",)),
        (LINE, ()),
        (SOFT, (_SAFE,)),
        (SOFT, (_BACK,)),
        (SOFT, (_FIRST_SET.format(settings=settings, lists=LISTS),)),
        (SOFT, (_NOT_HERE,)),
        (LINE, ()),
        (HEAD, ("Feuille", "Lignes", "Supprimées, absentes", "À savoir")),
    ]
    for name, table in {**whole.tables, **whole.office}.items():
        if name in names:
            remark = _dangling_text(whole, table) if name in whole.tables else _REMARKS.get(name, _FOR_THE_RECORD)
            lines.append((LINE, (names[name], len(whole.row_ids[name]), whole.count_deleted(table) or None, remark)))
    lines.append((LINE, (LISTS, sum(1 for _ in whole.values()), None, _FOR_THE_RECORD)))
    return CoverPage(FIRST, (30, 10, 24, 70), (1, 2), lines)


def describe_size(db: Office) -> str:
    """Return « 14 550 lignes dans 13 tables »."""

    def count_rows() -> str:
        with reading(db) as whole:
            return _size_text(whole, "tables")

    return remembered(db, ("whole",), count_rows)


def _size_text(whole: WholeFile, tables: str) -> str:
    return f"{number(whole.size)} ligne{'s' if whole.size > 1 else ''} dans {len(whole.tables)} {tables}"


def _dangling_text(whole: WholeFile, table: OfficeTable) -> str:
    """Return the cells that are empty because the row they referred to was deleted."""
    counts = [(field.label, count) for field in table.fields if (count := whole.count_dangling(table, field))]
    text = ", ".join(f"{label} ({number(count)})" for label, count in counts)
    return f"Renvois laissés vides, vers des lignes supprimées : {text}." if counts else ""
