"""Erase persons for good: rows, content of the history, search index and free pages; and again whoever comes back.

What stays: numbers counted before (frozen reports, releases), and history lines without content, with their date and
author.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from db.base import atomic_files, copies, locks
from db.base.errors import NotFoundError, StorageError
from db.model.dictionary import PERSON, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import References
from db.people import erasure_register
from db.rows import access_log, drafts, records, saved_views, transactions
from db.storage import audit_chain, connection
from db.storage.ddl import ERASING

_CHILDREN = tuple(table for table in TABLES.values() if table.belongs_to_person)
_PAGES = (
    "Les dossiers sont effacés des tables, de l’historique et de la recherche, mais le fichier n’a pas pu être réécrit"
    " (disque plein, ou fichier occupé) : d’anciennes pages peuvent encore en parler. Palette le récrira à son prochain"
    " démarrage ou après sa prochaine sauvegarde ; tout de suite : « python -m db sweep »."
)
_IN_MEMORY = 200_000_000
"""Bytes of an office file that is copied in memory while it is rewritten."""
_MEND = "une copie d’avant a été remise en place. Démarrer Palette, ou « python -m db sweep », les efface de nouveau."


def erase(db: Office, ids: Iterable[int], who: str) -> int:
    """Erase these persons for good, all or none, and return how many. Raises NotFoundError for an unknown person,
    BusyError, StorageError. If only cleaning the free pages failed, StorageError says so."""
    persons, path = sorted(set(ids)), connection.path_of(db)
    register = erasure_register.path_of(path)
    with _alone(path):
        known = [(person, created) for person in persons if (created := _created(db, person))]
        with erasure_register.entered(register, known, who):  # first: a backup that is restored would bring them back
            _erase_all(db, persons, who)
        if persons:
            _rewrite(db)
            erasure_register.finish(register)
    return len(persons)


def sweep(db: Office) -> None:
    """Erase whoever the register names, and rewrite the file, so that no free page holds erased data. Raises
    StorageError."""
    path = connection.path_of(db)
    with _alone(path):
        erase_again(db, erasure_register.path_of(path))
        _rewrite(db)
        erasure_register.finish(erasure_register.path_of(path))


def finish(path: Path) -> int:
    """Erase whoever the register names and the file still holds, or holds again: an erasure or a restoration was
    interrupted, or a copy was put in place by hand. Return how many persons. Raises as ``erase``, SchemaError."""
    register = erasure_register.path_of(path)
    with _alone(path):
        if not erasure_register.read(register):
            return 0
        return _finish(path, register)


def _finish(path: Path, register: Path) -> int:
    with closing(connection.open_file(path)) as db:
        count = erase_again(db, register)
        if count or erasure_register.is_unfinished(register):
            _rewrite(db)
            erasure_register.finish(register)
    return count


def erase_again(db: Office, register: Path) -> int:
    """Erase whoever a register names and the file holds, and return how many. The free pages are for the caller."""
    persons = brought_back(db, register)
    if persons:
        _erase_all(db, persons, "Palette")
    return len(persons)


def brought_back(db: Office, register: Path) -> list[int]:
    """Return the persons whom a register says erased and the file holds."""
    entries = erasure_register.read(register)
    there = {row[0] for row in db.execute("SELECT id FROM person").fetchall()} if entries else set()
    return sorted({one.person for one in entries if one.person in there and _created(db, one.person) == one.created})


def problems(db: Office) -> list[str]:
    """Return, as French sentences, what in the file contradicts the register."""
    numbers = ", ".join(map(str, brought_back(db, erasure_register.path_of(connection.path_of(db)))))
    return [f"Des personnes effacées sont dans le fichier (n° {numbers}) : {_MEND}"] if numbers else []


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait for other erasures in this file, keep new ones out, and remove interrupted copies. Raises StorageError."""
    with ExitStack() as held:
        try:
            held.enter_context(locks.one_erasure_at_a_time(path))
            copies.clear_interrupted(path)
        except OSError as error:
            raise StorageError(f"Rien n’a été effacé : {atomic_files.why(error)}.") from error
        yield


def _erase_all(db: Office, persons: list[int], who: str) -> None:
    db.execute("PRAGMA secure_delete = ON")
    with transactions.writing(db):
        db.execute("PRAGMA defer_foreign_keys = ON")
        for person in persons:
            _erase(db, person, who)
        for table in db.tables.values():
            if any(field.searched for field in table.fields):  # its old words would stay in the index until it merges
                db.execute(f"INSERT INTO {table.name}_search({table.name}_search) VALUES ('rebuild')")
    connection.forget()


def _rewrite(db: Office) -> None:
    try:
        _keep_copy_private(db)
        db.execute("VACUUM")
        (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise StorageError(_PAGES) from error
    if busy:
        raise StorageError(_PAGES)


def _keep_copy_private(db: Office) -> None:
    """Have VACUUM write its copy of the whole file into memory, or beside the file if it is large; never into /tmp. The
    folder holds for every connection of the process, and is set once."""
    path = connection.path_of(db)
    if path.stat().st_size <= _IN_MEMORY:
        db.execute("PRAGMA temp_store = MEMORY")
        return
    folder = str(path.resolve().parent)
    db.execute("PRAGMA temp_store = FILE")
    if (db.execute("PRAGMA temp_store_directory").fetchone() or ("",))[0] != folder:
        db.execute(f"PRAGMA temp_store_directory = '{folder.replace(chr(39), 2 * chr(39))}'")


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


def _created(db: Office, person: int) -> str:
    """Return the moment at which a person's file was created; it tells a file from a later one with the same number."""
    sql = "SELECT min(at) FROM history WHERE table_name = 'person' AND row_id = ? AND action = 'insert'"
    return str(db.execute(sql, (person,)).fetchone()[0] or "")
