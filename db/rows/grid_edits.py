"""What is typed or pasted into a grid: each cell is saved, refused with its reason, or shown as a conflict.

One object holds the state of one grid in one browser tab. Cells arrive as text with their row (a negative number for a
line that is not saved yet) and the version that the user was looking at. The browser sends a cell until it is
acknowledged, so that a cell may arrive twice; it is dealt with once. See pages/shared/grid/grid.js for the other half
of the protocol.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from db.base.errors import ConflictError, Difference, FieldError, InvalidError, NotFoundError, PaletteError, Problem
from db.model.fields import Follows, OfficeTable
from db.model.office import Office
from db.model.types import Context, Reference
from db.rows import history, records
from db.rows.records import Edit, Saved


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
    """A text that could not be saved, the reason, and the version that the user was looking at."""

    text: str
    reason: str
    version: int = 0


@dataclass(frozen=True)
class Clash:
    """A cell that a colleague changed meanwhile; the user chooses between both values."""

    row: int
    version: int
    who: str
    difference: Difference


CellKey = tuple[int, str]
"""A cell: row id and field name."""


@dataclass
class Sheet:
    """The state of one grid in one tab. ``fixed``: values of every new line (the person of a file, say)."""

    table: OfficeTable
    fixed: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    id: str = dataclasses.field(default_factory=lambda: token_hex(8))
    """Identifies this object to the browser, which resends unacknowledged cells when it meets another one (after a
    restart)."""
    drafts: dict[int, dict[str, str]] = dataclasses.field(default_factory=dict)
    adopted: dict[int, int] = dataclasses.field(default_factory=dict)
    refused: dict[CellKey, Refused] = dataclasses.field(default_factory=dict)
    clashes: dict[CellKey, Clash] = dataclasses.field(default_factory=dict)
    lost: list[str] = dataclasses.field(default_factory=list)
    """Texts that cannot be saved because their row was deleted."""
    status: str = ""
    _own: dict[CellKey, int] = dataclasses.field(default_factory=dict)
    _done: dict[str, int] = dataclasses.field(default_factory=dict)

    def done(self, tab: str) -> int:
        """Return the number of the last cell of that tab that was dealt with."""
        return self._done.get(tab, 0)

    @property
    def next_draft(self) -> int:
        """Return the row number of the empty line at the bottom; never one that was used, or an edit would reach
        another row."""
        return min((*self.drafts, *self.adopted), default=0) - 1

    def apply(self, db: Office, tab: str, cells: Iterable[Cell], who: str) -> None:
        """Save what can be saved. A cell is dealt with once, however often it is sent."""
        new = [cell for cell in cells if cell.number > self.done(tab)]
        if not new:
            return
        self.status, self.lost = "", []
        context = records.context(db)
        moved = [self._adopt(cell) for cell in new]
        self._apply_rows(db, [cell for cell in moved if cell.row > 0], context, who)
        self._apply_drafts(db, [cell for cell in moved if cell.row < 0], context, who)
        self._done[tab] = max(cell.number for cell in new)

    def _adopt(self, cell: Cell) -> Cell:
        """Return the cell addressed to the saved row, if it was typed while its new line was being saved."""
        row = self.adopted.get(cell.row, cell.row)
        return cell if row == cell.row else replace(cell, row=row, version=1)

    def _read(self, db: Office, cell: Cell, context: Context) -> Any:
        field = self.table.field(cell.field)
        if not cell.text.strip():
            if field.required:
                raise FieldError("ce champ est obligatoire")
            return None
        try:
            return field.type.read(cell.text, context)
        except FieldError:
            if isinstance(field.type, Reference):  # the beginning of a name is enough when only one begins so
                matches = records.suggestions(db, db.tables[field.type.table], cell.text, context, limit=2)
                if len(matches) == 1:
                    return matches[0][0]
            raise

    # ---- rows of the file

    def _apply_rows(self, db: Office, cells: list[Cell], context: Context, who: str) -> None:
        latest = {(cell.row, cell.field): cell for cell in cells}
        for key in latest:
            self.clashes.pop(key, None)
        read: list[tuple[Cell, Any]] = []
        for cell in [*latest.values(), *self._waiting(db, latest)]:
            try:
                read.append((cell, self._read(db, cell, context)))
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

    def _waiting(self, db: Office, latest: Mapping[CellKey, Cell]) -> list[Cell]:
        """Return refused cells of the same rows, to try again: some values are valid only together."""
        retried = []
        for cell in {cell.row: cell for cell in latest.values()}.values():
            for (row, name), refused in self.refused.items():
                if row == cell.row and (row, name) not in latest:
                    changed = history.changed_since(db, self.table.name, row, refused.version)
                    version = refused.version if name in changed else max(cell.version, refused.version)
                    retried.append(Cell(0, row, version, name, refused.text))
        return retried

    def _edits(self, read: list[tuple[Cell, Any]]) -> list[tuple[list[Cell], Edit]]:
        """Return one edit for each row and version. A user who changes a value again has seen the own change, and only
        that."""
        groups: dict[tuple[int, int], list[tuple[Cell, Any]]] = {}
        for cell, value in read:
            version = max(cell.version, self._own.get((cell.row, cell.field), 0))
            groups.setdefault((cell.row, version), []).append((cell, value))
        return [
            ([cell for cell, _ in group], Edit({cell.field: value for cell, value in group}, row, version))
            for (row, version), group in groups.items()
        ]

    def _save_row(self, db: Office, cells: list[Cell], edit: Edit, who: str) -> None:
        """Save one row. Wrong cells are set aside with their reasons; the others are saved without them."""
        try:
            self._keep(cells, records.save(db, self.table, edit, who))
        except NotFoundError as error:
            self.lost += [f"« {cell.text} » : {error}" for cell in cells]
        except ConflictError as error:
            for difference in error.differences:
                self.clashes[error.row_id, difference.field] = Clash(error.row_id, error.version, error.who, difference)
            self._save_others(db, cells, edit, {difference.field for difference in error.differences}, who)
        except PaletteError as error:
            named = {problem.field for problem in error.problems} if isinstance(error, InvalidError) else set()
            wrong = [cell for cell in cells if cell.field in named] or (cells if len(cells) == 1 else [])
            for cell in wrong:
                self._refuse(cell, _reason(error, cell.field))
            self._save_others(db, cells, edit, {cell.field for cell in wrong}, who)

    def _save_others(self, db: Office, cells: list[Cell], edit: Edit, wrong: set[str], who: str) -> None:
        """Save what is left without the wrong cells; one by one when it is not known which are wrong."""
        rest = [cell for cell in cells if cell.field not in wrong]
        for group in [rest] if wrong and rest else [[cell] for cell in rest]:
            values = {cell.field: edit.values[cell.field] for cell in group}
            self._save_row(db, group, Edit(values, edit.row_id, edit.version), who)

    def _keep(self, cells: list[Cell], saved: Saved) -> None:
        for cell in cells:
            self._own[saved.row_id, cell.field] = saved.version
            self.refused.pop((cell.row, cell.field), None)
        self._say_saved()

    def _say_saved(self) -> None:
        self.status = f"Enregistré à {datetime.now():%H:%M:%S}"

    def _refuse(self, cell: Cell, reason: str) -> None:
        self.refused[cell.row, cell.field] = Refused(cell.text, reason, cell.version)

    # ---- lines that are not in the file yet

    def _apply_drafts(self, db: Office, cells: list[Cell], context: Context, who: str) -> None:
        for cell in cells:
            self.drafts.setdefault(cell.row, {})[cell.field] = cell.text
        for row in sorted({cell.row for cell in cells}, reverse=True):
            self._forget_refused(row)
            if any(text.strip() for text in self.drafts[row].values()):
                self._save_draft(db, row, context, who)
            else:
                del self.drafts[row]

    def _save_draft(self, db: Office, row: int, context: Context, who: str) -> None:
        values = {**records.defaults(self.table), **self.fixed}
        for name, text in self.drafts[row].items():
            try:
                values[name] = self._read(db, Cell(0, row, 0, name, text), context) if text.strip() else None
            except FieldError as error:
                self.refused[row, name] = Refused(text, str(error))
        values = self.table.with_following(values)
        if any(key[0] == row for key in self.refused) or self.missing(row, values):
            return
        try:
            saved = records.save(db, self.table, Edit(values), who)
        except InvalidError as error:
            for problem in error.problems:
                self.refused[row, problem.field] = Refused(self.drafts[row].get(problem.field, ""), problem.reason)
        except PaletteError as error:
            self.lost.append(str(error))
        else:
            self.adopted[row] = saved.row_id
            del self.drafts[row]
            self._own |= {(saved.row_id, name): saved.version for name in values}
            self._say_saved()

    def missing(self, row: int, values: Mapping[str, Any] | None = None) -> list[str]:
        """Return the labels of the required fields that a new line still lacks."""
        have = {**records.defaults(self.table), **self.fixed, **self.drafts.get(row, {})} if values is None else values
        return [
            field.label
            for field in self.table.fields
            if field.required and not isinstance(field.default, Follows) and have.get(field.name) in (None, "")
        ]

    # ---- what the person decides

    def settle(self, db: Office, key: CellKey, mine: bool, who: str) -> None:
        """End a clash: write the user's value over the colleague's, or drop it."""
        clash = self.clashes.pop(key)
        if mine:
            cell = Cell(0, clash.row, clash.version, key[1], clash.difference.mine_text)
            self._save_row(db, [cell], Edit({key[1]: clash.difference.mine}, clash.row, clash.version), who)

    def forget(self, key: CellKey) -> None:
        """Drop a refused text: the cell shows the stored value again."""
        self.refused.pop(key, None)
        row, name = key
        if row in self.drafts:
            self.drafts[row].pop(name, None)
            if not self.drafts[row]:
                self.forget_draft(row)

    def forget_draft(self, row: int) -> None:
        """Drop a line that was not saved; its number is never reused."""
        self.drafts.pop(row, None)
        self._forget_refused(row)
        self.adopted.setdefault(row, row)

    def _forget_refused(self, row: int) -> None:
        self.refused = {key: cell for key, cell in self.refused.items() if key[0] != row}

    def problems(self, lines: Mapping[int, int]) -> list[tuple[CellKey, Problem]]:
        """Return every refused cell as a sentence. ``lines``: row -> line number on the screen."""
        return [
            (key, Problem(_message(cell), self.table.field(key[1]).label, key[1], lines.get(key[0])))
            for key, cell in self.refused.items()
        ]


def _message(cell: Refused) -> str:
    return cell.reason if not cell.text or f"« {cell.text} »" in cell.reason else f"« {cell.text} » : {cell.reason}"


def _reason(error: PaletteError, name: str) -> str:
    """Return the reason to show beside a cell: that of its own field when the error has one."""
    if isinstance(error, InvalidError):
        own = [problem for problem in error.problems if problem.field == name]
        return (
            own[0].reason
            if own
            else "; ".join(f"{p.label} : {p.reason}" if p.label else p.reason for p in error.problems)
        )
    return str(error)
