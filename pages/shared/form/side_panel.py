"""The form of a row in a panel beside the grid that it was opened from; on a telephone it takes the whole screen.

A tab has one panel. What it shows is in the session, and it is drawn in every run of its grid, so that what is written
in it stays while the grid changes. Its place and its look are in pages/shared/shell/page.css, its keys in form_keys.js.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records
from pages.shared.form import dialog, form
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office

Neighbour = Callable[[int, int], int | None]
"""The row before (-1) or after (1) a row in the order of the grid; None at either end."""
_PANEL = "side_panel"
"""What the keys of the panel begin with."""
_CLOSE = f"{_PANEL}:close"


@dataclass(frozen=True)
class _OpenRow:
    table: str
    row_id: int | None
    """None: the form of a new row."""
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return form.key_of(self.table, self.row_id)


@dataclass
class _SidePanel:
    grid: str
    """The key of the grid beside which it is."""
    shown: _OpenRow
    is_drawn: bool = False
    leaves: bool = False
    """Whether the form is to end in this run, or to ask what becomes of its changes."""
    wanted: _OpenRow | None = None
    """What to show once the form has ended; None: nothing."""


def open_row(grid: str, table_name: str, row_id: int | None, fixed: Mapping[str, Any] | None = None) -> None:
    """Open the form of a row, or of a new row (``row_id`` None), beside the grid of that key; ``show`` draws it. If
    another form is open there and was changed, it asks first what becomes of its changes. ``fixed``: preset values."""
    row, panel = _OpenRow(table_name, row_id, fixed or {}), _panel(grid)
    if panel is None:
        form.forget(row.key)
        st.session_state[form.BESIDE] = _SidePanel(grid, row)
    elif panel.shown != row:
        panel.leaves, panel.wanted = True, row


def show(grid: str, neighbour: Neighbour) -> None:
    """Draw the panel of that grid, if it is open. Call it in each run of the grid, at the same place after it."""
    with st.container():
        _draw(grid, neighbour)


def _panel(grid: str) -> _SidePanel | None:
    """Return the panel of a grid, if it is open. A panel that was not drawn in a whole run (another screen, another
    tab of the screen) is closed: Streamlit has dropped the values of its widgets. Its draft is kept."""
    panel: _SidePanel | None = st.session_state.get(form.BESIDE)
    if panel is None or panel.grid != grid or (panel.is_drawn and _CLOSE not in st.session_state):
        return None
    return panel


@st.fragment
def _draw(grid: str, neighbour: Neighbour) -> None:
    panel = _panel(grid)
    if panel is None:
        return
    db, row = open_office(), panel.shown
    table = db.tables[row.table]
    with st.container(key=_PANEL):
        _show_head(db, table, panel, neighbour)
        ended = form.edit_form(db, table, row.key, row.row_id, row.fixed, leave=panel.leaves)
        panel.leaves = False
        following = dialog.show_below(db, table, row.row_id)
        wants_newer = form.is_outdated(db, table, row.row_id) and _ask_to_reload()
    panel.is_drawn = True
    if ended and ended.row_id is not None:
        dialog.open_created(table, row.row_id, ended)
        dialog.note_created(db, table, row.row_id, ended)
        _move(panel, _OpenRow(row.table, ended.row_id))
        st.rerun()  # the figures of the page, the grid
    elif ended or st.session_state.get(f"{row.key}:draft:close"):
        _move(panel, panel.wanted)
        _redraw()
    elif following:
        table_name, fixed, row_id = following
        _move(panel, _OpenRow(table_name, row_id, fixed))
        _redraw()
    elif wants_newer:
        form.give_up(row.key)
        _redraw()
    elif not form.is_asking(row.key):
        panel.wanted = None


def _ask_to_reload() -> bool:
    """Show that the row was saved elsewhere. form_keys.js presses the button unless a text is being typed here."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{_PANEL}:newer"):
        st.caption("Cette ligne a été modifiée ailleurs.", width="content")
        return st.button("Montrer la nouvelle version", key=f"{_PANEL}:reload", type="tertiary")


def _show_head(db: Office, table: OfficeTable, panel: _SidePanel, neighbour: Neighbour) -> None:
    """Show which row it is, the buttons to the rows beside it, and the one that closes the panel."""
    row_id = panel.shown.row_id
    steps = {step: neighbour(row_id, step) if row_id else None for step in (-1, 1)}
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"{_PANEL}:head"):
        title = table.new if row_id is None else table.label
        name = f"  \n{escape_markdown(records.context(db).title(table.name, row_id))}" if row_id else ""
        st.markdown(f"**{title}**{name}")
        for step, sign, label, keys in _STEPS:
            key, target = f"{_PANEL}:{label}", steps[step]
            st.button(sign, key=key, help=keys, disabled=target is None, on_click=_step, args=(panel, target))
        st.button("✕", key=_CLOSE, help="Fermer (Échap)", on_click=_close, args=(panel,))


_STEPS = ((-1, "‹", "previous", "Ligne précédente (Alt + Page ↑)"), (1, "›", "next", "Ligne suivante (Alt + Page ↓)"))


def _close(panel: _SidePanel) -> None:
    panel.leaves, panel.wanted = True, None


def _step(panel: _SidePanel, target: int) -> None:
    """Go to another row of the same table: in the same run, unless something was written."""
    db, row = open_office(), panel.shown
    if row.row_id is None or form.is_changed(db, db.tables[row.table], row.row_id):
        panel.leaves, panel.wanted = True, _OpenRow(row.table, target)
    else:
        form.give_up(row.key)
        _move(panel, _OpenRow(row.table, target))


def _redraw() -> None:
    """Run the panel again; all of the page if that is what runs now."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def _move(panel: _SidePanel, row: _OpenRow | None) -> None:
    """Show another row in the panel, or close it."""
    if row is None:
        st.session_state.pop(form.BESIDE, None)
        return
    panel.shown, panel.wanted, panel.leaves = row, None, False
    form.forget(row.key)
