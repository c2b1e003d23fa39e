"""Permissions: what each role may read and write, held by SQLite itself.

SQLite calls an *authorizer* for every table and column that a statement reads or writes, before it runs. A page asks
for a connection with the roles of its session; a statement beyond these roles raises « not
authorized ». What is not listed here is refused. Statements inside triggers are allowed by the name of the trigger, as
they belong to a statement that was allowed.

SQLite does not call the authorizer for columns that a join compares with USING: a test checks that Palette never uses
it.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from db.base.errors import AccessError
from db.model import effective_dictionary
from db.model.dictionary import FILES, OFFICE, PERSON, TABLES, WORK
from db.model.lists import LISTS
from db.model.office import Office
from db.model.roles import Role, Roles
from db.model.types import Date, LongText, Text, Type

_VALUES = [values.table for values in LISTS]
_OWN_LISTS = f"list_{effective_dictionary.PREFIX}"
_PARTS = ("", "_data", "_idx", "_docsize", "_config")
_SEARCH = [f"{name}_search{part}" for name in WORK for part in _PARTS]
_SCHEMA = ["sqlite_master", "sqlite_schema", "sqlite_sequence", "json_each", "json_tree", "pragma_table_info"]
_VIEWS = ("view", "view_default", "grid_layout")  # for agents, who see the grids: a view may search for somebody's name
_CALENDAR = "calendar_address"
_COUNTED = ("id", "version", "deleted_at")

Columns = frozenset[str] | None
"""The columns of a table that may be read; None: all."""


def _figures() -> dict[str, Columns]:
    """Return what figures are counted from: every column but texts and names."""
    return {name: _columns(name, lambda kind: not isinstance(kind, Text | LongText)) for name in FILES}


def _keeping() -> dict[str, Columns]:
    """Return what retention is decided on: names, and the days on which something happened."""
    dated: dict[str, Columns] = {
        name: _columns(name, lambda kind: isinstance(kind, Date), "person_id", "replaces_id")
        for name in WORK
        if TABLES[name].belongs_to_person
    }
    return dated | {"person": frozenset({*_COUNTED, *PERSON.title, "archived_on", "sort_key"})}


def _columns(name: str, is_wanted: Callable[[Type], bool], *more: str) -> frozenset[str]:
    return frozenset({*_COUNTED, *more, *(field.name for field in TABLES[name].fields if is_wanted(field.type))})


_EVERYBODY: dict[str, Columns] = {
    **dict.fromkeys(
        [*_VALUES, *_SCHEMA, *OFFICE, "frozen", "publication", "office_file"]
        + ["operation", "operation_part", "long_write"]
    ),
    # Without salt and digest: with both, names can be tried on a line until one fits.
    "seal": frozenset({"id", "book", "line", "chain"}),
    "history": frozenset({"id", "at", "who", "table_name", "row_id", "version", "action"}),
    "account": frozenset({"id", "name", "roles", "active"}),
}
_READS: dict[Role, dict[str, Columns]] = {
    Role.AGENT: dict.fromkeys(
        [*WORK, *_SEARCH, *_VIEWS, "attachment_content", "history", "trace", "import_choice", "pairing"]
    )
    | {_CALENDAR: frozenset({"agent", "at", "who"})},
    Role.PILOTE: _figures(),
    Role.ADMIN: {
        **_keeping(),
        "account": frozenset({"id", "at", "login", "name", "roles", "active", "subject"}),
        "trace": None,
    },
}
_NOTED = frozenset({"trace", "seal", "operation"})
"""Tables to which every save adds."""
_ADDS: dict[Role, frozenset[str]] = {
    Role.AGENT: _NOTED | {"frozen", "pairing", "attachment_content"},
    Role.PILOTE: _NOTED | {"frozen"},
    Role.ADMIN: _NOTED,
}
_WRITES: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset({*WORK, *_SEARCH, *_VIEWS, "import_choice", _CALENDAR}),
    Role.PILOTE: frozenset(),
    Role.ADMIN: frozenset({*OFFICE, *_VALUES, "office_file"}),
}
_DELETES = frozenset({*_SEARCH, *_VIEWS, "office_file", _CALENDAR})
"""Tables whose rows may be deleted by those who may write them; rows of a person's file are never deleted so."""
_TRIGGER = re.compile(
    rf"({'|'.join(TABLES)})_(rule|history|search|sort_key|takes|brings|in)_\w+|\w+_stays_\w+|account_\w+"
)
"""Names of triggers whose statements are allowed; a view is none of them.

Matched by form, since the office's own fields bring triggers of their own. No held connection can create one.
"""
_PRAGMAS = frozenset({"query_only", "database_list", "table_info", "data_version", "cache_size", "temp_store"})
_DECLARED = (sqlite3.SQLITE_UPDATE, "sqlite_master")
"""What SQLite asks when it opens a search index or json_each; no statement can write to sqlite_master itself."""
_FREE = frozenset({
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT, sqlite3.SQLITE_RECURSIVE,
})  # fmt: skip


