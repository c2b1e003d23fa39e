"""Screen « Nouvel accompagnement »: a person's beginning in steps. Its address holds the person's id, never a name."""

import streamlit as st

from pages.shared.intake import flow
from pages.shared.shell.session import open_office

st.title("Nouvel accompagnement")
flow.show(open_office())
