"""The state of one grid in one tab: its query, its list of rows, its columns, what was typed in it.

The list of rows (db/rows/row_list.py) is made once for each query. A new query, or « Appliquer de nouveau » and
« Ranger » under the grid, make it again. The script of the page and the route of the grid (channel.py) use a state at
the same time: each holds ``lock``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st

from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import group_counts, records, row_changes
from db.rows.grid_edits import Sheet
from db.rows.grid_layouts import GridLayout
from db.rows.group_counts import Counts
from db.rows.queries import Filter, Query, groupable
from db.rows.row_list import RowList
from db.rows.saved_views import Grid, Look, tidy
from db.storage.connection import change_token
from pages.shared.grid import filters
from pages.shared.grid.shown_rows import ShownRows
from pages.shared.shell import session

_SLOW_SECONDS, _KEEP_SECONDS = 0.04, 4.0
"""A count that took longer than ``_SLOW_SECONDS`` is reused for ``_KEEP_SECONDS`` although the file has changed."""


@dataclass(frozen=True)
class _Counted:
    matching: int
    total: int
    groups: Counts
    question: tuple[Any, ...]
    token: int
    cost: float
    at: float = field(default_factory=monotonic)

    def may_be_reused(self, question: tuple[Any, ...], token: int) -> bool:
        """Whether this count holds, or may be shown a little longer although the file has changed."""
        is_recent = self.cost > _SLOW_SECONDS and monotonic() - self.at < _KEEP_SECONDS
        return self.question == question and (self.token == token or is_recent)


@dataclass(eq=False)
class GridView:
    """The state of a grid, kept in the session under the grid's key: it is the same after leaving the page."""

    key: str
    query: Query
    columns: list[str]
    sheet: Sheet
    filters: dict[str, Any]
    """The values of the filter widgets, as chosen or typed; ``apply_filters`` puts them into the query."""
    default_look: Look
    """The look of the screen before the person changes anything."""
    default_name: str
    saved: int | None = None
    """The id of the saved view that is open, if any."""
    messages: list[str] = field(default_factory=list)
    """What to tell about the view just opened: parts of it that no longer exist, or that there is no such view."""
    address_view: str = ""
    """The value of the address's parameter ``vue`` that was handled last."""
    layout: GridLayout = field(default_factory=GridLayout)
    layout_of: int | None = -1
    """The saved view (None: none) whose layout was read; -1 before."""
    selected: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    opening: int | None = None
    instance: str = ""
    """The grid in the browser that sent the last message."""
    asked: str = ""
    """The dialog that a button of the menu asked for."""
    removing: list[int] = field(default_factory=list)
    """The rows about to be deleted, once the person has confirmed."""
    history_of: tuple[int, str] | None = None
    """The cell whose history is to be shown: row and field."""
    rows: RowList = field(default_factory=RowList)
    shown: ShownRows = field(default_factory=ShownRows, repr=False)
    matching: int = 0
    stale_count: int = 0
    moved_count: int = 0
    """How many rows match; how many of the list no longer do, or belong to another group, as the grid was told last."""
    must_reload: bool = False
    known_columns: frozenset[str] = frozenset()
    """The columns that existed in the last run, to notice one that the office has added since."""
    token: int = -1
    counts_are_old: bool = False
    """Whether the counts are older than the file; the grid then asks again some seconds later."""
    lock: Any = field(default_factory=RLock, repr=False, compare=False)
    answers: int = 0
    """How many times the grid was told its state: of two answers, the later one counts."""
    session: int = 0
    file: Path = Path()
    """The session that opened the grid, the only one that its route serves; and the file that its tab shows."""
    _counted: _Counted | None = None

    @property
    def fixed_filters(self) -> tuple[Filter, ...]:
        """The conditions that the person cannot change."""
        return tuple(Filter(name, "is", value) for name, value in self.sheet.fixed.items())

    @property
    def is_narrowed(self) -> bool:
        """Whether the person has set a search or a filter."""
        return bool(self.query.search.strip()) or len(self.query.filters) > len(self.fixed_filters)

    def update_columns(self, table: OfficeTable) -> None:
        """Follow the office's changes of its fields: show columns added since the last run, drop those hidden since."""
        existing = {column.name: column for column in columns_of(table)}
        if self.known_columns and self.known_columns != existing.keys():
            default = [name for name, column in existing.items() if column.shown and name not in self.sheet.fixed]
            kept = [name for name in self.columns if name in existing]
            added = [name for name in default if name not in self.known_columns and name not in kept]
            is_default = kept == [name for name in default if name in self.known_columns]
            self.columns = default if is_default else [*kept, *added] or list(table.title)
            self.default_look = replace(self.default_look, columns=tuple(default))
            sort = tuple(name for name in self.query.sort if name.removeprefix("-") in existing)
            self.query = replace(self.query, sort=sort, group=self.query.group if self.query.group in existing else "")
        self.sheet.table, self.known_columns = table, frozenset(existing)

    def apply_filters(self, context: Context) -> None:
        """Put the values of the filter widgets into the query."""
        if self.query.group and self.query.group not in [column.name for column in groupable(self.sheet.table)]:
            self.group_by("")  # the field was removed since
        conditions = (*self.fixed_filters, *filters.conditions(self.sheet.table, self.filters, context))
        if conditions != self.query.filters:
            self.query = replace(self.query, filters=conditions)

    def refresh(self, db: Office) -> None:
        """Make the list of rows when the query changed or ``must_reload``; else keep it and append new rows."""
        token, query = change_token(db), replace(self.query, today=records.today())
        adopted = [row_id for row_id in self.sheet.adopted.values() if row_id > 0]
        if self.rows.query != query or self.must_reload or self.rows.table is not self.sheet.table:
            self.rows.start(db, self.sheet.table, query, adopted)
            self.selected, self.must_reload = [], False
        elif self.token != token:
            self.rows.append_new(db, adopted, row_changes.affected(db, self.sheet.table, self.token))
        self.token = token

    def neighbour(self, row_id: int, step: int) -> int | None:
        """Return the row before (-1) or after (1) a row in the grid, or None at either end."""
        with self.lock:
            return self.rows.neighbour(session.open_office(), row_id, step)

    def counts(self, db: Office) -> tuple[int, int]:
        """Return how many rows match the query, and how many there are without the person's filters."""
        counted = self._count(db)
        return counted.matching, counted.total

    def groups(self, db: Office) -> Counts:
        """Return every group that matches the query, with its number of rows on all pages."""
        return self._count(db).groups

    def _count(self, db: Office) -> _Counted:
        """Count the rows, unless the last count was slow (a very large table) and may stay a little longer."""
        query, last = self.query, self._counted
        question = (query.filters, query.search, query.group, query.groups_backward, records.today())
        token = change_token(db)
        self.counts_are_old = False
        if last is not None and last.may_be_reused(question, token):
            self.counts_are_old = last.token != token
        else:
            start, table = monotonic(), self.sheet.table
            groups = group_counts.counts(db, table, query) if query.group else []
            matching = sum(count for _, count in groups) if query.group else records.count(db, table, query)
            total = records.count(db, table, Query(self.fixed_filters))
            last = _Counted(matching, total, groups, question, token, monotonic() - start)
            self._counted = last
        return last

    # ---- its look: what a saved view stores

    @property
    def look(self) -> Look:
        """The look as a saved view would store it."""
        chosen = {name: tidy(value) for name, value in self.filters.items() if name != filters.AMONG}
        query = self.query
        return Look(chosen, query.search.strip(), tuple(self.columns), query.sort, query.group, query.folded)

    def apply_look(self, look: Look, saved: int | None) -> None:
        """Show a look. ``saved``: the id of its saved view; None for the default look."""
        values = {name: list(value) if isinstance(value, list) else value for name, value in look.filters.items()}
        self.filters.clear()  # in place: the callbacks of the widgets hold this dictionary
        self.filters.update(values)
        self.columns, self.saved = list(look.columns), saved
        sort, search, group, folded = look.sort, look.search, look.group, look.folded
        self.query = replace(self.query, sort=sort, search=search, group=group, folded=folded)

    def group_by(self, name: str) -> None:
        """Group by a column; "" ungroups."""
        self.query = replace(self.query, group=name, folded=())

    def fold_only(self, *codes: Any) -> None:
        """Fold the groups of these codes and unfold all others."""
        self.query = replace(self.query, folded=codes)


