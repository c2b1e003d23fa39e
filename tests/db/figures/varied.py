"""Large made-up offices full of edge cases, for the recount in pandas (tests/db/figures/recount.py)."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd

from benchmarks import bulk_office
from db.model.office import Office
from db.storage import connection
from tests.db.factories import drop_rules, insert, insert_aid, insert_diagnostic, insert_exit, insert_stage

TODAY = date(2024, 5, 17)
PERSONS = 160
START, END = pd.Timestamp("2014-12-01"), pd.Timestamp("2027-03-31")
"""Every stage and benefit begins between them, with more than a year to spare on either side."""
TABLES = (
    "person",
    "stage",
    "benefit",
    "diagnostic",
    "cer",
    "aid",
    "exit",
    "intervention",
    "orientation",
    "action",
    "appointment",
)
LISTED = ("gender", "origin", "household", "education", "domain", "territory")
RETIRED = {"film"}


def write_varied_office(path: Path, seed: int) -> None:
    """Write a large made-up file, then vary it at random: rows deleted, fields emptied, edge cases added."""
    bulk_office.write_bulk_office(path, PERSONS, TODAY)
    db, rng = connection.open_file(path), Random(seed)
    drop_rules(db)
    db.execute("BEGIN")
    _settings(db, seed)
    for person in range(1, PERSONS + 1):
        for vary in (_profile, _spells, _rights, _diagnostics, _exits, _aids, _contracts, _orientations, _appointments):
            if rng.random() < 0.4:
                vary(db, rng, person)
    _deletions(db, rng)
    db.execute("COMMIT")
    db.close()


def _day(rng: Random, first: str = "2016-01-01", last: str = "2025-12-31") -> str:
    """Return any day, often the first or last of a month."""
    days = pd.date_range(first, last)
    ends = days[days.is_month_end | days.is_month_start]
    return str(rng.choice(ends if rng.random() < 0.3 else days).date())


def _later(day: str, days: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days=days))


def _set(db: Office, table: str, row_id: int, **values: Any) -> None:
    pairs = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(f'UPDATE "{table}" SET {pairs} WHERE id = :id', {**values, "id": row_id})


def _profile(db: Office, rng: Random, person: int) -> None:
    values: dict[str, Any] = {name: None for name in (*LISTED, "birth_date", "rsa_entry_on") if rng.random() < 0.15}
    values |= rng.choice([{}, {"gender": "other"}, {"household": "unknown"}, {"education": "doctorate"}])
    values |= rng.choice([{}, {"birth_date": rng.choice(["1972-02-29", "2020-06-01", "1963-12-31"])}])
    values |= rng.choice([{}, {"rsa_entry_on": _day(rng)}, {"domain": rng.choice(["film", "circus", "literature"])}])
    if values:
        _set(db, "person", person, **values)


def _spells(db: Office, rng: Random, person: int) -> None:
    """Replace the stages: with gaps of a day or more, without any, of both kinds at once, and one-off requests."""
    db.execute("DELETE FROM stage WHERE person_id = ?", (person,))
    for kind in ("diagnostic", "accompaniment", "accompaniment", "one_off"):
        day = _day(rng, last="2024-12-31")
        for _ in range(rng.randint(0, 3)):
            mode = {"mode": rng.choice(["standard", "light"])} if kind == "accompaniment" else {}
            ends = None if rng.random() < 0.2 else _later(day, rng.choice([0, 1, 29, 30, 182, 365, 400]))
            insert_stage(db, person, kind, day, ends, **mode)
            if ends is None:
                break
            day = _later(ends, rng.choice([1, 1, 2, 3, 60]))


def _rights(db: Office, rng: Random, person: int) -> None:
    """Replace the benefits; none overlap; mostly « prime d’activité », often over the end of a quarter."""
    db.execute("DELETE FROM benefit WHERE person_id = ?", (person,))
    day = _day(rng, last="2023-01-01")
    for _ in range(rng.randint(1, 5)):
        ends = None if rng.random() < 0.2 else _later(day, rng.choice([10, 90, 91, 200, 500]))
        kind = rng.choice(["prime", "prime", "prime", "rsa_prime"])
        insert(db, "benefit", person_id=person, kind=kind, subject_to_duties=1, starts_on=day, ends_on=ends)
        if ends is None:
            return
        day = _later(ends, rng.choice([1, 1, 1, 2, 40]))


def _diagnostics(db: Office, rng: Random, person: int) -> None:
    day = _day(rng)
    for _ in range(rng.randint(1, 3)):
        obstacles = rng.choice([None, "[]", '["housing"]', '["money", "rights", "french"]'])
        insert_diagnostic(db, person, day, rng.choice([None, _later(day, 30)]), obstacles=obstacles)
        day = _later(day, rng.choice([0, 0, 100]))  # two of one day: the later row is the last


def _appointments(db: Office, rng: Random, person: int) -> None:
    """Add appointments of every state, and ask for news after some exits."""
    for _ in range(rng.randint(1, 6)):
        state = rng.choice(["planned", "confirmed", "came", "came", "excused", "absent", "moved"])
        insert(
            db, "appointment", person_id=person, planned_on=_day(rng), starts_at="09:00", minutes=60, way="office",
            state=state,
        )  # fmt: skip
    for row_id, left in db.execute("SELECT id, left_on FROM exit WHERE person_id = ?", (person,)).fetchall():
        became = rng.choice([None, "out", "back", "unknown"])
        _set(db, "exit", row_id, asked_on=_later(left, rng.choice([0, 180, 400])), became=became)


def _exits(db: Office, rng: Random, person: int) -> None:
    for _ in range(rng.randint(1, 2)):
        insert_exit(
            db, person, _day(rng), rng.choice(["moved", "job", "other"]), scope=rng.choice(["rsa", "accompaniment"])
        )


def _aids(db: Office, rng: Random, person: int) -> None:
    """Replace the aids: sums at the edges of the ceiling's bands; some without a day of decision, some refused."""
    db.execute("DELETE FROM aid WHERE person_id = ?", (person,))
    day = _day(rng)
    for _ in range(rng.randint(1, 3)):
        cents = rng.choice([0, 1, 449_99, 450_00, 450_01, 900_00, 900_01])
        decided: dict[str, Any] = rng.choice(
            [{}, {}, {"decided_on": None}, {"requested_on": _later(day, -90)}, {"decision": "refused"}]
        )
        kind = rng.choice(["equipment", "other", "accounting"])
        insert_aid(db, person, cents, **{"decided_on": day, "requested_on": day, "type": kind, **decided})
        day = _later(day, rng.choice([0, 100, 364, 365, 366]))


