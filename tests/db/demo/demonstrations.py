"""The days on which the demonstration is tested, and what its tests ask of a file."""

from collections.abc import Callable
from datetime import date
from typing import Any

from db.demo.paths import PHOTO_DAY
from db.model.office import Office

NOW = date(2026, 1, 15)
"""A working day. The tests of other packages use the files of this day and of PHOTO_DAY too."""
FAR = date(2033, 12, 31)
"""The end of a year, on a Saturday, when no contract of the law before 2025 is left."""
DAYS = (PHOTO_DAY, NOW, FAR)
EARLIER = (date(2025, 6, 14), date(2025, 12, 31), date(2026, 11, 23), date(2027, 2, 28))
"""Days as of which the file of FAR is read: a file written on one of them has the same rows, except that what waits for
a later entry is entered on the last day."""
EVERY_DAY = sorted((*DAYS, *EARLIER))
RECENT = [day for day in EVERY_DAY if day.year >= 2025]
FOLLOWED = "kind IN ('diagnostic', 'accompaniment')"

Written = Callable[[date], Office]


def one(db: Office, sql: str) -> Any:
    return db.execute(sql).fetchone()[0]


def counts(db: Office, sql: str) -> dict[Any, int]:
    return dict(db.execute(sql).fetchall())


def there(first: str, last: str, which: str = FOLLOWED) -> str:
    """SQL: the persons with such a stage on at least one day."""
    return (
        f"SELECT DISTINCT person_id FROM stage WHERE {which}"
        f" AND starts_on <= '{last}' AND coalesce(ends_on, '9999') >= '{first}'"
    )


def how_many(db: Office, first: str, last: str, which: str = FOLLOWED) -> int:
    return int(one(db, f"SELECT count(*) FROM ({there(first, last, which)})"))
