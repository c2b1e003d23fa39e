"""Widgets shared by the steps of « Importer »: headings, pages of a list, coloured tables, the choice of a value."""

from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

import streamlit as st

from db.base.french import french_number
from db.model.fields import Field
from db.model.types import Choice, Context
from db.model.types import Choices as Several
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import ACTIONS
from pages.shared.shell.markdown import escape_markdown

T = TypeVar("T")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def step(number: int, title: str, text: str = "") -> None:
    """Show the heading of a step and its explanation."""
    st.subheader(f"{number}. {title}", anchor=False, divider="gray")
    if text:
        st.caption(text)


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return « 1 ligne », « 12 lignes »."""
    return f"{french_number(count)} {singular if count < 2 else plural or singular + 's'}"


def sentence(text: str) -> str:
    """Return a message as Markdown."""
    return escape_markdown(text)


def paged(items: Sequence[T], size: int, key: str, noun: str = "ligne") -> Sequence[T]:
    """Return one page of a list and show the page selector. ``noun``: what is counted, in French."""
    pages = -(-len(items) // size)
    if pages < 2:
        return items
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(counted(len(items), noun), width="content")
        page = min(st.pagination(pages, key=key), pages)
    return items[(page - 1) * size : page * size]


def table(headings: Sequence[str], rows: Sequence[str], cards: bool = False) -> None:
    """Show a table. ``rows``: HTML. ``cards``: whether each row becomes a card on a telephone."""
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in headings)
    kind = "import-table cards" if cards else "import-table"
    body = "".join(rows)
    scrolled = "" if cards else ' tabindex="0"'  # a wide one is scrolled by keyboard too
    st.html(f'<div class="{kind}"{scrolled}><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>')


def word(action: str) -> str:
    """Return an action as a tinted word in HTML."""
    return f'<span class="word">{ACTIONS[action]}</span>'


# ---- a value


def ask_value(
    field: Field, context: Context, key: str, current: str | None, change: Callable[[str], None], label: str
) -> None:
    """Show a widget for the value of a text. ``current``: a code, a text, '' for empty, None when unknown."""
    if isinstance(field.type, Choice):
        _ask_code(field, context, key, current, change, label)
    elif isinstance(field.type, Several):
        _ask_codes(field, context, key, current, change, label)
    else:
        st.session_state[key] = current or ""
        st.text_input(
            label, key=key, on_change=lambda: change(st.session_state[key].strip()), label_visibility="collapsed",
            placeholder="laisser vide" if current == "" else "à lire comme…",
        )  # fmt: skip


def _codes(field: Field, context: Context, current: Sequence[str]) -> dict[str, str]:
    values = field.list
    labels = context.labels[values.name] if values else {}
    retired = context.retired.get(values.name, frozenset()) if values else frozenset()
    return {code: label for code, label in labels.items() if code not in retired or code in current}


def _ask_code(
    field: Field, context: Context, key: str, current: str | None, change: Callable[[str], None], label: str
) -> None:
    labels = {"": "(laisser vide)", **_codes(field, context, [current or ""])}
    st.session_state[key] = current if current in labels else None
    st.selectbox(
        label, list(labels), key=key, format_func=labels.__getitem__, label_visibility="collapsed",
        placeholder="choisissez…", on_change=lambda: change(st.session_state[key] or ""),
    )  # fmt: skip


def _ask_codes(
    field: Field, context: Context, key: str, current: str | None, change: Callable[[str], None], label: str
) -> None:
    chosen = [code for code in (current or "").split("; ") if code]
    labels = _codes(field, context, chosen)
    st.session_state[key] = [code for code in chosen if code in labels]
    st.multiselect(
        label, list(labels), key=key, format_func=labels.__getitem__, label_visibility="collapsed",
        placeholder="laisser vide" if current == "" else "choisissez…",
        on_change=lambda: change("; ".join(st.session_state[key])),
    )  # fmt: skip


def name_of(work: Work, *parts: object) -> str:
    """Return the key of a widget. Texts of the file are hashed, so that the page's HTML does not contain them."""
    return work.key(*(hash(part) if isinstance(part, str) else part for part in parts))
