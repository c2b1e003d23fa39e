"""The site's own pages, and Datasette's views of databases, tables and rows with French downloads."""

import asyncio
import csv
import io
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
from partners.data_package import descriptor
from partners.release_reader import DATABASE, Published, is_fictional
from partners.template_helpers import requested_year
from partners.workbook import Book, workbook

_CHART_EXECUTOR = ThreadPoolExecutor(1, thread_name_prefix="charts")
"""Rendering occupies a processor: one picture at a time, apart from the event loop."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WARNING = "Personnes fictives : aucune de ces personnes n’existe. Elles sont fabriquées à partir des tableaux publiés."


def routes(datasette: Any) -> list[tuple[str, Any]]:
    """Return pairs of an address, as a regular expression, and its view."""
    database, extension = rf"^/(?P<database>{DATABASE})", r"(\.(?P<format>\w+))?$"
    return [
        (r"^/$", home),
        (rf"^/{DATABASE}\.db$", whole_file),
        (r"^/tableau-de-bord$", dashboard),
        (r"^/datapackage\.json$", data_package),
        (r"^/graphique/(?P<table>\w+)-(?P<year>\d{4})\.(?P<kind>svg|png)$", chart_picture),
        (rf"{database}{extension}", DatabasePage.as_view(datasette)),
        (rf"{database}/(?P<table>[^/.]+){extension}", TablePage.as_view(datasette)),
        (rf"{database}/(?P<table>[^/]+?)/(?P<pks>[^/]+?){extension}", RowPage.as_view(datasette)),
    ]


# --- pages


async def home(datasette: Any, request: Any) -> Response:
    """Return the home page."""
    return Response.html(await datasette.render_template("index.html", {}, request=request))


async def dashboard(datasette: Any, request: Any) -> Response:
    """Return the page with every chart of a year."""
    year = requested_year(datasette.published, request)
    return Response.html(await datasette.render_template("dashboard.html", {"year": year}, request=request))


async def whole_file(datasette: Any, request: Any) -> Response:
    """Return the public file itself, byte for byte."""
    published: Published = datasette.published
    name = f"{DATABASE}-{published.period}.db"
    return _file_response(request, published.data, "application/vnd.sqlite3", name)


async def data_package(datasette: Any) -> Response:
    """Return the descriptor for data portals."""
    return Response.json(descriptor(datasette.published, datasette.prose))


async def chart_picture(datasette: Any, request: Any) -> Response:
    """Return the picture of a table for a year, wide or narrow, light or dark. Raises NotFound without one."""
    table, year, kind = (request.url_vars[name] for name in ("table", "year", "kind"))
    chart = charts.make_chart(datasette.published, datasette.prose, table, int(year))
    shape, background = request.args.get("forme") or "large", request.args.get("fond") or "clair"
    if not chart or shape not in charts.WIDTHS or background not in charts.PALETTES:
        raise NotFound("chart")
    picture = await asyncio.get_running_loop().run_in_executor(
        _CHART_EXECUTOR, charts.render_chart, chart, kind, shape, background
    )
    content_type = "image/png" if kind == "png" else "image/svg+xml; charset=utf-8"
    name = f"{table.replace('_', '-')}-{year}.{kind}" if "_dl" in request.args else ""
    return _file_response(request, picture, content_type, name)


def _file_response(request: Any, body: bytes, content_type: str, name: str = "") -> Response:
    """Return a file that browsers cache and revalidate by its ETag. ``name``: to download it under."""
    headers = {"ETag": f'"{sha256(body).hexdigest()[:24]}"', "Cache-Control": "no-cache"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response("", status=304, headers=headers)
    return Response(body, headers=headers, content_type=content_type)


# --- Datasette's tables and rows


class _NamedDownload:
    """Mixin: a download is named after its content and the published years."""

    async def get(self, request: Any) -> Any:
        response = await super().get(request)  # type: ignore[misc]
        kind = request.url_vars["format"]
        if kind in ("csv", "json", "xlsx", EXCEL):
            disposition = "attachment" if "_dl" in request.args or kind in ("xlsx", EXCEL) else "inline"
            ending = "excel.csv" if kind == EXCEL else kind
            name = file_name(self.ds.published, _content_name(request), ending)  # type: ignore[attr-defined]
            others = {key: value for key, value in response.headers.items() if key.lower() != "content-disposition"}
            response.headers = {**others, "Content-Disposition": f'{disposition}; filename="{name}"'}
        if kind == "csv":
            response.content_type = "text/csv; charset=utf-8"
        return response


def _content_name(request: Any) -> str:
    """Return the name of the requested table or ready-made query, or a general name for the visitor's own SQL."""
    sql = request.args.get("sql")
    if not sql:
        return str(request.url_vars.get("table") or DATABASE)
    return "personnes_fictives_requete" if is_fictional(sql) else "requete"


