"""Fixtures of the publication tests: the demonstration and the releases of two of its years, made once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from db.model.office import Office
from db.storage import connection
from publication.audit.auditor import Case
from publication.draw import draw
from publication.draw.draw import SourceData
from publication.release import public_file
from publication.release.population import Population
from publication.release.release import Release
from tests.prepared import Prepared
from tests.publication.remembered import Remembered

YEARS = (2022, 2023)


@pytest.fixture(scope="session")
def remembered() -> Remembered:
    """The linear programmes that this worker has solved."""
    return Remembered()


@pytest.fixture(autouse=True)
def _solve_once(request: pytest.FixtureRequest, remembered: Remembered) -> Iterator[None]:
    """Solve no linear programme a second time, except in tests of solving."""
    with ExitStack() as stack:
        if "real_solver" not in request.keywords:
            stack.enter_context(remembered.used())
        yield


@pytest.fixture(scope="session")
def demo_file(prepared: Prepared) -> Path:
    """The demonstration as of January 2026, for reading only."""
    return prepared.demonstration(date(2026, 1, 15))


@pytest.fixture(scope="session")
def office(demo_file: Path) -> SourceData:
    """The source data of two years."""
    db = connection.open_file(demo_file)
    source = draw.read_source(db, YEARS)
    db.close()
    return source


@pytest.fixture(scope="session")
def drawn(office: SourceData) -> tuple[Release, ...]:
    """The releases of the two years."""
    first = draw.draw(office, 2022).release
    second = draw.draw(office, 2023, [first]).release
    return first, second


@pytest.fixture
def population(office: SourceData) -> Population:
    return office.years[2022]


@pytest.fixture
def release(drawn: tuple[Release, ...]) -> Release:
    return drawn[0]


@pytest.fixture
def case(office: SourceData, tmp_path: Path) -> Callable[..., Case]:
    """A function that returns a case for the auditor, with a public file of these releases."""

    def make(*releases: Release, years: SourceData = office) -> Case:
        path = tmp_path / public_file.NAME
        path.unlink(missing_ok=True)
        public_file.write(path, releases)
        return Case(path, releases, years)

    return make


@pytest.fixture
def private(demo_file: Path, tmp_path: Path) -> Path:
    """The path of a copy of the demonstration that a test may change."""
    path = tmp_path / "private" / "palette.db"
    path.parent.mkdir()
    shutil.copy(demo_file, path)
    return path


@pytest.fixture
def own_key(db: Office) -> None:
    """Give the file a key of its own: with the demonstration's, nothing but the demonstration is published."""
    db.execute("UPDATE publication_key SET value = ?", (b"0123456789abcdef0123456789abcdef",))


@pytest.fixture
def db(private: Path) -> Iterator[Office]:
    opened = connection.open_file(private)
    yield opened
    opened.close()
