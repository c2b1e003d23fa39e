"""POST /chercher: the persons and partners that the quick search finds (pages/shared/shell/quick_search.js). The words
are in the body, neither in an address nor in a log; what the roles of the session may not read is not found."""

import json
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.accounts.sessions import Session
from db.base.errors import PaletteError
from db.demo import visits
from db.model.dictionary import PERSON
from db.rows import quick_search
from db.storage.connection import thread_office

_LONGEST = 200
"""Characters of the words; as JSON a character takes at most twelve bytes."""
_SIZE = 8
"""The number of persons, and of partners, that are shown."""


async def answer(request: Request) -> JSONResponse:
    """Answer {"words": "…"} by {"found": [{"kind", "title", "detail", "address"}]}; 400 when malformed or too long,
    503 when the file cannot be read."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > 12 * _LONGEST + 100:
            return JSONResponse({"found": []}, 400)
    words = _words(body)
    if words is None or len(words) > _LONGEST:
        return JSONResponse({"found": []}, 400)
    return await anyio.to_thread.run_sync(_search, request.scope["palette"], words)


def _search(session: Session, words: str) -> JSONResponse:
    try:
        db = thread_office(session.account.roles, visits.file_of(session))
        found = quick_search.everything(db, words, _SIZE)
    except PaletteError:
        return JSONResponse({"found": []}, 503)
    return JSONResponse({"found": [_shown(one) for one in found]})


def _shown(found: quick_search.Found) -> dict[str, Any]:
    is_person = found.table == PERSON.name
    return {
        "kind": "Personnes" if is_person else "Partenaires",
        "title": found.label,
        "detail": found.detail,
        "address": f"/dossier?dossier={found.id}" if is_person else f"/reseau?partenaire={found.id}",
    }


def _words(body: bytes) -> str | None:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    words = message.get("words") if isinstance(message, dict) else None
    return words if isinstance(words, str) else None


ROUTE = Route("/chercher", answer, methods=["POST"])
