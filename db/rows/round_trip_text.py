"""Write values as text that reads back as the same value, even when another one has the same name. For files that come
back: a workbook of the whole office, the rows of a grid, a template. On screen, ``Type.show`` is enough."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from db.base.errors import FieldError
from db.base.french import fold
from db.base.spreadsheets import sheet_name
from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Context, Phone, Reference, References, Text, Type, ValueList
from db.rows import queries
from db.rows.titles import words_of

ROW_NUMBER = "N°"
"""The heading of the column that holds the id of each row."""
FIRST, LISTS = "À lire d’abord", "Listes"
"""The sheets of a workbook of the whole office that are not tables; the first begins with NAME."""
NAME = "Palette : tout le fichier"
_CUTS = (";", "\n")
"""Separators of several values in one cell; no single value may contain one."""
_LONGEST = 30_000
"""Characters; a cell of Excel holds 32,767."""


def headings(fields: Iterable[Field]) -> dict[str, Field]:
    """Return a unique heading for each field of a table: its label, « Label (2) » for the second of that name."""
    fields_by_heading: dict[str, Field] = {}
    taken = {fold(ROW_NUMBER)}
    for field in fields:
        label = " ".join(field.label.split())
        names = (label, *(f"{label} ({n})" for n in range(2, 1000)))
        name = next(name for name in names if fold(name) not in taken)
        taken.add(fold(name))
        fields_by_heading[name] = field
    return fields_by_heading


def sheet_names(tables: Iterable[OfficeTable]) -> dict[str, str]:
    """Return the sheet name of each table, by the table's name: its plural as spreadsheets allow it, each unique."""
    taken = {fold(FIRST), fold(LISTS)}
    return {table.name: sheet_name(table.plural, taken) for table in tables}


class Spelling:
    """Writes the values of one file as text that ``Type.read`` reads back with the same labels."""

    def __init__(self, db: Office, tables: Mapping[str, OfficeTable], context: Context) -> None:
        self._db, self._tables, self._known = db, tables, context
        self._codes: dict[tuple[str, str], str] = {}
        self.reference = lru_cache(maxsize=None)(self._reference)
        self._shared = lru_cache(maxsize=None)(self._titles_of_several)
        self._called = lru_cache(maxsize=None)(self._called_like_numbers)

    def text(self, field: Field, value: Any) -> str:
        """Return a stored value of a field as text, '' when empty."""
        match field.type:
            case _ if value is None:
                return ""
            case Choice(list=values):
                return self.code(values, value)
            case Choices(list=values):
                return " ; ".join(self.code(values, code) for code in value)
            case Reference(table=table):
                return self.reference(table, value)
            case References(table=table):
                text = " ; ".join(self.reference(table, row_id) for row_id in value)
                return text if len(text) < _LONGEST else " ; ".join(self.reference(table, i, False) for i in value)
            case Phone():
                return self._read_back(field.type, value)
            case Text():
                return str(value)
        return field.type.show(value, self._known)

    def shown(self, column: Field | Computed, value: Any) -> str:
        """Return a value as on screen where that reads back as the same value, else as ``text`` does."""
        match column.type:
            case Reference(table=table) if value is not None:
                return self._title(table, value)
            case References(table=table):
                return " ; ".join(self._title(table, row_id) for row_id in value or ())
        return self.text(column, value) if isinstance(column, Field) else column.type.show(value, self._known)

    def _title(self, table: str, row_id: int) -> str:
        title = self._known.title(table, row_id)
        is_plain = title and "°" not in title and not title.isdigit() and not any(cut in title for cut in _CUTS)
        return title if is_plain and words_of(title) not in self._shared(table) else self.reference(table, row_id)

    def _titles_of_several(self, table: str) -> frozenset[tuple[str, ...]]:
        """Return the titles, as sorted words, that several rows have."""
        ids = self._db.execute(f'SELECT id FROM "{table}" WHERE deleted_at IS NULL').fetchall()
        counts = Counter(words_of(self._known.title(table, row_id)) for (row_id,) in ids)
        return frozenset(title for title, count in counts.items() if count > 1)

    def _read_back(self, kind: Type, value: str) -> str:
        """Return the value as shown, or as stored when reading the shown text would give another value."""
        text = kind.show(value, self._known)
        try:
            return text if kind.read(text, self._known) == value else value
        except FieldError:
            return value

    def code(self, values: ValueList, code: str) -> str:
        """Return the label of a value; its code where the label is ambiguous or contains a separator."""
        if (values.name, code) not in self._codes:
            label = self._read_back(Choice(values), code)
            self._codes[values.name, code] = code if any(cut in label for cut in _CUTS) else label
        return self._codes[values.name, code]

    def _reference(self, table: str, row_id: int, named: bool = True) -> str:
        """Return « Marchand Lou n° 12 »; without the name where it contains a separator."""
        title = self._known.title(table, row_id) if named else ""
        name = "" if any(cut in title for cut in _CUTS) else title
        # Somebody else may be called just that: a partner « Galerie n° 3 » beside the third one, « Galerie ».
        zeros = ("0" * count for count in range(18))
        texts = (f"{name} n° {zero}{row_id}".strip() for zero in zeros)
        return next(text for text in texts if words_of(text) not in self._called(table))

    def _called_like_numbers(self, table: str) -> frozenset[tuple[str, ...]]:
        """Return the titles, as sorted words, of rows whose own name contains « n° »."""
        holds = self._holds_number(self._tables[table], "t")
        rows = self._db.execute(f'SELECT id FROM "{table}" t WHERE deleted_at IS NULL AND ({holds})').fetchall()
        return frozenset(words_of(self._known.title(table, row_id)) for (row_id,) in rows)

    def _holds_number(self, table: OfficeTable, row: str) -> str:
        """SQL: whether the title of ``row`` may contain the sign « ° »."""
        conditions = ["0"]
        for field in queries.title_fields(table):
            if isinstance(field.type, Text):
                conditions.append(f"{row}.{field.name} LIKE '%°%'")
            elif field.list and any("°" in label for label in self._known.labels[field.list.name].values()):
                conditions.append("1")
            elif isinstance(field.type, Reference):
                other = self._holds_number(self._tables[field.type.table], f"{row}_")
                named = f"{row}_.id = {row}.{field.name} AND ({other})"
                conditions.append(f'EXISTS (SELECT 1 FROM "{field.type.table}" {row}_ WHERE {named})')
        return " OR ".join(conditions)
