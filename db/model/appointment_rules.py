"""The rules of appointments as SQL: the next one, those missed, those that wait for something.

As in domain_rules.py, a fragment is written once, and ``:today`` is an ISO date. Source: docs/domain.md § 3.
"""

from db.model.domain_rules import in_stage

EXPECTED = "('planned', 'confirmed')"
"""SQL: the states of an appointment that is still to come."""


def _of_person(person: str, where: str) -> str:
    return f"FROM appointment a WHERE a.person_id = {person} AND a.deleted_at IS NULL AND {where}"


def _next(person: str) -> str:
    return _of_person(person, f"a.state IN {EXPECTED} AND a.planned_on >= :today")


NEXT_APPOINTMENT = f"(SELECT min(a.planned_on) {_next('t.id')})"
"""The day of a person's next appointment."""
WITHOUT_APPOINTMENT = (
    f"iif({in_stage('t.id', 'accompaniment')} OR {in_stage('t.id', 'diagnostic')},"
    f" NOT EXISTS (SELECT 1 {_next('t.id')}), NULL)"
)
"""Of somebody who is accompanied or in diagnosis: no appointment is to come."""


def _missed_until(person: str, day: str) -> str:
    """SQL: how many appointments the person missed until that day without an excuse, since she last came."""
    came = _of_person(person, f"a.state = 'came' AND a.planned_on <= {day}")
    since = f"coalesce((SELECT max(a.planned_on) {came}), '')"
    missed = f"a.state = 'absent' AND a.planned_on <= {day} AND a.planned_on > {since}"
    return f"(SELECT count(*) {_of_person(person, missed)})"


MISSED_IN_A_ROW = f"nullif({_missed_until('t.id', ':today')}, 0)"
MISSED_SO_OFTEN = f"iif(t.state = 'absent', {_missed_until('t.person_id', 't.planned_on')}, NULL)"
"""Of a missed appointment: how many in a row it makes."""
MANY_MISSED = 3
"""Appointments missed in a row that are pointed out."""
TO_SETTLE = f"(t.state IN {EXPECTED} AND t.planned_on < :today)"
"""Its day has passed, and nobody has noted whether the person came."""
WITHOUT_NOTE = (
    "(t.state = 'came' AND t.planned_on <= :today AND NOT EXISTS (SELECT 1 FROM intervention i"
    " WHERE i.deleted_at IS NULL AND (i.appointment_id = t.id"
    " OR (i.person_id = t.person_id AND i.happened_on = t.planned_on))))"
)
"""The person came, and no meeting of that day is noted."""
WITHOUT_FOLLOW_UP = (
    "(t.state = 'absent' AND t.planned_on <= :today AND NOT EXISTS (SELECT 1 FROM intervention i"
    " WHERE i.person_id = t.person_id AND i.deleted_at IS NULL AND i.happened_on >= t.planned_on)"
    " AND NOT EXISTS (SELECT 1 FROM appointment n WHERE n.person_id = t.person_id AND n.deleted_at IS NULL"
    " AND n.id <> t.id AND n.planned_on >= t.planned_on AND n.state <> 'moved')"
    " AND NOT EXISTS (SELECT 1 FROM exit e WHERE e.person_id = t.person_id AND e.deleted_at IS NULL"
    " AND e.left_on >= t.planned_on))"
)
"""Missed without an excuse, and since that day no contact, no other appointment and no exit."""
_END = "time({row}.starts_at, '+' || coalesce({row}.minutes, 0) || ' minutes')"
DOUBLE_BOOKED = (
    f"(t.state IN {EXPECTED} AND t.agent IS NOT NULL AND EXISTS (SELECT 1 FROM appointment o WHERE o.id <> t.id"
    f" AND o.deleted_at IS NULL AND o.state IN {EXPECTED} AND o.agent = t.agent AND o.planned_on = t.planned_on"
    f" AND time(o.starts_at) < {_END.format(row='t')} AND time(t.starts_at) < {_END.format(row='o')}))"
)
"""Another appointment of the same colleague overlaps with this one."""
