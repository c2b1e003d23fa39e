"""Twenty people on one file for five minutes: what each save takes, and whether every one of them is kept.

They are threads of one process, as Streamlit's sessions are, each on a connection of its own that is held to an agent's
rights; beside them a real server and two Chromium tabs walk through the screens. What they were told is then held
against the history, and replayed one by one on the file they began with.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

from benchmarks.office import FOLDER
from db.base.errors import ConflictError, NotFoundError, PaletteError, RuleError, UndoError
from db.demo import create
from db.figures import counting
from db.model.dictionary import AID, EXIT, INTERVENTION, PERSON, STAGE, TABLES
from db.model.effective_dictionary import DECLARED
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.roles import Role
from db.model.types import Choice, Date, Euros, Integer, Phone
from db.rows import history, operations, records, undo
from db.rows.grid_edits import Cell, Place, Sheet
from db.rows.queries import Query
from db.rows.records import Edit, Row
from db.storage import connection
from db.storage.integrity import check

TARGET = 150.0
SEED = 20
PACE = (1.0, 3.0)
"""Seconds a person looks and types before each gesture and each save."""
_EXPECTED = (RuleError, ConflictError, UndoError, NotFoundError)
"""What the rules may answer a person who did nothing wrong; NotFoundError: a colleague deleted the row meanwhile."""
_TYPED: dict[str, tuple[str, ...]] = {
    "person": ("craft", "town", "note", "phone", "birth_date", "gender", "domain", "household", "education"),
    "intervention": ("note", "minutes", "kind", "domain"),
    "aid": ("note", "granted"),
    "stage": ("note", "ends_on"),
}
_SAME, _OWN = "craft", ("town", "artist_name")
"""The field that both of the two on one row write, and those that only one of them writes."""

T = TypeVar("T")
Values = dict[str, Any]


# ---- what they do


@dataclass(frozen=True)
class Deed:
    """What one person was told is saved: the version of the row that it made, and the one she was looking at.

    ``seen`` is 0 for a new row. ``undoes``: the operation taken back; a deed says only this, or ``gone``, or values.
    """

    who: str
    table: OfficeTable
    row: int
    seen: int
    version: int
    values: Values = field(default_factory=dict)
    gone: bool = False
    undoes: int = 0


class Person:
    """One simulated person. ``rival``: 0 or 1 for the two who always work on one row, otherwise None."""

    def __init__(self, number: int, pace: tuple[float, float], rival: int | None = None) -> None:
        self.name, self.rival, self.pace = f"Personne {number}", rival, pace
        self.random, self.numbers = Random(f"{SEED} {number}"), count(1)
        self.sheets = {name: Sheet(DECLARED.tables[name]) for name in _TYPED}
        self.deeds: list[Deed] = []
        self.saves: list[float] = []
        self.reads: list[float] = []
        self.told: Counter[str] = Counter()
        self.errors: list[str] = []

    def work(self, start: threading.Barrier, seconds: float, gestures: int) -> None:
        """Gesture after gesture until the time is over, or so many. What nobody foresaw ends it, and fails."""
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
            except _EXPECTED as error:
                self.told[type(error).__name__] += 1
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
        """Something to type into a field, other than what stands there."""
        number = next(self.numbers)
        match item.type:
            case Choice(list=values):
                codes = self.known.labels[values.name].keys() - self.known.retired[values.name]
                return self.random.choice(sorted(codes - {row.values[item.name] if row else None}))
            case Date():
                first = row.values.get("starts_on", "1950-01-01") if row else records.today()
                return (date.fromisoformat(first) + timedelta(self.random.randint(30, 900))).isoformat()
            case Phone():
                return f"06{int(self.name.split()[1]):02}{number:06}"
            case Euros():
                return self.random.randint(10_00, 500_00)
            case Integer():
                return self.random.randint(1, 1_000)
        return f"{self.name} essai {number}"

    # ---- reading, as the screens do

    def _read(self, ask: Callable[[], T]) -> T:
        return self._timed(self.reads, ask)

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

        def whole() -> None:
            for table in TABLES.values():
                if table.belongs_to_person:
                    records.of_person(self.db, self.db.tables[table.name], person)
            history.of_person(self.db, person, records.context(self.db))

        self._read(whole)

    # ---- the grid

    def _edit_grid(self) -> None:
        """One to three cells of one or two rows of a page, all sent together."""
        table = self.random.choice([PERSON, PERSON, INTERVENTION, AID, STAGE])
        page = self._page(DECLARED.tables[table.name])
        typed: dict[Place, tuple[int, Any]] = {}
        for row in self.random.sample(page, min(len(page), self.random.randint(1, 2))):
            for name in self.random.sample(_TYPED[table.name], min(len(_TYPED[table.name]), self.random.randint(1, 3))):
                typed[row.id, name] = row.version, self._value(table.field(name), row)
        self._pause()
        self._type(DECLARED.tables[table.name], typed)

    def _type(self, table: OfficeTable, typed: Mapping[Place, tuple[int, Any]]) -> None:
        """Send cells as pages/shared/grid/grid.py does, then look at what the grid says of each of them."""
        sheet, before = self.sheets[table.name], dict(self.sheets[table.name]._own)
        cells = [
            Cell(next(self.numbers), row, version, name, table.field(name).type.show(value, self.known))
            for (row, name), (version, value) in typed.items()
        ]
        self._timed(self.saves, lambda: sheet.apply(self.db, "onglet", cells, self.name))
        self.errors += [f"{self.name} : {told}" for told in sheet.lost if "supprimée" not in told]
        saved: dict[tuple[int, int, int], Values] = {}
        for (typed_row, name), (version, value) in typed.items():
            place = sheet.adopted.get(typed_row, typed_row), name
            if place in sheet.clashes:
                self._settle(sheet, place)
            elif place in sheet.refused:
                self._refused(sheet, place)
            elif sheet.lost and sheet._own.get(place) == before.get(place):
                self.told["NotFoundError"] += 1
            else:
                saved.setdefault((place[0], version, sheet._own[place]), {})[name] = value
        for (row, seen, version), values in saved.items():
            self.deeds.append(Deed(self.name, table, row, seen, version, values))

    def _refused(self, sheet: Sheet, place: Place) -> None:
        """A cell that the grid shows in red: by a rule of the table, or it is an error. She gives it up."""
        reason = sheet.refused[place].reason
        if "plafond" in reason or any(rule.sentence in reason for rule in sheet.table.rules):
            self.told["CeilingError" if "plafond" in reason else "RuleError"] += 1
        else:
            self.errors.append(f"{self.name} : {sheet.table.name}.{place[1]} : {reason}")
        sheet.forget(place)

    def _settle(self, sheet: Sheet, place: Place) -> None:
        """Both values are there to choose from: mine, knowingly, or my colleague's."""
        self.told["ConflictError"] += 1
        clash, mine = sheet.clashes[place], self.random.random() < 0.5
        self._timed(self.saves if mine else [], lambda: sheet.settle(self.db, place, mine, self.name))
        if place in sheet.clashes:  # once more meanwhile: she leaves it
            self.told["ConflictError"] += 1
            sheet.settle(self.db, place, False, self.name)
        elif mine:
            values = {place[1]: clash.difference.mine}
            self.deeds.append(Deed(self.name, sheet.table, place[0], clash.version, sheet._own[place], values))

    def _add_line(self) -> None:
        """A new intervention on the empty line of the grid; its note is typed once the line has become a row."""
        sheet, person = self.sheets[INTERVENTION.name], self.random.choice(self.people)
        line, domain = sheet.next_draft, self._value(INTERVENTION.field("domain"))
        named = f"{self.known.title('person', person)} n° {person}"
        shown = INTERVENTION.field("domain").type.show(domain, self.known)
        texts = {"person_id": named, "domain": shown}
        cells = [Cell(next(self.numbers), line, 0, name, text) for name, text in texts.items()]
        self._timed(self.saves, lambda: sheet.apply(self.db, "onglet", cells, self.name))
        if line not in sheet.adopted:
            told = [refused.reason for place, refused in sheet.refused.items() if place[0] == line]
            self.errors.append(f"{self.name} : a new line was not saved: {told or sheet.lost}")
            return sheet.forget_draft(line)
        values = {**records.defaults(INTERVENTION), "person_id": person, "domain": domain}
        self.deeds.append(Deed(self.name, DECLARED.tables["intervention"], sheet.adopted[line], 0, 1, values))
        self._pause()
        return self._type(
            DECLARED.tables["intervention"], {(line, "note"): (1, self._value(INTERVENTION.field("note")))}
        )

    def _write_on_the_same_row(self) -> None:
        """A row that another person writes to at the same time, by turns in the same field and in another."""
        row = self._read(lambda: records.get(self.db, self.db.tables["person"], self.people[0]))
        turn = len(self.saves)
        item = PERSON.field(_OWN[self.rival or 0] if turn % 2 else _SAME)
        value = self._value(item)
        self._pause()
        if turn % 3:
            self._type(DECLARED.tables["person"], {(row.id, item.name): (row.version, value)})
        else:
            self._save(DECLARED.tables["person"], {item.name: value}, row.id, row.version)

    # ---- forms, deletions, undoing

    def _save(self, table: OfficeTable, values: Values, row: int | None = None, version: int = 0) -> None:
        """A form's button. A conflict is shown; half of the time she writes hers over it, knowing what it was."""
        edit = Edit(values, row, version if row else None)
        try:
            saved = self._timed(self.saves, lambda: records.save(self.db, table, edit, self.name))
        except ConflictError as error:
            self.told["ConflictError"] += 1
            if self.random.random() < 0.5:
                self._save(table, values, row, error.version)
            return
        whole = values if row else {**records.defaults(table), **values}
        self.deeds.append(Deed(self.name, table, saved.row_id, version, saved.version, whole))

    def _edit_form(self) -> None:
        row = self._read(lambda: records.get(self.db, self.db.tables["person"], self.random.choice(self.people)))
        names = self.random.sample(_TYPED[PERSON.name], 3)
        self._pause()
        self._save(
            DECLARED.tables["person"],
            {name: self._value(PERSON.field(name), row) for name in names},
            row.id,
            row.version,
        )

    def _grant(self) -> None:
        """An aid of about what is left under the ceiling: some pass it, and now and then on purpose."""
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
        """Something she added herself."""
        added = [deed for deed in self.deeds if deed.seen == 0 and deed.values]
        deed = self.random.choice(added) if added else None
        found = self._read(lambda: records.rows(self.db, deed.table, [deed.row])) if deed else []
        if deed and found:
            self._pause()
            (row,) = found
            self._timed(self.saves, lambda: records.delete(self.db, deed.table, {row.id: row.version}, self.name))
            self.deeds.append(Deed(self.name, deed.table, row.id, row.version, row.version + 1, gone=True))

    def _undo(self) -> None:
        """What she saved last in a table."""
        table = self.random.choice(self.deeds).table if self.deeds else PERSON
        last = self._read(lambda: operations.last_of(self.db, self.name, table.name))
        if last:
            self._pause()
            self._timed(self.saves, lambda: undo.undo(self.db, last.id, self.name))
            self.deeds.append(Deed(self.name, DECLARED.tables[table.name], 0, 0, 0, undoes=last.id))


