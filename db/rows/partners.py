"""What became of the work with one partner: who was sent there, which actions it carries, what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from db.model.dictionary import NEED, PROJECT
from db.model.office import Office
from db.rows import records
from db.rows.records import Row


@dataclass
class Sent:
    """One person who was sent to a partner. ``meetings``: days of the interventions with it, latest first. ``actions``:
    (objective, state) of those it carries. ``exit``: (day, reason) of the latest exit after the first of these."""

    person: int
    meetings: list[str] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)
    exit: tuple[str, str] | None = None

    @property
    def latest(self) -> str:
        """The last day of an intervention, '' for none."""
        return max(self.meetings, default="")


_MEETINGS = """SELECT person_id, happened_on FROM intervention
  WHERE partner_id = ? AND deleted_at IS NULL ORDER BY happened_on DESC, id DESC"""
_ACTIONS = """SELECT person_id, objective, state FROM action
  WHERE partner_id = ? AND deleted_at IS NULL ORDER BY due_on, id"""
_EXITS = "SELECT person_id, left_on, reason FROM exit WHERE deleted_at IS NULL ORDER BY left_on, id"


def sent(db: Office, partner: int) -> list[Sent]:
    """Return the persons who were sent to a partner, those with the latest intervention first. The file does not say
    that an exit is owed to the partner; it says that it came later."""
    persons: dict[int, Sent] = {}
    for person, day in db.execute(_MEETINGS, (partner,)):
        persons.setdefault(person, Sent(person)).meetings.append(day)
    for person, objective, state in db.execute(_ACTIONS, (partner,)):
        persons.setdefault(person, Sent(person)).actions.append((objective, state))
    for person, day, reason in db.execute(_EXITS):
        found = persons.get(person)
        if found and found.meetings and day >= min(found.meetings):
            found.exit = (day, reason)
    return sorted(persons.values(), key=lambda one: one.latest, reverse=True)


def needs(db: Office, partner: int) -> list[Row]:
    """Return the needs that a partner answers."""
    sql = """SELECT id FROM need WHERE deleted_at IS NULL
      AND EXISTS (SELECT 1 FROM json_each(partners) WHERE value = ?) ORDER BY noted_on DESC, id DESC"""
    return records.rows(db, db.tables[NEED.name], _ids(db.execute(sql, (partner,))))


def projects(db: Office, partner: int) -> list[Row]:
    """Return the projects with a partner, latest first."""
    sql = "SELECT id FROM project WHERE partner_id = ? AND deleted_at IS NULL ORDER BY starts_on DESC, id DESC"
    return records.rows(db, db.tables[PROJECT.name], _ids(db.execute(sql, (partner,))))


def obstacles_of(db: Office, person: int) -> list[str]:
    """Return the codes of what hinders a person: of the actions still to be done, then of the latest diagnosis."""
    actions = """SELECT obstacle FROM action WHERE person_id = ? AND deleted_at IS NULL AND obstacle IS NOT NULL
      AND state IN ('todo', 'doing') ORDER BY due_on, id"""
    diagnosed = """SELECT value FROM json_each((SELECT obstacles FROM diagnostic WHERE person_id = ?
      AND deleted_at IS NULL ORDER BY started_on DESC, id DESC LIMIT 1))"""
    rows = [*db.execute(actions, (person,)), *db.execute(diagnosed, (person,))]
    return list(dict.fromkeys(code for (code,) in rows))


def _ids(rows: Iterable[tuple[int]]) -> list[int]:
    return [row[0] for row in rows]
