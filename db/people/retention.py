"""Retention: files without contact for long enough are proposed for the archives, then for erasure; expired access
lines are removed.

Only expired access lines go automatically; an administrator confirms every file from a list. The delays are settings.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from db.model import contract_rules, domain_rules
from db.model.dictionary import CER, STAGE, TABLES
from db.model.office import Office
from db.model.types import Date
from db.rows import access_log, records, transactions
from db.rows.records import Edit
from db.storage import audit_chain

_PLANNED = frozenset({"due_on", "next_update_on", "planned_on"})
"""Dates that are planned; nothing need have happened on them."""
_RUNNING = {STAGE.name: domain_rules.in_force("t", ":today"), CER.name: contract_rules.contract_in_force("t", ":today")}
"""What counts as contact as long as it is in force. Rights do not: they are rarely closed when somebody leaves."""


@dataclass(frozen=True)
class Kept:
    """One person's file. ``last_contact``: the last ISO day on which anything happened; today while a stage or contract
    is in force (``running``)."""

    person_id: int
    version: int
    name: str
    last_contact: str
    archived_on: str | None
    deleted: bool
    running: bool = False


def of_person(db: Office, person_id: int, today: str) -> Kept | None:
    """Return one person's file, deleted or not; None once it is erased."""
    return next(iter(_kept(db, today, "p.id = :person", person=person_id)), None)


def to_archive(db: Office, today: str) -> list[Kept]:
    """Return the files without contact for the delay of the settings, longest first."""
    return _kept(
        db, today, f"p.deleted_at IS NULL AND p.archived_on IS NULL AND last_contact < {_before('archive_months')}"
    )


def archived(db: Office, today: str) -> list[Kept]:
    """Return the archived files whose delay has not ended."""
    expired = {one.person_id for one in to_erase(db, today)}
    files = _kept(db, today, "p.deleted_at IS NULL AND p.archived_on IS NOT NULL")
    return [one for one in files if one.person_id not in expired]


def to_erase(db: Office, today: str) -> list[Kept]:
    """Return the files archived or deleted for the delay of the settings, and not used since."""
    limit = _before("erase_months")
    return _kept(
        db,
        today,
        f"(p.archived_on <= {limit} AND last_contact <= p.archived_on)"
        f" OR (p.deleted_at IS NOT NULL AND date(p.deleted_at) <= {limit})",
    )


def archived_until(kept: Kept, archive_months: int) -> str:
    """Return the first day on which a file would be proposed for the archives if nothing happens until then."""
    year, month, day = map(int, kept.last_contact.split("-"))
    years, months = divmod(month - 1 + archive_months, 12)
    last = min(day, monthrange(year + years, months + 1)[1])
    return (date(year + years, months + 1, last) + timedelta(days=1)).isoformat()


def _before(setting: str) -> str:
    """SQL: the day that many months ago."""
    return f"date(:today, '-' || (SELECT {setting} FROM setting) || ' months')"


def _kept(db: Office, today: str, where: str, **values: object) -> list[Kept]:
    sql = f"""WITH contact (person_id, day) AS ({_contacts()}),
      latest AS (SELECT person_id, max(day) AS last_contact FROM contact GROUP BY person_id)
    SELECT p.id, p.version, p.last_name || ' ' || p.first_name, last_contact, p.archived_on, p.deleted_at IS NOT NULL,
      p.id IN ({_running("person_id")})
    FROM person p JOIN latest ON latest.person_id = p.id WHERE {where} ORDER BY last_contact, p.id"""
    rows = db.execute(sql, {"today": today, **values}).fetchall()
    return [
        Kept(number, version, name, last, put, bool(gone), bool(runs))
        for number, version, name, last, put, gone, runs in rows
    ]


def _running(columns: str) -> str:
    """SQL: ``columns`` of the stages and contracts in force today."""
    return " UNION ALL ".join(f"SELECT {columns} FROM {name} t WHERE {runs}" for name, runs in _RUNNING.items())


def _contacts() -> str:
    """SQL: (person, day) of everything that happened; the creation of a file counts as well."""
    parts = [
        "SELECT row_id, min(substr(at, 1, 10)) FROM history"
        " WHERE table_name = 'person' AND action = 'insert' GROUP BY row_id"
    ]
    for table in TABLES.values():
        if table.belongs_to_person:
            days = [field.name for field in table.fields if isinstance(field.type, Date) and field.name not in _PLANNED]
            parts += [
                f'SELECT person_id, {day} FROM "{table.name}" WHERE deleted_at IS NULL AND {day} <= :today'
                for day in days
            ]
    return " UNION ALL ".join([*parts, _running("person_id, :today")])


# ---- the archives


def archive(db: Office, files: Iterable[Kept], day: str, who: str) -> None:
    """Archive files, all or none: hidden from lists, still counted. Raises as ``records.save_all``."""
    _set_archived(db, files, day, who)


def bring_back(db: Office, files: Iterable[Kept], who: str) -> None:
    """Take files out of the archives, all or none. Raises as ``records.save_all``."""
    _set_archived(db, files, None, who)


def _set_archived(db: Office, files: Iterable[Kept], day: str | None, who: str) -> None:
    edits = [Edit({"archived_on": day}, one.person_id, one.version) for one in files]
    records.save_all(db, db.tables["person"], edits, who)


# ---- traces


def purge_traces(db: Office) -> int:
    """Remove access lines older than the settings allow; their seals stay. Return how many were removed."""
    with transactions.writing(db):
        old = "at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || (SELECT trace_months FROM setting) || ' months')"
        lines = [row[0] for row in db.execute(f"SELECT id FROM trace WHERE {old}").fetchall()]
        if lines:
            db.execute(f"DELETE FROM trace WHERE {old}")
            audit_chain.unsalt(db, "trace", lines)
            access_log.add(db, "Palette", "purge", detail=f"{len(lines)} traces")
    return len(lines)
