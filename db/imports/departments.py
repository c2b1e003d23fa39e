"""A nationwide list, such as the structures of data·inclusion, narrowed to one department while it is read.

What is left out never leaves the process that reads the file: neither its size nor its problems count. It is counted
and said. The columns that hold the codes are those of the export (``department`` in import_synonyms.toml).
"""

from collections import Counter
from dataclasses import replace

from db.base.french import french_number
from db.imports import known_exports
from db.imports.plan_types import Cell, SheetLine, SourceSheet, SourceWorkbook
from db.imports.text_keys import header_key

_HEADER_LINES = 30
"""The number of first lines in which the titles are searched."""
_HERE, _ELSEWHERE, _NOWHERE = range(3)
_CORSICA = {"2A": ("2A", "200", "201"), "2B": ("2B", "202", "204", "206")}
"""Postcodes have no letter."""


def narrow(book: SourceWorkbook, department: str) -> SourceWorkbook:
    """Return a file without the rows of other departments, where it is such a list; '' keeps them all."""
    return replace(book, sheets=[_narrowed(sheet, department) for sheet in book.sheets]) if department else book


def _narrowed(sheet: SourceSheet, department: str) -> SourceSheet:
    for index, line in enumerate(sheet.lines[:_HEADER_LINES]):
        titles = [cell if isinstance(cell, str) else "" for cell in line.cells]
        export = known_exports.of_one_table(titles)
        if export and "department" in export:
            keys = [header_key(title) for title in titles]
            columns = [keys.index(key) for name in export["department"] if (key := header_key(name)) in keys]
            return _keep(sheet, index + 1, columns, department, str(export["name"]))
    return sheet


def _keep(sheet: SourceSheet, first: int, columns: list[int], department: str, name: str) -> SourceSheet:
    beginnings = _CORSICA.get(department, (department,))
    kept, counts = sheet.lines[:first], Counter[int]()
    for line in sheet.lines[first:]:
        if any(cell is not None for cell in line.cells):
            where = _where(line, columns, beginnings)
            counts[where] += 1
            if where == _HERE:
                kept.append(line)
    numbers = {line.number for line in kept}
    irregular = {number: why for number, why in sheet.irregular.items() if number in numbers}
    return replace(sheet, lines=kept, irregular=irregular, notes=(*sheet.notes, _note(counts, department, name)))


def _where(line: SheetLine, columns: list[int], beginnings: tuple[str, ...]) -> int:
    for column in columns:
        code = _code(line.cells[column]) if column < len(line.cells) else ""
        if code:
            return _HERE if code.startswith(beginnings) else _ELSEWHERE
    return _NOWHERE


def _code(cell: Cell) -> str:
    """Return a code of five signs, with the first zero that a spreadsheet takes away."""
    text = "" if cell is None else str(cell).strip().upper()
    return text.zfill(5) if text.isdecimal() else text


def _note(counts: Counter[int], department: str, name: str) -> str:
    def said(where: int) -> str:
        return f"{french_number(counts[where])} ligne{'s' * (counts[where] > 1)}"

    left = [f"{said(_ELSEWHERE)} d’autres départements"] * bool(counts[_ELSEWHERE])
    left += [f"{said(_NOWHERE)} sans code de commune"] * bool(counts[_NOWHERE])
    text = f"liste de {name} : {said(_HERE)} du département {department}, celui des réglages"
    return f"{text} ; laissées de côté : {' et '.join(left)}" if left else text
