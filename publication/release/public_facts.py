"""What partners were already told exactly, elsewhere (a slide deck, say): the auditor takes it as known to everybody.

Kept beside the office's file, as ``public_facts.csv``: annee;tableau;categorie;nombre;source. A fact is shown among the
exact landmarks, since it is public; the rest of the release must withstand attackers who know it.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from db.base.errors import InvalidError, Problem
from publication.release.release import Fact
from publication.release.tables import ALONE, ATTRIBUTES

NAME = "public_facts.csv"
_COLUMNS = ("annee", "tableau", "categorie", "nombre", "source")
_LABELS = {grouping.name: grouping.labels for grouping in ATTRIBUTES} | {
    plan.name: plan.groupings[0].labels for plan in ALONE
}
LONGEST = 120
_TITLES = {grouping.name: grouping.label for grouping in ATTRIBUTES} | {plan.name: plan.title for plan in ALONE}


def beside(private: Path) -> Path:
    """Where the facts of an office's file are kept."""
    return private.with_name(NAME)


def read(path: Path) -> list[Fact]:
    """Every fact; none when there is no file. Raises InvalidError naming line, column and reason."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    facts, problems = [], []
    for number, line in enumerate(lines, start=2):
        try:
            facts.append(fact(*(str(line.get(column) or "") for column in _COLUMNS)))
        except InvalidError as error:
            problems += [Problem(one.reason, one.label, line=number) for one in error.problems]
    if problems:
        raise InvalidError(problems)
    return facts


def fact(year: str, sheet: str, label: str, number: str, source: str) -> Fact:
    """One fact from what somebody typed. Raises InvalidError naming the column and the reason."""
    problems = []
    if not (year.isdigit() and len(year) == 4):
        problems.append(Problem(f"« {year} » n’est pas une année.", "annee"))
    if sheet not in _LABELS:
        problems.append(Problem(f"« {sheet} » n’existe pas ; au choix : {', '.join(_LABELS)}.", "tableau"))
    elif label not in _LABELS[sheet]:
        problems.append(Problem(f"« {label} » n’existe pas ; au choix : {', '.join(_LABELS[sheet])}.", "categorie"))
    if not number.isdigit():
        problems.append(Problem(f"« {number} » n’est pas un nombre entier.", "nombre"))
    if not 0 < len(source.strip()) <= LONGEST:
        problems.append(Problem(f"dites où ce nombre a été rendu public, en {LONGEST} caractères au plus.", "source"))
    if problems:
        raise InvalidError(problems)
    return Fact(int(year), sheet, label, int(number), source.strip())


def write(path: Path, facts: Iterable[Fact]) -> None:
    """Write them anew, each once, in order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_COLUMNS)
        for one in sorted(set(facts), key=lambda one: (one.year, one.sheet, one.label)):
            writer.writerow([one.year, one.sheet, one.label, one.number, one.source])
    path.chmod(0o600)


def add(path: Path, new: Fact) -> None:
    """Record one more; the same number of the same thing told again takes its place."""
    kept = [one for one in read(path) if (one.year, one.sheet, one.label) != (new.year, new.sheet, new.label)]
    write(path, [*kept, new])


def of_year(facts: Iterable[Fact], year: int) -> tuple[Fact, ...]:
    """Those of one year."""
    return tuple(one for one in facts if one.year == year)


def title(sheet: str) -> str:
    """What a table is called."""
    return _TITLES[sheet]


def choices() -> Iterator[tuple[str, str]]:
    """Everything a fact may be about: table and category."""
    for sheet, labels in _LABELS.items():
        for label in labels:
            yield sheet, label


def said(choice: tuple[str, str]) -> str:
    """« Genre : Femmes »."""
    return f"{title(choice[0])} : {choice[1]}"
