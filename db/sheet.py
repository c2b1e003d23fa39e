"""What is typed or pasted into a grid, kept safe: every cell is saved, refused with its reason, or shown as a conflict.

A sheet belongs to one tab of one person. Cells arrive as text, with the row (a negative number for a line not saved
yet) and the version the person was looking at; see pages/shared/grid.js for the other half of the protocol.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from db import records
from db.connection import Database
from db.errors import ConflictError, Difference, FieldError, InvalidError, NotFoundError, PaletteError, Problem
from db.fields import Table
from db.records import Edit, Saved
from db.types import Context


@dataclass(frozen=True)
class Cell:
    """One cell as it was typed. ``number`` grows within one tab."""

    number: int
    row: int
    version: int
    field: str
    text: str


@dataclass(frozen=True)
class Refused:
    """A text that could not be saved, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Clash:
    """A cell that a colleague changed meanwhile: both values are there to choose from."""

    row: int
    version: int
    who: str
    difference: Difference


@dataclass
class Sheet:
    """The state of one grid in one tab. ``fixed``: values every new line starts with (the person of a file, say)."""

    table: Table
    fixed: Mapping[str, Any] = field(default_factory=dict)
    drafts: dict[int, dict[str, str]] = field(default_factory=dict)
    adopted: dict[int, int] = field(default_factory=dict)
    refused: dict[tuple[int, str], Refused] = field(default_factory=dict)
    clashes: dict[tuple[int, str], Clash] = field(default_factory=dict)
    status: str = ""
    _own: dict[tuple[int, str], int] = field(default_factory=dict)
    _done: dict[str, int] = field(default_factory=dict)

    def done(self, tab: str) -> int:
        """The number of the last cell of that tab that was dealt with."""
        return self._done.get(tab, 0)

    @property
    def next_draft(self) -> int:
        """The number of the empty line at the bottom."""
        return min(self.drafts, default=0) - 1

    def apply(self, db: Database, tab: str, cells: Iterable[Cell], who: str) -> None:
        """Save what can be saved. A cell that was dealt with is not dealt with twice, however often it is sent."""
        new = [cell for cell in cells if cell.number > self.done(tab)]
        if not new:
            return
        self.status = ""
        known = records.context(db)
        moved = [self._adopt(cell) for cell in new]
        self._apply_rows(db, [cell for cell in moved if cell.row > 0], known, who)
        self._apply_drafts(db, [cell for cell in moved if cell.row < 0], known, who)
        self._done[tab] = max(cell.number for cell in new)

    def _adopt(self, cell: Cell) -> Cell:
        row = self.adopted.get(cell.row, cell.row)
        return cell if row == cell.row else Cell(cell.number, row, 1, cell.field, cell.text)

    # ---- rows of the file

    def _apply_rows(self, db: Database, cells: list[Cell], known: Context, who: str) -> None:
        read: list[tuple[Cell, Any]] = []
        for cell in {(c.row, c.field): c for c in cells}.values():
            try:
                read.append((cell, self._read(cell, known)))
            except FieldError as error:
                self._refuse(cell, str(error))
        edits = self._edits(read)
        try:
            saved = records.save_all(db, self.table, [edit for _, edit in edits], who) if edits else []
        except PaletteError:
            for group, edit in edits:
                self._save_row(db, group, edit, who)
        else:
            for (group, _), row in zip(edits, saved, strict=True):
                self._keep(group, row)

    def _read(self, cell: Cell, known: Context) -> Any:
        item = self.table.field(cell.field)
        value = item.type.read(cell.text, known) if cell.text.strip() else None
        if value is None and item.required:
            raise FieldError("ce champ est obligatoire")
        return value

    def _edits(self, read: list[tuple[Cell, Any]]) -> list[tuple[list[Cell], Edit]]:
        """One edit a row and version: a person who changes her own change has seen it, and only that."""
        groups: dict[tuple[int, int], list[tuple[Cell, Any]]] = {}
        for cell, value in read:
            version = max(cell.version, self._own.get((cell.row, cell.field), 0))
            groups.setdefault((cell.row, version), []).append((cell, value))
        return [
            ([cell for cell, _ in group], Edit({cell.field: value for cell, value in group}, row, version))
            for (row, version), group in groups.items()
        ]

    def _save_row(self, db: Database, cells: list[Cell], edit: Edit, who: str) -> None:
        """One row; when it is refused as a whole, each of its cells by itself, so that only the wrong one waits."""
        try:
            self._keep(cells, records.save(db, self.table, edit, who))
        except NotFoundError as error:
            self.status = str(error)
        except PaletteError as error:
            if len(cells) > 1:
                for cell in cells:
                    self._save_row(
                        db, [cell], Edit({cell.field: edit.values[cell.field]}, edit.row_id, edit.version), who
                    )
            elif isinstance(error, ConflictError):
                key = (cells[0].row, cells[0].field)
                self.clashes[key] = Clash(error.row_id, error.version, error.who, error.differences[0])
            else:
                self._refuse(cells[0], _reason(error, cells[0].field))

    def _keep(self, cells: list[Cell], saved: Saved) -> None:
        for cell in cells:
            self._own[saved.row_id, cell.field] = saved.version
            self.refused.pop((cell.row, cell.field), None)
            self.clashes.pop((cell.row, cell.field), None)
        self._say_saved()

    def _say_saved(self) -> None:
        self.status = f"Enregistré à {datetime.now():%H:%M:%S}"

    def _refuse(self, cell: Cell, reason: str) -> None:
        self.refused[cell.row, cell.field] = Refused(cell.text, reason)

    # ---- lines that are not in the file yet

    def _apply_drafts(self, db: Database, cells: list[Cell], known: Context, who: str) -> None:
        for cell in cells:
            self.drafts.setdefault(cell.row, {})[cell.field] = cell.text
            self.refused.pop((cell.row, cell.field), None)
        for row in sorted({cell.row for cell in cells}, reverse=True):
            if not any(text.strip() for text in self.drafts[row].values()):
                del self.drafts[row]
            else:
                self._save_draft(db, row, known, who)

    def _save_draft(self, db: Database, row: int, known: Context, who: str) -> None:
        values = {**records.defaults(self.table), **self.fixed}
        for name, text in self.drafts[row].items():
            try:
                values[name] = self.table.field(name).type.read(text, known) if text.strip() else None
            except FieldError as error:
                self.refused[row, name] = Refused(text, str(error))
        if any(key[0] == row for key in self.refused) or self.missing(row, values):
            return
        try:
            saved = records.save(db, self.table, Edit(values), who)
        except InvalidError as error:
            for problem in error.problems:
                self.refused[row, problem.field] = Refused(self.drafts[row].get(problem.field, ""), problem.reason)
        except PaletteError as error:
            self.status = str(error)
        else:
            self.adopted[row] = saved.row_id
            del self.drafts[row]
            self._own |= {(saved.row_id, name): saved.version for name in values}
            self._say_saved()

    def missing(self, row: int, values: Mapping[str, Any] | None = None) -> list[str]:
        """The labels a new line still waits for before it can be saved."""
        have = {**records.defaults(self.table), **self.fixed, **self.drafts.get(row, {})} if values is None else values
        return [item.label for item in self.table.fields if item.required and have.get(item.name) in (None, "")]

    # ---- what the person decides

    def settle(self, db: Database, key: tuple[int, str], mine: bool, who: str) -> None:
        """End a clash: write my value over my colleague's, knowingly, or leave hers."""
        clash = self.clashes.pop(key)
        if mine:
            cell = Cell(0, clash.row, clash.version, key[1], clash.difference.mine_text)
            self._save_row(db, [cell], Edit({key[1]: clash.difference.mine}, clash.row, clash.version), who)

    def forget(self, key: tuple[int, str]) -> None:
        """Give a refused text up: the cell shows what is in the file again."""
        self.refused.pop(key, None)
        if key[0] in self.drafts:
            self.drafts[key[0]].pop(key[1], None)
            if not self.drafts[key[0]]:
                del self.drafts[key[0]]

    def problems(self, lines: Mapping[int, int]) -> list[tuple[tuple[int, str], Problem]]:
        """Every refused cell, in words. ``lines``: row -> the line number on the screen."""
        return [
            (
                key,
                Problem(
                    f"« {cell.text} » : {cell.reason}" if cell.text not in cell.reason else cell.reason,
                    self.table.field(key[1]).label,
                    key[1],
                    lines.get(key[0]),
                ),
            )
            for key, cell in self.refused.items()
        ]


def _reason(error: PaletteError, name: str) -> str:
    """The sentence to show beside a cell: of its own field when the error has one."""
    if isinstance(error, InvalidError):
        own = [problem for problem in error.problems if problem.field == name]
        return (
            own[0].reason
            if own
            else "; ".join(f"{p.label} : {p.reason}" if p.label else p.reason for p in error.problems)
        )
    return str(error)
