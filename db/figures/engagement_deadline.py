"""Who still lacks the « contrat d’engagement » that everybody accompanied must have by 1 January 2027."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from db.model.lists import CONTRACT_SITUATIONS
from db.model.office import Office
from db.rows import group_counts
from db.rows.queries import Query

DEADLINE = date(2027, 1, 1)
"""docs/domain.md § 2."""
SIGNED = "signed"
_HOLIDAYS = frozenset({date(2026, 11, 11), date(2026, 12, 25)})
"""Public holidays on a working day of the last months."""


@dataclass(frozen=True)
class EngagementDeadline:
    """``persons``: situation (a code of CONTRACT_SITUATIONS) -> persons accompanied on the day, zeros included.
    ``working_days``: from the day to the eve of the deadline, both included; 0 once it has come."""

    persons: Mapping[str, int]
    working_days: int

    @property
    def accompanied(self) -> int:
        """All persons accompanied on the day."""
        return sum(self.persons.values())

    @property
    def left(self) -> int:
        """Those without a signed « contrat d’engagement »."""
        return self.accompanied - self.persons[SIGNED]


def on(db: Office, day: str) -> EngagementDeadline:
    """Return the count of a day (ISO)."""
    found = dict(group_counts.counts(db, db.tables["person"], Query(group="engagement", today=day)))
    persons = {code: found.get(code, 0) for code in CONTRACT_SITUATIONS.values}
    return EngagementDeadline(persons, _working_days(date.fromisoformat(day)))


def _working_days(first: date) -> int:
    days = (first + timedelta(days=number) for number in range(max(0, (DEADLINE - first).days)))
    return sum(day.weekday() < 5 and day not in _HOLIDAYS for day in days)
