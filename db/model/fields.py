"""The classes of declarations: Field, Follows, Computed, Table, Rule, Highlight, Grouping, Privacy. The declarations
are in dictionary.py."""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

from db.model.coded_texts import Degrees
from db.model.types import Choice, Choices, Phone, Reference, References, Text, Type, ValueList


class Privacy(Enum):
    """Whether a field may be published. There is no default: silence never publishes."""

    SECRET = "jamais publié"
    GROUPED = "publié par groupes seulement"


@dataclasses.dataclass(frozen=True)
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
        """The labels of all categories, in order."""
        return (*self.categories, self.rest)

    def category(self, code: str | None) -> int:
        """Return the index in ``labels`` of the category of a code."""
        indexes = (index for index, codes in enumerate(self.categories.values()) if code in codes)
        return next(indexes, len(self.categories))


TODAY = "today"
"""Default of a date field that starts as the current day."""


@dataclasses.dataclass(frozen=True)
class Follows:
    """Default of a field that follows from another field of the same row: the other's value -> the default."""

    field: str
    values: Mapping[str, Any]

    def of(self, row: Mapping[str, Any]) -> Any:
        """Return the default in this row; None while the other field says nothing."""
        return next((default for value, default in self.values.items() if value == row.get(self.field)), None)


@dataclasses.dataclass(frozen=True)
class Field:
    """One stored column of a table and everything known about it."""

    name: str
    label: str
    type: Type
    privacy: Privacy = dataclasses.field(kw_only=True)
    required: bool = dataclasses.field(default=False, kw_only=True)
    help: str = dataclasses.field(default="", kw_only=True)
    section: str = dataclasses.field(default="", kw_only=True)
    default: Any = dataclasses.field(default=None, kw_only=True)
    published: Grouping | None = dataclasses.field(default=None, kw_only=True)
    shown: bool = dataclasses.field(default=True, kw_only=True)
    """Whether a grid shows the column by default."""
    set_later: bool = dataclasses.field(default=False, kw_only=True)
    """Whether the form of a new row leaves the field out: it says what happened to an existing row."""
    hidden: bool = dataclasses.field(default=False, kw_only=True)
    """Whether the office hid the field; its values stay in the file."""
    own: bool = dataclasses.field(default=False, kw_only=True)
    """Whether the office added the field (db/model/effective_dictionary.py)."""
    measured: bool = dataclasses.field(default=False, kw_only=True)
    """Whether Palette sets the value (measured in a file, or by a gesture on a board); a form leaves the field out."""
    synonyms: tuple[str, ...] = dataclasses.field(default=(), kw_only=True)
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
        """The table that a reference points to, or None."""
        return self.type.table if isinstance(self.type, Reference | References) else None

    @property
    def searched(self) -> bool:
        """Whether the full-text index holds the field."""
        return isinstance(self.type, Text) and not isinstance(self.type, Degrees)

    @property
    def sorted_as_text(self) -> bool:
        """Whether the field sorts as French text, accents ignored."""
        return isinstance(self.type, Text) and not isinstance(self.type, Phone)


@dataclasses.dataclass(frozen=True)
class Computed:
    """A column computed from other rows on the day ``:today``, never stored. ``sql`` names the row ``t``."""

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


@dataclasses.dataclass(frozen=True)
class Rule:
    """A condition that a kept row must not meet, with the sentence that users read.

    ``refused_when``: SQL on NEW. ``watches``: the columns whose change checks the rule again, all of them when empty,
    so that correcting a note never fails on an old row. ``spared_when``: SQL on OLD and NEW that lets an update pass.
    """

    name: str
    field: str
    sentence: str
    refused_when: str
    watches: tuple[str, ...] = ()
    spared_when: str = ""


@dataclasses.dataclass(frozen=True)
class Highlight:
    """A condition that marks a cell: SQL on ``t`` and ``:today``, a tone (« warning », « danger », « good »), the
    reason in French."""

    field: str
    tone: str
    sentence: str
    sql: str


@dataclasses.dataclass(frozen=True)
class Table:
    """One table: its fields in display order, its rules, and how its rows are named and sorted."""

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
    """The fields by which an import recognises an existing row; those of the title when empty."""
    synonyms: tuple[str, ...] = ()
    """Other names of the sheet in the files that offices import; see import_synonyms.toml."""
    source_key: tuple[str, ...] = ()
    """The fields by which an outside source knows a row; an import recognises a row by them before its ``key``."""
    source_day: str = ""
    """The field that says when the source last changed the row; see db/imports/source_rows.py."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Groups of fields: a row of a source with the same values in one of them may be a row that is there already."""

    def __post_init__(self) -> None:
        names = [field.name for field in self.columns]
        named = {*self.key, *self.source_key, *(name for group in self.alike for name in group)}
        unknown = {name.removeprefix("-") for name in (*self.title, *self.order, *named)} - set(names)
        if unknown or len(set(names)) < len(names):
            raise ValueError(f"{self.name}: unknown {unknown or '-'} or repeated field among {names}")

    def field(self, name: str) -> Field:
        """Return the stored field of that name. Raises KeyError."""
        return {field.name: field for field in self.fields}[name]

    def with_following(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a new row with the defaults that follow from them (``Follows``)."""
        following = {
            field.name: field.default.of(values)
            for field in self.fields
            if isinstance(field.default, Follows) and values.get(field.name) is None
        }
        return {**values, **following}

    @property
    def columns(self) -> tuple[Field | Computed, ...]:
        """Stored and computed columns."""
        return (*self.fields, *self.computed)

    def column(self, name: str) -> Field | Computed:
        """Return the stored or computed column of that name. Raises KeyError."""
        return {field.name: field for field in self.columns}[name]

    @property
    def belongs_to_person(self) -> bool:
        """Whether each row belongs to one person (it has ``person_id``)."""
        return any(field.name == "person_id" for field in self.fields)

    @property
    def sorted_by_name(self) -> bool:
        """Whether the default order is that of a text; the file then stores that text ready to sort (``sort_key``)."""
        columns = [self.column(name.removeprefix("-")) for name in self.order]
        return all(isinstance(field, Field) and field.sorted_as_text for field in columns)

    @property
    def sections(self) -> dict[str, list[Field]]:
        """Section title -> its visible fields, in order."""
        sections: dict[str, list[Field]] = {}
        for field in self.fields:
            if not field.hidden:
                sections.setdefault(field.section, []).append(field)
        return sections

    @property
    def new(self) -> str:
        """The label of the button that adds a row: « Nouvelle aide », « Nouveau diagnostic »."""
        vowel = self.label[0].lower() in "aeéiouy" and not self.label.isupper()
        word = "Nouvelle" if self.feminine else ("Nouvel" if vowel else "Nouveau")
        return f"{word} {self.label if self.label.isupper() else self.label[0].lower() + self.label[1:]}"


class OfficeTable(Table):
    """A table as one office file has it: the declared table with the office's own fields, labels and order. Only such a
    table is read and saved; ``Office.tables`` returns it. A plain ``Table`` is a declaration."""
