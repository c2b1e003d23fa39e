"""What waits for the team, each with its reason: rows of a table that a condition finds, but those that were set aside.

« Plus tard » sets a row aside until a day, « fait » for good; the same row may wait for something else.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from db.model.dictionary import SET_ASIDE
from db.model.lists import CONTRACT_PARTS, REMINDERS
from db.model.office import Office
from db.people import retention
from db.rows import records
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from db.storage.connection import remembered

_ARCHIVE = "archive"
_MOST = 20_000
_REMEMBERED = 60.0
"""Seconds that the number in the menu may lag behind."""


def _late(db: Office, today: str) -> tuple[Filter, ...]:
    days = records.get(db, db.tables["setting"], 1).values["late_days"]
    last = (date.fromisoformat(today) - timedelta(days=days)).isoformat()
    return Filter("late", "in", (1,)), Filter("due_on", "between", (None, last))


@dataclass(frozen=True)
class Reminder:
    """Why rows of a table wait. ``code``: of the list REMINDERS. ``reason``: why, in French, with « {} » for the delay
    of the setting ``delay``. ``day``: the column of the day that is shown and sorted by, or ''. ``detail``: a column
    shown after the person's name. ``screen``: the file of the page that shows them all. ``filters``: what finds them;
    a function when they depend on the settings; none when they are not rows that a grid finds."""

    code: str
    table: str
    reason: str
    screen: str
    day: str = ""
    detail: str = ""
    delay: str = ""
    filters: tuple[Filter, ...] | Callable[[Office, str], tuple[Filter, ...]] = ()

    @property
    def title(self) -> str:
        """What waits, in French."""
        return REMINDERS.values[self.code]

    def conditions(self, db: Office, today: str) -> tuple[Filter, ...]:
        """Return the filters of a grid that finds these rows, whether set aside or not."""
        return self.filters(db, today) if callable(self.filters) else self.filters


def _yes(column: str) -> tuple[Filter, ...]:
    return (Filter(column, "in", (1,)),)


REMINDERS_IN_ORDER = (
    Reminder("to_settle", "appointment", "Le jour est passé : la personne est-elle venue ?", "agenda.py", "planned_on",
             filters=_yes("to_settle")),
    Reminder("without_follow_up", "appointment", "Manqué sans excuse ; ni contact ni rendez-vous depuis.",
             "agenda.py", "planned_on", filters=_yes("without_follow_up")),
    Reminder("without_note", "appointment", "La personne est venue ; aucun entretien n’est noté.", "agenda.py",
             "planned_on", filters=_yes("without_note")),
    Reminder("new", "person", "Sans étape, une personne n’est comptée nulle part.", "caseload.py",
             filters=(Filter("state", "in", ("new",)),)),
    Reminder("without_contact", "person", "Pas de contact depuis {}.", "caseload.py", "last_contact",
             delay="contact_months", filters=_yes("without_contact")),
    Reminder("to_sign", "orientation", "Le contrat se signe dans le mois de l’orientation notifiée.", "orientations.py",
             "sign_before", filters=_yes("to_sign")),
    Reminder("contract_ends", "cer", "Échéance dans {} au plus, sans contrat suivant signé.", "cer.py", "due_on",
             delay="contract_alert_months", filters=_yes("ends_soon")),
    Reminder("rights_end", "benefit", "Fin dans {} au plus, sans autres droits ensuite.", "follow_up.py", "ends_on",
             "kind", delay="contract_alert_months", filters=_yes("ends_soon")),
    Reminder("late", "action", "Échéance passée depuis {} ou plus, action ni faite ni abandonnée.", "diagnostics.py",
             "due_on", "objective", delay="late_days", filters=_late),
    Reminder("undecided", "orientation", "Demande reçue, avis pas encore rendu.", "orientations.py", "requested_on",
             "verdict", filters=(Filter("decided_on", "empty"),)),
    Reminder("pending", "diagnostic", "Commencé, pas encore terminé.", "diagnostics.py", "started_on",
             filters=_yes("pending")),
    Reminder("aid", "aid", "Demandée, pas encore décidée.", "aid.py", "requested_on",
             filters=(Filter("decision", "in", ("pending",)),)),
    Reminder("unpaid", "aid", "Décidée depuis {} ou plus, pas encore payée.", "aid.py", "decided_on",
             "type", delay="unpaid_days", filters=_yes("unpaid")),
    Reminder("to_replace", "cer", "À remplacer par un contrat d’engagement au 1er janvier 2027.", "cer.py",
             "due_on", filters=_yes("to_replace")),
    Reminder("missing", "cer", "La loi demande ce qui manque encore.", "cer.py", "starts_on", "missing",
             filters=(Filter("missing", "in", tuple(CONTRACT_PARTS.values)),)),
    Reminder("to_ask", "exit", "Sortie du RSA il y a {} ou plus : que devient la personne ?", "exits.py",
             "left_on", "reason", delay="exit_months", filters=_yes("to_ask")),
    Reminder("archive", "person", "Aucun contact depuis {} : à archiver ou à recontacter.", "caseload.py",
             "last_contact", delay="archive_months"),
)  # fmt: skip


def waiting(db: Office, reminder: Reminder, today: str) -> list[int]:
    """Return the ids of the rows that wait, by day, without those set aside; remembered until the file changes."""
    return remembered(db, ("waiting", reminder.code, today), lambda: _waiting(db, reminder, today))


def _waiting(db: Office, reminder: Reminder, today: str) -> list[int]:
    if reminder.code == _ARCHIVE:
        ids = [one.person_id for one in retention.to_archive(db, today)]
    else:
        sort = (reminder.day,) if reminder.day else ()
        query = Query(reminder.conditions(db, today), sort=sort, size=_MOST, today=today)
        ids = records.page_ids(db, db.tables[reminder.table], query)
    aside = _aside(db, reminder.code, today) if ids else set()
    return [row_id for row_id in ids if row_id not in aside]


def reason(db: Office, reminder: Reminder) -> str:
    """Return why the rows wait, in French, with the delay of the settings."""
    if not reminder.delay:
        return reminder.reason
    delay = records.get(db, db.tables["setting"], 1).values[reminder.delay]
    is_months = reminder.delay.endswith("_months")
    return reminder.reason.format(f"{delay} mois" if is_months else f"{delay} jour{'s' * (delay > 1)}")


def _aside(db: Office, code: str, today: str) -> set[int]:
    sql = "SELECT of_row FROM set_aside WHERE kind = ? AND deleted_at IS NULL AND coalesce(until, '9999') > ?"
    return {row[0] for row in db.execute(sql, (code, today))}


def set_aside(db: Office, reminder: Reminder, row_id: int, until: str | None, who: str) -> None:
    """Set a row aside until an ISO day, or for good. Raises as ``records.save``."""
    table = db.tables[reminder.table]
    person = records.person_of(db, table, row_id) if table.belongs_to_person else row_id
    values = {"person_id": person, "kind": reminder.code, "of_row": row_id, "until": until}
    records.save(db, db.tables[SET_ASIDE.name], Edit(values), who)


_counted: dict[str, tuple[float, float, str, int]] = {}
"""Path of the file -> (moment, seconds it took, day, number) of the last count."""


def number(db: Office, today: str, *, anew: bool = False) -> int:
    """Return how many rows wait in all, without those to archive, which have a screen of their own and no haste. Every
    page asks, so a count is kept for a minute, and longer if it took long: it takes a 200th of the time. ``anew``:
    count now."""
    path = str(db.execute("PRAGMA database_list").fetchone()[2])
    now = time.monotonic()
    at, cost, day, counted = _counted.get(path, (0.0, 0.0, "", 0))
    if anew or day != today or now - at > max(_REMEMBERED, 200 * cost):
        counted = sum(len(waiting(db, one, today)) for one in REMINDERS_IN_ORDER if one.code != _ARCHIVE)
        _counted[path] = (time.monotonic(), time.monotonic() - now, today, counted)
    return counted
