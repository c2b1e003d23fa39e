"""A chart on a card: title, chart, sentence, files, and « Détail » with its definition and numbers."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from db.figures.periods import Period
from pages.shared.figures import chart_files
from pages.shared.shell.markdown import escape_markdown
from reports.charts import drawing
from reports.charts.drawing import CHOICE
from reports.content.chart_data import ChartData

Chooser = Callable[[ChartData, str, str], None]
"""Called with the chart and the codes of row and series of the clicked bar."""


def show_card(chart: ChartData, period: Period, source: str, key: str, choose: Chooser) -> None:
    """Show the card. ``choose``: called by a click on a bar. ``source``: the title written in its files."""
    with st.container(border=True, key=f"{key}-{chart.name}", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {escape_markdown(chart.title)}", width="stretch")
            if not chart.empty:
                _detail(chart, key)
        if not chart.empty:
            _chart(chart, key, choose)
        st.caption(escape_markdown(chart.reading))
        if not chart.empty:
            chart_files.show(chart, period, source, f"{key}:{chart.name}")


def _chart(chart: ChartData, key: str, choose: Chooser) -> None:
    """Show the chart. A click gives it a new key, because Streamlit does not report a second click on the same bar."""
    clicks = st.session_state.setdefault(f"{key}:turns", {})
    name = f"{key}:{chart.name}:{clicks.get(chart.name, 0)}"
    specification = drawing.specification(chart)
    if not chart.chooses:
        st.vega_lite_chart(specification, key=name, alt=chart.alt)
        return

    def take() -> None:
        codes = _clicked(st.session_state[name])
        clicks[chart.name] = clicks.get(chart.name, 0) + 1
        if codes:
            choose(chart, codes.get("code", ""), codes.get("series", ""))

    st.vega_lite_chart(specification, key=name, on_select=take, alt=chart.alt)


def _clicked(state: Any) -> dict[str, str]:
    points = state["selection"].get(CHOICE) or []
    return dict(points[0]) if points else {}


def _detail(chart: ChartData, key: str) -> None:
    """Show the definition of the chart and its numbers, only while the popover is open."""
    popover = st.popover("Détail", type="tertiary", key=f"{key}:{chart.name}:detail", on_change="rerun")
    if not popover.open:
        return
    with popover:
        st.markdown(escape_markdown(chart.means))
        st.table(chart_files.frame(chart), hide_index=True, alt=f"Les chiffres : {chart.title}")
