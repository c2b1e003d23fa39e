"""The form of each step: its table, what it begins with, which fields it asks for, and how it is saved."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from db.base.errors import FieldError
from db.model import domain_rules
from db.model.dictionary import ACTION, APPOINTMENT, BENEFIT, DIAGNOSTIC, ORIENTATION, STAGE
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context, Date
from db.rows import intake, records
from db.rows.intake import PLAN_FIELDS, RIGHTS_FIELDS, Intake
from db.rows.records import Edit
from pages.shared.form.look import FormLook
from pages.shared.intake.steps import Step

_IN_SIGHT_LINES = 3
SAVE = "Enregistrer et continuer"
"""The label of the button of each step."""


def table_of(db: Office, step: Step, is_there: bool) -> OfficeTable:
    if step.table == STAGE.name and not is_there:
        return intake.stage_table(db)
    return intake.plan_table(db) if step.table == ACTION.name else db.tables[step.table]


def fixed_of(step: Step, found: Intake) -> dict[str, Any]:
    """Return what the form of a new row begins with."""
    fixed: dict[str, Any] = {"person_id": found.person.id}
    if step.table == ACTION.name:
        fixed["diagnostic_id"] = found.rows[DIAGNOSTIC.name].id
    if step.table == APPOINTMENT.name:
        fixed |= {"planned_on": None, "agent": found.person.values["agent"]}
    return fixed


def look_of(db: Office, step: Step, found: Intake) -> FormLook:
    common: dict[str, Any] = {"columns": step.columns, "save": SAVE, "cancels": False, "pills": True}
    if step.table == ORIENTATION.name:
        common["asks"] = partial(_asks_of_request, db, found)
    if step.table == STAGE.name:
        common["asks"] = partial(_asks_of_stage, db, found)
        if STAGE.name not in found.rows:
            common["write"] = _write_stage
            common["above"] = partial(_explain_rights, db, found)
    if step.table == ACTION.name:
        common |= {"asks": _asks_of_plan, "write": _write_plan}
    return FormLook(step.brief, **common)


def _asks_of_request(db: Office, found: Intake, field: str, values: Mapping[str, Any]) -> bool:
    """Ask for an opposite verdict once a criterion holds, or where one is kept."""
    if field not in ("override", "override_reason"):
        return True
    request = {**values, "person_id": found.person.id, "requested_on": _day(values, "requested_on")}
    return bool(values.get("override") or domain_rules.verdict_reasons(db, request))


def _day(values: Mapping[str, Any], name: str) -> str:
    try:
        return Date().read(str(values.get(name) or ""), Context({})) or records.today()
    except FieldError:
        return records.today()


def _asks_of_stage(db: Office, found: Intake, field: str, values: Mapping[str, Any]) -> bool:
    if field == "mode" or field in RIGHTS_FIELDS:
        is_accompaniment = values.get("kind") == "accompaniment"
        is_free = BENEFIT.name not in found.rows  # two situations of rights may not share a day
        return is_accompaniment and (field == "mode" or (is_free and _lacks_rights(db, found, values)))
    return True


def _lacks_rights(db: Office, found: Intake, values: Mapping[str, Any]) -> bool:
    return intake.lacks_duties(db, found.person.id, _day(values, "starts_on"))


def _explain_rights(db: Office, found: Intake, values: Mapping[str, Any]) -> None:
    if values.get("kind") != "accompaniment" or not _lacks_rights(db, found, values):
        return
    if BENEFIT.name in found.rows:
        st.warning(
            "Ses droits ne sont pas « soumis aux droits et devoirs » ce jour-là. Corrigez-les à l’étape « Droits » ;"
            " s’ils ont changé, donnez-leur une fin, puis notez les nouveaux."
        )
    else:
        st.info("Un accompagnement demande ces droits : ils s’enregistrent avec l’étape, ensemble ou pas du tout.")


def _asks_of_plan(field: str, values: Mapping[str, Any]) -> bool:
    """Show three lines, then one more than are filled in."""
    line = next((number for number, names in enumerate(PLAN_FIELDS) if field in names), 0)
    return line < _IN_SIGHT_LINES or any(values.get(name) for name in PLAN_FIELDS[line - 1])


def _write_stage(db: Office, _table: OfficeTable, edit: Edit, who: str) -> int:
    return intake.start_stage(db, edit.values, who)


def _write_plan(db: Office, _table: OfficeTable, edit: Edit, who: str) -> int:
    return intake.add_plan(db, edit.values, who)[0]