def _contracts(db: Office, rng: Random, person: int) -> None:
    """Replace the contracts, around the year 2025: drafts, some without an end, some that replace the one before, exits
    that end them; with hours, and actions of every kind."""
    db.execute("DELETE FROM action WHERE person_id = ?", (person,))
    db.execute("DELETE FROM cer WHERE person_id = ?", (person,))
    day, earlier = _day(rng, "2023-06-01", "2025-06-30"), None
    for _ in range(rng.randint(1, 4)):
        ends = None if rng.random() < 0.4 else _later(day, rng.choice([30, 182, 365]))
        earlier = insert(
            db, "cer", person_id=person, kind=rng.choice(["cer", "engagement", "engagement"]),
            starts_on=day, ends_on=ends,
            rank=rng.choice(["first", "renewal", "update"]), replaces_id=rng.choice([None, earlier]),
            signed_on=rng.choice([None, day, day, day, _later(day, -10), _later(day, 12)]),
            hours=rng.choice([None, 7, 15, 20]),
        )  # fmt: skip
        for _ in range(rng.randint(0, 3)):
            kind = rng.choice([None, "workplace", "training", "job_search", "support", "rights", "activity"])
            state = rng.choice(["todo", "doing", "done", "dropped"])
            insert(db, "action", person_id=person, cer_id=earlier, objective="Vendre", kind=kind, state=state)
        if rng.random() < 0.3:
            insert_exit(db, person, _later(day, rng.choice([-1, 0, 1, 40])), scope=rng.choice(["rsa", "accompaniment"]))
        day = _later(ends or day, rng.choice([-20, 0, 1, 60, 200]))


def _orientations(db: Office, rng: Random, person: int) -> None:
    """Add orientations that were notified, some not to the officer; signed about a month later, or not; some followed
    by an exit or by another one."""
    day = _day(rng, "2024-06-01", "2025-09-30")
    for _ in range(rng.randint(1, 3)):
        criteria: dict[str, Any] = rng.choice(
            [{}, {}, {"override": "no"}, {"food_job": 1}, {"food_job": 1, "override": "yes"}, {"needs_mobility": 1}]
        )
        notified = _later(day, rng.choice([0, 3, 20]))
        insert(db, "orientation", person_id=person, requested_on=day, notified_on=notified, **criteria)
        signed = _later(notified, rng.choice([-1, 0, 1, 27, 28, 29, 30, 31, 32, 45]))
        if rng.random() < 0.7:
            insert(db, "cer", person_id=person, kind="engagement", rank="first", signed_on=signed, starts_on=signed)
        if rng.random() < 0.2:
            insert_exit(db, person, rng.choice([notified, signed, _later(signed, -1), _later(notified, 30)]))
        day = rng.choice([day, signed, _later(notified, 10), _later(notified, 200)])


def _settings(db: Office, seed: int) -> None:
    """Vary the ceiling's period by file; add values to a list, retire one, rename one."""
    _set(db, "setting", 1, aid_ceiling_period=["all", "calendar_year", "rolling"][seed % 3])
    db.execute("UPDATE list_domain SET retired = 1 WHERE code = 'film'")
    db.execute("UPDATE list_exit_reason SET label = 'Départ du Lot' WHERE code = 'moved'")
    db.execute("INSERT INTO list_domain VALUES ('circus', 'Cirque', 6, 0), ('dance', 'Danse', 7, 0)")


def _deletions(db: Office, rng: Random) -> None:
    """Delete one row in fifteen, and one person in fifteen; a fifth of those keep rows that are not deleted."""
    moment = "2024-01-01T00:00:00Z"
    for table in TABLES[1:]:
        for (row_id,) in db.execute(f'SELECT id FROM "{table}"').fetchall():
            if rng.random() < 1 / 15:
                _set(db, table, row_id, deleted_at=moment)
    for person in rng.sample(range(1, PERSONS + 1), PERSONS // 15):
        _set(db, "person", person, deleted_at=moment)
        for table in TABLES[1:] if rng.random() < 0.8 else ():
            db.execute(f'UPDATE "{table}" SET deleted_at = NULL WHERE person_id = ?', (person,))
