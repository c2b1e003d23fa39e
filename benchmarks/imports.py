"""Times of an import: from the bytes of an XLSX of twelve columns to the plan, and the writing of the plan.

Into an empty file, where every person is new, and into a file that already has all persons. Writing is measured once,
and so is the memory that the server needs to plan a file of thirty columns with all persons, known already.
"""

import io
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import xlsxwriter

from benchmarks.office import SIZES, Row, folder, median
from db.imports import isolated_reader
from db.imports.plan import plan
from db.imports.plan_types import CREATE, SAME, ImportChoices
from db.imports.write import write
from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.types import Reference
from db.rows.titles import context
from db.storage import connection

LIMITS = (1_000.0, 10_000.0)
WRITTEN = 20_000.0
MEMORY = 600.0
COLUMNS = (
    "last_name", "first_name", "birth_date", "gender", "phone", "email", "postcode", "town", "territory", "domain",
    "craft", "household",
)  # fmt: skip
_ALL, _WIDE = tuple(field.name for field in PERSON.fields if not isinstance(field.type, Reference)), 30
_NEW, _KNOWN, _WRITTEN = "file to diff, all new", "file to diff, all known", "… written, once"
_MEMORY = f"… of {_WIDE} columns: most memory of the process, MB"


def measure(repeats: int) -> list[Row]:
    """Measure the medians at both sizes."""
    medians: dict[str, list[float]] = {_NEW: [], _WRITTEN: [], _KNOWN: [], _MEMORY: []}
    for persons in SIZES:
        data = _file(persons)
        with tempfile.TemporaryDirectory() as scratch:
            db = connection.create(Path(scratch) / "palette.db")
            medians[_NEW].append(median(partial(_diff, db, data, CREATE), repeats))
            medians[_WRITTEN].append(_written(db, data))
            medians[_KNOWN].append(median(partial(_diff, db, data, SAME), repeats))
            medians[_MEMORY].append(_memory(db, _file(persons, _ALL, _WIDE)))
            db.close()
    limits = f"< {LIMITS[0]:.0f}, < {LIMITS[1]:.0f}"
    return [
        (_NEW, medians[_NEW], limits, _is_met(medians[_NEW])),
        (_KNOWN, medians[_KNOWN], limits, _is_met(medians[_KNOWN])),
        (_WRITTEN, medians[_WRITTEN], f"< {WRITTEN:.0f}", max(medians[_WRITTEN]) < WRITTEN),
        (_MEMORY, medians[_MEMORY], f"< {MEMORY:.0f}", max(medians[_MEMORY]) < MEMORY),
    ]


def _is_met(medians: list[float]) -> bool:
    return all(number < limit for number, limit in zip(medians, LIMITS, strict=True))


def _diff(db: Office, data: bytes, action: str) -> None:
    made = plan(db, isolated_reader.read(data, "liste.xlsx"), ImportChoices(accept_resemblances=True))
    if made.count(action) < 0.99 * sum(len(sheet.rows) for sheet in made.sheets):
        raise RuntimeError(f"fewer than 99 % of the rows are « {action} »")


def _written(db: Office, data: bytes) -> float:
    made = plan(db, isolated_reader.read(data, "liste.xlsx"), ImportChoices(accept_resemblances=True))
    start = time.perf_counter()
    write(db, made, "Mesure", leave_waiting=True)
    return (time.perf_counter() - start) * 1000


def _memory(db: Office, data: bytes) -> float:
    """Return the most megabytes that this process has at once while it plans a file (Linux)."""
    book = isolated_reader.read(data, "liste.xlsx")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the most so far
    plan(db, book, ImportChoices(accept_resemblances=True))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _file(persons: int, names: Sequence[str] = COLUMNS, columns: int = len(COLUMNS)) -> bytes:
    """Return an XLSX with these fields of the persons of an invented office, and columns that are no fields."""
    office = connection.open_file(folder(persons) / "palette.db")
    labels, buffer = context(office), io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet("Personnes")
    kinds = [PERSON.field(name).type for name in names]
    others = [f"Remarque interne {number}" for number in range(columns - len(names))]
    sheet.write_row(0, 0, [PERSON.field(name).label for name in names] + others)
    for number, row in enumerate(office.execute(f"SELECT {', '.join(names)} FROM person ORDER BY id"), 1):
        shown = [kind.show(value, labels) for kind, value in zip(kinds, row, strict=True)]
        sheet.write_row(number, 0, shown + [f"{other} de {number}" for other in others])
    book.close()
    office.close()
    return buffer.getvalue()
