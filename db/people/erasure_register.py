"""The register of erasures: who must not be in the office file, as numbers only, beside the backups it is used with.

Persons are entered without a date before they are erased; the date is written once no page of the file holds them any
more. Whatever is interrupted in between, or brought back by a backup, is erased again from the register
(db/people/erasure.py), which therefore never says more than what is true or about to become so.
"""

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.base import atomic_files, folders
from db.base.errors import StorageError

_HEADER = ("effacé le", "par", "personne n°", "dossier créé le")


@dataclass(frozen=True)
class Entry:
    """One person of the register. ``created``: when the person's file was created, which tells it from a later one with
    the same number. ``erased_at``: ISO, UTC; '' until nothing of the person is left."""

    erased_at: str
    who: str
    person: int
    created: str

    @property
    def key(self) -> tuple[int, str]:
        """What identifies the person."""
        return self.person, self.created


def path_of(office: Path) -> Path:
    """Return the path of the register of an office file."""
    return folders.backup_folder(office) / "effacements.csv"


def read(register: Path) -> list[Entry]:
    """Return everybody in a register; unreadable lines are skipped."""
    if not register.exists():
        return []
    with register.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if len(row) == len(_HEADER)]
    return [Entry(at, who, int(person), created) for at, who, person, created in rows if person.isdecimal()]


@contextmanager
def entered(register: Path, persons: Iterable[tuple[int, str]], who: str) -> Iterator[None]:
    """Enter persons, by number and creation moment, while they are erased; take them out when the block raises. Raises
    StorageError when the register cannot be written: then the block has not begun."""
    known = {entry.key for entry in read(register)}
    new = [("", who, *person) for person in persons if person not in known]
    try:
        size = _append(register, new)
    except OSError as error:
        raise StorageError("Le registre des effacements ne peut pas être écrit : rien n’a été effacé.") from error
    try:
        yield
    except BaseException:
        if register.exists():
            os.truncate(register, size)  # needs no room, unlike writing it anew: the disk may be full
        raise


def _append(register: Path, rows: list[tuple[str, str, int, str]]) -> int:
    """Append lines and return the size before them."""
    if not rows:
        return register.stat().st_size if register.exists() else 0
    register.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(register, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with open(handle, "r+b") as file:
        atomic_files.hand_over(register, register.parent)
        content = file.read()
        size = content.rfind(b"\n") + 1
        file.truncate(size)  # a line that a crash cut off: that erasure had not begun
        file.write(_lines(rows if size else [_HEADER, *rows]))
        file.flush()
        os.fsync(file.fileno())
    return size


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def is_unfinished(register: Path) -> bool:
    """Return whether an erasure in it is not known to be finished."""
    return any(not entry.erased_at for entry in read(register))


def finish(register: Path) -> None:
    """Write the date of every erasure that has none yet. When the disk refuses, that is done at the next start."""
    if not is_unfinished(register):
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = register.read_text(encoding="utf-8").splitlines(keepends=True)
    with suppress(OSError):
        atomic_files.write_text(register, "".join(now * line.startswith(";") + line for line in lines))
