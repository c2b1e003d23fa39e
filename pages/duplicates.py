"""Screen « Doublons » : persons who may be entered twice, compared side by side, merged, or said to be two."""

import streamlit as st

from pages.shared import comparing, pairs
from pages.shared.session import office

VIEWS = {"À comparer": pairs.show, "Écartées": pairs.show_set_aside, "Fusions": pairs.show_merges}

st.title("Doublons")
db = office()
chosen = comparing.chosen()
if chosen:
    comparing.show(db, *chosen)
else:
    view = st.segmented_control(
        "Vue", list(VIEWS), default="À comparer", required=True, key="duplicates:view", label_visibility="collapsed"
    )
    pairs.show_done(db)
    VIEWS[view or "À comparer"](db)