class DatabasePage(_NamedDownload, DatabaseView):  # type: ignore[misc]
    """The page of all tables, and the results of SQL."""

    async def data(self, request: Any, default_labels: bool = False, _size: Any = None) -> Any:
        """Return Datasette's data, prepared for a download."""
        answer = await super().data(request, default_labels, _size)
        if request.url_vars["format"]:
            _prepare_download(answer[0])
        return answer


class TablePage(_NamedDownload, TableView):  # type: ignore[misc]
    """A table or a ready-made query."""

    async def data(self, request: Any, default_labels: bool = False, _next: Any = None, _size: Any = None) -> Any:
        """Return Datasette's data, prepared for a download; for a workbook, as many rows as the limit allows."""
        kind = request.url_vars["format"]
        if kind in ("xlsx", EXCEL) and "_size" not in request.args:
            _size = "max"
        answer = await super().data(request, default_labels, _next, _size)
        if kind and isinstance(answer, tuple):
            _prepare_download(answer[0])
        return answer

    async def as_csv(self, request: Any, database: str) -> Any:
        """Stream all rows, unless a page of them is requested."""
        if "_size" not in request.args and "_next" not in request.args:
            query = "&".join(filter(None, [request.query_string.replace("_trace", "_"), "_stream=1"]))
            request = Request(dict(request.scope, query_string=query.encode("latin-1")), request.receive)
        return await super().as_csv(request, database)


class RowPage(_NamedDownload, RowView):  # type: ignore[misc]
    """One line of a table."""

    async def data(self, request: Any, default_labels: bool = False) -> Any:
        """Return Datasette's data, prepared for a download."""
        answer = await super().data(request, default_labels)
        if request.url_vars["format"]:
            _prepare_download(answer[0])
        return answer


def _prepare_download(data: dict[str, Any]) -> None:
    """Remove SQLite's rowid and add the warning about artificial persons. Raises DatasetteError for an error of SQL,
    which Datasette would return as an empty download."""
    if data.get("error"):
        raise DatasetteError(data["error"], title="Invalid SQL", status=400)
    if data.get("table") and list(data["columns"])[:1] == ["rowid"]:
        data["columns"] = list(data["columns"])[1:]
        data["rows"] = [tuple(row)[1:] for row in data["rows"]]
    if is_fictional(data.get("table") or (data.get("query") or {}).get("sql")):
        data["avertissement"] = _WARNING


def file_name(published: Published, content: str, kind: str) -> str:
    """Return « genre-age-2022-2025.csv »."""
    return f"{content.replace('_', '-')}-{published.period}.{kind}"


# --- XLSX and CSV for Excel

EXCEL = "excel"
"""The extension of the address of a CSV that a French Excel opens by itself; the file is called « ….excel.csv »."""


async def excel_csv(columns: Any, rows: Any) -> Response:
    """Return a table or a query as CSV with a BOM, semicolons and decimal commas. A text that would run as a formula
    begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_excel_cell(value) for value in row] for row in rows)
    return Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")


def _excel_cell(value: Any) -> Any:
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


async def xlsx(datasette: Any, columns: Any, rows: Any, sql: str, query_name: str, table: str, data: dict[str, Any]) -> Response:  # fmt: skip  # noqa: E501
    """Return a table or a query as a workbook."""
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
    description = prose.tables[table] if table else {}
    notes = [
        ("Attention", _WARNING if is_fictional(table or sql) else ""),
        ("Extrait", f"Seules les {datasette.setting('max_returned_rows')} premières lignes sont ici." * truncated),
        ("Contenu", str(description.get("description", ""))),
        ("Unité", str(description.get("unite", ""))),
        ("Comment lire", prose.reading(table) if table else prose["lecture"]),
        ("Années", datasette.published.period.replace("-", " à ")),
        ("Source", prose["source"]),
        ("Licence", prose["license"]),
        *((prose.label(name, table), prose.columns(table)[name]) for name in description.get("columns", {})),
    ]
    return [(heading, text) for heading, text in notes if text]
