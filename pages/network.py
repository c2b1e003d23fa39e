"""Screen « Réseau »: partners, needs observed in the field, collective projects; one partner; who could help."""

import streamlit as st

from db.model.dictionary import PARTNER
from pages.shared.grid.grid import edit_grid
from pages.shared.grid.tabs import choose_table
from pages.shared.network import addresses, partner_page, who_helps
from pages.shared.shell.addresses import NO_NUMBER, row_number
from pages.shared.shell.session import open_office

db = open_office()
partner = st.query_params.get("partenaire", "")
if number := row_number(partner):
    partner_page.show(db, number)
elif addresses.is_search():
    who_helps.show(db)
else:
    st.title("Réseau")
    with st.container(horizontal=True, vertical_alignment="center"):
        table = choose_table([db.tables[name] for name in ("partner", "need", "project")], "network")
        st.button("Qui peut aider ?", icon=":material/person_search:", on_click=addresses.open_search)
    edit_grid(db, table, table.name, opens="network.py" if table.name == PARTNER.name else "")
    if partner:
        st.warning(NO_NUMBER)
