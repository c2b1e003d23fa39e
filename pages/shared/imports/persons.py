"""The fourth step of « Importer »: rows that resemble known persons, or known rows of a table with an outside source
(db/imports/source_rows.py), for the person who imports to decide on."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from db.imports.plan_types import Candidate, NearMatch
from db.model.dictionary import PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from pages.shared.imports import draft, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import Lists
from pages.shared.shell.markdown import escape_markdown

_SIZE = 5
_NEW = 0


def show(db: Office, work: Work, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """Show each row with those it resembles, and the choice."""
    nears = lists.plan.near
    if not nears:
        widgets.step(4, "Personnes", "Aucune ressemblance : chaque personne est connue, ou nouvelle.")
        return
    of_persons = all(_own_table(lists, near, tables) in (None, tables[PERSON.name]) for near in nears)
    widgets.step(
        4, "Personnes qui se ressemblent" if of_persons else "Lignes qui se ressemblent",
        f"Ces lignes ressemblent à {'quelqu’un' if of_persons else 'ce qui est là'} sans que Palette puisse conclure,"
        " et elle ne conclut jamais à votre place. Sans réponse, la ligne attend.",
    )  # fmt: skip
    _all_at_once(work, lists)
    context = records.context(db)
    for near in widgets.paged(nears, _SIZE, work.key("near-page"), "ressemblance"):
        _show_near(db, work, lists, near, context, tables)


def _own_table(lists: Lists, near: NearMatch, tables: Mapping[str, OfficeTable]) -> OfficeTable | None:
    """Return the table of the rows that a row resembles, when it is its own; None where it belongs to a person."""
    table = tables[next(sheet.table for sheet in lists.plan.sheets if sheet.name == near.sheet)]
    return None if table.belongs_to_person else table


def _all_at_once(work: Work, lists: Lists) -> None:
    waiting = undecided(work, lists)
    with st.container(horizontal=True, vertical_alignment="center"):
        if not waiting:
            st.markdown(":green[:material/check:] Toutes sont tranchées.", width="content")
            return
        st.markdown(f"**{widgets.counted(len(waiting), 'ressemblance')} à trancher**", width="content")
        alone = {one.key: one.candidates[0].id for one in waiting if len(one.candidates) == 1}
        st.button(
            "Toutes nouvelles", key=work.key("near-new"), icon=":material/person_add:",
            on_click=draft.choose_persons, args=(work, dict.fromkeys((one.key for one in waiting), _NEW)),
        )  # fmt: skip
        st.button(
            f"Chacune est celle qui est proposée ({len(alone)})", key=work.key("near-same"),
            icon=":material/how_to_reg:", disabled=not alone, help="Là où Palette n’en propose qu’une.",
            on_click=draft.choose_persons, args=(work, alone),
        )  # fmt: skip


def undecided(work: Work, lists: Lists) -> list[NearMatch]:
    """Return the rows that resemble somebody and for which no choice was made."""
    return [near for near in lists.plan.near if _chosen(work, near) is None]


def _chosen(work: Work, near: NearMatch) -> int | None:
    return work.choices.persons.get(near.key, near.chosen)


def _show_near(
    db: Office, work: Work, lists: Lists, near: NearMatch, context: Context, tables: Mapping[str, OfficeTable]
) -> None:
    table = _own_table(lists, near, tables)
    with st.container(border=True):
        st.markdown(f"**{escape_markdown(near.title)}** :gray[· {escape_markdown(near.sheet)}, ligne {near.row}]")
        if table:
            _side_by_side(db, lists, near, context, table)
        options: dict[int, str] = {one.id: f"C’est {one.title} ({one.reason})" for one in near.candidates}
        options[_NEW] = table.new if table else "Aucune de ces personnes"
        key = work.key("near", near.key)
        st.session_state[key] = _chosen(work, near)
        st.radio(
            f"Qui est {near.title} ?", list(options), key=key, format_func=lambda one: escape_markdown(options[one]),
            label_visibility="collapsed", index=None,
            on_change=lambda: draft.choose_persons(work, {near.key: st.session_state[key]}),
        )  # fmt: skip


def _side_by_side(db: Office, lists: Lists, near: NearMatch, context: Context, table: OfficeTable) -> None:
    """Show the values of the row beside those of the rows it resembles."""
    row = lists.row_at[near.sheet, near.row]
    own = {**row.old, **row.values, **row.kept}
    others = {one.id: _values_of(db, lists, one, table) for one in near.candidates}
    names = [field.name for field in table.fields if field.name in own]
    rows = []
    for name in names:
        field = table.field(name)
        cells = [
            field.type.show(own[name], context),
            *(field.type.show(one.get(name), context) for one in others.values()),
        ]
        same = len(set(cells)) == 1
        cells_html = "".join(f"<td>{escape(cell) or '–'}</td>" for cell in cells)
        rows.append(f'<tr class="{"same" if same else ""}"><th scope="row">{escape(field.label)}</th>{cells_html}</tr>')
    headings = ["", "Dans votre fichier", *(f"{one.title} ({_origin(one)})" for one in near.candidates)]
    widgets.table(headings, rows)


def _values_of(db: Office, lists: Lists, one: Candidate, table: OfficeTable) -> dict[str, Any]:
    if one.id > 0:
        rows = records.rows(db, table, [one.id])
        return rows[0].values if rows else {}
    return next((row.values for _, row in lists.rows() if row.id == one.id), {})


def _origin(one: Candidate) -> str:
    return "dans Palette" if one.id > 0 else "même fichier"
