"""The noise before rounding: from the key alone, lasting as declared, the same in every table of a criterion."""

import numpy as np
import pytest

from publication.release.noise import (
    CELL_NOISE,
    CROSSED,
    EVENT_NOISE,
    MARGIN_NOISE,
    PERSISTENCE,
    add_noise,
    lasting,
    normals_of,
    simulated_normals,
)
from publication.release.population import count_tables
from publication.release.tables import ATTRIBUTES

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def many():
    """The normal numbers of three thousand keys."""
    return simulated_normals(np.random.default_rng(2), 3000)


@pytest.fixture
def counts(population):
    return count_tables(population)


def test_it_follows_from_the_key_the_name_and_the_year(counts):
    one, same, other = (add_noise(counts, 2022, normals_of(key)) for key in (KEY, KEY, KEY[::-1]))
    redrawn = add_noise(counts, 2022, normals_of(KEY, {2022: 1}))

    assert all((one.tables[name] == same.tables[name]).all() for name in one.tables)
    for others in (other, redrawn, add_noise(counts, 2023, normals_of(KEY))):
        assert not any((one.tables[name] == others.tables[name]).all() for name in CROSSED)


def test_numbers_of_a_key_are_normal():
    numbers = normals_of(KEY)("genre", 2022, (20_000,))

    assert abs(numbers.mean()) < 0.03
    assert abs(numbers.std() - 1) < 0.03
    assert abs((np.abs(numbers) < 1).mean() - 0.6827) < 0.02


def test_it_is_correlated_with_the_year_before(many):
    years = [lasting(many, "alone", year, ()) for year in (2022, 2023, 2025)]

    assert all(abs(numbers.std() - 1) < 0.05 for numbers in years)
    assert abs(np.corrcoef(years[0], years[1])[0, 1] - PERSISTENCE) < 0.05
    assert abs(np.corrcoef(years[0], years[2])[0, 1] - PERSISTENCE**3) < 0.05


def test_a_crossed_table_contains_the_noise_of_its_margins(counts, many):
    noisy = add_noise(counts, 2022, many)

    for name, (first, second) in CROSSED.items():
        enough = counts.tables[name].min() > 15  # where hardly any cell is cut at 0
        for axis, position in ((2, first), (1, second)):
            distance = noisy.tables[name].sum(axis=axis) - noisy.margins[position]
            assert np.abs(distance).mean() < (0.05 if enough else 1.0), name
    assert all(np.allclose(margin.sum(axis=1), noisy.total) for margin in noisy.margins)


def test_it_is_as_large_as_declared(counts, many):
    noisy = add_noise(counts, 2022, many)

    gender = noisy.margins[[one.name for one in ATTRIBUTES].index("genre")] - 139 * 64 / 139
    assert abs(gender[:, 0].std() - MARGIN_NOISE) < 0.5
    assert abs((noisy.tables["contrats"] - counts.tables["contrats"]).std() - EVENT_NOISE) < 0.1
    cell = noisy.tables["age_etudes"] - counts.tables["age_etudes"]
    assert CELL_NOISE < cell[:, 0, 0].std() < 2 * CELL_NOISE
    assert min(table.min() for table in noisy.tables.values()) >= 0
