"""A table as a spreadsheet that saves by itself: the component, the toolbar above it, and the messages it sends.

Two ways lead from the browser to the server. What changes the page around the grid (search, sort, filters, columns,
rows chosen) is a message of the component and reruns the script. All else is a request of grid.js to /grille
(channel.py), which costs no rerun: edits, rows as one scrolls, suggestions, what colleagues changed. The protocol of
edits, which loses no typed text:

- Each open grid has a random ``instance``. The browser keeps every edit in an outbox as ``{n, row, version, field,
  text}``: ``n`` grows within the instance; ``row`` is the id of a row, or a negative number for a line not saved yet;
  ``version`` is that of the row when the person began to type.
- The browser sends its whole outbox, until it is answered. db/rows/grid_edits.py handles each ``n`` once, however often
  it is sent: it saves the text, refuses it with a reason, or records a conflict.
- Every state (``component_data.py``) holds ``instance`` and ``done``, the last ``n`` handled. The browser drops these
  edits from the outbox; until then it shows them as pending. A slow or lost connection delays them only.
- A saved new line is answered as a row with ``was``, its negative number; later edits of that number go to the row.
- A colleague's change of the same field since ``version`` is a conflict: both values are shown and the person chooses.
- After a restart, the server's state has another ``sheet`` id: edits sent under the old one are not taken, and
  the browser sends again all that is not saved once Streamlit has made the new state.
- What is not saved is kept in the browser as well, encrypted, and offered when the grid is opened again (grid_kept.js).
- Another tab or person has its own state. /suivi tells each grid that the file has changed; it then asks for its state.
- States are numbered: of two that cross on their way, the browser keeps the later one. ``around`` changes when what the
  page shows around the grid is out of date; the browser then asks for a rerun (``seen``).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from db.base.french import french_instant
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import grid_layouts, records
from db.rows.queries import Filter
from pages.shared.form import side_panel
from pages.shared.grid import bulk_edit, filters, found_elsewhere, grouping, selection, view_menu
from pages.shared.grid.component_data import grid_data
from pages.shared.grid.downloads import download_buttons, show_job
from pages.shared.grid.view import GridView, columns_of, grid_of, open_view, view_of
from pages.shared.history import changes
from pages.shared.shell.session import open_office, user_name

_HERE = Path(__file__).parent
_SCRIPTS = (
    "grid_editors.js", "grid_rows.js", "grid_view.js", "grid_columns.js", "grid_selection.js", "grid_clipboard.js",
    "grid_menus.js", "grid_input.js", "grid_kept.js", "grid.js",
)  # fmt: skip

_COMFORTABLE, _COMPACT = "Aérée", "Serrée"

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
    called: str = "",
) -> None:
    """Show a table as an editable grid.

    ``preset``: the filters at first; ``called``: the name of that default view. ``fixed``: values that every row shown
    or added has (the person's id). ``opens``: the page on which a row opens, instead of in a form.
    """
    is_new = f"{key}:view" not in st.session_state
    open_view(table, key, preset, fixed or {}, called)
    view_menu.open_requested(db, key, records.context(db), is_new)
    _grid(table.name, key, opens)


@st.fragment
def _grid(table_name: str, key: str, opens: str) -> None:
    db, view = open_office(), view_of(key)
    table, context = db.tables[table_name], records.context(db)
    view.update_columns(table)
    view.apply_filters(context)
    if view.layout_of != view.saved:
        view.layout, view.layout_of = grid_layouts.read(db, user_name(), grid_of(key), view.saved), view.saved
    show_job(key)
    _toolbar(db, table, key, view, context)
    with view.lock:
        view.refresh(db)
    callbacks: dict[str, Any] = {f"on_{name}_change": _callback(key, name) for name in _HANDLERS}
    with view.lock:
        data = grid_data(db, view, view.instance, context)
    # As a text: Streamlit would look for tables in a dictionary of lists, and load pandas (90 MB) to do so.
    _component(key=key, data=json.dumps({"key": key, **data}), **callbacks)
    if view.opening:
        _open(table, key, view, opens)
    side_panel.show(key, view.neighbour)
    view_menu.show_messages(view, key)
    found_elsewhere.show(db, table, key, view, context)
    selection.show_dialogs(table, key, view)
    selection.show_notices(db, table, key, view, context)
    grouping.show_moved(view, key)


_NUMBER_OF = {"partner": "partenaire"}
"""Table -> the name of its row's number in the address of the page on which it opens; « dossier » for others."""


def _open(table: OfficeTable, key: str, view: GridView, opens: str) -> None:
    row_id, view.opening = view.opening, None
    if opens:
        st.switch_page(opens, query_params={_NUMBER_OF.get(table.name, "dossier"): str(row_id)})
    side_panel.open_row(key, table.name, row_id)


# ---- above the grid


def _toolbar(db: Office, table: OfficeTable, key: str, view: GridView, context: Context) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}:toolbar"):
        view_menu.show_menu(db, key, context)
        _filters(table, key, view, context)
        _more(db, table, key, view)
        if view.selected:
            selection.show_bar(table, key, view)
        elif st.button(table.new, key=f"{key}:new", icon=":material/add:", type="primary"):
            side_panel.open_row(key, table.name, None, view.sheet.fixed)


def _filters(table: OfficeTable, key: str, view: GridView, context: Context) -> None:
    """Make the widgets only while the popover is open: twenty of them take longer than the rest of the page."""
    with st.popover("Filtres", icon=":material/filter_alt:", key=f"{key}:filters", on_change="rerun") as popover:
        if popover.open:
            st.button("Tout effacer", key=f"{key}:clear", on_click=view.filters.clear, icon=":material/filter_alt_off:")
            filters.show(columns_of(table), f"{key}:f", view.filters, context)


