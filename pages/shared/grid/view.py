"""What one tab is looking at in one grid: the query in force, the rows it found then, the columns in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf
from time import monotonic
from typing import Any

import streamlit as st

from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import group_counts, records
from db.rows.grid_edits import Sheet
from db.rows.group_counts import Counts, Section
from db.rows.queries import Filter, Query, groupable
from db.rows.saved_views import Grid, Look, tidy
from db.storage.connection import change_token
from pages.shared.grid import filters

_SLOW = 0.04
_AGAIN = 4.0
SIZE = 50
"""How many rows a page holds."""


@dataclass(frozen=True)
class _Counted:
    matching: int
    total: int
    groups: Counts
    asked: tuple[Any, ...]
    token: int
    cost: float
    at: float = field(default_factory=monotonic)

    def holds(self, asked: tuple[Any, ...], token: int) -> bool:
        """Whether it is good enough for now although the file has changed."""
        slow = self.cost > _SLOW and monotonic() - self.at < _AGAIN
        return slow and self.asked == asked and self.token != token


@dataclass
class GridView:
    """Kept in the session under the grid's own name, so that leaving the page and coming back changes nothing."""

    query: Query
    columns: list[str]
    sheet: Sheet
    filters: dict[str, Any]
    """What each filter holds, as it was chosen or typed; the widgets show it, the query follows from it."""
    home: Look
    """What the screen shows before anybody chose anything."""
    home_name: str
    saved: int | None = None
    """The number of the kept view it was opened on, if any."""
    told: list[str] = field(default_factory=list)
    """What there is to say of the view that was opened: what is left out of it, or that there is none."""
    asked: str = ""
    """The number in the address that was dealt with last."""
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
    context: frozenset[str] = frozenset()
    """The columns there were when the view was last shown: one that the office adds later comes into sight."""
    token: int = -1
    late: bool = False
    """Whether the counts are those of a moment ago; the grid then asks again when all is quiet."""
    sections: list[Section] = field(default_factory=list)
    """The groups of the page, as they were when its rows were found."""
    placed: dict[int, Any] = field(default_factory=dict)
    """The group each row of the page stood in then; a row that is not there is a new one."""
    moved: int = 0
    """How many rows of the page are in another group by now."""
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

    def follow(self, table: OfficeTable) -> None:
        """The table as the office keeps it by now: new columns come into sight, what was hidden goes."""
        there = {column.name: column for column in columns_of(table)}
        if self.known and self.known != there.keys():
            shown = [name for name, column in there.items() if column.shown and name not in self.sheet.fixed]
            kept, new = [n for n in self.columns if n in there], [n for n in shown if n not in self.known]
            at_home = kept == [name for name in shown if name in self.known]
            self.columns = shown if at_home else [*kept, *(n for n in new if n not in kept)] or list(table.title)
            self.home = replace(self.home, columns=tuple(shown))
            sort = tuple(name for name in self.query.sort if name.removeprefix("-") in there)
            self.query = replace(self.query, sort=sort, group=self.query.group if self.query.group in there else "")
        self.sheet.table, self.known = table, frozenset(there)

    def filter(self, context: Context) -> None:
        """Put what the filters hold into the query."""
        if self.query.group and self.query.group not in [column.name for column in groupable(self.sheet.table)]:
            self.group_by("")  # the field is gone since
        chosen = (*self.given, *filters.conditions(self.sheet.table, self.filters, context))
        if chosen != self.query.filters:
            self.query = replace(self.query, filters=chosen, page=1)

    def refresh(self, db: Office) -> None:
        """Other rows when the query changed; otherwise the same rows in the same places, and new ones below them."""
        table, token, query = self.sheet.table, change_token(db), replace(self.query, today=records.today())
        if self._found != query or self.again:
            self.query = replace(self.query, page=min(query.page, self.pages(db)))
            self._found = replace(self.query, today=query.today)
            self.ids = records.page_ids(db, table, self.query)
            self._place(db)
            self.selected, self.again, self._before = [], False, frozenset(self.sheet.adopted.values())
            self.turn += 1
        elif self.token != token:
            self._add_new(db)
        self.token = token

    def _place(self, db: Office) -> None:
        """Which groups the page shows, and which row is in which."""
        query = self.query
        self.placed, self.sections = {}, []
        if query.group:
            self.placed = group_counts.of_rows(db, self.sheet.table, query.group, self.ids)
            on_page = [self.placed[row_id] for row_id in self.ids if row_id in self.placed]
            self.sections = group_counts.sections(self.groups(db), query, on_page)

    def _add_new(self, db: Office) -> None:
        """The lines added here, and, when all fits on one page, what colleagues added."""
        fresh = records.page_ids(db, self.sheet.table, self.query) if self.pages(db) == 1 else []
        mine = [row_id for row_id in self.sheet.adopted.values() if row_id > 0 and row_id not in self._before]
        self.ids = list(dict.fromkeys([*self.ids, *mine, *fresh]))

    def counts(self, db: Office) -> tuple[int, int]:
        """How many rows the query finds, and of how many."""
        counted = self._count(db)
        return counted.matching, counted.total

    def groups(self, db: Office) -> Counts:
        """Every group that the query finds, with its number of rows on all pages."""
        return self._count(db).groups

    def _count(self, db: Office) -> _Counted:
        """Slow counts (a very large table) wait a little."""
        query, last = self.query, self._counted
        asked = (query.filters, query.search, query.group, query.groups_backward)
        self.late = last is not None and last.holds(asked, change_token(db))
        if last is None or not self.late:
            start, table = monotonic(), self.sheet.table
            groups = group_counts.counts(db, table, query) if query.group else []
            matching = sum(many for _, many in groups) if query.group else records.count(db, table, query)
            total = records.count(db, table, Query(self.given))
            last = _Counted(matching, total, groups, asked, change_token(db), monotonic() - start)
            self._counted = last
        return last

    def pages(self, db: Office) -> int:
        """How many pages the query fills, at least one."""
        counted = self._count(db)
        on_pages = group_counts.on_pages(counted.groups, self.query) if self.query.group else counted.matching
        return max(1, ceil(on_pages / self.query.size))

    # ---- what it looks like

    @property
    def look(self) -> Look:
        """What a kept view would keep of it."""
        chosen = {place: tidy(value) for place, value in self.filters.items() if place != filters.AMONG}
        query = self.query
        return Look(chosen, query.search.strip(), tuple(self.columns), query.sort, query.group, query.folded)

    def wear(self, look: Look, saved: int | None) -> None:
        """Show what a kept view, or the screen at first, shows."""
        self.filters.clear()  # the widgets hold this very dictionary
        self.filters.update({p: list(value) if isinstance(value, list) else value for p, value in look.filters.items()})
        self.columns, self.saved = list(look.columns), saved
        sort, search, group, folded = look.sort, look.search, look.group, look.folded
        self.query = replace(self.query, sort=sort, search=search, group=group, folded=folded, page=1)

    def group_by(self, name: str) -> None:
        """Group by a column, or by none."""
        self.query = replace(self.query, group=name, folded=(), page=1)

    def fold(self, *codes: Any) -> None:
        """Fold these groups and no others."""
        self.query = replace(self.query, folded=codes)


