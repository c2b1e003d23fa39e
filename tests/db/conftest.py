"""What tests of the office file share: a new, empty one, and a connection to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import connection
from db.connection import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "palette.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    db = connection.create(path)
    yield db
    db.close()
