"""The pages that are ours, and Datasette's own where they had to be taught something."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

from datasette import Response
from datasette.utils.asgi import NotFound, Request
from datasette.views.base import DatasetteError
from datasette.views.database import DatabaseView
from datasette.views.row import RowView
from datasette.views.table import TableView

from partners import charts
from partners import data_package as package
from partners.release_reader import DATABASE, Published, is_fictional
from partners.template_helpers import year_asked
from partners.workbook import Book, workbook

_PENCIL = ThreadPoolExecutor(1, thread_name_prefix="charts")
"""Drawing takes a processor whole: one picture at a time, and never in the way of the pages."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WARNING = "Personnes fictives : aucune de ces personnes n’existe. Elles sont fabriquées à partir des tableaux publiés."


def routes(datasette: Any) -> list[tuple[str, Any]]:
    """Address -> view."""
    return [
        (r"^/$", home),
        (rf"^/{DATABASE}\.db$", whole_file),
        (r"^/tableau-de-bord$", dashboard),
        (r"^/datapackage\.json$", data_package),
        (r"^/graphique/(?P<table>\w+)-(?P<year>\d{4})\.(?P<kind>svg|png)$", chart),
        (rf"^/(?P<database>{DATABASE})(\.(?P<format>\w+))?$", Questions.as_view(datasette)),
        (rf"^/(?P<database>{DATABASE})/(?P<table>[^/.]+)(\.(?P<format>\w+))?$", Table.as_view(datasette)),
        (rf"^/(?P<database>{DATABASE})/(?P<table>[^/]+?)/(?P<pks>[^/]+?)(\.(?P<format>\w+))?$", Row.as_view(datasette)),
    ]


# --- pages


async def home(datasette: Any, request: Any) -> Response:
    """The home page."""
    return Response.html(await datasette.render_template("index.html", {}, request=request))


async def dashboard(datasette: Any, request: Any) -> Response:
    """Every chart of a year."""
    year = year_asked(datasette.published, request)
    return Response.html(await datasette.render_template("dashboard.html", {"year": year}, request=request))


async def whole_file(datasette: Any, request: Any) -> Response:
    """The public file itself, byte for byte."""
    published: Published = datasette.published
    name = f"{DATABASE}-{published.period}.db"
    return _file(request, published.data, "application/vnd.sqlite3", name)


async def data_package(datasette: Any) -> Response:
    """The descriptor for data portals."""
    return Response.json(package.descriptor(datasette.published, datasette.prose))


async def chart(datasette: Any, request: Any) -> Response:
    """The picture of a table for a year, wide or narrow, light or dark."""
    asked = request.url_vars
    found = charts.chart_of(datasette.published, datasette.prose, asked["table"], int(asked["year"]))
    shape, background = request.args.get("forme") or "large", request.args.get("fond") or "clair"
    if not found or shape not in charts.WIDTHS or background not in charts.LOOKS:
        raise NotFound("chart")
    picture = await asyncio.get_running_loop().run_in_executor(
        _PENCIL, charts.drawn, found, asked["kind"], shape, background
    )
    kind = "image/png" if asked["kind"] == "png" else "image/svg+xml; charset=utf-8"
    name = f"{asked['table'].replace('_', '-')}-{asked['year']}.{asked['kind']}" if "_dl" in request.args else ""
    return _file(request, picture, kind, name)


