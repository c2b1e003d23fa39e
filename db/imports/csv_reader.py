"""Reading of a text file as a sheet: detection of its character set and separator, and of lines that are irregular.

Python's csv reads any text. A quote that is never closed then swallows the lines below, and a separator that nobody
quoted shifts the cells of its line. So a line is irregular, and waits, when a quoted cell holds lines that look like
the others, when its quotes break the rules, or when it has more cells than the others.
"""

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from itertools import islice

from charset_normalizer import from_bytes

from db.base.errors import WorkbookError
from db.base.spreadsheets import unharmed
from db.imports import file_limits, known_exports
from db.imports.plan_types import SheetLine, SourceSheet, SourceWorkbook

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OLD = ["cp1252", "mac_roman", "cp850"]
"""The character sets of French spreadsheets before Unicode: Windows, Macintosh, DOS."""
_SHOWN = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "mac_roman": "Macintosh",
    "cp850": "DOS (850)",
}  # fmt: skip
_SEPARATORS = {";": "points-virgules", ",": "virgules", "\t": "tabulations", "|": "barres"}
_SAMPLE = 200_000
_TITLES = 5_000
"""Characters of the first line that are looked at as titles."""
_FRENCH = frozenset("éèêëàâçùûüôöîïœæÉÈÊÀÂÇÔÎŒ«»’‘“”–—…€°²\u00a0")


def read(data: bytes, name: str) -> SourceWorkbook:
    """Return a workbook with the single sheet of a text file. Raises WorkbookError for another kind of file."""
    if max(data.count(b"\n"), data.count(b"\r")) > file_limits.MAX_LINE_BREAKS:
        raise WorkbookError(f"« {name} » est trop gros. {file_limits.TOO_LARGE}")
    charset = _charset(data)
    try:
        text = data.decode(charset)
    except UnicodeDecodeError as error:
        raise WorkbookError(f"« {name} » ne se lit pas : ses caractères ne sont d’aucun jeu connu.") from error
    if any(c in text for c in "\x00\x01\x02\x03\x04"):
        raise WorkbookError(f"« {name} » n’est pas une feuille de calcul : donnez un fichier XLSX, ODS, XLS ou CSV.")
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise WorkbookError(f"« {name} » est une page web : ouvrez-la dans votre tableur et enregistrez-la en XLSX.")
    if re.match(r"\s*(\[\s*)?\{\s*\"", text):
        raise WorkbookError(f"« {name} » est un fichier JSON : donnez la même liste en CSV ou en XLSX.")
    separator, text = _separator(text)
    if text.count(separator) + text.count("\n") > file_limits.MAX_CELLS:
        raise WorkbookError(f"« {name} » est trop gros. {file_limits.TOO_LARGE}")
    rows, irregular = _rows(text, separator)
    lines = [
        SheetLine(number, [unharmed(cell) if cell.strip() else None for cell in row])
        for number, row in enumerate(rows, 1)
    ]
    while lines and not any(lines[-1].cells):
        lines.pop()
    note = f"Lu comme texte {_SHOWN.get(charset, charset)}, colonnes séparées par des {_SEPARATORS[separator]}."
    sheet = SourceSheet(name.rsplit(".", 1)[0] or name, lines, irregular=irregular)
    return SourceWorkbook(name, [sheet], (note,))


# ---- lines and cells

_UNCLOSED = "un guillemet s’ouvre dans cette ligne et ne se referme pas : retirez-le, ou refermez-le"
_BAD_QUOTES = "les guillemets de cette ligne sont mal placés : une case qui en contient doit les doubler"
_TOO_LONG = "cette ligne a {} cases pour {} titres : un séparateur sans guillemets a sans doute décalé les cases"
_BROKEN = "cette ligne et la suivante n’en font sans doute qu’une, coupée dans une case"


_COUNTED = 2_000
"""How many lines and rows are counted to know how many cells a row has."""