def columns_of(table: OfficeTable) -> list[Field | Computed]:
    """Every column: what a row says, then what follows from it; of a person, the day's answers come after the name."""
    if table.belongs_to_person:
        return _in_sight(table.columns)
    titles = [column for column in table.fields if column.name in table.title]
    others = [column for column in table.fields if column.name not in table.title]
    return _in_sight([*titles, *table.computed, *others])


def _in_sight(columns: Sequence[Field | Computed]) -> list[Field | Computed]:
    """Without what the office has hidden."""
    return [column for column in columns if not column.hidden]


def open_view(
    table: OfficeTable, key: str, preset: tuple[Filter, ...], fixed: Mapping[str, Any], size: int, called: str = ""
) -> GridView:
    """The view of that name, made the first time it is asked for. ``called``: what it shows at first."""
    name = f"{key}:view"
    columns = [column.name for column in columns_of(table) if column.shown and column.name not in fixed]
    home = Look({place: tidy(value) for place, value in filters.chosen_by(preset).items()}, columns=tuple(columns))
    if name not in st.session_state:
        query, sheet = Query(size=size), Sheet(table, fixed)
        st.session_state[name] = GridView(query, columns, sheet, filters.chosen_by(preset), home, called)
    view = view_of(key)
    # Whoever came by a link that shows some rows only has not been told what the screen shows at first.
    view.home, view.home_name = home, called or everything(table)
    return view


def everything(table: OfficeTable) -> str:
    """« Toutes les aides financières », « Tous les CER »."""
    plural = table.plural if table.plural.isupper() else table.plural[0].lower() + table.plural[1:]
    return f"{'Toutes' if table.feminine else 'Tous'} les {plural}"


def grid_of(key: str) -> Grid:
    """Which grid the kept views of that name belong to."""
    return Grid.of(view_of(key).sheet.table, key)


def view_of(key: str) -> GridView:
    """The view of that name."""
    view: GridView = st.session_state[f"{key}:view"]
    return view


def show_only(table: OfficeTable, key: str, wanted: tuple[Filter, ...], sort: str) -> None:
    """Let the grid of that name open on these rows, in this order; what was begun in it stays."""
    _open_on(table, key, filters.chosen_by(wanted), (sort,))


def show_among(table: OfficeTable, key: str, what: str, ids: list[int]) -> None:
    """Let the grid of that name open on these very rows, and say what they are."""
    _open_on(table, key, {filters.AMONG: (what, tuple(ids))}, ())


def _open_on(table: OfficeTable, key: str, chosen: filters.Chosen, sort: tuple[str, ...]) -> None:
    view = open_view(table, key, (), {}, SIZE)
    view.wear(replace(view.look, filters=chosen, search="", sort=sort, group="", folded=()), saved=None)
    view.told = []
