"""Reading of a text file as a sheet: detection of its character set and separator."""

import csv
import io
from collections import Counter

from charset_normalizer import from_bytes

from db.base.errors import WorkbookError
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
_FRENCH = frozenset("éèêëàâçùûüôöîïœæÉÈÊÀÂÇÔÎŒ«»’‘“”–—…€°²\u00a0")


def read(data: bytes, name: str) -> SourceWorkbook:
    """Return a workbook with the single sheet of a text file. Raises WorkbookError for another kind of file."""
    charset = _charset(data)
    try:
        text = data.decode(charset)
    except UnicodeDecodeError as error:
        raise WorkbookError(f"« {name} » ne se lit pas : ses caractères ne sont d’aucun jeu connu.") from error
    if any(c in text for c in "\x00\x01\x02\x03\x04"):
        raise WorkbookError(f"« {name} » n’est pas une feuille de calcul : donnez un fichier XLSX, ODS, XLS ou CSV.")
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise WorkbookError(f"« {name} » est une page web : ouvrez-la dans votre tableur et enregistrez-la en XLSX.")
    separator, text = _separator(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise WorkbookError(
            f"« {name} » ne se lit pas : un guillemet ouvert n’est sans doute jamais refermé."
        ) from error
    lines = [SheetLine(number, [cell if cell.strip() else None for cell in row]) for number, row in enumerate(rows, 1)]
    while lines and not any(lines[-1].cells):
        lines.pop()
    note = f"Lu comme texte {_SHOWN.get(charset, charset)}, colonnes séparées par des {_SEPARATORS[separator]}."
    return SourceWorkbook(name, [SourceSheet(name.rsplit(".", 1)[0] or name, lines)], (note,))


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
    """Return (separator, text): the one declared by Excel (« sep=; »), or that gives most lines equal cell counts."""
    first, _, rest = text.partition("\n")
    declaration = first.strip().lower()
    if declaration.startswith("sep=") and len(declaration) == 5 and declaration[4] in _SEPARATORS:
        return declaration[4], "\n" + rest  # an empty line instead, so that line numbers stay
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
