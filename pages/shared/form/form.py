"""Any table of the dictionary as a form, with sections, help, defaults, and each error below its field."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.base.errors import ConflictError, InvalidError, PaletteError, Problem
from db.base.french import capitalised
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.drafts import FormOpening
from db.rows.records import Edit
from pages.shared.form import drafts, layout, live_messages, widgets
from pages.shared.form.layout import Slots
from pages.shared.form.look import ROW, FormLook
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name
from pages.shared.shell.toasts import queue_toast

BESIDE = "form:beside"
"""The name in the session of what the panel beside a grid shows (side_panel.py)."""
_TURNS = "form:turns"
_ENDING = "ending"


@dataclass(frozen=True)
class Ended:
    """How a form ended. ``row_id``: the row that was saved; None if the form was given up or kept as a draft."""

    row_id: int | None = None


@dataclass
class _Ending:
    """What was pressed in a form, and how it ended. When another message arrives, Streamlit may stop a run wherever it
    draws or uses the session: the next run finds here what is left to do."""

    pressed: set[str] = dataclasses.field(default_factory=set)
    """« save », « cancel »… Filled by callbacks, which always run: what ``st.button`` returns may be lost."""
    ended: Ended | None = None
    keeps_draft: bool = False

    def take(self, name: str) -> bool:
        """Return whether a button was pressed, once."""
        was_pressed = name in self.pressed
        self.pressed.discard(name)
        return was_pressed


def key_of(table_name: str, row_id: int | None) -> str:
    """Return the key of the form of a row, or of a new row: what its state in the session begins with."""
    return f"form:{table_name}:{row_id}"


def edit_form(
    db: Office,
    table: OfficeTable,
    key: str,
    row_id: int | None,
    fixed: Mapping[str, Any],
    *,
    leave: bool = False,
    look: FormLook = ROW,
) -> Ended | None:
    """Show the form, or first the draft that was left in it. Returns how it ended; None while it is open.

    ``fixed``: values of a new row that are saved with it. ``leave``: do as « Annuler » does, which ends the form, or
    asks first what becomes of its changes (``is_asking``). pages/shared/shell/form_keys.js acts on the container.
    """
    with st.container(key=f"editing:{_widgets_key(key)}"):
        return _form(db, table, key, row_id, fixed, leave, look)


def _form(
    db: Office, table: OfficeTable, key: str, row_id: int | None, fixed: Mapping[str, Any], leave: bool, look: FormLook
) -> Ended | None:
    context = records.context(db)
    try:
        start, version = _start(db, table, key, row_id, fixed)
    except PaletteError as error:
        st.warning(escape_markdown(str(error)))
        offered = drafts.offer(table, key, FormOpening(table.name, row_id, None, {}), None, context)
        return Ended() if leave or (not offered and st.button("Fermer", key=f"{key}:close")) else None
    if fixed.get("person_id") and look is ROW:
        st.markdown(f"Pour **{escape_markdown(context.title('person', fixed['person_id']))}**")
    form = FormOpening(table.name, row_id, version, fixed)
    if drafts.offer(table, key, form, start, context, closes=look.cancels):
        return Ended() if leave else None
    with drafts.container(key):
        return _open_form(db, table, key, form, start, context, leave, look)


def _open_form(
    db: Office,
    table: OfficeTable,
    key: str,
    form: FormOpening,
    start: Mapping[str, Any],
    context: Context,
    leave: bool,
    look: FormLook,
) -> Ended | None:
    row_id, fixed = form.row_id, form.fixed
    initial = {**start, **drafts.resumed(key)}
    slots = Slots()
    # What a draft says of a preset field that is shown, such as the note of a meeting, comes before the preset.
    preset = {} if row_id is not None else {name: fixed[name] for name in fixed if name not in drafts.resumed(key)}
    values: dict[str, Any] = preset
    sections = {
        section: [one for one in fields if not one.measured and (row_id is not None or not _is_left_out(one, fixed))]
        for section, fields in table.sections.items()
    }
    messages = st.container()
    if look.brief:
        shown = {field.name: field for fields in sections.values() for field in fields}
        brief = [shown[name] for name in look.brief if name in shown]
        split = next((index for index, one in enumerate(brief, 1) if one.name == look.above_after), len(brief))
        values |= layout.section(db, "", brief[:split], _widgets_key(key), {**initial, **values}, context, slots, look)
        messages = st.container()
        values |= layout.section(db, "", brief[split:], _widgets_key(key), {**initial, **values}, context, slots, look)
        sections = {title: [one for one in fields if one not in brief] for title, fields in sections.items()}
    for section, fields, place in layout.placed(key, sections, look):
        if not look.brief:
            messages = st.container()  # above the last section, which holds the decision
        with place:
            values |= layout.section(
                db, section, fields, _widgets_key(key), {**initial, **values}, context, slots, look
            )
    layout.describe(table)
    with messages:
        live_messages.show(db, table, {**start, **values}, row_id)
        if look.above:
            look.above({**start, **values})
    # Only what the person changed is saved of an existing row: a colleague may have changed the rest.
    changed = drafts.changed_values(table, start, values, context)
    drafts.keep(key, form, changed)
    st.session_state[f"{key}:changed"] = changed
    _drop_answered_errors(key, values)
    version = drafts.resumed_version(key) or form.version
    edit = Edit(values if row_id is None else changed, row_id, version)
    return _end(db, table, key, edit, values, slots, leave, look)


def _is_left_out(field: Field, fixed: Mapping[str, Any]) -> bool:
    """Return whether the form of a new row lacks a field: it is preset, or nobody knows it before the row exists."""
    return field.set_later or (field.name in fixed and field.name.endswith("_id"))


def field_widget(db: Office, field: Field, key: str, value: Any, context: Context) -> Any:
    """Show the widget of a single field (bulk change, bulk creation). Returns its value, not yet parsed."""
    return widgets.show(db, field, key, value, {}, context)


def _start(
    db: Office, table: OfficeTable, key: str, row_id: int | None, fixed: Mapping[str, Any]
) -> tuple[dict[str, Any], int | None]:
    """Return the values and version when the form was opened, kept so that a colleague's save is a conflict."""
    if row_id is None:
        return {**records.defaults(table), **fixed}, None
    name = f"{key}:read"
    if name not in st.session_state:
        st.session_state[name] = records.get(db, table, row_id)
    return st.session_state[name].values, st.session_state[name].version


