"""Snapshots (« bilans figés »): the numbers of a report, kept with the version of the definitions, the date and the
author.

Triggers refuse to change or delete them (db/storage/system_tables.py), so that a figure given to the council can be
explained.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.base import instants
from db.base.errors import InvalidError, NotFoundError, Problem
from db.base.french import french_instant
from db.figures.definitions import VERSION
from db.figures.periods import Period, period_of
from db.model.office import Office
from db.rows import long_writes

LONGEST_NOTE = 120


@dataclass(frozen=True)
class Frozen:
    """A frozen report. ``at``: an ISO moment in UTC; ``known_on``: the ISO day of « ce que l’on savait », or ''."""

    id: int
    at: str
    who: str
    period: Period
    known_on: str
    note: str
    version: int
    numbers: Mapping[str, Any]
    """As ``counting.plain`` returns them."""

    @property
    def moment(self) -> str:
        """« 06/03/2023 à 14:32 », in the server's time zone."""
        return french_instant(self.at)


def freeze(db: Office, period: Period, numbers: Mapping[str, Any], who: str, known_on: str = "", note: str = "") -> int:
    """Store these numbers of a period and return the id. Raises InvalidError for a note that is too long,
    BusyError during a long write."""
    if len(note) > LONGEST_NOTE:
        raise InvalidError([Problem(f"Pour mémoire : {LONGEST_NOTE} caractères au plus.")])
    long_writes.refuse_in_part(db)
    row = db.execute(
        "INSERT INTO frozen (at, who, period, known_on, note, version, numbers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (instants.now(), who, period.code, known_on, note.strip(), VERSION, json.dumps(numbers, ensure_ascii=False)),
    ).fetchone()
    return int(row[0])


def of_file(db: Office) -> list[Frozen]:
    """Return every frozen report, latest first."""
    return [_read(row) for row in db.execute(f"{_SELECT} ORDER BY id DESC").fetchall()]


def get(db: Office, frozen_id: int) -> Frozen:
    """Return one frozen report. Raises NotFoundError."""
    row = db.execute(f"{_SELECT} WHERE id = ?", (frozen_id,)).fetchone()
    if row is None:
        raise NotFoundError("Ce bilan figé n’existe pas.")
    return _read(row)


_SELECT = "SELECT id, at, who, period, known_on, note, version, numbers FROM frozen"


def _read(row: tuple[Any, ...]) -> Frozen:
    number, at, who, period, known_on, note, version, numbers = row
    return Frozen(number, at, who, period_of(period), known_on, note, version, json.loads(numbers))
