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
from db.rows.transactions import savepoint, writing


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
RowEdit = tuple[list[Cell], Edit]
"""The cells of one row that are written together, and what they write."""


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
    touched: set[int] = dataclasses.field(default_factory=set)
    """Rows that this tab wrote: a grid of many rows looks at these for what no longer fits its filters."""
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
        last = max(cell.number for cell in new)
        names = {field.name for field in self.table.fields}
        gone = [cell for cell in new if cell.field not in names]  # removed by an administrator since
        self.status, self.lost = "", [f"« {cell.text} » : ce champ n’existe plus" for cell in gone]
        new = [cell for cell in new if cell.field in names]
        context = records.context(db)
        moved = [self._adopt(cell) for cell in new]
        edits = self._edits(self._read_rows(db, [cell for cell in moved if cell.row > 0], context))
        lines = self._read_lines(db, [cell for cell in moved if cell.row < 0], context)
        self._write(db, edits, lines, who)
        self._done[tab] = last

    def _write(self, db: Office, edits: list[RowEdit], lines: Mapping[int, dict[str, Any]], who: str) -> None:
        """Write rows and new lines as one operation, which is undone as a whole. What is wrong is set aside with its
        reason; the rest is written without it."""
        if not edits and not lines:
            return
        saved: list[tuple[list[Cell], Saved]] = []
        added: list[tuple[int, Saved]] = []
        try:
            with writing(db):
                context = records.context(db)
                for cells, edit in edits:
                    saved += self._save_row(db, cells, edit, context, who)
                for line, values in lines.items():
                    added += self._save_line(db, line, values, context, who)
        except PaletteError as error:  # the file is held by another program, or the disk fails: nothing was written
            for cells, _ in edits:
                for cell in cells:
                    self._refuse(cell, str(error))
            self.lost += [str(error)] * bool(lines)
            return
        for cells, row in saved:
            for cell in cells:
                self._own[row.row_id, cell.field] = row.version
                self.refused.pop((cell.row, cell.field), None)
        for line, row in added:
            self.adopted[line] = row.row_id
            del self.drafts[line]
            self._own |= {(row.row_id, name): row.version for name in lines[line]}
        self.touched |= {row.row_id for _, row in [*saved, *added]}
        if saved or added:
            self.status = f"Enregistré à {datetime.now():%H:%M:%S}"

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

    def _read_rows(self, db: Office, cells: list[Cell], context: Context) -> list[tuple[Cell, Any]]:
        """Return the cells that can be read, each with its value, refused ones of the same rows included."""
        latest = {(cell.row, cell.field): cell for cell in cells}
        for key in latest:
            self.clashes.pop(key, None)
        read: list[tuple[Cell, Any]] = []
        for cell in [*latest.values(), *self._waiting(db, latest)]:
            try:
                read.append((cell, self._read(db, cell, context)))
            except FieldError as error:
                self._refuse(cell, str(error))
        return read

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

    def _edits(self, read: list[tuple[Cell, Any]]) -> list[RowEdit]:
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

    def _save_row(
        self, db: Office, cells: list[Cell], edit: Edit, context: Context, who: str
    ) -> list[tuple[list[Cell], Saved]]:
        """Save one row. Wrong cells are set aside with their reasons; the others are saved without them."""
        try:
            with savepoint(db):
                return [(cells, records.save_within(db, self.table, [edit], who, context)[0])]
        except NotFoundError as error:
            self.lost += [f"« {cell.text} » : {error}" for cell in cells]
            return []
        except ConflictError as error:
            for difference in error.differences:
                self.clashes[error.row_id, difference.field] = Clash(error.row_id, error.version, error.who, difference)
            wrong = {difference.field for difference in error.differences}
        except InvalidError as error:
            named = {problem.field for problem in error.problems}
            refused = [cell for cell in cells if cell.field in named] or (cells if len(cells) == 1 else [])
            for cell in refused:
                self._refuse(cell, _reason(error, cell.field))
            wrong = {cell.field for cell in refused}
        return self._save_others(db, cells, edit, wrong, context, who)

    def _save_others(
        self, db: Office, cells: list[Cell], edit: Edit, wrong: set[str], context: Context, who: str
    ) -> list[tuple[list[Cell], Saved]]:
        """Save what is left without the wrong cells; one by one when it is not known which are wrong."""
        rest = [cell for cell in cells if cell.field not in wrong]
        saved = []
        for group in [rest] if wrong and rest else [[cell] for cell in rest]:
            values = {cell.field: edit.values[cell.field] for cell in group}
            saved += self._save_row(db, group, Edit(values, edit.row_id, edit.version), context, who)
        return saved

    def _refuse(self, cell: Cell, reason: str) -> None:
        self.refused[cell.row, cell.field] = Refused(cell.text, reason, cell.version)

    # ---- lines that are not in the file yet

    def _read_lines(self, db: Office, cells: list[Cell], context: Context) -> dict[int, dict[str, Any]]:
        """Keep the cells of new lines. Returns the values of the lines that can be saved, by their number."""
        for cell in cells:
            self.drafts.setdefault(cell.row, {})[cell.field] = cell.text
        complete = {}
        for line in sorted({cell.row for cell in cells}, reverse=True):
            self._forget_refused(line)
            if not any(text.strip() for text in self.drafts[line].values()):
                del self.drafts[line]
                continue
            values = self._line_values(db, line, context)
            if not any(row == line for row, _ in self.refused) and not self.missing(line, values):
                complete[line] = values
        return complete

    def _line_values(self, db: Office, line: int, context: Context) -> dict[str, Any]:
        values = {**records.defaults(self.table), **self.fixed}
        for name, text in self.drafts[line].items():
            try:
                values[name] = self._read(db, Cell(0, line, 0, name, text), context) if text.strip() else None
            except FieldError as error:
                self.refused[line, name] = Refused(text, str(error))
        return self.table.with_following(values)

    def _save_line(
        self, db: Office, line: int, values: dict[str, Any], context: Context, who: str
    ) -> list[tuple[int, Saved]]:
        try:
            with savepoint(db):
                return [(line, records.save_within(db, self.table, [Edit(values)], who, context)[0])]
        except InvalidError as error:
            for problem in error.problems:
                self.refused[line, problem.field] = Refused(self.drafts[line].get(problem.field, ""), problem.reason)
        return []

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
            self._write(db, [([cell], Edit({key[1]: clash.difference.mine}, clash.row, clash.version))], {}, who)

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
            for key, cell in list(self.refused.items())
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
