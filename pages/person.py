"""Screen « Dossier »: one person's file on one page. Its address holds the person's id, never a name."""

import streamlit as st

from db.base.errors import NotFoundError
from db.rows import access_log, records
from pages.shared.dossier import dossier
from pages.shared.grid import view_menu
from pages.shared.shell.session import open_office, user_name

db = open_office()
context = records.context(db)
chosen = dossier.choose(db, context)
if chosen is None:
    st.title("Dossier")
    st.info(
        "Cherchez une personne ci-dessus, ou ouvrez-la depuis le portefeuille (↗).", icon=":material/person_search:"
    )
    st.stop()
try:
    person = records.get(db, db.tables["person"], chosen)
except NotFoundError as error:
    st.title("Dossier")
    dossier.show_missing(db, chosen, str(error), context)
    st.stop()
access_log.note_opening(db, user_name(), person.id)
dossier.show_head(db, person, context)
if view_menu.PARAMETER in st.query_params:
    st.session_state.setdefault("dossier:view", "Plans d’action")  # the only part with a grid, hence with saved views
view = st.segmented_control(
    "Vue", list(dossier.VIEWS), default="Parcours", required=True, key="dossier:view", label_visibility="collapsed"
)
dossier.VIEWS[view or "Parcours"](db, person, context)
