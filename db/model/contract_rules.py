"""The rules of contracts as SQL: their state, what is missing, when one is to be signed, who has none.

As in domain_rules.py, a fragment is written once, and ``:today`` is an ISO date. Source: docs/domain.md § 3.
"""

import sqlite3
from typing import Any

from db.model.domain_rules import in_force, in_stage, replaced, verdict


def contract_over(row: str, day: str) -> str:
    """SQL: the signed contract has ended by that day: on its last day, when another replaces it or, without a last day,
    when the person leaves."""
    return (
        f"(coalesce({row}.ends_on < {day}, 0) OR {replaced(row, day)}"
        f" OR ({row}.ends_on IS NULL AND EXISTS (SELECT 1 FROM exit e WHERE e.person_id = {row}.person_id"
        f" AND e.deleted_at IS NULL AND e.left_on >= {row}.starts_on AND e.left_on < {day})))"
    )


def contract_in_force(row: str, day: str) -> str:
    """SQL: the contract is signed, has begun, and is not over on that day."""
    return f"({in_force(row, day)} AND {row}.signed_on <= {day} AND NOT {contract_over(row, day)})"


CONTRACT_END = (
    "(SELECT max(coalesce(c.ends_on, c.next_update_on)) FROM cer c WHERE c.person_id = t.id"
    f" AND {contract_in_force('c', ':today')})"
)
"""The end of the contract in force; without one, the day on which it is to be brought up to date."""
_ALERT_DAY = "date(:today, '+' || (SELECT contract_alert_months FROM setting) || ' months')"
"""SQL: the last day of the alert delay of the settings."""


def _next_signed(kind: str = "") -> str:
    """SQL on a contract: another of the person, signed, replaces it or begins and ends later."""
    return (
        "EXISTS (SELECT 1 FROM cer n WHERE n.person_id = t.person_id AND n.id <> t.id AND n.deleted_at IS NULL"
        " AND n.signed_on <= :today AND (n.replaces_id = t.id OR (n.starts_on > t.starts_on"
        f" AND coalesce(n.ends_on, '9999') > t.ends_on)){kind})"
    )


CONTRACT_DUE = "min(coalesce(t.ends_on, t.next_update_on), coalesce(t.next_update_on, t.ends_on))"
_DUE_SOON = (
    f"(t.signed_on IS NOT NULL AND (t.ends_on BETWEEN :today AND {_ALERT_DAY}"
    f" OR (t.next_update_on <= {_ALERT_DAY} AND {contract_in_force('t', ':today')})))"
)
ENDS_SOON = f"({_DUE_SOON} AND NOT {_next_signed()})"
"""The contract ends, or is to be brought up to date, within the alert delay, and no next one is signed."""
ENDS_SOON_BUT_NEXT_SIGNED = f"({_DUE_SOON} AND {_next_signed()})"
CONTRACT_DEADLINE = (
    f"CASE WHEN {ENDS_SOON} THEN 'soon'"
    f" WHEN t.signed_on IS NOT NULL AND coalesce(t.ends_on, :today) >= :today AND {_next_signed()} THEN 'followed' END"
)
CONTRACT_STATE = (
    "CASE WHEN t.signed_on IS NULL OR t.signed_on > :today THEN 'draft'"
    f" WHEN {contract_over('t', ':today')} THEN 'over' WHEN t.starts_on > :today THEN 'coming'"
    f" WHEN t.next_update_on <= :today AND NOT {_next_signed()} THEN 'to_update' ELSE 'running' END"
)
"""From the dates alone: « projet », « signé », « en cours », « à actualiser », « terminé »."""
_PERSON_NEXT_SIGNED = (
    "EXISTS (SELECT 1 FROM cer n WHERE n.person_id = t.id AND n.deleted_at IS NULL AND n.signed_on <= :today"
    f" AND coalesce(n.ends_on, n.next_update_on, '9999') > {CONTRACT_END})"
)
PERSON_CONTRACT_ENDS_SOON = f"({CONTRACT_END} <= {_ALERT_DAY} AND NOT {_PERSON_NEXT_SIGNED})"
PERSON_CONTRACT_NEXT_SIGNED = f"({CONTRACT_END} <= {_ALERT_DAY} AND {_PERSON_NEXT_SIGNED})"
"""The same of a person's contract in force."""

_ENGAGEMENT_SIGNED = _next_signed(" AND n.kind = 'engagement'")
CER_TO_REPLACE = f"(t.kind = 'cer' AND {contract_in_force('t', ':today')} AND NOT {_ENGAGEMENT_SIGNED})"
"""CER in force, to be replaced by 1 January 2027 (docs/domain.md § 2), while no « contrat d’engagement » is signed."""

