"""Who is counted, in which categories, and the substitutes."""

import numpy as np
import pytest

from db.figures import counting
from db.figures.periods import period_of
from db.storage import connection
from publication.release.population import count_tables, read_population, substitute_profiles
from publication.release.tables import ATTRIBUTES, EVENT_PLANS, PLANS

KEYS = [bytes([seed]) * 32 for seed in range(12)]


@pytest.mark.parametrize("year", [2018, 2022, 2025])
def test_the_counts_are_those_of_the_figures(demo_file, year):
    db = connection.open_file(demo_file)
    counts = count_tables(read_population(db, year))
    period = period_of(str(year))
    for grouping, margin in zip(ATTRIBUTES, counts.margins, strict=True):
        shares = counting.count_figures(db, period, [grouping.figure])[grouping.figure]
        expected = [0] * len(grouping.labels)
        for share in shares:
            expected[grouping.category(share.code)] += int(share.value)
        assert margin.tolist() == expected, grouping.name
    figures = counting.count_figures(db, period, ["followed", "exits", "aids"])
    assert counts.total == figures["followed"]
    assert counts.tables["sorties"].sum() == figures["exits"]
    assert counts.cents.sum() == sum(share.value for share in figures["aids"])
    db.close()


def test_the_counts_are_those_of_the_source_document(population):
    counts = count_tables(population)
    labels = {grouping.name: dict(zip(grouping.labels, margin.tolist(), strict=True)) for grouping, margin in zip(ATTRIBUTES, counts.margins, strict=True)}  # fmt: skip  # noqa: E501

    assert counts.total == 139
    assert labels["genre"] == {"Femmes": 64, "Hommes, autre ou non précisé": 75}
    assert labels["age"]["50 ans et plus"] == 43
    assert labels["foyer"]["Personne seule"] == 90
    assert counts.tables["sorties"].tolist() == [17, 14, 12, 0]


def test_one_person_changes_no_number_by_more_than_one(population):
    counts = count_tables(population)
    for row in range(0, len(population.ids), 17):
        without = count_tables(population.take(np.delete(np.arange(len(population.ids)), row)))
        for name in PLANS:
            change = counts.tables[name] - without.tables[name]
            assert change.min() >= 0
            assert change.max() <= 1


@pytest.mark.parametrize("key", KEYS)
def test_a_few_persons_have_another_profile_and_nobody_is_added(population, key):
    counted = substitute_profiles(population, key)
    changed = (counted.codes != population.codes).any(axis=1)
    for plan in EVENT_PLANS:
        changed |= (counted.indicators[plan.name] != population.indicators[plan.name]).any(axis=1)

    assert 1 <= changed.sum() <= 5
    more = (substitute_profiles(population, key, level=2).codes != population.codes).any(axis=1)
    assert (more[changed & (counted.codes != population.codes).any(axis=1)]).all()  # the same, and some more
    assert population.followed[changed].all()
    assert count_tables(counted).total == count_tables(population).total


def test_the_same_key_draws_the_same_in_any_order_of_rows(population):
    order = np.random.default_rng(3).permutation(len(population.ids))
    one, other = (
        count_tables(substitute_profiles(population, KEYS[0])),
        count_tables(substitute_profiles(population.take(order), KEYS[0])),
    )

    assert all((one.tables[name] == other.tables[name]).all() for name in one.tables)
    assert one.cents.tolist() == other.cents.tolist()


def test_another_key_draws_other_substitutes(population):
    drawn = {
        tuple(np.flatnonzero((substitute_profiles(population, key).codes != population.codes).any(axis=1)))
        for key in KEYS
    }

    assert len(drawn) > len(KEYS) // 2


def test_a_very_small_office_has_few_substitutes(population):
    few = population.take(np.flatnonzero(population.followed)[:8])

    assert substitute_profiles(few, KEYS[0]) is few
    assert count_tables(substitute_profiles(population.take(np.arange(0)), KEYS[0])).total == 0
