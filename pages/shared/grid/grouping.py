"""The groups of a grid: their menu, their labels, and the rows that belong to another group since."""

from typing import Any

import streamlit as st

from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import group_counts
from db.rows.queries import groupable
from pages.shared.grid.view import GridView, view_of

_EMPTY = "(vide)"


def show_choice(db: Office, table: OfficeTable, key: str, view: GridView) -> None:
    """Show the field to group by, and the buttons that fold all groups. Nothing where no field can group."""
    labels = {"": "Aucun groupe"} | {field.name: field.label for field in groupable(table)}
    if len(labels) == 1:
        return
    name = f"{key}:group"
    st.session_state[name] = view.query.group
    st.selectbox(
        "Grouper par", list(labels), key=name, format_func=labels.__getitem__,
        on_change=lambda: view_of(key).group_by(st.session_state[name]),
    )  # fmt: skip
    if view.query.group:
        codes = [code for code, _ in view.groups(db)]
        with st.container(horizontal=True, gap="small"):
            st.button("Tout replier", key=f"{key}:fold", on_click=view.fold_only, args=codes)
            st.button("Tout déplier", key=f"{key}:unfold", on_click=view.fold_only)


def label(view: GridView, code: Any, context: Context) -> str:
    """Return the label of a group."""
    return view.sheet.table.column(view.query.group).type.show(code, context) or _EMPTY


def moved(db: Office, view: GridView, shown: list[int], context: Context) -> dict[int, str]:
    """Return the rows that belong to another group than the one they stand in, and the label of their group."""
    if not view.query.group:
        return {}
    watched = view.rows.watched(db, shown, view.sheet.touched)
    present = group_counts.of_rows(db, view.sheet.table, view.query.group, watched) if watched else {}
    found = {}
    for row_id, code in present.items():
        line = view.rows.line_of(db, row_id)
        section = None if line is None else view.rows.section_of(line)
        if section is not None and view.rows.sections[section].code != code:
            found[row_id] = label(view, code, context)
    return found


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
