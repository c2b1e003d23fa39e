"""GET /changes: the change number of the office file, which each open grid polls to notice changes by colleagues."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from db.base.errors import PaletteError
from db.storage.connection import change_token, thread_office


def answer(request: Request) -> PlainTextResponse:
    """Return the change number, or 0 when the file cannot be opened. Not async: Starlette runs it in a thread."""
    try:
        token = change_token(thread_office())
    except PaletteError:
        token = 0
    return PlainTextResponse(str(token), headers={"Cache-Control": "no-store"})


ROUTE = Route("/changes", answer)
