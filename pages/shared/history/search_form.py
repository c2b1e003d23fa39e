"""The conditions of a search in a book, and its pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st

from db.base.errors import FieldError
from db.base.french import french_number
from db.model.office import Office
from db.model.types import Context, Date
from db.rows import records
from db.rows.queries import Query

T = TypeVar("T")
_LISTED = 1_000


def choose(label: str, values: Sequence[str], key: str, labels: Mapping[str, str] | None = None) -> str:
    """One of some values, or '' for all."""
    named = labels or {}
    chosen = st.selectbox(
        label, values, None, key=key, format_func=lambda one: named.get(one, one), placeholder="tous", width=190
    )
    return chosen or ""


def person(db: Office, context: Context, key: str) -> int | None:
    """One person, or None for all."""
    ids = records.page_ids(db, db.tables["person"], Query(size=_LISTED))
    title = lambda row_id: context.title("person", row_id)  # noqa: E731
    return st.selectbox("Dossier", ids, None, key=key, format_func=title, placeholder="tous", width=230)


def days(key: str) -> tuple[str | None, str | None]:
    """Two days as ISO, '' where it is left open, None where what was typed is no date (which is said)."""
    return _day("Du", f"{key}:since"), _day("Au", f"{key}:until")


def _day(label: str, key: str) -> str | None:
    text = st.text_input(label, key=key, placeholder="jj/mm/aaaa", width=130)
    try:
        return str(Date().read(text, Context({})) or "") if text.strip() else ""
    except FieldError as error:
        st.error(f"{label} : {error}")
        return None


def page(key: str, asked: object, find: Callable[[int], tuple[list[T], int]], size: int) -> list[T]:
    """One page of what is found, and the way to the others; another search begins at the first."""
    if st.session_state.get(f"{key}:asked") != asked:
        st.session_state[f"{key}:asked"] = asked
        st.session_state[f"{key}:search"] = st.session_state.get(f"{key}:search", 0) + 1
    place = f"{key}:page:{st.session_state[f'{key}:search']}"
    found, many = find((int(st.session_state.get(place, 1)) - 1) * size)
    pages = max(1, -(-many // size))
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{french_number(many)} lignes", width="content")
            st.pagination(pages, key=place)
    return found
