"""Where the fields of a form stand: section by section in columns, or the most needed first, the others folded away."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choices, Context, LongText, References
from pages.shared.form import widgets
from pages.shared.form.look import ROW, FormLook
from pages.shared.shell.markdown import escape_markdown

Slots = dict[str, DeltaGenerator]
"""The place under each widget where its error is shown, by field name."""


def placed(
    key: str, sections: Mapping[str, list[Field]], look: FormLook
) -> Iterator[tuple[str, list[Field], DeltaGenerator]]:
    """Yield each section with its fields and its place: on the page, or folded away where others are in sight."""
    names = [field.name for fields in sections.values() for field in fields if look.asks(field.name, {})]
    if not look.brief:
        yield from ((title, fields, st.container()) for title, fields in sections.items())
    elif names:
        has_errors = any(one.field in names for one in st.session_state.get(f"{key}:errors", []))
        folded = st.expander(f"Autres champs ({len(names)})", expanded=has_errors)
        yield from ((title, fields, folded) for title, fields in sections.items())


def section(
    db: Office,
    title: str,
    fields: list[Field],
    widgets_key: str,
    start: Mapping[str, Any],
    context: Context,
    slots: Slots,
    look: FormLook,
) -> dict[str, Any]:
    """Show the widgets of one section in columns, with their errors. Returns their values."""
    values: dict[str, Any] = {}
    if title and fields:
        st.subheader(escape_markdown(title), anchor=False)
    grid = st.grid(look.columns, min_column_width=260 if look is ROW else 210, gap="small")
    for field in fields:
        row, widget_key = {**start, **values}, f"{widgets_key}:{field.name}"
        if not look.asks(field.name, row):
            continue
        with grid.cell(column_span="all" if isinstance(field.type, LongText | Choices | References) else 1):
            first = start.get(field.name)
            values[field.name] = widgets.show(db, field, widget_key, first, row, context, pills=look.pills)
            slots[field.name] = st.empty()
    return values


def describe(table: OfficeTable) -> None:
    """Write the help of each field where form_keys.js finds it, as the description that a screen reader reads out."""
    texts = (f'<span data-field="{field.name}">{escape(field.help)}</span>' for field in table.fields if field.help)
    st.html(f'<div class="form-help">{"".join(texts)}</div>')
