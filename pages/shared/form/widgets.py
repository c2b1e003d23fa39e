"""One widget for each type of field: a box, a list, a choice. The browser keeps what is typed in it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

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
    Time,
    YesNo,
)
from db.rows import records
from db.rows.queries import Filter, Query
from pages.shared.form.drafts import Typed
from pages.shared.shell.markdown import escape_markdown

_HINTS = {Date: "jj/mm/aaaa", Time: "14h30", Euros: "0,00", Phone: "05 65 00 00 00", Email: "nom@domaine.fr"}
_IN_SIGHT = 6
"""Most values of a short list."""
_LISTED = 1_000
"""Up to this number of rows, a reference is chosen in a list of all; above, by typing the beginning of its name."""


def show(
    db: Office, field: Field, key: str, value: Any, row: Mapping[str, Any], context: Context, *, pills: bool = False
) -> Any:
    """Show the widget of a field. Returns its value, not yet parsed. ``value``: what it begins with; ``row``: the
    values of the fields before it. ``pills``: show the values of a short list all at once."""
    label = escape_markdown(field.label) + (" *" if field.required else "")
    common: dict[str, Any] = {"label": label, "help": escape_markdown(field.help) or None, "key": key}
    if isinstance(field.default, Follows) and value is None:
        _follow(field.default, key, row)
    match field.type:
        case Choice(list=values):
            return _choice(common, values.name, value, context, pills)
        case Choices(list=values):
            labels = context.labels[values.name]
            offered = [code for code in labels if code in (value or ()) or code not in context.retired[values.name]]
            return _several(common, offered, value, labels.__getitem__)
        case YesNo():
            return st.segmented_control(
                options=[1, 0], default=value, format_func={1: "Oui", 0: "Non"}.__getitem__, **common
            )
        case LongText(lines=lines):
            return st.text_area(value=value or "", height=25 * lines, **common)
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


def _choice(common: dict[str, Any], name: str, value: Any, context: Context, pills: bool) -> Any:
    labels = context.labels[name]
    offered = [code for code in labels if code == value or code not in context.retired[name]]
    if pills and len(offered) <= _IN_SIGHT:
        chosen = value if value in offered else None
        named = {code: escape_markdown(labels[code]) for code in offered}  # read as Markdown, unlike those of a list
        return st.pills(options=offered, default=chosen, format_func=named.__getitem__, wrap=True, **common)
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
