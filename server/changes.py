"""The number a grid asks for several times a minute: it grows with every change of the file, and says nothing else."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from db.connection import change_token, office
from db.errors import PaletteError


def _token() -> str:
    try:
        return str(change_token(office()))
    except PaletteError:
        return "0"


async def _changes(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await run_in_threadpool(_token), headers={"Cache-Control": "no-store"})


ROUTE = Route("/changes", _changes)
