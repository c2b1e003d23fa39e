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


ALONE = {
    "stage": "other.kind = NEW.kind",
    "benefit": "1",
    "cer": "NEW.replaces_id IS NOT other.id AND other.replaces_id IS NOT NEW.id",
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


STATE = f"""CASE (
  SELECT min(CASE s.kind WHEN 'accompaniment' THEN iif(s.mode = 'light', 2, 1) WHEN 'diagnostic' THEN 3 ELSE 4 END)
  FROM stage s WHERE s.person_id = t.id AND {in_force("s", ":today")})
WHEN 1 THEN 'accompanied' WHEN 2 THEN 'light' WHEN 3 THEN 'in_diagnosis' WHEN 4 THEN 'one_off' ELSE 'outside' END"""

CONTRACT_END = f"(SELECT max(c.ends_on) FROM cer c WHERE c.person_id = t.id AND {in_force('c', ':today')})"
LAST_CONTACT = (
    "(SELECT max(i.happened_on) FROM intervention i"
    " WHERE i.person_id = t.id AND i.deleted_at IS NULL AND i.happened_on <= :today)"
)


def ends_soon(end: str) -> str:
    """SQL: the contract is in force today and ends within the alert delay of the settings."""
    return f"{end} BETWEEN :today AND date(:today, '+' || (SELECT contract_alert_months FROM setting) || ' months')"


CER_TO_REPLACE = f"(t.kind = 'cer' AND {in_force('t', ':today')})"
"""CER in force, to be replaced by 1 January 2027 (docs/domain.md § 2)."""

DIAGNOSTIC_PENDING = (
    "(t.completed_on IS NULL AND EXISTS (SELECT 1 FROM stage s WHERE s.person_id = t.person_id"
    f" AND s.kind = 'diagnostic' AND {in_force('s', ':today')}))"
)
"""An uncompleted diagnostic of a person who is no longer in diagnosis was given up and is not pending."""

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
_REQUEST = (
    "(SELECT t.requested_on, t.accompanied_elsewhere, t.needs_mobility, t.food_job, p.birth_date, p.licence, p.vehicle"
    " FROM person p WHERE p.id = t.person_id) o"
)
_ANY_REASON = " OR ".join(f"coalesce({sql}, 0)" for sql in _REASONS.values())
COMPUTED_VERDICT = f"(SELECT iif({_ANY_REASON}, 'no', 'yes') FROM {_REQUEST})"
VERDICT = f"coalesce(t.override, {COMPUTED_VERDICT})"
_REASON_CODES = ", ".join(f"iif({sql}, '{code}', NULL)" for code, sql in _REASONS.items())
VERDICT_REASONS = (
    f"(SELECT nullif(json_group_array(r.value), '[]') FROM {_REQUEST}, json_each(json_array({_REASON_CODES})) r"
    " WHERE r.value IS NOT NULL)"
)


def verdict_reasons(db: sqlite3.Connection, values: dict[str, Any]) -> list[str]:
    """Return why a request is not oriented to the officer, as French sentences of the source; empty when it is.
    ``values``: the request's fields as typed so far, with ``person_id`` and ``requested_on``; nothing need be saved."""
    names = ("person_id", "requested_on", "accompanied_elsewhere", "needs_mobility", "food_job")
    source = ", ".join(f":{name} AS {name}" for name in names)
    columns = ", ".join(f"coalesce({sql}, 0)" for sql in _REASONS.values())
    row = db.execute(
        f"WITH o AS (SELECT t.*, p.birth_date, p.licence, p.vehicle FROM (SELECT {source}) t"
        f" JOIN person p ON p.id = t.person_id) SELECT {columns} FROM o",
        {name: values.get(name) for name in names},
    ).fetchone()
    return [label for label, holds in zip(NOT_ORIENTED.values.values(), row or (), strict=False) if holds]


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


def next_contract(db: sqlite3.Connection, cer_id: int, day: str) -> dict[str, Any]:
    """Return the values of a contract that renews and replaces another: a « contrat d’engagement ».

    It starts the day after the earlier one ends, or on ``day`` when that has passed. A CER that would run beyond 1
    January 2027 is replaced on ``day`` (docs/domain.md § 2).
    """
    sql = """SELECT person_id, 'engagement' AS kind, 'renewal' AS rank, id AS replaces_id, :day AS signed_on,
        iif(kind = 'cer' AND ends_on >= '2027-01-01', :day, max(:day, date(ends_on, '+1 day'))) AS starts_on,
        objectives, person_commitments, office_commitments FROM cer WHERE id = :id"""
    cursor = db.execute(sql, {"id": cer_id, "day": day})
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
