"""The backups of a folder, known by the names of their files (« palette-2023-03-06T1432.db », « ….db.age »)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.base import atomic_files

_NAME = re.compile(r"palette-(\d{4}-\d\d-\d\dT\d{4})(?:-(\d{1,6}))?\.db(?:\.age)?")
_MOMENT = "%Y-%m-%dT%H%M"
_DIGEST = ".sha256"


@dataclass(frozen=True, order=True)
class Backup:
    """One backup as its name says: moments in UTC, where no hour comes twice; ``turn`` counts within a minute."""

    moment: datetime
    turn: int
    path: Path

    @property
    def digest_path(self) -> Path:
        """Where the SHA-256 of an unencrypted one is written; age knows by itself whether a file was changed."""
        return digest_path(self.path)


def digest_path(backup: Path) -> Path:
    return backup.with_name(backup.name + _DIGEST)


def backups_in(folder: Path) -> list[Backup]:
    """The backups of a folder, oldest first as their names say. Nothing else in the folder is ever looked at."""
    return sorted(_backups(folder))


def _backups(folder: Path) -> Iterator[Backup]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if found := _NAME.fullmatch(path.name):
            try:
                moment = datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC)
            except ValueError:  # a 31st of February: not a name that Palette gives
                continue
            yield Backup(moment, int(found[2] or 1), path)


def free_name(folder: Path, now: datetime, suffix: str) -> Path:
    """A name of this minute that no backup bears yet, encrypted or not."""
    minute = f"{now.astimezone(UTC):{_MOMENT}}"
    taken = [one.turn for one in backups_in(folder) if one.path.name.startswith(f"palette-{minute}")]
    turn = max(taken, default=0) + 1
    return folder / f"palette-{minute}{f'-{turn}' if turn > 1 else ''}{suffix}"


def leftovers(folder: Path) -> Iterator[Path]:
    """What a crash left: parts, and digests of a backup that is not there."""
    for path in folder.iterdir():
        if path.suffix == atomic_files.PART:
            if _NAME.fullmatch(path.stem.removesuffix(_DIGEST)):
                yield path
        elif path.suffix == _DIGEST and _NAME.fullmatch(path.stem) and not path.with_suffix("").exists():
            yield path
