"""The menu: one line per screen, grouped. Streamlit runs this script for every page."""

import streamlit as st

from db.connection import office
from pages.shared.form import show_pending
from pages.shared.session import choose_who

_STYLE = """<style>
[data-testid=stMainBlockContainer] { padding-inline: clamp(1rem, 3vw, 3rem); }
[data-testid=InputInstructions] { display: none; } /* « Press Enter to apply » */
</style><script>document.documentElement.lang = "fr"</script>"""

# Before the navigation, whose own icons would be fetched from outside to stand in the browser's tab.
st.set_page_config(page_title="Palette", page_icon="🎨", layout="wide")
page = st.navigation(
    {
        "Suivi": [
            st.Page("caseload.py", title="Portefeuille", icon=":material/groups:", default=True),
            st.Page("today.py", title="Aujourd’hui", icon=":material/today:", url_path="aujourdhui"),
            st.Page("person.py", title="Dossier", icon=":material/person:", url_path="dossier"),
            st.Page("orientations.py", title="Orientations", icon=":material/signpost:", url_path="orientations"),
            st.Page("diagnostics.py", title="Diagnostics", icon=":material/lab_profile:", url_path="diagnostics"),
            st.Page("cer.py", title="CER", icon=":material/contract:", url_path="cer"),
            st.Page("aid.py", title="Aides", icon=":material/euro:", url_path="aides"),
            st.Page("follow_up.py", title="Interventions", icon=":material/forum:", url_path="interventions"),
            st.Page("exits.py", title="Sorties", icon=":material/logout:", url_path="sorties"),
        ],
        "Réseau": [st.Page("network.py", title="Réseau", icon=":material/hub:", url_path="reseau")],
        "Réglages": [st.Page("settings.py", title="Réglages", icon=":material/tune:", url_path="reglages")],
    }
)
st.set_page_config(page_title=f"{page.title} · Palette")
st.html(_STYLE, unsafe_allow_javascript=True)
choose_who(office())
page.run()
show_pending()
