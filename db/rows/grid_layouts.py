"""How each user's grids are laid out: widths of columns, frozen columns, height of rows. Remembered for each grid and
saved view; the density is one for all grids of a user."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.model.office import Office
from db.rows.saved_views import Grid
from db.rows.transactions import writing

_EVERY_GRID = Grid("", "")
_WIDEST, _NARROWEST, _MOST_LINES = 1200, 40, 4


@dataclass(frozen=True)
class GridLayout:
    """``widths``: CSS pixels of the columns whose width was chosen, by field. ``frozen``: how many columns stay in
    sight, None: as many as name a row. ``lines``: of text in a row, 1 to 4. ``compact``: whether rows are low."""

    widths: Mapping[str, int] = field(default_factory=dict)
    frozen: int | None = None
    lines: int = 1
    compact: bool = False


def read(db: Office, who: str, grid: Grid, view_id: int | None) -> GridLayout:
    """Return the layout of a user's grid under a saved view (None: under none)."""
    own, shared = _content(db, who, grid, view_id), _content(db, who, _EVERY_GRID, None)
    return checked({**own, "compact": shared.get("compact")})


def checked(content: Mapping[str, Any]) -> GridLayout:
    """Return the layout that JSON values describe; a value that makes no sense is left out."""
    widths = content.get("widths")
    frozen, lines = content.get("frozen"), content.get("lines")
    return GridLayout(
        {str(name): min(max(width, _NARROWEST), _WIDEST) for name, width in widths.items() if type(width) is int}
        if isinstance(widths, dict)
        else {},
        frozen if type(frozen) is int and 0 <= frozen < 100 else None,
        lines if type(lines) is int and 1 <= lines <= _MOST_LINES else 1,
        content.get("compact") is True,
    )


def write(db: Office, who: str, grid: Grid, view_id: int | None, layout: GridLayout) -> None:
    """Remember a layout. Raises BusyError, StorageError."""
    own = {"widths": dict(layout.widths), "frozen": layout.frozen, "lines": layout.lines}
    with writing(db):
        _replace(db, who, grid, view_id, own)
        _replace(db, who, _EVERY_GRID, None, {"compact": layout.compact})


def _replace(db: Office, who: str, grid: Grid, view_id: int | None, content: Mapping[str, Any]) -> None:
    key = (who, grid.table, grid.name, view_id)
    db.execute("DELETE FROM grid_layout WHERE who = ? AND table_name = ? AND grid = ? AND view_id IS ?", key)
    sql = "INSERT INTO grid_layout (who, table_name, grid, view_id, content) VALUES (?, ?, ?, ?, ?)"
    db.execute(sql, (*key, json.dumps(content)))


def _content(db: Office, who: str, grid: Grid, view_id: int | None) -> dict[str, Any]:
    sql = "SELECT content FROM grid_layout WHERE who = ? AND table_name = ? AND grid = ? AND view_id IS ?"
    row = db.execute(sql, (who, grid.table, grid.name, view_id)).fetchone()
    content: dict[str, Any] = json.loads(row[0]) if row else {}
    return content
