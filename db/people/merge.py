"""Merge two persons' files in one operation. What is not kept is marked as deleted, and undo restores it."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from db.base import instants
from db.base.errors import CeilingError, ConflictError, PaletteError, Problem, RuleError
from db.model import domain_rules
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import References
from db.people import duplicates
from db.people.merge_preview import BOTH, KEEP, MergeClash, RowKey, SideBySide, children, look, referred
from db.rows import history, records
from db.rows.records import Edit, Row
from db.rows.rule_errors import refusals
from db.rows.transactions import rehearsing, writing
from db.storage import ddl


@dataclasses.dataclass(frozen=True)
class MergeChoices:
    """What the user chose. ``values``: to write over the kept person's; ``sides``: key of a clash -> what is kept."""

    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sides: Mapping[RowKey, str] = dataclasses.field(default_factory=dict)
    reason: str = ""
    """Why the ceiling of aids may be exceeded, where the two files together exceed it."""


@dataclasses.dataclass(frozen=True)
class Rehearsal:
    """What the file would refuse, as French sentences. ``ceiling``: the one that a written reason answers, or ''."""

    problems: tuple[str, ...]
    ceiling: str


def rehearse(db: Office, keep_id: int, gone_id: int, choices: MergeChoices, who: str) -> Rehearsal:
    """Return what the file would refuse of a merge; write nothing. Raises NotFoundError, InvalidError, BusyError."""
    with rehearsing(db):
        work = _Merge(db, look(db, keep_id, gone_id), choices, who, rehearsal=True)
        work.do()
    return Rehearsal(tuple(dict.fromkeys(work.problems)), work.ceiling)


def merge(
    db: Office, keep_id: int, gone_id: int, choices: MergeChoices, versions: Mapping[RowKey, int], who: str
) -> None:
    """Merge the file of ``gone_id`` into that of ``keep_id`` as one operation.

    ``versions``: those of the SideBySide that was shown. Raises ConflictError when a colleague changed either file
    since, RuleError, CeilingError without a reason, InvalidError, NotFoundError, BusyError.
    """
    with writing(db):
        now = look(db, keep_id, gone_id)
        _refuse_changed(db, now.versions, versions)
        _Merge(db, now, choices, who).do()
        duplicates.note_merged(db, keep_id, gone_id, who)


def _refuse_changed(db: Office, now: Mapping[RowKey, int], seen: Mapping[RowKey, int]) -> None:
    for table, row_id in sorted({*now, *seen}):
        version = seen.get((table, row_id), 0)
        if now.get((table, row_id)) != version:
            since = history.changed_since(db, table, row_id, version)
            by = next(iter(since.values()), "") or _last_by(db, table, row_id)
            raise ConflictError(row_id, now.get((table, row_id), 0), by, [])


def _last_by(db: Office, table: str, row_id: int) -> str:
    sql = "SELECT who FROM history WHERE table_name = ? AND row_id = ? ORDER BY id DESC LIMIT 1"
    row = db.execute(sql, (table, row_id)).fetchone()
    return row[0] if row else "Un autre programme"


