"""A large invented office file, written quickly, for benchmarks and stress tests; for a readable one, see db/demo.

The domain rules hold in it. The rows have no history.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from db.demo.names import SURNAMES, first_names
from db.demo.paths import SEED
from db.demo.places import TOWNS
from db.demo.profiles import SHARES
from db.demo.texts import CONTRACTS, CRAFTS, FOLLOW_UP, PEOPLE
from db.model.dictionary import TABLES
from db.model.office import Office
from db.storage import connection, ddl, upgrade

SIGNATURE = "Fichier d’essai"
_BATCH = 4_000
_SPEED = (
    "journal_mode = OFF",
    "foreign_keys = OFF",
    "synchronous = OFF",
    "cache_size = -400000",
    "temp_store = MEMORY",
)
"""Without journal and sync: after a failure the file is simply written again."""

_REFERENCES = {"person_id": "person", "cer_id": "cer", "replaces_id": "cer"}

Row = tuple[str, dict[str, Any]]


def write_bulk_office(path: Path, persons: int, today: date | None = None) -> None:
    """Create an office file with ``persons`` persons, nine in ten of them followed today. Raises FileExistsError."""
    connection.create(path).close()
    add_bulk_persons(path, persons, today)


def add_bulk_persons(path: Path, persons: int, today: date | None = None) -> None:
    """Add that many persons to an office file that nobody else has open."""
    db = connection.open_file(path)
    try:
        for pragma in _SPEED:
            db.execute(f"PRAGMA {pragma}")
        _drop_triggers_and_indexes(db)
        _fill(db, _rows(persons, today or date.today()))
        upgrade.upgrade(db)
        db.execute("PRAGMA journal_mode = WAL")
    finally:
        db.close()


def _drop_triggers_and_indexes(db: Office) -> None:
    """Drop triggers, indexes and search tables; ``upgrade`` creates them after the inserts, which is much faster."""
    statements = ddl.actual(db)
    for kind in ("TRIGGER", "INDEX", "VIRTUAL TABLE"):
        for name, sql in statements.items():
            if sql.startswith(f"CREATE {kind}"):
                db.execute(f"DROP {kind.split()[-1]} {name}")


def _fill(db: Office, rows: Iterator[Row]) -> None:
    """Insert the rows in batches, with one statement per table and set of columns, after those that are there."""
    before = {table: db.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"').fetchone()[0] for table in TABLES}
    numbers = dict(before)
    db.execute("BEGIN IMMEDIATE")
    while batch := list(islice(rows, _BATCH * 16)):
        tables: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for table, values in batch:
            numbers[table] += 1
            values |= {"id": numbers[table], "changed_by": SIGNATURE}
            values |= {name: values[name] + before[of] for name, of in _REFERENCES.items() if values.get(name)}
            tables.setdefault((table, *values), []).append(values)
        for (table, *names), same in tables.items():
            marks = ", ".join(f":{name}" for name in names)
            db.executemany(f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({marks})', same)
    db.execute("COMMIT")


class _Calendar:
    """ISO dates by number of days before today, negative for the future."""

    def __init__(self, today: date) -> None:
        self._days = {back: (today - timedelta(days=back)).isoformat() for back in range(-1_200, 27_000)}

    def __call__(self, back: int) -> str:
        return self._days[back]


def _rows(persons: int, today: date) -> Iterator[Row]:
    rng, day = Random(f"{SEED} many"), _Calendar(today)
    contracts = 0
    for person in range(1, persons + 1):
        since, kind = rng.randint(150, 2_400), rng.random()
        if kind < 0.12:
            since = rng.randint(0, 70)
        left = rng.randint(1, since - 120) if kind > 0.9 else None
        yield "person", _person(rng, day, person, since)
        yield "orientation", _orientation(rng, day, person, since)
        yield from _benefits(day, person, since, left)
        yield from _diagnosis(rng, day, person, since)
        if since > 70:
            yield from _accompaniment(rng, day, person, since - 71, left)
            signed = list(_contracts(rng, day, person, since - 71, left, contracts))
            contracts += len(signed)
            yield from signed
            yield "action", _action(rng, day, person, since, contracts)
            yield from _aids(rng, day, person, since - 71, left or 0)
        yield from _interventions(rng, day, person, since, left or 0)


def _person(rng: Random, day: _Calendar, person: int, since: int) -> dict[str, Any]:
    gender = "woman" if rng.random() < 0.46 else "man"
    craft, (postcode, town, territory) = rng.choice(CRAFTS), rng.choice(TOWNS)
    age = rng.randint(22, 57)
    return {
        "last_name": rng.choice(SURNAMES),
        "first_name": rng.choice(_FIRST[gender]),
        "birth_date": day(since + age * 365 + rng.randint(20, 350)),
        "gender": gender,
        "phone": f"+3363998{person % 10_000:04d}",
        "email": f"personne{person}@exemple.fr",
        "postcode": postcode,
        "town": town,
        "territory": territory,
        "domain": craft.domain,
        "craft": craft.name[gender == "woman"].capitalize(),
        "activity": "declared",
        "household": rng.choice(_HOUSEHOLDS),
        "education": rng.choice(_EDUCATIONS),
        "origin": rng.choice(_ORIGINS),
        "licence": 1,
        "vehicle": 1,
        "rsa_entry_on": day(since + rng.randint(30, 1_500)),
        "agent": "cipa",
    }


_FIRST = {gender: first_names(gender) for gender in ("woman", "man")}
_HOUSEHOLDS, _EDUCATIONS, _ORIGINS = (
    [value for value, share in SHARES[name].items() for _ in range(share)]
    for name in ("household", "education", "origin")
)


def _orientation(rng: Random, day: _Calendar, person: int, since: int) -> dict[str, Any]:
    return {
        "person_id": person,
        "requested_on": day(since + 20),
        "prescriber": rng.choice(("social", "insertion", "self")),
        "referrer": rng.choice(PEOPLE["orientation"]["referrers"]["cahors"]),
        "needs_mobility": rng.randint(0, 1),
        "decided_on": day(since + 12),
    }


def _benefits(day: _Calendar, person: int, since: int, left: int | None) -> Iterator[Row]:
    end = None if left is None else day(left)
    yield (
        "benefit",
        {"person_id": person, "kind": "rsa", "subject_to_duties": 1, "starts_on": day(since + 25), "ends_on": end},
    )
    if left is not None:
        start = day(left - 1)
        yield (
            "benefit",
            {"person_id": person, "kind": "none", "subject_to_duties": 0, "starts_on": start, "ends_on": None},
        )


def _diagnosis(rng: Random, day: _Calendar, person: int, since: int) -> Iterator[Row]:
    ended = day(since - 70) if since > 70 else None
    yield "stage", {"person_id": person, "kind": "diagnostic", "starts_on": day(since), "ends_on": ended}
    craft, pools = rng.choice(CRAFTS), PEOPLE["diagnostic"]
    values = {"person_id": person, "started_on": day(since), "completed_on": ended, "skills": craft.skills[0]}
    values |= {"potential": craft.potential[0], "resources": rng.choice(pools["resources"]).format(work=craft.work)}
    values |= {"obstacles": rng.choice(('["money"]', '["mobility", "money"]', '["isolation", "workplace"]'))}
    yield (
        "diagnostic",
        values | {"outcome": "accompaniment" if ended else None, "levers": '["network"]' if ended else None},
    )


def _accompaniment(rng: Random, day: _Calendar, person: int, since: int, left: int | None) -> Iterator[Row]:
    last = left or 0
    switch = rng.randint(last + 1, since - 1) if since - last > 200 and rng.random() < 0.4 else None
    spells = [("standard", since, left)]
    if switch is not None:
        spells = [("standard", since, switch + 1), ("light", switch, left)]
    for mode, first, until in spells:
        values = {"person_id": person, "kind": "accompaniment", "mode": mode, "starts_on": day(first)}
        yield "stage", values | {"ends_on": None if until is None else day(until)}
    if left is not None:
        reason = rng.choice(("income", "job", "intermittent"))
        yield "exit", {"person_id": person, "left_on": day(left), "scope": "rsa", "reason": reason}


def _contracts(rng: Random, day: _Calendar, person: int, since: int, left: int | None, last_id: int) -> Iterator[Row]:
    """Yield one to three successive contracts; the last one is still running unless the person left."""
    pools, number = CONTRACTS["contract"], min(3, 1 + (since - (left or 0)) // 400)
    length = (since - (left or 0)) // number
    for index in range(number):
        first = since - index * length
        ends = first - length + 1 if index < number - 1 or left is not None else first - max(length, 60) - 200
        yield (
            "cer",
            {
                "person_id": person,
                "kind": "engagement" if day(first) >= "2025" else "cer",
                "rank": ("update" if day(first) >= "2025" else "renewal") if index else "first",
                "replaces_id": last_id + index if index else None,
                "signed_on": day(first),
                "starts_on": day(first),
                "ends_on": day(ends),
                "objectives": rng.choice(pools["aims"]).format(
                    craft="artiste", of_craft="d’artiste", place="un atelier"
                ),
                "person_commitments": rng.choice(pools["person"]),
                "office_commitments": rng.choice(pools["office"]),
            },
        )


def _action(rng: Random, day: _Calendar, person: int, since: int, contract: int) -> dict[str, Any]:
    domain = rng.choice(("coaching", "paperwork", "company", "accounting", "job"))
    objective, obstacle = rng.choice(CONTRACTS["actions"][domain])
    values = {
        "person_id": person,
        "cer_id": contract,
        "objective": objective.format(work="pièces"),
        "obstacle": obstacle,
    }
    state = rng.choice(("todo", "doing", "done", "done", "done"))
    return values | {"domain": domain, "due_on": day(since - rng.randint(80, 300)), "state": state}


def _aids(rng: Random, day: _Calendar, person: int, since: int, last: int) -> Iterator[Row]:
    """Yield one to three aids of at most 280 €, together under the ceiling."""
    for _ in range(rng.randint(1, 3)):
        requested = rng.randint(last, since)
        decision = rng.choice(("granted", "granted", "granted", "refused", "pending"))
        cents = rng.randint(8, 28) * 10_00
        yield (
            "aid",
            {
                "person_id": person,
                "requested_on": day(requested),
                "type": rng.choice(("equipment", "training", "mobility", "communication", "venue")),
                "requested": cents,
                "decision": decision,
                "granted": cents if decision == "granted" else None,
                "decided_on": None if decision == "pending" else day(requested),
            },
        )


def _interventions(rng: Random, day: _Calendar, person: int, since: int, last: int) -> Iterator[Row]:
    for _ in range(rng.randint(1, 3)):
        domain = rng.choice(("coaching", "paperwork", "training", "job", "funds"))
        yield (
            "intervention",
            {
                "person_id": person,
                "happened_on": day(rng.randint(min(last, since), since)),
                "domain": domain,
                "kind": rng.choice(("meeting", "phone", "mail")),
                "minutes": rng.choice((15, 30, 45, 60)),
                "note": rng.choice(FOLLOW_UP["notes"][domain]).format(work="pièces", craft="créateur"),
            },
        )
