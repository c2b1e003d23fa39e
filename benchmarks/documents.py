"""Times of the documents of contracts, on the demonstration: one as Word, one as PDF, 100 as one PDF."""

import tempfile
from pathlib import Path

from benchmarks.office import median
from db.demo import create
from db.rows import records
from db.storage import connection
from reports.documents import making

_MANY = 100


def show() -> int:
    """Print the table and return the number of missed targets."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "palette.db"
        create.write(path)
        db = connection.open_file(path)
        sql = "SELECT id FROM cer WHERE kind = 'engagement' ORDER BY id DESC LIMIT ?"
        today = "2026-11-28"
        rows = records.rows(db, db.tables["cer"], [row[0] for row in db.execute(sql, (_MANY,))])
        some = [making.of_contract(row.id, row.values) for row in rows]
        found = [
            ("a contract as Word", median(lambda: making.word_bytes(db, some[0], today), 15), 300),
            ("a contract as PDF", median(lambda: making.pdf_bytes(db, some[:1], today), 15), 1_500),
            (f"{len(some)} contracts as one PDF", median(lambda: making.pdf_bytes(db, some, today), 3), 20_000),
        ]
        db.close()
    print("median, ms")
    for task, milliseconds, target in found:
        print(f"{task:<26} {milliseconds:>8.0f}  < {target}{'' if milliseconds < target else '   MISSED'}")
    return sum(milliseconds >= target for _, milliseconds, target in found)
