"""One file out of two: what belongs to either, what cannot stand together, and the merge, which is one operation.

Nothing is lost: what is not kept is put away with the other file, and undo brings all of it back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from db import duplicates, history, records, rules, schema, shape
from db.connection import Database
from db.dictionary import PERSON
from db.errors import CeilingError, ConflictError, InvalidError, PaletteError, Problem, RuleError
from db.fields import Field, Table
from db.queries import ARCHIVED
from db.records import Edit, Row, rehearsing, writing
from db.types import Reference, References, Several

Place = tuple[str, int]
"""A row: its table and its id."""
Versions = dict[Place, int]
KEEP, GONE, BOTH = "keep", "gone", "both"


@dataclass(frozen=True)
class Clash:
    """Rows of the two files that may not share a day: one side is kept, or, where that is possible, both.

    ``both``: the row that then changes, and what becomes of it; None where one side must go.
    """

    table: str
    keep: tuple[int, ...]
    gone: tuple[int, ...]
    usual: str
    both: tuple[int, dict[str, Any]] | None

    @property
    def place(self) -> Place:
        """What the clash is called by."""
        return (self.table, self.gone[0])

    def loses(self, side: str) -> tuple[int, ...]:
        """The rows that are put away when that side is kept."""
        return {KEEP: self.gone, GONE: self.keep, BOTH: ()}[side]


@dataclass(frozen=True)
class Look:
    """Two files side by side. ``rows``: table -> those of either; ``twins``: the other's row -> the same one kept."""

    keep: Row
    gone: Row
    rows: dict[str, tuple[list[Row], list[Row]]]
    twins: dict[Place, Place]
    clashes: tuple[Clash, ...]
    listed: tuple[tuple[Table, Field, Row], ...]
    """Rows that name the other person in a field of theirs (the participants of a project)."""
    versions: Versions


@dataclass(frozen=True)
class Choices:
    """What somebody chose. ``values``: to write over the kept person's; ``sides``: a clash's place -> what is kept."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sides: Mapping[Place, str] = field(default_factory=dict)
    reason: str = ""
    """Why the ceiling of aids is passed, where the two files together pass it."""


@dataclass(frozen=True)
class Rehearsal:
    """What the file would refuse, as French sentences; ``ceiling``: the one that a written reason answers, or ''."""

    problems: tuple[str, ...]
    ceiling: str


# ---- looking


def look(db: Database, keep_id: int, gone_id: int) -> Look:
    """The two files side by side. Raises NotFoundError, or InvalidError when they are one."""
    if keep_id == gone_id:
        raise InvalidError([Problem("c’est deux fois le même dossier")])
    keep, gone = (records.get(db, PERSON, row_id) for row_id in (keep_id, gone_id))
    rows = {table.name: (_of(db, table, keep_id), _of(db, table, gone_id)) for table in _children(db)}
    listed = tuple(_listed(db, gone_id))
    versions: Versions = {("person", row.id): row.version for row in (keep, gone)}
    versions |= {(name, row.id): row.version for name, sides in rows.items() for side in sides for row in side}
    versions |= {(table.name, row.id): row.version for table, _, row in listed}
    twins = _twins(db, rows)
    return Look(keep, gone, rows, twins, tuple(_clashes(db, keep_id, gone_id, rows, twins)), listed, versions)


def _children(db: Database) -> list[Table]:
    """Every table of a person's rows, in the order in which rows may change hands: what others rest on comes first."""
    tables = [table for table in shape.files(db).values() if table.belongs_to_person]
    names = {table.name for table in tables}
    rests = {t.name: {f.target for f in t.fields if f.target in names and f.target != t.name} for t in tables}
    return sorted(tables, key=lambda table: (bool(rests[table.name]), table.name != "benefit"))


def _of(db: Database, table: Table, person_id: int) -> list[Row]:
    """A person's rows, the earliest first; of aids, those that were granted past the ceiling before the others.

    Taken back the other way round, no aid then meets the ceiling that the others fill with a reason.
    """
    ids = [row[0] for row in db.execute(f'SELECT id FROM "{table.name}" WHERE person_id = ? ORDER BY id', (person_id,))]
    day = next((name.removeprefix("-") for name in table.order), "")
    first = lambda row: table.name == "aid" and row.values["override_reason"] is None  # noqa: E731
    return sorted(records.rows(db, table, ids), key=lambda row: (first(row), str(row.values[day] or ""), row.id))