def begin(folder: Path, make: Callable[[Path], object] = create.write) -> Path:
    """Make the office file in a folder, and keep it as it is at the start."""
    file, start = folder / "palette.db", folder / "start" / "palette.db"
    make(file)
    start.parent.mkdir()
    shutil.copy(file, start)
    return start


def work(people: int, seconds: float, pace: tuple[float, float] = PACE, gestures: int = sys.maxsize) -> list[Person]:
    """Let them all work on the file in PALETTE_DATA, the first two on one row."""
    persons = [Person(number, pace, number - 1 if number <= len(_OWN) else None) for number in range(1, people + 1)]
    start = threading.Barrier(people)
    with ThreadPoolExecutor(people) as threads:
        futures: list[Future[None]] = [threads.submit(person.work, start, seconds, gestures) for person in persons]
    for person, future in zip(persons, futures, strict=True):
        if error := future.exception():
            person.errors.append(f"{person.name} : {error!r}")
    return persons


# ---- what became of it


def findings(file: Path, start: Path, deeds: Iterable[Deed]) -> list[str]:
    """Everything that is not as they were told: lost, overwritten unseen, unsound, or other than the replay.

    The file ``start`` is written to: it becomes the replay.
    """
    with closing(connection.open_file(file)) as raw, closing(connection.open_file(start)) as other:
        db, again = raw, other
        kept = [deed for deed in deeds if _wrote(db, deed)]
        ordered, unknown = _by_operation(db, again, kept)
        told = [*_lost(db, kept), *unknown, *_last_words(db, again, ordered), *check(db)]
        return [*told, *_replay(again, ordered), *_differences(db, again)]


