"""Screen « Doublons » : persons who may be entered twice, compared side by side, merged, or said to be two."""

import streamlit as st

from pages.shared.people import comparison, duplicate_pairs
from pages.shared.shell.session import open_office

VIEWS = {
    "À comparer": duplicate_pairs.show,
    "Écartées": duplicate_pairs.show_set_aside,
    "Fusions": duplicate_pairs.show_merges,
}

st.title("Doublons")
db = open_office()
chosen = comparison.chosen()
if chosen:
    comparison.show(db, *chosen)
else:
    view = st.segmented_control(
        "Vue", list(VIEWS), default="À comparer", required=True, key="duplicates:view", label_visibility="collapsed"
    )
    duplicate_pairs.show_done(db)
    VIEWS[view or "À comparer"](db)
