"""A word in the corner, on the run after: a toast that is followed by a rerun is often dropped before it is shown."""

import streamlit as st

_KEPT = "saying:next"


def queue_toast(text: str, icon: str = ":material/check:") -> None:
    """Say it once the page has run again; whoever calls this runs it again."""
    st.session_state.setdefault(_KEPT, []).append((text, icon))


def show_queued() -> None:
    """What was to be said, on the first run that follows."""
    for text, icon in st.session_state.pop(_KEPT, []):
        st.toast(text, icon=icon)
