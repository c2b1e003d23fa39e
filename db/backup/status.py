"""Whether backups are in order: the record of the last attempt, and the French sentence that screens show."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from db.backup.catalogue import Backup, backups_in
from db.base import atomic_files, copies, folders
from db.base.french import capitalised, french_instant, french_number

_STATE = "dernière.json"
NONE_YET = "Aucune sauvegarde encore."
OLD = timedelta(hours=36)
AHEAD = timedelta(hours=1)
"""How far in the future a backup may be dated before the clock is taken to be wrong."""

_unwritten: dict[Path, dict[str, Any]] = {}
"""Records that could not be written (disk full, read-only); pages of this process still show them."""


@dataclass(frozen=True)
class State:
    """Whether backups are in order, the French sentence, and how many there are."""

    good: bool
    sentence: str
    count: int


@dataclass(frozen=True)
class Success:
    """The last verified backup. ``at``: ISO, UTC."""

    at: str
    name: str
    size: int
    seconds: float
    encrypted: bool
    remark: str = ""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


# ---- what was said of the last attempt


def succeeded(folder: Path, now: datetime, made: Path, seconds: float, remark: str) -> None:
    """Record a backup that is in place. ``remark``: a French sentence on what is wrong nevertheless, or ''."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    encrypted = made.suffix == ".age"
    success = Success(at, made.name, made.stat().st_size, round(seconds, 1), encrypted, remark)
    _note(folder, success=asdict(success), failed=False)


def failed(folder: Path, now: datetime, reason: str) -> None:
    """Record a failed attempt; ``reason`` ends a French sentence and holds no value."""
    failure = {"at": now.astimezone(UTC).isoformat(timespec="seconds"), "reason": reason}
    _note(folder, failure=failure, failed=True)


def _note(folder: Path, **new: Any) -> None:
    known = _known(folder) | new
    try:
        atomic_files.write_text(folder / _STATE, json.dumps(known, indent=2, ensure_ascii=False) + "\n")
        _unwritten.pop(folder.resolve(), None)
    except OSError:
        _unwritten[folder.resolve()] = known


def _known(folder: Path) -> dict[str, Any]:
    if (unwritten := _unwritten.get(folder.resolve())) is not None:  # one look: another thread may write it meanwhile
        return unwritten
    try:
        known = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def last_success(folder: Path) -> Success | None:
    """Return the newest existing backup: the recorded one, otherwise the last by name."""
    try:
        noted = Success(**_known(folder)["success"])
        if (folder / noted.name).stat().st_size == noted.size and noted.moment.tzinfo:
            return noted
    except (KeyError, TypeError, ValueError, OSError):
        pass
    return next((_of_name(one) for one in reversed(backups_in(folder))), None)


def _of_name(one: Backup) -> Success:
    return Success(one.moment.isoformat(), one.path.name, one.path.stat().st_size, 0.0, one.path.suffix == ".age")


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Return whether a backup is dated in the future, which means that the clock was changed."""
    return moment > now + AHEAD


# ---- what a person reads


def state(folder: Path, now: datetime) -> State:
    """Return whether the backups of a folder are in order."""
    last, failure = last_success(folder), _failure(_known(folder))
    if failure:
        good, sentence = False, failure + (f" {_when_before(last)}" if last else " Aucune n’a encore réussi.")
    else:
        good, sentence = _of_last(last, now) if last else (False, NONE_YET)
    return State(good, sentence, len(backups_in(folder)))


def missing_room(office: Path) -> str:
    """Return a French sentence when the next backup of an office file has no room on its disks, or ''."""
    for folder in (office.parent, folders.backup_folder(office)):
        if missing := copies.missing_room(office, folder, copies.OF_BACKUP):
            return f"{capitalised(missing)} : sans place, plus de sauvegarde, et bientôt plus d’enregistrement."
    return ""


def _failure(known: dict[str, Any]) -> str:
    match known:
        case {"failed": True, "failure": {"at": str(at), "reason": str(reason)}}:
            return f"La dernière sauvegarde a échoué le {french_instant(at)} : {reason}."
        case _:
            return ""


def _when_before(last: Success) -> str:
    return f"La dernière réussie date du {french_instant(last.at)}."


def _of_last(last: Success, now: datetime) -> tuple[bool, str]:
    if is_ahead(last.moment, now):
        reason = f"la dernière sauvegarde est datée du {french_instant(last.at)}. Vérifiez l’heure du serveur."
        return False, f"L’horloge du serveur a reculé : {reason}"
    if now - last.moment > OLD:
        return False, f"Aucune sauvegarde depuis le {french_instant(last.at)}."
    if last.remark:
        reason = f"Sauvegarde faite le {french_instant(last.at)}, mais le fichier ne s’accorde plus avec ses sceaux"
        return False, f"{reason} : {last.remark}"
    secrecy = "chiffrée" if last.encrypted else "non chiffrée"
    return True, f"Dernière sauvegarde : {french_instant(last.at)} ({_size(last.size)}, {secrecy}), vérifiée."


def _size(size: int) -> str:
    return f"{french_number(size / 1e6, 1)} Mo" if size >= 1e6 else f"{french_number(max(1, size / 1e3))} Ko"
