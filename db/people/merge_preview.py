"""Two persons' files side by side: rows of one, rows in both, rows that cannot stand together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.base.errors import InvalidError, Problem
from db.model import domain_rules
from db.model.dictionary import ATTACHMENT, BOARD
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Reference, References, Several
from db.rows import records
from db.rows.queries import ARCHIVED
from db.rows.records import Row

RowKey = tuple[str, int]
"""A row: its table and id."""
Versions = dict[RowKey, int]
KEEP, GONE, BOTH = "keep", "gone", "both"


@dataclass(frozen=True)
class MergeClash:
    """Rows of the two files that may not share a day: one side is kept or, where possible, both. ``both``: the row that
    then changes, and how; None where one side must go."""

    table: str
    keep: tuple[int, ...]
    gone: tuple[int, ...]
    usual: str
    both: tuple[int, dict[str, Any]] | None

    @property
    def key(self) -> RowKey:
        """The key of the clash."""
        return (self.table, self.gone[0])

    def loses(self, side: str) -> tuple[int, ...]:
        """Return the rows that are put away when that side is kept."""
        return {KEEP: self.gone, GONE: self.keep, BOTH: ()}[side]


@dataclass(frozen=True)
class SideBySide:
    """Two files side by side. ``rows``: table -> rows of either; ``twins``: the other's row -> the identical row that
    is kept."""

    keep: Row
    gone: Row
    rows: dict[str, tuple[list[Row], list[Row]]]
    twins: dict[RowKey, RowKey]
    clashes: tuple[MergeClash, ...]
    listed: tuple[tuple[OfficeTable, Field, Row], ...]
    """Rows that refer to the other person in a list (the participants of a project)."""
    versions: Versions


# ---- looking


def look(db: Office, keep_id: int, gone_id: int) -> SideBySide:
    """Return the two files side by side. Raises NotFoundError, or InvalidError when they are the same."""
    if keep_id == gone_id:
        raise InvalidError([Problem("c’est deux fois le même dossier")])
    keep, gone = (records.get(db, db.tables["person"], row_id) for row_id in (keep_id, gone_id))
    rows = {table.name: (_of(db, table, keep_id), _of(db, table, gone_id)) for table in children(db)}
    listed = tuple(_listed(db, gone_id))
    versions: Versions = {("person", row.id): row.version for row in (keep, gone)}
    versions |= {(name, row.id): row.version for name, sides in rows.items() for side in sides for row in side}
    versions |= {(table.name, row.id): row.version for table, _, row in listed}
    twins = _twins(db, rows)
    return SideBySide(keep, gone, rows, twins, tuple(_clashes(db, keep_id, gone_id, rows, twins)), listed, versions)


def children(db: Office) -> list[OfficeTable]:
    """Return every table of a person's rows in the order in which rows may move: referenced tables first."""
    tables = [table for table in db.work.values() if table.belongs_to_person]
    names = {table.name for table in tables}
    rests = {t.name: {f.target for f in t.fields if f.target in names and f.target != t.name} for t in tables}
    return sorted(tables, key=lambda table: (bool(rests[table.name]), table.name != "benefit"))


def _of(db: Office, table: OfficeTable, person_id: int) -> list[Row]:
    """Return a person's rows, earliest first; aids granted above the ceiling come before the others. In the reverse
    order of an undo, no aid then meets a ceiling that others exceed with a reason."""
    ids = [row[0] for row in db.execute(f'SELECT id FROM "{table.name}" WHERE person_id = ? ORDER BY id', (person_id,))]
    day = next((name.removeprefix("-") for name in table.order), "")

    def order(row: Row) -> tuple[bool, str, int]:
        return (table.name == "aid" and row.values["override_reason"] is None, str(row.values[day] or ""), row.id)

    return sorted(records.rows(db, table, ids), key=order)


def _listed(db: Office, person_id: int) -> Iterator[tuple[OfficeTable, Field, Row]]:
    for table in db.work.values():
        for field in table.fields:
            if field.target != "person" or field.name == "person_id":
                continue
            if isinstance(field.type, References):
                ids = records.ids_listing(db, table, field, person_id)
            else:
                sql = f'SELECT id FROM "{table.name}" WHERE {field.name} = ? ORDER BY id'
                ids = [row[0] for row in db.execute(sql, (person_id,))]
            yield from ((table, field, row) for row in records.rows(db, table, ids))


