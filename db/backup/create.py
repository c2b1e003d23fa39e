"""Make backups of the office file while people write: copied, verified, then named; and one a day automatically. A
backup is the whole office file without sessions, invitations and failed sign-ins."""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from db.backup import catalogue, status, witness
from db.backup.catalogue import Backup, backups_in
from db.base import atomic_files, copies, folders
from db.base.atomic_files import PART
from db.base.errors import NotFoundError, StorageError, without_values
from db.base.locks import one_copy_at_a_time
from db.storage import audit_chain
from db.storage.audit_chain import ChainEnd

_log = logging.getLogger(__name__)
_LEFT_OUT = ("session", "invitation", "attempt")
_PAGES, _PAUSE = 1000, 0.01
_DAILY, _WEEKLY = 14, 8
_DAY = timedelta(days=1)


def recipient() -> str | None:
    """Return the public key that backups are encrypted for (PALETTE_BACKUP_KEY), or None."""
    return os.environ.get("PALETTE_BACKUP_KEY") or None


# ---- one backup


def make_backup(path: Path, folder: Path, now: datetime, recipient: str | None = None) -> Path:
    """Make a verified backup of the file as of one moment and return its path. The folder records whether it succeeded.
    Raises NotFoundError, StorageError."""
    if not path.exists():
        raise NotFoundError(f"Il n’y a pas de fichier Palette à l’adresse {path}.")
    began = time.monotonic()
    try:
        with one_copy_at_a_time(path):
            backup, remark = _make(path, folder, now, recipient)
            status.succeeded(folder, now, backup, time.monotonic() - began, remark)
    except Exception as error:
        status.failed(folder, now, atomic_files.why(error))
        raise StorageError(f"La sauvegarde a échoué : {atomic_files.why(error)}.") from error
    return backup


def _make(path: Path, folder: Path, now: datetime, recipient: str | None) -> tuple[Path, str]:
    """Return the backup and what the audit chain reports. A broken chain is reported and does not stop backups."""
    _prepare(path, folder)
    key = atomic_files.recipient_of(recipient)
    if missing := copies.missing_room(path, path.parent, copies.OF_BACKUP):
        raise StorageError(missing)
    with atomic_files.work_folder(path) as work:
        copy, clean = work / "copy.db", work / "clean.db"
        _copy(path, copy)
        _leave_out(copy, clean)
        _refuse_unsound(clean)
        remark, end = _chain(clean, path)
        backup = _store(clean, folder, now, key)
    into = dict.fromkeys([folder / witness.NAME, *witness.places(path)])
    refused = witness.note(end, witness.BACKUP, backup.name, into)
    return backup, " ".join(filter(None, [remark, *refused]))


