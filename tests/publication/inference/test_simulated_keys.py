"""The attacker who simulates the key: what he gains, on whom, and that he finds what is badly hidden."""

import numpy as np
import pytest

from publication.inference import simulated_keys
from publication.inference.simulated_keys import ARRIVES, EVENT, LEAVES, MAX_GAIN, STAYS, Simulation, posteriors
from publication.release.release import Fact
from publication.release.tables import ATTRIBUTES, PLANS


def gains_of(office, scale=1.0, years=(2022, 2023), **changes):
    populations = {year: office.years[year] for year in years}
    return list(Simulation(populations, years[-1], dict.fromkeys(years, scale), **changes).gains())


@pytest.fixture(scope="module")
def gains(office):
    return gains_of(office)


def test_each_criterion_is_reported_apart_under_each_attack(gains, office):
    criteria = {gain.criterion for gain in gains if not gain.scenario.startswith(EVENT)}
    assert criteria == {grouping.label for grouping in ATTRIBUTES}
    assert len([gain for gain in gains if gain.criterion == "Genre"]) == len(simulated_keys.SCENARIOS) == 8
    assert {gain.scenario.split(",")[0] for gain in gains} == {STAYS, ARRIVES, LEAVES, EVENT}
    assert all(gain.persons >= 139 and gain.keys == simulated_keys.KEYS // 2 for gain in gains)


def test_nothing_gains_more_than_is_allowed(gains):
    assert [gain for gain in gains if gain.is_excessive] == []
    assert max(gain.mean for gain in gains) > 0.01, "an attacker who gains nothing proves nothing"


def test_without_noise_rounding_alone_is_found_out(office):
    found = largest(gains_of(office, scale=0.0))

    assert found["Genre"] > 2 * MAX_GAIN
    assert found["Domaine d’activité"] > 2 * MAX_GAIN


def test_more_noise_leaves_less_to_gain(office, gains):
    noisier = gains_of(office, scale=2.0)

    assert sum(gain.mean for gain in noisier) < 0.7 * sum(gain.mean for gain in gains)


def test_more_simulated_keys_change_nothing(office, gains):
    longer = largest(gains_of(office, keys=4800, seed=7))

    assert max(abs(mean - longer[name]) for name, mean in largest(gains).items()) < 0.01


def largest(gains):
    """Return the largest mean gain on each criterion."""
    found: dict[str, float] = {}
    for gain in gains:
        if not gain.scenario.startswith(EVENT):
            found[gain.criterion] = max(gain.mean, found.get(gain.criterion, 0.0))
    return found


def test_a_year_alone_has_nobody_who_arrives_or_leaves(office):
    alone = gains_of(office, years=(2022,))

    assert {gain.scenario for gain in alone if gain.criterion == "Genre"} == {
        f"{STAYS}, une année seule, autres critères {known}" for known in ("connus", "inconnus")
    }


def test_of_a_large_office_a_sample_is_attacked(office, monkeypatch):
    monkeypatch.setattr(simulated_keys, "_MOST_PERSONS", 30)

    assert {gain.persons for gain in gains_of(office) if not gain.scenario.startswith(EVENT)} == {30}


def test_a_public_fact_is_what_the_gain_is_compared_with(office):
    """An exact number of a category tells who is in it; of the others, only that they are not."""
    facts = [Fact(2023, "domaine", "Arts plastiques et visuels", 45, "Présentation")]
    population = office.years[2023]
    criterion = simulated_keys._Criterion(
        Simulation({2023: population}, 2023, {2023: 1.0}, facts=facts), "domaine", "Domaine"
    )
    alone = simulated_keys.Scenario(STAYS, all_years=False, knows_others=False)

    (gained, largest), others = (criterion._of_traits(((2023, (category,)),), alone) for category in (0, 1))

    assert not gained.any()
    assert largest == 0.0, "the fact alone tells it"
    shares = criterion._shares_left(((2023, (1,)),), 1)
    assert not shares[:, 0].any()
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))
    assert 0 < others[0].mean() < MAX_GAIN


def test_a_public_fact_of_an_event_leaves_nothing_to_guess(office):
    plan = PLANS["contrats"]
    facts = [Fact(2023, plan.name, label, 1, "Bilan") for label in plan.groupings[0].labels]
    events = {gain.criterion for gain in gains_of(office, years=(2023,), facts=facts) if gain.scenario == EVENT}

    assert events
    assert not [title for title in events if title.startswith(plan.title)]


def test_posteriors_are_those_of_bayes():
    """Two hypotheses, one number, of variance 4: the normal densities themselves."""
    attacked = np.array([[0.0], [3.0]])

    found = posteriors(np.zeros(1), np.array([[4.0]]), attacked, np.array([[0.0], [1.0]]), np.full((2, 2), 0.5))

    variance = 4.0 * (1 + simulated_keys._RIDGE)
    for row, distance in zip(found, attacked[:, 0], strict=True):
        densities = [np.exp(-((distance - shift) ** 2) / (2 * variance)) for shift in (0.0, 1.0)]
        assert row == pytest.approx([one / sum(densities) for one in densities], rel=1e-6)
