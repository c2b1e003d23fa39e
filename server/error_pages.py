"""Turn unhandled exceptions into a French page instead of « Internal Server Error »; log them without values."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.base.errors import PaletteError, without_values
from db.base.sqlite_errors import palette_error

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
_log = logging.getLogger("palette")
_UNEXPECTED = "Palette a rencontré une erreur. Ce qui était enregistré l’est toujours ; réessayez."


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a template of this folder."""
    return HTMLResponse(_templates.get_template(template).render(**values), status)


async def answer_errors(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Call ``app``. Answer an exception by an error page; raise it again when the answer has begun already."""
    started = False

    async def send_and_note(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await app(scope, receive, send_and_note)
    except Exception as error:
        if started:
            raise
        _log.error(without_values(error))
        await _error_response(scope, error)(scope, receive, send)


def _error_response(scope: Scope, error: Exception) -> Response:
    """Return a 503 answer for a PaletteError, which may pass (locked file, full disk), else a 500 answer."""
    known = palette_error(error) if isinstance(error, sqlite3.Error) else error
    text, status = (str(known), 503) if isinstance(known, PaletteError) else (_UNEXPECTED, 500)
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return page("message.html", status, title="Palette est indisponible", text=text)
    return PlainTextResponse(text, status)
