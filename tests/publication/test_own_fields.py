"""Own fields that may not be published: they repeat a criterion, or name a value of few persons."""

from dataclasses import replace

import numpy as np
import pytest

from db.model.fields import Grouping
from publication.draw import draw, own_fields
from publication.draw.draw import NoSafeDrawError, SourceData
from publication.release import tables
from publication.release.tables import ATTRIBUTES

GROUPING = Grouping("champ_label", "Label", "own_label", {"Or": ("gold",), "Argent": ("silver",)}, "Autre")
DOMAIN = [grouping.name for grouping in ATTRIBUTES].index("domaine")


def with_field(population, codes):
    """Return the population with an own field: 0 is « Or », 1 « Argent », 2 « Autre »."""
    indicator = np.eye(3, dtype=bool)[codes]
    indicator[~population.followed] = False
    [plan] = tables.own_plans([GROUPING])
    return replace(population, own_plans=(plan,), indicators={**population.indicators, plan.name: indicator})


def refusals(population, codes):
    return list(own_fields.refusals(with_field(population, codes)))


def test_a_field_that_nothing_else_tells_is_accepted(population):
    assert refusals(population, np.arange(len(population.ids)) % 3) == []


@pytest.mark.parametrize("wrong", [0, 8])
def test_a_field_that_repeats_a_criterion_or_nearly_is_refused(population, wrong):
    codes = np.minimum(population.codes[:, DOMAIN], 2)
    codes[np.flatnonzero(population.followed)[:wrong]] = 0

    found = refusals(population, codes)

    assert any("« Domaine d’activité » dit « Label » de" in reason for reason in found)
    assert all("deux arrondis du même nombre en diraient trop" in reason for reason in found)


def test_a_value_of_few_persons_is_refused(population):
    codes = np.full(len(population.ids), 2)
    codes[np.flatnonzero(population.followed)[:40]] = 0
    codes[np.flatnonzero(population.followed)[40:49]] = 1

    assert refusals(population, codes) == ["« Label » : 9 personnes ont la valeur « Argent », il en faut 10."]


def test_two_own_fields_that_repeat_each_other_are_refused(population):
    one = with_field(population, np.arange(len(population.ids)) % 3)
    [other] = tables.own_plans([replace(GROUPING, name="champ_autre", label="Autre label")])
    both = replace(
        one, own_plans=(*one.own_plans, other), indicators={**one.indicators, other.name: one.indicators["champ_label"]}
    )

    assert any("« Autre label »" in reason and "« Label »" in reason for reason in own_fields.refusals(both))


def test_the_release_is_refused_with_the_reason(population):
    repeated = with_field(population, np.minimum(population.codes[:, DOMAIN], 2))
    office = SourceData(bytes(32), {2022: repeated}, own_names=frozenset({"champ_label"}))

    with pytest.raises(NoSafeDrawError, match="2022 ne peut pas être publiée avec ces champs du bureau. « "):
        draw.draw(office, 2022)
