"""Which tables of the office's own fields may not be published, and why, in French.

An own field that repeats a criterion, or nearly, is rounded a second time with noise of its own: two looks at the same
number say more than one. And a value that few persons have says little about a group and much about them.
"""

from collections.abc import Iterator

import numpy as np

from db.base.french import french_number
from publication.release.population import Bools, Ints, Population
from publication.release.tables import ATTRIBUTES

MIN_NAMED = 10
"""Persons that each named value has at least."""
_DETERMINES = 0.9
"""The share of persons whose category follows from the other field, from which it is said to be determined."""
_BETTER = 0.1
"""By how much that share must be larger than the largest category's, which needs no other field."""


def refusals(population: Population) -> Iterator[str]:
    """Yield the reasons for which own fields of a year may not be published."""
    followed = population.followed
    codes = {grouping.label: population.codes[followed, index] for index, grouping in enumerate(ATTRIBUTES)}
    for plan in population.own_plans:
        indicator: Bools = population.indicators[plan.name][followed]
        for label, persons in zip(plan.groupings[0].labels[:-1], indicator.sum(axis=0)[:-1].tolist(), strict=True):
            if persons < MIN_NAMED:
                yield f"« {plan.title} » : {persons} personnes ont la valeur « {label} », il en faut {MIN_NAMED}."
        own = indicator.argmax(axis=1)
        for other, theirs in codes.items():
            for known, guessed, names in ((own, theirs, (plan.title, other)), (theirs, own, (other, plan.title))):
                share = _determined(known, guessed)
                if share is not None:
                    yield (
                        f"« {names[0]} » dit « {names[1]} » de {french_number(100 * share)} % des personnes : deux "
                        "arrondis du même nombre en diraient trop."
                    )
        codes[plan.title] = own


def _determined(known: Ints, guessed: Ints) -> float | None:
    """Return the share of persons whose category is the most frequent one of those with the same value of the other
    field, if it is large; else None."""
    if not len(known):
        return None
    counts = np.zeros((int(known.max()) + 1, int(guessed.max()) + 1))
    np.add.at(counts, (known, guessed), 1)
    share, alone = counts.max(axis=1).sum() / len(known), counts.sum(axis=0).max() / len(known)
    return float(share) if share >= _DETERMINES and share >= alone + _BETTER else None
