"""The page: the steps at the left, the form of the current one beside them. The first step that the file lacks is the
current one, unless another was chosen in this tab; so a colleague takes up where the file stands."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from db.base.errors import NotFoundError, PaletteError
from db.model.dictionary import ACTION, DIAGNOSTIC, ORIENTATION, PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.roles import Role
from db.model.types import Context
from db.people import duplicates
from db.rows import access_log, intake, records
from db.rows.drafts import FormOpening
from db.rows.intake import Intake
from db.rows.records import Edit
from db.storage import permissions
from pages.shared.form import form
from pages.shared.form.look import FormLook
from pages.shared.intake import forms, resemblances
from pages.shared.intake.steps import BY_TABLE, STEPS, Step, summary
from pages.shared.shell.addresses import NO_NUMBER, row_number
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import form_drafts, roles, user_name
from pages.shared.shell.toasts import queue_toast

_END = "end"
"""Chosen instead of a step: what was done, and where to go from there."""


# ---- who


def show(db: Office) -> None:
    """Show the step of the person in the address (?dossier=12), or that of somebody new. Raises AccessError for roles
    other than the agent's."""
    permissions.require(roles(), Role.AGENT)  # the empty form alone would read nothing
    chosen = st.session_state.pop(resemblances.CHOSEN, None)
    if chosen:
        _open(chosen, PERSON.name if _has_draft(chosen) else None)
    number = st.query_params.get("dossier", "")
    if not number:
        _show_new(db)
        return
    try:
        found = intake.look(db, row_number(number), records.today())
    except NotFoundError as error:
        _show_missing(db, row_number(number), str(error))
        return
    access_log.note_opening(db, user_name(), found.person.id)
    _show_steps(db, found, records.context(db))


def _has_draft(person_id: int) -> bool:
    return bool(form_drafts().of_form(FormOpening(PERSON.name, person_id, None, {})))


def _open(person_id: int, table: str | None = None) -> None:
    """Go on with a person, at a step or where the file stands."""
    st.query_params["dossier"] = str(person_id)
    st.session_state.pop(_key(person_id, "skipped"), None)
    _go(person_id, table)
    st.rerun()


def _key(person_id: int, name: str) -> str:
    return f"intake:{person_id}:{name}"


def _skipped(person_id: int) -> set[str]:
    """Return the steps that were passed over in this tab."""
    skipped: set[str] = st.session_state.setdefault(_key(person_id, "skipped"), set())
    return skipped


def _go(person_id: int, table: str | None) -> None:
    """Choose a step; None: the first that the file lacks."""
    st.session_state[_key(person_id, "step")] = table


def _show_missing(db: Office, person_id: int, reason: str) -> None:
    kept = duplicates.merged_into(db, person_id) if person_id else None
    if not person_id:
        st.warning(NO_NUMBER)
    elif kept is None:
        st.warning(escape_markdown(reason))
    else:
        title = escape_markdown(records.context(db).title(PERSON.name, kept))
        st.info(f"Ce dossier a été réuni à celui de **{title}**.", icon=":material/merge:")
        if st.button("Continuer dans ce dossier", key="intake:merged"):
            _open(kept)
    if st.button("Commencer avec une autre personne", key="intake:new"):
        st.query_params.clear()
        st.rerun()


def _show_new(db: Office) -> None:
    rail, place = _columns()
    with rail:
        for step in STEPS:
            st.button(
                step.title,
                key=f"intake:step:{step.table}",
                type="tertiary",
                icon=":material/radio_button_checked:" if step is STEPS[0] else ":material/radio_button_unchecked:",
                disabled=step is not STEPS[0],
            )
    with place:
        step = STEPS[0]
        _head(step)
        look = FormLook(
            step.brief, save=forms.SAVE, cancels=False, pills=True, above=partial(resemblances.show, db),
            write=resemblances.add_person,
            above_after="gender",
        )  # fmt: skip
        ended = _form(db, db.tables[PERSON.name], None, None, {}, look)
        if ended and ended.row_id:
            _open(ended.row_id)


def _columns() -> tuple[Any, Any]:
    rail, place = st.columns([1, 3], gap="medium")
    return rail.container(gap="xsmall", key="intake-rail"), place.container(key="intake-step")


def _head(step: Step) -> None:
    st.subheader(step.title, anchor=False)
    st.caption(step.question)


def _form(
    db: Office, table: OfficeTable, person_id: int | None, row_id: int | None, fixed: Mapping[str, Any], look: FormLook
) -> form.Ended | None:
    """Show the form of a step. What was written in it before the person left the step or the screen, whose widgets are
    gone, is offered as a draft."""
    key = f"form:{table.name}:p{person_id}" if person_id and row_id is None else form.key_of(table.name, row_id)
    form.forget_if_left(key)
    return form.edit_form(db, table, key, row_id, fixed, look=look)


# ---- the steps of a person


def _show_steps(db: Office, found: Intake, context: Context) -> None:
    person_id = found.person.id
    skipped = _skipped(person_id)
    chosen = st.session_state.get(_key(person_id, "step"))
    missing = [step for step in STEPS if not found.has(step.table) and step.table not in skipped]
    stops = found.is_refused and ORIENTATION.name not in skipped
    current = chosen or (ORIENTATION.name if stops else missing[0].table if missing else _END)
    name = escape_markdown(context.title(PERSON.name, person_id))
    st.markdown(f"**{name}**")
    _show_archived(db, found)
    rail, place = _columns()
    with rail:
        for step in STEPS:
            _show_in_rail(db, step, found, context, current, skipped)
    with place:
        if current == _END:
            _show_end(db, found, context)
        elif current == ORIENTATION.name and stops and not chosen:
            _show_refusal(db, found, context)
        else:
            _show_step(db, BY_TABLE[current], found, skipped)


