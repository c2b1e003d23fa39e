"""Add to the page the CSS and JavaScript files of this folder, which change Streamlit's own HTML."""

import json
from functools import lru_cache
from pathlib import Path

import streamlit as st

from pages.shared.shell.keys import KEYS

_SCRIPTS = (
    *("menu.js", "presence.js", "sensitive_words.js", "french.js", "calendar.js", "date_fields.js"),
    *("kept_texts.js", "drafts.js", "form_keys.js", "quick_search.js", "keys.js"),
)


@lru_cache
def _text(name: str) -> str:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return text.replace("__KEYS__", json.dumps(KEYS, ensure_ascii=False)) if name == "keys.js" else text


def add_to_page(demonstration: bool) -> None:
    """Add the style sheet and the scripts to the page. Called in every run of every page. ``demonstration``: whether
    the tab shows the demonstration, so that texts kept in the browser are not offered in the office file."""
    flag = f"<script>window.paletteDemonstration = {json.dumps(demonstration)}</script>"
    style = f"<style>{_text('page.css')}</style>"
    scripts = "".join(f"<script>{_text(name)}</script>" for name in _SCRIPTS)
    st.html(style + flag + scripts, unsafe_allow_javascript=True)


def reload_page() -> None:
    """Load the first screen anew in the browser: nothing of the tab's present state stays, on either side."""
    st.html('<script>location.replace("/")</script>', unsafe_allow_javascript=True)


def click_download(key: str, number: int) -> None:
    """Click the download button of that key in the browser. ``number``: different for each click."""
    script = _text("click_download.js").replace("__KEY__", key).replace("__NUMBER__", str(number))
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
