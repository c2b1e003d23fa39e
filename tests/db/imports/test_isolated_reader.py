"""A file from outside is read in a process of its own: as before, or not at all; the server is never in danger."""

import json
import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest

from db.base.errors import WorkbookError
from db.base.helper_process import HelperError
from db.imports import file_limits, isolated_reader, workbook_reader
from db.imports.plan_types import SheetLine, SourceSheet, SourceWorkbook
from db.imports.workbook_items import WorkbookBuilder, items_of
from tests.db.imports import attack_files, faulty_files, files

ROOT = Path(__file__).parents[3]


def test_the_process_reads_what_the_reader_reads():
    for make in (faulty_files.titles_and_merged_cells, faulty_files.a_sheet_a_year):
        file = make()
        assert isolated_reader.read(file.data, file.name) == workbook_reader.read(file.data, file.name)


def test_a_workbook_comes_back_whole():
    everything = SourceSheet(
        "a", [SheetLine(1, ["é\n\x1f\u2028", 1, -0.0, 1e300, True, None, date(1, 1, 1)]), SheetLine(2, []),
              SheetLine(3, [datetime(2024, 1, 2, 3, 4, 5, 6), 2**70])],
        True, ("note",), {(1, 2): "#N/A"}, {1: 2}, {3: 4}, ((1, 0, 2, 1),), {1: "x", 2: "x", 3: "y"},
        frozenset({1, 2}), frozenset({0}),
    )  # fmt: skip
    long = SourceSheet("b", [SheetLine(number, [f"{number}", None]) for number in range(1, 9_000)])
    book = SourceWorkbook("x", [everything, long], ("note",), since_1904=True)
    builder = WorkbookBuilder("x")

    for item in items_of(book):
        builder.receive(json.loads(json.dumps(item)))

    assert repr(builder.book) == repr(book)


@pytest.mark.parametrize(
    ("limit", "most", "rows"),
    [("MAX_LINES", 10, [["a"]] * 11), ("MAX_FILLED", 10, [["a"] * 11]), ("MAX_TEXT", 10, [["a" * 6, "b" * 6]])],
)
def test_more_than_a_plan_can_hold_is_refused(monkeypatch, limit, most, rows):
    monkeypatch.setattr(file_limits, limit, most)
    builder = WorkbookBuilder("x")
    (sheet, *_) = items_of(SourceWorkbook("x", [SourceSheet("a", [])]))
    builder.receive(sheet)
    builder.receive(["lines", 1, [["a"], [None] * 20]])

    with pytest.raises(HelperError):
        builder.receive(["lines", 3, rows])


ATTACKS = {
    "attack_files.repeated_cells(1_000)": "est trop gros",
    "attack_files.repeated_cells(1)": "est trop gros",
    "b'a;b\\n' * 12_200_000": "est trop gros",
    "b'a;' * 20_000_000": "est trop gros",
    "b'a;b\\n' * 200_000": "est trop gros",
    "attack_files.shared_texts(5_000_000)": "est trop gros",
    "attack_files.blank_sheet(250)": "demande trop de mémoire",
    "attack_files.endless_search(5)": "met trop de temps",
}
_READ_ALL = """
import dataclasses, json, re, sys
from db.base.errors import WorkbookError
from db.imports import file_limits, isolated_reader
from tests.db.imports import attack_files
file_limits.READING = dataclasses.replace(file_limits.READING, memory=300_000_000, processor=2)
said = {}
for attack in json.loads(sys.argv[1]):
    data = eval(attack)
    try:
        said[attack] = str(isolated_reader.read(data, "x"))
    except WorkbookError as error:
        said[attack] = str(error)
peak = re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1]
print(json.dumps([said, int(peak)]))
"""


def test_files_made_to_exhaust_the_server_are_refused_in_french_and_cost_it_nothing():
    """All in one process, to know the most memory that it took. The limits are a third of the real ones."""
    command = [sys.executable, "-c", _READ_ALL, json.dumps(list(ATTACKS))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said, kilobytes = json.loads(done.stdout)

    assert {attack: said[attack] for attack, words in ATTACKS.items() if words not in said[attack]} == {}
    assert kilobytes < 300_000, "Python 30 MB, the largest of these files 49"


@pytest.mark.parametrize("make", [files.xlsx, files.ods], ids=["xlsx", "ods"])
def test_truncated_nested_and_mislabelled_files_are_read_or_refused(make):
    data = make({"a": attack_files.ROWS})

    for name, content in (
        ("a.csv", data), ("a.xlsx", data[:-30]), ("a.ods", data[: len(data) // 2]), ("a.xlsx", data + data),
        ("a.xlsx", b"PK\x03\x04" + data), ("a.xls", b"\xd0\xcf\x11\xe0" + data),
    ):  # fmt: skip
        with suppress(WorkbookError):
            assert isolated_reader.read(content, name).sheets


def test_nothing_else_reads_a_file_from_outside():
    wanted = ["git", "grep", "-l", "workbook_reader\\.read(\\|import_model(\\|file_uploader(", "--", "*.py"]
    found = subprocess.run(wanted, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert {path for path in found if not path.startswith("tests/")} == {
        "db/customise/model_file.py", "db/imports/reader_process.py",
        "pages/shared/dossier/attachments.py", "pages/shared/imports/file_step.py",
        "pages/shared/office/documents.py", "pages/shared/office/model_file.py",
    }  # fmt: skip


def test_the_process_loads_only_what_reading_needs():
    """It is started for each file: a person waits for its imports."""
    command = "import sys, db.imports.reader_process, db.customise.model_reader; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())

    assert "python_calamine" in loaded
    assert loaded & {"streamlit", "sqlite3", "click", "numpy", "db.model.dictionary"} == set()
