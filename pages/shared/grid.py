"""Any table of the dictionary as a spreadsheet that saves itself: filters, search, sort, pages, paste, bulk change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any

import streamlit as st

from db import records
from db.connection import Database, change_token, office
from db.dictionary import TABLES
from db.fields import Computed, Field, Table
from db.queries import Filter, Query
from db.records import Row
from db.sheet import Cell, Sheet
from db.types import (
    Choice,
    Choices,
    Context,
    Date,
    Euros,
    Integer,
    LongText,
    Reference,
    References,
    YesNo,
    french_number,
)
from pages.shared import filters, form, selection
from pages.shared.downloads import download_menu
from pages.shared.session import who

_HERE = Path(__file__).parent
_SIZE = 50
_KINDS: dict[type, str] = {
    Date: "date", Integer: "integer", Euros: "euros", LongText: "long", Choice: "choice", YesNo: "choice",
    Choices: "choices", Reference: "reference", References: "long",
}  # fmt: skip

_component = st.components.v2.component(
    "palette_grid",
    html='<div class="palette-grid"></div>\n<!-- filled by grid.js -->',
    css=(_HERE / "grid.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("grid_editors.js", "grid.js")),
)


@dataclass
class View:
    """What one tab is looking at: the query in force, the rows it found then, and the columns in their order."""

    query: Query
    columns: list[str]
    sheet: Sheet
    ids: list[int] = field(default_factory=list)
    token: int = -1
    asked: tuple[Query, int] | None = None
    applied: int = 0
    pasted: str = ""
    selected: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    suggestions: list[str] | None = None


def edit_grid(
    db: Database,
    table: Table,
    key: str,
    preset: tuple[Filter, ...] = (),
    fixed: Mapping[str, Any] | None = None,
    opens: str = "",
    size: int = _SIZE,
) -> None:
    """Show a table as a grid that saves. ``preset``: filters set at first; ``fixed``: values of every row shown and added
    (a person's); ``opens``: the page that opens a row, instead of the form."""
    name = f"{key}:view"
    if name not in st.session_state:
        columns = [item.name for item in _columns(table) if item.shown and item.name not in (fixed or {})]
        given = tuple(Filter(item, "is", value) for item, value in (fixed or {}).items())
        st.session_state[name] = View(Query((*given, *preset), size=size), columns, Sheet(table, fixed or {}))
    _grid(table.name, key, preset, opens)


def _columns(table: Table) -> list[Field | Computed]:
    """Every column, the computed ones after the row's name so that the day's answers are seen first."""
    titles = [item for item in table.fields if item.name in table.title]
    others = [item for item in table.fields if item.name not in table.title]
    return [*titles, *table.computed, *others]


@st.fragment
def _grid(table_name: str, key: str, preset: tuple[Filter, ...], opens: str) -> None:
    db, table = office(), TABLES[table_name]
    view: View = st.session_state[f"{key}:view"]
    known = records.context(db)
    _toolbar(db, table, key, view, preset, known)
    selection.show_bar(db, table, key, view, known)
    _refresh(db, table, view)
    result = _component(
        key=key,
        data=_data(db, table, key, view, known),
        **{
            f"on_{name}_change": (lambda take=take: take(key))
            for name, take in {
                "edits": _take_edits, "search": _take_search, "sort": _take_sort, "page": _take_page, "order": _take_order,
                "selected": _take_selected, "ask": _take_ask, "pasted": _take_pasted, "open": _nothing, "seen": _nothing,
            }.items()
        },
    )  # fmt: skip
    if _take_edits(key, result.get("edits")):  # a tab that came back from a lost connection sends what it still holds
        st.rerun(scope="fragment")
    if result.get("open"):
        _open(table, key, view, int(result["open"]["row"]), opens)
    selection.show_notices(db, table, key, view)


def _open(table: Table, key: str, view: View, row_id: int, opens: str) -> None:
    if opens:
        st.switch_page(opens, query_params={"dossier": str(row_id)})
    form.forget(f"form:{table.name}:{row_id}")
    form.edit_dialog(table.name, row_id)


# ---- above the grid


def _toolbar(db: Database, table: Table, key: str, view: View, preset: tuple[Filter, ...], known: Context) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(table.new, key=f"{key}:new", icon=":material/add:", type="primary"):
            form.forget(f"form:{table.name}:None")
            form.edit_dialog(table.name, None, view.sheet.fixed)
        active = len(view.query.filters) - len(view.sheet.fixed)
        with st.popover(
            f"Filtres ({active})" if active else "Filtres", icon=":material/filter_alt:", key=f"{key}:filters"
        ):
            st.button("Tout effacer", key=f"{key}:clear", on_click=filters.clear, args=(table, f"{key}:f"))
            chosen = filters.choose(table, f"{key}:f", preset, known)
        with st.popover("Colonnes", icon=":material/view_column:", key=f"{key}:columns"):
            _choose_columns(table, key, view)
        download_menu(db, table, key, view.query, view.columns, known)
    given = tuple(Filter(name, "is", value) for name, value in view.sheet.fixed.items())
    if (*given, *chosen) != view.query.filters:
        view.query = replace(view.query, filters=(*given, *chosen), page=1)
        view.applied += 1


def _choose_columns(table: Table, key: str, view: View) -> None:
    labels = {item.name: item.label for item in _columns(table)}
    name = f"{key}:shown"
    st.session_state[name] = list(view.columns)

    def take() -> None:
        view.columns = list(st.session_state[name]) or list(table.title)
        view.applied += 1

    st.multiselect(
        "Colonnes, dans leur ordre", list(labels), key=name, format_func=labels.get, on_change=take,
        help="On peut aussi glisser un en-tête de colonne pour le déplacer.",
    )  # fmt: skip


# ---- what the grid shows


def _refresh(db: Database, table: Table, view: View) -> None:
    """New rows when the query changed; otherwise the same rows in the same places, with what colleagues added below."""
    token, asked = change_token(db), (replace(view.query, today=records.today()), view.applied)
    if view.asked != asked:
        view.query = replace(view.query, page=min(view.query.page, _pages(db, table, view)))
        view.ids = records.page_ids(db, table, view.query)
        view.asked = (replace(view.query, today=records.today()), view.applied)
        view.sheet.adopted.clear()
    elif view.token != token:
        fresh = records.page_ids(db, table, view.query)
        mine = [row_id for row_id in view.sheet.adopted.values() if row_id not in view.ids]
        view.ids += mine + [row_id for row_id in fresh if row_id not in view.ids and row_id not in mine]
    view.token = token


def _pages(db: Database, table: Table, view: View) -> int:
    return max(1, ceil(records.count(db, table, view.query) / view.query.size))


def _data(db: Database, table: Table, key: str, view: View, known: Context) -> dict[str, Any]:
    """Everything grid.js needs: columns, rows as French text, what is wrong, and how far it was heard."""
    columns = [table.column(name) for name in view.columns]
    rows = records.rows(db, table, view.ids)
    view.ids = [row.id for row in rows]
    matching = records.still_matching(db, table, view.query, view.ids) if view.ids else set()
    was = {row_id: draft for draft, row_id in view.sheet.adopted.items()}
    shown = [_row(row, columns, view, known, row.id not in matching, was.get(row.id)) for row in rows]
    edits = st.session_state.get(key, {}).get("edits") or {}
    return {
        "view": f"{key}:{view.applied}:{hash(view.asked)}:{','.join(view.columns)}",
        "columns": [_column(item, known) for item in columns],
        "rows": shown + _drafts(columns, view),
        "draft": view.sheet.next_draft,
        "sort": list(view.query.sort),
        "search": view.query.search,
        "page": view.query.page,
        "pages": _pages(db, table, view),
        "counts": _counts(db, table, view),
        "status": view.sheet.status,
        "empty": _empty(table, view),
        "instance": edits.get("instance", ""),
        "done": view.sheet.done(edits.get("instance", "")),
        "looked": view.token,
        "suggestions": view.suggestions,
    }


def _counts(db: Database, table: Table, view: View) -> str:
    total = records.count(db, table, Query(tuple(f for f in view.query.filters if f.field in view.sheet.fixed)))
    matching = records.count(db, table, view.query)
    noun = (table.label if total < 2 else table.plural).lower() if not table.label.isupper() else table.label
    many = french_number(total)
    return f"{french_number(matching)} sur {many} {noun}" if matching != total else f"{many} {noun}"


def _empty(table: Table, view: View) -> str:
    if view.query.search or len(view.query.filters) > len(view.sheet.fixed):
        return "Rien ne correspond à la recherche et aux filtres."
    return f"Rien encore. « {table.new} » ci-dessus, ou tapez dans la ligne vide."


def _column(item: Field | Computed, known: Context) -> dict[str, Any]:
    listed = item.list
    options: list[str] = ["Oui", "Non"] if isinstance(item.type, YesNo) else []
    if listed:
        retired = known.retired[listed.name]
        options = [label for code, label in known.labels[listed.name].items() if code not in retired]
    return {
        "name": item.name,
        "label": item.label,
        "kind": _KINDS.get(type(item.type), "text"),
        "align": item.type.align,
        "editable": isinstance(item, Field),
        "required": isinstance(item, Field) and item.required,
        "help": item.help,
        "options": options,
    }


def _row(
    row: Row, columns: list[Field | Computed], view: View, known: Context, stale: bool, was: int | None
) -> dict[str, Any]:
    return {
        "id": row.id,
        "was": was,
        "version": row.version,
        "cells": {item.name: item.type.show(row.values[item.name], known) for item in columns},
        "marks": row.marks,
        "stale": stale,
        "refused": _refused(view, row.id),
    }


def _refused(view: View, row_id: int) -> dict[str, Any]:
    return {
        name: {"text": cell.text, "reason": cell.reason}
        for (row, name), cell in view.sheet.refused.items()
        if row == row_id
    }


def _drafts(columns: list[Field | Computed], view: View) -> list[dict[str, Any]]:
    """Lines not saved yet, in the order they were begun, and the empty one at the bottom."""
    sheet = view.sheet
    numbers = [*sorted(sheet.drafts, reverse=True), sheet.next_draft]
    return [
        {"id": number, "version": 0, "cells": sheet.drafts.get(number, {}), "refused": _refused(view, number)}
        for number in numbers
    ]


# ---- what the grid sends


def _view(key: str) -> View:
    view: View = st.session_state[f"{key}:view"]
    return view


def _sent(key: str, name: str) -> Any:
    return st.session_state[key].get(name)


def _nothing(key: str) -> None:
    """Coming here is all that was asked: the grid shows the file as it is now."""


def _take_edits(key: str, sent: Any = None) -> bool:
    """Save what was typed; True when there was something new."""
    sent = sent or _sent(key, "edits")
    sheet = _view(key).sheet
    if not sent or all(edit["n"] <= sheet.done(sent["instance"]) for edit in sent["edits"]):
        return False
    cells = [Cell(e["n"], e["row"], e["version"], e["field"], e["text"]) for e in sent["edits"]]
    sheet.apply(office(), sent["instance"], cells, who())
    return True


def _take_search(key: str) -> None:
    view = _view(key)
    view.query = replace(view.query, search=_sent(key, "search") or "", page=1)
    view.applied += 1


def _take_sort(key: str) -> None:
    view = _view(key)
    known = {item.name for item in _columns(view.sheet.table)}
    names = [name for name in _sent(key, "sort") or [] if re.sub("^-", "", name) in known]
    view.query = replace(view.query, sort=tuple(names), page=1)
    view.applied += 1


def _take_page(key: str) -> None:
    view = _view(key)
    view.query = replace(view.query, page=max(1, int(_sent(key, "page") or 1)))
    view.applied += 1


def _take_order(key: str) -> None:
    view = _view(key)
    names = [name for name in _sent(key, "order") or [] if name in view.columns]
    view.columns = [*names, *(name for name in view.columns if name not in names)]
    view.applied += 1


def _take_selected(key: str) -> None:
    _view(key).selected = [int(row_id) for row_id in _sent(key, "selected") or []]


def _take_ask(key: str) -> None:
    view, asked = _view(key), _sent(key, "ask") or {}
    target = view.sheet.table.field(asked["field"]).target
    db = office()
    found = records.suggestions(db, TABLES[target or "person"], asked["words"], records.context(db))
    titles = [title for _, title in found]
    view.suggestions = [title if titles.count(title) == 1 else f"{title} n° {row_id}" for row_id, title in found]


def _take_pasted(key: str) -> None:
    pasted = _sent(key, "pasted") or {}
    skipped = pasted.get("skipped", 0)
    told = f"{pasted.get('cells', 0) - skipped} cellule(s) collée(s)"
    _view(key).pasted = told + (f" ; {skipped} laissée(s) : colonne calculée" if skipped else "")
