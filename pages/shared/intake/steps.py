"""The steps: which table each fills in, with which fields in sight, and what it came to in a line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.base.french import french_date, french_day, french_time
from db.model.dictionary import ACTION, APPOINTMENT, BENEFIT, DIAGNOSTIC, ORIENTATION, PERSON, STAGE
from db.model.office import Office
from db.model.types import Context
from db.rows import intake
from db.rows.intake import Intake


@dataclass(frozen=True)
class Step:
    """``brief``: the fields in sight, in this order. ``columns``: of the form."""

    table: str
    title: str
    question: str
    brief: tuple[str, ...]
    columns: int = 2


STEPS = (
    Step(
        PERSON.name,
        "Qui",
        "Qui est-ce ? Tapez son nom : Palette regarde si elle est déjà connue.",
        ("last_name", "first_name", "birth_date", "gender", "phone", "email", "town", "territory", "domain", "craft",
         "licence", "vehicle", "household", "agent"),
    ),
    Step(
        ORIENTATION.name,
        "Demande et avis",
        "Que demande-t-elle, par qui, et les critères sont-ils remplis ? L’avis se calcule à mesure.",
        ("requested_on", "prescriber", "accompanied_elsewhere", "needs_mobility", "food_job", "decided_on", "override",
         "override_reason"),
    ),
    Step(
        BENEFIT.name,
        "Droits",
        "De quoi vit-elle aujourd’hui ? L’accompagnement demande des droits « soumis aux droits et devoirs ».",
        ("kind", "subject_to_duties", "starts_on", "ends_on"),
    ),
    Step(
        STAGE.name,
        "Étape",
        "Par quoi commence-t-elle ?",
        ("kind", "mode", "starts_on", *intake.RIGHTS_FIELDS),
    ),
    Step(
        DIAGNOSTIC.name,
        "Diagnostic",
        "Où en est-elle ? Ce que vous savez déjà ; le reste viendra.",
        ("started_on", "obstacles", "skills", "potential"),
    ),
    Step(
        ACTION.name,
        "Premier plan",
        "Qu’avez-vous décidé ensemble ? Une ligne par objectif.",
        tuple(name for line in intake.PLAN_FIELDS for name in line),
        columns=3,
    ),
    Step(
        APPOINTMENT.name,
        "Prochain rendez-vous",
        "Quand la revoyez-vous ?",
        ("planned_on", "starts_at", "minutes", "way", "purpose", "agent"),
    ),
)  # fmt: skip
BY_TABLE = {step.table: step for step in STEPS}


# ---- what a step came to, in a line


def summary(db: Office, step: Step, found: Intake, context: Context) -> str:
    """Return what a step that is done came to, as plain text."""
    return _SUMMARIES[step.table](db, found, context)


def _shown(db: Office, table: str, name: str, values: Mapping[str, Any], context: Context) -> str:
    return db.tables[table].column(name).type.show(values[name], context)


def _person(db: Office, found: Intake, context: Context) -> str:
    values = found.person.values
    parts = (_shown(db, PERSON.name, name, values, context) for name in ("birth_date", "town"))
    return " · ".join(filter(None, (context.title(PERSON.name, found.person.id), *parts)))


def _request(db: Office, found: Intake, context: Context) -> str:
    values = found.rows[ORIENTATION.name].values
    asked = french_date(values["requested_on"])
    return f"{asked} · {_shown(db, ORIENTATION.name, 'verdict', values, context)}"


def _dated(table: str) -> Callable[[Office, Intake, Context], str]:
    def show(db: Office, found: Intake, context: Context) -> str:
        values = found.rows[table].values
        since = french_date(values["starts_on"])
        mode = _shown(db, table, "mode", values, context) if table == STAGE.name else ""
        return " · ".join(filter(None, (_shown(db, table, "kind", values, context), mode, f"depuis le {since}")))

    return show


def _diagnostic(db: Office, found: Intake, context: Context) -> str:
    values = found.rows[DIAGNOSTIC.name].values
    obstacles = _shown(db, DIAGNOSTIC.name, "obstacles", values, context)
    return " · ".join(filter(None, (french_date(values["started_on"]), obstacles)))


def _plan(_db: Office, found: Intake, _context: Context) -> str:
    count = len(found.actions)
    return f"{count} action{'s' * (count > 1)} : {found.actions[0].values['objective']}"


def _appointment(_db: Office, found: Intake, _context: Context) -> str:
    values = found.rows[APPOINTMENT.name].values
    return f"{french_day(values['planned_on'])} à {french_time(values['starts_at'])}"


_SUMMARIES: dict[str, Callable[[Office, Intake, Context], str]] = {
    PERSON.name: _person,
    ORIENTATION.name: _request,
    BENEFIT.name: _dated(BENEFIT.name),
    STAGE.name: _dated(STAGE.name),
    DIAGNOSTIC.name: _diagnostic,
    ACTION.name: _plan,
    APPOINTMENT.name: _appointment,
}
