"""Periods: a day, a year, or all days between two; their names, and the period a year before."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from db.base.errors import InvalidError, Problem
from db.base.french import french_date

MONTHS_BEFORE_A_DAY = 12
"""Number of months shown month by month for a single day."""


@dataclass(frozen=True)
class Period:
    """The days that a figure is about, both ends inclusive."""

    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @property
    def is_year(self) -> bool:
        """Whether it is a calendar year."""
        return self == _year(self.first.year)

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
            return f"en {self.first.year}"
        last = french_date(self.last.isoformat())
        return f"au {last}" if self.is_day else f"du {french_date(self.first.isoformat())} au {last}"

    @property
    def title(self) -> str:
        """As a heading: « Bilan 2022 », « Photo au 06/03/2023 »."""
        if self.is_year:
            return f"Bilan {self.first.year}"
        return f"{'Photo' if self.is_day else 'Bilan'} {self.words}"

    @property
    def before(self) -> "Period":
        """The year before, or the same days a year earlier (29 February becomes the 28th)."""
        return Period(_a_year_before(self.first), _a_year_before(self.last))

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
        last = self.last
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


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def _a_year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"


def period_of(when: str) -> Period:
    """Parse « 2022 », « 2023-03-06 » or « 2022-01-01/2022-06-30 ». Raises InvalidError for anything else."""
    try:
        if re.fullmatch(_YEAR, when):
            return _year(int(when))
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
