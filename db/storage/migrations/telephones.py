"""Step 1: telephone numbers, once stored as digits (0565000000), are stored as E.164 (+33565000000)."""

import sqlite3
from contextlib import suppress

from db.base.errors import FieldError
from db.model import telephones
from db.model.office import Office
from db.model.types import Phone


def store_in_one_form(db: Office) -> None:
    """Rewrite every number that can be read, those of deleted rows and of the office's own fields included; leave the
    others as they are. The history records each change as made by Palette."""
    for table in db.tables.values():
        present = {row[1] for row in db.execute(f'PRAGMA table_info("{table.name}")')}
        for field in table.fields:
            if isinstance(field.type, Phone) and field.name in present:
                _rewrite(db, table.name, field.name)


def _rewrite(db: Office, table: str, field: str) -> None:
    for row_id, number in db.execute(f'SELECT id, {field} FROM "{table}" WHERE {field} IS NOT NULL').fetchall():
        sql = f"UPDATE \"{table}\" SET {field} = ?, version = version + 1, changed_by = 'Palette' WHERE id = ?"
        with suppress(FieldError, sqlite3.IntegrityError):  # an old row may break a rule that came after it
            new = telephones.read(number)[0]
            if new != number:
                db.execute(sql, (new, row_id))
