"""Insert rows of small made-up office files by plain SQL, without the defaults and checks of the product."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from db.base.errors import PaletteError
from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records
from db.rows.records import Edit, Saved
from db.storage import connection


def insert(db: Office, table: str, **values: Any) -> int:
    """Insert a row of exactly these values. Return its id."""
    names = ", ".join(values)
    placeholders = ", ".join(f":{name}" for name in values)
    row = db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({placeholders}) RETURNING id', values).fetchone()
    return int(row[0])


def insert_person(db: Office, rights: str | None = "rsa", **values: Any) -> int:
    """Insert a person subject to « droits et devoirs » since 1990, so that an accompaniment may begin on any day."""
    person = insert(db, "person", **{"last_name": "Marchand", "first_name": "Lou", "gender": "woman", **values})
    if rights:
        insert_benefit(db, person, rights, "1990-01-01")
    return person


def insert_benefit(
    db: Office, person: int, kind: str, starts_on: str, ends_on: str | None = None, **values: Any
) -> int:
    values = {"subject_to_duties": 1, **values}
    return insert(db, "benefit", person_id=person, kind=kind, starts_on=starts_on, ends_on=ends_on, **values)


def insert_stage(db: Office, person: int, kind: str, starts_on: str, ends_on: str | None = None, **values: Any) -> int:
    if kind == "accompaniment":
        values = {"mode": "standard", **values}
    return insert(db, "stage", person_id=person, kind=kind, starts_on=starts_on, ends_on=ends_on, **values)


def insert_followed_person(db: Office, **values: Any) -> int:
    """Insert a person accompanied without a break since 2015."""
    person = insert_person(db, **values)
    insert_stage(db, person, "accompaniment", "2015-01-01")
    return person


def insert_diagnostic(db: Office, person: int, started_on: str, completed_on: str | None, **values: Any) -> int:
    return insert(db, "diagnostic", person_id=person, started_on=started_on, completed_on=completed_on, **values)


def insert_contract(
    db: Office, person: int, signed_on: str | None, starts_on: str, ends_on: str | None, **values: Any
) -> int:
    values = {"kind": "cer", "rank": "first", **values}
    return insert(db, "cer", person_id=person, signed_on=signed_on, starts_on=starts_on, ends_on=ends_on, **values)


def insert_exit(db: Office, person: int, left_on: str, reason: str = "job", **values: Any) -> int:
    return insert(db, "exit", person_id=person, left_on=left_on, reason=reason, **{"scope": "rsa", **values})


def delete(db: Office, table: str, row_id: int) -> None:
    """Mark a row as deleted, as the product does; it stays in the file."""
    signed = "version = version + 1, changed_by = 'essai'"
    db.execute(f"UPDATE \"{table}\" SET deleted_at = '2023-01-01T00:00:00Z', {signed} WHERE id = ?", (row_id,))


def drop_rules(db: Office) -> None:
    """Drop the triggers that enforce the domain rules, as for a file of another program or version."""
    rules = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_rule_*'"
    for (name,) in db.execute(rules).fetchall():
        db.execute(f"DROP TRIGGER {name}")


def insert_aid(
    db: Office, person: int, granted: int | None, decided_on: str | None = "2024-05-02", **values: Any
) -> int:
    """Insert an aid of ``granted`` cents; its decision is « granted » unless ``values`` has another."""
    common = {"requested_on": decided_on, "decided_on": decided_on, "type": "equipment", "decision": "granted"}
    return insert(db, "aid", person_id=person, granted=granted, **{**common, **values})


def new_aid(person: int, granted: int, decided_on: str = "2024-05-02", **values: Any) -> Edit:
    """Return the edit by which a form or a grid saves an aid of ``granted`` cents."""
    days = {"requested_on": decided_on, "decided_on": decided_on}
    common = {"person_id": person, "type": "training", "decision": "granted", "granted": granted}
    return Edit({**common, **days, **values})


def total_granted(db: Office, person: int) -> int:
    sql = (
        "SELECT coalesce(sum(granted), 0) FROM aid WHERE person_id = ? AND decision = 'granted' AND deleted_at IS NULL"
    )
    return int(db.execute(sql, (person,)).fetchone()[0])


def save_simultaneously(path: Path, table: OfficeTable, *edits: Edit) -> list[Saved | PaletteError]:
    """Save each edit on a connection of its own, all starting together. Return the result or error of each."""
    start = threading.Barrier(len(edits))

    def save_one(index: int) -> Saved | PaletteError:
        db = connection.open_file(path)
        start.wait()
        try:
            return records.save(db, table, edits[index], f"Agent {index}")
        except PaletteError as error:
            return error
        finally:
            db.close()

    with ThreadPoolExecutor(len(edits)) as agents:
        return list(agents.map(save_one, range(len(edits))))