def columns_of(table: OfficeTable) -> list[Field | Computed]:
    """Return the visible columns of a table, the computed ones last; of persons, right after the name."""
    if table.belongs_to_person:
        return _visible(table.columns)
    titles = [column for column in table.fields if column.name in table.title]
    others = [column for column in table.fields if column.name not in table.title]
    return _visible([*titles, *table.computed, *others])


def _visible(columns: Sequence[Field | Computed]) -> list[Field | Computed]:
    return [column for column in columns if not column.hidden]


def open_view(
    table: OfficeTable, key: str, preset: tuple[Filter, ...], fixed: Mapping[str, Any], called: str = ""
) -> GridView:
    """Return the state of the grid of that key, made the first time. ``called``: the name of its default look."""
    name = f"{key}:view"
    columns = [column.name for column in columns_of(table) if column.shown and column.name not in fixed]
    values = filters.chosen_by(preset)
    default_look = Look({name: tidy(value) for name, value in values.items()}, columns=tuple(columns))
    if name not in st.session_state:
        view = GridView(key, Query(), columns, Sheet(table, fixed), values, default_look, called)
        view.session, view.file = session.current_session().id, session.office_file()
        st.session_state[name] = _open_views[view.sheet.id] = view
    view = view_of(key)
    # Set in every run: ``_open_on`` makes the state without knowing the screen's preset.
    view.default_look, view.default_name = default_look, called or everything(table)
    return view


