"""The backups of a folder, known by the names of their files (« palette-2023-03-06T1432.db », « ….db.age »)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"palette-(\d{4}-\d\d-\d\dT\d{4})(?:-(\d{1,6}))?\.db(?:\.age)?")
_MOMENT = "%Y-%m-%dT%H%M"
_DIGEST = ".sha256"


@dataclass(frozen=True, order=True)
class Backup:
    """One backup, as its name tells. ``moment``: UTC; ``turn`` counts backups of the same minute."""

    moment: datetime
    turn: int
    path: Path

    @property
    def digest_path(self) -> Path:
        """The path of its SHA-256, written when it is not encrypted; age detects changes by itself."""
        return digest_path(self.path)


def digest_path(backup: Path) -> Path:
    return backup.with_name(backup.name + _DIGEST)


def backups_in(folder: Path) -> list[Backup]:
    """Return the backups of a folder, oldest first by name. Other files are ignored."""
    return sorted(_backups(folder))


def _backups(folder: Path) -> Iterator[Backup]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            try:
                moment = datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC)
            except ValueError:  # a 31st of February: not a name that Palette gives
                continue
            yield Backup(moment, int(match[2] or 1), path)


def free_name(folder: Path, now: datetime, suffix: str) -> Path:
    """Return a name of this minute that no backup has yet."""
    minute = f"{now.astimezone(UTC):{_MOMENT}}"
    turns = [one.turn for one in backups_in(folder) if one.path.name.startswith(f"palette-{minute}")]
    turn = max(turns, default=0) + 1
    return folder / f"palette-{minute}{f'-{turn}' if turn > 1 else ''}{suffix}"


def lone_digests(folder: Path) -> Iterator[Path]:
    """Yield the digests that a crash left without their backup."""
    for path in folder.iterdir():
        if path.suffix == _DIGEST and _NAME.fullmatch(path.stem) and not path.with_suffix("").exists():
            yield path
