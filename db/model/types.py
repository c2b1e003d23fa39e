"""The types of value a field may have, and the checks of one value.

A type knows its SQL column and CHECK, how to read what a person typed or pasted (`read`), what may be stored
(`check`) and how to show it in French (`show`). Stored values: text, integers, euro cents, ISO dates, 0/1, a
code of a list, a tuple of codes, or the id of a row. None means empty.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from db.base.errors import FieldError
from db.base.french import fold, french_date, french_number
from db.base.text import storable
from db.model import telephones, typed_text

TONES = ("running", "partly", "waiting", "done", "stopped")


@dataclass(frozen=True)
class ValueList:
    """A list of values: code -> French label, in display order. ``fixed``: rules depend on it, so that no value can be
    added. ``synonyms``: code -> other words for it in imported files. ``tones``: code -> how a grid marks it, of
    ``TONES``, by a sign and a colour."""

    name: str
    label: str
    values: Mapping[str, str]
    fixed: bool = False
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table of the file that stores the list."""
        return f"list_{self.name}"


@dataclass(frozen=True)
class Context:
    """What reading and showing values needs from the file: labels, retired codes, how to find and name a row."""

    labels: Mapping[str, Mapping[str, str]]
    retired: Mapping[str, frozenset[str]] = field(default_factory=dict)
    find: Callable[[str, str], int] = lambda table, text: int(text)
    title: Callable[[str, int], str] = lambda table, row_id: str(row_id)


@dataclass(frozen=True)
class Type(ABC):
    """Base of every type of value."""

    sql: ClassVar[str] = "TEXT"
    align: ClassVar[str] = "left"

    def sql_check(self, column: str) -> str | None:
        """Return the CHECK condition of a column, or None when its SQL type is enough."""
        return None

    def read(self, text: str, context: Context) -> Any:
        """Return what a person typed or pasted as a stored value. Raises FieldError with the reason in French."""
        return self.check(text, context)

    @abstractmethod
    def check(self, value: Any, context: Context) -> Any:
        """Return a value in its stored, canonical form. Raises FieldError when it may not be stored."""

    def show(self, value: Any, context: Context) -> str:
        """Return the value as French text, '' when empty."""
        return "" if value is None else str(value)

    def to_sql(self, value: Any) -> Any:
        """Return the value as SQLite stores it."""
        return value

    def from_sql(self, value: Any) -> Any:
        """Return the value as Python handles it."""
        return value


@dataclass(frozen=True)
class Text(Type):
    """One line of text. ``digits``: the length of a number such as a postcode, whose first zero a spreadsheet may have
    lost."""

    max: int = 200
    digits: int = 0

    def sql_check(self, column: str) -> str:
        return f"length({column}) BETWEEN 1 AND {self.max}"

    def check(self, value: Any, context: Context) -> str | None:
        text = self._clean(storable(str(value)))
        if self.digits:
            text, _ = typed_text.digits(text, self.digits)
        if len(text) > self.max:
            raise FieldError(f"le texte a {len(text)} caractères, {self.max} au plus")
        return text or None

    def _clean(self, text: str) -> str:
        return " ".join(text.split())


@dataclass(frozen=True)
class LongText(Text):
    """Several lines of text."""

    max: int = 10_000

    def _clean(self, text: str) -> str:
        return "\n".join(line.rstrip() for line in text.replace("\r", "").split("\n")).strip()


@dataclass(frozen=True)
class Email(Text):
    """An e-mail address."""

    def check(self, value: Any, context: Context) -> str | None:
        text = super().check(value, context)
        if text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
            raise FieldError(f"« {text} » n’est pas une adresse électronique (attendu : nom@domaine.fr)")
        return text


@dataclass(frozen=True)
class Phone(Text):
    """A telephone number, stored as E.164 (+33565000000) and shown as the French write it."""

    max: int = 16

    def check(self, value: Any, context: Context) -> str | None:
        text = str(value).strip()
        return telephones.read(text)[0] if text else None

    def show(self, value: Any, context: Context) -> str:
        return telephones.show(value) if value else ""


@dataclass(frozen=True)
class _Bounded(Type):
    """A whole number between two bounds; the base of Integer and Euros."""

    sql: ClassVar[str] = "INTEGER"
    align: ClassVar[str] = "right"
    NOUN: ClassVar[str]
    min: int = 0
    max: int = 1_000_000

    def sql_check(self, column: str) -> str:
        return f"{column} BETWEEN {self.min} AND {self.max}"

    def check(self, value: Any, context: Context) -> int | None:
        if isinstance(value, str):
            read: int | None = self.read(value, context)
            return read
        if isinstance(value, bool) or not isinstance(value, int):
            raise FieldError(f"« {value} » n’est pas {self.NOUN}")
        if not self.min <= value <= self.max:
            least, most = self._plain(self.min), self._plain(self.max)
            raise FieldError(f"{self._plain(value)} est hors limites (de {least} à {most})")
        return value

    def _plain(self, value: int) -> str:
        """Return the number as an error message shows it."""
        return french_number(value)


