"""One release, served by one Datasette. Another release gets another; nothing is shared but the code."""

import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from partners import hooks
from partners.prose import Prose
from partners.release_reader import DATABASE, Published, memory

HERE = Path(__file__).parent
SETTINGS = {
    "sql_time_limit_ms": 1500,
    "max_returned_rows": 2000,
    "num_sql_threads": 2,
    "default_facet_size": 30,
    "facet_time_limit_ms": 200,
    "suggest_facets": False,  # the metadata says which; a suggestion in every page would only be noise
    "default_cache_ttl": 0,  # a browser asks again: a new release is seen at once
    "allow_csv_stream": True,
    "max_csv_mb": 20,
    "truncate_cells_html": 300,
}
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: 10_000,  # bytes of a value: nothing published comes near
    sqlite3.SQLITE_LIMIT_COLUMN: 60,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,  # a long pattern on a long text would outlast the time limit
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
}
_MOST = 2_000_000
"""Bytes of an answer. Limits of rows and of values alone leave gigabytes between them, for one request of anybody."""
_HEAP = 384 * 2**20
"""Bytes that SQLite may take in the whole process: sorting and recursion happen before any row can be weighed."""
_STEPS = 50
"""How often SQLite looks at its clock: a thousand steps, as Datasette has it, may each be slow."""
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_PRAGMAS = {
    "database_list", "foreign_key_list", "index_info", "index_list", "index_xinfo", "schema_version", "table_info",
    "table_xinfo",
}  # fmt: skip
"""What Datasette itself asks to describe a table."""
_FORBIDDEN_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
_KEPT_PLUGINS = {"datasette.facets", "datasette.filters", "datasette.sql_functions", "datasette.default_permissions"}


class Weighed(sqlite3.Cursor):
    """Rows, until their weight passes what an answer may have."""

    def fetchall(self) -> list[Any]:
        """Every row."""
        return self._taken(None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """So many rows."""
        return self._taken(size)

    def _taken(self, size: int | None) -> list[Any]:
        taken, weight = [], 0
        for row in islice(self, size):
            weight += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row) + 8 * len(row)
            if weight > _MOST:
                raise sqlite3.OperationalError("string or blob too big")
            taken.append(row)
        return taken


class Frugal(sqlite3.Connection):
    """A connection that weighs what it hands out, and looks at the clock often."""

    def cursor(self, factory: Any = Weighed) -> Any:
        """A cursor that weighs."""
        return super().cursor(factory)

    def set_progress_handler(self, handler: Any, n: int) -> None:
        """Datasette's time limit, kept more closely."""
        super().set_progress_handler(handler, min(n, _STEPS))


class Copy(Database):  # type: ignore[misc]  # Datasette says nothing of its types
    """The release as a private copy in memory for each reading thread: no file to lock, to attach or to find."""

    def __init__(self, ds: Datasette, data: bytes) -> None:
        super().__init__(ds, is_mutable=False, is_memory=True)
        self._data = data

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection that can read, and nothing else."""
        conn = memory(self._data, Frugal)
        conn.execute("PRAGMA temp_store = MEMORY")  # where limit_memory holds; never files
        for limit, value in _LIMITS.items():
            conn.setlimit(limit, value)
        conn.set_authorizer(allowed)
        return conn

    async def execute(self, sql: str, params: Any = None, *more: Any, **options: Any) -> Any:
        """As Datasette does, but for its log: what a visitor types is nobody's business."""
        return await super().execute(sql, params, *more, **{**options, "log_sql_errors": False})


def limit_memory() -> None:
    """Bound what SQLite takes in this process: the site’s own, never the office’s (the auditor opens one there)."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"PRAGMA hard_heap_limit = {_HEAP}")


def allowed(action: int, one: str | None, other: str | None, _database: str | None, _trigger: str | None) -> int:
    """SQLite's own question before it prepares a statement. What is not known to be reading is refused."""
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (other or "").lower() not in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (one or "").lower() in _PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class Snapshot(Datasette):  # type: ignore[misc]
    """A Datasette on one release. ``published`` and ``prose`` are what its pages read beside the tables."""

    def __init__(self, published: Published, prose: Prose) -> None:
        super().__init__(
            metadata=prose.metadata,
            settings=SETTINGS,
            template_dir=str(HERE / "templates"),
            static_mounts=[("static", str(HERE / "static"))],
        )
        self.published, self.prose = published, prose
        for name in list(self.databases):
            self.remove_database(name)  # its own empty ones: a scratch database, and a list of the databases
        self.add_database(Copy(self, published.data), name=DATABASE)

    async def refresh_schemas(self) -> None:
        """Nothing to refresh: a release never changes."""


async def started(published: Published, prose: Prose) -> Any:
    """The ASGI application of a release, which has answered a page and a query already."""
    site = Snapshot(published, prose)
    await site.invoke_startup()
    app = site.app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
        for address in ("/", f"/{DATABASE}.json", "/datapackage.json"):
            (await client.get(address)).raise_for_status()
    return app


def _only_ours() -> None:
    """Datasette loads every plugin that happens to be installed; this site takes the few it needs, and its own."""
    for plugin in pm.get_plugins():
        if pm.get_name(plugin) not in _KEPT_PLUGINS:
            pm.unregister(plugin)
    pm.register(hooks, "palette")


_only_ours()
