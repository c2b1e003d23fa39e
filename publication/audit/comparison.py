"""A release beside the true numbers, for the office only: what is true, what is published, how far apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from publication.inference.intervals import cells, labels_at
from publication.release.population import Counts, Ints
from publication.release.release import PublishedTable, Release
from publication.release.tables import ATTRIBUTES, FOLLOWED_PERSONS, PLANS


@dataclass(frozen=True)
class ComparedCell:
    """One number of persons, true and published."""

    labels: tuple[str, ...]
    true: int
    published: int


@dataclass(frozen=True)
class ComparedTable:
    """One table, cell by cell. ``headings``: of its categories; ``unit``: who is counted."""

    name: str
    title: str
    headings: tuple[str, ...]
    unit: str
    cells: tuple[ComparedCell, ...]


def compare(release: Release, true: Counts) -> list[ComparedTable]:
    """Return every attribute alone in one table, then each crossed or event table, then the office's own fields."""
    profile = tuple(
        ComparedCell((grouping.label, *cell.labels), cell.true, cell.published)
        for grouping, counts in zip(ATTRIBUTES, true.margins, strict=True)
        for cell in _compare_cells(release.margins[grouping.name], counts)
    )
    headings: tuple[str, ...] = ("Critère", "Catégorie")
    compared = [ComparedTable("profil", "Profil : chaque critère seul", headings, FOLLOWED_PERSONS, profile)]
    for name, plan in PLANS.items():
        headings = tuple(grouping.label for grouping in plan.groupings)
        table_cells = _compare_cells(release.tables[name], true.tables[name])
        compared.append(ComparedTable(name, plan.title, headings, plan.unit, table_cells))
    for name, table in release.own_tables.items():
        table_cells = _compare_cells(table, true.tables[name])
        compared.append(ComparedTable(name, table.title, (table.title,), FOLLOWED_PERSONS, table_cells))
    return compared


def _compare_cells(table: PublishedTable, true: Ints) -> tuple[ComparedCell, ...]:
    return tuple(ComparedCell(labels_at(table, index), int(true[index]), number) for index, number in cells(table))


def published_changes(before: Release, after: Release) -> Iterator[tuple[str, str, int, int]]:
    """Yield what differs between two published profiles: criterion, category, number before, number after."""
    titles = {grouping.name: grouping.label for grouping in ATTRIBUTES}
    for name, new in after.single_criteria.items():
        old = before.single_criteria.get(name)
        if old is None or old.labels != new.labels:
            continue
        for label, old_number, new_number in zip(new.labels[0], old.persons, new.persons, strict=True):
            if old_number != new_number:
                yield new.title or titles[name], label, int(old_number), int(new_number)
