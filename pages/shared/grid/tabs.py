"""Which of several tables a screen shows."""

from collections.abc import Sequence

import streamlit as st

from db.model.fields import OfficeTable
from pages.shared.grid import view_menu


def choose_table(tables: Sequence[OfficeTable], key: str) -> OfficeTable:
    """A row of tabs, one a table; the first at first, unless the address asks for a view of another."""
    labels = {table.name: table for table in tables}
    asked = view_menu.asked_table(list(labels))
    if asked:
        st.session_state[f"{key}:table"] = asked
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
