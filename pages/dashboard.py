"""Screen « Tableau de bord »: the persons of a period in charts; a click on a bar filters all charts."""

import streamlit as st

from pages.shared.figures import dashboard
from pages.shared.figures.chart_card import show_card
from pages.shared.figures.period import choose_period
from pages.shared.shell.session import open_office

st.title("Tableau de bord")
db = open_office()
period = choose_period(db, "dashboard")
state = dashboard.count(db, period)
with st.container(key="dashboard-top"):
    dashboard.show_filters(state)
    dashboard.show_chosen(db, period, state)
for title, charts in dashboard.sections(state):
    st.subheader(title)
    with st.grid(2, min_column_width=420, gap="medium"):
        for chart in charts:
            show_card(chart, period, period.title, "dashboard", dashboard.choose)