def forget(key: str) -> None:
    """Drop the state of a form, so that it opens with the saved values next time. Its widgets get new keys, because the
    browser keeps what was typed in those that it knows."""
    turns = st.session_state.setdefault(_TURNS, {})
    turns[key] = turns.get(key, 0) + 1
    names = [name for name in st.session_state if re.match(rf"{re.escape(key)}(_\d+)?:", str(name))]
    for name in sorted(names, key=f"{key}:{_ENDING}".__eq__):  # how it ended comes last
        del st.session_state[name]


def forget_if_left(key: str) -> None:
    """Do the same for a form in the page that was open when the person went elsewhere: Streamlit has dropped the values
    of its widgets. Call it before the form, which then offers the draft."""
    if f"{key}:changed" in st.session_state and f"{key}:save" not in st.session_state:
        forget(key)


def _widgets_key(key: str) -> str:
    """Return what the keys of the widgets of a form begin with: new after each ``forget``."""
    turn = st.session_state.get(_TURNS, {}).get(key, 0)
    return f"{key}_{turn}" if turn else key


def is_outdated(db: Office, table: OfficeTable, row_id: int | None) -> bool:
    """Return whether the row in an open form was saved elsewhere since it was read, and nothing is changed here."""
    key = key_of(table.name, row_id)
    read = st.session_state.get(f"{key}:read")
    if read is None or st.session_state.get(f"{key}:changed"):
        return False
    return any(row.version != read.version for row in records.rows(db, table, [read.id]))


def is_changed(db: Office, table: OfficeTable, row_id: int) -> bool:
    """Return, in a callback, whether what the browser has just sent of an open form differs from the row it shows."""
    key = key_of(table.name, row_id)
    read, prefix = st.session_state.get(f"{key}:read"), f"{_widgets_key(key)}:"
    names = [field.name for field in table.fields if f"{prefix}{field.name}" in st.session_state]
    values = {name: st.session_state[f"{prefix}{name}"] for name in names}
    return read is not None and bool(drafts.changed_values(table, read.values, values, records.context(db)))


def give_up(key: str) -> None:
    """Drop what was written in a form: its draft, and its state."""
    drafts.end(key)
    forget(key)


def is_asking(key: str) -> bool:
    """Return whether a form asks what becomes of its changes."""
    return f"{key}:leaving" in st.session_state


# ---- errors and buttons


def _drop_answered_errors(key: str, values: Mapping[str, Any]) -> None:
    """Drop the errors of fields that were changed since they were refused."""
    refused = st.session_state.get(f"{key}:refused", {})
    errors = st.session_state.get(f"{key}:errors", [])
    left = [problem for problem in errors if values.get(problem.field) == refused.get(problem.field)]
    st.session_state[f"{key}:errors"] = left


