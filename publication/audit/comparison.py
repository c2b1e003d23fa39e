"""A release beside the truth, for the office's own eyes: what is true, what is published, and how far apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from publication.inference.intervals import cells, labels_at
from publication.release.population import Counts, Ints
from publication.release.release import Release, Sheet
from publication.release.tables import ATTRIBUTES, FOLLOWED, PLANS


@dataclass(frozen=True)
class Line:
    """One published number of persons."""

    labels: tuple[str, ...]
    true: int
    published: int


@dataclass(frozen=True)
class Compared:
    """One table, line by line. ``headings``: of its categories; ``of``: who is counted."""

    name: str
    title: str
    headings: tuple[str, ...]
    of: str
    lines: tuple[Line, ...]


def compare(release: Release, true: Counts) -> list[Compared]:
    """Every attribute alone, in one table, then each table of the menu, then those of the office's own fields."""
    profile = [
        Line((one.label, *line.labels), line.true, line.published)
        for one, counts in zip(ATTRIBUTES, true.margins, strict=True)
        for line in _lines(release.margins[one.name], counts)
    ]
    found = [Compared("profil", "Profil : chaque critère seul", ("Critère", "Catégorie"), FOLLOWED, tuple(profile))]
    for name, plan in PLANS.items():
        lines = _lines(release.tables[name], true.tables[name])
        found.append(Compared(name, plan.title, tuple(one.label for one in plan.groupings), plan.of, lines))
    for name, sheet in release.own.items():
        found.append(Compared(name, sheet.title, (sheet.title,), FOLLOWED, _lines(sheet, true.tables[name])))
    return found


def _lines(sheet: Sheet, true: Ints) -> tuple[Line, ...]:
    return tuple(Line(labels_at(sheet, place), int(true[place]), number) for place, number in cells(sheet))


def moved(before: Release, after: Release) -> Iterator[tuple[str, str, int, int]]:
    """What differs between two years' published profiles: criterion, category, before and after."""
    titles = {grouping.name: grouping.label for grouping in ATTRIBUTES}
    for name, new in after.alone.items():
        old = before.alone.get(name)
        if old is None or old.labels != new.labels:
            continue
        for label, was, now in zip(new.labels[0], old.persons, new.persons, strict=True):
            if was != now:
                yield new.title or titles[name], label, int(was), int(now)
