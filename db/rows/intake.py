"""« Nouvel accompagnement »: what the file has of a person's beginning, and the steps that write several rows at once.

Nothing says how far the beginning has come: that follows from the rows of the person. A person who left and comes back
begins anew, so that what is older than her last exit does not count.

Two steps are typed in one form and saved as several rows: a stage with the rights that it needs, and the actions of a
first plan. Their forms are tables of the dictionary put together: a field whose name ends in « __… » is that field of
another row (``starts_on__rights``, ``objective__2``).
"""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from db.base.errors import InvalidError, Problem
from db.model.appointment_rules import EXPECTED
from db.model.dictionary import ACTION, APPOINTMENT, BENEFIT, DIAGNOSTIC, ORIENTATION, PERSON, STAGE
from db.model.domain_rules import in_force
from db.model.fields import Field, Follows, OfficeTable
from db.model.office import Office
from db.rows import records
from db.rows.drafts import PART
from db.rows.records import Row
from db.rows.transactions import writing

_SINCE = """coalesce((SELECT max(e.left_on) FROM exit e WHERE e.person_id = :person AND e.deleted_at IS NULL
  AND e.left_on <= :today), '')"""
_OF_PERSON = 'SELECT t.id FROM "{}" t WHERE t.person_id = :person AND t.deleted_at IS NULL AND '
_FOUND = {
    ORIENTATION.name: f"t.requested_on >= {_SINCE} ORDER BY t.requested_on DESC, t.id DESC",
    BENEFIT.name: "coalesce(t.ends_on, '9999') >= :today ORDER BY t.starts_on, t.id",
    STAGE.name: "coalesce(t.ends_on, '9999') >= :today ORDER BY t.starts_on DESC, t.id DESC",
    DIAGNOSTIC.name: f"t.started_on >= {_SINCE} ORDER BY t.started_on DESC, t.id DESC",
    APPOINTMENT.name: f"t.state IN {EXPECTED} AND t.planned_on >= :today ORDER BY t.planned_on, t.starts_at",
}
"""Table -> SQL: the row of a person that the step of that table makes, the first one first."""


@dataclass(frozen=True)
class Intake:
    """What the file has of a person's beginning. ``rows``: by table, those that are there; ``actions``: the plan of the
    diagnostic."""

    person: Row
    rows: Mapping[str, Row]
    actions: tuple[Row, ...]

    def has(self, table: str) -> bool:
        """Return whether the step of a table is done."""
        return bool(self.actions) if table == ACTION.name else table == PERSON.name or table in self.rows

    @property
    def is_refused(self) -> bool:
        """Whether the verdict is that the person is not oriented to the officer, and no stage is there nonetheless."""
        request = self.rows.get(ORIENTATION.name)
        return request is not None and request.values["verdict"] == "no" and STAGE.name not in self.rows


def look(db: Office, person_id: int, today: str) -> Intake:
    """Return what the file has now. Raises NotFoundError for a person who is not there."""
    with db.one_moment():
        person = records.get(db, db.tables[PERSON.name], person_id)
        rows: dict[str, Row] = {}
        for name, condition in _FOUND.items():
            sql = f"{_OF_PERSON.format(name)}{condition} LIMIT 1"
            found = db.execute(sql, {"person": person_id, "today": today}).fetchone()
            if found:
                rows[name] = records.get(db, db.tables[name], found[0])
        return Intake(person, rows, _plan(db, rows.get(DIAGNOSTIC.name)))


def _plan(db: Office, diagnostic: Row | None) -> tuple[Row, ...]:
    if diagnostic is None:
        return ()
    sql = f"SELECT id FROM {ACTION.name} WHERE diagnostic_id = ? AND deleted_at IS NULL ORDER BY id"
    ids = [row[0] for row in db.execute(sql, (diagnostic.id,))]
    return tuple(records.rows(db, db.tables[ACTION.name], ids))


def lacks_duties(db: Office, person_id: int, day: str) -> bool:
    """Return whether the person has no rights « soumises aux droits et devoirs » on an ISO day, which an accompaniment
    that begins then needs."""
    sql = f"""SELECT NOT EXISTS (SELECT 1 FROM benefit b WHERE b.person_id = :person AND b.subject_to_duties = 1
      AND {in_force("b", ":day")})"""
    return bool(db.execute(sql, {"person": person_id, "day": day}).fetchone()[0])


# ---- fields of several rows in one form


