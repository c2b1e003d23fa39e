"""The rules of the domain as SQL: who is in the portfolio, what is left under the ceiling, who may be oriented.

Each fragment is written once; triggers, computed columns and figures use it. ``:today`` (or ``:day``) is an ISO date.
Source: docs/domain.md § 3 and § 4.
"""

import sqlite3
from typing import Any

from db.model.lists import NOT_ORIENTED


def in_force(row: str, day: str) -> str:
    """SQL: the dated row is in force on that day (both ends inclusive, an empty end still runs) and not deleted."""
    return (
        f"{row}.deleted_at IS NULL AND {row}.starts_on <= {day} AND ({row}.ends_on IS NULL OR {row}.ends_on >= {day})"
    )


def overlap(first: str, second: str) -> str:
    """SQL: the two dated rows, neither deleted, share at least one day."""
    return (
        f"{first}.deleted_at IS NULL AND {second}.deleted_at IS NULL"
        f" AND {first}.starts_on <= coalesce({second}.ends_on, '9999')"
        f" AND {second}.starts_on <= coalesce({first}.ends_on, '9999')"
    )


def replaced(row: str, day: str) -> str:
    """SQL: a signed contract that replaces this one has begun by that day."""
    return (
        f"EXISTS (SELECT 1 FROM cer n WHERE n.replaces_id = {row}.id AND n.deleted_at IS NULL"
        f" AND n.signed_on IS NOT NULL AND n.starts_on <= {day})"
    )


ALONE = {
    "stage": "other.kind = NEW.kind",
    "benefit": "1",
    "board": "1",
    # A contract without an end ends for good where the one that replaces it begins.
    "cer": (
        "NEW.replaces_id IS NOT other.id AND other.replaces_id IS NOT NEW.id"
        f" AND NOT {replaced('other', 'NEW.starts_on')} AND NOT {replaced('NEW', 'other.starts_on')}"
    ),
}
"""Table -> SQL on NEW and other: two such rows of one person may not share a day."""


def overlaps_same_person(table: str) -> str:
    """SQL on NEW: another row of the same person that ALONE excludes shares a day with it."""
    return (
        f"EXISTS (SELECT 1 FROM {table} other WHERE other.person_id = NEW.person_id AND other.id <> NEW.id"
        f" AND {overlap('NEW', 'other')} AND ({ALONE[table]}))"
    )


def age(born: str, day: str) -> str:
    """SQL: whole years from a birth date to a day."""
    return f"(substr({day}, 1, 4) - substr({born}, 1, 4) - (substr({day}, 6) < substr({born}, 6)))"


LAST_CONTACT = (
    "(SELECT max(i.happened_on) FROM intervention i"
    " WHERE i.person_id = t.id AND i.deleted_at IS NULL AND i.happened_on <= :today)"
)


def in_stage(person: str, kind: str) -> str:
    """SQL: the person has a stage of that kind in force."""
    stage = f"s.person_id = {person} AND s.kind = '{kind}' AND {in_force('s', ':today')}"
    return f"EXISTS (SELECT 1 FROM stage s WHERE {stage})"


def _left_open(row: str) -> str:
    """SQL: the diagnostic is not completed, nor is one that the person began later."""
    return (
        f"({row}.completed_on IS NULL AND NOT EXISTS (SELECT 1 FROM diagnostic d WHERE d.person_id = {row}.person_id"
        f" AND d.deleted_at IS NULL AND d.completed_on IS NOT NULL AND d.started_on > {row}.started_on))"
    )


DIAGNOSTIC_BESIDE_ACCOMPANIMENT = f"({_left_open('t')} AND {in_stage('t.person_id', 'accompaniment')})"
DIAGNOSTIC_PENDING = (
    f"((t.completed_on IS NULL AND {in_stage('t.person_id', 'diagnostic')}) OR {DIAGNOSTIC_BESIDE_ACCOMPANIMENT})"
)
"""An uncompleted diagnostic of a person who is in neither stage was given up and is not pending."""
STAGE_BESIDE_ACCOMPANIMENT = (
    f"(t.kind = 'diagnostic' AND {in_force('t', ':today')} AND {in_stage('t.person_id', 'accompaniment')})"
)
PERSON_DIAGNOSTIC_LEFT_OPEN = (
    f"({in_stage('t.id', 'accompaniment')} AND ({in_stage('t.id', 'diagnostic')}"
    f" OR EXISTS (SELECT 1 FROM diagnostic o WHERE o.person_id = t.id AND o.deleted_at IS NULL AND {_left_open('o')})))"
)
"""A diagnostic, or a stage of diagnosis, is still open beside the accompaniment."""

ACTION_LATE = "(t.due_on < :today AND t.state IN ('todo', 'doing'))"

AID_DAY = "coalesce({aid}.decided_on, {aid}.requested_on)"


def counts_under_ceiling(aid: str) -> str:
    """SQL: the aid counts towards the ceiling: granted and not deleted."""
    return f"{aid}.deleted_at IS NULL AND {aid}.decision = 'granted'"


