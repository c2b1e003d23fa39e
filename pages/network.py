"""Screen « Réseau »: partners, needs observed in the field, collective projects."""

import streamlit as st

from db.model.dictionary import PARTNER
from pages.shared.form import dialog, form
from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.shell.addresses import NO_NUMBER, row_number
from pages.shared.shell.session import open_office

db = open_office()
st.title("Réseau")
table = choose_table([db.tables[name] for name in ("partner", "need", "project")], "network")
edit_grid(db, table, table.name)
partner = st.query_params.pop("partenaire", "")
if number := row_number(partner):  # found by the quick search
    form.forget(f"form:{PARTNER.name}:{number}")
    dialog.edit_dialog(PARTNER.name, number)
elif partner:
    st.warning(NO_NUMBER)
