"""A file made in a process of its own with hard limits (db/base/helper_process.py), so that its memory, its time and a
crash of native code (V8, Typst, XlsxWriter over 100,000 rows) stay apart from the server's.

What makes the file is a function of a module and its arguments, so that it can be sent to the process; the process has
none of the server's secrets and opens the office file by itself, with the roles that it is given. The server pickles
the request, and takes back nothing but progress and bytes.
"""

import pickle  # nosec B403
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.base import helper_process
from db.base.errors import PaletteError
from db.base.helper_process import HelperError, HelperLimits
from db.base.progress import Progress, ignore_progress
from db.model.roles import Roles
from db.storage import connection

LIMITS = HelperLimits(
    memory=1_000_000_000, processor=900, seconds=3_600, output=700_000_000, file=2_000_000_000, reserves=True
)
"""Memory: the charts of a report take 0.72 GB (V8, of which 0.28 is used), a whole file of 100,000 persons 0.6 GB.
Two of them and the server stay under the 3 GB of docs/palette.service."""
_PART = 3 * 2**18
"""Bytes of the file that are sent in one line: a multiple of 3, for base64."""
_TOO_LARGE = (
    "ce fichier demande plus de mémoire que Palette n’en donne à un travail. Demandez-en une partie, ou un autre format"
    " ; sinon, dites-le à qui tient Palette."
)
_SENTENCES = {
    helper_process.MEMORY: _TOO_LARGE,
    helper_process.OUTPUT: _TOO_LARGE,
    helper_process.TIME: "ce fichier prend trop de temps. Demandez-en une partie, ou réessayez plus tard.",
    helper_process.FAILED: "cela n’a pas pu être fait. Réessayez ; si cela dure, dites-le à qui tient Palette.",
}


@dataclass(frozen=True)
class FromOffice:
    """What makes a file from the office file at ``path``, opened with ``roles`` (None: without limits). ``make`` takes
    the open file, and the progress as ``tick``."""

    make: Callable[..., bytes]
    path: Path
    roles: Roles | None

    def __call__(self, tick: Progress) -> bytes:
        """Open the office file and make the file."""
        return self.make(connection.thread_office(self.roles, self.path), tick=tick)


def make(work: Callable[[Progress], bytes], progress: Progress = ignore_progress) -> bytes:
    """Return what ``work`` returns, called in a process of its own; it must be possible to pickle it. Raises
    PaletteError with the reason in French, and what ``progress`` raises, which ends the process."""
    parts: list[bytes] = []
    said: list[Any] = [0.0, ""]

    def receive(item: Any) -> None:
        if isinstance(item, str):
            parts.append(b64decode(item))
        else:
            said[:] = item

    try:
        helper_process.run("reports.file_process", [pickle.dumps(work)], LIMITS, receive, lambda: progress(*said))
    except HelperError as error:
        raise PaletteError(str(error) or _SENTENCES[error.why]) from error
    return b"".join(parts)


def _answer(request: bytes) -> Iterator[str]:
    # The server alone, which started this process, writes to its standard input: nothing that a person sent is read.
    content = pickle.loads(request)(lambda share, step: helper_process.send([share, step]))  # nosec B301
    for start in range(0, len(content), _PART):
        yield b64encode(content[start : start + _PART]).decode()


if __name__ == "__main__":
    helper_process.serve(_answer)
