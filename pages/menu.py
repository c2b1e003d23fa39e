"""The menu: one line per screen, grouped. Streamlit runs this script for every page."""

import streamlit as st

from db.connection import office
from pages.shared.session import choose_who

st.set_page_config(page_title="Palette", page_icon="🎨", layout="wide")

pages = {
    "Suivi": [
        st.Page("caseload.py", title="Portefeuille", icon=":material/groups:", default=True),
        st.Page("person.py", title="Dossier", icon=":material/person:", url_path="dossier"),
        st.Page("aid.py", title="Aides", icon=":material/euro:", url_path="aides"),
    ],
}
page = st.navigation(pages)
choose_who(office())
page.run()
