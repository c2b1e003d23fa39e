"""Who is counted, in which categories."""

import numpy as np
import pytest

from db.figures import counting
from db.figures.periods import period_of
from db.storage import connection
from publication.release.population import count_tables, read_population
from publication.release.tables import ATTRIBUTES, PLANS


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