def _prepare(path: Path, folder: Path) -> None:
    """Create the folder, or remove what a crash left in it. An existing folder keeps its permissions."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        atomic_files.hand_over(folder, path.parent)
    copies.clear(path, folder)
    for left in list(catalogue.lone_digests(folder)):
        left.unlink()


def _copy(path: Path, copy: Path) -> None:
    """Copy every page of the file as of the start of copying.

    The source holds a read transaction, which in WAL mode keeps no writer waiting. Without it, SQLite would start again
    after every save by another process and never end on a busy day.
    """
    copies.begin(copy)
    address = f"{path.resolve().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES, sleep=_PAUSE)


def _leave_out(copy: Path, clean: Path) -> None:
    """Write the copy without sessions and the like, and without free pages that would still hold them."""
    copies.begin(clean)
    with closing(sqlite3.connect(copy, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = OFF")
        raw.execute("PRAGMA synchronous = OFF")  # if this copy is lost, another one is made
        raw.execute("PRAGMA secure_delete = ON")
        for table in _tables(raw, _LEFT_OUT):
            raw.execute(f"DELETE FROM {table}")
        raw.execute("VACUUM INTO ?", (str(clean),))  # a plain VACUUM would write names into /tmp


def _tables(raw: sqlite3.Connection, names: tuple[str, ...]) -> list[str]:
    tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [name for name in names if name in tables]


def _refuse_unsound(clean: Path) -> None:
    """Raise StorageError for an unsound file, which must not replace sound backups."""
    with closing(sqlite3.connect(clean, isolation_level=None)) as raw:
        problem = next(_problems(raw), "")
    if problem:
        raise StorageError(f"le fichier n’est pas sain ({problem.rstrip('.')})")


def _problems(raw: sqlite3.Connection) -> Iterator[str]:
    if not _tables(raw, ("person",)):
        yield "ce n’est pas un fichier de Palette"
    yield from (str(row[0]) for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok")
    for table, *_ in raw.execute("PRAGMA foreign_key_check"):
        yield f"une ligne de « {table} » renvoie à une ligne qui n’existe pas"


def _chain(clean: Path, path: Path) -> tuple[str, ChainEnd]:
    """Return the first disagreement with the audit chain, or with what was noted of it, or ''; and where it ends."""
    with closing(sqlite3.connect(clean, isolation_level=None)) as raw:
        if not _tables(raw, ("seal",)):  # the file is of an earlier Palette
            return "", ChainEnd(0, b"")
        witness.settle(raw, path)
        remarks = [*islice(audit_chain.problems(raw), 1), *witness.problems(raw, path)]
        return next(iter(remarks), ""), audit_chain.end(raw)


def _store(clean: Path, folder: Path, now: datetime, key: Any) -> Path:
    final = catalogue.free_name(folder, now, ".db.age" if key else ".db")
    part, digest_file = final.with_name(final.name + PART), catalogue.digest_path(final)
    try:
        digest = atomic_files.copy(clean, part, key)
        atomic_files.hand_over(part, folder)
        if not key:  # as « sha256sum -c » reads it; in its place first, so that no backup is without
            atomic_files.write_text(digest_file, f"{digest}  {final.name}\n")
        part.replace(final)
    except BaseException:
        part.unlink(missing_ok=True)
        digest_file.unlink(missing_ok=True)
        raise
    atomic_files.sync_folder(folder)
    return final


# ---- which ones stay


def rotate(folder: Path, now: datetime) -> list[Path]:
    """Remove backups that are no longer needed and return them. Kept: the newest of each of the last 14 days and 8
    weeks that have one, and all of the last 24 hours."""
    every = backups_in(folder)
    keep = _kept(every, now)
    removed = [one for one in every if one not in keep]
    for one in removed:
        one.path.unlink()
        one.digest_path.unlink(missing_ok=True)
    return [one.path for one in removed]


def _kept(every: list[Backup], now: datetime) -> set[Backup]:
    """Return the backups to keep. Days are counted among those that have a backup, never against ``now``: a wrong clock
    removes nothing.

    Backups dated in the future are counted apart. Otherwise, once a clock that was ahead is corrected, old backups with
    late names would take all the places of new ones.
    """
    late = [one for one in every if status.is_ahead(one.moment, now)]
    keep = {one for one in every if abs(now - one.moment) <= _DAY}
    for some in (late, [one for one in every if one not in set(late)]):
        days = {one.moment.date(): one for one in some}  # oldest first: the newest of the day is what remains
        weeks = {one.moment.isocalendar()[:2]: one for one in some}
        keep.update(islice(reversed(days.values()), _DAILY))
        keep.update(islice(reversed(weeks.values()), _WEEKLY))
    return keep


# ---- one a day


class Daily:
    """A thread that checks every few minutes whether a backup is due and calls ``work``."""

    def __init__(self, work: Callable[[Path, datetime], object], every: float = 300.0, first: float = 5.0) -> None:
        self._work, self._every, self._first = work, every, first
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, path_of: Callable[[], Path]) -> None:
        """Start the thread. ``path_of`` returns the path of the office file at that time."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, args=(path_of,), name="palette-backups", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread. A running backup gets a few seconds; the next one removes what it leaves."""
        self._ended.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _run(self, path_of: Callable[[], Path]) -> None:
        wait = self._first
        while not self._ended.wait(wait):
            try:
                self._work(path_of(), datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 — an error that leaves this thread is lost
                _log.error(without_values(error.__cause__ or error))
            wait = self._every


def make_if_due(path: Path, now: datetime) -> Path | None:
    """Make a backup when the newest is a day old, missing, or dated in the future. Raises as ``make_backup``."""
    folder = folders.backup_folder(path)
    if not (path.exists() and path.stat().st_size) or not _is_due(folder, now):
        return None
    backup = make_backup(path, folder, now, recipient())
    rotate(folder, now)
    return backup


def _is_due(folder: Path, now: datetime) -> bool:
    last = status.last_success(folder)
    return last is None or status.is_ahead(last.moment, now) or now - last.moment >= _DAY
