"""Screen « Interventions » : every contact and step, with its time; and the stages and rights they happen in."""

import streamlit as st

from db.dictionary import BENEFIT, INTERVENTION, STAGE
from pages.shared.grid import edit_grid
from pages.shared.session import office
from pages.shared.tabs import choose_table

st.title(INTERVENTION.plural)
table = choose_table([INTERVENTION, STAGE, BENEFIT], "follow_up")
edit_grid(office(), table, table.name)
