"""Who is counted, in which categories; and the substitutes, whom nobody outside can tell."""

import numpy as np
import pytest

from db.figures import counting
from db.figures.periods import period_of
from db.storage import connection
from publication.release.population import count, read, substituted
from publication.release.tables import ALONE, ATTRIBUTES, PLANS

KEYS = [bytes([seed]) * 32 for seed in range(12)]


@pytest.mark.parametrize("year", [2018, 2022, 2025])
def test_the_numbers_are_those_of_the_figures(demo_file, year):
    db = connection.open_file(demo_file)
    counts = count(read(db, year))
    period = period_of(str(year))
    for grouping, margin in zip(ATTRIBUTES, counts.margins, strict=True):
        shares = counting.take(db, period, [grouping.figure])[grouping.figure]
        wanted = [0] * len(grouping.labels)
        for share in shares:
            wanted[grouping.category(share.code)] += int(share.value)
        assert margin.tolist() == wanted, grouping.name
    taken = counting.take(db, period, ["followed", "exits", "aids"])
    assert counts.total == taken["followed"]
    assert counts.tables["sorties"].sum() == taken["exits"]
    assert counts.cents.sum() == sum(share.value for share in taken["aids"])
    db.close()


def test_the_figures_of_the_source_are_counted(people):
    counts = count(people)
    labels = {grouping.name: dict(zip(grouping.labels, margin.tolist(), strict=True)) for grouping, margin in zip(ATTRIBUTES, counts.margins, strict=True)}  # fmt: skip  # noqa: E501

    assert counts.total == 139
    assert labels["genre"] == {"Femmes": 64, "Hommes, autre ou non précisé": 75}
    assert labels["age"]["50 ans et plus"] == 43
    assert labels["foyer"]["Personne seule"] == 90
    assert counts.tables["sorties"].tolist() == [17, 14, 12, 0]


def test_a_person_moves_no_number_by_more_than_one(people):
    counts = count(people)
    for row in range(0, len(people.ids), 17):
        without = count(people.take(np.delete(np.arange(len(people.ids)), row)))
        for name in PLANS:
            moved = counts.tables[name] - without.tables[name]
            assert moved.min() >= 0
            assert moved.max() <= 1


@pytest.mark.parametrize("key", KEYS)
def test_a_few_are_counted_with_another_profile_and_nobody_is_added(people, key):
    counted = substituted(people, key)
    changed = (counted.codes != people.codes).any(axis=1)
    for plan in ALONE:
        changed |= (counted.marks[plan.name] != people.marks[plan.name]).any(axis=1)

    assert 1 <= changed.sum() <= 5
    more = (substituted(people, key, level=2).codes != people.codes).any(axis=1)
    assert (more[changed & (counted.codes != people.codes).any(axis=1)]).all()  # those, and some more
    assert people.followed[changed].all()
    assert count(counted).total == count(people).total


def test_the_same_key_draws_the_same_whatever_the_order_of_rows(people):
    order = np.random.default_rng(3).permutation(len(people.ids))
    one, other = count(substituted(people, KEYS[0])), count(substituted(people.take(order), KEYS[0]))

    assert all((one.tables[name] == other.tables[name]).all() for name in one.tables)
    assert one.cents.tolist() == other.cents.tolist()


def test_another_key_draws_others(people):
    drawn = {tuple(np.flatnonzero((substituted(people, key).codes != people.codes).any(axis=1))) for key in KEYS}

    assert len(drawn) > len(KEYS) // 2


def test_a_very_small_office_has_few_substitutes(people):
    few = people.take(np.flatnonzero(people.followed)[:8])

    assert substituted(few, KEYS[0]) is few
    assert count(substituted(people.take(np.arange(0)), KEYS[0])).total == 0
