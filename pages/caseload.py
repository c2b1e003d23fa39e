"""Screen « Portefeuille »: today's figures, and the persons of the portfolio, and those still to be placed, in an
editable grid."""

import streamlit as st

from db.base.french import french_date
from db.figures import counting
from db.rows import records
from db.rows.queries import Filter
from pages.shared.figures.headline import show_day
from pages.shared.grid.grid import edit_grid
from pages.shared.help import first_steps
from pages.shared.shell import intake_button
from pages.shared.shell.session import open_office

with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    st.title("Portefeuille", width="content")
    show_day(counting.summary(open_office(), records.today()), french_date(records.today()))
    intake_button.show()
followed = Filter("state", "in", ("accompanied", "light", "in_diagnosis", "new"))  # and who is still to be placed
db = open_office()
first_steps.show(db)
edit_grid(db, db.tables["person"], "caseload", preset=(followed,), opens="person.py", called="Portefeuille")
