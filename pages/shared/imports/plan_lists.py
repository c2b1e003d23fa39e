"""The lists that « Importer » shows of a plan, computed once per plan: values, problems, rows by action."""

from collections import Counter
from dataclasses import dataclass, field

from db.imports.plan_types import (
    CREATE,
    LINE,
    SAME,
    SHEET,
    UPDATE,
    VALUE,
    WAITING,
    ImportPlan,
    ImportProblem,
    PlannedRow,
    SheetPlan,
)
from db.imports.questions import MERGED

ACTIONS = {CREATE: "à créer", UPDATE: "à modifier", SAME: "inchangée", WAITING: "en attente"}
HOWS = {
    "nom": "par son nom", "synonyme": "par un autre nom", "contenu": "par ce qu’elle contient",
    "ressemblance": "par ressemblance", "retenu": "comme la dernière fois", "choisi": "votre choix",
}  # fmt: skip
"""How a table or a column was recognised, as shown on the screen."""
_BROKEN = ("#", "formule sans résultat")
"""Beginnings of texts of spreadsheet errors, which cannot be corrected by choosing a value."""
Line = tuple[SheetPlan, PlannedRow]


@dataclass
class TextReading:
    """One text of a column and its value. ``value``: as stored; ``reason``: why the text was not understood, or ''.
    ``proposal``: what it resembles, which « Oui » chooses."""

    text: str
    value: object
    shown: str
    how: str
    reason: str = ""
    proposal: str = ""
    count: int = 0
    where: list[str] = field(default_factory=list)


@dataclass
class Values:
    """The texts of one field that were guessed or not understood. ``path``: "table.field"."""

    path: str
    table: str
    name: str
    label: str
    readings: dict[str, TextReading] = field(default_factory=dict)

    @property
    def missed(self) -> int:
        """How many texts were not understood, those with a proposal included."""
        return sum(bool(reading.reason) for reading in self.readings.values())

    @property
    def proposals(self) -> dict[str, str]:
        """Text -> what it resembles, for the texts with such a question."""
        return {text: reading.proposal for text, reading in self.readings.items() if reading.proposal}


Group = tuple[str, str, str, str]
"""Problems are grouped by sheet, letter of the column or '', field, label."""


class Lists:
    """A plan with its lists. It does not change."""

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.counts = Counter(row.action for _, row in plan.rows())
        self.problems = plan.problems
        self.values = _values(plan, self.problems)
        self.questions: dict[str, list[ImportProblem]] = {}
        """Sheet -> the questions about it and its lines, which the second step asks."""
        self.groups: dict[Group, list[ImportProblem]] = {}
        """The problems that no step asks about."""
        for problem in self.problems:
            if problem.question in (SHEET, LINE) and (problem.field != MERGED or not problem.row):
                self.questions.setdefault(problem.sheet, []).append(problem)
            if problem.question:
                continue
            self.groups.setdefault((problem.sheet, problem.column, problem.field, problem.label), []).append(problem)
        self.titles = {row.id: row.title for _, row in plan.rows() if row.id < 0}
        self.row_at = {(sheet.name, row.number): row for sheet, row in plan.rows()}
        self._rows: dict[tuple[str, str], list[Line]] = {}

    def rows(self, action: str = "", sheet: str = "") -> list[Line]:
        """Return the rows with an action in a sheet, '' for all, those that wait first."""
        key = (action, sheet)
        if key not in self._rows:
            rows = [
                (plan, row)
                for plan, row in self.plan.rows()
                if (not action or row.action == action) and (not sheet or plan.name == sheet)
            ]
            self._rows[key] = sorted(rows, key=lambda line: line[1].action != WAITING)
        return self._rows[key]


def _values(plan: ImportPlan, problems: list[ImportProblem]) -> dict[str, Values]:
    """Return the values by field, first those with a text that was not understood."""
    by_path: dict[str, Values] = {}
    tables = {sheet.name: sheet.table for sheet in plan.sheets}
    for problem in problems:
        of_value = problem.question in ("", VALUE)
        if of_value and problem.column and problem.value and not problem.value.startswith(_BROKEN):
            values = _values_at(by_path, tables[problem.sheet], problem.field, problem.label)
            reading = values.readings.setdefault(
                problem.value, TextReading(problem.value, None, "", "", problem.reason, problem.proposal)
            )
            _count(reading, problem.sheet, problem.column, 1)
    for guess in plan.guesses:
        values = _values_at(by_path, guess.table, guess.field, guess.label)
        reading = values.readings.setdefault(guess.text, TextReading(guess.text, guess.value, guess.shown, guess.how))
        _count(reading, guess.sheet, guess.column, guess.count)
    return dict(sorted(by_path.items(), key=lambda item: not item[1].missed))


def _values_at(by_path: dict[str, Values], table: str, name: str, label: str) -> Values:
    path = f"{table}.{name}"
    return by_path.setdefault(path, Values(path, table, name, label))


def _count(reading: TextReading, sheet: str, column: str, count: int) -> None:
    reading.count += count
    where = f"{sheet}, colonne {column}"
    if where not in reading.where:
        reading.where.append(where)
