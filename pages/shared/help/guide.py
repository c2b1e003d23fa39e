"""The user guide (docs/guide.md), with its pictures: a table of contents, a search, a page that prints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from db.base.french import fold
from pages.shared.shell.markdown import escape_markdown

_DOCS = Path(__file__).parents[3] / "docs"
_PICTURE = re.compile(r"!\[(.*?)\]\((pictures/[\w-]+\.png)\)")
_COMMENT = re.compile(r"<!--.*?-->\n?")
_OTHER_DOCUMENT = re.compile(r"\[([^\]]+)\]\([\w-]+\.md\)")

_WIDTH = 900
"""Pixels; longer lines are tiring to read."""


@dataclass(frozen=True)
class GuideSection:
    """A part of the guide under one heading. ``level``: 1 to 3; ``text``: Markdown, without the heading."""

    level: int
    title: str
    text: str

    @property
    def anchor(self) -> str:
        """The name of the section in the page's address."""
        return re.sub(r"[^a-z0-9]+", "-", fold(self.title)).strip("-")

    def holds(self, words: str) -> bool:
        """Return whether the section holds every word, accents and case ignored."""
        text = fold(f"{self.title} {self.text}")
        return all(word in text for word in fold(words).split())


@lru_cache
def sections() -> tuple[GuideSection, ...]:
    """Return the sections of the guide, in order. Links to other documents become their names."""
    text = _COMMENT.sub("", (_DOCS / "guide.md").read_text(encoding="utf-8"))
    text = _OTHER_DOCUMENT.sub(r"\1", text)
    parts = re.split(r"^(#{1,3}) (.+)$", text, flags=re.MULTILINE)[1:]
    return tuple(
        GuideSection(len(marks), title, body.strip())
        for marks, title, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )


def show() -> None:
    """Show the search, then the table of contents and the guide, or only the sections that hold the words."""
    words = st.text_input("Chercher dans l’aide", key="help:words", placeholder="coller, plafond, doublon…", width=340)
    st.caption("Pour imprimer l’aide, ou ce que la recherche en laisse : Ctrl + P. Pour les touches du clavier : F1.")
    found = [section for section in sections() if section.holds(words)]
    if not found:
        st.info(f"L’aide ne parle pas de « {escape_markdown(words)} ».")
    elif not words.strip():
        st.markdown("\n".join(_contents()))
    with st.container(width=_WIDTH, key="guide"):
        for section in found:
            _show_section(section)


def _contents() -> Iterator[str]:
    for section in sections():
        if section.level > 1:
            yield f"{'    ' * (section.level - 2)}- [{section.title}](#{section.anchor})"


def _show_section(section: GuideSection) -> None:
    if section.level == 2:
        st.header(section.title, anchor=section.anchor)
    elif section.level == 3:
        st.subheader(section.title, anchor=section.anchor)
    before, *pictures = _PICTURE.split(section.text)
    st.markdown(before)
    for caption, path, after in zip(pictures[::3], pictures[1::3], pictures[2::3], strict=True):
        st.image(_DOCS / path, caption=caption, width="stretch", alt=f"Image de l’écran : {caption}")
        st.markdown(after)