_open_views: WeakValueDictionary[str, GridView] = WeakValueDictionary()
"""Every open grid of this process by the id of its sheet: the route of the grid has no session of Streamlit."""


def view_of_sheet(sheet: str, session: int) -> GridView | None:
    """Return the state of a grid that this session opened, or None."""
    view = _open_views.get(sheet)
    return view if view is not None and view.session == session else None


def everything(table: OfficeTable) -> str:
    """Return « Toutes les aides financières », « Tous les CER »."""
    plural = table.plural if table.plural.isupper() else table.plural[0].lower() + table.plural[1:]
    return f"{'Toutes' if table.feminine else 'Tous'} les {plural}"


def grid_of(key: str) -> Grid:
    """Return the identity of the grid of that key, to which its saved views belong."""
    return Grid.of(view_of(key).sheet.table, key)


def view_of(key: str) -> GridView:
    """Return the state of the grid of that key."""
    view: GridView = st.session_state[f"{key}:view"]
    return view


def show_only(table: OfficeTable, key: str, conditions: tuple[Filter, ...], sort: tuple[str, ...]) -> None:
    """Make the grid of that key show the rows that match, sorted. Unsaved text in it is kept."""
    _open_on(table, key, filters.chosen_by(conditions), sort)


def show_among(table: OfficeTable, key: str, title: str, ids: list[int]) -> None:
    """Make the grid of that key show these rows. ``title``: what they are, shown as a filter."""
    _open_on(table, key, {filters.AMONG: (title, tuple(ids))}, ())


def _open_on(table: OfficeTable, key: str, chosen: filters.Chosen, sort: tuple[str, ...]) -> None:
    view = open_view(table, key, (), {})
    view.apply_look(replace(view.look, filters=chosen, search="", sort=sort, group="", folded=()), saved=None)
    view.messages = []