def _file(request: Any, body: bytes, kind: str, name: str = "") -> Response:
    """A file that a browser keeps for as long as it is the same."""
    headers = {"ETag": f'"{sha256(body).hexdigest()[:24]}"', "Cache-Control": "no-cache"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response("", status=304, headers=headers)
    return Response(body, headers=headers, content_type=kind)


# --- Datasette's tables and rows


class _Named:
    """Downloads bear the name and years of what they hold; rows come without SQLite's own number."""

    async def get(self, request: Any) -> Any:
        answer = await super().get(request)  # type: ignore[misc]
        kind = request.url_vars["format"]
        if kind in ("csv", "json", "xlsx"):
            way = "attachment" if "_dl" in request.args or kind == "xlsx" else "inline"
            name = file_name(self.ds.published, _what(request), kind)  # type: ignore[attr-defined]
            kept = {key: value for key, value in answer.headers.items() if key.lower() != "content-disposition"}
            answer.headers = {**kept, "Content-Disposition": f'{way}; filename="{name}"'}
        if kind == "csv":
            answer.content_type = "text/csv; charset=utf-8"
        return answer


def _what(request: Any) -> str:
    """What an address asks for: a table, a ready-made query, somebody's own."""
    sql = request.args.get("sql")
    if not sql:
        return str(request.url_vars.get("table") or DATABASE)
    return "personnes_fictives_requete" if is_fictional(sql) else "requete"


class Questions(_Named, DatabaseView):  # type: ignore[misc]
    """The page of all tables, and the answers to SQL."""

    async def data(self, request: Any, default_labels: bool = False, _size: Any = None) -> Any:
        """As Datasette reads it."""
        answer = await super().data(request, default_labels, _size)
        if request.url_vars["format"]:
            _ready_to_go(answer[0])
        return answer


class Table(_Named, TableView):  # type: ignore[misc]
    """A table or a ready-made query."""

    async def data(self, request: Any, default_labels: bool = False, _next: Any = None, _size: Any = None) -> Any:
        """As Datasette reads it; a download without the row numbers, a workbook with every row that limits allow."""
        kind = request.url_vars["format"]
        if kind == "xlsx" and "_size" not in request.args:
            _size = "max"
        answer = await super().data(request, default_labels, _next, _size)
        if kind and isinstance(answer, tuple):
            _ready_to_go(answer[0])
        return answer

    async def as_csv(self, request: Any, database: str) -> Any:
        """All rows, unless a part of them is asked for."""
        if "_size" not in request.args and "_next" not in request.args:
            query = "&".join(filter(None, [request.query_string.replace("_trace", "_"), "_stream=1"]))
            request = Request(dict(request.scope, query_string=query.encode("latin-1")), request.receive)
        return await super().as_csv(request, database)


class Row(_Named, RowView):  # type: ignore[misc]
    """One line of a table."""

    async def data(self, request: Any, default_labels: bool = False) -> Any:
        """As Datasette reads it."""
        answer = await super().data(request, default_labels)
        if request.url_vars["format"]:
            _ready_to_go(answer[0])
        return answer


def _ready_to_go(data: dict[str, Any]) -> None:
    """Without SQLite's row numbers, and saying what it is. Raises DatasetteError: an error is no empty download."""
    if data.get("error"):
        raise DatasetteError(data["error"], title="Invalid SQL", status=400)
    if data.get("table") and list(data["columns"])[:1] == ["rowid"]:
        data["columns"] = list(data["columns"])[1:]
        data["rows"] = [tuple(row)[1:] for row in data["rows"]]
    if is_fictional(data.get("table") or (data.get("query") or {}).get("sql")):
        data["avertissement"] = _WARNING


def file_name(published: Published, what: str, kind: str) -> str:
    """« genre-age-2022-2025.csv », « personnes-fictives-2022-2025.csv »."""
    return f"{what.replace('_', '-')}-{published.period}.{kind}"


# --- XLSX


async def xlsx(datasette: Any, columns: Any, rows: Any, sql: str, query_name: str, table: str, data: dict[str, Any]) -> Response:  # fmt: skip  # noqa: E501
    """A table or a query as a workbook."""
    prose = datasette.prose
    title = prose.title(table) if table else prose.queries.get(query_name, {}).get("title", "Requête")
    book = Book(
        title,
        title,
        _notes(datasette, table, sql, truncated=bool(data.get("truncated") or data.get("next"))),
        list(columns),
        [prose.label(column, table) for column in columns],
        [tuple(row) for row in rows],
    )
    return Response(await asyncio.to_thread(workbook, book), content_type=XLSX)


def _notes(datasette: Any, table: str, sql: str, truncated: bool) -> list[tuple[str, str]]:
    prose = datasette.prose
    about = prose.tables[table] if table else {}
    notes = [
        ("Attention", _WARNING if is_fictional(table or sql) else ""),
        ("Extrait", f"Seules les {datasette.setting('max_returned_rows')} premières lignes sont ici." * truncated),
        ("Contenu", str(about.get("description", ""))),
        ("Unité", str(about.get("unite", ""))),
        ("Comment lire", prose.reading(table) if table else prose["lecture"]),
        ("Années", datasette.published.period.replace("-", " à ")),
        ("Source", prose["source"]),
        ("Licence", prose["license"]),
        *((prose.label(name, table), prose.columns(table)[name]) for name in about.get("columns", {})),
    ]
    return [(what, text) for what, text in notes if text]
