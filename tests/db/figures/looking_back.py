"""Shared by the tests of db/figures/as_of.py: moments, dates of history lines, rows as of a moment."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from db.figures import as_of
from db.model.dictionary import TABLES
from db.model.office import Office
from tests.db.rewriting import history_rewritable

PERSON, STAGE, DIAGNOSTIC = TABLES["person"], TABLES["stage"], TABLES["diagnostic"]
MARCH, JUNE = "2023-03-06T23:00:00.000Z", "2023-06-06T22:00:00.000Z"


def date_history(db: Office, moment: str) -> None:
    """Date every history line written since the last call one second before that moment."""
    with history_rewritable(db):
        db.execute(
            "UPDATE history SET at = strftime('%Y-%m-%dT%H:%M:%fZ', ?, '-1 second') WHERE at > '2024'", (moment,)
        )


def row_as_known(path: Path, table: str, row_id: int, moment: str = MARCH) -> Any:
    """Return the row as of a moment, without empty values; None when there was no such row."""
    with as_of.as_known(path, moment) as then:
        row = next(iter(then.dicts(f'SELECT * FROM "{table}" WHERE id = ? AND deleted_at IS NULL', (row_id,))), None)
    return row and {name: value for name, value in row.items() if value is not None}


def dump_tables(path: Path) -> list[Any]:
    """Return the rows of every table, read with sqlite3 alone."""
    with closing(sqlite3.connect(path)) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [(name, raw.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names]
