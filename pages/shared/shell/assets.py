"""The CSS and JavaScript that reach into Streamlit's own page, read from the files beside this one."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

_SCRIPTS = ("menu.js", "presence.js", "sensitive_words.js", "french.js")


@lru_cache
def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def add_to_page() -> None:
    """Give the page its style and scripts; every run of every page does."""
    style = f"<style>{_text('page.css')}</style>"
    scripts = "".join(f"<script>{_text(name)}</script>" for name in _SCRIPTS)
    st.html(style + scripts, unsafe_allow_javascript=True)


def click_download(key: str, turn: int) -> None:
    """Click the download button of that key. ``turn``: another number for each click."""
    script = _text("click_download.js").replace("__KEY__", key).replace("__TURN__", str(turn))
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
