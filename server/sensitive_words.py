"""POST /mots: the sensitive words in a text that is being typed. The text is neither stored nor logged."""

import json
from dataclasses import asdict

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.people import sensitive_words

LONGEST = 20_000
"""In characters; the longest text of the dictionary has half as many."""
_MOST_BYTES = 12 * LONGEST + 100
"""A character takes at most twelve bytes as JSON: two escapes of six bytes."""


async def answer(request: Request) -> JSONResponse:
    """Answer {"text": "…"} by {"concerns": [{"kind", "words", "why"}]}; 413 when too long, 400 when malformed."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return _refused(413)
    text = _text(body)
    if text is None or len(text) > LONGEST:
        return _refused(400 if text is None else 413)
    concerns = await anyio.to_thread.run_sync(sensitive_words.found, text)
    return JSONResponse({"concerns": [asdict(concern) for concern in concerns]})


def _text(body: bytes) -> str | None:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    text = message.get("text") if isinstance(message, dict) else None
    return text if isinstance(text, str) else None


def _refused(status: int) -> JSONResponse:
    return JSONResponse({"concerns": []}, status)


ROUTE = Route("/mots", answer, methods=["POST"])
