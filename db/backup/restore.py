"""Restore a backup in place of the office file: checked, and whoever was erased since erased again, in a copy that then
takes the file's place, all or nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.backup import catalogue, witness
from db.base import atomic_files, copies, folders
from db.base.errors import BusyError, NotFoundError, StorageError
from db.base.locks import hold, one_copy_at_a_time
from db.model.dictionary import TABLES
from db.model.office import Office
from db.people import erasure, erasure_register
from db.rows import access_log
from db.storage import audit_chain, connection, ddl, upgrade
from db.storage.audit_chain import ChainEnd
from db.storage.integrity import check

_RUNS = "Palette tourne sur {path} (processus {pid}) : arrêtez le serveur avant de reprendre une sauvegarde."
_NOT_ONE = "Ce fichier n’est pas une sauvegarde de Palette."
_SAME = "Le fichier en place n’a pas changé."
_SQLITE_BEGINS, _AGE_BEGINS = b"SQLite format 3\0", b"age-encryption.org/"
_COPIES = 2
"""How many copies of the backup a restoration holds at most: the copy itself, and its rewriting after erasures."""
_ASIDE = ("", "-wal")
"""Suffixes of the files kept of the replaced one; SQLite makes its « -shm » again."""


@dataclass(frozen=True)
class Restored:
    """``replaced``: where the replaced file is kept, or None. ``remarks``: French sentences on what could not be noted.
    ``erased_again``: how many persons were erased again."""

    replaced: Path | None
    remarks: list[str]
    erased_again: int


def restore_backup(backup: Path, path: Path, identity: Path | None = None, anyway: bool = False) -> Restored:
    """Put a sound backup in place of the office file; the replaced file is kept beside it.

    ``identity``: the file of the age key. ``anyway``: accept rows that break a rule. When it raises (NotFoundError,
    BusyError, SchemaError, StorageError), the file in place is unchanged.
    """
    if not backup.is_file():
        raise NotFoundError(f"Il n’y a pas de sauvegarde à l’adresse {backup}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _server_away(path), one_copy_at_a_time(path):
            copies.clear(path, folders.backup_folder(path))
            forget_unfinished(path)
            if missing := copies.missing_room(backup, path.parent, _COPIES):
                raise StorageError(f"La reprise a échoué : {missing}. {_SAME}")
            with atomic_files.work_folder(path) as work:
                copy = _read(backup, work / "restored.db", identity)
                erased = _make_ready(copy, erasure_register.path_of(path), anyway)
                detail = backup.name + _replaced_end(path)
                end = _log(copy, detail)
                atomic_files.hand_over(copy, path if path.exists() else path.parent)
                atomic_files.sync(copy)
                return Restored(*_put_and_note(copy, path, end, detail), erased)
    except OSError as error:
        raise StorageError(f"La reprise a échoué : {atomic_files.why(error)}. {_SAME}") from error


@contextmanager
def _server_away(path: Path) -> Iterator[None]:
    try:
        lock = hold(path, _RUNS)
    except BlockingIOError as error:
        raise BusyError(str(error)) from None
    with lock:
        yield


# ---- whether it may be put there


def _read(backup: Path, copy: Path, identity: Path | None) -> Path:
    """Copy the backup's database, so that it cannot change between its check and its use."""
    with backup.open("rb") as file:
        begins = file.read(len(_AGE_BEGINS))
    plain = begins.startswith(_SQLITE_BEGINS)
    if not plain and (backup.suffix == ".age" or begins == _AGE_BEGINS):
        atomic_files.decrypt(backup, copy, identity)
    else:
        digest, digest_file = atomic_files.copy(backup, copy), catalogue.digest_path(backup)
        if digest_file.exists() and digest_file.read_text(encoding="utf-8", errors="replace").split()[:1] != [digest]:
            raise StorageError(f"{atomic_files.DAMAGED} {_SAME}")
    with copy.open("rb") as file:
        if file.read(len(_SQLITE_BEGINS)) != _SQLITE_BEGINS:
            raise StorageError(f"{_NOT_ONE} {_SAME}")
    return copy


def _make_ready(copy: Path, register: Path, anyway: bool) -> int:
    """Upgrade and check a copy, erase whoever was erased since it was made, and return how many. It all happens before
    the copy takes the file's place: a restoration that is killed brings nobody back."""
    try:
        with closing(connection.connect(copy)) as db:
            _refuse_damaged(db)
            if upgrade.pending(db):  # an older file lacks what the check looks for
                upgrade.upgrade(db)
            _refuse_unsound([] if anyway else check(db))
            erased = erasure.erase_again(db, register)
            if erased:
                db.execute("PRAGMA temp_store = MEMORY")  # not into /tmp
                db.execute("VACUUM")
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StorageError(f"{atomic_files.DAMAGED} {_SAME}") from error
    return erased


