"""Screen « Doublons »: pairs of persons who may be the same, to compare and then merge or keep apart."""

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
pair = comparison.chosen_pair()
if pair:
    comparison.show(db, *pair)
else:
    view = st.segmented_control(
        "Vue", list(VIEWS), default="À comparer", required=True, key="duplicates:view", label_visibility="collapsed"
    )
    duplicate_pairs.show_done(db)
    VIEWS[view or "À comparer"](db)
