"""One filter per column, of the kind its type asks for; what is chosen becomes the conditions of the query."""

from datetime import date
from typing import Any

import streamlit as st

from db.errors import FieldError
from db.fields import Computed, Field, Table
from db.queries import Filter
from db.types import Choice, Choices, Context, Date, Euros, Integer, References, YesNo

_EMPTY = "(vide)"


def choose(table: Table, key: str, preset: tuple[Filter, ...], known: Context) -> tuple[Filter, ...]:
    """Show the filters of every column; return those in use. ``preset``: what is set when the screen opens."""
    found: list[Filter] = []
    start = {item.field: item for item in preset}
    for item in table.columns:
        if not isinstance(item.type, References):
            found += _one(item, f"{key}:{item.name}", start.get(item.name), known)
    return tuple(found)


def clear(table: Table, key: str) -> None:
    """Empty every filter."""
    for item in table.columns:
        for name in (f"{key}:{item.name}", f"{key}:{item.name}:low", f"{key}:{item.name}:high"):
            if name in st.session_state:
                old = st.session_state[name]
                st.session_state[name] = [] if isinstance(old, list) else "" if isinstance(old, str) else None


def _one(item: Field | Computed, key: str, start: Filter | None, known: Context) -> list[Filter]:
    match item.type:
        case Choice(list=values) | Choices(list=values):
            return _choice(item, key, start, dict(known.labels[values.name]))
        case YesNo():
            return _choice(item, key, start, {1: "Oui", 0: "Non"})
        case Date():
            return _dates(item, key)
        case Integer() | Euros():
            return _numbers(item, key, known)
        case _:
            text = st.text_input(item.label, key=key, placeholder="commence par…")
            return [Filter(item.name, "words", text)] if text.strip() else []


def _choice(item: Field | Computed, key: str, start: Filter | None, labels: dict[Any, str]) -> list[Filter]:
    options = [*labels, None]
    default = list(start.value) if start and key not in st.session_state else None
    chosen = st.multiselect(
        item.label,
        options,
        default,
        key=key,
        format_func=lambda code: labels.get(code, _EMPTY),
        placeholder="toutes les valeurs",
    )
    return [Filter(item.name, "in", tuple(chosen))] if chosen else []


def _dates(item: Field | Computed, key: str) -> list[Filter]:
    least, most = date(1900, 1, 1), date(2100, 12, 31)
    with st.container(horizontal=True):
        low = st.date_input(f"{item.label}, du", None, least, most, key=f"{key}:low", format="DD/MM/YYYY")
        high = st.date_input("au", None, least, most, key=f"{key}:high", format="DD/MM/YYYY")
    bounds = tuple(day.isoformat() if isinstance(day, date) else None for day in (low, high))
    return [Filter(item.name, "between", bounds)] if any(bounds) else []


def _numbers(item: Field | Computed, key: str, known: Context) -> list[Filter]:
    with st.container(horizontal=True):
        texts = [
            st.text_input(f"{item.label}, de", key=f"{key}:low", placeholder="minimum"),
            st.text_input("à", key=f"{key}:high", placeholder="maximum"),
        ]
    try:
        bounds = tuple(item.type.read(text, known) if text.strip() else None for text in texts)
    except FieldError as error:
        st.caption(f":red[{item.label} : {error}]")
        return []
    return [Filter(item.name, "between", bounds)] if any(bound is not None for bound in bounds) else []
