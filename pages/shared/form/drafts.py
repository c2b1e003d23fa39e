"""What a person is writing in a form is kept as a draft, offered when the form is opened again (db/rows/drafts.py)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.base.errors import FieldError, PaletteError
from db.model.dictionary import WORK
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Context, Reference, References, YesNo
from db.rows import records
from db.rows.drafts import FOR_SEVERAL, PART, FormDraft, FormOpening
from db.storage import permissions
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import form_drafts, roles
from pages.shared.shell.toasts import queue_toast

_CHOSEN = Choice | Choices | Reference | References | YesNo
"""Types whose widgets hold a stored value; those of the others hold the text that was typed."""
_PREVIEWED = 200
"""Characters of each text that the offer of a draft shows."""


class Typed(str):
    """A text as it was typed, to show again in a widget as it stands, even if its field's type cannot read it."""


def offer(
    table: OfficeTable,
    key: str,
    form: FormOpening,
    start: Mapping[str, Any] | None,
    context: Context,
    *,
    closes: bool = True,
) -> bool:
    """Show the latest draft of a form that is being opened, with what it changes, and the buttons that resume it or
    throw it away. Returns whether the form waits for the answer; otherwise it is open, and what is written is kept.

    ``start``: the values that the form begins with; None for a row that no longer exists: the draft can only be read.
    ``closes``: whether the form can be closed.
    """
    if f"{key}:opening" in st.session_state:
        return False
    for draft in form_drafts().of_form(form):
        values = _usable(table, draft.values, context)
        if changed := changed_values(table, start or {}, values, context):
            _show_written(table, draft, changed, context)
            _show_choices(table, key, draft, context, can_resume=start is not None, closes=closes)
            return True
    if start is not None:
        with suppress(PaletteError):  # a busy file, a full disk: tried again in the next run
            st.session_state[f"{key}:opening"] = form_drafts().begin(form)
    return False


def _show_written(table: OfficeTable, draft: FormDraft, changed: Mapping[str, Any], context: Context) -> None:
    with st.container(border=True):
        st.markdown(f"**:material/edit_note: Brouillon du {draft.moment}**")
        for name, value in changed.items():
            field = table.field(name)
            text = value if isinstance(value, Typed) else field.type.show(value, context)
            short = text if len(text) <= _PREVIEWED else f"{text[:_PREVIEWED]}…"
            st.markdown(f"{escape_markdown(field.label)} : {escape_markdown(short) or ':gray[vidé]'}")


def _show_choices(
    table: OfficeTable, key: str, draft: FormDraft, context: Context, *, can_resume: bool, closes: bool
) -> None:
    with st.container(horizontal=True):
        if can_resume:
            resume = (table, key, draft, context)
            st.button("Reprendre", key=f"{key}:draft:resume", type="primary", on_click=_resume, args=resume)
        st.button("Jeter", key=f"{key}:draft:drop", on_click=_drop, args=(draft.opening,))
        # The form of the settings is part of its page: there is nothing to close.
        if closes and table.name in WORK and st.button("Fermer", key=f"{key}:draft:close", help="Le brouillon reste."):
            st.rerun()


def _resume(table: OfficeTable, key: str, draft: FormDraft, context: Context) -> None:
    try:
        latest = form_drafts().resume(draft)
    except PaletteError as error:
        queue_toast(str(error), ":material/error:")
        return
    st.session_state[f"{key}:resumed"] = _usable(table, latest.values, context)
    st.session_state[f"{key}:version"] = latest.form.version
    st.session_state[f"{key}:opening"] = latest.opening


def _drop(opening: str) -> None:
    try:
        form_drafts().drop(opening)
    except PaletteError as error:
        queue_toast(str(error), ":material/error:")


def resumed(key: str) -> Mapping[str, Any]:
    """Return the values of the draft that was resumed in this form: what its widgets begin with."""
    values: Mapping[str, Any] = st.session_state.get(f"{key}:resumed", {})
    return values


def resumed_version(key: str) -> int | None:
    """Return the version of the row when the resumed draft was begun: a colleague's save since then is a conflict."""
    version: int | None = st.session_state.get(f"{key}:version")
    return version


def container(key: str) -> DeltaGenerator:
    """Return the container of an open form; pages/shared/shell/drafts.js sends what is typed inside it."""
    opening = st.session_state.get(f"{key}:opening")
    return st.container(key=f"draft:{opening}" if opening else None)