def _twins(db: Office, rows: Mapping[str, tuple[list[Row], list[Row]]]) -> dict[RowKey, RowKey]:
    """Return the other's rows that equal a row of the kept file, each with its own row."""
    twins: dict[RowKey, RowKey] = {}
    for table in children(db):
        if table.name == ATTACHMENT.name:  # two files are told apart by their content, which is not compared
            continue
        free = defaultdict(list)
        for row in rows[table.name][0]:
            free[_content(table, row, {})].append(row.id)
        for row in rows[table.name][1]:
            same = free.get(_content(table, row, twins))
            if same:
                twins[table.name, row.id] = (table.name, same.pop(0))
    return twins


def _content(table: OfficeTable, row: Row, twins: Mapping[RowKey, RowKey]) -> tuple[Any, ...]:
    """Return the values of a row without its person; references count as their twins."""
    return tuple(referred(field, row.values[field.name], twins) for field in table.fields if field.name != "person_id")


def referred(field: Field, value: Any, instead: Mapping[RowKey, RowKey]) -> Any:
    if isinstance(field.type, Reference) and value is not None:
        return instead.get((field.type.table, value), ("", value))[1]
    return value


# ---- what cannot stand together


def _clashes(
    db: Office,
    keep_id: int,
    gone_id: int,
    rows: Mapping[str, tuple[list[Row], list[Row]]],
    twins: Mapping[RowKey, RowKey],
) -> Iterator[MergeClash]:
    for name, alone in domain_rules.ALONE.items():
        sql = f"""SELECT other.id, NEW.id FROM {name} NEW JOIN {name} other ON other.person_id = ?
          WHERE NEW.person_id = ? AND {domain_rules.overlap("NEW", "other")} AND ({alone}) ORDER BY NEW.id, other.id"""
        known = {row.id: row for side in rows[name] for row in side}
        pairs = [
            (mine, theirs)
            for mine, theirs in db.execute(sql, (keep_id, gone_id)).fetchall()
            if (name, theirs) not in twins
            and twins.get((name, known[theirs].values.get("replaces_id") or 0)) != (name, mine)  # it renews that one
        ]
        for mine, theirs in _grouped(pairs):
            yield _clash(name, [known[row_id] for row_id in mine], [known[row_id] for row_id in theirs])


def _grouped(pairs: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Join pairs that share a row into one clash."""
    groups: list[tuple[list[int], list[int]]] = []
    for mine, theirs in pairs:
        joined = [group for group in groups if mine in group[0] or theirs in group[1]]
        groups = [group for group in groups if group not in joined]
        left, right = [mine], [theirs]
        for group in joined:
            left, right = left + group[0], right + group[1]
        groups.append((sorted(set(left)), sorted(set(right))))
    return groups


def _clash(name: str, mine: list[Row], theirs: list[Row]) -> MergeClash:
    both = _both(name, mine[0], theirs[0]) if len(mine) == len(theirs) == 1 else None
    usual = (
        KEEP if _covers(mine, theirs) else GONE if _covers(theirs, mine) else BOTH if both and name != "cer" else KEEP
    )
    usual = BOTH if both and name == BOARD.name else usual  # the texts of one would go with it
    keep, gone = (tuple(row.id for row in side) for side in (mine, theirs))
    return MergeClash(name, keep, gone, usual, both)


def _covers(one: list[Row], other: list[Row]) -> bool:
    """Return whether the days of one side contain those of the other."""
    (first, last), (others_first, others_last) = (
        (min(row.values["starts_on"] for row in side), max(row.values["ends_on"] or "9999" for row in side))
        for side in (one, other)
    )
    return bool(first <= others_first and last >= others_last)


def _both(name: str, mine: Row, theirs: Row) -> tuple[int, dict[str, Any]] | None:
    """Return how two periods may follow one another: the earlier ends the day before; a later contract replaces it."""
    starts = mine.values["starts_on"], theirs.values["starts_on"]
    if name == "cer":
        later = theirs.values
        free = later["replaces_id"] is None and starts[0] < starts[1]
        rank = "renewal" if later["kind"] == "cer" else "update"
        return (theirs.id, {"rank": rank, "replaces_id": mine.id}) if free else None
    if starts[0] == starts[1]:
        return None
    eve = (date.fromisoformat(max(starts)) - timedelta(days=1)).isoformat()
    return (min((mine, theirs), key=lambda row: row.values["starts_on"]).id, {"ends_on": eve})


# ---- the person's own fields


def usual_side(field: Field, keep: Any, gone: Any) -> str:
    """Return which of two values to propose: the filled one; of an archived and a current file, the current one."""
    if field.name == ARCHIVED:
        return KEEP if keep is None else GONE
    return GONE if keep is None else KEEP


def both(field: Field, keep: Any, gone: Any) -> Any:
    """Return two notes one after the other, or the union of two lists."""
    if isinstance(field.type, Several):
        return tuple(dict.fromkeys([*keep, *gone]))
    return f"{keep}\n\n{gone}"