@dataclass(frozen=True)
class Integer(_Bounded):
    """A whole number with an optional unit; « min » makes it a duration, which is also read in hours."""

    NOUN: ClassVar[str] = "un nombre entier"
    unit: str = ""

    def read(self, text: str, context: Context) -> int | None:
        return self.check(self.understand(text)[0], context) if text.strip() else None

    def understand(self, text: str) -> tuple[int, str]:
        """Return the number in a text that is not empty, and how it was understood (see typed_text). Raises
        FieldError."""
        if self.unit == "min":
            return typed_text.minutes(text.strip())
        return typed_text.whole(text.strip().removesuffix(self.unit).rstrip())

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else french_number(value) + (f" {self.unit}" if self.unit else "")


@dataclass(frozen=True)
class Euros(_Bounded):
    """A sum in euros, stored in cents."""

    NOUN: ClassVar[str] = "une somme en centimes"
    max: int = 100_000_00

    def read(self, text: str, context: Context) -> int | None:
        return self.check(typed_text.cents(text.strip())[0], context) if text.strip() else None

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else self._plain(value)

    def _plain(self, value: int) -> str:
        return french_number(value / 100, 2 if value % 100 else 0) + "\u00a0€"


@dataclass(frozen=True)
class Date(Type):
    """A day, stored as an ISO date."""

    min: str = "1900-01-01"
    max: str = "2100-12-31"

    def sql_check(self, column: str) -> str:
        # Without a modifier, SQLite would take 31 February as it stands.
        return f"{column} IS date({column}, '+0 days') AND {column} BETWEEN '{self.min}' AND '{self.max}'"

    def check(self, value: Any, context: Context) -> str | None:
        text = value.isoformat()[:10] if isinstance(value, date) else str(value).strip()
        if not text:
            return None
        iso, _ = typed_text.day(text, self.min, self.max, date.today())
        if not self.min <= iso <= self.max:
            least, most = french_date(self.min), french_date(self.max)
            raise FieldError(f"{french_date(iso)} est hors limites (du {least} au {most})")
        return iso

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else french_date(value)


@dataclass(frozen=True)
class YesNo(Type):
    """Yes, no, or empty."""

    sql: ClassVar[str] = "INTEGER"
    WORDS: ClassVar[dict[str, int]] = {"oui": 1, "o": 1, "x": 1, "vrai": 1, "1": 1, "non": 0, "n": 0, "faux": 0, "0": 0}

    def sql_check(self, column: str) -> str:
        return f"{column} IN (0, 1)"

    def check(self, value: Any, context: Context) -> int | None:
        if isinstance(value, bool | int) and value in (0, 1):
            return int(value)
        word = fold(str(value))
        if word and word not in self.WORDS:
            raise FieldError(f"« {value} » ne se lit pas (attendu : oui ou non)")
        return self.WORDS.get(word)

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else ("Oui" if value else "Non")


@dataclass(frozen=True)
class Choice(Type):
    """One value of a list."""

    list: ValueList

    def check(self, value: Any, context: Context) -> str | None:
        text = str(value).strip()
        labels = context.labels[self.list.name]
        if not text or text in labels:
            return text or None
        for code, label in labels.items():
            if fold(label) == fold(text):
                return code
        raise FieldError(f"« {text} » n’est pas dans la liste « {self.list.label} »")

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else context.labels[self.list.name].get(value, value)


@dataclass(frozen=True)
class Several(Type):
    """Base of Choices and References: a JSON array in SQLite, a tuple in Python, items separated by « ; » in text."""

    def sql_check(self, column: str) -> str:
        # json_valid(NULL) is 0 in the SQLite of many systems still in use, NULL only from 3.45 on
        return f"{column} IS NULL OR (json_valid({column}) AND json_type({column}) = 'array')"

    def to_sql(self, value: Any) -> str | None:
        return json.dumps(list(value), ensure_ascii=False) if value else None

    def from_sql(self, value: Any) -> tuple[Any, ...] | None:
        return (tuple(json.loads(value)) or None) if value else None

    def _items(self, value: Any, one: Type, context: Context) -> list[Any]:
        items = re.split(r"[;\n]", value) if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise FieldError(f"« {value} » n’est pas une liste de valeurs")
        return [found for item in items if (found := one.check(item, context)) is not None]


@dataclass(frozen=True)
class Choices(Several):
    """Several values of a list, in the order of the list."""

    list: ValueList

    def check(self, value: Any, context: Context) -> tuple[str, ...] | None:
        codes = self._items(value, Choice(self.list), context)
        return tuple(code for code in context.labels[self.list.name] if code in codes) or None

    def show(self, value: Any, context: Context) -> str:
        labels = context.labels[self.list.name]
        return " ; ".join(labels.get(code, code) for code in value or ())


@dataclass(frozen=True)
class Reference(Type):
    """A row of another table, stored by id; read and shown by its title."""

    sql: ClassVar[str] = "INTEGER"
    table: str

    def check(self, value: Any, context: Context) -> int | None:
        if isinstance(value, int):
            if not 0 < value < 2**63:  # what SQLite can hold
                raise FieldError(f"« {value} » n’est pas le numéro d’une ligne")
            return value
        return context.find(self.table, str(value)) if str(value).strip() else None

    def show(self, value: Any, context: Context) -> str:
        return "" if value is None else context.title(self.table, value)


@dataclass(frozen=True)
class References(Several):
    """Several rows of another table."""

    table: str

    def check(self, value: Any, context: Context) -> tuple[int, ...] | None:
        return tuple(dict.fromkeys(self._items(value, Reference(self.table), context))) or None

    def show(self, value: Any, context: Context) -> str:
        return " ; ".join(context.title(self.table, row_id) for row_id in value or ())
