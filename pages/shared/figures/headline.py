"""The figures of a day in one line, each with its definition."""

from collections.abc import Mapping

import streamlit as st

from db.base.french import french_number
from db.figures.definitions import FIGURES


def show_day(day: Mapping[str, int], date: str) -> None:
    """The headline of a day. ``day``: the figures of db.figures.counting.summary; ``date``: the day in French."""
    st.caption(f"Au {date}")
    with st.grid(len(day), min_column_width=125, gap="small"):
        for name, value in day.items():
            st.metric(FIGURES[name].short, french_number(value), help=FIGURES[name].means)
