"""A text file as a sheet: which characters, which separator."""

import csv
import io
from collections import Counter

from charset_normalizer import from_bytes

from db.base.errors import WorkbookError
from db.imports.plan_types import Line, Sheet, Workbook

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OLD = ["cp1252", "mac_roman", "cp850"]
"""What French spreadsheets wrote before Unicode: Windows, Macintosh, DOS."""
_SHOWN = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "mac_roman": "Macintosh",
    "cp850": "DOS (850)",
}  # fmt: skip
_SEPARATORS = {";": "points-virgules", ",": "virgules", "\t": "tabulations", "|": "barres"}
_SAMPLE = 200_000
_FRENCH = frozenset("éèêëàâçùûüôöîïœæÉÈÊÀÂÇÔÎŒ«»’‘“”–—…€°²\u00a0")


def read(data: bytes, name: str) -> Workbook:
    """The one sheet of a text file. Raises WorkbookError when it is none."""
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
    lines = [Line(number, [cell if cell.strip() else None for cell in row]) for number, row in enumerate(rows, 1)]
    while lines and not any(lines[-1].cells):
        lines.pop()
    note = f"Lu comme texte {_SHOWN.get(charset, charset)}, colonnes séparées par des {_SEPARATORS[separator]}."
    return Workbook(name, [Sheet(name.rsplit(".", 1)[0] or name, lines)], (note,))


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
    """The most French reading wins; on a tie charset-normalizer says, or Windows."""
    foreign = bytes(byte for byte in data[: _SAMPLE * 5] if byte > 127)
    scores = {charset: _frenchness(foreign, charset) for charset in _OLD}
    best = [charset for charset in _OLD if scores[charset] == max(scores.values())]
    if len(best) == 1:
        return best[0]
    found = from_bytes(data[:_SAMPLE], cp_isolation=best).best()
    return found.encoding if found and found.encoding in best else best[0]


def _frenchness(foreign: bytes, charset: str) -> int:
    text = foreign.decode(charset, errors="replace")
    return sum(many if letter in _FRENCH else -many for letter, many in Counter(text).items())


def _separator(text: str) -> tuple[str, str]:
    """The separator that gives most lines the same number of cells, more than one; Excel may say it (« sep=; »)."""
    first, _, rest = text.partition("\n")
    said = first.strip().lower()
    if said.startswith("sep=") and len(said) == 5 and said[4] in _SEPARATORS:
        return said[4], "\n" + rest  # the line counts
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
    wide = {width: many for width, many in widths.items() if width > 1}
    if not wide:
        return 0, 0
    width, many = max(wide.items(), key=lambda item: (item[1], item[0]))
    return many, width
