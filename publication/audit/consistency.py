"""What can be checked without guessing: sums, categories, rebuilding, amounts."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from publication.draw.draw import SourceData
from publication.release.population import People
from publication.release.release import Release, dumped
from publication.release.rounding import AMOUNT, ENOUGH, MOST, SHOWN_FROM
from publication.release.tables import ATTRIBUTES, BASE, PLANS, Plan

_REBUILDS = 100


def sums(releases: Sequence[Release]) -> list[str]:
    """Attack 7: every number a multiple of the base, every table the same margins, every margin the same total."""
    found = []
    for release in releases:
        for name, sheet in {**release.margins, **release.tables}.items():
            if (sheet.persons % BASE).any() or (sheet.persons < 0).any():
                found.append(f"{release.year}, {name} : un nombre n’est pas un multiple de {BASE}.")
            if any(mean is not None and mean % AMOUNT for mean in sheet.means):
                found.append(f"{release.year}, {name} : un montant moyen n’est pas arrondi à {AMOUNT} €.")
        for name, sheet in release.alone.items():
            if int(sheet.persons.sum()) != release.rounded:
                found.append(f"{release.year}, {name} : le total n’est pas {release.rounded}.")
        for name, sheet in release.tables.items():
            for axis, column in enumerate(sheet.columns if len(sheet.columns) == 2 else ()):
                if not np.array_equal(sheet.persons.sum(axis=1 - axis), release.margins[column].persons):
                    found.append(f"{release.year}, {name} : le tableau ne s’additionne pas ({column}).")
    return found


def categories(releases: Sequence[Release], own: Iterable[Plan] = ()) -> list[str]:
    """Attack 8: the categories are those of the menu, in every year; others want a new version, another table.

    ``own``: every table of the office's own fields that somebody there ever said to be published, and none besides.
    """
    wanted: dict[str, tuple[str, tuple[tuple[str, ...], ...]]]
    wanted = {grouping.name: ("", (grouping.labels,)) for grouping in ATTRIBUTES}
    wanted |= {plan.name: ("", tuple(one.labels for one in plan.groupings)) for plan in PLANS.values()}
    wanted |= {plan.name: (plan.title, (plan.groupings[0].labels,)) for plan in own}
    return [
        f"{release.year}, {name} : les catégories ne sont pas celles de la série."
        for release in releases
        for name, sheet in {**release.margins, **release.tables}.items()
        if (sheet.title, sheet.labels) != wanted.get(name)
    ]


def rebuilds(people: People, build: Callable[[People], Release]) -> list[str]:
    """Attack 6: a hundred rebuilds of a year, persons in another order each time, say the same a hundred times."""
    random = np.random.default_rng(1)
    made = {dumped(build(people.take(random.permutation(len(people.ids))))) for _ in range(_REBUILDS)}
    return [] if len(made) == 1 else [f"Refaite cent fois, la publication change ({len(made)} versions)."]


def amounts(releases: Sequence[Release], office: SourceData) -> list[str]:
    """Attack 12: no sum where fewer than five persons share it, or where one holds most of it."""
    found = []
    for release in releases:
        people = office.years[release.year]
        sheet = next(sheet for sheet in release.tables.values() if sheet.means)
        for place, mean in enumerate(sheet.means):
            held = people.cents[:, place]
            if mean is None:
                continue
            label = sheet.labels[0][place]
            if sheet.persons[place] < SHOWN_FROM or (held > 0).sum() < ENOUGH:
                found.append(f"{release.year}, aides : « {label} », un montant pour moins de {ENOUGH} personnes.")
            elif held.max() > MOST * held.sum():
                found.append(f"{release.year}, aides : « {label} », une personne détient presque tout le montant.")
    return found
