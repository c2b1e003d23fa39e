"""Controlled rounding: multiples of five, near the true numbers, that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publication.release.noise import NoisyCounts
from publication.release.population import count_tables
from publication.release.rounding import (
    round_crossed_table,
    round_means,
    round_partition,
    round_tables,
    round_to_multiple,
)
from publication.release.tables import BASE, CROSSED_PLANS, EVENT_PLANS, EXITS_PLAN


def without_noise(population):
    """Return the true numbers of a population as they are rounded."""
    counts = count_tables(population)
    margins = tuple(margin.astype(float) for margin in counts.margins)
    tables = {name: table.astype(float) for name, table in counts.tables.items()}
    return NoisyCounts(np.array(float(counts.total)), margins, tables)


@pytest.mark.parametrize(
    ("number", "multiple"), [(0, 0), (1, 0), (2, 0), (3, 5), (4, 5), (5, 5), (7, 5), (8, 10), (139, 140), (137, 135)]
)
def test_a_number_goes_to_its_nearest_multiple(number, multiple):
    assert round_to_multiple(number) == multiple


@settings(deadline=None, max_examples=150)
@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 60), min_size=columns, max_size=columns), min_size=1, max_size=4
        )
    )
)
def test_a_table_adds_up_to_its_margins_and_each_cell_is_near_the_truth(table):
    cells = np.array(table, dtype=float)
    total = round_to_multiple(cells.sum())
    rows, columns = (round_partition(cells.sum(axis=axis), np.array(total)) for axis in (1, 0))

    rounded = round_crossed_table(cells, rows, columns)

    assert (rounded % BASE == 0).all()
    assert (rounded >= 0).all()
    assert rounded.sum(axis=1).tolist() == rows.tolist()
    assert rounded.sum(axis=0).tolist() == columns.tolist()
    assert np.abs(rounded - cells).max() < 3 * BASE


def test_a_table_whose_cells_exceed_its_margins_is_lowered():
    """As when cells that noise made negative were taken as 0."""
    cells = np.array([[11.0, 6.0, 0.0], [0.0, 12.0, 7.0]])

    rounded = round_crossed_table(cells, np.array([10, 15]), np.array([5, 15, 5]))

    assert rounded.sum(axis=1).tolist() == [10, 15]
    assert rounded.sum(axis=0).tolist() == [5, 15, 5]
    assert rounded.min() >= 0


def test_many_tables_at_once_are_rounded_as_one_by_one():
    random = np.random.default_rng(5)
    cells = random.uniform(0, 40, (50, 2, 4))
    totals = np.array([round_to_multiple(one.sum()) for one in cells])
    rows, columns = (round_partition(cells.sum(axis=axis), totals) for axis in (2, 1))

    together = round_crossed_table(cells, rows, columns)

    for index in range(len(cells)):
        assert together[index].tolist() == round_crossed_table(cells[index], rows[index], columns[index]).tolist()


def test_a_table_of_multiples_is_unchanged():
    cells = np.array([[5.0, 10.0], [0.0, 25.0]])

    rounded = round_crossed_table(cells, np.array([15, 25]), np.array([5, 35]))

    assert rounded.tolist() == cells.tolist()


def test_every_table_of_persons_adds_up_to_the_same_margins(population):
    counts = count_tables(population)
    rounded = round_tables(without_noise(population))

    assert all(margin.sum() == rounded.total == 140 for margin in rounded.margins)
    for plan in CROSSED_PLANS:
        assert rounded.tables[plan.name].sum() == rounded.total
    assert all((table % BASE == 0).all() for table in rounded.tables.values())
    assert rounded.tables[EXITS_PLAN.name].sum() == round_to_multiple(int(counts.tables[EXITS_PLAN.name].sum()))
    for plan in EVENT_PLANS:
        if plan is not EXITS_PLAN:
            nearest = [round_to_multiple(int(number)) for number in counts.tables[plan.name]]
            assert rounded.tables[plan.name].tolist() == nearest


def test_amounts_are_means_rounded_to_a_hundred_and_only_of_enough_persons(population):
    counts, largest = count_tables(population), population.cents.max(axis=0)
    shown = round_tables(without_noise(population)).tables["aides"]
    means = round_means(counts, shown, largest)

    for mean, published, persons in zip(means, shown, counts.tables["aides"], strict=True):
        assert (mean is None) == (published < 10 or persons < 5)
        assert mean is None or mean % 100 == 0
    assert any(mean is not None for mean in means)
    assert round_means(counts, shown, counts.cents) == (None,) * len(means)  # one person has it all
