"""What a declaration is: Field, Table, Computed, Rule, Highlight, Grouping, Privacy. The data are in dictionary.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from db.model.types import Choice, Choices, Phone, Reference, References, Text, Type, ValueList


class Privacy(Enum):
    """Whether a field may ever leave the office. There is no default: silence never publishes."""

    SECRET = "jamais publié"
    GROUPED = "publié par groupes seulement"


@dataclass(frozen=True)
class Grouping:
    """In which coarse categories a field may be published; see publication.md and groupings.py.

    ``name``: its column in the public file. ``figure``: the figure of definitions.py that says who has which code.
    ``categories``: label -> codes; every other code, and none, is in ``rest``. ``crossed``: the names of the groupings
    it is also shown with, two at a time. A new ``version`` starts a new series instead of continuing the old one.
    """

    name: str
    label: str
    figure: str
    categories: Mapping[str, tuple[str, ...]]
    rest: str
    crossed: tuple[str, ...] = ()
    version: int = 1

    @property
    def labels(self) -> tuple[str, ...]:
        """Every category, in order."""
        return (*self.categories, self.rest)

    def category(self, code: str | None) -> int:
        """The place of a code's category among ``labels``."""
        found = (place for place, codes in enumerate(self.categories.values()) if code in codes)
        return next(found, len(self.categories))


TODAY = "today"
"""The default of a date field that starts as the current day."""


@dataclass(frozen=True)
class Field:
    """One column of one table, with all that is known of it; see house.md, « One declaration »."""

    name: str
    label: str
    type: Type
    privacy: Privacy = field(kw_only=True)
    required: bool = field(default=False, kw_only=True)
    help: str = field(default="", kw_only=True)
    section: str = field(default="", kw_only=True)
    default: Any = field(default=None, kw_only=True)
    published: Grouping | None = field(default=None, kw_only=True)
    shown: bool = field(default=True, kw_only=True)
    """Whether the grid shows the column before anybody chose columns."""
    hidden: bool = field(default=False, kw_only=True)
    """Whether the office put it out of sight; what it holds stays in the file."""
    own: bool = field(default=False, kw_only=True)
    """Whether the office added it (db/model/effective_dictionary.py)."""
    synonyms: tuple[str, ...] = field(default=(), kw_only=True)
    """Other headers of the column in the files that offices import; see import_synonyms.toml."""

    def __post_init__(self) -> None:
        if self.published and self.privacy is not Privacy.GROUPED:
            raise ValueError(f"{self.name}: only a GROUPED field may be published")

    @property
    def list(self) -> ValueList | None:
        """The list of values of a choice, or None."""
        return self.type.list if isinstance(self.type, Choice | Choices) else None

    @property
    def target(self) -> str | None:
        """The name of the table that a reference points to, or None."""
        return self.type.table if isinstance(self.type, Reference | References) else None

    @property
    def searched(self) -> bool:
        """Whether the full-text search reads it."""
        return isinstance(self.type, Text)

    @property
    def sorted_as_text(self) -> bool:
        """Whether it sorts as French text (accents ignored)."""
        return isinstance(self.type, Text) and not isinstance(self.type, Phone)


@dataclass(frozen=True)
class Computed:
    """A column that follows from dated rows on the day ``:today``; never typed in. ``sql`` calls the row ``t``."""

    name: str
    label: str
    type: Type
    sql: str
    help: str = ""
    shown: bool = True
    hidden: bool = False
    own: bool = False

    @property
    def list(self) -> ValueList | None:
        """The list of values of a choice, or None."""
        return self.type.list if isinstance(self.type, Choice | Choices) else None


@dataclass(frozen=True)
class Rule:
    """What must be true of a row that is kept. ``refused_when`` is SQL on NEW; the sentence is what the person reads.

    ``watches`` names the columns whose change makes the rule look again (all of them when empty), so that correcting
    a note never trips over an old row. ``spared_when``: SQL on OLD and NEW that lets an update pass.
    """

    name: str
    field: str
    sentence: str
    refused_when: str
    watches: tuple[str, ...] = ()
    spared_when: str = ""


@dataclass(frozen=True)
class Highlight:
    """A cell that calls for attention: SQL on ``t`` and ``:today``, a tone (« warning », « danger »), why in French."""

    field: str
    tone: str
    sentence: str
    sql: str


@dataclass(frozen=True)
class Table:
    """One table: its fields in the order of form and grid, its rules, and how a row is named and sorted."""

    name: str
    label: str
    plural: str
    fields: tuple[Field, ...]
    title: tuple[str, ...]
    order: tuple[str, ...]
    """Default sort: names of fields, « -name » for descending."""
    rules: tuple[Rule, ...] = ()
    computed: tuple[Computed, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    feminine: bool = True
    key: tuple[str, ...] = ()
    """The fields by which a row that is brought in is recognised; none: those of its title."""
    synonyms: tuple[str, ...] = ()
    """Other names of the sheet in the files that offices import; see import_synonyms.toml."""

    def __post_init__(self) -> None:
        names = [item.name for item in self.columns]
        unknown = {name.removeprefix("-") for name in (*self.title, *self.order, *self.key)} - set(names)
        if unknown or len(set(names)) < len(names):
            raise ValueError(f"{self.name}: unknown {unknown or '-'} or repeated field among {names}")

    def field(self, name: str) -> Field:
        """The stored field of that name. Raises KeyError."""
        return {item.name: item for item in self.fields}[name]

    @property
    def columns(self) -> tuple[Field | Computed, ...]:
        """Stored and computed fields."""
        return (*self.fields, *self.computed)

    def column(self, name: str) -> Field | Computed:
        """The stored or computed field of that name. Raises KeyError."""
        return {item.name: item for item in self.columns}[name]

    @property
    def belongs_to_person(self) -> bool:
        """Whether each row is one person's (it has ``person_id``)."""
        return any(item.name == "person_id" for item in self.fields)

    @property
    def sorted_by_name(self) -> bool:
        """Whether its own order is that of its text; the file then keeps that text ready to sort by (``sort_key``)."""
        columns = [self.column(name.removeprefix("-")) for name in self.order]
        return all(isinstance(item, Field) and item.sorted_as_text for item in columns)

    @property
    def sections(self) -> dict[str, list[Field]]:
        """Section title -> its fields in sight, in order."""
        found: dict[str, list[Field]] = {}
        for item in self.fields:
            if not item.hidden:
                found.setdefault(item.section, []).append(item)
        return found

    @property
    def new(self) -> str:
        """« Nouvelle aide », « Nouveau diagnostic »."""
        vowel = self.label[0].lower() in "aeéiouy" and not self.label.isupper()
        word = "Nouvelle" if self.feminine else ("Nouvel" if vowel else "Nouveau")
        return f"{word} {self.label if self.label.isupper() else self.label[0].lower() + self.label[1:]}"


class OfficeTable(Table):
    """A table as one office file has it: the declared one, with the office's own fields, labels and order.

    Rows are read and saved by this one only; ``Office.tables`` gives it. A plain ``Table`` is a declaration.
    """
