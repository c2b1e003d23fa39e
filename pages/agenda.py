"""Screen « Agenda »: the appointments of a week, the list of all, and the addresses for calendars."""

import streamlit as st

from db.model.dictionary import APPOINTMENT
from pages.shared.agenda import addresses, agenda
from pages.shared.form import dialog
from pages.shared.grid import view_menu
from pages.shared.grid.grid import edit_grid
from pages.shared.shell.session import open_office

_WEEK, _LIST = "Semaine", "Liste"

db = open_office()
table = db.tables[APPOINTMENT.name]
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Agenda", width="stretch")
    if st.button(table.new, icon=":material/add:", key="agenda:new"):
        dialog.edit_dialog(APPOINTMENT.name)
    addresses.show(db)
if st.session_state.pop("agenda:table", None):  # « Aujourd’hui » asks for the list (waiting_rows.py)
    st.session_state["agenda:view"] = _LIST
elif view_menu.PARAMETER in st.query_params:
    st.session_state.setdefault("agenda:view", _LIST)
view = st.segmented_control(
    "Vue", [_WEEK, _LIST], default=_WEEK, required=True, key="agenda:view", label_visibility="collapsed"
)
if view == _LIST:
    edit_grid(db, table, table.name)
else:
    agenda.show_week(db)
