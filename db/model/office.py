"""The open office file: a SQLite connection that knows the tables of this office and the roles it is held to."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from db.model import effective_dictionary
from db.model.dictionary import FILES
from db.model.effective_dictionary import DECLARED, EffectiveDictionary
from db.model.fields import OfficeTable
from db.model.roles import Roles
from db.model.types import ValueList


class Office(sqlite3.Connection):
    """A connection to an office file. ``db.storage.connection`` opens it."""

    roles: Roles | None = None
    """The roles that SQLite's authorizer holds this connection to; None: no limit."""
    _dictionary: tuple[tuple[Any, ...], EffectiveDictionary] | None = None

    @property
    def dictionary(self) -> EffectiveDictionary:
        """The tables and lists of this file; read again when a field of the office's own has changed."""
        state = effective_dictionary.state(self)
        if state is None:
            return DECLARED
        if self._dictionary is None or self._dictionary[0] != state:
            self._dictionary = (state, effective_dictionary.read(self) if state[0] else DECLARED)
        return self._dictionary[1]

    def forget_dictionary(self) -> None:
        """Read the office's own fields again at the next use, after a rollback."""
        self._dictionary = None

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
    def lists(self) -> tuple[ValueList, ...]:
        """Every list of values, the office's own included."""
        return self.dictionary.lists

    def dicts(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, each as a dict by column name."""
        cursor = self.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
