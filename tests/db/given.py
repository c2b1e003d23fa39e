"""Small made-up office files for tests, filled by plain SQL: what a test says, nothing that Palette decides."""

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


def given(db: Office, table: str, **values: Any) -> int:
    """A row as it stands, whatever the screens would have made of it. Returns its id."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    row = db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING id', values).fetchone()
    return int(row[0])


def given_person(db: Office, rights: str | None = "rsa", **values: Any) -> int:
    """A person, subject to « droits et devoirs » since long ago so that an accompaniment may begin on any day."""
    person = given(db, "person", **{"last_name": "Marchand", "first_name": "Lou", "gender": "woman", **values})
    if rights:
        given_benefit(db, person, rights, "1990-01-01")
    return person


def given_benefit(db: Office, person: int, kind: str, starts_on: str, ends_on: str | None = None, **values: Any) -> int:
    values = {"subject_to_duties": 1, **values}
    return given(db, "benefit", person_id=person, kind=kind, starts_on=starts_on, ends_on=ends_on, **values)


def given_stage(db: Office, person: int, kind: str, starts_on: str, ends_on: str | None = None, **values: Any) -> int:
    if kind == "accompaniment":
        values = {"mode": "standard", **values}
    return given(db, "stage", person_id=person, kind=kind, starts_on=starts_on, ends_on=ends_on, **values)


def given_followed(db: Office, **values: Any) -> int:
    """Somebody accompanied without a break since 2015."""
    person = given_person(db, **values)
    given_stage(db, person, "accompaniment", "2015-01-01")
    return person


def given_diagnostic(db: Office, person: int, started_on: str, completed_on: str | None, **values: Any) -> int:
    return given(db, "diagnostic", person_id=person, started_on=started_on, completed_on=completed_on, **values)


def given_cer(db: Office, person: int, signed_on: str, starts_on: str, ends_on: str, **values: Any) -> int:
    values = {"kind": "cer", "rank": "first", **values}
    return given(db, "cer", person_id=person, signed_on=signed_on, starts_on=starts_on, ends_on=ends_on, **values)


def given_exit(db: Office, person: int, left_on: str, reason: str = "job", **values: Any) -> int:
    return given(db, "exit", person_id=person, left_on=left_on, reason=reason, **{"scope": "rsa", **values})


def delete(db: Office, table: str, row_id: int) -> None:
    """Delete a row as Palette does: it stays in the file, marked."""
    signed = "version = version + 1, changed_by = 'essai'"
    db.execute(f"UPDATE \"{table}\" SET deleted_at = '2023-01-01T00:00:00Z', {signed} WHERE id = ?", (row_id,))


def without_rules(db: Office) -> None:
    """Let anything in from now on, as a file may hold it that another program wrote, or an older Palette."""
    rules = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_rule_*'"
    for (name,) in db.execute(rules).fetchall():
        db.execute(f"DROP TRIGGER {name}")


def given_aid(db: Office, person: int, granted: int | None, decided_on: str = "2024-05-02", **values: Any) -> int:
    """An aid of so many cents, granted unless it says otherwise."""
    common = {"requested_on": decided_on, "decided_on": decided_on, "type": "equipment", "decision": "granted"}
    return given(db, "aid", person_id=person, granted=granted, **{**common, **values})


def new_aid(person: int, granted: int, decided_on: str = "2024-05-02", **values: Any) -> Edit:
    """What a form or a grid saves: an aid of so many cents."""
    days = {"requested_on": decided_on, "decided_on": decided_on}
    common = {"person_id": person, "type": "training", "decision": "granted", "granted": granted}
    return Edit({**common, **days, **values})


def total_granted(db: Office, person: int) -> int:
    sql = (
        "SELECT coalesce(sum(granted), 0) FROM aid WHERE person_id = ? AND decision = 'granted' AND deleted_at IS NULL"
    )
    return int(db.execute(sql, (person,)).fetchone()[0])


def save_at_the_same_moment(path: Path, table: OfficeTable, *edits: Edit) -> list[Saved | PaletteError]:
    """Each edit by an agent of her own, all starting together: what each of them is told."""
    start = threading.Barrier(len(edits))

    def one(place: int) -> Saved | PaletteError:
        db = connection.open_file(path)
        start.wait()
        try:
            return records.save(db, table, edits[place], f"Agent {place}")
        except PaletteError as error:
            return error
        finally:
            db.close()

    with ThreadPoolExecutor(len(edits)) as agents:
        return list(agents.map(one, range(len(edits))))
