"""Attacks that need no deduction: sums, categories, rebuilding, amounts."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from publication.release.population import Population
from publication.release.release import Release, to_json
from publication.release.rounding import AMOUNT_BASE, MAX_SHARE, MIN_PUBLISHED_COUNT, MIN_TRUE_COUNT
from publication.release.tables import ATTRIBUTES, BASE, PLANS, TablePlan

_REBUILDS = 100


def check_sums(releases: Sequence[Release]) -> list[str]:
    """Attack 7: every number is a multiple of the base, every table has the same margins, every margin the total."""
    reasons = []
    for release in releases:
        for name, table in {**release.margins, **release.tables}.items():
            if (table.persons % BASE).any() or (table.persons < 0).any():
                reasons.append(f"{release.year}, {name} : un nombre n’est pas un multiple de {BASE}.")
            if any(mean is not None and mean % AMOUNT_BASE for mean in table.means):
                reasons.append(f"{release.year}, {name} : un montant moyen n’est pas arrondi à {AMOUNT_BASE} €.")
        for name, table in release.single_criteria.items():
            if int(table.persons.sum()) != release.rounded:
                reasons.append(f"{release.year}, {name} : le total n’est pas {release.rounded}.")
        for name, table in release.tables.items():
            for axis, column in enumerate(table.columns if len(table.columns) == 2 else ()):
                if not np.array_equal(table.persons.sum(axis=1 - axis), release.margins[column].persons):
                    reasons.append(f"{release.year}, {name} : le tableau ne s’additionne pas ({column}).")
    return reasons


def check_categories(releases: Sequence[Release], own_plans: Iterable[TablePlan] = ()) -> list[str]:
    """Attack 8: the categories are those of the dictionary in every year; other ones need a new version of the table.
    ``own_plans``: every table of an own field that the administrator ever made public; no other is allowed."""
    allowed: dict[str, tuple[str, tuple[tuple[str, ...], ...]]]
    allowed = {grouping.name: ("", (grouping.labels,)) for grouping in ATTRIBUTES}
    allowed |= {plan.name: ("", tuple(one.labels for one in plan.groupings)) for plan in PLANS.values()}
    allowed |= {plan.name: (plan.title, (plan.groupings[0].labels,)) for plan in own_plans}
    return [
        f"{release.year}, {name} : les catégories ne sont pas celles de la série."
        for release in releases
        for name, table in {**release.margins, **release.tables}.items()
        if (table.title, table.labels) != allowed.get(name)
    ]


def check_rebuilds(population: Population, build: Callable[[Population], Release]) -> list[str]:
    """Attack 6: a hundred rebuilds of a year, with persons in another order each time, give the same release."""
    random = np.random.default_rng(1)
    versions = {to_json(build(population.take(random.permutation(len(population.ids))))) for _ in range(_REBUILDS)}
    return [] if len(versions) == 1 else [f"Refaite cent fois, la publication change ({len(versions)} versions)."]


def check_amounts(release: Release, population: Population) -> list[str]:
    """Attack 12: no amount is published that fewer than five persons share, or of which one person has most."""
    reasons = []
    table = next(table for table in release.tables.values() if table.means)
    for index, mean in enumerate(table.means):
        cents = population.cents[:, index]
        if mean is None:
            continue
        label = table.labels[0][index]
        if table.persons[index] < MIN_PUBLISHED_COUNT or (cents > 0).sum() < MIN_TRUE_COUNT:
            reasons.append(f"{release.year}, aides : « {label} », un montant pour moins de {MIN_TRUE_COUNT} personnes.")
        elif cents.max() > MAX_SHARE * cents.sum():
            reasons.append(f"{release.year}, aides : « {label} », une personne détient presque tout le montant.")
    return reasons
