"""A queue for heavy work: who is first, who waits, who gives up."""

import threading
from contextlib import ExitStack

import pytest

from db.base.turns import Turns


class CancelledError(Exception):
    pass


def cancel(_share, _step):
    raise CancelledError


def test_two_have_their_turn_and_the_others_hear_their_place_until_one_of_them_leaves():
    turns, first, second = Turns(2, "d’autres travaillent"), ExitStack(), ExitStack()
    heard: list[str] = []
    third_waits, fourth_waits, order = threading.Event(), threading.Event(), []

    def wait(name: str, waits: threading.Event) -> None:
        def listen(_share: float, step: str) -> None:
            heard.append(step)
            waits.set()

        with turns.turn(listen):
            order.append(name)

    first.enter_context(turns.turn(cancel))
    second.enter_context(turns.turn(cancel))
    threads = [threading.Thread(target=wait, args=each) for each in (("third", third_waits), ("fourth", fourth_waits))]
    for thread, waits in zip(threads, (third_waits, fourth_waits), strict=True):
        thread.start()
        assert waits.wait(30)
    with pytest.raises(CancelledError), turns.turn(cancel):
        order.append("the fifth, who gave up")
    first.close()
    for thread in threads:
        thread.join(30)
    second.close()

    assert heard[0] == "d’autres travaillent ; le vôtre est 1er dans la file"
    assert "d’autres travaillent ; le vôtre est 2e dans la file" in heard
    assert order == ["third", "fourth"]
    assert turns._queue == []
