"""Screen « Interventions » : every contact and step, with its time; and the stages and rights they happen in."""

import streamlit as st

from db.model.dictionary import BENEFIT, INTERVENTION, STAGE
from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.session import office

st.title(INTERVENTION.plural)
table = choose_table([INTERVENTION, STAGE, BENEFIT], "follow_up")
edit_grid(office(), table, table.name)
