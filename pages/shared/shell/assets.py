"""Add to the page the CSS and JavaScript files of this folder, which change Streamlit's own HTML."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

_SCRIPTS = (
    *("menu.js", "presence.js", "sensitive_words.js", "french.js", "calendar.js", "date_fields.js"),
    *("kept_texts.js", "drafts.js", "form_keys.js"),
)


@lru_cache
def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def add_to_page() -> None:
    """Add the style sheet and the scripts to the page. Called in every run of every page."""
    style = f"<style>{_text('page.css')}</style>"
    scripts = "".join(f"<script>{_text(name)}</script>" for name in _SCRIPTS)
    st.html(style + scripts, unsafe_allow_javascript=True)


def click_download(key: str, number: int) -> None:
    """Click the download button of that key in the browser. ``number``: different for each click."""
    script = _text("click_download.js").replace("__KEY__", key).replace("__NUMBER__", str(number))
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
