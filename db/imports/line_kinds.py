"""What a line of a sheet is: a row, or something that is none (a total, a title, column titles again)."""

import re
from collections.abc import Sequence

from db.base.french import fold
from db.imports.column_matching import Layout
from db.imports.known_headers import KnownHeaders
from db.imports.plan_types import Cell, SheetLine
from db.imports.text_keys import header_keys
from db.model.fields import Field
from db.model.types import Phone, Text
from db.rows.round_trip_text import ROW_NUMBER

EMPTY, REPEATED, OTHER_TITLES = "ligne vide", "titres de colonnes répétés", "autres titres de colonnes"
TOTAL, TITLE = "ligne de total", "une seule case remplie : intertitre ou remarque"
RESEMBLING = {
    TOTAL: "cette ligne ressemble à un total : faut-il la laisser de côté ?",
    TITLE: "cette ligne n’a qu’une case remplie : est-ce un intertitre ou une remarque, à laisser de côté ?",
}
"""The kinds that are guessed, and the question that each one asks."""
_LONGEST_TITLE, _START = 60, 3
"""Characters; a text whose first ones begin no title is none."""
_TOTAL = re.compile(r"((sous[ -]?)?tota(l|ux)|somme|moyenne|nombre|nb|nbre|effectif|cumul|ensemble)\b")
_ONLY_TOTAL = re.compile(
    r"((sous[ -]?)?tota(l|ux)( general)?|somme|moyenne|effectif|cumul|ensemble|(nombre|nb|nbre) (de|d') ?\w+|nombre|nb)"
    r"\s*[:=]?\s*[\d\s.,€%]*"
)
_NUMBER = re.compile(r"[-+]?[\d\s.,]*\d[\d\s.,]*(€|%|h|ans?|euros?)?")


class LineKinds:
    """Tells the lines of one sheet apart. ``keys``: indexes of the columns of which a row needs one at least."""

    def __init__(
        self, layout: Layout, headers: KnownHeaders, fields: Sequence[Field | None], keys: Sequence[int]
    ) -> None:
        self._titles, self._headers, self._fields, self._keys = layout.titles, headers, fields, keys
        self._starts = {fold(text[:_START]) for text in headers.texts.values()}
        numbers = [index for index, column in enumerate(layout.columns) if column.field == ROW_NUMBER]
        self._number = numbers[0] if numbers else None

    def kind(self, line: SheetLine) -> str:
        """Return '' for a row, else one of the kinds above."""
        filled = [(index, cell) for index, cell in enumerate(line.cells) if cell is not None]
        if not filled:
            return EMPTY
        texts = [cell.strip() for _, cell in filled if isinstance(cell, str)]
        if not texts or self._has_number(line):
            return ""
        if len(filled) > 1 and all(index < len(self._titles) and self._is_title(index, cell) for index, cell in filled):
            return REPEATED
        if len(texts) == len(filled) >= min(3, len(self._titles)) and self._are_titles(texts):
            return OTHER_TITLES
        if isinstance(filled[0][1], str) and self._is_total(filled):
            return TOTAL
        if len(filled) == 1 and len(self._keys) > 1:
            return TITLE
        return ""

    def _has_number(self, line: SheetLine) -> bool:
        """Return whether a line has the number that Palette gives a row."""
        cell = line.cells[self._number] if self._number is not None and self._number < len(line.cells) else None
        return (isinstance(cell, int) and not isinstance(cell, bool)) or (isinstance(cell, str) and cell.isdecimal())

    def _is_title(self, index: int, cell: Cell) -> bool:
        if not isinstance(cell, str):
            return False
        text = cell.strip()
        alike = [title for title in self._titles[index] if title[:1].lower() == text[:1].lower()]
        return any(title == text or set(header_keys(title)) & set(header_keys(text)) for title in alike)

    def _are_titles(self, texts: list[str]) -> bool:
        """Return whether each text is the title of another field, as in a second block with its columns elsewhere."""
        if fold(texts[0][:_START]) not in self._starts:
            return False
        names: set[str] = set()
        for text in texts:
            name = self._headers.find((text,))[0] if len(text) < _LONGEST_TITLE else ""
            if not name or name in names:
                return False
            names.add(name)
        return True

    def _is_total(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """Return whether a line begins with a word for a total and holds nothing but numbers where numbers may
        stand."""
        text = fold(str(filled[0][1]))
        if not _TOTAL.match(text):
            return False
        if len(filled) == 1:
            return bool(_ONLY_TOTAL.fullmatch(text))
        return all(_is_number(cell) and not self._holds_text(index) for index, cell in filled[1:])

    def _holds_text(self, index: int) -> bool:
        """Return whether digits in a column are text, such as a telephone number or a postcode."""
        field = self._fields[index] if index < len(self._fields) else None
        return field is not None and (
            isinstance(field.type, Phone) or (isinstance(field.type, Text) and field.type.digits > 0)
        )


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(_NUMBER.fullmatch(fold(cell)))
    return isinstance(cell, int | float) and not isinstance(cell, bool)
