"""Messages that follow from the values of an unsaved form: what is left under the ceiling, the computed verdict."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from db.base.errors import FieldError
from db.model import domain_rules
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context, Date, Euros, Integer
from db.rows import contracts, records, rule_errors
from pages.shared.shell.markdown import escape_markdown


def show(db: Office, table: OfficeTable, values: Mapping[str, Any], row_id: int | None) -> None:
    """Show the messages of a table that has some, once the person is known. ``values``: as typed or stored."""
    show_messages = _MESSAGES.get(table.name)
    if show_messages and values.get("person_id"):
        show_messages(db, values, row_id)


def _day(values: Mapping[str, Any], name: str) -> str | None:
    """Return a date typed in the form as an ISO day; None while it cannot be parsed."""
    try:
        day: str | None = Date().read(str(values.get(name) or ""), Context({}))
    except FieldError:
        return None
    return day


def _aid(db: Office, values: Mapping[str, Any], row_id: int | None) -> None:
    """Show what is left under the ceiling after the sum granted; while none is, if the sum requested were granted."""
    days = {name: _day(values, name) for name in ("decided_on", "requested_on")}
    ceiling, already = rule_errors.ceiling_state(db, {**values, **days}, row_id)
    granted, requested = _cents(values, "granted"), _cents(values, "requested")
    would_be = not granted and bool(requested) and values.get("decision") == "pending"
    left = ceiling - already - (requested if would_be else granted)
    text, sums = f"Plafond {_euros(ceiling)} · déjà accordé {_euros(already)} · ", f"**{_euros(abs(left))}**"
    if would_be:
        whole = f"si les {_euros(requested)} demandés étaient accordés en entier"
        said = f"{text}dépassé de {sums} {whole}" if left < 0 else f"{text}il resterait {sums} {whole}"
        (st.warning if left < 0 else st.info)(said, icon=":material/savings:")
    elif left < 0:
        st.error(f"{text}dépassé de {sums} avec cette aide", icon=":material/block:")
    else:
        st.info(f"{text}il reste {sums} après cette aide", icon=":material/savings:")


def _cents(values: Mapping[str, Any], name: str) -> int:
    """Return a sum typed in the form, in cents; 0 while it is empty or cannot be parsed."""
    try:
        return Euros().read(str(values.get(name) or ""), Context({})) or 0
    except FieldError:
        return 0


def _euros(cents: int) -> str:
    return Euros().show(cents, Context({}))


def _in_sentence(label: str) -> str:
    return label[0].lower() + label[1:]


def _orientation(db: Office, values: Mapping[str, Any], row_id: int | None) -> None:
    day = _day(values, "requested_on") or records.today()
    request = {**values, "requested_on": day}
    reasons, labels = domain_rules.verdict_reasons(db, request), records.context(db).labels["verdict_state"]
    questions = [] if reasons else domain_rules.unanswered(db, request)
    computed = f"unanswered_{len(questions)}" if questions else "no" if reasons else "yes"
    listed = "".join(
        f"\n- {escape_markdown(line)}" for line in (*reasons, *(_question(db, name) for name in questions))
    )
    listed = listed or ", aucun critère de non-orientation n’est rempli."
    text = f"Avis calculé : **{escape_markdown(_in_sentence(labels[computed]))}**{listed}"
    kept = values.get("override")
    if kept and kept != computed:
        text += f"\n\nAvis contraire retenu : **{escape_markdown(_in_sentence(labels[kept]))}**."
    elif kept:
        text += "\n\nL’avis contraire est celui du calcul : il n’y a rien à écarter."
    if (kept or computed) == "no":
        text += "\n\nUne sollicitation ponctuelle reste toujours possible."
    {"yes": st.success, "no": st.warning}.get(kept or computed, st.info)(text)


def _question(db: Office, name: str) -> str:
    """Return what is not answered yet: the label of a field, with its place when that is the person's own file."""
    for table, place in (("orientation", ""), ("person", " (fiche de la personne)")):
        if name in {field.name for field in db.tables[table].fields}:
            return f"{db.tables[table].field(name).label}{place}"
    return name


def _contract(db: Office, values: Mapping[str, Any], row_id: int | None) -> None:
    if row_id is not None and values.get("kind") == "engagement":
        _show_hours(contracts.plan_hours(db, row_id), _hours(values))


def _action(db: Office, values: Mapping[str, Any], row_id: int | None) -> None:
    contract = values.get("cer_id")
    if contract and (found := records.rows(db, db.tables["cer"], [contract])):
        own = 0 if values.get("state") == "dropped" else _hours(values)
        _show_hours(contracts.plan_hours(db, contract, but=row_id) + own, found[0].values["hours"] or 0)


def _hours(values: Mapping[str, Any]) -> int:
    """Return the hours typed in the form; 0 while they are empty or cannot be parsed."""
    try:
        return Integer(0, 1_000, "h").read(str(values.get("hours") or ""), Context({})) or 0
    except FieldError:
        return 0


def _show_hours(planned: int, agreed: int) -> None:
    """Show the hours a week of a plan beside those of its contract."""
    if not planned and not agreed:
        return
    text = f"Plan d’action : **{planned} h** par semaine" + (f", pour {agreed} h au contrat" if agreed else "")
    short = bool(agreed) and planned < agreed
    (st.warning if short else st.info)(text + (f" : il en manque {agreed - planned}." if short else "."))


_MESSAGES: dict[str, Callable[[Office, Mapping[str, Any], int | None], None]] = {
    "action": _action,
    "aid": _aid,
    "cer": _contract,
    "orientation": _orientation,
}
