"""The office file of a measure, its accounts, and what is read from it afterwards."""

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.bulk_office import add_bulk_persons
from db.accounts import accounts
from db.demo import create
from db.model.roles import Role
from db.storage import connection
from db.storage.integrity import check
from publication.release import ledger

PASSWORD = "grenouille verte du lundi soir"


def login_of(name: str) -> str:
    """Return the login of an account of ``prepare``."""
    return f"{name.lower().replace(' ', '.')}@exemple.fr"


def prepare(path: Path, names: Iterable[str], persons: int = 0) -> set[str]:
    """Create the demonstration with an account for each name, filled up to ``persons`` persons, and a key of
    its own. Return what the check of the file finds: invented rows have no history."""
    create.write(path)
    with closing(connection.open_file(path)) as db:
        ((existing,),) = db.execute("SELECT count(*) FROM person").fetchall()
    if persons > existing:
        add_bulk_persons(path, persons - existing)
    with closing(connection.open_file(path)) as db:
        ledger.renew_secret_key(db)  # with the printed key, nothing but the demonstration is published
        for name in names:
            accounts.set_password(db, accounts.create(db, login_of(name), name, Role, "Essai"), PASSWORD)
        return set(check(db))


def broken(path: Path, before: set[str]) -> list[str]:
    """Return what the check of the file finds and did not find before."""
    with closing(connection.open_file(path)) as db:
        return [problem for problem in check(db) if problem not in before]


def lost_texts(path: Path, saved: dict[tuple[str, int, str], list[tuple[int, str]]]) -> list[str]:
    """Return the acknowledged saves that the file does not have.

    ``saved``: for each table, row and field, the versions and texts that were acknowledged. Each text must be in the
    history at its version, and the row must hold what the history says last, which may be a save without an answer.
    """
    lost = []
    with closing(connection.open_file(path)) as db:
        for (table, row, name), texts in saved.items():
            sql = "SELECT version, after FROM history WHERE table_name = ? AND row_id = ?"
            known = {version: json.loads(after) for version, after in db.execute(sql, (table, row)).fetchall()}
            missing = [text for version, text in texts if known.get(version, {}).get(name) != text]
            (now,) = db.execute(f'SELECT "{name}" FROM "{table}" WHERE id = ?', (row,)).fetchone()
            last = max((version for version, after in known.items() if name in after), default=0)
            if missing or now != known.get(last, {}).get(name):
                lost.append(f"{table} n° {row}, {name}: {len(missing)} of {len(texts)} not in the history; now {now!r}")
    return lost


def highest_ids(path: Path, tables: Iterable[str]) -> dict[str, int]:
    """Return the highest id of each table."""
    with closing(connection.open_file(path)) as db:
        one: dict[str, Any] = {table: db.execute(f'SELECT max(id) FROM "{table}"').fetchone() for table in tables}
        return {table: row[0] for table, row in one.items()}
