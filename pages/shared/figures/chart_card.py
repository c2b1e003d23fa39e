"""A chart on a card: title, chart, sentence, files; and « Détail » : what it counts, and the numbers."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from db.figures.periods import Period
from pages.shared.figures import chart_files
from reports.charts import drawing
from reports.charts.drawing import CHOICE, Codes
from reports.content.chart_data import ChartData

Chooser = Callable[[ChartData, str, str], None]
"""Called with the code of the row and that of the series of the bar that was clicked."""


def show_card(picture: ChartData, period: Period, source: str, key: str, chosen: Codes, choose: Chooser) -> None:
    """The card. A click on a bar calls ``choose`` with its codes. ``source``: whose numbers its files hold."""
    with st.container(border=True, key=f"{key}-{picture.name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {picture.title}", width="stretch")
            if not picture.empty:
                _detail(picture, key)
        if not picture.empty:
            _chart(picture, key, chosen, choose)
        st.caption(picture.reading)
        if not picture.empty:
            chart_files.show(picture, period, source, f"{key}:{picture.name}")


def _chart(picture: ChartData, key: str, chosen: Codes, choose: Chooser) -> None:
    """A click is an event: the chart then starts anew, so that a second click on the same bar is heard as well."""
    turns = st.session_state.setdefault(f"{key}:turns", {})
    name = f"{key}:{picture.name}:{turns.get(picture.name, 0)}"
    drawn = drawing.specification(picture, chosen)
    if not picture.chooses:
        st.vega_lite_chart(drawn, key=name, alt=picture.alt)
        return

    def take() -> None:
        codes = _clicked(st.session_state[name])
        turns[picture.name] = turns.get(picture.name, 0) + 1
        if codes:
            choose(picture, codes.get("code", ""), codes.get("series", ""))

    st.vega_lite_chart(drawn, key=name, on_select=take, alt=picture.alt)


def _clicked(state: Any) -> dict[str, str]:
    found = state["selection"].get(CHOICE) or []
    return dict(found[0]) if found else {}


def _detail(picture: ChartData, key: str) -> None:
    """What it counts and its numbers, made only once they are asked for."""
    popover = st.popover("Détail", type="tertiary", key=f"{key}:{picture.name}:detail", on_change="rerun")
    if not popover.open:
        return
    with popover:
        st.markdown(picture.means)
        st.table(chart_files.frame(picture), hide_index=True, alt=f"Les chiffres : {picture.title}")
