"""« Créer pour plusieurs »: one form, a line for each person with what she gets or why not, then one button."""

from itertools import count
from typing import Any

import streamlit as st

from db.base.errors import FieldError, PaletteError
from db.base.french import french_number
from db.model.dictionary import ACTION, CER, INTERVENTION, PERSON
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, LongText
from db.rows import bulk_edits, records
from db.rows.bulk_edits import Draft, Line
from pages.shared.form import form
from pages.shared.shell import toasts
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name

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


def show(db: Office, sources: OfficeTable, ids: list[int]) -> str:
    """The form and its preview; what was done, in words, once it is."""
    kind = st.segmented_control(
        "Créer", list(_KINDS), default=INTERVENTION.name, required=True, format_func=_KINDS.__getitem__, key="bulk:kind"
    )
    table = bulk_edits.KINDS[kind or INTERVENTION.name]
    st.caption(_HELP[table.name])
    context = records.context(db)
    values = _form(db, db.tables[table.name], context)
    if values is None:
        return ""
    return _preview(db, db.tables[table.name], sources, ids, values, context)


def _form(db: Office, table: OfficeTable, context: Context) -> dict[str, Any] | None:
    """The common values as the file stores them; None while one cannot be read, which is said under it."""
    start = records.defaults(table)
    values: dict[str, Any] = {}
    wrong = False
    grid = st.grid(2, min_column_width=240, gap="small")
    for name in _ASKED[table.name]:
        field = table.field(name)
        with grid.cell(column_span="all" if isinstance(field.type, LongText) else 1):
            typed = form.field_widget(db, field, f"bulk:{table.name}:{name}", start.get(name), context)
            values[name], problem = _read(field, typed, context)
            if problem:
                wrong = True
                st.markdown(f":red[:material/error: {problem}]")
        if name == "signed_on":
            with grid.cell():
                values[bulk_edits.MONTHS] = int(st.number_input("Durée, en mois *", 1, 36, 6, key="bulk:cer:months"))
    missing = [f.label for n in _ASKED[table.name] if (f := table.field(n)).required and values[n] is None]
    if missing and not wrong:
        st.caption(f"À remplir : {', '.join(missing)}.")
    return None if wrong or missing else values


def _read(field: Field, typed: Any, context: Context) -> tuple[Any, str]:
    try:
        return (None if typed in (None, "", ()) else field.type.check(typed, context)), ""
    except FieldError as error:
        return None, str(error)


def _preview(
    db: Office, table: OfficeTable, sources: OfficeTable, ids: list[int], values: dict[str, Any], context: Context
) -> str:
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
        _list([(line, line.told) for line in made.accepted], context)
    if refused:
        left = "laissées" if len(refused) > 1 else "laissée"
        with st.container(border=True):
            st.markdown(f":orange[:material/warning:] **Pas pour {_persons(len(refused))}, {left} de côté**")
            _list([(line, line.refused) for line in refused], context)
    if st.button(f"Créer pour {_persons(many)}", type="primary", key=f"bulk:make:{turn}", disabled=not many):
        return _create(db, made)
    return ""


def _drafted(
    db: Office, table: OfficeTable, sources: OfficeTable, ids: list[int], values: dict[str, Any]
) -> tuple[Draft, int]:
    """The preview on the screen and its number: made once for what it is about."""
    day = values.get("signed_on") or records.today()
    asked = (table.name, sources.name, tuple(ids), tuple(values.items()), day)
    held: tuple[object, Draft, int] | None = st.session_state.get("bulk:draft")
    if held is None or held[0] != asked:
        held = (asked, bulk_edits.draft(db, table, sources, ids, values, user_name(), day), next(TURNS))
        st.session_state["bulk:draft"] = held
    return held[1], held[2]


def _persons(many: int) -> str:
    return f"{french_number(many)} personne" + "s" * (many > 1)


def _list(lines: list[tuple[Line, str]], context: Context) -> None:
    """A line a person; the first ones in sight, the others once they are asked for."""
    st.markdown(_listed(lines[:_TOLD], context))
    rest = lines[_TOLD:]
    if rest:
        label = f"Voir les {french_number(len(rest))} suivantes" if len(rest) > 1 else "Voir la suivante"
        shown = st.expander(label, key=f"bulk:rest:{lines[0][0].source}", on_change="rerun")
        if shown.open:
            shown.markdown(_listed(rest, context))


def _listed(lines: list[tuple[Line, str]], context: Context) -> str:
    return "\n".join(
        f"- **{escape_markdown(context.title(PERSON.name, line.person))}**"
        + (f" : {escape_markdown(what)}" if what else "")
        for line, what in lines
    )


def _create(db: Office, made: Draft) -> str:
    try:
        with st.spinner("Enregistrement…"):
            many = bulk_edits.create(db, made, user_name())
    except PaletteError as error:
        st.session_state.pop("bulk:draft", None)
        st.error(f"Rien n’a été créé.\n\n{error}")
        return ""
    label = _KINDS[made.table.name].lower()
    toasts.queue_toast(f"Créé pour {_persons(many)} : {label}")
    return f"{_KINDS[made.table.name]} : créé pour {_persons(many)}"
