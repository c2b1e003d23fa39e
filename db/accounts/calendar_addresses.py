"""The secret addresses to which calendars subscribe, one for each colleague.

A calendar cannot sign in: whoever knows the address reads the appointments behind it, without the names of persons. The
file holds a digest of the secret alone, so that an address is shown once; a new one takes the place of the old one.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from db.base.french import french_instant
from db.model.office import Office
from db.rows import access_log
from db.rows.transactions import writing

PATH = "/calendrier/"
"""What an address of a calendar begins with; the secret part and « .ics » follow."""
_ADDRESS = re.compile(re.escape(PATH) + r"[A-Za-z0-9_-]{43}\.ics")


def is_address(path: str) -> bool:
    """Return whether a path has the form of an address, known or not."""
    return _ADDRESS.fullmatch(path) is not None


@dataclass(frozen=True)
class CalendarAddress:
    """That there is an address for the appointments of ``agent`` (a code of the list), since when and by whom."""

    agent: str
    at: str
    who: str

    @property
    def moment(self) -> str:
        """« 06/03/2023 à 14:32 »."""
        return french_instant(self.at)


def every(db: Office) -> dict[str, CalendarAddress]:
    """Return colleague -> the address."""
    return {row[0]: CalendarAddress(*row) for row in db.execute("SELECT agent, at, who FROM calendar_address")}


def create(db: Office, agent: str, who: str) -> str:
    """Make the address of a colleague and return its secret part. An earlier one no longer works. Raises BusyError."""
    token = secrets.token_urlsafe(32)
    with writing(db):
        db.execute("DELETE FROM calendar_address WHERE agent = ?", (agent,))
        db.execute("INSERT INTO calendar_address (agent, token, who) VALUES (?, ?, ?)", (agent, _digest(token), who))
        access_log.add(db, who, "calendar", detail="adresse créée")
    return token


def revoke(db: Office, agent: str, who: str) -> None:
    """End the address of a colleague. Raises BusyError."""
    with writing(db):
        db.execute("DELETE FROM calendar_address WHERE agent = ?", (agent,))
        access_log.add(db, who, "calendar", detail="adresse supprimée")


def agent_of(db: Office, token: str) -> str | None:
    """Return whose appointments an address gives; None for an unknown one."""
    row = db.execute("SELECT agent FROM calendar_address WHERE token = ?", (_digest(token),)).fetchone()
    return row[0] if row else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
