"""Fixtures of the tests of the demonstration: its file as of a day."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest

from db.figures import as_of
from db.model.office import Office
from db.storage import connection
from tests.db.demo.demonstrations import EARLIER, FAR, Written


@pytest.fixture(scope="session")
def written(prepared) -> Written:
    """The demonstration as known on a day; each is written once."""
    made: dict[date, Office] = {}

    def as_on(day: date) -> Office:
        if day not in made:
            made[day] = connection.open_file(prepared.demonstration(day))
        return made[day]

    return as_on


@pytest.fixture(scope="session")
def known(prepared, written) -> Iterator[Written]:
    """The demonstration of a day: the file written on it, or for EARLIER the file of FAR as it was known on it."""
    with ExitStack() as opened:
        made: dict[date, Office] = {}

        def as_on(day: date) -> Office:
            if day in EARLIER and day not in made:
                path = prepared.demonstration(FAR)
                made[day] = opened.enter_context(as_of.as_known(path, as_of.end_of(day)))
            return made.get(day) or written(day)

        yield as_on
