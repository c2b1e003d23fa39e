"""Fixtures of the tests of the office file: a new, empty one, and a connection to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.model.office import Office
from tests.prepared import Prepared


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "palette.db"


@pytest.fixture(scope="session")
def empty_file(prepared: Prepared) -> Path:
    return prepared.empty()


@pytest.fixture
def db(path: Path, new_office: Callable[[Path], Office]) -> Iterator[Office]:
    db = new_office(path)
    yield db
    db.close()
