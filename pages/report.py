"""Screen « Photo-bilan » : the report of a year, a day or a period; each number opens what it counts, and who."""

import streamlit as st

from pages.shared.figures import frozen_reports, report
from pages.shared.figures.chart_card import show_card
from pages.shared.figures.period import choose_period
from pages.shared.shell.session import office

st.title("Photo-bilan")
db = office()
period = choose_period(db, "report")
known_on = report.choose_truth(db, period)
made = report.report_of(db, period, known_on)
st.header(made.title)
report.show_exports(made)
report.show_numbers(made)
for section in made.sections:
    st.subheader(section.title)
    with st.grid(2, min_column_width=420, gap="medium"):
        for picture in section.charts:
            show_card(picture, period, made.source, "report", {}, report.opener(made))
report.show_moved(db, made)
frozen_reports.show(db, made)
report.show_opened(db, made)
