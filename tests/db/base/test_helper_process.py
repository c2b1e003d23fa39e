"""A process with limits: what it may know, how it ends, and who waits."""

import logging
import os
from typing import Any

import pytest

from db.base import helper_process
from db.base.helper_process import FAILED, MEMORY, OUTPUT, REFUSED, TIME, HelperError, HelperLimits

MODULE = "tests.db.base.helper_answers"
LIMITS = HelperLimits(memory=500_000_000, processor=5, seconds=60, output=50_000_000)


def answers(request: bytes, limits: HelperLimits = LIMITS) -> list[Any]:
    received: list[Any] = []
    helper_process.run(MODULE, [request[:1], request[1:]], limits, received.append)
    return received


def test_an_answer_comes_back_as_plain_data():
    assert answers('["Zoé", 1, 1.5, null, true]'.encode()) == [["Zoé", 1, 1.5, None, True]]


def test_the_process_knows_nothing_of_the_server(monkeypatch):
    monkeypatch.setenv("PALETTE_BACKUP_KEY", "secret")

    with open(os.devnull) as opened:
        os.set_inheritable(opened.fileno(), True)
        [(arguments, environment, files, pid)] = answers(b"facts")

    assert "".join(arguments).isdecimal(), "numbers alone: any account of the machine can read a command line"
    assert set(environment) <= {"PATH", "LD_LIBRARY_PATH", "LANG", "TZ", "LC_CTYPE"}
    assert len(files) == 4, "its standard input, output and error, and the folder that it lists"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (b"refuse", REFUSED), (b"fail", FAILED), (b"memory", MEMORY), (b"abort", MEMORY), (b"crash", FAILED),
        (b"no JSON", FAILED), (b"one long line", OUTPUT), (b"endless", OUTPUT),
    ],
)  # fmt: skip
def test_a_process_that_fails_or_passes_a_limit_is_an_error(request_, why):
    with pytest.raises(HelperError) as error:
        answers(request_)

    assert error.value.why == why
    assert str(error.value) == ("Trop vieux." if why == REFUSED else "")


@pytest.mark.parametrize(
    ("request_", "limits"),
    [
        (b"spin", HelperLimits(LIMITS.memory, 1, 600, LIMITS.output)),
        (b"sleep", HelperLimits(LIMITS.memory, 60, 1, LIMITS.output)),
    ],
)
def test_a_process_that_never_ends_is_ended(request_, limits):
    with pytest.raises(HelperError) as error:
        answers(request_, limits)

    assert error.value.why == TIME


def test_the_log_says_where_it_failed_and_no_value(caplog):
    with caplog.at_level(logging.ERROR, "palette"), pytest.raises(HelperError):
        answers(b"fail")

    [line] = caplog.messages
    assert line.startswith("RuntimeError at ")
    assert "helper_answers.py" in line
    assert "Hugo" not in line


def test_a_caller_who_no_longer_waits_ends_the_process():
    class CancelledError(Exception):
        pass

    received: list[Any] = []

    def give_up():
        if received:
            raise CancelledError

    with pytest.raises(CancelledError):
        helper_process.run(MODULE, [b"sleep after telling"], LIMITS, received.append, give_up)

    with pytest.raises(ProcessLookupError):
        os.kill(received[0], 0)
