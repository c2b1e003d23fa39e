"""The open office file: a SQLite connection that knows the tables of this office and the roles it is held to."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, TypeVar

from db.model import effective_dictionary
from db.model.dictionary import FILES, WORK
from db.model.effective_dictionary import EffectiveDictionary
from db.model.fields import OfficeTable
from db.model.roles import Roles
from db.model.types import ValueList

T = TypeVar("T")

_MOST_AT_ONCE = 100
"""SQLite calls a function with no more arguments (https://sqlite.org/limits.html)."""


class Office(sqlite3.Connection):
    """A connection to an office file. ``db.storage.connection`` opens it."""

    roles: Roles | None = None
    """The roles that SQLite's authorizer holds this connection to; None: no limit."""
    _kept: tuple[Any, dict[str, Any]] = (None, {})
    """A state of the office's own fields and lists, and what was kept of it."""
    _of_moment: dict[str, Any] | None = None
    """What was asked within ``one_moment``; None outside."""

    @cached_property
    def file(self) -> str:
        """The path of the open file; '' in memory."""
        return str(self.execute("PRAGMA database_list").fetchone()[2] or "")

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Show the file as it is at one moment to all queries of the block, which must not write."""
        if self.in_transaction:
            yield
            return
        self.execute("BEGIN")
        self._of_moment = {}
        try:
            yield
        finally:
            self._of_moment = None
            with suppress(sqlite3.OperationalError):  # a failing disk ends it by itself
                self.execute("ROLLBACK")

    def asked_once(self, name: str, ask: Callable[[], T]) -> T:
        """Return what ``ask`` returns; within ``one_moment`` it is called once for each ``name``."""
        if self._of_moment is None:
            return ask()
        if name not in self._of_moment:
            self._of_moment[name] = ask()
        answer: T = self._of_moment[name]
        return answer

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Return what ``make`` returns, made again when the office's own fields or lists have changed."""
        state = self.asked_once("own fields", lambda: effective_dictionary.state(self))
        if state is None or self._kept[0] != state:
            self._kept = (state, {})
        if name not in self._kept[1]:
            self._kept[1][name] = make()
        answer: T = self._kept[1][name]
        return answer

    @property
    def dictionary(self) -> EffectiveDictionary:
        """The tables and lists of this file."""
        return self.kept("dictionary", lambda: effective_dictionary.read(self))

    def forget_dictionary(self) -> None:
        """Read the office's own fields and lists again at the next use, after a rollback."""
        self._kept = (None, {})

    @property
    def tables(self) -> dict[str, OfficeTable]:
        """Every table by name, settings included."""
        return self.dictionary.tables

    @property
    def files(self) -> dict[str, OfficeTable]:
        """The tables that the team fills in, by name."""
        tables = self.tables
        return {name: tables[name] for name in FILES}

    @property
    def work(self) -> dict[str, OfficeTable]:
        """The same and the attachments, by name."""
        tables = self.tables
        return {name: tables[name] for name in WORK}

    @property
    def lists(self) -> tuple[ValueList, ...]:
        """Every list of values, the office's own included."""
        return self.dictionary.lists

    def rows_at_once(
        self, sql: str, columns: int, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[list[Any]]:
        """Return the rows of a query of so many columns (texts and numbers) in one step of SQLite.

        A thread gives the interpreter up at each step, and waits for it after: while many people work, sixty rows one
        by one take sixty waits.
        """
        if columns > _MOST_AT_ONCE:
            return [list(row) for row in self.execute(sql, parameters)]
        names = ", ".join(f"c{number}" for number in range(columns))
        whole = f"WITH one({names}) AS ({sql}) SELECT json_group_array(json_array({names})) FROM one"
        rows: list[list[Any]] = json.loads(self.execute(whole, parameters).fetchone()[0])
        for row in rows:
            for index, value in enumerate(row):
                if isinstance(value, list):  # a computed list, which SQLite puts in as it is
                    row[index] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return rows

    def dicts(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, each as a dict by column name."""
        cursor = self.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