@lru_cache
def _may_read(roles: Roles, table: str, column: str) -> bool:
    if table.startswith(_OWN_LISTS):
        return True
    for rights in (_EVERYBODY, *(_READS[role] for role in roles)):
        if table in rights:
            columns = rights[table]
            if columns is None or column in columns or not column:  # no column: count(*)
                return True
    return False


@lru_cache
def _may_add(roles: Roles, table: str) -> bool:
    return _may_write(roles, table) or any(table in _ADDS[role] for role in roles)


@lru_cache
def _may_write(roles: Roles, table: str) -> bool:
    return any(table in _WRITES[role] for role in roles)


Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]


def _authorizer(roles: Roles) -> Authorizer:
    def ask(action: int, first: str | None, second: str | None, base: str | None, trigger: str | None) -> int:
        table = first or ""
        if action in _FREE or (trigger and _TRIGGER.fullmatch(trigger)):
            passes = True
        elif action == sqlite3.SQLITE_READ:
            # No base: a subquery of the very statement. Temp: what past.py put there for these roles.
            passes = base is None or base == "temp" or _may_read(roles, table, second or "")
        elif action == sqlite3.SQLITE_INSERT:
            passes = _may_add(roles, table)
        elif action == sqlite3.SQLITE_UPDATE:
            passes = _may_write(roles, table) or (action, table) == _DECLARED
        elif action == sqlite3.SQLITE_DELETE:
            passes = table in _DELETES and _may_write(roles, table)
        elif action == sqlite3.SQLITE_FUNCTION:
            passes = second != "load_extension"
        else:
            passes = action == sqlite3.SQLITE_PRAGMA and table in _PRAGMAS
        return sqlite3.SQLITE_OK if passes else sqlite3.SQLITE_DENY

    return ask


def hold(db: Office, roles: Iterable[Role]) -> None:
    """Hold a connection to the permissions of these roles from now on."""
    db.roles = frozenset(roles)
    db.set_authorizer(_authorizer(frozenset(roles)))


@contextmanager
def lifted(db: Office) -> Iterator[None]:
    """Lift the limits of a connection within a block, for what Palette itself adds to a save (the seals). Setting an
    authorizer discards the statements that SQLite had prepared."""
    if db.roles is None or _may_read(db.roles, "history", "before"):
        yield
    else:
        with unlimited(db):
            yield


@contextmanager
def unlimited(db: Office) -> Iterator[None]:
    """Lift every limit of a connection within a block, for what no role may write itself (an unfinished long write)."""
    held = db.roles
    db.set_authorizer(None)
    try:
        yield
    finally:
        if held is not None:
            hold(db, held)


def readable(roles: Iterable[Role], table: str, column: str) -> bool:
    """Return whether these roles may read a column."""
    return _may_read(frozenset(roles), table, column)


def writable(roles: Iterable[Role], table: str) -> bool:
    """Return whether these roles may write the rows of a table."""
    return _may_write(frozenset(roles), table)


def require(roles: Iterable[Role], *needed: Role) -> None:
    """Raise AccessError unless one of the roles is among those needed."""
    if not set(roles) & set(needed):
        raise AccessError(f"Votre rôle ne permet pas cela ; il faut être : {', '.join(role.label for role in needed)}.")
