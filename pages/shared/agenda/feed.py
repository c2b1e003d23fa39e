"""GET /calendrier/SECRET.ics: the appointments of one colleague, for a calendar that subscribes to them.

The secret in the address is all that a calendar has: it cannot sign in (db/accounts/calendar_addresses.py). The answer
holds no name of a person (reports/calendar_file.py).
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.accounts import calendar_addresses
from db.base.errors import PaletteError
from db.rows import records
from db.storage.connection import thread_office
from reports import calendar_file

_UNKNOWN = "Cet agenda n’existe pas, ou son adresse a été remplacée : demandez-en une autre dans Palette."


def answer(request: Request) -> Response:
    """Answer the calendar; 404 for an address that is unknown or no longer works, 503 when the file cannot be read."""
    try:
        db = thread_office()
        agent = calendar_addresses.agent_of(db, request.path_params["secret"])
        if agent is None:
            return PlainTextResponse(_UNKNOWN, 404)
        return Response(calendar_file.calendar_bytes(db, agent, records.today()), media_type=calendar_file.TYPE)
    except PaletteError:
        return PlainTextResponse("Palette ne peut pas lire son fichier pour l’instant.", 503)


ROUTE = Route(calendar_addresses.PATH + "{secret}.ics", answer, methods=["GET"])
