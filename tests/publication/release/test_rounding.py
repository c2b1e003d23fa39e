"""Controlled rounding: multiples of five, near the true numbers, that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publication.release.population import count_tables
from publication.release.rounding import round_crossed_table, round_tables, round_to_multiple
from publication.release.tables import BASE, CROSSED_PLANS, EVENT_PLANS, EXITS_PLAN

pytestmark = pytest.mark.real_solver
KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("number", "multiple"), [(0, 0), (1, 0), (2, 0), (3, 5), (4, 5), (5, 5), (7, 5), (8, 10), (139, 140), (137, 135)]
)
def test_a_number_goes_to_its_nearest_multiple(number, multiple):
    assert round_to_multiple(number) == multiple


def round_margin(cells, total):
    """Return neighbouring multiples that add up to ``total``."""
    floor = cells // BASE * BASE
    order = np.argsort(-(cells - floor), kind="stable")
    for step in range((total - int(floor.sum())) // BASE):
        floor[order[step % len(order)]] += BASE
    return floor


@settings(deadline=None, max_examples=150)
@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 60), min_size=columns, max_size=columns), min_size=1, max_size=4
        )
    )
)
def test_a_table_adds_up_to_its_margins_and_each_cell_is_near_the_truth(table):
    cells = np.array(table)
    total = round_to_multiple(int(cells.sum()))
    rows, columns = round_margin(cells.sum(axis=1), total), round_margin(cells.sum(axis=0), total)

    rounded = round_crossed_table(cells, rows, columns, np.zeros(cells.size))

    assert (rounded % BASE == 0).all()
    assert (rounded >= 0).all()
    assert rounded.sum(axis=1).tolist() == rows.tolist()
    assert rounded.sum(axis=0).tolist() == columns.tolist()
    assert np.abs(rounded - cells).max() <= 2 * BASE


def test_a_table_of_multiples_is_unchanged():
    cells = np.array([[5, 10], [0, 25]])

    rounded = round_crossed_table(cells, cells.sum(axis=1), cells.sum(axis=0), np.zeros(4))

    assert rounded.tolist() == cells.tolist()


def test_every_table_of_persons_adds_up_to_the_same_margins(population):
    counts = count_tables(population)
    rounded = round_tables(counts, population.cents.max(axis=0), KEY)

    assert all(margin.sum() == rounded.total for margin in rounded.margins)
    names = [grouping.name for plan in CROSSED_PLANS for grouping in plan.groupings]
    assert set(names) == {"age", "genre", "domaine", "foyer", "etudes", "origine", "anciennete"}
    for plan in CROSSED_PLANS:
        cells = rounded.tables[plan.name]
        assert cells.sum() == rounded.total
    assert all((table % BASE == 0).all() for table in rounded.tables.values())
    assert rounded.tables[EXITS_PLAN.name].sum() == round_to_multiple(int(counts.tables[EXITS_PLAN.name].sum()))


def test_categories_of_events_are_rounded_to_the_nearest_multiple(population):
    counts = count_tables(population)
    rounded = round_tables(counts, population.cents.max(axis=0), KEY)

    for plan in EVENT_PLANS:
        if plan is not EXITS_PLAN:
            assert rounded.tables[plan.name].tolist() == [
                round_to_multiple(int(number)) for number in counts.tables[plan.name]
            ]


def test_ties_are_decided_by_the_key_alone(population):
    counts, largest = count_tables(population), population.cents.max(axis=0)
    one, same, other = (round_tables(counts, largest, key) for key in (KEY, KEY, KEY[::-1]))

    assert all((one.tables[name] == same.tables[name]).all() for name in one.tables)
    assert any((one.tables[name] != other.tables[name]).any() for name in one.tables)


def test_amounts_are_means_rounded_to_a_hundred_and_only_of_enough_persons(population):
    counts = count_tables(population)
    rounded = round_tables(counts, population.cents.max(axis=0), KEY)

    for mean, shown, persons in zip(rounded.means, rounded.tables["aides"], counts.tables["aides"], strict=True):
        assert (mean is None) == (shown < 10 or persons < 5)
        assert mean is None or mean % 100 == 0
    assert any(mean is not None for mean in rounded.means)
    assert round_tables(counts, counts.cents, KEY).means == (None,) * len(rounded.means)  # one person has it all
