"""Folders for work in progress, which hold personal data: removed with the work, or at the next start of Palette when
the process was killed before it could."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_NAME = "palette-travail-"


def own_folder(parent: Path | None = None) -> TemporaryDirectory[str]:
    """Return a new folder of this process, for its owner only, in the system's temporary folder or in ``parent``."""
    clear_left_folders(parent)
    return TemporaryDirectory(prefix=f"{_NAME}{os.getpid()}-", dir=parent)


def clear_left_folders(parent: Path | None = None) -> None:
    """Remove the folders there of processes that have ended."""
    for folder in Path(parent or gettempdir()).glob(f"{_NAME}*-*"):
        process = folder.name.removeprefix(_NAME).partition("-")[0]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, as somebody else
        pass
    return True
