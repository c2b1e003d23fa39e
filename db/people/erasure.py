"""Erase persons for good: rows, content of the history, search index and free pages; and again after a backup is
restored.

What stays: numbers counted before (frozen reports, releases), and history lines without content, with their date and
author.
"""

import csv
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from db.base import folders
from db.base.errors import NotFoundError, StorageError
from db.model.dictionary import PERSON, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import References
from db.rows import access_log, drafts, records, saved_views, transactions
from db.storage import audit_chain, connection
from db.storage.ddl import ERASING

_CHILDREN = tuple(table for table in TABLES.values() if table.belongs_to_person)
_HEADER = ("effacé le", "par", "personne n°", "dossier créé le")
_PAGES = (
    "Les dossiers sont effacés des tables, de l’historique et de la recherche, mais le fichier n’a pas pu être réécrit"
    " (disque plein, ou fichier occupé) : d’anciennes pages peuvent encore en parler. Effacez de nouveau plus tard, ou"
    " lancez « python -m db sweep »."
)


def register_path(path: Path) -> Path:
    """Return the path of the register of erasures (numbers only), beside the backups it is used with."""
    return folders.backup_folder(path) / "effacements.csv"


def erase(db: Office, ids: Iterable[int], who: str) -> int:
    """Erase these persons for good, all or none, and return how many. Raises NotFoundError for an unknown person,
    BusyError, StorageError. If only cleaning the free pages failed, StorageError says so."""
    persons = sorted(set(ids))
    db.execute("PRAGMA secure_delete = ON")
    with _registered(db, persons, who), transactions.writing(db):
        db.execute("PRAGMA defer_foreign_keys = ON")
        for person in persons:
            _erase(db, person, who)
        for table in db.tables.values():
            if any(field.searched for field in table.fields):  # its old words would stay in the index until it merges
                db.execute(f"INSERT INTO {table.name}_search({table.name}_search) VALUES ('rebuild')")
    connection.forget()
    if persons:
        sweep(db)
    return len(persons)


def sweep(db: Office) -> None:
    """Rewrite the file, so that no free page holds erased data. Raises StorageError."""
    try:
        db.execute("PRAGMA temp_store = MEMORY")  # VACUUM writes all of the file there: not into /tmp
        db.execute("VACUUM")
        (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise StorageError(_PAGES) from error
    if busy:
        raise StorageError(_PAGES)


def again(path: Path) -> int:
    """Erase again, in a restored file, the persons erased since the backup was made. Return how many."""
    db = connection.open_file(path)
    try:
        there = {row[0] for row in db.execute("SELECT id FROM person").fetchall()}
        erased = {number for number, made in _register(register_path(path)) if _made(db, number) == made}
        persons = there & erased
        return erase(db, persons, "Palette")
    finally:
        db.close()


# ---- one person


def _erase(db: Office, person: int, who: str) -> None:
    """Erase a person's rows, the content of their history, and every reference to the person."""
    if not db.execute("SELECT 1 FROM person WHERE id = ?", (person,)).fetchone():
        raise NotFoundError(f"{PERSON.label} n° {person} : ce dossier n’existe plus.")
    sign = f"deleted_at = '{ERASING}', version = version + 1, changed_by = ?"
    owned = [(table, "person_id") for table in _CHILDREN] + [(PERSON, "id")]
    lines = [line for table, column in owned for line in _lines(db, db.tables[table.name], column, person)]
    last = connection.change_token(db)
    _leave_lists(db, person, who)
    saved_views.forget(db, person)
    drafts.forget_person(db, person)
    for table, column in owned:
        db.execute(f'UPDATE "{table.name}" SET {sign} WHERE {column} = ?', (who, person))
    for table, column in owned:
        db.execute(f'DELETE FROM "{table.name}" WHERE {column} = ?', (person,))
    deletions = db.execute("SELECT id FROM history WHERE id > ? AND action IN ('delete', 'erase')", (last,)).fetchall()
    _blank(db, [*lines, *(row[0] for row in deletions)])
    db.execute("DELETE FROM import_choice WHERE kind = 'person' AND chosen = ?", (str(person),))
    audit_chain.unsalt(db, "history", lines)
    access_log.add(db, who, "erase", person)


def _lines(db: Office, table: OfficeTable, column: str, person: int) -> list[int]:
    """Return the history lines about the person's rows; of a row that was moved to another person, those up to that
    day."""
    parameters = {"table": table.name, "person": person}
    hers = f'SELECT id FROM "{table.name}" WHERE {column} = :person'
    sql = f"SELECT id FROM history WHERE table_name = :table AND row_id IN ({hers})"
    lines = [row[0] for row in db.execute(sql, parameters).fetchall()]
    if column == "person_id":
        moved = """SELECT h.id FROM history h JOIN (
            SELECT row_id, max(id) AS until FROM history
            WHERE table_name = :table AND json_extract(before, '$.person_id') = :person GROUP BY row_id) g
          ON h.row_id = g.row_id AND h.id <= g.until WHERE h.table_name = :table"""
        lines += [row[0] for row in db.execute(moved, parameters).fetchall()]
    return list(dict.fromkeys(lines))


def _leave_lists(db: Office, person: int, who: str) -> None:
    """Remove the person from lists of persons (the participants of a project)."""
    for table in TABLES.values():
        for field in table.fields:
            if isinstance(field.type, References) and field.target == PERSON.name:
                for row_id in records.ids_listing(db, db.tables[table.name], field, person):
                    listed = records.stored(db, db.tables[table.name], row_id).values[field.name]
                    left = tuple(number for number in listed if number != person)
                    records.write(db, db.tables[table.name], row_id, {field.name: left or None}, who)


def _blank(db: Office, lines: list[int]) -> None:
    sql = "UPDATE history SET before = '{}', after = '{}' WHERE id = ?"
    db.executemany(sql, [(line,) for line in lines])


# ---- the register


def _made(db: Office, person: int) -> str:
    """Return the moment at which a person's file was created; it tells a file from a later one with the same number."""
    sql = "SELECT min(at) FROM history WHERE table_name = 'person' AND row_id = ? AND action = 'insert'"
    return str(db.execute(sql, (person,)).fetchone()[0] or "")


@contextmanager
def _registered(db: Office, persons: list[int], who: str) -> Iterator[None]:
    """Write the register before erasing: without it, restoring a backup would bring the persons back."""
    path = register_path(Path(db.execute("PRAGMA database_list").fetchone()[2]))
    known = set(_register(path))
    new = [(number, made) for number in persons if (made := _made(db, number)) and (number, made) not in known]
    size = path.stat().st_size if path.exists() else 0
    try:
        _write(path, new, who)
        yield
    except OSError as error:
        raise StorageError("Le registre des effacements ne peut pas être écrit : rien n’a été effacé.") from error
    except BaseException:
        if path.exists():
            os.truncate(path, size)  # the erasure failed: the line is withdrawn
        raise


def _write(path: Path, new: list[tuple[int, str]], who: str) -> None:
    if not new:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(handle, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        if not file.tell():
            writer.writerow(_HEADER)
        writer.writerows((now, who, number, made) for number, made in new)
        file.flush()
        os.fsync(file.fileno())


def _register(path: Path) -> list[tuple[int, str]]:
    """Return (number, creation moment) of everybody erased; unreadable lines are skipped."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if len(row) == len(_HEADER)]
    return [(int(row[2]), row[3]) for row in rows if row[2].isdecimal()]