def _log(copy: Path, detail: str) -> ChainEnd:
    """Add the restoration to the access log of the copy, and return where its audit chain ends."""
    with closing(connection.connect(copy)) as db:
        access_log.note(db, "Palette", "restore", detail=detail)
        end = audit_chain.end(db)
        db.execute("PRAGMA journal_mode = DELETE")
    return end


def _refuse_unsound(problems: list[str]) -> None:
    if problems:
        more = [f"… et {len(problems) - 10} autres."] if len(problems) > 10 else []
        raise StorageError("\n".join([f"Cette sauvegarde n’est pas saine. {_SAME}", *problems[:10], *more]))


def _refuse_damaged(db: Office) -> None:
    if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise StorageError(f"{atomic_files.DAMAGED} {_SAME}")
    if not ddl.actual(db).keys() & TABLES.keys():
        raise StorageError(f"{_NOT_ONE} {_SAME}")
    if db.execute("PRAGMA foreign_key_check").fetchone():
        raise StorageError(f"Cette sauvegarde renvoie à des lignes qui n’existent pas. {_SAME}")


# ---- putting it there


def _put_and_note(copy: Path, path: Path, end: ChainEnd, detail: str) -> tuple[Path | None, list[str]]:
    """Exchange the files, and note outside the file that its audit chain goes on from the backup: before, as begun, so
    that a restoration killed after the exchange is not taken for a rolled-back file."""
    places = witness.places(path)
    folders.backup_folder(path).mkdir(mode=0o700, parents=True, exist_ok=True)
    witness.note(end, witness.BEGUN, detail, places)
    replaced = _put(copy, path)
    return replaced, witness.note(end, witness.RESTORED, detail, places)


def _put(copy: Path, path: Path) -> Path | None:
    """Exchange the files and return where the replaced one is kept; if anything fails, put it back."""
    aside = _keep(path)
    try:
        _without_log(path)
        copy.replace(path)
        atomic_files.sync_folder(path.parent)
    except BaseException:
        _put_back(path, aside)
        raise
    return aside if aside.exists() else None


def _replaced_end(path: Path) -> str:
    """Return, as the end of a French sentence, where the audit chain of the file in place ends.

    It writes what only the « -wal » holds into the file as well, if both can be read: when this process is killed
    between the removal of the « -wal » and the exchange, the file in place is whole.
    """
    if not path.exists():
        return ""
    try:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return f" ; le fichier remplacé s’arrêtait au sceau n° {audit_chain.end(raw).count}"
    except sqlite3.Error:
        return " ; le fichier remplacé ne se lisait pas"


def _keep(path: Path) -> Path:
    """Give the file and its « -wal » a second name, so that the data are never without one."""
    aside = _free(path)
    try:
        for suffix in reversed(_ASIDE):  # a « -wal » alone is no copy that somebody could take for a whole one
            if _of(path, suffix).exists():
                _link(_of(path, suffix), _of(aside, suffix))
    except BaseException:
        for suffix in _ASIDE:
            _of(aside, suffix).unlink(missing_ok=True)
        raise
    atomic_files.sync_folder(path.parent)
    return aside


def _free(path: Path) -> Path:
    stem = f"{path.stem}-remplacé-{datetime.now(UTC):%Y-%m-%dT%H%M}"
    aside, turn = path.with_name(f"{stem}.db"), 1
    while any(_of(aside, suffix).exists() for suffix in _ASIDE):
        turn += 1
        aside = path.with_name(f"{stem}-{turn}.db")
    return aside


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without second names
        part = _of(target, atomic_files.PART)
        try:
            atomic_files.copy(source, part)
            atomic_files.hand_over(part, source)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def forget_unfinished(path: Path) -> None:
    """Remove the second name that an interrupted restoration gave to a file that it did not replace."""
    for aside in path.parent.glob(f"{path.stem}-remplacé-*.db"):
        if path.exists() and aside.samefile(path):
            for suffix in _ASIDE:
                _of(aside, suffix).unlink(missing_ok=True)


def _without_log(path: Path) -> None:
    """Remove the « -wal » and « -shm » of the replaced file; SQLite would apply them to the new one."""
    for suffix in ("-wal", "-shm"):
        _of(path, suffix).unlink(missing_ok=True)


def _put_back(path: Path, aside: Path) -> None:
    _without_log(path)
    if not aside.exists():
        path.unlink(missing_ok=True)
    for suffix in _ASIDE:
        if _of(aside, suffix).exists():
            _of(aside, suffix).replace(_of(path, suffix))
            _of(aside, suffix).unlink(missing_ok=True)  # two names of one file: replacing does nothing


def _of(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
