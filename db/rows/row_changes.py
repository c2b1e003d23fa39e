"""Which rows of a table a change of the file may concern.

What is shown of a row follows from the row itself, from the other rows of its person, and from what is no person's (a
partner's name, a label, a limit). Grids use it to read again only what may have changed.
"""

import json

from db.model.dictionary import PERSON, WORK
from db.model.fields import OfficeTable
from db.model.office import Office
from db.storage import permissions
from db.storage.connection import remembered

_MOST = 200
"""Lines of the history: beyond, reading every row again costs less."""


def affected(db: Office, table: OfficeTable, since: int) -> set[int] | None:
    """Return the rows that the changes after line ``since`` of the history may concern; None for any row. What it
    returns is shared, and must not be changed."""
    return remembered(db, ("affected", table.name, since), lambda: _affected(db, table, since))


def _affected(db: Office, table: OfficeTable, since: int) -> set[int] | None:
    reads_values = db.roles is None or permissions.readable(db.roles, "history", "before")
    if not reads_values or not (table.name == PERSON.name or table.belongs_to_person):
        return None
    sql = "SELECT table_name, row_id, action, json_extract(before, '$.person_id') FROM history WHERE id > ? LIMIT ?"
    changes = db.rows_at_once(sql, 4, (since, _MOST + 1))
    changed: dict[str, set[int]] = {}
    persons = set()
    for name, row_id, action, before in changes:
        if name not in WORK or action == "erase":
            return None
        changed.setdefault(name, set()).add(row_id)
        persons.add(before)  # whose row it was
    if len(changes) > _MOST:
        return None
    for name, ids in changed.items():
        if name == PERSON.name:
            persons |= ids
        elif WORK[name].belongs_to_person:
            persons |= _column(db, f'SELECT person_id FROM "{name}" WHERE id IN', ids)
        else:
            return None
    persons.discard(None)
    if table.name == PERSON.name:
        return persons
    return changed.get(table.name, set()) | _column(db, f'SELECT id FROM "{table.name}" WHERE person_id IN', persons)


def _column(db: Office, sql: str, ids: set[int]) -> set[int]:
    whole = f"{sql} (SELECT value FROM json_each(?))"
    return {value for (value,) in db.rows_at_once(whole, 1, (json.dumps(sorted(ids)),))}
