"""Attack 13: bad releases that the auditor must refuse. If it accepts one, the auditor itself cannot be trusted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from publication.audit.consistency import check_categories, check_sums
from publication.draw.draw import is_disclosive
from publication.inference import intervals
from publication.release.population import Counts, Ints, Population, count_tables
from publication.release.release import PublishedTable, Release
from publication.release.rounding import round_to_multiple
from publication.release.tables import BASE

Decoy = Callable[[Release, Counts], Release]


def with_true_counts(release: Release, counts: Counts, change: Callable[[Ints], Ints]) -> Release:
    """Return the release with the true numbers of each table, after ``change``."""
    margins = zip(release.margins.items(), counts.margins, strict=True)
    return replace(
        release,
        margins={name: replace(table, persons=change(margin)) for (name, table), margin in margins},
        tables={name: replace(table, persons=change(counts.tables[name])) for name, table in release.tables.items()},
    )


def hidden_under_five(release: Release, counts: Counts) -> Release:
    """True numbers, with those under five left out (here: shown as 0), as most sites publish."""
    return with_true_counts(release, counts, lambda true: np.where(true < BASE, 0, true))


def rounded_separately(release: Release, counts: Counts) -> Release:
    """Every number rounded to its own nearest multiple: tables no longer add up, and the differences reveal more."""
    return with_true_counts(
        release, counts, lambda true: np.array([round_to_multiple(int(n)) for n in true.ravel()]).reshape(true.shape)
    )


def fine_categories(release: Release, counts: Counts) -> Release:
    """Each level of education cut in two: categories that are not in the dictionary."""
    table = release.tables["age_etudes"]
    halves = tuple(f"{label} ({half})" for label in table.labels[1] for half in ("début", "fin"))
    fine = np.repeat(table.persons, 2, axis=1) // 2 // BASE * BASE
    return release.with_tables(age_etudes=PublishedTable(table.columns, (table.labels[0], halves), fine))


DECOYS: dict[str, Decoy] = {
    "les cases sous cinq seulement masquées": hidden_under_five,
    "des catégories fines": fine_categories,
    "chaque nombre arrondi séparément": rounded_separately,
}


def find_accepted_decoys(release: Release, population: Population) -> list[str]:
    """Return a sentence for each decoy of a year that the auditor does not refuse."""
    counts = count_tables(population)
    return [
        f"L’auditeur laisse passer une publication avec {description}."
        for description, decoy in DECOYS.items()
        if not refusal_reasons(bad := decoy(release, counts)) and not bad.has_same_numbers(release)
    ]


def refusal_reasons(release: Release) -> list[str]:
    """Return why a release is refused on its numbers alone."""
    reasons = [*check_sums([release]), *check_categories([release.without_own_tables()])]
    if not reasons:
        found = intervals.find_intervals(release)
        reasons = [f"{interval.table} : {interval.labels}" for interval in found if is_disclosive(interval)]
    return reasons