def _more(db: Office, table: OfficeTable, key: str, view: GridView) -> None:
    """Show what is used now and then under one menu."""
    last = None
    with st.popover("Plus", icon=":material/more_horiz:", key=f"{key}:more", on_change="rerun") as popover:
        if popover.open or view.asked:
            last = changes.last_today((table.name,))
        if popover.open:
            _columns(table, key, view)
            grouping.show_choice(db, table, key, view)
            _layout(key, view)
            st.caption("Télécharger toutes les lignes trouvées")
            download_buttons(db, table, key, replace(view.query, folded=()), view.columns)
            with st.container(horizontal=True, gap="small"):
                if view.counts(db)[0] > 1:
                    _dialog_button(
                        key, view, "Plusieurs lignes", "bulk", "checklist", "Changer toutes les lignes trouvées"
                    )
                if last:
                    help_text = f"Votre dernier enregistrement ici, le {french_instant(last.at)}"
                    _dialog_button(key, view, "Défaire", "undo", "undo", help_text)
    asked, view.asked = view.asked, ""
    if asked == "bulk":
        bulk_edit.open_for_all(table, key)
    elif asked == "undo" and last:
        changes.confirm(last.id)


def _dialog_button(key: str, view: GridView, label: str, asks: str, icon: str, help_text: str) -> None:
    """Show a button that closes the menu and opens a dialog."""

    def ask() -> None:
        st.session_state[f"{key}:more"] = False
        view.asked = asks

    st.button(label, key=f"{key}:{asks}", icon=f":material/{icon}:", help=help_text, on_click=ask)


def _columns(table: OfficeTable, key: str, view: GridView) -> None:
    labels = {column.name: column.label for column in columns_of(table)}
    name = f"{key}:shown"

    def take() -> None:
        view.columns = list(st.session_state[name]) or list(table.title)

    st.session_state[name] = list(view.columns)
    st.multiselect(
        "Colonnes, dans leur ordre", list(labels), key=name, format_func=labels.__getitem__, on_change=take,
        help="On peut aussi glisser un titre de colonne pour le déplacer.", select_all=False, wrap=True,
    )  # fmt: skip


def _layout(key: str, view: GridView) -> None:
    """Choose the height of the rows."""
    density, lines = f"{key}:density", f"{key}:lines"

    def take() -> None:
        changed = {"compact": st.session_state[density] == _COMPACT, "lines": st.session_state[lines] or 1}
        with view.lock:
            view.layout = replace(view.layout, **changed)
            grid_layouts.write(open_office(), user_name(), grid_of(key), view.saved, view.layout)

    st.session_state[density] = _COMPACT if view.layout.compact else _COMFORTABLE
    st.session_state[lines] = view.layout.lines
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control("Densité", [_COMFORTABLE, _COMPACT], required=True, key=density, on_change=take)
        st.segmented_control("Lignes de texte dans chaque case", [1, 2, 3, 4], required=True, key=lines, on_change=take)


# ---- messages from grid.js: {value, n, instance}; ``n`` makes two equal values differ, so that both are reported


def _message(key: str, name: str) -> dict[str, Any]:
    message: dict[str, Any] = st.session_state.get(key, {}).get(name) or {}
    return message


def _callback(key: str, name: str) -> Callable[[], None]:
    def take() -> None:
        message = _message(key, name)
        if message:
            view = view_of(key)
            view.instance = message["instance"]
            with view.lock:
                _HANDLERS[name](view, message["value"])

    return take


def _take_search(view: GridView, value: Any) -> None:
    view.query = replace(view.query, search=str(value))


def _take_sort(view: GridView, value: Any) -> None:
    names = {column.name for column in columns_of(view.sheet.table)}
    view.query = replace(view.query, sort=tuple(n for n in value if n.removeprefix("-") in names))


def _take_fold(view: GridView, value: Any) -> None:
    folded = view.query.folded
    view.fold_only(*((code for code in folded if code != value) if value in folded else (*folded, value)))


def _take_order(view: GridView, value: Any) -> None:
    names = [name for name in value if name in view.columns]
    view.columns = [*names, *(name for name in view.columns if name not in names)]


def _take_selected(view: GridView, value: Any) -> None:
    view.selected = [int(row_id) for row_id in value]


def _take_unfilter(view: GridView, value: Any) -> None:
    filters.remove(view.filters, str(value))


def _take_filter(view: GridView, value: Any) -> None:
    filters.replace_all(view.filters, str(value["field"]), value["wanted"])


def _take_hide(view: GridView, value: Any) -> None:
    view.columns = [name for name in view.columns if name != value] or view.columns


def _take_group(view: GridView, value: Any) -> None:
    view.group_by("" if value == view.query.group else str(value))


def _take_history(view: GridView, value: Any) -> None:
    view.history_of = (int(value["row"]), str(value["field"]))


def _take_remove(view: GridView, value: Any) -> None:
    view.removing = [int(row_id) for row_id in value]


def _take_open(view: GridView, value: Any) -> None:
    view.opening = int(value)


def _take_seen(view: GridView, value: Any) -> None:
    """Do nothing: the rerun itself shows the file as it is now."""


_HANDLERS: dict[str, Callable[[GridView, Any], None]] = {
    "search": _take_search,
    "sort": _take_sort,
    "fold": _take_fold,
    "order": _take_order,
    "selected": _take_selected,
    "unfilter": _take_unfilter,
    "filter": _take_filter,
    "hide": _take_hide,
    "group": _take_group,
    "history": _take_history,
    "remove": _take_remove,
    "open": _take_open,
    "seen": _take_seen,
}
