"""« Grouper »: the menu that groups the rows of a grid by a field, and the groups of a page for grid.js."""

from typing import Any

import streamlit as st

from db.base.french import french_number
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows.queries import groupable
from pages.shared.grid.view import GridView, view_of

_NONE, _FOLD, _UNFOLD = "", ":fold", ":unfold"
_WORDS = {_NONE: "Ne plus grouper", _FOLD: "Tout replier", _UNFOLD: "Tout déplier"}
_EMPTY = "(vide)"


def show_menu(db: Office, table: OfficeTable, key: str, view: GridView) -> None:
    """Show the menu. Nothing where the table has no field to group by."""
    labels = {field.name: field.label for field in groupable(table)}
    if not labels:
        return
    current = view.query.group
    codes = tuple(code for code, _ in view.groups(db)) if current else ()

    def take() -> None:
        chosen, state = st.session_state[f"{key}:group"], view_of(key)
        if chosen in (_FOLD, _UNFOLD):
            state.fold_only(*(codes if chosen == _FOLD else ()))
        elif chosen is not None:
            state.group_by(chosen)

    st.menu_button(
        f"Groupé : {labels[current]}" if current else "Grouper par",
        [*((_FOLD, _UNFOLD, _NONE) if current else ()), *(name for name in labels if name != current)],
        icon=":material/splitscreen:", key=f"{key}:group", on_click=take,
        format_func=lambda name: _WORDS.get(name) or labels[name],
    )  # fmt: skip


def sections(db: Office, view: GridView, context: Context) -> list[dict[str, Any]]:
    """Return the groups of the page in order, each with its label and its present number of rows on all pages."""
    if not view.query.group:
        return []
    kind, counts = view.sheet.table.column(view.query.group).type, dict(view.groups(db))
    return [
        {
            "key": section.code,
            "label": kind.show(section.code, context) or _EMPTY,
            "count": french_number(counts.get(section.code, 0)),
            "folded": section.folded,
            "goesOn": section.goes_on,
        }
        for section in view.sections
    ]


def position(view: GridView, row_id: int, code: Any, context: Context) -> dict[str, Any]:
    """Return the index of the group in which a row is shown (None for a new row), and the label of its new group."""
    if not view.query.group or row_id not in view.group_of_row:
        return {"section": None, "moved": ""}
    codes = [section.code for section in view.sections]
    kind, shown_in = view.sheet.table.column(view.query.group).type, view.group_of_row[row_id]
    return {
        "section": codes.index(shown_in) if shown_in in codes else None,
        "moved": (kind.show(code, context) or _EMPTY) if code != shown_in else "",
    }


def show_moved(view: GridView, key: str) -> None:
    """Show how many rows belong to another group now, and the button that moves them there."""
    if not view.moved_count:
        return
    is_plural = view.moved_count > 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{view.moved_count} lignes ont changé de groupe ; elles restent à leur place."
            if is_plural
            else "1 ligne a changé de groupe ; elle reste à sa place.",
            width="content",
        )
        if st.button("Ranger", key=f"{key}:arrange", icon=":material/move_down:"):
            view.must_reload = True
            st.rerun(scope="fragment")
