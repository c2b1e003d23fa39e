"""Fixtures of the tests of reports: the demonstration of the source document, and a real LibreOffice."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from db.figures.periods import period_of
from db.model.office import Office
from db.storage import connection
from reports.content import report
from reports.content.report import Report
from tests.prepared import Prepared

ToPdf = Callable[[bytes, str], bytes]
_NO_JAVA = "failed to launch javaldx"  # LibreOffice says so where there is no Java; nothing here needs it


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "palette.db"


@pytest.fixture
def db(path: Path, new_office: Callable[[Path], Office]) -> Iterator[Office]:
    """A new, empty office file."""
    db = new_office(path)
    yield db
    db.close()


@pytest.fixture(scope="session")
def demo_path(prepared: Prepared) -> Path:
    """The demonstration as known on the day of its photo. Read-only."""
    return prepared.demonstration(date(2023, 3, 6))


@pytest.fixture(scope="session")
def make_report(demo_path: Path) -> Callable[[str], Report]:
    """Return the function that makes the report of the demonstration for a year, a day or a period, each once."""

    @cache
    def make(when: str) -> Report:
        db = connection.open_file(demo_path)
        try:
            return report.make(db, period_of(when))
        finally:
            db.close()

    return make


@pytest.fixture
def to_pdf(soffice: str, tmp_path: Path) -> ToPdf:
    """Convert the bytes of a « pptx », « xlsx »… to PDF with LibreOffice. Fail when it complains."""

    def convert(data: bytes, suffix: str) -> bytes:
        paper = tmp_path / f"paper.{suffix}"
        paper.write_bytes(data)
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(paper)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
        complaints = [line for line in done.stderr.splitlines() if line.strip() and _NO_JAVA not in line]
        assert (done.returncode, complaints) == (0, [])
        return paper.with_suffix(".pdf").read_bytes()

    return convert
