"""Duplicates: pairs of persons who may be one, and what users decided about a pair. similarity.py compares two persons;
merge.py makes one file of two."""

from dataclasses import dataclass
from itertools import islice

from db.model.office import Office
from db.people import similarity
from db.rows.transactions import writing
from db.storage import connection

_LIKELY, _POSSIBLE = 75, 45


@dataclass(frozen=True)
class Pair:
    """Two persons who may be one, the older file first. ``strength``: points (similarity.py)."""

    one: int
    other: int
    reasons: tuple[str, ...]
    strength: int

    @property
    def level(self) -> str:
        """How likely it is, in French."""
        if self.strength >= _LIKELY:
            return "très probable"
        return "probable" if self.strength >= _POSSIBLE else "à vérifier"


@dataclass(frozen=True)
class Said:
    """The last decision about a pair. ``at``: an ISO moment in UTC."""

    at: str
    who: str
    one: int
    other: int


def pairs(db: Office) -> list[Pair]:
    """Return the pairs to look at, the likeliest first, without those declared to be two persons. Archived files are
    compared as well: a person who comes back is often entered again."""
    candidates = connection.remembered(db, ("pairs",), lambda: _alike(db))
    decided = {(said.one, said.other) for said in set_aside(db)}
    return [pair for pair in candidates if (pair.one, pair.other) not in decided]


def index(db: Office) -> similarity.Index:
    """Return an index of everybody in the file, to look for similar persons."""
    return similarity.Index(everybody(db))


def everybody(db: Office) -> list[similarity.Person]:
    """Return everybody in the file, archived persons included, prepared for comparison."""
    sql = f"SELECT id, {', '.join(similarity.FIELDS)} FROM person WHERE deleted_at IS NULL ORDER BY id"
    return [similarity.person(row[0], dict(zip(similarity.FIELDS, row[1:], strict=True))) for row in db.execute(sql)]


def sounding_like(db: Office, text: str, limit: int = 5) -> list[str]:
    """Return the names of persons, archived ones left out, in which every word of a text has one that sounds like it:
    « Lefevre » finds Lefebvre. For a search that finds nobody."""
    wanted = similarity.sounds(text)
    if not wanted:
        return []
    sql = "SELECT last_name, first_name FROM person WHERE deleted_at IS NULL AND archived_on IS NULL ORDER BY sort_key"
    names = (f"{last} {first}" for last, first in db.execute(sql))
    return list(islice((name for name in names if wanted <= similarity.sounds(name)), limit))


def _alike(db: Office) -> list[Pair]:
    found_pairs = [Pair(one.id, other.id, like.reasons, like.points) for one, other, like in index(db).pairs()]
    return sorted(found_pairs, key=lambda pair: (-pair.strength, pair.one, pair.other))


# ---- what was said of a pair


def set_apart(db: Office, one: int, other: int, who: str) -> None:
    """Record « Ce sont deux personnes »; it is not proposed again. Raises BusyError, StorageError, AccessError."""
    with writing(db):
        note_apart(db, one, other, who)


def note_apart(db: Office, one: int, other: int, who: str) -> None:
    """Do the same within ``writing``."""
    _note(db, one, other, "apart", who)


def bring_back(db: Office, one: int, other: int, who: str) -> None:
    """Propose a pair again that was declared to be two persons. Raises BusyError, StorageError, AccessError."""
    with writing(db):
        _note(db, one, other, "again", who)


def note_merged(db: Office, keep: int, gone: int, who: str) -> None:
    """Record a merge, within the transaction that makes it."""
    line = connection.change_token(db)
    sql = "INSERT INTO pairing (who, one, other, verdict, line) VALUES (?, ?, ?, 'merged', ?)"
    db.execute(sql, (who, keep, gone, line))


def _note(db: Office, one: int, other: int, verdict: str, who: str) -> None:
    sql = "INSERT INTO pairing (who, one, other, verdict) VALUES (?, ?, ?, ?)"
    db.execute(sql, (who, *sorted((one, other)), verdict))


def set_aside(db: Office) -> list[Said]:
    """Return the pairs declared to be two persons, both still in the file, latest first."""
    sql = """SELECT p.at, p.who, p.one, p.other FROM pairing p
      JOIN person a ON a.id = p.one AND a.deleted_at IS NULL JOIN person b ON b.id = p.other AND b.deleted_at IS NULL
      WHERE p.verdict = 'apart' AND NOT EXISTS (SELECT 1 FROM pairing later WHERE later.id > p.id
        AND later.one = p.one AND later.other = p.other AND later.verdict <> 'merged')
      ORDER BY p.id DESC"""
    return [Said(*row) for row in db.execute(sql)]


# ---- what was merged


@dataclass(frozen=True)
class Merged:
    """A merge in force: the file of ``other`` went into that of ``one``; ``operation``: the id of the operation to
    undo."""

    at: str
    who: str
    one: int
    other: int
    operation: int


_STANDING = """SELECT p.at, p.who, p.one, p.other, o.id FROM pairing p
  JOIN person gone ON gone.id = p.other AND gone.deleted_at IS NOT NULL
  JOIN operation o ON p.line BETWEEN o.first AND o.last
  WHERE p.verdict = 'merged' AND NOT EXISTS (SELECT 1 FROM operation u WHERE u.undoes = o.id)"""


def merges(db: Office, most: int = 20) -> list[Merged]:
    """Return the latest merges that are not undone, latest first."""
    rows = db.execute(f"{_STANDING} ORDER BY p.id DESC LIMIT ?", (most,)).fetchall()
    return [Merged(*row) for row in rows]


def merged_into(db: Office, person_id: int) -> int | None:
    """Return the person into whose file a deleted person's file was merged, or None."""
    row = db.execute(f"{_STANDING} AND p.other = ? ORDER BY p.id DESC LIMIT 1", (person_id,)).fetchone()
    return int(row[2]) if row else None
