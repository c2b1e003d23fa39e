"""« Créer pour plusieurs »: one form, a preview with one line per person, then one button that creates all rows."""

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
from db.rows.bulk_edits import Draft, DraftLine
from db.rows.drafts import FOR_SEVERAL, FormOpening
from pages.shared.form import drafts, form
from pages.shared.shell import toasts
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name

PREVIEW_NUMBERS = count(1)
"""Each preview gets a number that is part of its button's key, so that a click meant for an older one is ignored."""
_LISTED = 12
_KINDS = {INTERVENTION.name: INTERVENTION.label, ACTION.name: "Action du plan", CER.name: "Contrat d’engagement"}
_FORM_FIELDS = {
    INTERVENTION.name: ("happened_on", "domain", "kind", "minutes", "partner_id", "note"),
    ACTION.name: ("objective", "kind", "hours", "obstacle", "domain", "due_on", "state", "note"),
    CER.name: ("signed_on", "referent", "objectives", "person_commitments", "office_commitments"),
}
"""The fields that are the same for all persons; the others are computed for each."""
_HELP = {
    INTERVENTION.name: "Le même entretien ou la même démarche, noté dans chaque dossier.",
    ACTION.name: "La même action, dans le contrat en cours de chacun ou, sans contrat, dans son dernier diagnostic.",
    CER.name: "Le contrat d’engagement de chacun. Il suit le contrat en cours, dont il reprend les actions à faire : il"
    " commence le lendemain de sa fin, ou le jour de la signature. Un texte laissé vide reprend celui du contrat"
    " d’avant ; « Signé le » laissé vide donne des projets à imprimer.",
}


def show(db: Office, sources: OfficeTable, ids: list[int]) -> str:
    """Show the form and its preview. Returns what was done, in French, once it is; '' before."""
    kind = st.segmented_control(
        "Créer", list(_KINDS), default=INTERVENTION.name, required=True, format_func=_KINDS.__getitem__, key="bulk:kind"
    )
    table = bulk_edits.KINDS[kind or INTERVENTION.name]
    st.caption(_HELP[table.name])
    for other in bulk_edits.KINDS.keys() - {table.name}:
        form.forget(f"bulk:{other}")  # its widgets are gone; what was written in them is offered again
    context, key = records.context(db), f"bulk:{table.name}"
    opening = FormOpening(table.name, None, None, {FOR_SEVERAL: True})
    if drafts.offer(db.tables[table.name], key, opening, records.defaults(table), context):
        return ""
    with drafts.container(key):
        values = _form(db, db.tables[table.name], opening, context)
    if values is None:
        return ""
    done = _preview(db, db.tables[table.name], sources, ids, values, context)
    if done:
        drafts.end(key)
    return done


def _form(db: Office, table: OfficeTable, opening: FormOpening, context: Context) -> dict[str, Any] | None:
    """Return the common values as stored; None while one is missing or cannot be parsed, which is shown below it."""
    key, defaults = f"bulk:{table.name}", records.defaults(table)
    initial = {**defaults, **drafts.resumed(key)}
    written: dict[str, Any] = {}
    values: dict[str, Any] = {}
    has_errors = False
    grid = st.grid(2, min_column_width=240, gap="small")
    for name in _FORM_FIELDS[table.name]:
        field = table.field(name)
        with grid.cell(column_span="all" if isinstance(field.type, LongText) else 1):
            written[name] = form.field_widget(db, field, f"{key}:{name}", initial.get(name), context)
            values[name], problem = _read(field, written[name], context)
            if problem:
                has_errors = True
                st.markdown(f":red[:material/error: {escape_markdown(problem)}]")
        if name == "signed_on":
            with grid.cell():
                values[bulk_edits.MONTHS] = int(
                    st.number_input("Actualisation dans, en mois *", 1, 36, 6, key="bulk:cer:months")
                )
    drafts.keep(key, opening, drafts.changed_values(table, defaults, written, context))
    missing = [f.label for n in _FORM_FIELDS[table.name] if (f := table.field(n)).required and values[n] is None]
    if missing and not has_errors:
        st.caption(f"À remplir : {escape_markdown(', '.join(missing))}.")
    return None if has_errors or missing else values


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
            draft, number = _drafted(db, table, sources, ids, values)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return ""
    refused = [line for line in draft.lines if line.refused]
    accepted = len(draft.accepted)
    if accepted:
        st.markdown(f"**Sera créé pour {_persons(accepted)}**")
        _list([(line, line.basis) for line in draft.accepted], context)
    if refused:
        left = "laissées" if len(refused) > 1 else "laissée"
        with st.container(border=True):
            st.markdown(f":orange[:material/warning:] **Pas pour {_persons(len(refused))}, {left} de côté**")
            _list([(line, line.refused) for line in refused], context)
    if st.button(f"Créer pour {_persons(accepted)}", type="primary", key=f"bulk:make:{number}", disabled=not accepted):
        return _create(db, draft)
    return ""


def _drafted(
    db: Office, table: OfficeTable, sources: OfficeTable, ids: list[int], values: dict[str, Any]
) -> tuple[Draft, int]:
    """Return the draft and its number, computed once per question."""
    day = values.get("signed_on") or records.today()
    question = (table.name, sources.name, tuple(ids), tuple(values.items()), day)
    last: tuple[object, Draft, int] | None = st.session_state.get("bulk:draft")
    if last is None or last[0] != question:
        last = (question, bulk_edits.draft(db, table, sources, ids, values, user_name(), day), next(PREVIEW_NUMBERS))
        st.session_state["bulk:draft"] = last
    return last[1], last[2]


def _persons(number: int) -> str:
    return f"{french_number(number)} personne" + "s" * (number > 1)


def _list(lines: list[tuple[DraftLine, str]], context: Context) -> None:
    """Show one line per person; all but the first ones in an expander."""
    st.markdown(_listed(lines[:_LISTED], context))
    rest = lines[_LISTED:]
    if rest:
        label = f"Voir les {french_number(len(rest))} suivantes" if len(rest) > 1 else "Voir la suivante"
        shown = st.expander(label, key=f"bulk:rest:{lines[0][0].source}", on_change="rerun")
        if shown.open:
            shown.markdown(_listed(rest, context))


def _listed(lines: list[tuple[DraftLine, str]], context: Context) -> str:
    return "\n".join(
        f"- **{escape_markdown(context.title(PERSON.name, line.person))}**"
        + (f" : {escape_markdown(text)}" if text else "")
        for line, text in lines
    )


def _create(db: Office, draft: Draft) -> str:
    try:
        with st.spinner("Enregistrement…"):
            created = bulk_edits.create(db, draft, user_name())
    except PaletteError as error:
        st.session_state.pop("bulk:draft", None)
        st.error(f"Rien n’a été créé.\n\n{escape_markdown(str(error))}")
        return ""
    label = _KINDS[draft.table.name]
    toasts.queue_toast(f"Créé pour {_persons(created)} : {label.lower()}")
    return f"{label} : créé pour {_persons(created)}"
