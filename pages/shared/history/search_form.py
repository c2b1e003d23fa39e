"""The widgets of a search in the history or the access log, and the pages of its results."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st

from db.base.errors import FieldError
from db.base.french import french_number
from db.model.office import Office
from db.model.types import Context, Date
from db.rows import records
from db.rows.queries import Query
from pages.shared.shell.markdown import escape_markdown

T = TypeVar("T")
_LISTED = 1_000


def choose(label: str, values: Sequence[str], key: str, labels: Mapping[str, str] | None = None) -> str:
    """Show a list of values. Returns the chosen one, '' for all."""
    label_of = labels or {}
    chosen = st.selectbox(
        label,
        values,
        None,
        key=key,
        format_func=lambda value: label_of.get(value, value),
        placeholder="tous",
        width=190,
    )
    return chosen or ""


def person(db: Office, context: Context, key: str) -> int | None:
    """Show a list of persons. Returns an id, None for all."""
    ids = records.page_ids(db, db.tables["person"], Query(size=_LISTED))
    title = lambda row_id: context.title("person", row_id)  # noqa: E731
    return st.selectbox("Dossier", ids, None, key=key, format_func=title, placeholder="tous", width=230)


def days(key: str) -> tuple[str | None, str | None]:
    """Show two date fields. Returns ISO days: '' for an empty field, None for one that cannot be parsed."""
    return _day("Du", f"{key}:since"), _day("Au", f"{key}:until")


def _day(label: str, key: str) -> str | None:
    text = st.text_input(label, key=key, placeholder="jj/mm/aaaa", width=130)
    try:
        return str(Date().read(text, Context({})) or "") if text.strip() else ""
    except FieldError as error:
        st.error(f"{label} : {escape_markdown(str(error))}")
        return None


def page(key: str, question: object, find: Callable[[int], tuple[list[T], int]], size: int) -> list[T]:
    """Return one page of results and show the page selector. Another question begins at the first page. ``find``:
    offset -> (the rows of a page, number of all rows)."""
    if st.session_state.get(f"{key}:asked") != question:
        st.session_state[f"{key}:asked"] = question
        st.session_state[f"{key}:search"] = st.session_state.get(f"{key}:search", 0) + 1
    widget = f"{key}:page:{st.session_state[f'{key}:search']}"
    rows, count = find((int(st.session_state.get(widget, 1)) - 1) * size)
    pages = max(1, -(-count // size))
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{french_number(count)} lignes", width="content")
            st.pagination(pages, key=widget)
    return rows
