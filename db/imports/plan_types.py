"""What an import is made of: the file as it was read, what a person corrected, and what would be written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

Cell = str | int | float | bool | date | datetime | None
"""What a cell holds, as it was read; a formula by its value."""

Tick = Callable[[float, str], None]
"""Told how far the work is (0 to 1) and what is being done; may raise to end it."""

NUMBER = "N°"
"""The header, and the ``field`` of a Column, that holds the number of a row (its id in the office file)."""


def silent(done: float, what: str) -> None:
    """The tick of whoever does not wait."""


# ---- the file


@dataclass(frozen=True)
class Line:
    """One line of a sheet: its number as the spreadsheet shows it (from 1), its cells from column A."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``broken``: (line, column from 0) -> what stands there instead of a value (« #N/A »).

    ``coloured``, ``struck``: line -> how many of its cells are. ``merged``: (first line, first column, last line, last
    column). ``notes``: what is worth knowing of it, in French.
    """

    name: str
    lines: list[Line]
    hidden: bool = False
    notes: tuple[str, ...] = ()
    broken: Mapping[tuple[int, int], str] = field(default_factory=dict)
    coloured: Mapping[int, int] = field(default_factory=dict)
    struck: Mapping[int, int] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True)
class Workbook:
    """A file that was read: its name, its sheets in order, and how it was read (« CSV, Windows-1252, « ; » »)."""

    name: str
    sheets: list[Sheet]
    notes: tuple[str, ...] = ()


# ---- what a person corrected


@dataclass(frozen=True)
class Choices:
    """Everything a person corrected; empty: Palette decides. Sheets by name, columns by letter, lines by number.

    ``tables``: sheet -> name of a table, or '' to leave the sheet out.
    ``headers``: sheet -> the line that holds its headers.
    ``fields``: sheet -> letter -> name of a field of the table, « N° », « person.last_name » (a key of the person that
    a row belongs to), « person.name » (both names in one cell), or '' to leave the column out.
    ``constants``: sheet -> field -> what every new row of that sheet holds there, as text (« Accordée »).
    ``values``: « table.field » -> what is written in the cells -> text or code to read instead, '' for an empty cell.
    ``persons``: Near.key -> id of the person it is, or 0 for a new person.
    ``aside``: keys of problems set aside: the cell counts as empty or, when the problem is the row's, the row is left
    out.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    persons: Mapping[str, int] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """As plain data that json.dumps takes."""
        return {**asdict(self), "aside": sorted(self.aside)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Choices":
        """The inverse of ``to_json``."""
        return cls(**{**data, "aside": frozenset(data.get("aside", ()))})


# ---- what would be written


@dataclass(frozen=True)
class Column:
    """One column of a sheet and what it is taken for.

    ``field``: as in ``Choices.fields``; '' when it is left out. ``label``: of that field, in French. ``how``: « nom »,
    « synonyme », « contenu », « retenu » (remembered), « choisi », or '' when nothing was found. ``why``: the reason in
    French, above all why it is left out. ``examples``: some of what it holds.
    """

    letter: str
    header: str
    field: str
    label: str
    how: str
    why: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """A value that was not read as it stands: shown before anything is written.

    ``text``: what the cells hold; ``value``: what is kept (stored form, None: empty); ``shown``: the same in French;
    ``how``: « synonyme », « orthographe », « sans valeur », « année à deux chiffres »…; ``many``: in how many cells;
    ``row``: the first.
    """

    sheet: str
    column: str
    table: str
    field: str
    label: str
    text: str
    value: Any
    shown: str
    how: str
    many: int
    row: int


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where. ``column``: its letter, '' when it is the whole row's.

    ``key`` sets it aside (``Choices.aside``): the cell then counts as empty, or the row is left out.
    """

    sheet: str
    row: int
    column: str
    field: str
    label: str
    value: str
    reason: str

    @property
    def key(self) -> str:
        """« Feuille1!C12 », or « Feuille1!12 » when the problem is the row's."""
        return f"{self.sheet}!{self.column}{self.row}"

    def __str__(self) -> str:
        where = f"{self.sheet}, ligne {self.row}" + f", colonne {self.column}" * bool(self.column)
        label, value = f" · {self.label}" * bool(self.label), f" « {self.value} »" * bool(self.value)
        return f"{where}{label}{value} : {self.reason}"


@dataclass(frozen=True)
class Ignored:
    """A line that is not data, or repeats another: why it is left out."""

    row: int
    reason: str


@dataclass(frozen=True)
class Candidate:
    """Somebody a row may be: id (negative: of this very file, see ``Row.id``), name, and what speaks for it."""

    id: int
    title: str
    reason: str


@dataclass(frozen=True)
class Near:
    """A row that is nobody known, but resembles somebody. ``chosen``: id; 0: new; None: undecided (then new)."""

    key: str
    sheet: str
    row: int
    title: str
    candidates: tuple[Candidate, ...]
    chosen: int | None = None
    digest: str = ""
    """What stands for the row's name and birth date when the choice is remembered."""


CREATE, UPDATE, SAME, WAITING = "create", "update", "unchanged", "waiting"


@dataclass(slots=True)
class Row:
    """One row of the file and what becomes of it.

    ``id``: of the row it is in the office file; negative for one that is not there yet; references in ``values`` may be
    such numbers. ``values``: what will be written, stored form, by field (of an update: what differs only). ``old``:
    what stands there now. ``keep``: the number asked for a new row, or None.
    """

    number: int
    action: str
    id: int
    title: str
    values: dict[str, Any]
    old: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    keep: int | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class SheetPlan:
    """What a sheet would bring. ``table``: '' when it is left out. ``missing``: required fields without a column."""

    name: str
    table: str
    label: str
    how: str
    why: str = ""
    hidden: bool = False
    header_row: int = 0
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, action: str) -> int:
        """How many rows have that action."""
        return sum(row.action == action for row in self.rows)


@dataclass
class Plan:
    """All that an import would do; nothing is written yet. ``checked``: whether the file's own rules were tried."""

    name: str
    sheets: list[SheetPlan]
    choices: Choices
    notes: list[str] = field(default_factory=list)
    checked: bool = False
    token: int = 0
    """The last line of the history when the plan was made."""
    listed: frozenset[str] = frozenset()
    """« table.field » of the columns whose values are those of a list."""

    def count(self, action: str) -> int:
        """How many rows have that action, over all sheets."""
        return sum(sheet.count(action) for sheet in self.sheets)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order of the file."""
        return [problem for sheet in self.sheets for row in sheet.rows for problem in row.problems]

    @property
    def guesses(self) -> list[Guess]:
        """Every value that was not read as it stands."""
        return [guess for sheet in self.sheets for guess in sheet.guesses]

    @property
    def near(self) -> list[Near]:
        """Every row that resembles somebody."""
        return [near for sheet in self.sheets for near in sheet.near]

    def rows(self) -> Iterator[tuple[SheetPlan, Row]]:
        """Every row with its sheet."""
        return ((sheet, row) for sheet in self.sheets for row in sheet.rows)


@dataclass(frozen=True)
class Done:
    """What was written, as one operation (None: there was nothing to write), and how many rows were left waiting."""

    operation: int | None
    created: int
    updated: int
    unchanged: int
    waiting: int = 0
