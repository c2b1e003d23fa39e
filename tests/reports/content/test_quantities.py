"""Numbers in French: singular below two, nothing rounded to none or to all, a sign before each change."""

import re

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from db.figures.definitions import FIGURES
from reports.content import quantities

N = "\u202f"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "person", "–"),
        (0, "person", "0"),
        (139, "person", "139"),
        (1234567, "person", f"1{N}234{N}567"),
        (123400, "cents", f"1{N}234,00{N}€"),
        (123405, "cents", f"1{N}234,05{N}€"),
        (0, "cents", f"0,00{N}€"),
        (None, "cents", "–"),
        (12.345, "percent", f"12,3{N}%"),
        (0.25, "percent", f"0,3{N}%"),  # as at school
        (46, "national", f"46{N}%"),
        (1.95, "years", f"2,0{N}ans"),
        (2.5, "years", f"2,5{N}ans"),
        (1.94, "years", f"1,9{N}an"),
        (1.96, "years", f"2,0{N}ans"),  # what is read decides, not what is hidden behind it
        (0, "years", f"0,0{N}an"),
    ],
)
def test_a_number_alone(value, unit, said):
    assert quantities.number(value, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0, "exit", "0 sortie"),
        (1, "exit", "1 sortie"),
        (2, "exit", "2 sorties"),
        (1, "person", "1 personne"),
        (1234, "person", f"1{N}234 personnes"),
        (1, "contract", "1 contrat"),
        (2, "diagnostic", "2 diagnostics"),
        (2, "intervention", "2 entretiens et démarches"),
        (1, "aid", "1 aide"),
        (1274500, "cents", f"12{N}745,00{N}€"),
        (1.5, "years", f"1,5{N}an"),
        (30.93, "percent", f"30,9{N}%"),
    ],
)
def test_a_number_with_what_it_counts(value, unit, said):
    assert quantities.with_unit(value, unit) == said


@pytest.mark.parametrize("unit", sorted({figure.unit for figure in FIGURES.values()} - {"cents"}))
def test_every_unit_of_a_figure_has_a_singular_below_two_and_a_plural(unit):
    one, several = quantities.unit_word(unit, 1.9), quantities.unit_word(unit, 2)

    assert several == {"entretien ou démarche": "entretiens et démarches", "rendez-vous": one}.get(one, f"{one}s")
    assert quantities.unit_word(unit, 0) == quantities.unit_word(unit, -1) == one
    assert quantities.unit_word(unit) == several


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (3, 0, "–"),
        (0, 100, f"0,0{N}%"),
        (45, 139, f"32,4{N}%"),
        (1, 2001, f"moins de 0,1{N}%"),
        (1999, 2000, f"plus de 99,9{N}%"),
        (989, 1000, f"98,9{N}%"),
        (200, 200, f"100,0{N}%"),
    ],
)
def test_a_share(part, whole, said):
    assert quantities.share(part, whole) == said


@examples(st.integers(1, 10_000), st.data())
def test_no_part_is_said_to_be_none_and_only_the_whole_is_all(whole, data):
    part = data.draw(st.integers(0, whole))

    said = quantities.share(part, whole)

    assert (said == f"0,0{N}%") == (part == 0)
    assert (said == f"100,0{N}%") == (part == whole)


def test_months():
    assert [quantities.month(f"2022-{index:02}", with_year=False) for index in (1, 2, 8, 12)] == [
        "janv.",
        "févr.",
        "août",
        "déc.",
    ]
    assert quantities.month("2022-03", with_year=True) == "mars 22"
    assert len({quantities.month(f"2022-{index:02}", with_year=False) for index in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (139, 127, "person", f"+{N}12"),
        (80, 92, "person", f"−{N}12"),
        (40, 40, "person", "="),
        (40, None, "person", ""),
        (1240, 0, "person", f"+{N}1{N}240"),
        (53.96, 54.33, "percent", f"−{N}0,4 point"),
        (55.2, 54.0, "percent", f"+{N}1,2 point"),
        (56.0, 54.0, "percent", f"+{N}2,0 points"),
        (30.9, 33.1, "percent", f"−{N}2,2 points"),
        (54.02, 54.0, "percent", "="),
        (2.5, 2.14, "years", f"+{N}0,4{N}an"),
        (4.5, 2.14, "years", f"+{N}2,4{N}ans"),
        (2.5, None, "years", ""),
    ],
)
def test_a_change(now, before, unit, said):
    assert quantities.change(now, before, unit) == said


@examples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(["percent", "years"]))
def test_a_change_has_one_sign_and_never_says_that_it_is_nothing(now, before, unit):
    said = quantities.change(now, before, unit)

    assert said == "=" or re.fullmatch(rf"[+−]{N}[0-9{N}]+,[0-9]( points?|{N}ans?)", said)
    assert not re.match(rf"[+−]{N}0,0", said)


@examples(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_change_of_persons_says_how_many_and_which_way(now, before):
    said = quantities.change(now, before)

    sign = {True: f"+{N}", False: f"−{N}"}[now > before]
    assert said == ("=" if now == before else sign + quantities.number(abs(now - before)))
