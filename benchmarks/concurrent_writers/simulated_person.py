"""One simulated person: random gestures on grid, forms and screens, and the saves acknowledged to the person."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from db.base.errors import ConflictError, NotFoundError, PaletteError, RuleError, UndoError
from db.figures import counting
from db.model.dictionary import AID, EXIT, INTERVENTION, PERSON, STAGE, TABLES
from db.model.effective_dictionary import DECLARED
from db.model.fields import Field, OfficeTable
from db.model.roles import Role
from db.model.types import Choice, Date, Euros, Integer, Phone
from db.rows import history, operations, records, undo
from db.rows.grid_edits import Cell, CellKey, Sheet
from db.rows.queries import Query
from db.rows.records import Edit, Row
from db.storage import connection

SEED = 20
PACE = (1.0, 3.0)
"""Range of seconds that a person reads and types before each gesture and each save."""
_EXPECTED_ERRORS = (RuleError, ConflictError, UndoError, NotFoundError)
"""Errors that a person may meet without any fault; NotFoundError: a colleague deleted the row meanwhile."""
_EDITED_FIELDS: dict[str, tuple[str, ...]] = {
    "person": ("craft", "town", "note", "phone", "birth_date", "gender", "domain", "household", "education"),
    "intervention": ("note", "minutes", "kind", "domain"),
    "aid": ("note", "granted"),
    "stage": ("note", "ends_on"),
}
COMMON_FIELD, RIVAL_FIELDS = "craft", ("town", "artist_name")
"""The field that both rivals on one row write, and those that only one of them writes."""

T = TypeVar("T")
Values = dict[str, Any]


@dataclass(frozen=True)
class AcknowledgedSave:
    """One save acknowledged to a person: of values, or a deletion (``deleted``), or the undo of an operation.

    ``version``: the version of the row after the save; ``seen``: the version that the person read, 0 for a new row.
    """

    who: str
    table: OfficeTable
    row: int
    seen: int
    version: int
    values: Values = field(default_factory=dict)
    deleted: bool = False
    undoes: int = 0


class SimulatedPerson:
    """One simulated person. ``rival``: 0 or 1 for the two who always edit the same row, otherwise None.

    ``save_times``, ``read_times``: in milliseconds. ``refusals``: counts of expected errors. ``errors``: all others.
    """

    def __init__(self, number: int, pace: tuple[float, float], rival: int | None = None) -> None:
        self.name, self.rival, self.pace = f"Personne {number}", rival, pace
        self.random, self.numbers = Random(f"{SEED} {number}"), count(1)
        self.sheets = {name: Sheet(DECLARED.tables[name]) for name in _EDITED_FIELDS}
        self.acknowledged: list[AcknowledgedSave] = []
        self.save_times: list[float] = []
        self.read_times: list[float] = []
        self.refusals: Counter[str] = Counter()
        self.errors: list[str] = []

    def work(self, start: threading.Barrier, seconds: float, gestures: int) -> None:
        """Do gestures until the time is over, at most ``gestures`` of them. An unexpected exception ends the work."""
        self.db = connection.thread_office(frozenset({Role.AGENT}))
        self.known = records.context(self.db)
        self.people = records.page_ids(self.db, self.db.tables["person"], Query(size=10_000))
        start.wait()
        until = time.perf_counter() + seconds
        for _ in range(gestures):
            self._pause()
            if time.perf_counter() > until:
                return
            try:
                self._gesture()()
            except _EXPECTED_ERRORS as error:
                self.refusals[type(error).__name__] += 1
            except PaletteError as error:
                self.errors.append(f"{self.name} : {error!r}")

    def _gesture(self) -> Callable[[], None]:
        if self.rival is not None:
            return self._write_on_the_same_row
        gestures = {
            self._edit_grid: 5, self._add_line: 2, self._edit_form: 3, self._grant: 3, self._note_exit: 1,
            self._delete: 2, self._undo: 2, self._look: 4, self._open_file: 3, self._read_day: 2, self._search: 2,
        }  # fmt: skip
        return self.random.choices(list(gestures), list(gestures.values()))[0]

    def _pause(self) -> None:
        time.sleep(self.random.uniform(*self.pace))

    def _timed(self, times: list[float], ask: Callable[[], T]) -> T:
        start = time.perf_counter()
        try:
            return ask()
        finally:
            times.append((time.perf_counter() - start) * 1000)

    def _value(self, item: Field, row: Row | None = None) -> Any:
        """Return a value for a field, different from the current one of ``row``."""
        number = next(self.numbers)
        match item.type:
            case Choice(list=values):
                codes = self.known.labels[values.name].keys() - self.known.retired[values.name]
                return self.random.choice(sorted(codes - {row.values[item.name] if row else None}))
            case Date():
                first = row.values.get("starts_on", "1950-01-01") if row else records.today()
                return (date.fromisoformat(first) + timedelta(self.random.randint(30, 900))).isoformat()
            case Phone():
                return f"+3361{int(self.name.split()[1]):02}{number:05}"
            case Euros():
                return self.random.randint(10_00, 500_00)
            case Integer():
                return self.random.randint(1, 1_000)
        return f"{self.name} essai {number}"

    # ---- reading, as the screens do

    def _read(self, ask: Callable[[], T]) -> T:
        return self._timed(self.read_times, ask)

    def _page(self, table: OfficeTable, search: str = "") -> list[Row]:
        sort = self.random.choice(((), (f"-{self.random.choice(table.columns).name}",)))
        query = Query(search=search, sort=sort, page=1 if search else self.random.randint(1, 4), today=records.today())
        return self._read(lambda: records.read(self.db, table, query)).rows

    def _look(self) -> None:
        self._page(self.random.choice(list(self.db.files.values())))

    def _search(self) -> None:
        words = ("ma", "marie", "cahors", "essai", "personne 3")
        self._page(self.db.tables[self.random.choice(("person", "intervention"))], self.random.choice(words))

    def _read_day(self) -> None:
        self._read(lambda: counting.summary(self.db, records.today()))

    def _open_file(self) -> None:
        person = self.random.choice(self.people)

        def read_all() -> None:
            for table in TABLES.values():
                if table.belongs_to_person:
                    records.of_person(self.db, self.db.tables[table.name], person)
            history.of_person(self.db, person, records.context(self.db))

        self._read(read_all)

    # ---- the grid

    def _edit_grid(self) -> None:
        """Edit one to three cells of one or two rows of a page, sent together."""
        table = self.random.choice([PERSON, PERSON, INTERVENTION, AID, STAGE])
        page = self._page(DECLARED.tables[table.name])
        typed: dict[CellKey, tuple[int, Any]] = {}
        for row in self.random.sample(page, min(len(page), self.random.randint(1, 2))):
            for name in self.random.sample(
                _EDITED_FIELDS[table.name], min(len(_EDITED_FIELDS[table.name]), self.random.randint(1, 3))
            ):
                typed[row.id, name] = row.version, self._value(table.field(name), row)
        self._pause()
        self._type(DECLARED.tables[table.name], typed)

    def _type(self, table: OfficeTable, typed: Mapping[CellKey, tuple[int, Any]]) -> None:
        """Send cells as pages/shared/grid/grid.py does, then note the outcome of each."""
        sheet, before = self.sheets[table.name], dict(self.sheets[table.name]._own)
        cells = [
            Cell(next(self.numbers), row, version, name, table.field(name).type.show(value, self.known))
            for (row, name), (version, value) in typed.items()
        ]
        self._timed(self.save_times, lambda: sheet.apply(self.db, "onglet", cells, self.name))
        self.errors += [f"{self.name} : {message}" for message in sheet.lost if "supprimée" not in message]
        saved: dict[tuple[int, int, int], Values] = {}
        for (typed_row, name), (version, value) in typed.items():
            key = sheet.adopted.get(typed_row, typed_row), name
            if key in sheet.clashes:
                self._settle(sheet, key)
            elif key in sheet.refused:
                self._note_refusal(sheet, key)
            elif sheet.lost and sheet._own.get(key) == before.get(key):
                self.refusals["NotFoundError"] += 1
            else:
                saved.setdefault((key[0], version, sheet._own[key]), {})[name] = value
        for (row, seen, version), values in saved.items():
            self.acknowledged.append(AcknowledgedSave(self.name, table, row, seen, version, values))

    def _note_refusal(self, sheet: Sheet, key: CellKey) -> None:
        """Count a refused cell, which only a domain rule may refuse, and discard it."""
        reason = sheet.refused[key].reason
        if "plafond" in reason or any(rule.sentence in reason for rule in sheet.table.rules):
            self.refusals["CeilingError" if "plafond" in reason else "RuleError"] += 1
        else:
            self.errors.append(f"{self.name} : {sheet.table.name}.{key[1]} : {reason}")
        sheet.forget(key)

    def _settle(self, sheet: Sheet, key: CellKey) -> None:
        """Resolve a conflict at random: write the own value over the colleague's, or keep the colleague's."""
        self.refusals["ConflictError"] += 1
        clash, keep_own = sheet.clashes[key], self.random.random() < 0.5
        self._timed(self.save_times if keep_own else [], lambda: sheet.settle(self.db, key, keep_own, self.name))
        if key in sheet.clashes:  # another conflict meanwhile: keep the colleague's value
            self.refusals["ConflictError"] += 1
            sheet.settle(self.db, key, False, self.name)
        elif keep_own:
            values = {key[1]: clash.difference.mine}
            self.acknowledged.append(
                AcknowledgedSave(self.name, sheet.table, key[0], clash.version, sheet._own[key], values)
            )

    def _add_line(self) -> None:
        """Add an intervention on the empty line of the grid, then its note once the line is saved as a row."""
        sheet, person = self.sheets[INTERVENTION.name], self.random.choice(self.people)
        line, domain = sheet.next_draft, self._value(INTERVENTION.field("domain"))
        named = f"{self.known.title('person', person)} n° {person}"
        shown = INTERVENTION.field("domain").type.show(domain, self.known)
        texts = {"person_id": named, "domain": shown}
        cells = [Cell(next(self.numbers), line, 0, name, text) for name, text in texts.items()]
        self._timed(self.save_times, lambda: sheet.apply(self.db, "onglet", cells, self.name))
        if line not in sheet.adopted:
            reasons = [refused.reason for key, refused in sheet.refused.items() if key[0] == line]
            self.errors.append(f"{self.name} : a new line was not saved: {reasons or sheet.lost}")
            return sheet.forget_draft(line)
        values = {**records.defaults(INTERVENTION), "person_id": person, "domain": domain}
        self.acknowledged.append(
            AcknowledgedSave(self.name, DECLARED.tables["intervention"], sheet.adopted[line], 0, 1, values)
        )
        self._pause()
        return self._type(
            DECLARED.tables["intervention"], {(line, "note"): (1, self._value(INTERVENTION.field("note")))}
        )

    def _write_on_the_same_row(self) -> None:
        """Edit the row that the rival also edits, by turns in the same field and in another."""
        row = self._read(lambda: records.get(self.db, self.db.tables["person"], self.people[0]))
        turn = len(self.save_times)
        item = PERSON.field(RIVAL_FIELDS[self.rival or 0] if turn % 2 else COMMON_FIELD)
        value = self._value(item)
        self._pause()
        if turn % 3:
            self._type(DECLARED.tables["person"], {(row.id, item.name): (row.version, value)})
        else:
            self._save(DECLARED.tables["person"], {item.name: value}, row.id, row.version)

    # ---- forms, deletions, undoing

    def _save(self, table: OfficeTable, values: Values, row: int | None = None, version: int = 0) -> None:
        """Save as a form does. On a conflict, half of the time, save again over the version of the colleague."""
        edit = Edit(values, row, version if row else None)
        try:
            saved = self._timed(self.save_times, lambda: records.save(self.db, table, edit, self.name))
        except ConflictError as error:
            self.refusals["ConflictError"] += 1
            if self.random.random() < 0.5:
                self._save(table, values, row, error.version)
            return
        stored = values if row else {**records.defaults(table), **values}
        self.acknowledged.append(AcknowledgedSave(self.name, table, saved.row_id, version, saved.version, stored))

    def _edit_form(self) -> None:
        row = self._read(lambda: records.get(self.db, self.db.tables["person"], self.random.choice(self.people)))
        names = self.random.sample(_EDITED_FIELDS[PERSON.name], 3)
        self._pause()
        self._save(
            DECLARED.tables["person"],
            {name: self._value(PERSON.field(name), row) for name in names},
            row.id,
            row.version,
        )

    def _grant(self) -> None:
        """Add an aid of about the amount left under the ceiling; some exceed it, of these some with a reason."""
        person = self._read(lambda: records.get(self.db, self.db.tables["person"], self.random.choice(self.people)))
        granted = max(1_00, person.values["aid_left"] + self.random.choice((-100_00, -50_00, 0, 1, 50_00)))
        decided = {"decision": "granted", "granted": granted, "decided_on": records.today()}
        reason = {"override_reason": self._value(AID.field("override_reason"))} if self.random.random() < 0.1 else {}
        self._pause()
        self._save(
            DECLARED.tables["aid"],
            {"person_id": person.id, "type": self._value(AID.field("type")), **decided, **reason},
        )

    def _note_exit(self) -> None:
        day = self.random.choice((records.today(), "2022-06-15"))
        reason = self._value(EXIT.field("reason"))
        self._save(
            DECLARED.tables["exit"], {"person_id": self.random.choice(self.people), "left_on": day, "reason": reason}
        )

    def _delete(self) -> None:
        """Delete a row that the person added."""
        added = [save for save in self.acknowledged if save.seen == 0 and save.values]
        save = self.random.choice(added) if added else None
        rows = self._read(lambda: records.rows(self.db, save.table, [save.row])) if save else []
        if save and rows:
            self._pause()
            (row,) = rows
            self._timed(self.save_times, lambda: records.delete(self.db, save.table, {row.id: row.version}, self.name))
            self.acknowledged.append(
                AcknowledgedSave(self.name, save.table, row.id, row.version, row.version + 1, deleted=True)
            )

    def _undo(self) -> None:
        """Undo the last save of the person in a table."""
        table = self.random.choice(self.acknowledged).table if self.acknowledged else PERSON
        last = self._read(lambda: operations.last_of(self.db, self.name, table.name))
        if last:
            self._pause()
            self._timed(self.save_times, lambda: undo.undo(self.db, last.id, self.name))
            self.acknowledged.append(AcknowledgedSave(self.name, DECLARED.tables[table.name], 0, 0, 0, undoes=last.id))
