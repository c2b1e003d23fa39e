"""Messages that follow from the values of an unsaved form: what is left under the ceiling, the computed verdict."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from db.base.errors import FieldError
from db.model import domain_rules
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context, Date, Euros
from db.rows import records, rule_errors


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
    days = {name: _day(values, name) for name in ("decided_on", "requested_on")}
    ceiling, already = rule_errors.ceiling_state(db, {**values, **days}, row_id)
    context = Context({})
    euros = Euros()
    try:
        requested = euros.read(str(values.get("granted") or ""), context) or 0
    except FieldError:
        requested = 0
    left = ceiling - already - requested
    text = f"Plafond {euros.show(ceiling, context)} · déjà accordé {euros.show(already, context)} · "
    if left < 0:
        st.error(f"{text}dépassé de **{euros.show(-left, context)}** avec cette aide", icon=":material/block:")
    else:
        st.info(f"{text}il reste **{euros.show(left, context)}** après cette aide", icon=":material/savings:")


def _in_sentence(label: str) -> str:
    return label[0].lower() + label[1:]


def _orientation(db: Office, values: Mapping[str, Any], row_id: int | None) -> None:
    day = _day(values, "requested_on") or records.today()
    reasons = domain_rules.verdict_reasons(db, {**values, "requested_on": day})
    computed = "no" if reasons else "yes"
    labels = records.context(db).labels["verdict"]
    listed = "".join(f"\n- {reason}" for reason in reasons) or ", aucun critère de non-orientation n’est rempli."
    text = f"Avis calculé : **{_in_sentence(labels[computed])}**{listed}"
    kept = values.get("override")
    if kept and kept != computed:
        text += f"\n\nAvis contraire retenu : **{_in_sentence(labels[kept])}**."
    elif kept:
        text += "\n\nL’avis contraire est celui du calcul : il n’y a rien à écarter."
    if (kept or computed) == "no":
        text += "\n\nUne sollicitation ponctuelle reste toujours possible."
    (st.success if (kept or computed) == "yes" else st.warning)(text)


_MESSAGES: dict[str, Callable[[Office, Mapping[str, Any], int | None], None]] = {
    "aid": _aid,
    "orientation": _orientation,
}
