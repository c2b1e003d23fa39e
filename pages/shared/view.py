"""What one tab is looking at in one grid: the query in force, the rows it found then, the columns in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf
from time import monotonic
from typing import Any

import streamlit as st

from db import records
from db.connection import Database, change_token
from db.fields import Computed, Field, Table
from db.queries import Filter, Query
from db.sheet import Sheet
from db.types import Context
from pages.shared import filters

_SLOW = 0.04
_AGAIN = 4.0
SIZE = 50
"""How many rows a page holds."""


@dataclass(frozen=True)
class _Counted:
    matching: int
    total: int
    asked: tuple[Any, ...]
    token: int
    cost: float
    at: float = field(default_factory=monotonic)

    def holds(self, asked: tuple[Any, ...], token: int) -> bool:
        """Whether it is good enough for now although the file has changed."""
        slow = self.cost > _SLOW and monotonic() - self.at < _AGAIN
        return slow and self.asked == asked and self.token != token


@dataclass
class View:
    """Kept in the session under the grid's own name, so that leaving the page and coming back changes nothing."""

    query: Query
    columns: list[str]
    sheet: Sheet
    filters: dict[str, Any]
    """What each filter holds, as it was chosen or typed; the widgets show it, the query follows from it."""
    ids: list[int] = field(default_factory=list)
    selected: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    pasted: str = ""
    pasted_at: float = -inf
    opening: int | None = None
    suggestions: dict[str, Any] | None = None
    turn: int = 0
    """Grows when rows were found anew; grid.js then draws everything again."""
    again: bool = False
    known: frozenset[str] = frozenset()
    """The columns there were when the view was last shown: one that the office adds later comes into sight."""
    token: int = -1
    late: bool = False
    """Whether the counts are those of a moment ago; the grid then asks again when all is quiet."""
    _found: Query | None = None
    _before: frozenset[int] = frozenset()
    """The rows this tab had added when the present rows were found: those among them that do not fit stay away."""
    _counted: _Counted | None = None

    @property
    def given(self) -> tuple[Filter, ...]:
        """The conditions that hold whatever the person filters."""
        return tuple(Filter(name, "is", value) for name, value in self.sheet.fixed.items())

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter of the person's is in force."""
        return bool(self.query.search.strip()) or len(self.query.filters) > len(self.given)

    def follow(self, table: Table) -> None:
        """The table as the office keeps it by now: new columns come last, what was hidden goes."""
        there = {item.name: item for item in columns_of(table)}
        if self.known and self.known != there.keys():
            new = [name for name in there if name not in self.known and there[name].shown and name not in self.columns]
            self.columns = [*(name for name in self.columns if name in there), *new] or list(table.title)
            sort = tuple(name for name in self.query.sort if name.removeprefix("-") in there)
            self.query = replace(self.query, sort=sort)
        self.sheet.table, self.known = table, frozenset(there)

    def filter(self, known: Context) -> None:
        """Put what the filters hold into the query."""
        chosen = (*self.given, *filters.conditions(self.sheet.table, self.filters, known))
        if chosen != self.query.filters:
            self.query = replace(self.query, filters=chosen, page=1)

    def refresh(self, db: Database) -> None:
        """Other rows when the query changed; otherwise the same rows in the same places, and new ones below them."""
        table, token, query = self.sheet.table, change_token(db), replace(self.query, today=records.today())
        if self._found != query or self.again:
            self.query = replace(self.query, page=min(query.page, self.pages(db)))
            self._found = replace(self.query, today=query.today)
            self.ids = records.page_ids(db, table, self.query)
            self.selected, self.again, self._before = [], False, frozenset(self.sheet.adopted.values())
            self.turn += 1
        elif self.token != token:
            self._add_new(db)
        self.token = token

    def _add_new(self, db: Database) -> None:
        """The lines added here, and, when all fits on one page, what colleagues added."""
        fresh = records.page_ids(db, self.sheet.table, self.query) if self.pages(db) == 1 else []
        mine = [row_id for row_id in self.sheet.adopted.values() if row_id > 0 and row_id not in self._before]
        self.ids = list(dict.fromkeys([*self.ids, *mine, *fresh]))

    def counts(self, db: Database) -> tuple[int, int]:
        """How many rows the query finds, and of how many. Slow ones (a very large table) wait a little."""
        asked, last = (self.query.filters, self.query.search), self._counted
        self.late = last is not None and last.holds(asked, change_token(db))
        if last is None or not self.late:
            start = monotonic()
            matching = records.count(db, self.sheet.table, self.query)
            total = records.count(db, self.sheet.table, Query(self.given))
            last = _Counted(matching, total, asked, change_token(db), monotonic() - start)
            self._counted = last
        return last.matching, last.total

    def pages(self, db: Database) -> int:
        """How many pages the query fills, at least one."""
        return max(1, ceil(self.counts(db)[0] / self.query.size))


def columns_of(table: Table) -> list[Field | Computed]:
    """Every column: what a row says, then what follows from it; of a person, the day's answers come after the name."""
    if table.belongs_to_person:
        return _in_sight(table.columns)
    titles = [item for item in table.fields if item.name in table.title]
    others = [item for item in table.fields if item.name not in table.title]
    return _in_sight([*titles, *table.computed, *others])


def _in_sight(columns: Sequence[Field | Computed]) -> list[Field | Computed]:
    """Without what the office has hidden."""
    return [item for item in columns if not item.hidden]


def open_view(table: Table, key: str, preset: tuple[Filter, ...], fixed: Mapping[str, Any], size: int) -> View:
    """The view of that name, made the first time it is asked for."""
    name = f"{key}:view"
    if name not in st.session_state:
        columns = [item.name for item in columns_of(table) if item.shown and item.name not in fixed]
        st.session_state[name] = View(Query(size=size), columns, Sheet(table, fixed), filters.chosen_by(preset))
    return view_of(key)


def view_of(key: str) -> View:
    """The view of that name."""
    view: View = st.session_state[f"{key}:view"]
    return view


def show_only(table: Table, key: str, wanted: tuple[Filter, ...], sort: str) -> None:
    """Let the grid of that name open on these rows, in this order; what was begun in it stays."""
    _open_on(table, key, filters.chosen_by(wanted), (sort,))


def show_among(table: Table, key: str, what: str, ids: list[int]) -> None:
    """Let the grid of that name open on these very rows, and say what they are."""
    _open_on(table, key, {filters.AMONG: (what, tuple(ids))}, ())


def _open_on(table: Table, key: str, chosen: filters.Chosen, sort: tuple[str, ...]) -> None:
    view = open_view(table, key, (), {}, SIZE)
    view.filters.clear()
    view.filters.update(chosen)
    view.query = replace(view.query, search="", sort=sort, page=1)
