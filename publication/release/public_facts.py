"""Exact numbers that are already public elsewhere (in a slide deck, say). The auditor assumes every attacker has them.

Stored beside the office's file, in ``public_facts.csv``: annee;tableau;categorie;nombre;source. A public fact is shown
among the exact landmarks; the rest of the release must withstand attackers who know it.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from db.base.errors import InvalidError, Problem
from publication.release.release import Fact
from publication.release.tables import ATTRIBUTES, EVENT_PLANS, TOTAL

NAME = "public_facts.csv"
_COLUMNS = ("annee", "tableau", "categorie", "nombre", "source")
_LABELS = {grouping.name: grouping.labels for grouping in ATTRIBUTES} | {
    plan.name: plan.groupings[0].labels for plan in EVENT_PLANS
}
_LABELS[TOTAL] = ("Personnes suivies dans l’année",)
MAX_SOURCE = 120
_TITLES = (
    {TOTAL: "Total"}
    | {grouping.name: grouping.label for grouping in ATTRIBUTES}
    | {plan.name: plan.title for plan in EVENT_PLANS}
)


def path_beside(private: Path) -> Path:
    """Return the path of the facts that go with an office's file."""
    return private.with_name(NAME)


def read(path: Path) -> list[Fact]:
    """Return every fact, or [] without a file. Raises InvalidError naming line, column and reason."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    facts, problems = [], []
    for number, line in enumerate(lines, start=2):
        try:
            facts.append(parse_fact(*(str(line.get(column) or "") for column in _COLUMNS)))
        except InvalidError as error:
            problems += [Problem(problem.reason, problem.label, line=number) for problem in error.problems]
    if problems:
        raise InvalidError(problems)
    return facts


def parse_fact(year: str, table: str, label: str, number: str, source: str) -> Fact:
    """Return the fact that a user typed. Raises InvalidError naming the column and the reason."""
    problems = []
    if not (year.isdigit() and len(year) == 4):
        problems.append(Problem(f"« {year} » n’est pas une année.", "annee"))
    if table not in _LABELS:
        problems.append(Problem(f"« {table} » n’existe pas ; au choix : {', '.join(_LABELS)}.", "tableau"))
    elif label not in _LABELS[table]:
        problems.append(Problem(f"« {label} » n’existe pas ; au choix : {', '.join(_LABELS[table])}.", "categorie"))
    if not number.isdigit():
        problems.append(Problem(f"« {number} » n’est pas un nombre entier.", "nombre"))
    if not 0 < len(source.strip()) <= MAX_SOURCE:
        problems.append(
            Problem(f"dites où ce nombre a été rendu public, en {MAX_SOURCE} caractères au plus.", "source")
        )
    if problems:
        raise InvalidError(problems)
    return Fact(int(year), table, label, int(number), source.strip())


def write(path: Path, facts: Iterable[Fact]) -> None:
    """Write the file anew: every fact once, sorted."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_COLUMNS)
        for fact in sorted(set(facts), key=lambda fact: (fact.year, fact.table, fact.label)):
            writer.writerow([fact.year, fact.table, fact.label, fact.number, fact.source])
    path.chmod(0o600)


def add(path: Path, new: Fact) -> None:
    """Add a fact. It replaces an earlier fact about the same year, table and category."""
    others = [fact for fact in read(path) if (fact.year, fact.table, fact.label) != (new.year, new.table, new.label)]
    write(path, [*others, new])


def of_year(facts: Iterable[Fact], year: int) -> tuple[Fact, ...]:
    """Return the facts of one year."""
    return tuple(fact for fact in facts if fact.year == year)


def table_title(table: str) -> str:
    """Return the French title of a table."""
    return _TITLES[table]


def choices() -> Iterator[tuple[str, str]]:
    """Yield every (table, category) that a fact may be about."""
    for table, labels in _LABELS.items():
        for label in labels:
            yield table, label


def choice_label(choice: tuple[str, str]) -> str:
    """Return « Genre : Femmes »."""
    return f"{table_title(choice[0])} : {choice[1]}"
