"""The comparison of the acknowledged saves with the history of the file, and their replay on the initial file."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.concurrent_writers.simulated_person import AcknowledgedSave, Values
from db.base.errors import PaletteError
from db.figures import counting
from db.model.dictionary import TABLES
from db.model.office import Office
from db.rows import operations, records, undo
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check


def findings(file: Path, start: Path, saves: Iterable[AcknowledgedSave]) -> list[str]:
    """Return what contradicts the acknowledged saves: lost or overwritten values, corruption, another replay.

    ``start``: a copy of the initial file, to which the replay is written.
    """
    with closing(connection.open_file(file)) as raw, closing(connection.open_file(start)) as other:
        db, replay = raw, other
        written = [save for save in saves if _has_written(db, save)]
        ordered, unmatched = _by_operation(db, replay, written)
        before = set(check(replay))  # the rows of an invented file have no history
        broken = [problem for problem in check(db) if problem not in before]
        problems = [*_missing(db, written), *unmatched, *_wrong_values(db, replay, ordered), *broken]
        return [*problems, *_replay(replay, ordered), *_differences(db, replay)]


def _history_row(db: Office, save: AcknowledgedSave) -> tuple[int, str] | None:
    """Return (id, who) of the history row of the version that a save made, or None."""
    sql = "SELECT id, who FROM history WHERE table_name = ? AND row_id = ? AND version = ?"
    row: tuple[int, str] | None = db.execute(sql, (save.table.name, save.row, save.version)).fetchone()
    return row


def _has_written(db: Office, save: AcknowledgedSave) -> bool:
    """Return False for a save without effect, because a colleague had just written the same value."""
    line = _history_row(db, save)
    same = line is None or line[1] != save.who or save.version == save.seen
    return bool(save.undoes) or not (same and save.seen and save.values and not list(_missing_values(db, save)))


def _missing(db: Office, saves: list[AcknowledgedSave]) -> Iterator[str]:
    """Yield saves that are not in the history exactly once with their values, or that overwrote an unseen change."""
    sql = "SELECT who FROM history WHERE table_name = ? AND row_id = ? AND version = ?"
    for save in saves:
        if not save.undoes:  # an undo is matched by its operation
            signed = db.execute(sql, (save.table.name, save.row, save.version)).fetchall()
            if signed != [(save.who,)]:
                yield f"{_label(save)} : signed by {signed} in the history"
            yield from _missing_values(db, save)
            yield from _overwritten(db, save)


def _missing_values(db: Office, save: AcknowledgedSave) -> Iterator[str]:
    sql = """SELECT json_extract(after, '$.' || :name) FROM history WHERE table_name = :table AND row_id = :row
      AND version <= :version AND json_type(after, '$.' || :name) IS NOT NULL ORDER BY version DESC LIMIT 1"""
    for name, value in save.values.items():
        key = {"name": name, "table": save.table.name, "row": save.row, "version": save.version}
        found = db.execute(sql, key).fetchone()
        if (found or (None,))[0] != save.table.field(name).type.to_sql(value):
            yield f"{_label(save)} : {name} is not in the history as it was saved"


def _overwritten(db: Office, save: AcknowledgedSave) -> Iterator[str]:
    """Yield changes of the same fields by a colleague between the version read and the version saved."""
    sql = """SELECT who, before, after FROM history WHERE table_name = ? AND row_id = ? AND who <> ?
      AND version > ? AND version < ?"""
    key = (save.table.name, save.row, save.who, save.seen, save.version)
    for who, before, after in db.execute(sql, key).fetchall() if save.seen else ():
        same = save.deleted or save.values.keys() & {**json.loads(before), **json.loads(after)}
        if same:
            yield f"{_label(save)} : written over what {who} had saved meanwhile, unseen"


def _label(save: AcknowledgedSave) -> str:
    return f"{save.who}, {save.table.name} n° {save.row}, version {save.version}"


ByOperation = dict[int, list[AcknowledgedSave]]


def _by_operation(db: Office, start: Office, saves: list[AcknowledgedSave]) -> tuple[ByOperation, list[str]]:
    """Return the saves by operation, in order, and the problems: saves without operation and the reverse."""
    by_operation: ByOperation = {}
    problems = []
    undoings = dict(db.execute("SELECT undoes, id FROM operation WHERE undoes IS NOT NULL").fetchall())
    for save in saves:
        line = _history_row(db, save)
        of_line = operations.of_line(db, line[0]) if line else None
        saved_by = of_line.id if of_line else None
        operation: int | None = undoings.get(save.undoes) if save.undoes else saved_by
        if operation is None:
            problems.append(f"{_label(save)} : no operation holds it")
        else:
            by_operation.setdefault(operation, []).append(save)
    ((before,),) = start.execute("SELECT coalesce(max(id), 0) FROM operation").fetchall()
    numbers = [row[0] for row in db.execute("SELECT id FROM operation WHERE id > ? ORDER BY id", (before,))]
    problems += [
        f"operation n° {number} : not acknowledged to anybody" for number in numbers if number not in by_operation
    ]
    return {number: by_operation[number] for number in numbers if number in by_operation}, problems


StoredRows = dict[tuple[str, int], Values]
"""(table, row) -> stored values, with whether the row is deleted in ``deleted_at``."""


def _rows(db: Office) -> StoredRows:
    found: StoredRows = {}
    for table in TABLES.values():
        for row in db.dicts(f'SELECT * FROM "{table.name}"'):
            found[table.name, row["id"]] = {**row, "deleted_at": row["deleted_at"] is not None}
    return found


def _wrong_values(db: Office, start: Office, ordered: ByOperation) -> Iterator[str]:
    """Yield fields that do not hold the value of their last acknowledged save, computed from the saves alone."""
    rows, undone = _rows(start), dict[int, list[tuple[tuple[str, int], Values]]]()
    for number, saves in ordered.items():
        for save in saves:
            if save.undoes:
                for key, before in reversed(undone.get(save.undoes, [])):
                    rows[key].update(before)
                continue
            key = save.table.name, save.row
            values = {name: save.table.field(name).type.to_sql(value) for name, value in save.values.items()}
            values["deleted_at"] = save.deleted
            empty = dict.fromkeys(item.name for item in save.table.fields)
            row = rows.setdefault(key, empty)
            before = {name: row[name] for name in values} if save.seen else {"deleted_at": True}
            undone.setdefault(number, []).append((key, before))
            row.update(values)
    for key, found in _rows(db).items():
        for name in (*(item.name for item in TABLES[key[0]].fields), "deleted_at"):
            if key not in rows or rows[key][name] != found[name]:
                yield f"{key[0]} n° {key[1]} : {name} is not what its last writer saved"


def _replay(db: Office, ordered: ByOperation) -> Iterator[str]:
    """Repeat the operations one after the other on the initial file. Yield those that are refused."""
    for number, saves in ordered.items():
        first = saves[0]
        try:
            if first.undoes:
                undo.undo(db, first.undoes, first.who)
            elif first.deleted:
                records.delete(db, first.table, {first.row: first.version - 1}, first.who)
            else:
                edits = [Edit(d.values, *((d.row, d.version - 1) if d.seen else (None, None))) for d in saves]
                records.save_all(db, first.table, edits, first.who)
        except PaletteError as error:
            yield f"operation n° {number} : the replay is refused: {error}"


def _differences(db: Office, replay: Office) -> Iterator[str]:
    """Yield the rows and figures that differ between the file and the replay."""
    rows, replayed = _rows(db), _rows(replay)
    for key in sorted(rows.keys() | replayed.keys()):
        one, other = rows.get(key, {}), replayed.get(key, {})
        names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
        if names:
            yield f"{key[0]} n° {key[1]} : the replay differs in {', '.join(sorted(names))}"
    for when in (records.today()[:4], "2022", records.today()):
        if counting.photo(db, when) != counting.photo(replay, when):
            yield f"the photo of {when} differs from the replay’s"
