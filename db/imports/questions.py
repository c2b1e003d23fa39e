"""Questions about a whole sheet or a line: their answers, now or for an earlier file, and those still to be given."""

from dataclasses import replace

from db.base.french import fold
from db.imports.column_matching import Layout
from db.imports.plan_types import LINE, SHEET, ImportChoices, ImportProblem, SheetPlan, SourceSheet
from db.imports.remembered_choices import RememberedChoices

HIDDEN_ROWS, HIDDEN_COLUMNS, MERGED = "hidden_rows", "hidden_columns", "merged"
"""The questions about a sheet: read lines, columns that the spreadsheet hides? does a merged sum count for each
line?"""
_PENDING = "en attente de votre réponse"


class Questions:
    """The questions about one sheet. One without an answer becomes a problem of the sheet's plan."""

    def __init__(self, plan: SheetPlan, choices: ImportChoices, memory: RememberedChoices) -> None:
        self._plan, self._choices, self._memory = plan, choices, memory

    def of_line(self, row: int, text: str, reason: str) -> tuple[bool | None, ImportProblem]:
        """Return (answer, question): whether a line is what ``reason`` says, and so is no row. ``text``: its first
        cell. Lines with the same text have the same answer in the next file."""
        problem = ImportProblem(self._plan.name, row, "", "", "", text, reason, LINE, "aside")
        return self._answer(problem, f"{self._plan.table}:line", fold(text)), problem

    def of_sheet(self, kind: str, reason: str) -> bool | None:
        """Return the answer to a question about the sheet, None while it is missing."""
        problem = ImportProblem(self._plan.name, 0, "", kind, "", "", reason, SHEET, "yes")
        answer = self._answer(problem, f"{self._plan.table}:{kind}", fold(self._plan.name))
        if answer is None and problem not in self._plan.problems:
            self._plan.problems.append(problem)
        return answer

    def _answer(self, problem: ImportProblem, scope: str, text: str) -> bool | None:
        self._plan.asked[problem.key] = (scope, text)
        if problem.key in self._choices.answers:
            return self._choices.answers[problem.key]
        remembered = self._memory.values.get(scope, {}).get(text)
        if remembered is not None:
            return remembered == "yes"
        return True if self._choices.accept_resemblances else None


def ask_about_hidden_columns(layout: Layout, sheet: SourceSheet, questions: Questions) -> None:
    """Leave out the columns that the spreadsheet hides, unless the answer is to read them."""
    hidden = [
        index
        for index, column in enumerate(layout.columns)
        if index in sheet.hidden_columns and column.examples and (column.field or column.proposal)
    ]
    if not hidden:
        return
    named = ", ".join(f"{layout.columns[i].letter} « {layout.columns[i].header} »" for i in hidden)
    answer = questions.of_sheet(HIDDEN_COLUMNS, f"des colonnes sont masquées ({named}) : faut-il les lire ?")
    if not answer:
        why = "colonne masquée, laissée de côté" if answer is False else f"colonne masquée, {_PENDING}"
        for index in hidden:
            layout.columns[index] = replace(layout.columns[index], field="", label="", how="", why=why, proposal="")


def ask_about_hidden_rows(layout: Layout, sheet: SourceSheet, questions: Questions) -> tuple[frozenset[int], str]:
    """Return the hidden lines that are not read, and why."""
    filled = {line.number for line in sheet.lines[layout.header_row :] if any(cell is not None for cell in line.cells)}
    hidden = sorted(sheet.hidden_rows & filled)
    if not hidden:
        return frozenset(), ""
    listed = ", ".join(map(str, hidden[:12])) + "…" * (len(hidden) > 12)
    answer = questions.of_sheet(HIDDEN_ROWS, f"des lignes sont masquées (n° {listed}) : faut-il les lire ?")
    if answer:
        return frozenset(), ""
    return frozenset(hidden), "ligne masquée" if answer is False else f"ligne masquée, {_PENDING}"
