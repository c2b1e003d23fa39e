"""Fixtures of the tests of documents: an empty office file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.model.office import Office
from db.storage import connection


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "palette.db"


@pytest.fixture
def db(path: Path) -> Iterator[Office]:
    opened = connection.create(path)
    yield opened
    opened.close()