def _listed(db: Database, person_id: int) -> Iterator[tuple[Table, Field, Row]]:
    for table in shape.files(db).values():
        for item in table.fields:
            if item.target != "person" or item.name == "person_id":
                continue
            if isinstance(item.type, References):
                ids = records.ids_listing(db, table, item, person_id)
            else:
                sql = f'SELECT id FROM "{table.name}" WHERE {item.name} = ? ORDER BY id'
                ids = [row[0] for row in db.execute(sql, (person_id,))]
            yield from ((table, item, row) for row in records.rows(db, table, ids))


def _twins(db: Database, rows: Mapping[str, tuple[list[Row], list[Row]]]) -> dict[Place, Place]:
    """The other's rows that say exactly what a row of the kept file says, each with a row of its own."""
    twins: dict[Place, Place] = {}
    for table in _children(db):
        free = defaultdict(list)
        for row in rows[table.name][0]:
            free[_said(table, row, {})].append(row.id)
        for row in rows[table.name][1]:
            same = free.get(_said(table, row, twins))
            if same:
                twins[table.name, row.id] = (table.name, same.pop(0))
    return twins


def _said(table: Table, row: Row, twins: Mapping[Place, Place]) -> tuple[Any, ...]:
    """What a row says, whoever's it is; what it refers to counts as its twin."""
    return tuple(_referred(item, row.values[item.name], twins) for item in table.fields if item.name != "person_id")


def _referred(item: Field, value: Any, instead: Mapping[Place, Place]) -> Any:
    if isinstance(item.type, Reference) and value is not None:
        return instead.get((item.type.table, value), ("", value))[1]
    return value


# ---- what cannot stand together


def _clashes(
    db: Database,
    keep_id: int,
    gone_id: int,
    rows: Mapping[str, tuple[list[Row], list[Row]]],
    twins: Mapping[Place, Place],
) -> Iterator[Clash]:
    for name, alone in rules.ALONE.items():
        sql = f"""SELECT other.id, NEW.id FROM {name} NEW JOIN {name} other ON other.person_id = ?
          WHERE NEW.person_id = ? AND {rules.overlap("NEW", "other")} AND ({alone}) ORDER BY NEW.id, other.id"""
        known = {row.id: row for side in rows[name] for row in side}
        pairs = [
            (mine, theirs)
            for mine, theirs in db.execute(sql, (keep_id, gone_id)).fetchall()
            if (name, theirs) not in twins
            and twins.get((name, known[theirs].values.get("replaces_id"))) != (name, mine)  # it renews that very one
        ]
        for mine, theirs in _grouped(pairs):
            yield _clash(name, [known[row_id] for row_id in mine], [known[row_id] for row_id in theirs])