def _end(
    db: Office,
    table: OfficeTable,
    key: str,
    edit: Edit,
    values: Mapping[str, Any],
    slots: Slots,
    leave: bool,
    look: FormLook,
) -> Ended | None:
    """Show the buttons of the form, and what keeps it from being saved. Returns how it ended, if it has."""
    with st.container(gap="small", key=f"{key}:end"):  # stays in sight: pages/shared/shell/page.css
        ended = _buttons(db, table, key, edit, values, leave, look)
        if ended:
            return ended
        _show_errors(st.session_state[f"{key}:errors"], slots)
        clash: ConflictError | None = st.session_state.get(f"{key}:clash")
        return _settle(db, table, key, edit, values, clash, look) if clash else None


def _buttons(
    db: Office, table: OfficeTable, key: str, edit: Edit, values: Mapping[str, Any], leave: bool, look: FormLook
) -> Ended | None:
    place = st.empty()
    ending = _ending(key)
    changed = st.session_state[f"{key}:changed"]
    if not is_asking(key):
        with place.container(horizontal=True):
            _button(key, "save", look.save, type="primary", help="Ctrl + Entrée")
            if look.cancels:
                _button(key, "cancel", "Annuler", help="Échap")
        saves, leaves = ending.take("save"), ending.take("cancel") or leave
        if saves and not ending.ended:
            _save(db, table, key, edit, values, look)
        elif leaves and changed:
            st.session_state[f"{key}:leaving"] = True
        elif leaves:
            ending.ended = ending.ended or Ended()
    if is_asking(key):
        with place.container(horizontal=True, vertical_alignment="center"):
            _ask_before_leaving(key, ending)
    return _finish(key, ending)


def _ending(key: str) -> _Ending:
    ending: _Ending = st.session_state.setdefault(f"{key}:{_ENDING}", _Ending())
    return ending


def _button(key: str, name: str, label: str, **look: Any) -> None:
    """Show a button of a form; that it was pressed is in ``_Ending.pressed``."""
    st.button(label, key=f"{key}:{name}", on_click=_ending(key).pressed.add, args=(name,), **look)


def _finish(key: str, ending: _Ending) -> Ended | None:
    """Drop the state of a form that has ended, and its draft. Returns how it ended."""
    if ending.ended is None:
        return None
    (forget if ending.keeps_draft else give_up)(key)
    return ending.ended


def _ask_before_leaving(key: str, ending: _Ending) -> None:
    """Ask what becomes of the changes of a form that « Annuler » would close."""
    st.warning("Ce que vous avez changé n’est pas enregistré.")
    st.button("Continuer", key=f"{key}:stay", on_click=st.session_state.pop, args=(f"{key}:leaving",))
    _button(key, "draft:keep", "Garder en brouillon", disabled=not drafts.is_kept(key))
    _button(key, "give-up", "Abandonner")
    keeps, gives_up = ending.take("draft:keep"), ending.take("give-up")
    if keeps or gives_up:
        ending.keeps_draft, ending.ended = keeps, Ended()


def _show_errors(problems: list[Problem], slots: Slots) -> None:
    """Show each error below its field; next to the button, which fields have errors, and those of no field here."""
    for problem in problems:
        if problem.field in slots:
            slots[problem.field].markdown(f":red[:material/error: {escape_markdown(capitalised(problem.reason))}]")
    labels = list(dict.fromkeys(problem.label for problem in problems if problem.field in slots))
    if labels:
        st.error(f"Rien n’a été enregistré. À corriger : {escape_markdown(', '.join(labels))}.")
    for problem in problems:
        if problem.field not in slots:
            st.error(escape_markdown(str(problem)))


def _save(db: Office, table: OfficeTable, key: str, edit: Edit, values: Mapping[str, Any], look: FormLook) -> None:
    ending = _ending(key)
    st.session_state[f"{key}:errors"] = []
    st.session_state.pop(f"{key}:clash", None)
    try:
        row_id = look.write(db, table, edit, user_name())
    except ConflictError as error:
        st.session_state[f"{key}:clash"] = error
    except InvalidError as error:
        st.session_state[f"{key}:errors"], st.session_state[f"{key}:refused"] = error.problems, values
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        ending.ended = Ended(row_id)
        queue_toast("Enregistré")


def _settle(
    db: Office,
    table: OfficeTable,
    key: str,
    edit: Edit,
    values: Mapping[str, Any],
    clash: ConflictError,
    look: FormLook,
) -> Ended | None:
    """Show the conflict and let the person overwrite the saved values or reload them."""
    st.warning(str(clash))
    with st.container(horizontal=True):
        _button(key, "mine", "Enregistrer ma version")
        st.button("Reprendre ce qui est dans le fichier", key=f"{key}:theirs", on_click=give_up, args=(key,))
    if _ending(key).take("mine"):
        _save(db, table, key, Edit(edit.values, edit.row_id, clash.version), values, look)
    return _finish(key, _ending(key))