def same_ceiling_period(day: str, on: str) -> str:
    """SQL: ``day`` lies in the ceiling's period that contains ``on``; a setting says which period."""
    return (
        "CASE (SELECT aid_ceiling_period FROM setting)"
        f" WHEN 'calendar_year' THEN strftime('%Y', {day}) = strftime('%Y', {on})"
        # From the next day, so that the year that ends on 29 February begins on 1 March.
        f" WHEN 'rolling' THEN {day} >= date({on}, '+1 day', '-12 months') AND {day} <= {on}"
        " ELSE 1 END"
    )


def granted(person: str, on: str, but: str = "NULL") -> str:
    """SQL: cents granted to a person over the ceiling's period that contains ``on``, without the aid ``but``."""
    day = AID_DAY.format(aid="a")
    return (
        f"coalesce((SELECT sum(a.granted) FROM aid a WHERE a.person_id = {person} AND a.id IS NOT {but}"
        f" AND {counts_under_ceiling('a')} AND {same_ceiling_period(day, on)}), 0)"
    )


AID_LEFT = f"max(0, (SELECT aid_ceiling FROM setting) - {granted('t.id', ':today')})"
AID_LEFT_IF_GRANTED = (
    "iif(t.decision = 'pending' AND t.requested IS NOT NULL, (SELECT aid_ceiling FROM setting)"
    f" - {granted('t.person_id', AID_DAY.format(aid='t'))} - t.requested, NULL)"
)
"""What would be left of the ceiling if the aid were granted in full; below zero when that would pass it."""
AID_LEFT_OF_ROW = f"max(0, (SELECT aid_ceiling FROM setting) - {granted('t.person_id', AID_DAY.format(aid='t'))})"


def most_granted(person: str, day: str, but: str) -> str:
    """SQL: cents granted, without the aid ``but``, in the fullest of the ceiling's periods that contain ``day``. A
    rolling year that ends later also contains ``day``: a back-dated aid must not overfill it."""
    other = AID_DAY.format(aid="o")
    return f"""(SELECT max({granted(person, "ending.day", but)}) FROM (
    SELECT {day} AS day UNION SELECT {other} FROM aid o WHERE o.person_id = {person} AND {counts_under_ceiling("o")}
      AND {other} >= {day} AND {same_ceiling_period(day, other)}) ending)"""


PASSES_CEILING = f"""{counts_under_ceiling("NEW")} AND NEW.override_reason IS NULL
  AND NEW.granted + {most_granted("NEW.person_id", AID_DAY.format(aid="NEW"), but="NEW.id")}
    > (SELECT aid_ceiling FROM setting)"""

CEILING_NO_WORSE = (
    f"{counts_under_ceiling('OLD')} AND NEW.person_id = OLD.person_id AND NEW.granted <= OLD.granted"
    f" AND {AID_DAY.format(aid='NEW')} = {AID_DAY.format(aid='OLD')}"
    " AND (NEW.override_reason IS NOT NULL) = (OLD.override_reason IS NOT NULL)"
)

# Orientation. Each reason is SQL over the columns of `o`: the request, with the person's birth date and mobility.
_REASONS = {
    "age": age("o.birth_date", "o.requested_on") + " >= 60",
    "elsewhere": "o.accompanied_elsewhere = 1",
    "mobility": "o.needs_mobility = 1 AND (o.licence = 0 OR o.vehicle = 0)",
    "food_job": "o.food_job = 1",
}
_UNANSWERED = {
    "birth_date": "o.birth_date IS NULL",
    "accompanied_elsewhere": "o.accompanied_elsewhere IS NULL",
    "needs_mobility": "o.needs_mobility IS NULL",
    "licence": "o.needs_mobility = 1 AND o.licence IS NULL",
    "vehicle": "o.needs_mobility = 1 AND o.vehicle IS NULL",
    "food_job": "o.food_job IS NULL",
}
"""Field of the request or of the person -> SQL: what it would tell of the criteria is not known."""


def _request(row: str) -> str:
    return (
        f"(SELECT {row}.requested_on, {row}.accompanied_elsewhere, {row}.needs_mobility, {row}.food_job, p.birth_date,"
        f" p.licence, p.vehicle FROM person p WHERE p.id = {row}.person_id) o"
    )


_ANY_REASON = " OR ".join(f"coalesce({sql}, 0)" for sql in _REASONS.values())
_QUESTIONS = " + ".join(f"coalesce({sql}, 0)" for sql in _UNANSWERED.values())
_COMPUTED = (
    f"CASE WHEN {_ANY_REASON} THEN 'no' WHEN {_QUESTIONS} = 0 THEN 'yes' ELSE 'unanswered_' || ({_QUESTIONS}) END"
)


def verdict(row: str) -> str:
    """SQL: the verdict or what overrides it: « no » as soon as one criterion holds, « yes » once all are known not to,
    otherwise how many questions are unanswered."""
    return f"coalesce({row}.override, (SELECT {_COMPUTED} FROM {_request(row)}))"


