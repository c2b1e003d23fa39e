"""Which of several tables a screen shows."""

from collections.abc import Sequence

import streamlit as st

from db.fields import Table


def choose_table(tables: Sequence[Table], key: str) -> Table:
    """A row of tabs, one a table; the first at first."""
    labels = {table.name: table for table in tables}
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
