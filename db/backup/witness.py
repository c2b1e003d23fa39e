"""The last link of the audit chain, kept outside the office file.

A chain that was made anew, an end that was cut off and a file that was rolled back agree with themselves, but not with
a link noted before. Each place that keeps links is a file « sceaux.csv »: one beside the backups, to which every backup
adds a line; another in the folder PALETTE_SEALS, if the office names one. After a restoration the chain goes on from
the backup's last link: it adds a line that says so, and lines before it are no longer compared. Who can write the
office file and a place can make both agree; the other place, a copy of it, or a printed code (``audit_chain.code``)
then tells.
"""

import csv
import io
import os
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from db.base import atomic_files, folders
from db.base.errors import StorageError
from db.base.french import french_instant
from db.storage import audit_chain
from db.storage.audit_chain import ChainEnd

NAME = "sceaux.csv"
BACKUP, BEGUN, RESTORED, ACCEPTED = "sauvegarde", "reprise commencée", "reprise", "admis"
_HEADER = ("noté le", "sceaux", "dernier lien", "quoi", "détail")
_CODE = re.compile(rf"(\d+)-((?:[0-9a-f]{{4}}-?){{{audit_chain.CODE_DIGITS // 4}}})")
_MEND = "Si c’est voulu, dites pourquoi : « python -m db seal FICHIER --accept RAISON »."
_SHORTER = (
    "Les sceaux s’arrêtent au n° {last}, alors que le n° {count} a été noté le {moment} ({place}) : la fin de"
    " l’historique a été coupée, ou une copie plus ancienne a pris la place du fichier sans « python -m db restore ». "
    + _MEND
)
_OTHER = (
    "Le sceau n° {count} n’est pas celui qui a été noté le {moment} ({place}) : l’historique a été refait, ou ce"
    " fichier n’est pas celui d’alors. " + _MEND
)


@dataclass(frozen=True)
class NotedLink:
    """One line of a place. ``at``: ISO, UTC. ``kind``: BACKUP, BEGUN (a restoration is about to exchange the files),
    RESTORED or ACCEPTED (a person said why another chain is right)."""

    at: str
    end: ChainEnd
    kind: str
    detail: str


def places(path: Path) -> list[Path]:
    """Return the files that keep the links of an office file. None for a file elsewhere than the office's when folders
    are named for the office's: trying a backup there must not be noted as its restoration."""
    own = path.resolve() == folders.office_path().resolve()
    named = os.environ.get("PALETTE_SEALS")
    beside = [folders.backup_folder(path)] if own or not os.environ.get("PALETTE_BACKUPS") else []
    return [folder / NAME for folder in (*beside, *([Path(named)] if named and own else []))]


def read(place: Path) -> list[NotedLink]:
    """Return the lines of a place, oldest first; unreadable lines are skipped. Raises OSError."""
    if not place.exists():
        return []
    with place.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if len(row) == len(_HEADER)]
    return [_line(*row) for row in rows if row[1].isdecimal() and re.fullmatch("([0-9a-f]{2})*", row[2])]


def _line(at: str, count: str, link: str, kind: str, detail: str) -> NotedLink:
    return NotedLink(at, ChainEnd(int(count), bytes.fromhex(link)), kind, detail)


# ---- noting


def note(end: ChainEnd, kind: str, detail: str, into: Iterable[Path]) -> list[str]:
    """Add a line to some places, and return French sentences about those that refuse."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    refused = []
    for place in into:
        try:
            _append(place, (now, end.count, end.link.hex(), kind, detail))
        except OSError as error:
            refused.append(f"Le dernier sceau n’a pas pu être noté dans {place} : {atomic_files.why(error)}.")
    return refused


def _append(place: Path, row: tuple[object, ...]) -> None:
    text = io.StringIO()
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(handle, "ab") as file:
        csv.writer(text, delimiter=";", lineterminator="\n").writerows([row] if file.tell() else [_HEADER, row])
        file.write(text.getvalue().encode())
        file.flush()
        os.fsync(file.fileno())
    atomic_files.hand_over(place, place.parent)


def settle(db: sqlite3.Connection, path: Path) -> None:
    """Note as done a restoration that was killed after it had exchanged the files."""
    for place in places(path):
        lines = read(place)
        if lines and lines[-1].kind == BEGUN and _is_in(db, lines[-1].end):
            note(lines[-1].end, RESTORED, lines[-1].detail, [place])


def accept(db: sqlite3.Connection, path: Path, reason: str) -> None:
    """Note the chain as it is now as the right one, and why. Raises StorageError when a place refuses."""
    refused = note(audit_chain.end(db), ACCEPTED, reason, places(path))
    if refused:
        raise StorageError("\n".join(refused))


# ---- comparing


def problems(db: sqlite3.Connection, path: Path, also: Iterable[Path] = ()) -> list[str]:
    """Return, as French sentences, what the places of an office file, and some more, say otherwise than the file."""
    found = []
    for place in (*places(path), *also):
        try:
            found += _against(db, place, read(place))
        except OSError as error:
            found.append(f"Les sceaux notés dans {place} ne peuvent pas être lus : {atomic_files.why(error)}.")
    return found


def _against(db: sqlite3.Connection, place: Path, lines: list[NotedLink]) -> list[str]:
    """Compare with the last line that differs, among those since the chain last began anew."""
    if lines and lines[-1].kind == BEGUN and _is_in(db, lines[-1].end):
        return []
    begin = max((index for index, one in enumerate(lines) if one.kind in (RESTORED, ACCEPTED)), default=0)
    wrong = [one for one in lines[begin:] if one.kind != BEGUN and not _is_in(db, one.end)]
    return [_sentence(db, wrong[-1], place)] if wrong else []


def _is_in(db: sqlite3.Connection, end: ChainEnd) -> bool:
    return audit_chain.link_at(db, end.count) == end.link


def _sentence(db: sqlite3.Connection, line: NotedLink, place: Path) -> str:
    last, count = audit_chain.end(db).count, line.end.count
    sentence = _SHORTER if last < count else _OTHER
    return sentence.format(last=last, count=count, moment=french_instant(line.at), place=place)


def code_problem(db: sqlite3.Connection, code: str) -> str:
    """Return a French sentence when a printed code is not of this chain, or ''."""
    match = _CODE.fullmatch("".join(code.lower().split()))
    if not match:
        return f"« {code} » n’est pas un code de sceaux, comme « {audit_chain.code(db)} »."
    count, digits = int(match[1]), match[2].replace("-", "")
    if audit_chain.link_at(db, count).hex().startswith(digits):
        return ""
    last = audit_chain.end(db).count
    shorter = f" Les sceaux s’arrêtent au n° {last}." if last < count else ""
    return f"Le code « {code} » n’est pas celui du sceau n° {count} de ce fichier.{shorter}"


def explanations(path: Path) -> list[str]:
    """Return French sentences on each time that the chain began anew for a reason that was noted."""
    said = {
        RESTORED: "Le {moment}, une sauvegarde a été reprise ({detail}) : la chaîne des sceaux repart du n° {count}.",
        ACCEPTED: "Le {moment}, la chaîne des sceaux a été admise au n° {count} : {detail}.",
    }
    lines = dict.fromkeys(one for place in places(path) for one in read(place) if one.kind in said)
    return [
        said[one.kind].format(moment=french_instant(one.at), count=one.end.count, detail=one.detail) for one in lines
    ]
