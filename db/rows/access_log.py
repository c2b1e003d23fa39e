"""The access log: who opened a person's file, took data away, signed in. Lines are only added, sealed, and expire. A
line holds the number of a person, never a name."""

from dataclasses import dataclass

from db.base import instants
from db.base.french import french_instant
from db.model.office import Office
from db.rows.transactions import writing

ACTIONS = {
    "open": "Dossier ouvert",
    "export": "Téléchargement",
    "package": "Droit d’accès : tout remis",
    "sign_in": "Connexion",
    "refused": "Connexion refusée",
    "sign_out": "Déconnexion",
    "account": "Comptes",
    "document": "Document imprimé",
    "template": "Modèle de document",
    "calendar": "Adresse d’agenda",
    "erase": "Effacement",
    "purge": "Traces retirées",
    "restore": "Sauvegarde reprise",
}
"""Action -> its French description."""
_AGAIN = "-10 minutes"
"""Opening the same file again within this time is not logged again."""


@dataclass(frozen=True)
class LogLine:
    """One line of the access log. ``at``: an ISO moment in UTC."""

    id: int
    at: str
    who: str
    action: str
    person_id: int | None
    detail: str

    @property
    def moment(self) -> str:
        """« 06/03/2023 à 14:32 », in the server's time zone."""
        return french_instant(self.at)


def note(db: Office, who: str, action: str, person_id: int | None = None, detail: str = "") -> None:
    """Add one line in a transaction of its own. Raises BusyError, StorageError."""
    with writing(db):
        add(db, who, action, person_id, detail)


def add(db: Office, who: str, action: str, person_id: int | None = None, detail: str = "") -> None:
    """Add one line within a running transaction."""
    if action not in ACTIONS:
        raise ValueError(f"unknown trace {action!r}")
    sql = "INSERT INTO trace (who, action, person_id, detail) VALUES (?, ?, ?, ?)"
    db.execute(sql, (who, action, person_id, detail))


def note_opening(db: Office, who: str, person_id: int) -> None:
    """Log that a user opens a person's file, once per hour or so (``_AGAIN``)."""
    sql = (
        "SELECT 1 FROM trace WHERE person_id = ? AND action = 'open' AND who = ?"
        f" AND at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '{_AGAIN}')"
    )
    if not db.execute(sql, (person_id, who)).fetchone():
        note(db, who, "open", person_id)


def find(
    db: Office,
    who: str = "",
    action: str = "",
    person_id: int | None = None,
    since: str = "",
    until: str = "",
    first: int = 0,
    size: int = 50,
) -> tuple[list[LogLine], int]:
    """Return one page of lines, latest first, and how many match in all. Days are ISO, both included."""
    criteria = [
        ("who = ?", who), ("action = ?", action), ("person_id = ?", person_id),
        ("at >= ?", instants.start_of(since) if since else ""), ("at < ?", instants.end_of(until) if until else ""),
    ]  # fmt: skip
    conditions = [(sql, value) for sql, value in criteria if value not in ("", None)]
    where = " AND ".join(["1", *(sql for sql, _ in conditions)])
    values = [value for _, value in conditions]
    (matching,) = db.execute(f"SELECT count(*) FROM trace WHERE {where}", values).fetchone()
    sql = f"SELECT id, at, who, action, person_id, detail FROM trace WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?"
    return [LogLine(*row) for row in db.execute(sql, [*values, size, first])], matching
