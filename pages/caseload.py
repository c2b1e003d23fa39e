"""Screen « Portefeuille » : the day's figures, and everybody in the portfolio in one editable grid."""

import streamlit as st

from db import figures, records
from db.dictionary import PERSON
from db.queries import Filter
from db.types import french_date
from pages.shared.grid import edit_grid
from pages.shared.headline import show_day
from pages.shared.session import office

st.title("Portefeuille")
show_day(figures.summary(office(), records.today()), french_date(records.today()))
in_portfolio = Filter("state", "in", ("accompanied", "light", "in_diagnosis"))
edit_grid(office(), PERSON, "caseload", preset=(in_portfolio,), opens="person.py", called="Portefeuille")
