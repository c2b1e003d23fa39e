"""What tests of papers share: the demonstration of the source document, and a real LibreOffice that opens them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from db.figures.periods import period_of
from db.storage import connection
from reports.content import report
from reports.content.report import Report
from tests.prepared import Prepared

ToPdf = Callable[[bytes, str], bytes]
_NO_JAVA = "failed to launch javaldx"  # LibreOffice says so where there is no Java; nothing here needs it


@pytest.fixture(scope="session")
def demo_path(prepared: Prepared) -> Path:
    """The demonstration as known on the day of its photo. For reading only."""
    return prepared.demonstration(date(2023, 3, 6))


@pytest.fixture(scope="session")
def made(demo_path: Path) -> Callable[[str], Report]:
    """The report of the demonstration for a year, a day or a period."""

    def make(when: str) -> Report:
        db = connection.open_file(demo_path)
        try:
            return report.make(db, period_of(when))
        finally:
            db.close()

    return make


@pytest.fixture(scope="session")
def soffice() -> str:
    """The LibreOffice of this machine. Fails, and says what to install, when there is none."""
    found = os.environ.get("SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        pytest.fail("No LibreOffice: install it (apt-get install libreoffice-impress) or give its path in SOFFICE.")
    return found


@pytest.fixture
def to_pdf(soffice: str, tmp_path: Path) -> ToPdf:
    """Convert the bytes of a « pptx », « xlsx »… to PDF as a person prints it. Fails when LibreOffice complains."""

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
