"""What tests of the office file share: a new, empty one, and a connection to it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.model.office import Office
from db.storage import connection


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "palette.db"


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: a copy costs a tenth of a new one."""
    path = tmp_path_factory.mktemp("empty") / "palette.db"
    connection.create(path).close()
    return path


@pytest.fixture
def db(path: Path, empty_file: Path) -> Iterator[Office]:
    shutil.copy(empty_file, path)
    db = connection.open_file(path)
    db.execute("PRAGMA synchronous = OFF")  # a test need not survive a power cut; it waits ten times less for the disk
    yield db
    db.close()
