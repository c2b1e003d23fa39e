"""What a search that finds nothing in a grid would find elsewhere: beyond the filters, in the archives, in the other
screens, or under a name that sounds like the words."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from db.base.french import french_number
from db.model.dictionary import PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.people import duplicates
from db.rows import quick_search, records
from db.rows.queries import Query
from db.rows.quick_search import Found
from pages.shared.grid.view import GridView
from pages.shared.shell.markdown import escape_markdown

_NAMED = 4
"""How many rows and persons are named."""


def show(db: Office, table: OfficeTable, key: str, view: GridView, context: Context) -> None:
    """Show nothing unless the search of a grid finds no row at all."""
    search = view.query.search
    if not search.strip() or records.count(db, table, view.query):
        return
    found = _show_hidden_rows(db, table, key, view, context)
    if table.name == PERSON.name or table.belongs_to_person:
        others = [one for one in quick_search.persons(db, search, _NAMED) if one.archived or table.name != PERSON.name]
        _show_persons(table, key, others)
        if not found and not others:
            _show_similar_names(db, key, view)


def _show_hidden_rows(db: Office, table: OfficeTable, key: str, view: GridView, context: Context) -> bool:
    """Name the rows that the filters hide, with a button that removes the filters. Returns whether there are any."""
    query = Query(view.fixed_filters, view.query.search, size=_NAMED)
    count = records.count(db, table, query)
    if count:
        rows = records.rows(db, table, records.page_ids(db, table, query))
        names = [_name(table, row, context) for row in rows]
        more = ", …" if count > len(rows) else ""
        noun = table.label if count < 2 else table.plural
        noun = noun if noun.isupper() else noun[0].lower() + noun[1:]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"Sans les filtres : **{french_number(count)} {noun}** — {', '.join(names)}{more}.", width="content"
            )
            st.button(
                "Chercher sans les filtres", key=f"{key}:unfiltered", icon=":material/filter_alt_off:",
                on_click=view.filters.clear,
            )  # fmt: skip
    return count > 0


def _name(table: OfficeTable, row: records.Row, context: Context) -> str:
    """« Durand Anne (Hors portefeuille) », « Mobilité 06/03/2023 · Durand Anne »."""
    title = context.title(table.name, row.id)
    if table.name == PERSON.name:
        state = table.column("state").type.show(row.values["state"], context)
        return escape_markdown(f"{title} ({state})")
    person = context.title(PERSON.name, row.values["person_id"]) if table.belongs_to_person else ""
    return escape_markdown(f"{title} · {person}" if person and person not in title else title)


def _show_persons(table: OfficeTable, key: str, persons: Sequence[Found]) -> None:
    """Link to the files of persons whom this grid cannot show: they are archived, or have no such row."""
    if not persons:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Dans les archives :" if table.name == PERSON.name else "Dans le fichier :", width="content")
        for person in persons:
            label = escape_markdown(person.label)
            if st.button(label, key=f"{key}:elsewhere:{person.id}", type="tertiary", icon=":material/person:"):
                st.switch_page("person.py", query_params={"dossier": str(person.id)})


def _show_similar_names(db: Office, key: str, view: GridView) -> None:
    names = duplicates.sounding_like(db, view.query.search)
    if names:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Aucun nom ne s’écrit ainsi ; se prononcent pareil :", width="content")
            for index, name in enumerate(names):
                st.button(
                    escape_markdown(name), key=f"{key}:similar:{index}", type="tertiary", icon=":material/search:",
                    on_click=_take_search, args=(view, name),
                )  # fmt: skip


def _take_search(view: GridView, name: str) -> None:
    view.query = replace(view.query, search=name)
