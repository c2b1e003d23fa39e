"""Any table of the dictionary as a form, with sections, help, defaults, and each error below its field."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.base.errors import ConflictError, InvalidError, PaletteError, Problem
from db.base.french import capitalised
from db.model import domain_rules
from db.model.dictionary import CER
from db.model.fields import Field, Follows, OfficeTable
from db.model.office import Office
from db.model.types import (
    Choice,
    Choices,
    Context,
    Date,
    Email,
    Euros,
    Integer,
    LongText,
    Phone,
    Reference,
    References,
    YesNo,
)
from db.rows import records
from db.rows.drafts import FormOpening
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from pages.shared.form import drafts, live_messages
from pages.shared.form.drafts import Typed
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

Slots = dict[str, DeltaGenerator]
"""The place under each widget where its error is shown, by field name."""
_HINTS = {Date: "jj/mm/aaaa", Euros: "0,00", Phone: "05 65 00 00 00", Email: "nom@domaine.fr"}
_PENDING = "form:pending"
_LISTED = 1_000
"""Up to this number of rows, a reference is chosen in a list of all; above, by typing the beginning of its name."""


def edit_dialog(table_name: str, row_id: int | None = None, fixed: Mapping[str, Any] | None = None) -> None:
    """Open the form of a new row (``row_id`` None) or of an existing one in a dialog. ``fixed``: preset values."""
    table = open_office().tables[table_name]
    st.dialog(table.new if row_id is None else table.label, width="large", dismissible=False)(_dialog)(
        table, row_id, fixed or {}
    )


def _dialog(table: OfficeTable, row_id: int | None, fixed: Mapping[str, Any]) -> None:
    db = open_office()
    if edit_form(db, table, f"form:{table.name}:{row_id}", row_id, fixed):
        st.rerun()
    if table.name == CER.name and row_id is not None and _asks_next_contract(f"form:{table.name}:{row_id}"):
        open_later(CER.name, domain_rules.next_contract(db, row_id, records.today()))


def _asks_next_contract(key: str) -> bool:
    """Show the button; it is disabled while the form has unsaved changes, which would be lost."""
    changed = bool(st.session_state.get(f"{key}:changed"))
    help_text = "Enregistrez d’abord ce que vous avez changé." if changed else None
    return st.button("Préparer le contrat suivant", icon=":material/event_repeat:", disabled=changed, help=help_text)


def open_later(table_name: str, fixed: Mapping[str, Any], row_id: int | None = None) -> None:
    """Open a form in the next run: Streamlit opens one dialog per run."""
    forget(f"form:{table_name}:{row_id}")
    st.session_state[_PENDING] = (table_name, row_id, dict(fixed))
    st.rerun()


def show_pending() -> None:
    """Open the form requested by ``open_later`` in the previous run, if any."""
    if _PENDING in st.session_state:
        edit_dialog(*st.session_state.pop(_PENDING))


def show_drafts() -> None:
    """Show the menu of what the person signed in was writing, and open the form of what is chosen."""
    chosen = drafts.menu(open_office())
    if chosen:
        open_later(chosen.form.table, chosen.form.fixed, chosen.form.row_id)


def edit_form(db: Office, table: OfficeTable, key: str, row_id: int | None, fixed: Mapping[str, Any]) -> bool:
    """Show the form, or first the draft that was left in it. Returns True once it has saved. ``fixed`` values of a new
    row are saved with it."""
    context = records.context(db)
    try:
        start, version = _start(db, table, key, row_id, fixed)
    except PaletteError as error:
        st.warning(str(error))
        drafts.offer(table, key, FormOpening(table.name, row_id, None, {}), None, context)
        return False
    if fixed.get("person_id"):
        st.markdown(f"Pour **{context.title('person', fixed['person_id'])}**")
    form = FormOpening(table.name, row_id, version, fixed)
    if drafts.offer(table, key, form, start, context):
        return False
    with drafts.container(key):
        return _open_form(db, table, key, form, start, context)


def _open_form(
    db: Office, table: OfficeTable, key: str, form: FormOpening, start: Mapping[str, Any], context: Context
) -> bool:
    row_id, fixed = form.row_id, form.fixed
    initial = {**start, **drafts.resumed(key)}
    slots = Slots()
    values: dict[str, Any] = dict(fixed) if row_id is None else {}
    messages = st.container()
    for section, fields in table.sections.items():
        messages = st.container()  # above the last section, which holds the decision
        shown = [
            field for field in fields if not (row_id is None and field.name in fixed and field.name.endswith("_id"))
        ]
        values |= _section(db, section, shown, key, {**initial, **values}, context, slots)
    with messages:
        live_messages.show(db, table, {**start, **values}, row_id)
    # Only what the person changed is saved of an existing row: a colleague may have changed the rest.
    changed = drafts.changed_values(table, start, values, context)
    drafts.keep(key, form, changed)
    st.session_state[f"{key}:changed"] = changed
    version = drafts.resumed_version(key) or form.version
    return _buttons(db, table, key, Edit(values if row_id is None else changed, row_id, version), slots)


def _section(
    db: Office, title: str, fields: list[Field], key: str, start: Mapping[str, Any], context: Context, slots: Slots
) -> dict[str, Any]:
    """Show the widgets of one section in two columns, with their errors. Returns their values."""
    values: dict[str, Any] = {}
    if title and fields:
        st.markdown(f"### {title}")
    grid = st.grid(2, min_column_width=260, gap="small")
    for field in fields:
        with grid.cell(column_span="all" if isinstance(field.type, LongText | Choices | References) else 1):
            values[field.name] = _widget(
                db, field, f"{key}:{field.name}", start.get(field.name), {**start, **values}, context
            )
            slots[field.name] = st.empty()
    _show_errors(key, slots)
    return values


def _show_errors(key: str, slots: Slots) -> None:
    """Show each error below its field, until the form is saved again."""
    for problem in st.session_state.get(f"{key}:errors", []):
        if problem.field in slots:
            reason = capitalised(problem.reason)
            slots[problem.field].markdown(f":red[:material/error: {reason}]")


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
    """Drop the state of a form, so that it opens with the saved values next time."""
    for name in [name for name in st.session_state if str(name).startswith(f"{key}:")]:
        del st.session_state[name]


def _buttons(db: Office, table: OfficeTable, key: str, edit: Edit, slots: Slots) -> bool:
    place = st.empty()
    wants_save = False
    if f"{key}:leaving" not in st.session_state:
        with place.container(horizontal=True, horizontal_alignment="right"):
            cancelled = st.button("Annuler", key=f"{key}:cancel")
            wants_save = st.button("Enregistrer", type="primary", key=f"{key}:save")
        if cancelled and not st.session_state[f"{key}:changed"]:
            _give_up(key)
            st.rerun()
        if cancelled:
            st.session_state[f"{key}:leaving"] = True
    if f"{key}:leaving" in st.session_state:
        with place.container(horizontal=True, vertical_alignment="center"):
            _ask_before_leaving(key)
    if wants_save and _save(db, table, key, edit):
        return True
    _show_errors(key, slots)
    _show_refused(st.session_state.get(f"{key}:errors", []), slots)
    clash: ConflictError | None = st.session_state.get(f"{key}:clash")
    return clash is not None and _settle(db, table, key, edit, clash)


def _give_up(key: str) -> None:
    """Drop what was written in a form: its draft, and its state."""
    drafts.end(key)
    forget(key)


def _ask_before_leaving(key: str) -> None:
    """Ask what becomes of the changes of a form that « Annuler » would close."""
    st.warning("Ce que vous avez changé n’est pas enregistré.")
    st.button("Continuer", key=f"{key}:stay", on_click=st.session_state.pop, args=(f"{key}:leaving",))
    if st.button("Garder en brouillon", key=f"{key}:draft:keep", disabled=not drafts.is_kept(key)):
        forget(key)
        st.rerun()
    if st.button("Abandonner", key=f"{key}:give-up"):
        _give_up(key)
        st.rerun()


def _show_refused(problems: list[Problem], slots: Slots) -> None:
    """Show next to the button which fields have errors, and in full the errors of fields that are not in the form."""
    labels = list(dict.fromkeys(problem.label for problem in problems if problem.field in slots))
    if labels:
        st.error(f"Rien n’a été enregistré. À corriger : {', '.join(labels)}.")
    for problem in problems:
        if problem.field not in slots:
            st.error(str(problem))


def _save(db: Office, table: OfficeTable, key: str, edit: Edit) -> bool:
    name = f"{key}:errors"
    st.session_state.pop(name, None)
    st.session_state.pop(f"{key}:clash", None)
    try:
        records.save(db, table, edit, user_name())
    except ConflictError as error:
        st.session_state[f"{key}:clash"] = error
        return False
    except InvalidError as error:
        st.session_state[name] = error.problems
        return False
    except PaletteError as error:
        st.error(str(error))
        return False
    _give_up(key)
    queue_toast("Enregistré")
    return True


def _settle(db: Office, table: OfficeTable, key: str, edit: Edit, clash: ConflictError) -> bool:
    """Show the conflict and let the person overwrite the saved values or reload them."""
    st.warning(str(clash))
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button("Reprendre ce qui est dans le fichier", key=f"{key}:theirs", on_click=_give_up, args=(key,))
        mine = st.button("Enregistrer ma version", key=f"{key}:mine")
    return mine and _save(db, table, key, Edit(edit.values, edit.row_id, clash.version))


# ---- one widget per type


def field_widget(db: Office, field: Field, key: str, value: Any, context: Context) -> Any:
    """Show the widget of a single field (bulk change, bulk creation). Returns its value, not yet parsed."""
    return _widget(db, field, key, value, {}, context)


def _widget(db: Office, field: Field, key: str, value: Any, row: Mapping[str, Any], context: Context) -> Any:
    label = field.label + (" *" if field.required else "")
    common: dict[str, Any] = {"label": label, "help": field.help or None, "key": key}
    if isinstance(field.default, Follows) and value is None:
        _follow(field.default, key, row)
    match field.type:
        case Choice(list=values):
            return _choice(common, values.name, value, context)
        case Choices(list=values):
            labels = context.labels[values.name]
            offered = [code for code in labels if code in (value or ()) or code not in context.retired[values.name]]
            return _several(common, offered, value, labels.__getitem__)
        case YesNo():
            return st.segmented_control(
                options=[1, 0], default=value, format_func={1: "Oui", 0: "Non"}.__getitem__, **common
            )
        case LongText():
            return st.text_area(value=value or "", height=100, **common)
        case Reference(table=target):
            return _reference(db, common, db.tables[target], value, row, context)
        case References(table=target):
            chosen = tuple(st.session_state.get(key, value) or ())
            options = _options(db, db.tables[target], chosen, row, f"{key}:find", label)
            return _several(common, options, value, partial(context.title, target))
        case Integer(unit=unit):
            return st.text_input(value=_shown(field, value, context), placeholder=unit, **common)
        case _:
            # Dates are typed, as in the grid. By their hint, pages/shared/shell/date_fields.js gives them a calendar in
            # French; that of st.date_input is in English (streamlit issue 12699).
            hint = _HINTS.get(type(field.type), "")
            return st.text_input(value=_shown(field, value, context), placeholder=hint, **common)


def _shown(field: Field, value: Any, context: Context) -> str:
    return value if isinstance(value, Typed) else field.type.show(value, context)


def _follow(default: Follows, key: str, row: Mapping[str, Any]) -> None:
    """Set a field that nobody has touched to what its default follows from."""
    state, name = st.session_state, f"{key}:followed"
    if state.get(key) == state.get(name):
        state[key] = default.of(row)
    state[name] = default.of(row)


def _several(common: dict[str, Any], options: list[Any], value: Any, named: Callable[[Any], str]) -> tuple[Any, ...]:
    chosen = st.multiselect(
        options=options,
        default=list(value or ()),
        format_func=named,
        placeholder="",
        select_all=False,
        wrap=True,
        **common,
    )
    return tuple(chosen)


def _choice(common: dict[str, Any], name: str, value: Any, context: Context) -> Any:
    labels = context.labels[name]
    offered = [code for code in labels if code == value or code not in context.retired[name]]
    index = offered.index(value) if value in offered else None
    return st.selectbox(options=offered, index=index, format_func=labels.__getitem__, placeholder="", **common)


def _reference(
    db: Office, common: dict[str, Any], target: OfficeTable, value: Any, row: Mapping[str, Any], context: Context
) -> int | None:
    current = st.session_state.get(common["key"], value)  # stays an option during another search
    options = _options(db, target, (current,) if current else (), row, f"{common['key']}:find", common["label"])
    index = options.index(value) if value in options else None
    title = partial(context.title, target.name)
    chosen: int | None = st.selectbox(options=options, index=index, format_func=title, placeholder="", **common)
    return chosen


def _options(
    db: Office, target: OfficeTable, chosen: tuple[int, ...], row: Mapping[str, Any], key: str, label: str
) -> list[int]:
    """Return the ids that a reference may have. The same person's rows where the target table belongs to persons; else
    all rows, or those found by a search."""
    filters: tuple[Filter, ...] = ()
    if target.belongs_to_person and row.get("person_id"):
        filters = (Filter("person_id", "is", row["person_id"]),)
    search = ""
    if records.count(db, target, Query(filters)) > _LISTED:
        search = st.text_input(f"Chercher : {label}", key=key, placeholder="début du nom")
    ids = records.page_ids(db, target, Query(filters, search, size=_LISTED))
    return [*(row_id for row_id in chosen if row_id not in ids), *ids]