def _line(db: Office, deed: Deed) -> tuple[int, str] | None:
    """The line of the history, and who signed it, of the version that a deed made."""
    sql = "SELECT id, who FROM history WHERE table_name = ? AND row_id = ? AND version = ?"
    found: tuple[int, str] | None = db.execute(sql, (deed.table.name, deed.row, deed.version)).fetchone()
    return found


def _wrote(db: Office, deed: Deed) -> bool:
    """False when there was nothing to write: a colleague had just written the very same value."""
    line = _line(db, deed)
    same = line is None or line[1] != deed.who or deed.version == deed.seen
    return bool(deed.undoes) or not (same and deed.seen and deed.values and not list(_values_lost(db, deed)))


def _lost(db: Office, deeds: list[Deed]) -> Iterator[str]:
    """Deeds that are not in the history exactly once with their values, or that hid what the person had not seen."""
    sql = "SELECT who FROM history WHERE table_name = ? AND row_id = ? AND version = ?"
    for deed in deeds:
        if not deed.undoes:  # an undoing is told by its operation
            signed = db.execute(sql, (deed.table.name, deed.row, deed.version)).fetchall()
            if signed != [(deed.who,)]:
                yield f"{_named(deed)} : signed by {signed} in the history"
            yield from _values_lost(db, deed)
            yield from _hidden(db, deed)


