"""The main figures of a day in one line."""

from collections.abc import Mapping

import streamlit as st

from db.base.french import french_number
from db.figures.definitions import FIGURES


def show_day(day: Mapping[str, int], date: str) -> None:
    """Show the figures with their definitions. ``day``: from db.figures.counting.summary; ``date``: in French."""
    st.caption(f"Au {date}")
    with st.grid(len(day), min_column_width=125, gap="small"):
        for name, value in day.items():
            st.metric(FIGURES[name].short, french_number(value), help=FIGURES[name].means)
