"""Screen « Aujourd’hui »: the day's appointments, and what waits for the team; each line opens the person's file."""

import streamlit as st

from db.base.french import french_date
from db.figures import counting
from db.rows import records
from pages.shared.agenda import agenda
from pages.shared.figures.headline import show_day
from pages.shared.grid import engagement_card, waiting_rows
from pages.shared.shell import intake_button
from pages.shared.shell.session import open_office

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Aujourd’hui", width="stretch")
    intake_button.show()
show_day(counting.summary(open_office(), records.today()), french_date(records.today()))
agenda.show_today(open_office())
engagement_card.show(open_office())
waiting_rows.show_all(open_office())
