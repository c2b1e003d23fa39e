"""What tests of the publication share: the demonstration, and what its years publish, made once."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from db.model.office import Office
from db.storage import connection
from publication.audit.auditor import Case
from publication.draw import draw
from publication.draw.draw import SourceData
from publication.release import public_file
from publication.release.population import People
from publication.release.release import Release
from tests.partners.site import Site, made_up, place
from tests.prepared import Prepared

YEARS = (2022, 2023)


@pytest.fixture(scope="session")
def demo_file(prepared: Prepared) -> Path:
    """The demonstration as known in January 2026. For reading only."""
    return prepared.demonstration(date(2026, 1, 15))


@pytest.fixture(scope="session")
def office(demo_file: Path) -> SourceData:
    """What two years are published from."""
    db = connection.open_file(demo_file)
    found = draw.read_source(db, YEARS)
    db.close()
    return found


@pytest.fixture(scope="session")
def drawn(office: SourceData) -> tuple[Release, ...]:
    """The two years as they are published."""
    first, _ = draw.draw(office, 2022)
    second, _ = draw.draw(office, 2023, [first])
    return first, second


@pytest.fixture
def people(office: SourceData) -> People:
    return office.years[2022]


@pytest.fixture
def release(drawn: tuple[Release, ...]) -> Release:
    return drawn[0]


@pytest.fixture
def case(office: SourceData, tmp_path: Path) -> Callable[..., Case]:
    """A case for the auditor, on a file that holds these releases."""

    def make(*releases: Release, years: SourceData = office) -> Case:
        path = tmp_path / public_file.NAME
        path.unlink(missing_ok=True)
        public_file.write(path, releases)
        return Case(path, releases, years)

    return make


@pytest.fixture
def private(demo_file: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    path = tmp_path / "private" / "palette.db"
    path.parent.mkdir()
    shutil.copy(demo_file, path)
    return path


@pytest.fixture
def db(private: Path) -> Iterator[Office]:
    opened = connection.open_file(private)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The partners' site on two made-up years."""
    folder = tmp_path_factory.mktemp("public")
    place(folder, made_up(2022), made_up(2023, 5))
    found = Site(folder)
    found.start()
    yield found
    found.stop()
