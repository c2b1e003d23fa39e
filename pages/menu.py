"""The menu: one line per screen, grouped. Streamlit runs this script for every page."""

import streamlit as st

from db.connection import office
from pages.shared.form import show_pending
from pages.shared.session import choose_who

_STYLE = """<style>
[data-testid=stMainBlockContainer] { padding-inline: clamp(1rem, 3vw, 3rem); }
[data-testid=stElementToolbar] { display: none; } /* English, and a download that knows nothing of formulas in names */
[data-testid=stPopoverButton] { color: inherit !important; } /* open, it would be primary on the dark page */
[data-testid=stMetricLabel] p { white-space: normal; } /* a long name is read whole */
[class*="-files"] button p { font-size: 0.85rem; } /* the files of a chart: there, and never in the way of it */
/* the numbers of charts: of the colour of text, but those in a bar (reports/charts.py, INSIDE) */
[data-testid=stVegaLiteChart] .mark-text:not(.inside_marks) text { fill: currentColor; }
[data-testid=InputInstructions] { display: none; } /* « Press Enter to apply » */
/* a tab or pill that is chosen or under the mouse: Streamlit writes primary on a tint of primary, 3.8 in dark */
[data-testid=stButtonGroup] button:not([data-disabled]) { color: inherit !important; }
</style><script>
document.documentElement.lang = "fr"
// Streamlit puts each group of pages in a div between ul and li: no list at all to a screen reader. Each becomes one.
// (No tag may be written here, not even in a comment: Streamlit would drop the whole script as unsafe.)
function nameGroups() {
  for (const list of document.querySelectorAll("[data-testid=stSidebarNavItems] > div:not([role])")) {
    const title = list.querySelector("header")
    title?.setAttribute("aria-hidden", "true") // said once, as the name of the list
    if (title) list.setAttribute("aria-label", title.querySelector("p").textContent)
    list.setAttribute("role", "list")
    list.parentElement.setAttribute("role", "none")
  }
}
nameGroups()
window.paletteGroups ??= new MutationObserver(nameGroups)
window.paletteGroups.observe(document.body, { childList: true, subtree: true })
</script>"""

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
        "Pilotage": [
            st.Page("dashboard.py", title="Tableau de bord", icon=":material/bar_chart:", url_path="tableau-de-bord"),
            st.Page("report.py", title="Photo-bilan", icon=":material/photo_camera:", url_path="photo-bilan"),
            st.Page("publish.py", title="Publication", icon=":material/public:", url_path="publication"),
        ],
        "Réseau": [st.Page("network.py", title="Réseau", icon=":material/hub:", url_path="reseau")],
        "Réglages": [st.Page("settings.py", title="Réglages", icon=":material/tune:", url_path="reglages")],
    },
    expanded=True,
)
st.set_page_config(page_title=f"{page.title} · Palette")
st.html(_STYLE, unsafe_allow_javascript=True)
choose_who(office())
page.run()
show_pending()