class _Lines:
    """Physical lines for csv.reader, which reads several for one row. ``position``: index of the next one."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.position = lines, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.position == len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1]


def _rows(text: str, separator: str) -> tuple[list[list[str]], dict[int, str]]:
    """Return the rows of a text, and row number from 1 -> why it is irregular, in French."""
    lines = _Lines(list(io.StringIO(text, newline="")))
    usual = _usual_width(text, separator)
    reader = csv.reader(lines, delimiter=separator)
    rows: list[list[str]] = []
    irregular: dict[int, str] = {}
    while (start := lines.position) < len(lines.lines):
        row, used = [], lines.lines[start : start + 1]
        try:
            row = next(reader)
            used = lines.lines[start : lines.position]
            is_regular = len(used) == 1 or not _swallows(used, row, separator, usual)
        except csv.Error:  # a quoted cell longer than any cell
            is_regular = False
        if not is_regular:
            irregular[len(rows) + 1] = _UNCLOSED
            row = [cell.strip() for cell in lines.lines[start].rstrip("\r\n").split(separator)]
            lines.position = start + 1
            reader = csv.reader(lines, delimiter=separator)
        elif '"' in used[0] and not _is_strict(used, separator):
            irregular[len(rows) + 1] = _UNCLOSED if lines.position == len(lines.lines) else _BAD_QUOTES
        rows.append(row)
    _add_widths(rows, irregular)
    return rows, irregular


def _usual_width(text: str, separator: str) -> int:
    """Return the number of cells of most rows with several. Where most rows break lines within their cells, most lines
    have fewer cells than a row: counted in both ways, the larger number is that of a row."""
    lines = [line.count(separator) + 1 for line in islice(io.StringIO(text, newline=""), _COUNTED)]
    rows: list[int] = []
    with suppress(csv.Error):  # a quote that is never closed: the rows before it are counted
        rows += map(len, islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _COUNTED))
    usual = [Counter(width for width in widths if width > 1).most_common(1) for widths in (lines, rows)]
    return max((width for found in usual for width, _ in found), default=1)


def _swallows(used: list[str], row: list[str], separator: str, usual: int) -> bool:
    """Return whether a quoted cell holds a line that looks like a row of its own, or is never closed. It is a cell when
    its first line is too short for a row, and all its lines together make one."""
    looks_like_row = usual > 1 and any(line.count(separator) + 1 >= usual for line in used[1:])
    is_one_row = len(row) == usual > used[0].count(separator) + 1
    return (looks_like_row and not is_one_row) or not _is_strict(used, separator)


def _is_strict(used: list[str], separator: str) -> bool:
    try:
        for _ in csv.reader(used, delimiter=separator, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _add_widths(rows: list[list[str]], irregular: dict[int, str]) -> None:
    """Add the rows that have more cells than titles, and those that a line break cut in two."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return
    usual = widths.most_common(1)[0][0]
    titles = next((len(row) for row in rows if 2 * sum(bool(cell.strip()) for cell in row) >= usual), usual)
    short = [number for number, row in enumerate(rows, 1) if 0 < len(row) < usual]
    for number, row in enumerate(rows, 1):
        if len(row) > titles and any(map(str.strip, row)) and (len(row) > usual or any(map(str.strip, row[titles:]))):
            irregular.setdefault(number, _TOO_LONG.format(len(row), titles))
    if len(short) <= max(2, len(rows) // 50):  # otherwise the file leaves out the empty cells at the end of its lines
        for number in short:
            above, below = rows[number - 1], rows[number] if number < len(rows) else []
            if number + 1 in short and len(above) + len(below) == usual + 1 and below[0].strip():
                irregular.setdefault(number, _BROKEN)
                irregular.setdefault(number + 1, _BROKEN)


def _charset(data: bytes) -> str:
    for start, charset in _BOMS.items():
        if data.startswith(start):
            return charset
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _old_charset(data)
    return "utf-8"


def _old_charset(data: bytes) -> str:
    """Return the character set that gives the most French letters; on a tie, charset-normalizer's choice or Windows."""
    non_ascii = bytes(byte for byte in data[: _SAMPLE * 5] if byte > 127)
    scores = {charset: _french_score(non_ascii, charset) for charset in _OLD}
    best = [charset for charset in _OLD if scores[charset] == max(scores.values())]
    if len(best) == 1:
        return best[0]
    guess = from_bytes(data[:_SAMPLE], cp_isolation=best).best()
    return guess.encoding if guess and guess.encoding in best else best[0]


def _french_score(non_ascii: bytes, charset: str) -> int:
    text = non_ascii.decode(charset, errors="replace")
    return sum(count if letter in _FRENCH else -count for letter, count in Counter(text).items())


def _separator(text: str) -> tuple[str, str]:
    """Return (separator, text): the one declared by Excel (« sep=; »), that gives the titles of a known export, or that
    gives most lines equal cell counts."""
    first, _, rest = text.partition("\n")
    declaration = first.strip().lower()
    if declaration.startswith("sep=") and len(declaration) == 5 and declaration[4] in _SEPARATORS:
        return declaration[4], "\n" + rest  # an empty line instead, so that line numbers stay
    for separator in _SEPARATORS:  # a list whose descriptions hold more semicolons than it has commas
        with suppress(csv.Error):
            if known_exports.is_one(next(csv.reader([first[:_TITLES]], delimiter=separator), [])):
                return separator, text
    scores = {separator: _score(text, separator) for separator in _SEPARATORS}
    return max(scores, key=lambda separator: scores[separator]), text


def _score(text: str, separator: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=separator)):
            widths[len(row)] += bool(row)
            if number > 200:
                break
    except csv.Error:
        return 0, 0
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0, 0
    width, count = max(wide.items(), key=lambda width_count: (width_count[1], width_count[0]))
    return count, width