def _values_lost(db: Office, deed: Deed) -> Iterator[str]:
    sql = """SELECT json_extract(after, '$.' || :name) FROM history WHERE table_name = :table AND row_id = :row
      AND version <= :version AND json_type(after, '$.' || :name) IS NOT NULL ORDER BY version DESC LIMIT 1"""
    for name, value in deed.values.items():
        place = {"name": name, "table": deed.table.name, "row": deed.row, "version": deed.version}
        found = db.execute(sql, place).fetchone()
        if (found or (None,))[0] != deed.table.field(name).type.to_sql(value):
            yield f"{_named(deed)} : {name} is not in the history as it was saved"


def _hidden(db: Office, deed: Deed) -> Iterator[str]:
    """What a colleague wrote between what the person saw and what she saved, in the same fields."""
    sql = """SELECT who, before, after FROM history WHERE table_name = ? AND row_id = ? AND who <> ?
      AND version > ? AND version < ?"""
    place = (deed.table.name, deed.row, deed.who, deed.seen, deed.version)
    for who, before, after in db.execute(sql, place).fetchall() if deed.seen else ():
        same = deed.gone or deed.values.keys() & {**json.loads(before), **json.loads(after)}
        if same:
            yield f"{_named(deed)} : written over what {who} had saved meanwhile, unseen"


def _named(deed: Deed) -> str:
    return f"{deed.who}, {deed.table.name} n° {deed.row}, version {deed.version}"


Ordered = dict[int, list[Deed]]


def _by_operation(db: Office, start: Office, deeds: list[Deed]) -> tuple[Ordered, list[str]]:
    """Deeds by operation, in its order; and the operations and deeds of which there is only the one or the other."""
    found: Ordered = {}
    problems = []
    undoings = dict(db.execute("SELECT undoes, id FROM operation WHERE undoes IS NOT NULL").fetchall())
    for deed in deeds:
        line = _line(db, deed)
        of_line = operations.of_line(db, line[0]) if line else None
        saved_by = of_line.id if of_line else None
        operation: int | None = undoings.get(deed.undoes) if deed.undoes else saved_by
        if operation is None:
            problems.append(f"{_named(deed)} : no operation holds it")
        else:
            found.setdefault(operation, []).append(deed)
    ((before,),) = start.execute("SELECT coalesce(max(id), 0) FROM operation").fetchall()
    all_of_them = [row[0] for row in db.execute("SELECT id FROM operation WHERE id > ? ORDER BY id", (before,))]
    problems += [f"operation n° {number} : nobody was told of it" for number in all_of_them if number not in found]
    return {number: found[number] for number in all_of_them if number in found}, problems


