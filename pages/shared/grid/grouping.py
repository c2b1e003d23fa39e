"""« Grouper » : by which choice the rows of a grid are put together; what grid.js is told of the groups of a page."""

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
    """The button and its menu: one click groups. Nothing where no field is a choice."""
    labels = {field.name: field.label for field in groupable(table)}
    if not labels:
        return
    now = view.query.group
    every = tuple(code for code, _ in view.groups(db)) if now else ()

    def take() -> None:
        chosen, seen = st.session_state[f"{key}:group"], view_of(key)
        if chosen in (_FOLD, _UNFOLD):
            seen.fold(*(every if chosen == _FOLD else ()))
        elif chosen is not None:
            seen.group_by(chosen)

    st.menu_button(
        f"Groupé : {labels[now]}" if now else "Grouper par",
        [*((_FOLD, _UNFOLD, _NONE) if now else ()), *(name for name in labels if name != now)],
        icon=":material/splitscreen:", key=f"{key}:group", on_click=take,
        format_func=lambda name: _WORDS.get(name) or labels[name],
    )  # fmt: skip


def sections(db: Office, view: GridView, context: Context) -> list[dict[str, Any]]:
    """The groups of the page in order: what each is called and how many rows it has on all pages, as of now."""
    if not view.query.group:
        return []
    kind, many = view.sheet.table.column(view.query.group).type, dict(view.groups(db))
    return [
        {
            "key": section.code,
            "label": kind.show(section.code, context) or _EMPTY,
            "count": french_number(many.get(section.code, 0)),
            "folded": section.folded,
            "goesOn": section.goes_on,
        }
        for section in view.sections
    ]


def place(view: GridView, row_id: int, code: Any, context: Context) -> dict[str, Any]:
    """In which group of the page a row stands (none: it is new), and the name of the one it moved to since."""
    if not view.query.group or row_id not in view.placed:
        return {"section": None, "moved": ""}
    codes = [section.code for section in view.sections]
    kind, stands = view.sheet.table.column(view.query.group).type, view.placed[row_id]
    return {
        "section": codes.index(stands) if stands in codes else None,
        "moved": (kind.show(code, context) or _EMPTY) if code != stands else "",
    }


def show_moved(view: GridView, key: str) -> None:
    """Under the grid: rows that belong to another group by now stay where they are until somebody asks."""
    if not view.moved:
        return
    many = view.moved > 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{view.moved} lignes ont changé de groupe ; elles restent à leur place."
            if many
            else "1 ligne a changé de groupe ; elle reste à sa place.",
            width="content",
        )
        if st.button("Ranger", key=f"{key}:arrange", icon=":material/move_down:"):
            view.again = True
            st.rerun(scope="fragment")
