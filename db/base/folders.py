"""Where files are: the office file and its backups."""

import os
from pathlib import Path


def office_path() -> Path:
    """Return the path of the office file: ``palette.db`` in the folder PALETTE_DATA, or in ``data``."""
    return Path(os.environ.get("PALETTE_DATA") or "data") / "palette.db"


def backup_folder(path: Path) -> Path:
    """Return the folder of an office file's backups: PALETTE_BACKUPS, or « sauvegardes » beside the file."""
    return Path(os.environ.get("PALETTE_BACKUPS") or path.parent / "sauvegardes")
