"""The tabs of a screen that shows one of several tables."""

from collections.abc import Sequence

import streamlit as st

from db.model.fields import OfficeTable
from pages.shared.grid import view_menu


def choose_table(tables: Sequence[OfficeTable], key: str) -> OfficeTable:
    """Show one tab per table and return the chosen one: at first the table of the view in the address, or the first."""
    labels = {table.name: table for table in tables}
    requested = view_menu.requested_table(list(labels))
    if requested:
        st.session_state[f"{key}:table"] = requested
    chosen = st.segmented_control(
        "Vue",
        list(labels),
        default=tables[0].name,
        required=True,
        format_func=lambda name: labels[name].plural,
        key=f"{key}:table",
        label_visibility="collapsed",
    )
    return labels[chosen or tables[0].name]