class _Merge:
    """The steps of one merge, within a transaction."""

    def __init__(self, db: Office, seen: SideBySide, choices: MergeChoices, who: str, rehearsal: bool = False) -> None:
        self.db, self.seen, self.choices, self.who, self.rehearsal = db, seen, choices, who, rehearsal
        self.problems: list[str] = []
        self.ceiling = ""
        self._instead = dict(seen.twins)
        self._also: dict[RowKey, dict[str, Any]] = {}
        self._away: list[RowKey] = list(seen.twins)
        for clash in seen.clashes:
            self._settle(clash, choices.sides.get(clash.key, clash.usual))

    def _settle(self, clash: MergeClash, side: str) -> None:
        lost = clash.loses(side)
        self._away += [(clash.table, row_id) for row_id in lost]
        losing = (clash.keep if side == KEEP else clash.gone)[0]
        self._instead |= {(clash.table, row_id): (clash.table, losing) for row_id in lost}
        if side == BOTH and clash.both:
            row_id, values = clash.both
            self._also[clash.table, row_id] = values

    def do(self) -> None:
        """Run all steps, in an order that the file's rules allow."""
        before = self._broken()
        # Another moment than the person's: bringing her back must not bring these along before their turn.
        moment = instants.now().replace("Z", "001Z")
        for name, row_id in self._away:
            records.set_deleted(self.db, self._table(name), row_id, moment, self.who)
        for table in children(self.db):
            mine, theirs = self.seen.rows[table.name]
            self._move(table, mine, self._shortened)
            self._move(table, theirs, self._moved)
            self._move(table, mine, self._referring)
        self._rename()
        self._write_person()
        records.set_deleted(self.db, self.db.tables["person"], self.seen.gone.id, instants.now(), self.who)
        for problem in self._broken() - before:
            with self._recording():
                raise RuleError([Problem(problem[2], problem[1])])

    def _table(self, name: str) -> OfficeTable:
        return self.db.tables[name]

    @contextmanager
    def _recording(self, title: str = "") -> Iterator[None]:
        """In a rehearsal, record what is refused and go on."""
        try:
            yield
        except PaletteError as error:
            if not self.rehearsal:
                raise
            self.problems.append(f"{title} : {error}" if title else str(error))

    def _move(self, table: OfficeTable, rows: list[Row], changes: Callable[[OfficeTable, Row], dict[str, Any]]) -> None:
        for row in rows:
            values = {} if (table.name, row.id) in self._away else changes(table, row)
            if values:
                with self._recording(_title(self.db, table, row)):
                    self._write(table, row, values)

    def _shortened(self, table: OfficeTable, row: Row) -> dict[str, Any]:
        """Return the changes of a row that let another stand beside it."""
        return self._also.get((table.name, row.id), {})

    def _moved(self, table: OfficeTable, row: Row) -> dict[str, Any]:
        """Return the values of a row that moves to the kept person."""
        return {**self._referring(table, row), **self._shortened(table, row), "person_id": self.seen.keep.id}

    def _referring(self, table: OfficeTable, row: Row) -> dict[str, Any]:
        """Return a row's references, with those to rows put away replaced."""
        changed = {}
        for field in table.fields:
            value = row.values[field.name]
            instead = referred(field, value, self._instead)
            if instead != value:
                changed[field.name] = None if (field.target, instead) == (table.name, row.id) else instead
        return changed

    def _write(self, table: OfficeTable, row: Row, values: dict[str, Any]) -> None:
        try:
            self._try(table, row, values)
        except CeilingError as error:
            self.ceiling = self.ceiling or error.problems[0].reason
            reason = self.choices.reason.strip() or ("…" if self.rehearsal else "")
            if not reason:
                raise
            self._try(table, row, {**values, "override_reason": reason})

    def _try(self, table: OfficeTable, row: Row, values: Mapping[str, Any]) -> None:
        with refusals(self.db, table, {**row.values, **values}, row.id, None):
            records.write(self.db, table, row.id, values, self.who)

    def _rename(self) -> None:
        """Replace the other person's number wherever a row refers to it."""
        keep, gone = self.seen.keep.id, self.seen.gone.id
        for table, field, row in self.seen.listed:
            value = records.stored(self.db, table, row.id).values[field.name]
            if isinstance(field.type, References):
                value = tuple(dict.fromkeys(keep if one == gone else one for one in value or ()))
            else:
                value = keep
            with self._recording(_title(self.db, table, row)):
                self._try(table, row, {field.name: value})

    def _write_person(self) -> None:
        keep = self.seen.keep
        if self.choices.values:
            with self._recording():
                records.save_within(
                    self.db, self.db.tables["person"], [Edit(self.choices.values, keep.id, keep.version)], self.who
                )

    def _broken(self) -> set[tuple[str, str, str]]:
        """Return (row, label, sentence) of every rule that a row of the two files breaks; some rules look at other
        rows."""
        broken = set()
        for table in children(self.db):
            for rule in ddl.rules_of(table):
                spared = domain_rules.CEILING_WAS_OVERRIDDEN if (table.name, rule.name) == ("aid", "ceiling") else "0"
                sql = f"""SELECT NEW.id FROM "{table.name}" AS NEW WHERE NEW.person_id IN (?, ?)
                  AND NEW.deleted_at IS NULL AND ({rule.refused_when}) AND NOT {spared}"""
                ids = self.db.execute(sql, (self.seen.keep.id, self.seen.gone.id)).fetchall()
                broken |= {(f"{table.name}:{row[0]}", table.field(rule.field).label, rule.sentence) for row in ids}
        return broken


def _title(db: Office, table: OfficeTable, row: Row) -> str:
    title = records.context(db).title(table.name, row.id)
    return title if title.startswith(table.label) else f"{table.label} {title}"
