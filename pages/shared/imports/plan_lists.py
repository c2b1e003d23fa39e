"""What the screen « Importer » lists of a comparison, found once for all: values, problems, rows by action."""

from collections import Counter
from dataclasses import dataclass, field

from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, ImportPlan, ImportProblem, PlannedRow, SheetPlan

ACTIONS = {CREATE: "à créer", UPDATE: "à modifier", SAME: "inchangée", WAITING: "en attente"}
HOWS = {
    "nom": "par son nom", "synonyme": "par un autre nom", "contenu": "par ce qu’elle contient",
    "retenu": "comme la dernière fois", "choisi": "votre choix",
}  # fmt: skip
"""How a table or a column was found, as the screen says it."""
_BROKEN = ("#", "formule sans résultat")
"""Cells without any text that could be read otherwise."""
Line = tuple[SheetPlan, PlannedRow]


@dataclass
class Said:
    """One text of a column and what it is read as. ``value``: stored form; ``reason``: why it is not understood."""

    text: str
    value: object
    shown: str
    how: str
    reason: str = ""
    many: int = 0
    where: list[str] = field(default_factory=list)


@dataclass
class Values:
    """The texts of one field that were guessed or not understood. ``place``: « table.field »."""

    place: str
    table: str
    name: str
    label: str
    said: dict[str, Said] = field(default_factory=dict)

    @property
    def missed(self) -> int:
        """How many texts were not understood."""
        return sum(bool(one.reason) for one in self.said.values())


Group = tuple[str, str, str, str]
"""Sheet, letter of the column or '', field, label."""


class Lists:
    """A plan and all that is looked up in it time and again; nothing changes in it any more."""

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.counts = Counter(row.action for _, row in plan.rows())
        self.problems = plan.problems
        self.values = _values(plan, self.problems)
        self.groups: dict[Group, list[ImportProblem]] = {}
        for problem in self.problems:
            self.groups.setdefault((problem.sheet, problem.column, problem.field, problem.label), []).append(problem)
        self.titles = {row.id: row.title for _, row in plan.rows() if row.id < 0}
        self.by_place = {(sheet.name, row.number): row for sheet, row in plan.rows()}
        self._found: dict[tuple[str, str], list[Line]] = {}

    def rows(self, action: str = "", sheet: str = "") -> list[Line]:
        """The rows with an action, of a sheet; '' for all. Those that wait come first, then the order of the file."""
        key = (action, sheet)
        if key not in self._found:
            wanted = [
                (plan, row)
                for plan, row in self.plan.rows()
                if (not action or row.action == action) and (not sheet or plan.name == sheet)
            ]
            self._found[key] = sorted(wanted, key=lambda line: line[1].action != WAITING)
        return self._found[key]


def _values(plan: ImportPlan, problems: list[ImportProblem]) -> dict[str, Values]:
    """By place, those with something not understood first."""
    found: dict[str, Values] = {}
    tables = {sheet.name: sheet.table for sheet in plan.sheets}
    for problem in problems:
        if problem.column and problem.value and not problem.value.startswith(_BROKEN):
            values = _of(found, tables[problem.sheet], problem.field, problem.label)
            said = values.said.setdefault(problem.value, Said(problem.value, None, "", "", problem.reason))
            _count(said, problem.sheet, problem.column, 1)
    for guess in plan.guesses:
        values = _of(found, guess.table, guess.field, guess.label)
        said = values.said.setdefault(guess.text, Said(guess.text, guess.value, guess.shown, guess.how))
        _count(said, guess.sheet, guess.column, guess.count)
    return dict(sorted(found.items(), key=lambda item: not item[1].missed))


def _of(found: dict[str, Values], table: str, name: str, label: str) -> Values:
    place = f"{table}.{name}"
    return found.setdefault(place, Values(place, table, name, label))


def _count(said: Said, sheet: str, column: str, many: int) -> None:
    said.many += many
    where = f"{sheet}, colonne {column}"
    if where not in said.where:
        said.where.append(where)
