"""One filter per column, with a widget that depends on its type; their values become the conditions of the query.

The values are in a dictionary of the grid's state, which the widgets show and write to, because Streamlit drops the
state of a widget that is not on the page (the popover is closed).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import streamlit as st

from db.base.errors import FieldError
from db.model.fields import Computed, Field, OfficeTable
from db.model.types import Choice, Choices, Context, Date, Euros, Integer, Reference, References, Time, YesNo
from db.rows.queries import Filter
from pages.shared.shell.markdown import escape_markdown

Chosen = dict[str, Any]
"""Value of each filter, by field name; under « name:low », « name:high », « name:empty », « name:contains »: bounds,
emptiness, a part of the text."""

PARTS = ("low", "high", "empty", "contains")
AMONG = "among"
"""Key of a filter on given rows (the persons counted by a figure): (their title, their ids)."""
_EMPTY = "(vide)"
_RANGES = (Date, Time, Integer, Euros)


def conditions(table: OfficeTable, chosen: Chosen, context: Context) -> tuple[Filter, ...]:
    """Return the conditions of the filters. A bound that cannot be parsed is ignored; ``show`` reports it."""
    among = (Filter("id", "among", chosen[AMONG][1]),) if AMONG in chosen else ()
    columns = [column for column in table.columns if not column.hidden]
    return (*among, *(condition for column in columns for condition in _conditions(column, chosen, context)))


def chosen_by(wanted: Sequence[Filter]) -> Chosen:
    """Return the filter values that give these conditions, which may be of the kinds "in" and "empty"."""
    empty = {f"{condition.field}:empty": True for condition in wanted if condition.how == "empty"}
    return empty | {condition.field: list(condition.value) for condition in wanted if condition.how == "in"}


def describe(table: OfficeTable, chosen: Chosen, context: Context) -> list[dict[str, str]]:
    """Return every filter in French: {"name", "label", "text"}."""
    among = [{"name": AMONG, "label": "Choix", "text": chosen[AMONG][0]}] if AMONG in chosen else []
    return among + [
        {
            "name": condition.field,
            "label": table.column(condition.field).label,
            "text": _text_of(table, condition, context),
        }
        for condition in conditions(table, chosen, context)
        if condition.how != "among"
    ]


def show(columns: Sequence[Field | Computed], key: str, chosen: Chosen, context: Context) -> None:
    """Show the widgets of these columns: lists and texts in two columns, then the ranges, which are wider."""
    grid = st.grid(2, min_column_width=260, gap="small")
    for column in columns:
        options = _options(column, context)
        if isinstance(column.type, (*_RANGES, References)):
            continue
        with grid.cell():
            if options:
                _list(column, key, chosen, options)
            else:
                _text(column.label, column.name, key, chosen, "commence par…")
    for column in columns:
        if isinstance(column.type, _RANGES):
            _range(column, key, chosen, context)


def remove(chosen: Chosen, name: str) -> None:
    """Remove the filter of one field."""
    for key in (name, *(f"{name}:{part}" for part in PARTS)):
        chosen.pop(key, None)


def replace_all(chosen: Chosen, name: str, wanted: dict[str, Any]) -> None:
    """Replace the filters of one field. ``wanted``: its values and parts as the menu of a title sends them; "" names
    the values."""
    remove(chosen, name)
    for part, value in wanted.items():
        if part in ("", *PARTS) and value not in ("", [], None, False):
            chosen[f"{name}:{part}" if part else name] = value


def _options(column: Field | Computed, context: Context) -> dict[Any, str]:
    match column.type:
        case Choice(list=values) | Choices(list=values):
            return {**context.labels[values.name], None: _EMPTY}
        case YesNo():
            return {1: "Oui", 0: "Non", None: _EMPTY}
    return {}


def _conditions(column: Field | Computed, chosen: Chosen, context: Context) -> Iterator[Filter]:
    name = column.name
    if chosen.get(f"{name}:empty"):
        yield Filter(name, "empty")
    elif isinstance(chosen.get(name), list) and chosen[name]:
        yield Filter(name, "in", tuple(chosen[name]))
    elif str(chosen.get(name) or "").strip():
        yield Filter(name, "words", chosen[name])
    if str(chosen.get(f"{name}:contains") or "").strip():
        yield Filter(name, "contains", chosen[f"{name}:contains"])
    bounds = tuple(_bound(column, chosen.get(f"{name}:{side}", ""), context)[0] for side in ("low", "high"))
    if any(bound is not None for bound in bounds):
        yield Filter(name, "between", bounds)


def _bound(column: Field | Computed, text: str, context: Context) -> tuple[Any, str]:
    """Return the value of a typed bound and '', or None and why it cannot be parsed."""
    try:
        return (column.type.read(text, context) if text.strip() else None), ""
    except FieldError as error:
        return None, str(error)


def _text_of(table: OfficeTable, condition: Filter, context: Context) -> str:
    column = table.column(condition.field)
    if condition.how == "in":
        return ", ".join(_value_labels(column, condition.value, context))
    if condition.how == "contains":
        return f"contient « {condition.value} »"
    if condition.how == "between":
        low, high = (column.type.show(bound, context) for bound in condition.value)
        return f"de {low} à {high}" if low and high else f"à partir de {low}" if low else f"jusqu’à {high}"
    return _EMPTY if condition.how == "empty" else f"« {condition.value} »"


def _value_labels(column: Field | Computed, values: Sequence[Any], context: Context) -> list[str]:
    options = _options(column, context)
    if options:
        return [label for value, label in options.items() if value in values]
    if isinstance(column.type, Reference | References):
        return [_EMPTY if value is None else context.title(column.type.table, value) for value in values]
    return [_EMPTY if value is None else column.type.show(value, context) for value in values]


# ---- widgets


def _list(column: Field | Computed, key: str, chosen: Chosen, options: dict[Any, str]) -> None:
    widget = _set_widget(key, column.name, chosen, [])
    st.multiselect(
        column.label, list(options), key=widget, format_func=options.__getitem__, placeholder="toutes les valeurs",
        select_all=False, wrap=True,
        on_change=_take, args=(key, column.name, chosen),
    )  # fmt: skip


def _range(column: Field | Computed, key: str, chosen: Chosen, context: Context) -> None:
    hints = {Date: ("jj/mm/aaaa", "jj/mm/aaaa"), Time: ("8h", "18h")}
    low, high = hints.get(type(column.type), ("minimum", "maximum"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        written = partial(_day_in_full, column, context) if isinstance(column.type, Date) else str
        _text(f"{column.label}, de", f"{column.name}:low", key, chosen, low, written)
        _text("à", f"{column.name}:high", key, chosen, high, written)
        widget = _set_widget(key, f"{column.name}:empty", chosen, False)
        st.checkbox("vide", key=widget, on_change=_take, args=(key, f"{column.name}:empty", chosen))
    for side in ("low", "high"):
        reason = _bound(column, chosen.get(f"{column.name}:{side}", ""), context)[1]
        if reason:
            st.caption(f":red[{escape_markdown(f'{column.label} : {reason}')}]")


def _text(label: str, name: str, key: str, chosen: Chosen, hint: str, written: Callable[[str], str] = str) -> None:
    """Show a box. ``written``: what becomes of the text that was typed."""
    value = chosen.get(name, "")
    st.session_state[f"{key}:{name}"] = value if isinstance(value, str) else ""  # values chosen in the title's menu
    widget = f"{key}:{name}"
    st.text_input(label, key=widget, placeholder=hint, on_change=_take, args=(key, name, chosen, written))


def _day_in_full(column: Field | Computed, context: Context, text: str) -> str:
    """Return a day with its year, so that a saved view means the same day next year; a text that is no day as it is."""
    return column.type.show(_bound(column, text, context)[0], context) or text


def _set_widget(key: str, name: str, chosen: Chosen, nothing: Any) -> str:
    """Set the value that the widget shows and return the widget's key."""
    st.session_state[f"{key}:{name}"] = chosen.get(name, nothing)
    return f"{key}:{name}"


def _take(key: str, name: str, chosen: Chosen, written: Callable[[Any], Any] = lambda value: value) -> None:
    value = written(st.session_state[f"{key}:{name}"])
    if value in ("", [], False):
        chosen.pop(name, None)
    else:
        chosen[name] = value
