"""Screen « Photo-bilan » : the report of a year, a day or a period; each number opens what it counts, and who."""

import streamlit as st

from pages.shared import bilan, frozen_reports
from pages.shared.card import show_card
from pages.shared.period import choose_period
from pages.shared.session import office

st.title("Photo-bilan")
db = office()
period = choose_period(db, "report")
known_on = bilan.choose_truth(db, period)
made = bilan.report_of(db, period, known_on)
st.header(made.title)
bilan.show_exports(made)
bilan.show_numbers(made)
for section in made.sections:
    st.subheader(section.title)
    with st.grid(2, min_column_width=420, gap="medium"):
        for picture in section.pictures:
            show_card(picture, period, made.source, "report", {}, bilan.opener(made))
bilan.show_moved(db, made)
frozen_reports.show(db, made)
bilan.show_opened(db, made)
