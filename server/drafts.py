"""/brouillon: what is being typed in a form, which the browser sends after each short pause (db/rows/drafts.py).

The page that opened the form made the draft and gave the browser its name; the browser can only add texts to drafts of
the account signed in. GET answers the key with which the browser encrypts what it could not send yet. The texts are not
logged.
"""

import hmac
import json

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.accounts import sessions
from db.accounts.sessions import Session
from db.base.errors import InvalidError, PaletteError
from db.rows.drafts import FormDrafts
from db.storage.connection import thread_office

MOST_BYTES = 1_000_000
"""Of one request. A pasted text that is too long for its field is kept as well, so that nothing of it is lost."""


async def answer(request: Request) -> JSONResponse:
    """Answer {"account", "key"} (GET), or keep {"opening": "…", "texts": {field: text}} (POST) and answer {"open": …},
    false once the form was saved or given up; 413 when too long, 400 when malformed, 503 when the file is busy."""
    session: Session = request.scope["palette"]
    if request.method != "POST":
        return await anyio.to_thread.run_sync(_key, session)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return JSONResponse({}, 413)
    message = _message(body)
    if message is None:
        return JSONResponse({}, 400)
    return await anyio.to_thread.run_sync(_keep, session, *message)


def _key(session: Session) -> JSONResponse:
    """Return the account's number and its key, the same in every session: it reads what an earlier one left."""
    number = session.account.id
    key = hmac.digest(sessions.key(thread_office()), f"palette.drafts.{number}".encode(), "sha256")
    return JSONResponse({"account": number, "key": key.hex()})


def _keep(session: Session, opening: str, texts: dict[str, str]) -> JSONResponse:
    try:
        is_open = FormDrafts(thread_office(), session.account.id).add_texts(opening, texts)
    except InvalidError:
        return JSONResponse({}, 413)
    except PaletteError:
        return JSONResponse({}, 503)
    return JSONResponse({"open": is_open})


def _message(body: bytes) -> tuple[str, dict[str, str]] | None:
    """Return the opening and the texts of a request, or None."""
    try:
        message = json.loads(body)
        opening, texts = message["opening"], message["texts"]
        json.dumps(message, ensure_ascii=False).encode()  # half a surrogate pair could not be stored
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    is_right = isinstance(opening, str) and isinstance(texts, dict) and all(isinstance(t, str) for t in texts.values())
    return (opening, texts) if is_right else None


ROUTE = Route("/brouillon", answer, methods=["GET", "POST"])
