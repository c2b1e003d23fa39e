"""A card of « Aujourd’hui »: how many rows of a table wait for something, and the first of them."""

from dataclasses import dataclass

import streamlit as st

from db.base.french import french_number
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.queries import Filter, Query
from db.rows.records import Row
from pages.shared.grid.view import show_only
from pages.shared.shell.markdown import escape_markdown

_LISTED = 5


@dataclass(frozen=True)
class Waiting:
    """The rows of a table that match ``filters``. ``day``: the field of the date shown and sorted by, or '' for the
    table's own order. ``page``: the screen that shows them all. ``detail``: a column shown after the person's name."""

    title: str
    table: str
    filters: tuple[Filter, ...]
    day: str
    page: str
    detail: str = ""


def show_waiting(db: Office, waiting: Waiting) -> None:
    """Show the card, with one line for each of the first rows."""
    table = db.tables[waiting.table]
    sort = (waiting.day,) if waiting.day else ()
    page = records.read(db, table, Query(waiting.filters, sort=sort, size=_LISTED))
    context = records.context(db)
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{waiting.title}**", width="stretch")
            st.badge(french_number(page.matching), color="orange" if page.matching else "green")
        if not page.rows:
            st.caption("Rien n’attend.")
        with st.container(gap=None, key=f"{waiting.title}:waiting"):
            for row in page.rows:
                _show_row(row, table, waiting, context)
        if page.matching > len(page.rows):
            label = f"Voir les {french_number(page.matching)}"
            if st.button(label, key=f"{waiting.title}:all", icon=":material/arrow_forward:", type="tertiary"):
                screen = waiting.page.removesuffix(".py")
                show_only(table, screen if waiting.table == "person" else waiting.table, waiting.filters, sort)
                st.session_state[f"{screen}:table"] = waiting.table
                st.switch_page(waiting.page)


def _show_row(row: Row, table: OfficeTable, waiting: Waiting, context: Context) -> None:
    person = row.values["person_id"] if table.belongs_to_person else row.id
    day = [table.column(waiting.day).type.show(row.values[waiting.day], context)] if waiting.day else []
    parts = [*day, context.title("person", person)]
    if waiting.detail:
        detail = table.column(waiting.detail).type.show(row.values[waiting.detail], context)
        parts.append(detail)
    key = f"{waiting.title}:{row.id}"
    if st.button(escape_markdown(" · ".join(parts)), key=key, type="tertiary", icon=":material/chevron_right:"):
        st.switch_page("person.py", query_params={"dossier": str(person)})
