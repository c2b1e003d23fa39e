"""Toasts shown in the next run: Streamlit may drop a toast followed by st.rerun (streamlit issue 7740)."""

import streamlit as st

from pages.shared.shell.markdown import escape_markdown

_QUEUE = "toasts:queue"


def queue_toast(text: str, icon: str = ":material/check:") -> None:
    """Show a toast in the next run. The caller reruns the page."""
    st.session_state.setdefault(_QUEUE, []).append((text, icon))


def show_queued() -> None:
    """Show the toasts queued by the previous run."""
    for text, icon in st.session_state.pop(_QUEUE, []):
        st.toast(escape_markdown(text), icon=icon)
