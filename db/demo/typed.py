"""When each thing was typed in: most on the day itself, some days or weeks late, a few wrong at first and put right.

Only the moments are chosen here, by lot and never by the calendar: what the rows say in the end is not touched. One
person's file is typed in the order in which things happened, so a paper that waits holds up those that follow it, and
every rule of the file is kept at every moment.
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
from db.demo.rows import Row
from db.demo.story import FILE_BEGINS
from db.model.dictionary import TABLES

_FIRST = ("person", "partner", "benefit", "diagnostic", "cer")
"""What other rows refer to, or what a rule looks for, is written first."""

_PAPERS = ("exit", "cer")
"""What the office hears of by a paper that somebody else signs or sends: it is late more often."""
_USUAL_SHARES, _PAPER_SHARES = (900, 985), (700, 880)
"""Out of 1000: how many are typed on the day; how many within a week or so; the rest waits for weeks."""
_LOTS = f"{SEED} pile typed"
"""Chosen among a few: what was known at the end of 2022 and on 6 March 2023 differs a little from the truth."""

_SLIPS: tuple[tuple[str, date, str, str, int], ...] = (
    ("exit", date(2022, 11, 28), "reason", "other", 44),
    ("person", date(2022, 11, 16), "household", "alone", 120),
    ("person", date(2022, 9, 13), "education", "bac", 115),
)
"""Typed wrong at first: in the first such row of that day or later, what was put, and how many days it stood."""


@dataclass
class Entry:
    """What was typed into one row on ``day``: the whole row when it is new, else what changed.

    ``since`` is the day that it is about: the same one, unless it was typed late.
    """

    day: date
    since: date
    row: Row
    values: dict[str, Any]
    new: bool

    @property
    def owner(self) -> Row | None:
        """The person whose file it belongs to; None for the network, the needs and the projects."""
        return self.row if self.row.table == "person" else self.row.values.get("person_id")


def typed(tables: Mapping[str, list[Row]], today: date) -> list[Entry]:
    """Everything typed in by that day, in order; what would still wait is typed on that day."""
    events = [event for row in _in_order(tables) for event in _events(row, today)]
    events += list(_corrections(events))
    events.sort(key=lambda event: (event.since, event.new))  # stable: a stage is closed before the next one opens
    _date(events, today)
    return sorted(_together(events), key=lambda event: event.day)


def _in_order(tables: Mapping[str, list[Row]]) -> Iterator[Row]:
    for name in dict.fromkeys((*_FIRST, *TABLES)):
        yield from tables.get(name, ())


def _events(row: Row, today: date) -> Iterator[Entry]:
    """The row as it was on its first day, then what each later day changed."""
    changes = sorted((change for change in row.later if change[0] <= today), key=lambda change: change[0])
    first = Entry(row.day, row.day, row, dict(row.values), new=True)
    later = [(day, values) for day, values in changes if day > row.day]
    for _, values in changes[: len(changes) - len(later)]:
        first.values |= values
    yield first
    for day, same in groupby(later, key=lambda change: change[0]):
        yield Entry(day, day, row, {name: value for _, values in same for name, value in values.items()}, new=False)


def _corrections(events: list[Entry]) -> Iterator[Entry]:
    """Put the wrong values of ``_SLIPS`` into the rows, and the right ones some days later."""
    for table, day, name, wrong, stood in _SLIPS:
        for event in events:
            if event.new and event.row.table == table and event.since >= day and event.values[name] != wrong:
                right, event.values[name] = event.values[name], wrong
                yield Entry(day, event.since + timedelta(days=stood), event.row, {name: right}, new=False)
                break


def _date(events: list[Entry], today: date) -> None:
    """Say when each was typed: never before what happened earlier in that person's file, nor before the file began."""
    papers = {(event.owner, event.since) for event in events if event.new and event.row.table in _PAPERS}
    reached: dict[Row | None, date] = {}
    for event in events:
        owner = event.owner
        waits = _waits(owner, event.since, (owner, event.since) in papers) if owner else 0
        earliest = max(event.since + timedelta(days=waits), FILE_BEGINS)
        event.day = min(max(working(earliest), reached.get(owner, FILE_BEGINS)), today)
        if owner:
            reached[owner] = event.day


def _waits(owner: Row, day: date, paper: bool) -> int:
    """How many days what happened to that person on that day waits before it is typed."""
    lot = crc32(f"{_LOTS} {owner.id} {day}".encode())
    soon, late = _PAPER_SHARES if paper else _USUAL_SHARES
    if lot % 1000 < soon:
        return 0
    return 2 + lot // 1000 % 7 if lot % 1000 < late else 21 + lot // 1000 % 29


def _together(events: list[Entry]) -> Iterator[Entry]:
    """The entries that change something, those of one row on one day made one: nobody saves a row twice in a row."""
    last: dict[Row, Entry] = {}
    known: dict[Row, dict[str, Any]] = defaultdict(dict)
    for event in events:
        before, values = last.get(event.row), known[event.row]
        event.values = {name: value for name, value in event.values.items() if event.new or values.get(name) != value}
        values |= event.values
        if before and before.day == event.day:
            before.values |= event.values
        elif event.values:
            last[event.row] = event
            yield event
