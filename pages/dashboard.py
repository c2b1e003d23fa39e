"""Screen « Tableau de bord » : the persons of a period in charts; a click on a bar filters all the others."""

import streamlit as st

from pages.shared.figures import dashboard
from pages.shared.figures.chart_card import show_card
from pages.shared.figures.period import choose_period
from pages.shared.shell.session import open_office

st.title("Tableau de bord")
db = open_office()
period = choose_period(db, "dashboard")
seen = dashboard.look(db, period)
dashboard.show_filters(seen)
dashboard.show_chosen(db, period, seen)
for title, pictures in dashboard.sections(seen):
    st.subheader(title)
    with st.grid(2, min_column_width=420, gap="medium"):
        for picture in pictures:
            show_card(picture, period, dashboard.source(period, seen), "dashboard", seen.chosen, dashboard.choose)
