"""The data of an import: the file as it was read, the corrections of a person, and the plan of what to write."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

Cell = str | int | float | bool | date | datetime | None
"""The value of a cell; of a formula, its stored result."""


# ---- the file


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet: its number as the spreadsheet shows it (from 1), its cells from column A."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """One sheet. ``broken``: (line, column from 0) -> the error shown instead of a value (« #N/A »).

    ``coloured``, ``struck``: line -> number of such cells. ``merged``: (first line, first column, last line, last
    column). ``notes``: remarks on the reading, in French. ``irregular``: line -> what is wrong with it in the text
    file, in French. ``hidden_rows``, ``hidden_columns``: lines, and columns from 0, that the spreadsheet does not show.
    """

    name: str
    lines: list[SheetLine]
    hidden: bool = False
    notes: tuple[str, ...] = ()
    broken: Mapping[tuple[int, int], str] = field(default_factory=dict)
    coloured: Mapping[int, int] = field(default_factory=dict)
    struck: Mapping[int, int] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    irregular: Mapping[int, str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SourceWorkbook:
    """A file: its name, its sheets in order, and how it was decoded (« CSV, Windows-1252, « ; » »). ``since_1904``:
    whether its day numbers count from 1904, as those of old Macintosh files."""

    name: str
    sheets: list[SourceSheet]
    notes: tuple[str, ...] = ()
    since_1904: bool = False


# ---- the corrections of a person


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """The corrections of a person; empty: Palette decides. Sheets by name, columns by letter, lines by number.

    ``tables``: sheet -> name of a table, or '' to leave the sheet out.
    ``headers``: sheet -> the line of its column headers.
    ``fields``: sheet -> letter -> name of a field of the table, « N° », « person.last_name » (a key field of the
    person that the row belongs to), « person.name » (both names in one cell), or '' to leave the column out.
    ``constants``: sheet -> field -> value for every new row of that sheet, as text (« Accordée »).
    ``values``: « table.field » -> text of the cells -> text or code to read instead, '' for an empty cell.
    ``persons``: NearMatch.key -> id of the matching person, or 0 for a new person.
    ``aside``: keys of the problems set aside; see ImportProblem.
    ``answers``: key of a question about a line or a sheet -> whether Palette's proposal is right.
    ``replace_typed``: whether a source replaces also what the office typed itself (source_rows.py).
    ``replace_notes``: whether a note in the file replaces the one that is stored, instead of being added to it.
    ``accept_resemblances``: whether every resemblance without an answer counts as accepted.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    persons: Mapping[str, int] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    answers: Mapping[str, bool] = field(default_factory=dict)
    replace_notes: bool = False
    replace_typed: bool = False
    accept_resemblances: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the choices as data for json.dumps."""
        return {**asdict(self), "aside": sorted(self.aside)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ImportChoices":
        """Return the choices that ``to_json`` exported."""
        return cls(**{**data, "aside": frozenset(data.get("aside", ()))})


# ---- the plan


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """One column of a sheet and the field that it is read as.

    ``field``: as in ``ImportChoices.fields``; '' when it is left out. ``label``: of that field, in French. ``how``: «
    nom », « synonyme », « ressemblance », « contenu », « retenu » (remembered), « choisi », « refusé »
    (never kept), « export » (of another tool, which means something else by it), or '' when no field
    matches. ``why``: the reason in French, for instance why it is left out. ``examples``: up to three of its values.
    ``proposal``: the field that it resembles, which is not read before a person has said yes; '' for none.
    """

    letter: str
    header: str
    field: str
    label: str
    how: str
    why: str = ""
    examples: tuple[str, ...] = ()
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A value that was interpreted, which the person reviews before anything is written.

    ``text``: as in the cells; ``value``: as it would be stored (None: empty); ``shown``: the same in French; ``how``:
    « synonyme », « orthographe », « sans valeur », « année à deux chiffres »…; ``count``: the number of cells with that
    text; ``row``: the first of them.
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
    count: int
    row: int


COLUMN, VALUE, PERSON, LINE, SHEET = "column", "value", "person", "line", "sheet"
"""What a question is about. A question is a problem to which an answer is enough: the file need not change."""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """An error in the file, or a question, and its position. ``column``: its letter, '' when it concerns the whole row.

    A person may set a problem aside by its ``key`` (``ImportChoices.aside``): the cell then counts as empty, or, for a
    problem of the whole row, the row is left out. ``question``: one of COLUMN, VALUE, PERSON, LINE, SHEET, or '' when
    the file must be corrected. ``proposal``: what « yes » would choose: the field of a column, the text or code of a
    value.
    """

    sheet: str
    row: int
    column: str
    field: str
    label: str
    value: str
    reason: str
    question: str = ""
    proposal: str = ""

    @property
    def key(self) -> str:
        """« Feuille1!C12 », « Feuille1!12 » for a problem of the whole row, « Feuille1!hidden_rows » for a question
        about the sheet."""
        return f"{self.sheet}!{self.field if self.question == SHEET else f'{self.column}{self.row}'}"

    def __str__(self) -> str:
        where = self.sheet + f", ligne {self.row}" * bool(self.row) + f", colonne {self.column}" * bool(self.column)
        label, value = f" · {self.label}" * bool(self.label), f" « {self.value} »" * bool(self.value)
        return f"{where}{label}{value} : {self.reason}"


@dataclass(frozen=True, slots=True)
class IgnoredLine:
    """A line that is left out, because it is not data or repeats another, and the reason in French. ``key``: of the
    question whose answer « no » takes it back, '' when there is none."""

    row: int
    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person that a row may be: id (negative: a row of the same file, see ``PlannedRow.id``), name and evidence."""

    id: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class NearMatch:
    """An imported row that matches no known person exactly but resembles one or more. ``chosen``: id of the person; 0:
    a new person; None: undecided, and the row waits."""

    key: str
    sheet: str
    row: int
    title: str
    candidates: tuple[Candidate, ...]
    chosen: int | None = None
    digest: str = ""
    """Identifies the row's name and birth date when the choice is remembered; see remembered_choices.digest."""


CREATE, UPDATE, SAME, WAITING = "create", "update", "unchanged", "waiting"


@dataclass(slots=True)
class PlannedRow:
    """One row of the file and the action planned for it.

    ``id``: of the existing row; a negative, provisional id for a new row, which references in ``values`` may also use.
    ``values``: stored values to write, by field (of an update: the changed ones). ``old``: the current values of these
    fields. ``requested_id``: the id that the file gives to a new row and that the row will have, or None.
    """

    number: int
    action: str
    id: int
    title: str
    values: dict[str, Any]
    old: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    requested_id: int | None = None
    problems: tuple[ImportProblem, ...] = ()
    notes: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)
    """Of a row of a source: what it says instead of what the office typed, by field; not written."""


