"""One Datasette per release: restricted settings, a read-only copy of the file in memory, limits on every query."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from contextvars import ContextVar
from itertools import islice
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import httpx
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from partners import hooks
from partners.prose import Prose
from partners.release_reader import DATABASE, Published, open_in_memory

_HERE = Path(__file__).parent
SETTINGS = {
    "sql_time_limit_ms": 1500,
    "max_returned_rows": 2000,
    "num_sql_threads": 2,
    "default_facet_size": 30,
    "facet_time_limit_ms": 200,
    "suggest_facets": False,  # the metadata lists the facets
    "default_cache_ttl": 0,  # browsers revalidate, so a new release is seen at once
    "allow_csv_stream": True,
    "max_csv_mb": 20,
    "truncate_cells_html": 300,
}
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: 10_000,  # bytes of a value, far more than any published one
    sqlite3.SQLITE_LIMIT_COLUMN: 60,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,  # a long pattern on a long text would outlast the time limit
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
}
_MAX_RESULT_BYTES = 2_000_000
"""Limits on rows and on values alone would still allow gigabytes in one result."""
_MAX_HEAP_BYTES = 192 * 2**20
"""SQLite's memory in the whole process: sorting and recursion use it before any row is returned."""
_PROGRESS_STEPS = 50
"""Virtual machine steps between two checks of the time limit. Datasette has 1000, which may take too long."""
_READ_ACTIONS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_PRAGMAS = {
    "database_list", "foreign_key_list", "index_info", "index_list", "index_xinfo", "schema_version", "table_info",
    "table_xinfo",
}  # fmt: skip
"""The pragmas that Datasette itself uses to describe a table."""
_FUNCTIONS = {
    "count", "sum", "total", "avg", "min", "max", "group_concat", "string_agg", "row_number", "rank", "dense_rank",
    "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "abs", "sign",
    "round", "ceil", "ceiling", "floor", "trunc", "mod", "sqrt", "pow", "power", "exp", "ln", "log", "log2",
    "log10", "length", "lower", "upper", "trim", "ltrim", "rtrim", "substr", "substring", "instr", "replace",
    "char", "unicode", "like", "glob", "coalesce", "ifnull", "nullif", "iif", "if", "typeof", "date", "time",
    "datetime", "julianday", "unixepoch", "strftime", "current_date", "current_time", "current_timestamp",
}  # fmt: skip
"""What a question may use: each takes a few milliseconds at most within ``_LIMITS``. The time limit is only checked
between two functions: printf('%.*c', 2147483600, 'x') alone would take many seconds."""
_NEEDED_PLUGINS = {"datasette.facets", "datasette.filters", "datasette.sql_functions", "datasette.default_permissions"}


VISITOR: ContextVar[str] = ContextVar("visitor", default="")
"""The network address from which the request comes that is being answered."""
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""By visitor: held while one of their questions runs."""


class SizeLimitedCursor(sqlite3.Cursor):
    """A cursor that raises OperationalError when the rows exceed _MAX_RESULT_BYTES."""

    def fetchall(self) -> list[Any]:
        """Return every remaining row."""
        return self._fetch(None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """Return at most ``size`` rows."""
        return self._fetch(size)

    def _fetch(self, size: int | None) -> list[Any]:
        rows, total = [], 0
        for row in islice(self, size):
            total += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row) + 8 * len(row)
            if total > _MAX_RESULT_BYTES:
                raise sqlite3.OperationalError("string or blob too big")
            rows.append(row)
        return rows


class LimitedConnection(sqlite3.Connection):
    """A connection with size-limited cursors and frequent checks of the time limit."""

    def cursor(self, factory: Any = SizeLimitedCursor) -> Any:
        """Return a size-limited cursor."""
        return super().cursor(factory)

    def set_progress_handler(self, handler: Any, n: int) -> None:
        """Set the handler with which Datasette enforces its time limit, called more often than it asks for."""
        super().set_progress_handler(handler, min(n, _PROGRESS_STEPS))


class MemoryDatabase(Database):  # type: ignore[misc]  # Datasette is untyped
    """The release as a private copy in memory for each reading thread: there is no file to lock, attach or reach."""

    def __init__(self, ds: Datasette, data: bytes) -> None:
        super().__init__(ds, is_mutable=False, is_memory=True)
        self._data = data

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a connection that can only read."""
        conn = open_in_memory(self._data, LimitedConnection)
        conn.execute("PRAGMA temp_store = MEMORY")  # never temporary files, to which limit_memory would not apply
        for limit, value in _LIMITS.items():
            conn.setlimit(limit, value)
        conn.set_authorizer(authorize)
        return conn

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Call ``fn`` with a connection in a thread, once no other question of the same visitor runs: one visitor alone
        cannot occupy all threads."""
        turn = _turns.setdefault(VISITOR.get(), asyncio.Lock())
        async with turn:
            return await super().execute_fn(fn)

    async def execute(self, sql: str, params: Any = None, *more: Any, **options: Any) -> Any:
        """Execute as Datasette does, but without logging errors: a visitor's SQL is private."""
        return await super().execute(sql, params, *more, **{**options, "log_sql_errors": False})


def limit_memory() -> None:
    """Limit SQLite's memory in this process. Only for the site's own process, not where the auditor opens a site."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"PRAGMA hard_heap_limit = {_MAX_HEAP_BYTES}")


def authorize(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    """SQLite's authorizer callback, called as a statement is prepared. Refuses everything not known to only read."""
    if action in _READ_ACTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class ReleaseSite(Datasette):  # type: ignore[misc]
    """A Datasette on one release. Pages also read ``published`` and ``prose``."""

    def __init__(self, published: Published, prose: Prose) -> None:
        super().__init__(
            metadata=prose.metadata,
            settings=SETTINGS,
            template_dir=str(_HERE / "templates"),
            static_mounts=[("static", str(_HERE / "static"))],
        )
        self.published, self.prose = published, prose
        for name in list(self.databases):
            self.remove_database(name)  # Datasette's own: a scratch database, and a catalogue of the databases
        self.add_database(MemoryDatabase(self, published.data), name=DATABASE)

    async def refresh_schemas(self) -> None:
        """Do nothing: a release never changes."""


async def start_app(published: Published, prose: Prose) -> Any:
    """Return the ASGI application of a release, after it has answered a few requests. Raises if one of them fails."""
    site = ReleaseSite(published, prose)
    await site.invoke_startup()
    app = site.app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
        for address in ("/", f"/{DATABASE}.json", "/datapackage.json"):
            (await client.get(address)).raise_for_status()
    return app


def _select_plugins() -> None:
    """Unregister every plugin that Datasette loaded except the few needed, and register the site's own."""
    for plugin in pm.get_plugins():
        if pm.get_name(plugin) not in _NEEDED_PLUGINS:
            pm.unregister(plugin)
    pm.register(hooks, "palette")


_select_plugins()
