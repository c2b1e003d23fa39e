"""When each row and change is entered into the file: mostly on the same day, some days or weeks late.

Three values are entered wrongly at first and corrected later; otherwise only the days of entry are drawn here. The
events of one person are entered in the order in which they happened, a late one delaying those that follow, so that
the domain rules hold at every moment.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zlib import crc32

from db.demo.days import working
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import FILE_BEGINS
from db.model.dictionary import TABLES

_FIRST = ("person", "partner", "benefit", "diagnostic", "cer")
"""Tables that other rows refer to, or that a rule reads, are entered first."""

_PAPERS = ("exit", "cer")
"""Tables that depend on a paper signed or sent by someone else: entered late more often."""
_USUAL_SHARES, _PAPER_SHARES = (900, 985), (700, 880)
"""Out of 1000: those entered on the day, and those within about a week; the others wait for weeks."""
_DELAY_SEED = f"{SEED} pile typed"
"""Chosen so that the figures known at the end of 2022 and on 6 March 2023 differ a little from the final ones."""

_SLIPS: tuple[tuple[str, date, str, str, int], ...] = (
    ("exit", date(2022, 11, 28), "reason", "other", 44),
    ("person", date(2022, 11, 16), "household", "alone", 120),
    ("person", date(2022, 9, 13), "education", "bac", 115),
)
"""(table, day, field, wrong value, days until the correction), for the first such row created from that day on."""


@dataclass
class DataEntry:
    """One save on ``day``: all values of a new row, else the changed ones. ``since``: the day of the event."""

    day: date
    since: date
    row: DemoRow
    values: dict[str, Any]
    new: bool

    @property
    def owner(self) -> DemoRow | None:
        """The person of the row; None for partners, needs and projects."""
        return self.row if self.row.table == "person" else self.row.values.get("person_id")


def schedule_entries(tables: Mapping[str, list[DemoRow]], today: date) -> list[DataEntry]:
    """Return the entries until ``today``, in order; those that would still wait are entered on ``today``."""
    events = [event for row in _in_order(tables) for event in _events(row, today)]
    events += list(_corrections(events))
    events.sort(key=lambda event: (event.since, event.new))  # stable: a stage is closed before the next one opens
    _date(events, today)
    return sorted(_merge_same_day(events), key=lambda event: event.day)


def _in_order(tables: Mapping[str, list[DemoRow]]) -> Iterator[DemoRow]:
    for name in dict.fromkeys((*_FIRST, *TABLES)):
        yield from tables.get(name, ())


def _events(row: DemoRow, today: date) -> Iterator[DataEntry]:
    """Yield the row as of its first day, then the changes of each later day."""
    changes = sorted((change for change in row.later if change[0] <= today), key=lambda change: change[0])
    first = DataEntry(row.day, row.day, row, dict(row.values), new=True)
    later = [(day, values) for day, values in changes if day > row.day]
    for _, values in changes[: len(changes) - len(later)]:
        first.values |= values
    yield first
    for day, same in groupby(later, key=lambda change: change[0]):
        yield DataEntry(day, day, row, {name: value for _, values in same for name, value in values.items()}, new=False)


def _corrections(events: list[DataEntry]) -> Iterator[DataEntry]:
    """Replace values by the wrong ones of ``_SLIPS``, and yield their corrections."""
    for table, day, name, wrong, correction_days in _SLIPS:
        for event in events:
            if event.new and event.row.table == table and event.since >= day and event.values[name] != wrong:
                right, event.values[name] = event.values[name], wrong
                yield DataEntry(day, event.since + timedelta(days=correction_days), event.row, {name: right}, new=False)
                break


def _date(events: list[DataEntry], today: date) -> None:
    """Set the day of each entry: not before earlier events of the same person, nor before the file began."""
    papers = {(event.owner, event.since) for event in events if event.new and event.row.table in _PAPERS}
    last_day: dict[DemoRow | None, date] = {}
    for event in events:
        owner = event.owner
        if event.row.table == "appointment":  # an agenda is kept on the day, and delays nothing else
            event.day = min(max(working(event.since), last_day.get(owner, FILE_BEGINS)), today)
            continue
        delay = _delay(owner, event.since, (owner, event.since) in papers) if owner else 0
        earliest = max(event.since + timedelta(days=delay), FILE_BEGINS)
        event.day = min(max(working(earliest), last_day.get(owner, FILE_BEGINS)), today)
        if owner:
            last_day[owner] = event.day


def _delay(owner: DemoRow, day: date, paper: bool) -> int:
    """Return the days between an event of that person and its entry, drawn from a hash."""
    drawn = crc32(f"{_DELAY_SEED} {owner.id} {day}".encode())
    same_day, within_a_week = _PAPER_SHARES if paper else _USUAL_SHARES
    if drawn % 1000 < same_day:
        return 0
    return 2 + drawn // 1000 % 7 if drawn % 1000 < within_a_week else 21 + drawn // 1000 % 29


def _merge_same_day(events: list[DataEntry]) -> Iterator[DataEntry]:
    """Yield the entries that change a value, with those of one row on one day merged into one save."""
    last: dict[DemoRow, DataEntry] = {}
    current: dict[DemoRow, dict[str, Any]] = defaultdict(dict)
    for event in events:
        before, values = last.get(event.row), current[event.row]
        event.values = {name: value for name, value in event.values.items() if event.new or values.get(name) != value}
        values |= event.values
        if before and before.day == event.day:
            before.values |= event.values
        elif event.values:
            last[event.row] = event
            yield event
