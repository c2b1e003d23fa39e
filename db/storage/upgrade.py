"""Upgrade an older office file to the dictionary: numbered steps, then what is missing, after a backup copy."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from db.base import atomic_files, copies
from db.base.atomic_files import PART
from db.base.errors import SchemaError, StorageError
from db.model.dictionary import TABLES
from db.model.fields import TODAY
from db.model.lists import LISTS
from db.model.office import Office
from db.storage import ddl, system_tables
from db.storage.migrations import STEPS

_REFUSED = "Le fichier doit être mis à niveau, et sa copie d’avant n’a pas pu être faite : {}. Il n’a pas changé."


def behind(db: Office) -> bool:
    """Return whether a numbered step is still to run. Raises SchemaError for a file of a later Palette."""
    version = _version(db)
    if version > len(STEPS) + 1:
        raise SchemaError(
            "Ce fichier vient d’une version plus récente de Palette : mettez Palette à jour avant de l’ouvrir."
        )
    return version < len(STEPS) + 1


def _version(db: Office) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def pending(db: Office) -> bool:
    """Return whether opening the file would add or renew something, or run a step."""
    existing = ddl.actual(db)
    missing = ddl.expected(db.dictionary).keys() - existing.keys()
    return bool(
        missing or behind(db) or any(map(any, (_stale(db, existing), _missing_columns(db), _missing_values(db))))
    )


def upgrade(db: Office) -> None:
    """Upgrade a file to the dictionary, all or nothing. Raises SchemaError when the two contradict each other."""
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _version(db)  # read under the lock: another process may just have brought the file up
        for step in STEPS[version - 1 :] if version else []:
            step(db)
        problems = ddl.drift(db)
        if problems:
            raise SchemaError("Le fichier et le dictionnaire ne s’accordent pas :\n" + "\n".join(problems))
        renew(db)
        for sql, values in list(_missing_values(db)):
            db.execute(sql, values)
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def renew(db: Office) -> None:
    """Upgrade a file to the office's own fields and lists, within the transaction that changed them."""
    for sql in list(_missing_columns(db)):
        db.execute(sql)
    _make(db)


def _missing_columns(db: Office) -> Iterator[str]:
    for table in db.tables.values():
        present = ddl.columns_of(db, table)
        for column in ddl.columns_sql(table) if present else []:
            if column.split()[0] not in present:
                yield f'ALTER TABLE "{table.name}" ADD COLUMN {column}'


def _stale(db: Office, existing: dict[str, str]) -> Iterator[str]:
    """Yield DROP statements for indexes, triggers and search tables that the dictionary words differently or no longer
    requires."""
    expected = ddl.expected(db.dictionary)
    kinds = "by|in|in_order|sort_key|search|rule|history|takes|brings"
    ours = re.compile(rf"({'|'.join(TABLES)})_({kinds})|\w+_stays_|account_")
    for name, sql in existing.items():
        kind = re.match(r"CREATE (?:VIRTUAL )?(INDEX|TRIGGER|TABLE)", sql)
        if kind and ours.match(name) and not ddl.same(sql, expected.get(name, "")):
            yield f"DROP {kind.group(1)} {name}"


def _make(db: Office) -> None:
    for sql in list(_stale(db, ddl.actual(db))):
        db.execute(sql)
    existing = ddl.actual(db)
    for name, sql in ddl.expected(db.dictionary).items():
        if name not in existing:
            db.execute(sql)
            if "USING fts5" in sql:
                db.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")
    for values in db.lists:
        if values.table not in existing:  # a list of the office's own: its values came before it
            sql = f"INSERT OR IGNORE INTO {values.table} SELECT code, label, place, retired FROM own_value"
            db.execute(f"{sql} WHERE of_list = ? AND deleted_at IS NULL", (values.name,))
    for table in TABLES.values():
        if table.sorted_by_name and f"{table.name}_sort_key_insert" not in existing:
            db.execute(ddl.set_sort_key(table, ""))


def _missing_values(db: Office) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield statements that add missing list values, keys and limits; labels that the office renamed stay."""
    for values in LISTS:
        existing = {row[0] for row in db.execute(f"SELECT code FROM {values.table}")}
        for position, (code, label) in enumerate(values.values.items()):
            if code not in existing:
                yield f"INSERT INTO {values.table} VALUES (?, ?, ?, 0)", (code, label, position)
    for key in system_tables.KEYS:
        if not db.execute(f"SELECT count(*) FROM {key}").fetchone()[0]:
            yield f"INSERT INTO {key} VALUES (1, randomblob(32))", ()
    limits = {field.name: field.default for field in TABLES["setting"].fields if field.default not in (None, TODAY)}
    missing = " OR ".join(f"{name} IS NULL" for name in limits)
    if db.execute(f"SELECT count(*) FROM setting WHERE {missing}").fetchone()[0]:
        filled = ", ".join(f"{name} = coalesce({name}, ?)" for name in limits)
        yield f"UPDATE setting SET version = version + 1, changed_by = 'Palette', {filled}", (*limits.values(),)
    if not db.execute("SELECT count(*) FROM setting").fetchone()[0]:
        marks = ", ".join("?" * len(limits))
        yield (
            f"INSERT INTO setting (id, changed_by, {', '.join(limits)}) VALUES (1, 'Palette', {marks})",
            (*limits.values(),),
        )


def backup(path: Path) -> Path:
    """Write a consistent copy beside the file before an upgrade, whole or not at all, and return its path. Raises
    StorageError when the disk has no room for it or refuses."""
    if missing := copies.missing_room(path, path.parent, 1):
        raise StorageError(_REFUSED.format(missing))
    copy = path.with_name(f"{path.stem}-avant-{datetime.now():%Y%m%d-%H%M%S}.db")
    part = copy.with_name(copy.name + PART)
    copies.remove(part)
    try:
        copies.begin(part)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # who opens it leaves no side files
        atomic_files.hand_over(part, path)
        atomic_files.sync(part)
        part.replace(copy)
    except BaseException as error:
        copies.remove(part)
        if isinstance(error, OSError | sqlite3.Error):
            raise StorageError(_REFUSED.format(atomic_files.why(error))) from error
        raise
    atomic_files.sync_folder(path.parent)
    return copy
