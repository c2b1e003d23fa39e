"""What the tests of file_process send to its process: each function ends in one way."""

import os
import tempfile
import time
from pathlib import Path

from db.base.errors import PaletteError
from db.base.progress import Progress
from db.model.office import Office


def large(size: int, tick: Progress) -> bytes:
    """Return so many bytes, with a word about progress."""
    tick(0.5, "À mi-chemin")
    return bytes(range(256)) * (size // 256)


def refuse(_tick: Progress) -> bytes:
    """Raise a sentence for the person."""
    raise PaletteError("Rien à exporter.")


def fill_memory(_tick: Progress) -> bytes:
    """Ask for more memory than the process may have."""
    return bytes(3_000_000_000)


def crash(_tick: Progress) -> bytes:
    """End as native code does that fails."""
    os.abort()


def write_and_wait(tick: Progress) -> bytes:
    """Write a file with personal data, say where and in which process, and go on for ever."""
    handle, name = tempfile.mkstemp()
    os.write(handle, b"Lou Marchand")
    tick(0.0, f"{os.getpid()} {name}")
    while True:
        time.sleep(1)


def surroundings(_tick: Progress) -> bytes:
    """Return the names of the environment."""
    return " ".join(sorted(os.environ)).encode()


def surnames(office: Office, tick: Progress) -> bytes:
    """Return what the file says of persons."""
    tick(0.5, "Personnes")
    return " ".join(name for (name,) in office.execute("SELECT last_name FROM person")).encode()


def path_of(text: str) -> tuple[int, Path]:
    """Return the process and the file that ``write_and_wait`` told."""
    process, _, name = text.partition(" ")
    return int(process), Path(name)