def _part(field: Field, part: str, **changes: Any) -> Field:
    """Return a field as one of another row, under a name of its own."""
    default = field.default
    if isinstance(default, Follows):
        default = dataclasses.replace(default, field=f"{default.field}{PART}{part}")
    given = {"name": f"{field.name}{PART}{part}", "default": default, "section": "", **changes}
    return dataclasses.replace(field, **given)


def _values_of(part: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one part, under the names of its fields."""
    ending = f"{PART}{part}"
    return {name.removesuffix(ending): value for name, value in values.items() if name.endswith(ending)}


@contextmanager
def _problems_of(part: str) -> Iterator[None]:
    """Name the fields of a part in the problems that the block raises."""
    try:
        yield
    except InvalidError as error:
        raise InvalidError(
            [dataclasses.replace(one, field=f"{one.field}{PART}{part}") for one in error.problems]
        ) from error


# ---- a stage with its rights

RIGHTS = "rights"
RIGHTS_FIELDS = tuple(f"{name}{PART}{RIGHTS}" for name in ("kind", "subject_to_duties", "starts_on"))


def stage_table(db: Office) -> OfficeTable:
    """Return the table of the stages with the fields of the rights that a stage may need."""
    stage, benefit = db.tables[STAGE.name], db.tables[BENEFIT.name]
    first_day = benefit.field("starts_on")
    fields = (
        _part(benefit.field("kind"), RIGHTS),
        _part(benefit.field("subject_to_duties"), RIGHTS),
        _part(
            first_day,
            RIGHTS,
            label="Droits depuis le",
            default=None,
            required=False,
            help="Vide : le premier jour de l’étape.",
        ),
    )
    return dataclasses.replace(stage, fields=(*stage.fields, *fields))


def start_stage(db: Office, values: Mapping[str, Any], who: str) -> int:
    """Add a stage, and before it the rights that were asked for with it, in one operation: both or none. ``values``: of
    ``stage_table``, as typed or stored. Returns the id of the stage. Raises InvalidError, RuleError, BusyError."""
    rights = _values_of(RIGHTS, values)
    stage = {name: value for name, value in values.items() if PART not in name}
    with writing(db):
        if rights:
            known = {**rights, "person_id": stage["person_id"]}
            known["starts_on"] = rights.get("starts_on") or stage.get("starts_on")
            with _problems_of(RIGHTS):
                records.add(db, db.tables[BENEFIT.name], known, who)
        return records.add(db, db.tables[STAGE.name], stage, who)


# ---- the first plan

LINES = 8
"""Most actions of one step; « Plans d’action » of the file takes more."""
_PLANNED = ("objective", "obstacle", "due_on")
PLAN_FIELDS = tuple(tuple(f"{name}{PART}{line}" for name in _PLANNED) for line in range(1, LINES + 1))
"""The fields of each line."""


def plan_table(db: Office) -> OfficeTable:
    """Return the table of the actions with the fields of several of them."""
    action = db.tables[ACTION.name]
    owners = tuple(action.field(name) for name in ("person_id", "diagnostic_id"))
    lines = (
        _part(field, str(line), label=f"{field.label} {line}", required=False, hidden=False)
        for line in range(1, LINES + 1)
        for field in map(action.field, _PLANNED)
    )
    first = PLAN_FIELDS[0][0]
    return dataclasses.replace(
        action, fields=(*owners, *lines), title=(first,), order=(first,), key=(), rules=(), computed=(), highlights=()
    )


def add_plan(db: Office, values: Mapping[str, Any], who: str) -> list[int]:
    """Add the actions of the lines that are filled in, in one operation: all or none. ``values``: of ``plan_table``.
    Returns their ids. Raises InvalidError with the problems of every line, BusyError."""
    owners = {name: value for name, value in values.items() if PART not in name}
    lines = {str(line): _values_of(str(line), values) for line in range(1, LINES + 1)}
    filled = {line: given for line, given in lines.items() if any(given.values())}
    if not filled:
        raise InvalidError(
            [Problem("écrivez au moins un objectif", ACTION.field("objective").label, PLAN_FIELDS[0][0])]
        )
    problems: list[Problem] = []
    added: list[int] = []
    with writing(db):
        for line, given in filled.items():
            try:
                with _problems_of(line):
                    added.append(records.add(db, db.tables[ACTION.name], {**owners, **given}, who))
            except InvalidError as error:
                problems += [dataclasses.replace(one, label=f"{one.label} {line}") for one in error.problems]
        if problems:
            raise InvalidError(problems)
    return added
