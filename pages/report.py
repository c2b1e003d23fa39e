"""Screen « Photo-bilan »: the report of a year, a day or a period; each number opens its definition and persons."""

import streamlit as st

from pages.shared.figures import frozen_reports, report
from pages.shared.figures.chart_card import show_card
from pages.shared.figures.period import choose_period
from pages.shared.shell.session import open_office

st.title("Photo-bilan")
db = open_office()
period = choose_period(db, "report")
known_on = report.choose_truth(db, period)
shown = report.report_of(db, period, known_on)
st.header(shown.title)
report.show_exports(shown)
report.show_numbers(shown)
for section in shown.sections:
    st.subheader(section.title)
    with st.grid(2, min_column_width=420, gap="medium"):
        for chart in section.charts:
            show_card(chart, period, shown.source, "report", report.open_bar)
report.show_changes_since(db, shown)
frozen_reports.show(db, shown)
report.show_opened(db, shown)
