"""What a browser reads when an answer breaks: a French sentence, not « Internal Server Error »; the log, no value."""

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
_UNFORESEEN = "Palette a rencontré une erreur. Ce qui était enregistré l’est toujours ; réessayez."


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One of the templates of the door."""
    return HTMLResponse(_templates.get_template(template).render(**values), status)


async def in_words(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as ``app`` does; what breaks before the answer begins is told in words, later it cuts it short."""
    begun = False

    async def said(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await app(scope, receive, said)
    except Exception as error:
        if begun:
            raise
        _log.error(without_values(error))
        await _broken(scope, error)(scope, receive, send)


def _broken(scope: Scope, error: Exception) -> Response:
    """503 for what may pass (the file is held, the disk is full), 500 for what nobody foresaw."""
    told = palette_error(error) if isinstance(error, sqlite3.Error) else error
    known = isinstance(told, PaletteError)
    text, status = (str(told), 503) if known else (_UNFORESEEN, 500)
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return page("message.html", status, title="Palette est indisponible", text=text)
    return PlainTextResponse(text, status)
