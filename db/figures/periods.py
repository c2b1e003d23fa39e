"""Periods: a day, a year, or all days between two; their names, and the period a year before."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from db.base.errors import InvalidError, Problem
from db.base.french import french_date

MONTHS_BEFORE_A_DAY = 12
"""Number of months shown month by month for a single day."""


@dataclass(frozen=True)
class Period:
    """The days that a figure is about, both ends inclusive. ``so_far``: the day up to which a period that is not over
    is counted (see ``until``); None when all of its days are counted."""

    first: date
    last: date
    so_far: date | None = None

    def until(self, today: date) -> "Period":
        """Return this period as it stands on a day: unchanged once it is over, otherwise counted up to that day. One
        that has not begun is counted on all of its days, from what is dated already."""
        return replace(self, so_far=None if today >= self.last else today)

    @property
    def end(self) -> date:
        """The last day that is counted."""
        return self.last if self.so_far is None or self.is_ahead else self.so_far

    @property
    def is_ahead(self) -> bool:
        """Whether it has not begun."""
        return self.so_far is not None and self.so_far < self.first

    @property
    def counted(self) -> "Period":
        """The days that are counted, as a period of their own; never one day, which is counted otherwise."""
        return Period(self.first, self.last if self.end == self.first else self.end)

    @property
    def state(self) -> str:
        """« en cours, jusqu’au 27/11/2026 », « pas commencée »; '' for a period that is over."""
        if self.so_far is None:
            return ""
        return "pas commencée" if self.is_ahead else f"en cours, jusqu’au {french_date(self.so_far.isoformat())}"

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @property
    def is_year(self) -> bool:
        """Whether it is a calendar year."""
        return (self.first, self.last) == (date(self.first.year, 1, 1), date(self.first.year, 12, 31))

    @property
    def code(self) -> str:
        """The text that ``period_of`` reads back: « 2022 », « 2023-03-06 », « 2022-01-01/2022-06-30 »."""
        if self.is_year:
            return str(self.first.year)
        return self.last.isoformat() if self.is_day else f"{self.first}/{self.last}"

    @property
    def file(self) -> str:
        """The same for the name of a file: « 2022-01-01-2022-06-30 »."""
        return self.code.replace("/", "-")

    @property
    def words(self) -> str:
        """Within a sentence: « en 2022 », « au 06/03/2023 », « du 01/01/2022 au 30/06/2022 »."""
        if self.is_year:
            return f"en {self.first.year}{self._remark}"
        last = french_date(self.last.isoformat())
        return f"{f'au {last}' if self.is_day else f'du {french_date(self.first.isoformat())} au {last}'}{self._remark}"

    @property
    def title(self) -> str:
        """As a heading: « Bilan 2022 », « Photo au 06/03/2023 »."""
        if self.is_year:
            return f"Bilan {self.first.year}{self._remark}"
        return f"{'Photo' if self.is_day else 'Bilan'} {self.words}"

    @property
    def _remark(self) -> str:
        """What every name of a period that is not over ends with: « (période en cours, jusqu’au 27/11/2026) »."""
        return f" (période {self.state})" if self.state else ""

    @property
    def before(self) -> "Period":
        """The year before, or the same days a year earlier (29 February becomes the 28th), as many as are counted."""
        return Period(_a_year_before(self.first), _a_year_before(self.end))

    @property
    def since(self) -> date:
        """The day from which events count: for a single day, 1 January of its year."""
        return self.first.replace(month=1, day=1) if self.is_day else self.first

    @property
    def first_month(self) -> date:
        """The first day of the first month shown month by month."""
        if not self.is_day:
            return self.first.replace(day=1)
        months = self.last.year * 12 + self.last.month - MONTHS_BEFORE_A_DAY
        return date(months // 12, months % 12 + 1, 1)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the figures' SQL: ``:first``, ``:last``, ``:next`` (the day after), ``:since``…"""
        last = self.end
        days = {
            "first": self.first,
            "last": last,
            "next": last + timedelta(days=1),
            "since": self.since,
            "quarter": last.replace(month=(last.month - 1) // 3 * 3 + 1, day=1),
            "month": self.first_month,
            "shown": self.first_month if self.is_day else self.first,
        }
        return {name: day.isoformat() for name, day in days.items()}


def _a_year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"


def period_of(when: str, today: date | None = None) -> Period:
    """Parse « 2022 », « 2023-03-06 » or « 2022-01-01/2022-06-30 »; with ``today``, as it stands on that day (see
    ``Period.until``). Raises InvalidError for anything else."""
    period = _parsed(when)
    return period if today is None else period.until(today)


def _parsed(when: str) -> Period:
    try:
        if re.fullmatch(_YEAR, when):
            return Period(date(int(when), 1, 1), date(int(when), 12, 31))
        if re.fullmatch(f"{_DAY}(/{_DAY})?", when):
            first, _, last = when.partition("/")
            period = Period(date.fromisoformat(first), date.fromisoformat(last or first))
            if period.first <= period.last:
                return period
    except ValueError:
        pass  # 2023-02-29 looks like a date and is none
    raise InvalidError(
        [
            Problem(
                f"« {when} » n’est ni une année (2022), ni une date (2023-03-06),"
                " ni une période (2022-01-01/2022-06-30)."
            )
        ]
    )