Kept = dict[tuple[str, int], Values]
"""(table, row) -> its stored values, and whether it was deleted."""


def _rows(db: Office) -> Kept:
    found: Kept = {}
    for table in TABLES.values():
        for row in db.dicts(f'SELECT * FROM "{table.name}"'):
            found[table.name, row["id"]] = {**row, "deleted_at": row["deleted_at"] is not None}
    return found


def _last_words(db: Office, start: Office, ordered: Ordered) -> Iterator[str]:
    """Fields that do not hold what their last writer was told, from what the people noted and nothing else."""
    rows, undone = _rows(start), dict[int, list[tuple[tuple[str, int], Values]]]()
    for number, deeds in ordered.items():
        for deed in deeds:
            if deed.undoes:
                for place, before in reversed(undone.get(deed.undoes, [])):
                    rows[place].update(before)
                continue
            place = deed.table.name, deed.row
            said = {name: deed.table.field(name).type.to_sql(value) for name, value in deed.values.items()}
            said["deleted_at"] = deed.gone
            nothing = dict.fromkeys(item.name for item in deed.table.fields)
            row = rows.setdefault(place, nothing)
            before = {name: row[name] for name in said} if deed.seen else {"deleted_at": True}
            undone.setdefault(number, []).append((place, before))
            row.update(said)
    for place, found in _rows(db).items():
        for name in (*(item.name for item in TABLES[place[0]].fields), "deleted_at"):
            if place not in rows or rows[place][name] != found[name]:
                yield f"{place[0]} n° {place[1]} : {name} is not what its last writer saved"


def _replay(db: Office, ordered: Ordered) -> Iterator[str]:
    """Do it all again, one operation after the other, on the file of the start."""
    for number, deeds in ordered.items():
        first = deeds[0]
        try:
            if first.undoes:
                undo.undo(db, first.undoes, first.who)
            elif first.gone:
                records.delete(db, first.table, {first.row: first.version - 1}, first.who)
            else:
                edits = [Edit(d.values, *((d.row, d.version - 1) if d.seen else (None, None))) for d in deeds]
                records.save_all(db, first.table, edits, first.who)
        except PaletteError as error:
            yield f"operation n° {number} : the replay is refused: {error}"


def _differences(db: Office, again: Office) -> Iterator[str]:
    """Rows and figures that the replay has otherwise."""
    one, other = _rows(db), _rows(again)
    for place in sorted(one.keys() | other.keys()):
        mine, theirs = one.get(place, {}), other.get(place, {})
        names = [name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)]
        if names:
            yield f"{place[0]} n° {place[1]} : the replay differs in {', '.join(sorted(names))}"
    for when in (records.today()[:4], "2022", records.today()):
        if counting.photo(db, when) != counting.photo(again, when):
            yield f"the photo of {when} differs from the replay’s"


# ---- two tabs