def _show_archived(db: Office, found: Intake) -> None:
    if found.person.values["archived_on"] is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info("Ce dossier est archivé : il n’est dans aucune liste.", icon=":material/inventory_2:")
        if st.button("Sortir des archives", key="intake:unarchive"):
            _save(db, PERSON.name, Edit({"archived_on": None}, found.person.id, found.person.version), "Dossier repris")


def _save(db: Office, table: str, edit: Edit, done: str) -> None:
    try:
        records.save(db, db.tables[table], edit, user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        queue_toast(done)
        st.rerun()


def _show_in_rail(db: Office, step: Step, found: Intake, context: Context, current: str, skipped: set[str]) -> None:
    is_done = found.has(step.table)
    icon = "check_circle" if is_done else "skip_next" if step.table in skipped else "radio_button_unchecked"
    if step.table == current:
        icon = "radio_button_checked"
    label = f"**{step.title}**" if step.table == current else step.title
    words = summary(db, step, found, context) if is_done else "passée" if step.table in skipped else ""
    st.button(
        label, key=f"intake:step:{step.table}", type="tertiary", icon=f":material/{icon}:",
        on_click=_go, args=(found.person.id, step.table),
    )  # fmt: skip
    if words:
        st.caption(escape_markdown(words))


def _show_step(db: Office, step: Step, found: Intake, skipped: set[str]) -> None:
    person_id = found.person.id
    _head(step)
    if step.table == ACTION.name and DIAGNOSTIC.name not in found.rows:
        st.info("Le plan découle d’un diagnostic : commencez-en un d’abord, même en une ligne.")
        st.button("Commencer le diagnostic", key="intake:diagnostic", on_click=_go, args=(person_id, DIAGNOSTIC.name))
    else:
        if step.table == ACTION.name:
            _show_plan(found)
        row = found.person if step.table == PERSON.name else found.rows.get(step.table)
        table = forms.table_of(db, step, row is not None)
        fixed = {} if row else forms.fixed_of(step, found)
        ended = _form(db, table, person_id, row.id if row else None, fixed, forms.look_of(db, step, found))
        if ended:
            skipped.discard(step.table)
            _go(person_id, None)
            st.rerun()
    _show_way_on(step, found, skipped)


def _show_plan(found: Intake) -> None:
    if found.actions:
        st.markdown("\n".join(f"- {escape_markdown(one.values['objective'])}" for one in found.actions))
        st.caption("Déjà dans le plan ; les lignes ci-dessous s’y ajoutent.")


def _show_way_on(step: Step, found: Intake, skipped: set[str]) -> None:
    """Show the button that leaves a step as it is."""

    def leave() -> None:
        if not found.has(step.table):
            skipped.add(step.table)
        _go(found.person.id, None)

    label = "Continuer sans rien changer" if found.has(step.table) else "Passer cette étape"
    help_text = "Ce qui est écrit ici reste en brouillon."
    st.button(label, key=f"intake:skip:{step.table}", type="tertiary", on_click=leave, help=help_text)


# ---- where it ends


def _show_refusal(db: Office, found: Intake, context: Context) -> None:
    """Say that the person is not oriented to the officer, and why; offer the end, an opposite verdict, or to go on."""
    request, table = found.rows[ORIENTATION.name], db.tables[ORIENTATION.name]
    _head(BY_TABLE[ORIENTATION.name])
    reasons = table.column("verdict_reasons").type.show(request.values["verdict_reasons"], context)
    why = f" : {escape_markdown(reasons)}" if reasons else ""
    st.warning(f"**Non orientée vers la CIPA**{why}. Une sollicitation ponctuelle reste toujours possible.")
    person_id = found.person.id
    skipped = _skipped(person_id)
    with st.container(horizontal=True):
        stops = st.button("Terminer ici", key="intake:stop", type="primary", help="L’avis est rendu ce jour.")
        st.button("Donner un avis contraire", key="intake:override", on_click=_go, args=(person_id, ORIENTATION.name))
        st.button("Continuer quand même", key="intake:on", on_click=skipped.add, args=(ORIENTATION.name,))
    if not stops:
        return
    _go(person_id, _END)
    if request.values["decided_on"]:
        st.rerun()
    _save(db, ORIENTATION.name, Edit({"decided_on": records.today()}, request.id, request.version), "Avis rendu")


def _show_end(db: Office, found: Intake, context: Context) -> None:
    st.subheader("C’est enregistré", anchor=False)
    done = [(step, summary(db, step, found, context)) for step in STEPS if found.has(step.table)]
    st.markdown("\n".join(f"- **{step.title}** : {escape_markdown(words)}" for step, words in done))
    left = [step.title.lower() for step in STEPS if not found.has(step.table)]
    if left:
        st.caption(f"Pas encore : {', '.join(left)}. Chaque étape se reprend à tout moment, ici ou depuis le dossier.")
    with st.container(horizontal=True):
        if st.button("Ouvrir le dossier", key="intake:open", type="primary", icon=":material/person:"):
            st.switch_page("person.py", query_params={"dossier": str(found.person.id)})
        if st.button("Nouvel accompagnement", key="intake:another", icon=":material/person_add:"):
            st.query_params.clear()
            st.rerun()
