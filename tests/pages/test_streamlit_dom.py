"""The selectors and texts of Streamlit's HTML that pages/shared/shell relies on exist in the installed Streamlit."""

import re
from pathlib import Path

import streamlit

SHELL = Path(__file__).parents[2] / "pages" / "shared" / "shell"
FRONTEND = Path(streamlit.__file__).parent / "static" / "static" / "js"
OURS = re.compile(r"data-testid|\.st-key-|\.st[A-Z]|<style|<script")


def frontend() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in FRONTEND.glob("*.js"))


def selectors() -> set[str]:
    """Return the test ids and classes of Streamlit in the files of the shell."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*SHELL.glob("*.css"), *SHELL.glob("*.js")))
    return set(re.findall(r"data-testid=(\w+)", text)) | set(re.findall(r"\.(st[A-Z]\w+)", text))


def english_words() -> set[str]:
    """Return the English texts that french.js replaces."""
    text = (SHELL / "french.js").read_text(encoding="utf-8")
    tables = re.findall(r"const (?:WORDS|BEGINNINGS) = \{(.*?)\}", text, flags=re.DOTALL)
    return {word for table in tables for word in re.findall(r'"([^"]+)": "', table)}


def is_literal(word: str, code: str) -> bool:
    """Whether the code has the text as a string, or as the beginning of a template."""
    return any(f"{quote}{word}{end}" in code for quote in "\"'`" for end in (quote, "${"))


def test_streamlit_still_has_every_selector_and_text_that_the_shell_relies_on():
    code = frontend()

    missing = [name for name in sorted(selectors()) if name not in code]
    missing += [word for word in sorted(english_words()) if not is_literal(word, code)]

    assert missing == [], "changed in this Streamlit: adapt the files of pages/shared/shell"
    assert {"stSidebarNavItems", "stToast", "stDialog"} <= selectors(), "the control"
    assert {"Skip to main content", "Help for "} <= english_words(), "the control"
    assert not is_literal("Skip to the main content", code), "the control"


def test_only_the_shell_reaches_into_streamlits_page():
    pages = SHELL.parents[1]
    files = (path for kind in ("*.py", "*.js", "*.css") for path in pages.rglob(kind) if path.parent != SHELL)
    offenders = [str(path.relative_to(pages)) for path in files if OURS.search(path.read_text(encoding="utf-8"))]

    assert offenders == []
    assert OURS.search((SHELL / "page.css").read_text(encoding="utf-8")), "the control"
