"""Files that tests start from (an empty office, the demonstration), made once per run for all workers and copied."""

import fcntl
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from db.demo import create
from db.model.dictionary import TABLES
from db.model.office import Office
from db.storage import connection

_EMPTY = "palette.db"


class Prepared:
    """The prepared files. ``shared``: a folder of all workers; ``own``: a folder of this worker."""

    def __init__(self, shared: Path, own: Path) -> None:
        self.shared, self.own = shared, own

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return the file of that name, made by the first worker that asks while others wait. Only copy it."""
        path = self.shared / name
        with path.with_name(f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                partial = path.with_name(f"{name}.part")
                partial.unlink(missing_ok=True)  # left by a worker that was killed
                make(partial)
                partial.replace(path)
        return path

    def office(self, path: Path) -> Office:
        """Create an empty office file by copying, ten times faster than ``connection.create``, and open it.

        Raises FileExistsError.
        """
        return self.open_copy(self.empty(), path)

    def open_copy(self, made: Path, path: Path) -> Office:
        """Copy an office file that this version of Palette made, and open the copy. Raises FileExistsError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise FileExistsError(path)
        shutil.copy(made, path)
        path.chmod(0o600)
        # Mark it as checked: the original was, and checking every copy would take most of the time.
        connection._ready[str(path.resolve()), path.stat().st_ino] = id(TABLES)
        db = connection.open_file(path)
        db.execute("PRAGMA synchronous = OFF")  # ten times faster; a test need not survive a power cut
        return db

    def empty(self) -> Path:
        """Return this worker's own empty office file. Only copy it."""
        own = self.own / _EMPTY
        if not own.exists():
            shutil.copy(self.once("empty.db", lambda path: connection.create(path).close()), own)
            connection.open_file(own).close()
        return own

    def demonstration(self, day: date) -> Path:
        """Return this worker's own demonstration as of that day. Only read it."""
        own = self.own / str(day) / "palette.db"
        if not own.exists():
            own.parent.mkdir()
            arguments = () if day == date.today() else (day,)  # create.write defaults to today
            shared = self.once(f"demonstration-{day}.db", lambda path: create.write(path, *arguments))
            shutil.copy(shared, own)
        return own
