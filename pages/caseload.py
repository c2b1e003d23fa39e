"""Screen « Portefeuille » : everybody who is accompanied or in diagnosis today, in one editable grid."""

import streamlit as st

from db.connection import office
from db.dictionary import PERSON
from db.queries import Filter
from pages.shared.grid import edit_grid

st.title("Portefeuille")
edit_grid(
    office(),
    PERSON,
    "caseload",
    preset=(Filter("state", "in", ("accompanied", "light", "in_diagnosis")),),
    opens="pages/person.py",
)