@dataclass
class Walk:
    """What one tab met on its way."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def _walk(address: str, number: int, seconds: float) -> Walk:
    """Open one screen after the other, as somebody who may open them all."""
    from pages.shared.shell.screens import SCREENS
    from tests.conftest import chromium_path, cookie_of, watch

    _, *others = (screen for group in SCREENS.values() for screen in group)
    # The first screen stands at the root. « Publication » says in red that what it is shown is too little to publish.
    paths = ["", *(screen.path for screen in others if screen.path != "publication")]
    walk, random, until = Walk(), Random(f"{SEED} tab {number}"), time.perf_counter() + seconds
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=options)
        context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "palette", "value": cookie_of("La CIPA"), "url": "http://127.0.0.1"}])
        page = context.new_page()
        watch(page, walk.errors)
        while time.perf_counter() < until:
            path = random.choice(paths)
            shown = f"{path}?dossier={random.randint(1, 500)}" if path == "dossier" else path
            start = time.perf_counter()
            known = len(walk.errors)
            walk.errors += _open(page, address + shown)
            walk.times.append((time.perf_counter() - start) * 1000)
            page.wait_for_timeout(500)
            walk.errors[known:] = [f"/{shown} : {told}" for told in walk.errors[known:]]
        browser.close()
    return walk


def _open(page: Page, address: str) -> list[str]:
    """Open a screen and wait until its run has ended; the errors that it shows."""
    try:
        page.goto(address)
        page.locator("h1").first.wait_for(timeout=60_000)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
        return page.locator("[data-testid=stException], [data-testid=stAlertContentError]").all_inner_texts()
    except PlaywrightError as error:
        return [error.message.splitlines()[0]]


# ---- the measure


def show(arguments: list[str]) -> int:
    """Let them work, print the table; returns how many targets are missed."""
    parser = argparse.ArgumentParser("python -m benchmarks twenty")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300.0)
    asked, load = parser.parse_args(arguments), os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PALETTE_DATA"] = folder
        start = begin(Path(folder))
        persons, walks, logged = _with_a_server(Path(folder), asked.people, asked.seconds)
        deeds = [deed for person in persons for deed in person.deeds]
        found = findings(Path(folder) / "palette.db", start, deeds)
    errors = [*(e for one in persons for e in one.errors), *(e for one in walks for e in one.errors), *logged]
    print(f"{asked.people} people, {asked.seconds:.0f} s, {len(deeds)} saves acknowledged; two tabs beside them")
    print(f"{os.cpu_count()} cores, load {load[0]:.1f} before and {os.getloadavg()[0]:.1f} after")
    print(f"{'ms':<28}  {'number':>6}  {'p50':>7}  {'p95':>7}  {'max':>7}  target")
    slow = _times("a save, told or refused", [one for person in persons for one in person.saves], TARGET)
    _times("a read", [one for person in persons for one in person.reads])
    _times("a screen, reload to its end", [one for walk in walks for one in walk.times])
    told = sum((person.told for person in persons), Counter[str]())
    print("told: " + (", ".join(f"{number} {name}" for name, number in sorted(told.items())) or "nothing"))
    return slow + _said("errors", errors) + _said("lost, unsound or other than the replay", found)


def _times(what: str, times: list[float], target: float = 0.0) -> bool:
    """One line of the table; whether the target is missed."""
    p50, p95, most = statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1], max(times)
    missed = bool(target) and p95 >= target
    wanted = f"p95 < {target:.0f}{'   MISSED' if missed else ''}" if target else ""
    print(f"{what:<28}  {len(times):>6,}  {p50:>7.1f}  {p95:>7.1f}  {most:>7.1f}  {wanted}")
    return missed


def _said(what: str, problems: list[str]) -> bool:
    print(f"{what}: {len(problems)}, target 0{'   MISSED' if problems else ''}")
    for problem in problems[:20]:
        print(f"  {problem}")
    return bool(problems)


def _with_a_server(folder: Path, people: int, seconds: float) -> tuple[list[Person], list[Walk], list[str]]:
    """The people at work while two tabs walk; and how often the server's log speaks of an error."""
    from tests.conftest import Server, let_in

    with closing(connection.open_file(folder / "palette.db")) as raw:
        let_in(raw)
    server = Server(folder)
    server.start()
    try:
        with ThreadPoolExecutor(2) as threads:
            walking = [threads.submit(_walk, server.address, number, seconds) for number in range(2)]
            persons = work(people, seconds)
            walks = [one.result() for one in walking]
    finally:
        server.kill()
    return persons, walks, _logged(server.log)


def _logged(log: Path) -> list[str]:
    """What the server's log says of errors, if anything; the log is then kept to be read."""
    if not any(word in log.read_text() for word in ("Error", "Traceback")):
        return []
    FOLDER.mkdir(parents=True, exist_ok=True)
    return [f"the server's log speaks of errors: {shutil.copy(log, FOLDER / 'twenty.log')}"]