@dataclass
class SheetPlan:
    """The plan of one sheet. ``table``: '' when it is left out. ``missing``: required fields without a column.
    ``problems``: those of the sheet, its columns and the lines that are not rows."""

    name: str
    table: str
    label: str
    how: str
    why: str = ""
    hidden: bool = False
    header_row: int = 0
    columns: list[PlannedColumn] = field(default_factory=list)
    rows: list[PlannedRow] = field(default_factory=list)
    ignored: list[IgnoredLine] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    near: list[NearMatch] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Key of each question about the sheet or a line -> (scope, text) under which its answer is remembered."""

    def count(self, action: str) -> int:
        """Return the number of rows with that action."""
        return sum(row.action == action for row in self.rows)


@dataclass
class ImportPlan:
    """Everything that an import would write. ``checked``: whether the rows were tried against the domain rules."""

    name: str
    sheets: list[SheetPlan]
    choices: ImportChoices
    notes: list[str] = field(default_factory=list)
    checked: bool = False
    token: int = 0
    """The id of the last row of the history when the plan was made."""
    listed: frozenset[str] = frozenset()
    """« table.field » of the fields whose values come from a list."""

    def count(self, action: str) -> int:
        """Return the number of rows with that action, over all sheets."""
        return sum(sheet.count(action) for sheet in self.sheets)

    @property
    def problems(self) -> list[ImportProblem]:
        """Every problem and question, in the order of the file."""
        return [
            problem
            for sheet in self.sheets
            for problems in (sheet.problems, *(row.problems for row in sheet.rows))
            for problem in problems
        ]

    @property
    def guesses(self) -> list[Guess]:
        """Every interpreted value."""
        return [guess for sheet in self.sheets for guess in sheet.guesses]

    @property
    def near(self) -> list[NearMatch]:
        """Every row that resembles a known person."""
        return [near for sheet in self.sheets for near in sheet.near]

    def rows(self) -> Iterator[tuple[SheetPlan, PlannedRow]]:
        """Return every row with its sheet."""
        return ((sheet, row) for sheet in self.sheets for row in sheet.rows)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Counts of the rows written and left waiting, and the id of the operation (None: there was nothing to write)."""

    operation: int | None
    created: int
    updated: int
    unchanged: int
    waiting: int = 0