def keep(key: str, form: FormOpening, changed: Mapping[str, Any]) -> None:
    """Keep what the person has changed so far. A field that did not change since the last run is left alone: the
    browser may have sent a later text of it."""
    before: Mapping[str, Any] = st.session_state.setdefault(f"{key}:kept", {**resumed(key)} or dict(changed))
    opening = st.session_state.get(f"{key}:opening")
    new = {name: value for name, value in changed.items() if name not in before or before[name] != value}
    dropped = before.keys() - changed.keys()
    if opening and (new or dropped):
        with suppress(PaletteError):  # tried again in the next run
            form_drafts().keep(opening, form, new, dropped)
            st.session_state[f"{key}:kept"] = dict(changed)


def is_kept(key: str) -> bool:
    """Return whether what the person has changed is kept: not on a full disk, nor in a file that was busy."""
    return (
        f"{key}:opening" in st.session_state and st.session_state[f"{key}:kept"] == st.session_state[f"{key}:changed"]
    )


def end(key: str) -> None:
    """Delete the draft of a form that was saved or given up."""
    opening = st.session_state.get(f"{key}:opening")
    if opening:
        with suppress(PaletteError):
            form_drafts().drop(opening)


# ---- values


def changed_values(
    table: OfficeTable, start: Mapping[str, Any], values: Mapping[str, Any], context: Context
) -> dict[str, Any]:
    """Return the values that differ from those at the start, by field; a new text that its type cannot read
    differs."""
    return {name: value for name, value in values.items() if not _is_same(table.field(name), value, start, context)}


def _is_same(field: Field, value: Any, start: Mapping[str, Any], context: Context) -> bool:
    try:
        return (field.type.check(value, context) if value is not None else None) == start.get(field.name)
    except FieldError:
        return bool(value == field.type.show(start.get(field.name), context))  # stored, and could not be typed today


def _usable(table: OfficeTable, values: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the values of a draft that the widgets can show: a field, or a value of a list, may have gone since."""
    usable: dict[str, Any] = {}
    for field in table.fields:
        value = values.get(field.name)
        if field.name in values and not isinstance(field.type, _CHOSEN):
            usable[field.name] = Typed(value or "")
        elif field.name in values:
            with suppress(FieldError):
                usable[field.name] = None if value is None else field.type.check(value, context)
    return usable


# ---- all drafts of the person


def menu(db: Office) -> FormDraft | None:
    """Show a menu of what the person signed in was writing, if anything. Returns the draft that was chosen."""
    held = roles()
    listed = [one for one in form_drafts().every() if _is_listed(one) and permissions.writable(held, one.form.table)]
    kept = {draft.form.name: draft for draft in reversed(listed)}  # of several drafts of a form, the latest
    if not kept:
        return None
    # By form, not by opening: the menu stays on the screen while a draft is resumed, which gives it another opening.
    titles = {name: f"{_title(db, draft)} · {draft.moment}" for name, draft in reversed(kept.items())}
    label = f"{len(kept)} brouillons" if len(kept) > 1 else "1 brouillon"
    chosen = st.menu_button(
        label, list(titles), format_func=titles.__getitem__, icon=":material/edit_note:", key="drafts:menu",
        help="Ce que vous étiez en train d’écrire, que vous seul voyez ; gardé 30 jours.",
    )  # fmt: skip
    return kept.get(chosen or "")


def _is_listed(draft: FormDraft) -> bool:
    """Return whether the menu shows a draft: not one of the settings, which are no dialog, nor one for several persons,
    who are chosen in a grid, nor one that makes several rows, which is no dialog, nor a text deleted again."""
    form = draft.form
    written = [value for name, value in draft.values.items() if PART not in name]
    return form.table in WORK and FOR_SEVERAL not in form.fixed and (bool(form.row_id) or any(written))


def _title(db: Office, draft: FormDraft) -> str:
    """« Nouvel entretien ou démarche · Anne Zola », « Personne · Anne Zola »."""
    table, form, context = db.tables[draft.form.table], draft.form, records.context(db)
    person = form.fixed.get("person_id") or draft.values.get("person_id")
    named = context.title(table.name, form.row_id) if form.row_id else context.title("person", person) if person else ""
    return escape_markdown(" · ".join(filter(None, [table.label if form.row_id else table.new, named])))
