"""The memory of solved linear programmes answers the very same question only, as the product does."""

import pytest

from publication.inference.intervals import LinearSystem
from tests.publication.remembered import Remembered

pytestmark = pytest.mark.real_solver


def system_of(total, upper=4):
    system = LinearSystem()
    for name in ("a", "b"):
        system.add((name,), 0, upper)
    system.add_sum([("a",), ("b",)], total)
    return system


def bounds_of(system, target="a"):
    return [bound.tolist() for bound in system.bounds([[(target,)]])]


def test_a_question_that_differs_in_anything_is_solved():
    memory = Remembered()
    with memory.used():
        assert bounds_of(system_of(5)) == [[1], [4]]
        assert bounds_of(system_of(6)) == [[2], [4]]
        assert bounds_of(system_of(5, upper=3)) == [[2], [3]]
        assert bounds_of(system_of(5), "b") == [[1], [4]]
        assert len(memory.answers) == 4


def test_the_same_question_is_answered_again_even_after_a_test_has_changed_the_answer():
    memory = Remembered()
    with memory.used():
        first = system_of(5).bounds([[("a",)]])
        first[0][:] = 99
        assert bounds_of(system_of(5)) == [[1], [4]]
    assert len(memory.answers) == 1


def test_it_is_only_used_inside_its_block():
    solve = LinearSystem.bounds
    with Remembered().used():
        assert LinearSystem.bounds is not solve

    assert LinearSystem.bounds is solve
