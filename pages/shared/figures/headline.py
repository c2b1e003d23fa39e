"""The main figures of a day in one line, which opens on their definitions."""

from collections.abc import Mapping

import streamlit as st

from db.base.french import french_number
from db.figures.definitions import FIGURES


def show_day(day: Mapping[str, int], date: str) -> None:
    """Show the figures. ``day``: from db.figures.counting.summary; ``date``: in French."""
    numbers = {name: french_number(value) for name, value in day.items()}
    line = " · ".join(f"{FIGURES[name].short} **{number}**" for name, number in numbers.items())
    with (
        st.container(horizontal=True, key="headline-strip"),
        st.popover(line, type="tertiary", key="headline", help=f"Au {date}. Ouvrir : ce que compte chaque nombre"),
    ):
        st.caption(f"Au {date}")
        for name, number in numbers.items():
            st.markdown(f"**{FIGURES[name].short} : {number}.** {FIGURES[name].means}")
