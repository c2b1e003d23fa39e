"""« Créer pour plusieurs »: one form, a line for each person with what she gets or why not, then one button."""

from itertools import count
from typing import Any

import streamlit as st

from db import bulk, records
from db.bulk import Draft, Line
from db.connection import Database
from db.dictionary import ACTION, CER, INTERVENTION, PERSON
from db.errors import FieldError, PaletteError
from db.fields import Field, Table
from db.types import Context, LongText, french_number
from pages.shared import form
from pages.shared.plain import plain
from pages.shared.session import who

TURNS = count(1)
"""Every preview has a number, and a button of its own: a click that was meant for another one is not heard."""
_TOLD = 12
_KINDS = {INTERVENTION.name: "Intervention", ACTION.name: "Action du plan", CER.name: "Renouvellement de contrat"}
_ASKED = {
    INTERVENTION.name: ("happened_on", "domain", "kind", "minutes", "partner_id", "note"),
    ACTION.name: ("objective", "obstacle", "domain", "due_on", "state", "note"),
    CER.name: ("signed_on", "objectives", "person_commitments", "office_commitments"),
}
"""What is the same for all of them; the rest follows from each person."""
_HELP = {
    INTERVENTION.name: "La même intervention, notée dans chaque dossier.",
    ACTION.name: "La même action, dans le contrat en cours de chacun ou, sans contrat, dans son dernier diagnostic.",
    CER.name: "Le contrat qui suit celui en cours : il commence le lendemain de sa fin, ou le jour de la signature."
    " Un texte laissé vide reprend celui du contrat d’avant.",
}


def show(db: Database, sources: Table, ids: list[int]) -> str:
    """The form and its preview; what was done, in words, once it is."""
    kind = st.segmented_control(
        "Créer", list(_KINDS), default=INTERVENTION.name, required=True, format_func=_KINDS.__getitem__, key="bulk:kind"
    )
    table = bulk.KINDS[kind or INTERVENTION.name]
    st.caption(_HELP[table.name])
    known = records.context(db)
    values = _form(db, table, known)
    if values is None:
        return ""
    return _preview(db, table, sources, ids, values, known)


def _form(db: Database, table: Table, known: Context) -> dict[str, Any] | None:
    """The common values as the file stores them; None while one cannot be read, which is said under it."""
    start = records.defaults(table)
    values: dict[str, Any] = {}
    wrong = False
    grid = st.grid(2, min_column_width=240, gap="small")
    for name in _ASKED[table.name]:
        item = table.field(name)
        with grid.cell(column_span="all" if isinstance(item.type, LongText) else 1):
            typed = form.field_widget(db, item, f"bulk:{table.name}:{name}", start.get(name), known)
            values[name], problem = _read(item, typed, known)
        if problem:
            wrong = True
            st.markdown(f":red[:material/error: {item.label} : {problem}]")
    if table is CER:
        with grid.cell():
            months = st.number_input("Durée, en mois *", 1, 36, 6, key="bulk:cer:months")
        values[bulk.MONTHS] = int(months)
    missing = [f.label for n in _ASKED[table.name] if (f := table.field(n)).required and values[n] is None]
    if missing and not wrong:
        st.caption(f"À remplir : {', '.join(missing)}.")
    return None if wrong or missing else values


def _read(item: Field, typed: Any, known: Context) -> tuple[Any, str]:
    try:
        return (None if typed in (None, "", ()) else item.type.check(typed, known)), ""
    except FieldError as error:
        return None, str(error)


def _preview(db: Database, table: Table, sources: Table, ids: list[int], values: dict[str, Any], known: Context) -> str:
    try:
        with st.spinner("Essai à blanc…"):
            made, turn = _drafted(db, table, sources, ids, values)
    except PaletteError as error:
        st.error(str(error))
        return ""
    refused = [line for line in made.lines if line.refused]
    many = len(made.accepted)
    if many:
        st.markdown(f"**Sera créé pour {_persons(many)}**")
        st.markdown(_listed([(line, line.told) for line in made.accepted], known))
    if refused:
        told = _listed([(line, line.refused) for line in refused], known)
        st.warning(f"Pas pour {_persons(len(refused))}, laissées de côté :\n\n{told}")
    if st.button(f"Créer pour {_persons(many)}", type="primary", key=f"bulk:make:{turn}", disabled=not many):
        return _create(db, made)
    return ""


def _drafted(db: Database, table: Table, sources: Table, ids: list[int], values: dict[str, Any]) -> tuple[Draft, int]:
    """The preview on the screen and its number: made once for what it is about."""
    day = values.get("signed_on") or records.today()
    asked = (table.name, sources.name, tuple(ids), tuple(values.items()), day)
    held: tuple[object, Draft, int] | None = st.session_state.get("bulk:draft")
    if held is None or held[0] != asked:
        held = (asked, bulk.draft(db, table, sources, ids, values, who(), day), next(TURNS))
        st.session_state["bulk:draft"] = held
    return held[1], held[2]


def _persons(many: int) -> str:
    return f"{french_number(many)} personne" + "s" * (many > 1)


def _listed(lines: list[tuple[Line, str]], known: Context) -> str:
    told = [
        f"- **{plain(known.title(PERSON.name, line.person))}**" + (f" : {plain(what)}" if what else "")
        for line, what in lines[:_TOLD]
    ]
    more = f"\n- … et {french_number(len(lines) - _TOLD)} autres" if len(lines) > _TOLD else ""
    return "\n".join(told) + more


def _create(db: Database, made: Draft) -> str:
    try:
        with st.spinner("Enregistrement…"):
            many = bulk.create(db, made, who())
    except PaletteError as error:
        st.session_state.pop("bulk:draft", None)
        st.error(f"Rien n’a été créé.\n\n{error}")
        return ""
    label = _KINDS[made.table.name].lower()
    st.toast(f"Créé pour {_persons(many)} : {label}", icon=":material/check:")
    return f"{_KINDS[made.table.name]} : créé pour {_persons(many)}"
