"""One filter per column, of the kind its type asks for; what is chosen becomes the conditions of the query.

What the filters hold is a plain dictionary that outlives the widgets (Streamlit forgets a widget that is not on the
page): the widgets show it and write to it, and nothing else says what is in force.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st

from db.base.errors import FieldError
from db.model.fields import Computed, Field, OfficeTable
from db.model.types import Choice, Choices, Context, Date, Euros, Integer, References, YesNo
from db.rows.queries import Filter

Chosen = dict[str, Any]
"""A field's name (« name:low », « name:high » for bounds, « name:empty ») -> what was chosen or typed."""

AMONG = "among"
"""Where the filters hold rows found elsewhere (the persons behind a figure): (what they are, their ids)."""
_EMPTY = "(vide)"
_RANGES = (Date, Integer, Euros)


def conditions(table: OfficeTable, chosen: Chosen, context: Context) -> tuple[Filter, ...]:
    """The conditions in force. A bound that cannot be read is none; ``show`` says so."""
    among = (Filter("id", "among", chosen[AMONG][1]),) if AMONG in chosen else ()
    return (
        *among,
        *(found for column in table.columns if not column.hidden for found in _conditions(column, chosen, context)),
    )


def chosen_by(wanted: Sequence[Filter]) -> Chosen:
    """What the filters hold for these conditions on values of lists (« in ») or on emptiness (« empty »)."""
    empty = {f"{column.field}:empty": True for column in wanted if column.how == "empty"}
    return empty | {column.field: list(column.value) for column in wanted if column.how == "in"}


def told(table: OfficeTable, chosen: Chosen, context: Context) -> list[dict[str, str]]:
    """Every filter in force in words: the field's name, its label, what is asked of it."""
    among = [{"name": AMONG, "label": "Choix", "text": chosen[AMONG][0]}] if AMONG in chosen else []
    return among + [
        {"name": found.field, "label": table.column(found.field).label, "text": _told(table, found, context)}
        for found in conditions(table, chosen, context)
        if found.how != "among"
    ]


def show(columns: Sequence[Field | Computed], key: str, chosen: Chosen, context: Context) -> None:
    """The widgets of these columns: lists and texts two abreast, then the ranges, which are wider."""
    grid = st.grid(2, min_column_width=260, gap="small")
    for column in columns:
        options = _options(column, context)
        if isinstance(column.type, (*_RANGES, References)):
            continue
        with grid.cell():
            if options:
                _many(column, key, chosen, options)
            else:
                _text(column.label, column.name, key, chosen, "commence par…")
    for column in columns:
        if isinstance(column.type, _RANGES):
            _range(column, key, chosen, context)


def remove(chosen: Chosen, name: str) -> None:
    """Lift the filter of one field."""
    for place in (name, f"{name}:low", f"{name}:high", f"{name}:empty"):
        chosen.pop(place, None)


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
    bounds = tuple(_bound(column, chosen.get(f"{name}:{side}", ""), context)[0] for side in ("low", "high"))
    if any(bound is not None for bound in bounds):
        yield Filter(name, "between", bounds)


def _bound(column: Field | Computed, text: str, context: Context) -> tuple[Any, str]:
    """What a bound typed in means, and why it means nothing."""
    try:
        return (column.type.read(text, context) if text.strip() else None), ""
    except FieldError as error:
        return None, str(error)


def _told(table: OfficeTable, found: Filter, context: Context) -> str:
    column = table.column(found.field)
    if found.how == "in":
        return ", ".join(label for value, label in _options(column, context).items() if value in found.value)
    if found.how == "between":
        low, high = (column.type.show(bound, context) for bound in found.value)
        return f"de {low} à {high}" if low and high else f"à partir de {low}" if low else f"jusqu’à {high}"
    return _EMPTY if found.how == "empty" else f"« {found.value} »"


# ---- widgets


def _many(column: Field | Computed, key: str, chosen: Chosen, options: dict[Any, str]) -> None:
    name = _hold(key, column.name, chosen, [])
    st.multiselect(
        column.label, list(options), key=name, format_func=options.__getitem__, placeholder="toutes les valeurs",
        select_all=False, wrap=True,
        on_change=_take, args=(key, column.name, chosen),
    )  # fmt: skip


def _range(column: Field | Computed, key: str, chosen: Chosen, context: Context) -> None:
    low, high = ("jj/mm/aaaa", "jj/mm/aaaa") if isinstance(column.type, Date) else ("minimum", "maximum")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _text(f"{column.label}, de", f"{column.name}:low", key, chosen, low)
        _text("à", f"{column.name}:high", key, chosen, high)
        name = _hold(key, f"{column.name}:empty", chosen, False)
        st.checkbox("vide", key=name, on_change=_take, args=(key, f"{column.name}:empty", chosen))
    for side in ("low", "high"):
        reason = _bound(column, chosen.get(f"{column.name}:{side}", ""), context)[1]
        if reason:
            st.caption(f":red[{column.label} : {reason}]")


def _text(label: str, place: str, key: str, chosen: Chosen, hint: str) -> None:
    name = _hold(key, place, chosen, "")
    st.text_input(label, key=name, placeholder=hint, on_change=_take, args=(key, place, chosen))


def _hold(key: str, place: str, chosen: Chosen, nothing: Any) -> str:
    """The widget's key, after telling the session what the widget has to show."""
    st.session_state[f"{key}:{place}"] = chosen.get(place, nothing)
    return f"{key}:{place}"


def _take(key: str, place: str, chosen: Chosen) -> None:
    value = st.session_state[f"{key}:{place}"]
    if value in ("", [], False):
        chosen.pop(place, None)
    else:
        chosen[place] = value