VERDICT = verdict("t")
_REASON_CODES = ", ".join(f"iif({sql}, '{code}', NULL)" for code, sql in _REASONS.items())
VERDICT_REASONS = (
    f"(SELECT nullif(json_group_array(r.value), '[]') FROM {_request('t')}, json_each(json_array({_REASON_CODES})) r"
    " WHERE r.value IS NOT NULL)"
)
VERDICT_OPEN = f"({VERDICT} NOT IN ('yes', 'no'))"

_NOT_PLACED = f"""NOT EXISTS (SELECT 1 FROM stage s WHERE s.person_id = t.id AND s.deleted_at IS NULL
    AND s.starts_on <= :today)
  AND NOT EXISTS (SELECT 1 FROM exit e WHERE e.person_id = t.id AND e.deleted_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM orientation r WHERE r.person_id = t.id AND r.deleted_at IS NULL
    AND r.decided_on IS NOT NULL AND {verdict("r")} = 'no')"""
"""No stage has begun, and nothing says that none is to: the person must not be lost from sight."""
STATE = f"""CASE (
  SELECT min(CASE s.kind WHEN 'accompaniment' THEN iif(s.mode = 'light', 2, 1) WHEN 'diagnostic' THEN 3 ELSE 4 END)
  FROM stage s WHERE s.person_id = t.id AND {in_force("s", ":today")})
WHEN 1 THEN 'accompanied' WHEN 2 THEN 'light' WHEN 3 THEN 'in_diagnosis' WHEN 4 THEN 'one_off'
ELSE iif({_NOT_PLACED}, 'new', 'outside') END"""


def verdict_reasons(db: sqlite3.Connection, values: dict[str, Any]) -> list[str]:
    """Return why a request is not oriented to the officer, as French sentences of the source; empty when no criterion
    is known to hold. ``values``: the request's fields as typed so far, with ``person_id`` and ``requested_on``; nothing
    need be saved."""
    found = _of_request(db, values, _REASONS)
    return [label for label, holds in zip(NOT_ORIENTED.values.values(), found, strict=False) if holds]


def unanswered(db: sqlite3.Connection, values: dict[str, Any]) -> list[str]:
    """Return the names of the fields, of the request or of its person, without which the verdict cannot be computed.
    ``values``: as of ``verdict_reasons``."""
    found = _of_request(db, values, _UNANSWERED)
    return [name for name, is_open in zip(_UNANSWERED, found, strict=False) if is_open]


def _of_request(db: sqlite3.Connection, values: dict[str, Any], conditions: dict[str, str]) -> tuple[int, ...]:
    """Return whether each condition holds; nothing for an unknown person."""
    names = ("person_id", "requested_on", "accompanied_elsewhere", "needs_mobility", "food_job")
    source = ", ".join(f":{name} AS {name}" for name in names)
    columns = ", ".join(f"coalesce({sql}, 0)" for sql in conditions.values())
    row: tuple[int, ...] | None = db.execute(
        f"WITH o AS (SELECT t.*, p.birth_date, p.licence, p.vehicle FROM (SELECT {source}) t"
        f" JOIN person p ON p.id = t.person_id) SELECT {columns} FROM o",
        {name: values.get(name) for name in names},
    ).fetchone()
    return row or ()


# Figures (domain.md § 4). A figure is taken over a period, its first and last day inclusive; a day is a period of one.
FOLLOWED = ("diagnostic", "accompaniment")
"""The stages that put a person in the portfolio; a one-off request does not."""

BAC2_OR_OVER = ("bac2", "licence", "master", "doctorate")


def in_force_during(row: str, first: str, last: str) -> str:
    """SQL: the dated row is in force on at least one day of the period and not deleted."""
    return (
        f"{row}.deleted_at IS NULL AND {row}.starts_on <= {last}"
        f" AND ({row}.ends_on IS NULL OR {row}.ends_on >= {first})"
    )


def days_within(row: str, first: str, last: str) -> str:
    """SQL: the number of days of the period on which the dated row is in force; for a row in force during it."""
    end = f"min(coalesce({row}.ends_on, {last}), {last})"
    return f"(julianday({end}) - julianday(max({row}.starts_on, {first})) + 1)"


def months(since: str, day: str) -> str:
    """SQL: whole months from a date to a day."""
    years, rest = (f"(substr({day}, {part}) - substr({since}, {part}))" for part in ("1, 4", "6, 2"))
    return f"({years} * 12 + {rest} - (substr({day}, 9) < substr({since}, 9)))"


CEILING_WAS_OVERRIDDEN = (
    "EXISTS (SELECT 1 FROM aid o WHERE o.person_id = NEW.person_id AND o.override_reason IS NOT NULL"
    f" AND {counts_under_ceiling('o')})"
)
"""An override makes the person's other aids look above the ceiling, although each was rightly saved."""
