"""One card of « Aujourd’hui » : how many rows wait, and the first of them."""

from dataclasses import dataclass

import streamlit as st

from db import records
from db.connection import Database
from db.fields import Table
from db.queries import Filter, Query
from db.types import french_number

_FIRST = 5


@dataclass(frozen=True)
class Waiting:
    """Rows of a table that wait for something; ``day``: the date shown and sorted by; ``page``: where they all are."""

    title: str
    table: Table
    filters: tuple[Filter, ...]
    day: str
    page: str


def show_waiting(db: Database, waiting: Waiting) -> None:
    """The card, with a line a person for the first few."""
    page = records.read(db, waiting.table, Query(waiting.filters, sort=(waiting.day,), size=_FIRST))
    known = records.context(db)
    show = waiting.table.field(waiting.day).type.show
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{waiting.title}**", width="stretch")
            st.badge(french_number(page.matching), color="orange" if page.matching else "green")
        if not page.rows:
            st.caption("Rien n’attend.")
        with st.container(gap=None):
            for row in page.rows:
                person = row.values["person_id"]
                label = f"{show(row.values[waiting.day], known)} · {known.title('person', person)}"
                if st.button(
                    label,
                    key=f"{waiting.title}:{row.id}",
                    type="tertiary",
                    help=known.title(waiting.table.name, row.id),
                ):
                    st.switch_page("person.py", query_params={"dossier": str(person)})
        if page.matching > len(page.rows):
            st.page_link(
                waiting.page, label=f"Voir les {french_number(page.matching)}", icon=":material/arrow_forward:"
            )
