"""The Datasette plugin of the site: French numbers and errors, the site's own pages, only the tables of the release."""

import logging
import sqlite3
import traceback
from typing import Any

from datasette import Response, hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import InvalidSql
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from jinja2 import Environment
from markupsafe import escape

from partners import french, pages, template_helpers
from partners.release_reader import DATABASE

_log = logging.getLogger(__name__)
_TITLES = {
    400: "Cette demande n’a pas pu être comprise",
    403: "Cette page n’existe pas",
    404: "Cette page n’existe pas",
    500: "Une erreur est survenue",
}
_NOT_FOUND = "L’adresse est peut-être mal recopiée, ou la page a changé de place."
_INTERNAL_ERROR = "L’erreur est de notre côté et a été notée. Le reste du site fonctionne."
_TOO_MUCH_MEMORY = "La requête demande plus de mémoire que ce site n’en donne à une question. Demandez moins de lignes."
_TOO_LONG = "La requête a pris trop de temps et a été arrêtée. Demandez moins de lignes, ou une seule table."


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Add the prose and the helpers to every template."""
    template_helpers.add_helpers(env, datasette.published, datasette.prose)


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(value: Any, column: str) -> Any:
    """Format numbers in French on pages; downloads keep the raw values."""
    return "–" if value is None else french.cell(column, value)


@hookimpl  # type: ignore[untyped-decorator]
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Return the site's own pages, which come before Datasette's."""
    return pages.routes(datasette)


@hookimpl  # type: ignore[untyped-decorator]
def register_output_renderer() -> list[dict[str, Any]]:
    """Offer tables and queries as XLSX, and as CSV for Excel."""
    return [{"extension": "xlsx", "render": pages.xlsx}, {"extension": pages.EXCEL, "render": pages.excel_csv}]


@hookimpl  # type: ignore[untyped-decorator]
def permission_allowed(datasette: Any, action: str, resource: Any) -> bool | None:
    """Allow only the tables of the release; SQLite itself would also serve sqlite_master or pragma functions."""
    if action == "view-table":
        database, table = resource
        return bool(database == DATABASE and table in datasette.published.tables)
    return None


@hookimpl  # type: ignore[untyped-decorator]
def forbidden(datasette: Any, request: Any) -> Any:
    """Answer 404 to what may not be seen."""
    return error_page(datasette, request, 404, _NOT_FOUND)


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return every error as a French page, or as JSON where JSON was requested."""
    return error_page(datasette, request, *_status_and_message(exception))


def _status_and_message(exception: Exception) -> tuple[int, str]:
    match exception:
        case DatasetteError(status=status, title="SQL Interrupted"):
            return status, _TOO_LONG
        case DatasetteError(status=400, title="Invalid SQL") | InvalidSql() | sqlite3.Error():
            return 400, french.sql_error(str(getattr(exception, "message", exception)))
        case QueryInterrupted():
            return 400, _TOO_LONG
        case MemoryError():
            return 400, _TOO_MUCH_MEMORY
        case Base400(status=404):
            return 404, _NOT_FOUND
        case Base400() | DatasetteError() | ValueError() | KeyError():
            return 400, "Un paramètre de l’adresse est absent ou mal écrit."
    # Without the message, which may quote what a visitor asked.
    frames = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(exception.__traceback__)[-8:]]
    _log.error("unexpected %s at %s", type(exception).__name__, " < ".join(reversed(frames)))
    return 500, _INTERNAL_ERROR


async def error_page(datasette: Any, request: Any, status: int, message: str) -> Response:
    """Return a French sentence on a page, in JSON, or as plain text for another format."""
    title = _TITLES.get(status, _TITLES[500])
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "status": status, "title": title, "error": message}, status=status)
    if request.path.endswith((".csv", ".excel", ".xlsx", ".svg", ".png")):
        return Response.text(f"{title}. {message}", status=status)
    variables = {"status": status, "title": title, "message": escape(message)}
    return Response.html(await datasette.render_template("error.html", variables, request=request), status=status)
