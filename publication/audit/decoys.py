"""Attack 14: bad releases that the auditor must refuse; one that it lets through shows that it cannot be trusted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from publication.audit.consistency import categories, sums
from publication.draw.draw import tells
from publication.inference import intervals
from publication.release.population import Counts, Ints, People, count
from publication.release.release import Release, Sheet
from publication.release.rounding import nearest
from publication.release.tables import BASE

Decoy = Callable[[Release, Counts], Release]


def _true(release: Release, counts: Counts, change: Callable[[Ints], Ints]) -> Release:
    margins = zip(release.margins.items(), counts.margins, strict=True)
    return replace(
        release,
        margins={name: replace(sheet, persons=change(margin)) for (name, sheet), margin in margins},
        tables={name: replace(sheet, persons=change(counts.tables[name])) for name, sheet in release.tables.items()},
    )


def hidden_under_five(release: Release, counts: Counts) -> Release:
    """What most sites do: true numbers, those under five left out (here: shown as 0)."""
    return _true(release, counts, lambda true: np.where(true < BASE, 0, true))


def one_by_one(release: Release, counts: Counts) -> Release:
    """Every number to its nearest multiple by itself: tables no longer add up, and who adds them learns more."""
    return _true(release, counts, lambda true: np.array([nearest(int(n)) for n in true.ravel()]).reshape(true.shape))


def fine_categories(release: Release, counts: Counts) -> Release:
    """Each age of its own: categories nobody agreed to."""
    sheet = release.tables["genre_age"]
    halves = tuple(f"{label} ({half})" for label in sheet.labels[1] for half in ("début", "fin"))
    fine = np.repeat(sheet.persons, 2, axis=1) // 2 // BASE * BASE
    return release.with_tables(genre_age=Sheet(sheet.columns, (sheet.labels[0], halves), fine))


DECOYS: dict[str, Decoy] = {
    "les cases sous cinq seulement masquées": hidden_under_five,
    "des catégories fines": fine_categories,
    "chaque nombre arrondi séparément": one_by_one,
}


def let_through(release: Release, people: People) -> list[str]:
    """The decoys, made from a year, that the auditor does not refuse."""
    counts = count(people)
    return [
        f"L’auditeur laisse passer une publication avec {what}."
        for what, decoy in DECOYS.items()
        if not refused(bad := decoy(release, counts)) and not bad.same_numbers(release)
    ]


def refused(release: Release) -> list[str]:
    """Why a release is refused on its numbers alone."""
    found = [*sums([release]), *categories([release.menu])]
    if not found:
        found = [f"{item.sheet} : {item.labels}" for item in intervals.intervals(release) if tells(item)]
    return found
