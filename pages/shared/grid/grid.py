"""A table as a spreadsheet that saves by itself: the component, the toolbar above it, and the messages it sends.

The protocol between grid.js and the server, which loses no typed text:

- Each open grid has a random ``instance``. The browser keeps every edit in an outbox as ``{n, row, version, field,
  text}``: ``n`` grows within the instance; ``row`` is the id of a row, or a negative number for a line not saved yet;
  ``version`` is that of the row when the person began to type.
- The browser sends its whole outbox as the message ``edits``. db/rows/grid_edits.py handles each ``n`` once, however
  often it is sent: it saves the text, refuses it with a reason, or records a conflict.
- Every run answers with ``instance`` and ``done``, the last ``n`` handled (``component_data.py``). The browser drops
  these edits from the outbox; until then it shows them as pending. A slow or lost connection delays them only.
- A saved new line is answered as a row with ``was``, its negative number; later edits of that number go to the row.
- A colleague's change of the same field since ``version`` is a conflict: both values are shown and the person chooses.
- After a reconnection, Streamlit sends the component's state again. After a restart, the server's state has another
  ``sheet`` id: edits sent under the old one are ignored, and the browser sends again all that is not saved.
- What is not saved is kept in the browser as well, encrypted, and offered when the grid is opened again (grid_kept.js).
- Another tab or person has its own state. Each grid polls /changes and asks for a rerun (``seen``) when it has grown.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import streamlit as st

from db.base.french import fold
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.grid_edits import Cell
from db.rows.queries import Filter
from pages.shared.form import form
from pages.shared.grid import filters, found_elsewhere, grouping, selection, view_menu
from pages.shared.grid.component_data import grid_data
from pages.shared.grid.downloads import download_menu
from pages.shared.grid.view import SIZE, GridView, columns_of, open_view, view_of
from pages.shared.history import changes
from pages.shared.shell.session import open_office, user_name

_HERE = Path(__file__).parent
_SCRIPTS = ("grid_editors.js", "grid_view.js", "grid_input.js", "grid_kept.js", "grid.js")

_component = st.components.v2.component(
    "palette_grid",
    html='<div class="palette-grid"></div>\n<!-- filled by grid.js -->',
    css=(_HERE / "grid.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def edit_grid(
    db: Office,
    table: OfficeTable,
    key: str,
    preset: tuple[Filter, ...] = (),
    fixed: Mapping[str, Any] | None = None,
    opens: str = "",
    size: int = SIZE,
    called: str = "",
) -> None:
    """Show a table as an editable grid.

    ``preset``: the filters at first; ``called``: the name of that default view. ``fixed``: values that every row shown
    or added has (the person's id). ``opens``: the page on which a row opens, instead of in a form. ``size``: rows per
    page.
    """
    is_new = f"{key}:view" not in st.session_state
    open_view(table, key, preset, fixed or {}, size, called)
    view_menu.open_requested(db, key, records.context(db), is_new)
    _grid(table.name, key, opens)


@st.fragment
def _grid(table_name: str, key: str, opens: str) -> None:
    db, view = open_office(), view_of(key)
    table, context = db.tables[table_name], records.context(db)
    view.update_columns(table)
    view.apply_filters(context)
    _toolbar(db, table, key, view, context)
    view_menu.show_messages(view, key)
    view.refresh(db)
    found_elsewhere.show(db, table, key, view, context)
    callbacks: dict[str, Any] = {f"on_{name}_change": _callback(key, name) for name in _HANDLERS}
    instance = _message(key, "edits").get("instance", "")
    _component(key=key, data={"key": key, **grid_data(db, view, instance, context)}, **callbacks)
    if view.opening:
        _open(table, view, opens)
    selection.show_notices(db, table, key, view, context)
    grouping.show_moved(view, key)


def _open(table: OfficeTable, view: GridView, opens: str) -> None:
    row_id, view.opening = view.opening, None
    if opens:
        st.switch_page(opens, query_params={"dossier": str(row_id)})
    form.forget(f"form:{table.name}:{row_id}")
    form.edit_dialog(table.name, row_id)


# ---- above the grid


def _toolbar(db: Office, table: OfficeTable, key: str, view: GridView, context: Context) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}:strip"):
        if st.button(table.new, key=f"{key}:new", icon=":material/add:", type="primary"):
            form.forget(f"form:{table.name}:None")
            form.edit_dialog(table.name, None, view.sheet.fixed)
        view_menu.show_menu(db, key, context)
        _filters(table, key, view, context)
        _columns(table, key, view)
        grouping.show_menu(db, table, key, view)
        download_menu(table, key, replace(view.query, folded=()), view.columns)
        changes.show_last((table.name,), f"{key}:last")
        selection.show_bar(table, key, view)


def _filters(table: OfficeTable, key: str, view: GridView, context: Context) -> None:
    """Make the widgets only while the popover is open: twenty of them take longer than the rest of the page."""
    with st.popover("Filtres", icon=":material/filter_alt:", key=f"{key}:filters", on_change="rerun") as popover:
        if popover.open:
            st.button("Tout effacer", key=f"{key}:clear", on_click=view.filters.clear, icon=":material/filter_alt_off:")
            filters.show(columns_of(table), f"{key}:f", view.filters, context)


def _columns(table: OfficeTable, key: str, view: GridView) -> None:
    labels = {column.name: column.label for column in columns_of(table)}
    name = f"{key}:shown"

    def take() -> None:
        view.columns = list(st.session_state[name]) or list(table.title)

    with st.popover("Colonnes", icon=":material/view_column:", key=f"{key}:columns", on_change="rerun") as popover:
        if popover.open:
            st.session_state[name] = list(view.columns)
            st.multiselect(
                "Colonnes, dans leur ordre", list(labels), key=name, format_func=labels.__getitem__, on_change=take,
                help="On peut aussi glisser un en-tête de colonne pour le déplacer.", select_all=False, wrap=True,
            )  # fmt: skip


# ---- messages from grid.js: {value, n, instance}; ``n`` makes two equal values differ, so that both are reported


def _message(key: str, name: str) -> dict[str, Any]:
    message: dict[str, Any] = st.session_state.get(key, {}).get(name) or {}
    return message


def _callback(key: str, name: str) -> Callable[[], None]:
    def take() -> None:
        message = _message(key, name)
        if message:
            _HANDLERS[name](view_of(key), message["value"], message["instance"])

    return take


def _take_edits(view: GridView, value: Any, instance: str) -> None:
    """Save the edits, except those addressed to the state of a server since restarted: the browser sends them again."""
    if value["sheet"] == view.sheet.id:
        cells = [Cell(e["n"], e["row"], e["version"], e["field"], e["text"]) for e in value["edits"]]
        view.sheet.apply(open_office(), instance, cells, user_name())


def _take_search(view: GridView, value: Any, instance: str) -> None:
    view.query = replace(view.query, search=str(value), page=1)


def _take_sort(view: GridView, value: Any, instance: str) -> None:
    names = {column.name for column in columns_of(view.sheet.table)}
    view.query = replace(view.query, sort=tuple(n for n in value if n.removeprefix("-") in names), page=1)


def _take_fold(view: GridView, value: Any, instance: str) -> None:
    folded = view.query.folded
    view.fold_only(*((code for code in folded if code != value) if value in folded else (*folded, value)))


def _take_page(view: GridView, value: Any, instance: str) -> None:
    view.query = replace(view.query, page=max(1, int(value)))


def _take_order(view: GridView, value: Any, instance: str) -> None:
    names = [name for name in value if name in view.columns]
    view.columns = [*names, *(name for name in view.columns if name not in names)]


def _take_selected(view: GridView, value: Any, instance: str) -> None:
    view.selected = [int(row_id) for row_id in value]


def _take_unfilter(view: GridView, value: Any, instance: str) -> None:
    filters.remove(view.filters, str(value))


def _suggest(view: GridView, value: Any, instance: str) -> None:
    db, words = open_office(), str(value["words"])
    target = db.tables[view.sheet.table.field(value["field"]).target or "person"]
    rows = records.suggestions(db, target, words, records.context(db))
    if words.strip():
        rows = sorted(rows, key=lambda row: fold(row[1]))
    titles = [title for _, title in rows]
    items = [title if titles.count(title) == 1 else f"{title} n° {row_id}" for row_id, title in rows]
    view.suggestions = {"words": words, "items": items}


def _take_pasted(view: GridView, value: Any, instance: str) -> None:
    cells, skipped = value["cells"] - value["skipped"], value["skipped"]
    s = "s" if cells > 1 else ""
    view.pasted, view.pasted_at = f"{cells} cellule{s} collée{s}", monotonic()
    if skipped:
        left = "laissées" if skipped > 1 else "laissée"
        view.pasted += f" ; {skipped} {left} de côté : colonne calculée, ou hors de la grille"


def _take_open(view: GridView, value: Any, instance: str) -> None:
    view.opening = int(value)


def _take_seen(view: GridView, value: Any, instance: str) -> None:
    """Do nothing: the rerun itself shows the file as it is now."""


_HANDLERS: dict[str, Callable[[GridView, Any, str], None]] = {
    "edits": _take_edits,
    "search": _take_search,
    "sort": _take_sort,
    "fold": _take_fold,
    "page": _take_page,
    "order": _take_order,
    "selected": _take_selected,
    "unfilter": _take_unfilter,
    "ask": _suggest,
    "pasted": _take_pasted,
    "open": _take_open,
    "seen": _take_seen,
}
