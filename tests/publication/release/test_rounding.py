"""Controlled rounding: multiples of five, near the truth, adding up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publication.release.population import count
from publication.release.rounding import nearest, rounded, transported
from publication.release.tables import ALONE, BASE, CROSSED, EXITS

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("number", "wanted"), [(0, 0), (1, 0), (2, 0), (3, 5), (4, 5), (5, 5), (7, 5), (8, 10), (139, 140), (137, 135)]
)
def test_a_number_goes_to_its_nearest_multiple(number, wanted):
    assert nearest(number) == wanted


def margins_of(cells, total):
    """Neighbouring multiples that add up to ``total``."""
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
def test_a_table_adds_up_to_its_margins_and_each_cell_stays_near(table):
    cells = np.array(table)
    total = nearest(int(cells.sum()))
    rows, columns = margins_of(cells.sum(axis=1), total), margins_of(cells.sum(axis=0), total)

    found = transported(cells, rows, columns, np.zeros(cells.size))

    assert (found % BASE == 0).all()
    assert (found >= 0).all()
    assert found.sum(axis=1).tolist() == rows.tolist()
    assert found.sum(axis=0).tolist() == columns.tolist()
    assert np.abs(found - cells).max() <= 2 * BASE


def test_a_table_of_multiples_stays_as_it_is():
    cells = np.array([[5, 10], [0, 25]])

    found = transported(cells, cells.sum(axis=1), cells.sum(axis=0), np.zeros(4))

    assert found.tolist() == cells.tolist()


def test_every_table_of_persons_adds_up_to_the_same_margins(people):
    counts = count(people)
    found = rounded(counts, people.cents.max(axis=0), KEY)

    assert all(margin.sum() == found.total for margin in found.margins)
    names = [grouping.name for plan in CROSSED for grouping in plan.groupings]
    assert set(names) == {"age", "genre", "domaine", "foyer", "etudes", "origine", "anciennete"}
    for plan in CROSSED:
        cells = found.tables[plan.name]
        assert cells.sum() == found.total
    assert all((table % BASE == 0).all() for table in found.tables.values())
    assert found.tables[EXITS.name].sum() == nearest(int(counts.tables[EXITS.name].sum()))


def test_whoever_is_counted_alone_goes_to_the_nearest_multiple(people):
    counts = count(people)
    found = rounded(counts, people.cents.max(axis=0), KEY)

    for plan in ALONE:
        if plan is not EXITS:
            assert found.tables[plan.name].tolist() == [nearest(int(one)) for one in counts.tables[plan.name]]


def test_the_key_decides_ties_and_the_same_key_decides_alike(people):
    counts, most = count(people), people.cents.max(axis=0)
    one, again, other = (rounded(counts, most, key) for key in (KEY, KEY, KEY[::-1]))

    assert all((one.tables[name] == again.tables[name]).all() for name in one.tables)
    assert any((one.tables[name] != other.tables[name]).any() for name in one.tables)


def test_money_is_a_mean_rounded_to_a_hundred_and_shown_of_many_only(people):
    counts = count(people)
    most = people.cents.max(axis=0)
    found = rounded(counts, most, KEY)

    for mean, shown, persons in zip(found.means, found.tables["aides"], counts.tables["aides"], strict=True):
        assert (mean is None) == (shown < 10 or persons < 5)
        assert mean is None or mean % 100 == 0
    assert any(mean is not None for mean in found.means)
    assert rounded(counts, counts.cents, KEY).means == (None,) * len(found.means)  # one person holds everything
