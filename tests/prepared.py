"""Files that tests begin with, made once for all workers of a run and copied: an empty office, the demonstration."""

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
    """``shared``: a folder of all workers; ``own``: one of this worker, whose files nobody else opens."""

    def __init__(self, shared: Path, own: Path) -> None:
        self.shared, self.own = shared, own

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """The file of that name, made by whichever worker asks first; the others wait for it. To be copied only."""
        path = self.shared / name
        with path.with_name(f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                begun = path.with_name(f"{name}.part")
                begun.unlink(missing_ok=True)  # of a worker that was cut off
                make(begun)
                begun.replace(path)
        return path

    def office(self, path: Path) -> Office:
        """A new, empty office file, open: a copy costs a tenth of ``connection.create``. Raises FileExistsError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise FileExistsError(path)
        shutil.copy(self.empty(), path)
        path.chmod(0o600)
        # It was found sound where it was made and, once more, in this process: not looked through for every test.
        connection._ready[str(path.resolve()), path.stat().st_ino] = id(TABLES)
        db = connection.open_file(path)
        db.execute("PRAGMA synchronous = OFF")  # a test need not survive a power cut; it waits ten times less
        return db

    def empty(self) -> Path:
        """An empty office file, of this worker's own. To be copied only."""
        own = self.own / _EMPTY
        if not own.exists():
            shutil.copy(self.once("empty.db", lambda path: connection.create(path).close()), own)
            connection.open_file(own).close()
        return own

    def demonstration(self, day: date) -> Path:
        """The demonstration as known on that day, of this worker's own. For reading only."""
        own = self.own / str(day) / "palette.db"
        if not own.exists():
            own.parent.mkdir()
            asked = () if day == date.today() else (day,)  # today is what is written when nothing is said
            made = self.once(f"demonstration-{day}.db", lambda path: create.write(path, *asked))
            shutil.copy(made, own)
        return own