_KEPT_ACTIONS = "FROM action a WHERE a.cer_id = t.id AND a.deleted_at IS NULL AND a.state <> 'dropped'"
PLAN_HOURS = f"(SELECT sum(a.hours) {_KEPT_ACTIONS})"
"""Hours a week of the actions of a contract that were not given up."""
PLAN_TOO_SHORT = f"(t.kind = 'engagement' AND t.hours IS NOT NULL AND coalesce({PLAN_HOURS}, 0) < t.hours)"
_PARTS = {
    "diagnostic": "NOT EXISTS (SELECT 1 FROM diagnostic d WHERE d.person_id = t.person_id AND d.deleted_at IS NULL)",
    "referent": "t.referent IS NULL",
    "objectives": "t.objectives IS NULL",
    "person": "t.person_commitments IS NULL",
    "office": "t.office_commitments IS NULL",
    "hours": "t.arrangement IS NULL OR (t.arrangement <> 'none' AND t.hours IS NULL)",
    "plan": f"NOT EXISTS (SELECT 1 {_KEPT_ACTIONS})",
    "update": "t.next_update_on IS NULL",
}
"""Part of a « contrat d’engagement » that the law asks for -> SQL on a contract: it is missing."""
_LISTED_PARTS = ", ".join(f"iif({sql}, '{code}', NULL)" for code, sql in _PARTS.items())
CONTRACT_MISSING = (
    f"(SELECT nullif(json_group_array(m.value), '[]') FROM json_each(json_array({_LISTED_PARTS})) m"
    f" WHERE m.value IS NOT NULL AND t.kind = 'engagement' AND NOT {contract_over('t', ':today')})"
)


def month_later(day: str) -> str:
    """SQL: the same day of the next month, or its last one where there is no such day."""
    return f"min(date({day}, '+1 month'), date({day}, 'start of month', '+2 months', '-1 day'))"


SIGN_BEFORE = month_later("t.notified_on")
"""A contract is signed within a month of the notified orientation (article D5411-14-1 of the Code du travail)."""
CONTRACT_TO_SIGN = f"""(t.notified_on <= :today AND {verdict("t")} <> 'no'
  AND NOT EXISTS (SELECT 1 FROM orientation later WHERE later.person_id = t.person_id AND later.deleted_at IS NULL
    AND later.notified_on <= :today AND (later.notified_on, later.id) > (t.notified_on, t.id))
  AND NOT EXISTS (SELECT 1 FROM cer c WHERE c.person_id = t.person_id AND c.deleted_at IS NULL
    AND c.kind = 'engagement' AND c.signed_on >= t.notified_on AND c.signed_on <= :today)
  AND NOT EXISTS (SELECT 1 FROM exit e WHERE e.person_id = t.person_id AND e.deleted_at IS NULL
    AND e.left_on >= t.notified_on AND e.left_on <= :today))"""
"""The last notified orientation, even of a person who had a contract before, until a contract is signed after it."""
CONTRACT_LATE = f"({CONTRACT_TO_SIGN} AND {SIGN_BEFORE} < :today)"


def contract_situation(person: str, day: str, before: str = "") -> str:
    """SQL: which contract somebody who is accompanied has on that day, a code of CONTRACT_SITUATIONS. ``before``: more
    cases, tried before that of a CER."""
    signed = f"{_has_contract(person)} AND c.signed_on <= {day}"
    return f"""CASE WHEN {signed} AND c.kind = 'engagement' AND NOT {contract_over("c", day)}) THEN 'signed'{before}
WHEN {signed} AND {contract_in_force("c", day)}) THEN 'cer' WHEN {signed}) THEN 'lapsed' ELSE 'none' END"""


def _has_contract(person: str) -> str:
    """SQL, to be closed: there is a contract ``c`` of the person."""
    return f"EXISTS (SELECT 1 FROM cer c WHERE c.person_id = {person} AND c.deleted_at IS NULL"


_PREPARED = f"""
WHEN {_has_contract("t.id")} AND c.kind = 'engagement' AND coalesce(c.signed_on > :today, 1)) THEN 'prepared'"""
CONTRACT_SITUATION = f"""iif({in_stage("t.id", "accompaniment")},
{contract_situation("t.id", ":today", _PREPARED)}, NULL)"""
"""Whether a person who is accompanied today has a « contrat d’engagement », due by 1 January 2027 (docs/domain.md
§ 2). Only of today is it known that one is prepared: nothing says when a draft was begun."""


def next_contract(db: sqlite3.Connection, cer_id: int, day: str) -> dict[str, Any]:
    """Return the values of a contract that follows and replaces another: a « contrat d’engagement », not signed yet,
    with the texts of the earlier one.

    It starts the day after the earlier one ends, or on ``day`` when that has passed or there is no end. A CER that
    would run beyond 1 January 2027 is replaced on ``day`` (docs/domain.md § 2).
    """
    sql = """SELECT person_id, 'engagement' AS kind, iif(kind = 'cer', 'first', 'update') AS rank, id AS replaces_id,
        iif(ends_on IS NULL OR (kind = 'cer' AND ends_on >= '2027-01-01'), :day, max(:day, date(ends_on, '+1 day')))
        AS starts_on, referent, arrangement, hours, project, objectives, person_commitments, office_commitments
        FROM cer WHERE id = :id"""
    cursor = db.execute(sql, {"id": cer_id, "day": day})
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