def _grouped(pairs: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Pairs that share a row are one clash."""
    groups: list[tuple[list[int], list[int]]] = []
    for mine, theirs in pairs:
        joined = [group for group in groups if mine in group[0] or theirs in group[1]]
        groups = [group for group in groups if group not in joined]
        left, right = [mine], [theirs]
        for group in joined:
            left, right = left + group[0], right + group[1]
        groups.append((sorted(set(left)), sorted(set(right))))
    return groups


def _clash(name: str, mine: list[Row], theirs: list[Row]) -> Clash:
    both = _both(name, mine[0], theirs[0]) if len(mine) == len(theirs) == 1 else None
    usual = (
        KEEP if _covers(mine, theirs) else GONE if _covers(theirs, mine) else BOTH if both and name != "cer" else KEEP
    )
    keep, gone = (tuple(row.id for row in side) for side in (mine, theirs))
    return Clash(name, keep, gone, usual, both)


def _covers(one: list[Row], other: list[Row]) -> bool:
    """Whether the days of one side hold those of the other."""
    (first, last), (others_first, others_last) = (
        (min(row.values["starts_on"] for row in side), max(row.values["ends_on"] or "9999" for row in side))
        for side in (one, other)
    )
    return bool(first <= others_first and last >= others_last)


def _both(name: str, mine: Row, theirs: Row) -> tuple[int, dict[str, Any]] | None:
    """How two periods may follow one another: the earlier ends the day before; a later contract replaces it."""
    starts = mine.values["starts_on"], theirs.values["starts_on"]
    if name == "cer":
        later = theirs.values
        free = later["replaces_id"] is None and starts[0] < starts[1]
        return (theirs.id, {"rank": "renewal", "replaces_id": mine.id}) if free else None
    if starts[0] == starts[1]:
        return None
    eve = (date.fromisoformat(max(starts)) - timedelta(days=1)).isoformat()
    return (min((mine, theirs), key=lambda row: row.values["starts_on"]).id, {"ends_on": eve})


# ---- the person's own fields


def usual_side(item: Field, keep: Any, gone: Any) -> str:
    """Which of two different values is proposed: the one that is filled; of an archived and a current file, current."""
    if item.name == ARCHIVED:
        return KEEP if keep is None else GONE
    return GONE if keep is None else KEEP


def both(item: Field, keep: Any, gone: Any) -> Any:
    """Two notes one after the other, or the values of two lists together."""
    if isinstance(item.type, Several):
        return tuple(dict.fromkeys([*keep, *gone]))
    return f"{keep}\n\n{gone}"


# ---- merging


def rehearse(db: Database, keep_id: int, gone_id: int, choices: Choices, who: str) -> Rehearsal:
    """What the file would refuse of a merge; nothing is written. Raises NotFoundError, InvalidError, BusyError."""
    with rehearsing(db):
        work = _Merge(db, look(db, keep_id, gone_id), choices, who, rehearsal=True)
        work.do()
    return Rehearsal(tuple(dict.fromkeys(work.problems)), work.ceiling)


def merge(db: Database, keep_id: int, gone_id: int, choices: Choices, versions: Mapping[Place, int], who: str) -> None:
    """Put the file of ``gone_id`` into that of ``keep_id``: one operation, which undo takes back whole.

    ``versions``: those of the ``Look`` that was shown. Raises ConflictError when a colleague changed something in
    either file since, RuleError, CeilingError without a reason to pass it, InvalidError, NotFoundError, BusyError.
    """
    with writing(db):
        now = look(db, keep_id, gone_id)
        _refuse_changed(db, now.versions, versions)
        _Merge(db, now, choices, who).do()
        duplicates.note_merged(db, keep_id, gone_id, who)


def _refuse_changed(db: Database, now: Mapping[Place, int], seen: Mapping[Place, int]) -> None:
    for table, row_id in sorted({*now, *seen}):
        version = seen.get((table, row_id), 0)
        if now.get((table, row_id)) != version:
            since = history.changed_since(db, table, row_id, version)
            by = next(iter(since.values()), "") or _last_by(db, table, row_id)
            raise ConflictError(row_id, now.get((table, row_id), 0), by, [])


def _last_by(db: Database, table: str, row_id: int) -> str:
    sql = "SELECT who FROM history WHERE table_name = ? AND row_id = ? ORDER BY id DESC LIMIT 1"
    row = db.execute(sql, (table, row_id)).fetchone()
    return row[0] if row else "Un autre programme"


class _Merge:
    """The steps of one merge, within a transaction."""

    def __init__(self, db: Database, seen: Look, choices: Choices, who: str, rehearsal: bool = False) -> None:
        self.db, self.seen, self.choices, self.who, self.rehearsal = db, seen, choices, who, rehearsal
        self.problems: list[str] = []
        self.ceiling = ""
        self._instead = dict(seen.twins)
        self._also: dict[Place, dict[str, Any]] = {}
        self._away: list[Place] = list(seen.twins)
        for clash in seen.clashes:
            self._settle(clash, choices.sides.get(clash.place, clash.usual))

    def _settle(self, clash: Clash, side: str) -> None:
        lost = clash.loses(side)
        self._away += [(clash.table, row_id) for row_id in lost]
        kept = (clash.keep if side == KEEP else clash.gone)[0]
        self._instead |= {(clash.table, row_id): (clash.table, kept) for row_id in lost}
        if side == BOTH and clash.both:
            row_id, values = clash.both
            self._also[clash.table, row_id] = values

    def do(self) -> None:
        """Everything, in the order in which the file's own rules allow it."""
        before = self._broken()
        # Another moment than the person's: bringing her back must not bring these along before their turn.
        moment = history.now().replace("Z", "001Z")
        for name, row_id in self._away:
            records.set_deleted(self.db, self._table(name), row_id, moment, self.who)
        for table in _children(self.db):
            mine, theirs = self.seen.rows[table.name]
            self._move(table, mine, self._shortened)
            self._move(table, theirs, self._given)
            self._move(table, mine, self._referring)
        self._rename()
        self._write_person()
        records.set_deleted(self.db, PERSON, self.seen.gone.id, history.now(), self.who)
        for problem in self._broken() - before:
            with self._told():
                raise RuleError([Problem(problem[2], problem[1])])

    def _table(self, name: str) -> Table:
        return shape.tables(self.db)[name]

    @contextmanager
    def _told(self, title: str = "") -> Iterator[None]:
        """In a rehearsal what is refused is told, and the rest is tried as well."""
        try:
            yield
        except PaletteError as error:
            if not self.rehearsal:
                raise
            self.problems.append(f"{title} : {error}" if title else str(error))

    def _move(self, table: Table, rows: list[Row], changes: Callable[[Table, Row], dict[str, Any]]) -> None:
        for row in rows:
            values = {} if (table.name, row.id) in self._away else changes(table, row)
            if values:
                with self._told(_title(self.db, table, row)):
                    self._write(table, row, values)

    def _shortened(self, table: Table, row: Row) -> dict[str, Any]:
        """What becomes of a row so that another may stand beside it."""
        return self._also.get((table.name, row.id), {})

    def _given(self, table: Table, row: Row) -> dict[str, Any]:
        """What a row says once it is the kept person's."""
        return {**self._referring(table, row), **self._shortened(table, row), "person_id": self.seen.keep.id}

    def _referring(self, table: Table, row: Row) -> dict[str, Any]:
        """What a row refers to otherwise than before: what stands instead of what was put away."""
        changed = {}
        for item in table.fields:
            value = row.values[item.name]
            instead = _referred(item, value, self._instead)
            if instead != value:
                changed[item.name] = None if (item.target, instead) == (table.name, row.id) else instead
        return changed

    def _write(self, table: Table, row: Row, values: dict[str, Any]) -> None:
        try:
            self._try(table, row, values)
        except CeilingError as error:
            self.ceiling = self.ceiling or error.problems[0].reason
            reason = self.choices.reason.strip() or ("…" if self.rehearsal else "")
            if not reason:
                raise
            self._try(table, row, {**values, "override_reason": reason})

    def _try(self, table: Table, row: Row, values: Mapping[str, Any]) -> None:
        with records.refusals(self.db, table, {**row.values, **values}, row.id, None):
            records.write(self.db, table, row.id, values, self.who)

    def _rename(self) -> None:
        """The other's number, wherever a row names her."""
        keep, gone = self.seen.keep.id, self.seen.gone.id
        for table, item, row in self.seen.listed:
            value = records.stored(self.db, table, row.id).values[item.name]
            if isinstance(item.type, References):
                value = tuple(dict.fromkeys(keep if one == gone else one for one in value or ()))
            else:
                value = keep
            with self._told(_title(self.db, table, row)):
                self._try(table, row, {item.name: value})

    def _write_person(self) -> None:
        keep = self.seen.keep
        if self.choices.values:
            with self._told():
                records.save_within(self.db, PERSON, [Edit(self.choices.values, keep.id, keep.version)], self.who)

    def _broken(self) -> set[tuple[str, str, str]]:
        """(row, label, sentence) of every rule that a row of the two does not keep; some look at other rows only."""
        found = set()
        for table in _children(self.db):
            for rule in schema.rules_of(table):
                spared = rules.CEILING_WAS_OVERRIDDEN if (table.name, rule.name) == ("aid", "ceiling") else "0"
                sql = f"""SELECT NEW.id FROM "{table.name}" AS NEW WHERE NEW.person_id IN (?, ?)
                  AND NEW.deleted_at IS NULL AND ({rule.refused_when}) AND NOT {spared}"""
                ids = self.db.execute(sql, (self.seen.keep.id, self.seen.gone.id)).fetchall()
                found |= {(f"{table.name}:{row[0]}", table.field(rule.field).label, rule.sentence) for row in ids}
        return found


def _title(db: Database, table: Table, row: Row) -> str:
    title = records.context(db).title(table.name, row.id)
    return title if title.startswith(table.label) else f"{table.label} {title}"
