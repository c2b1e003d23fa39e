"""Helpers of the tests of undo: save, find the latest operation, compare files, read why an undo is refused."""

import pytest

from db.base.errors import UndoError
from db.model.dictionary import TABLES
from db.rows import records, undo
from db.rows.records import Edit

LOU = {"last_name": "Marchand", "first_name": "Lou", "gender": "woman"}


def save_row(db, table, values, who="Ada", row=None, version=None):
    return records.save(db, table, Edit(values, row, version), who).row_id


def latest_operation(db):
    """Return the latest operation."""
    return db.execute("SELECT max(id) FROM operation").fetchone()[0]


def dump_tables(db):
    """Return the values of every table, whichever changes led to them."""
    kept = {}
    for table in TABLES:
        columns = [
            row[1] for row in db.execute(f'PRAGMA table_info("{table}")') if row[1] not in ("version", "changed_by")
        ]
        kept[table] = db.execute(f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY id').fetchall()
    return kept


def dump_file(db):
    """Return every line of every table of the file."""
    return list(db.iterdump())


def undo_refusal(db, operation, who="Ada", error=UndoError):
    """Return the message of a refused undo; assert that nothing changed."""
    before = dump_file(db)
    with pytest.raises(error) as raised:
        undo.undo(db, operation, who)
    assert dump_file(db) == before
    return str(raised.value)


def shown_row(db, table, row):
    return records.get(db, table, row).values
