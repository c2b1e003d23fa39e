"""The number a grid asks for several times a minute: it grows with every change of the file, and says nothing else."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from db.base.errors import PaletteError
from db.storage.connection import change_token, thread_office


def answer(request: Request) -> PlainTextResponse:
    """The change number; 0 while there is no file. Starlette runs it in a thread of its own."""
    try:
        token = change_token(thread_office())
    except PaletteError:
        token = 0
    return PlainTextResponse(str(token), headers={"Cache-Control": "no-store"})


ROUTE = Route("/changes", answer)
