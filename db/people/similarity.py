"""Similarity of two persons: names that sound alike, are swapped or differ by a slip; phone, e-mail, birth date.

Comparing everybody with everybody would take too long: each person is filed under a few keys (*blocking*), and compared
only with persons who share one.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from db.base.compact_lists import CompactLists
from db.base.french import fold
from db.people import phonetics

FIELDS = ("last_name", "first_name", "artist_name", "birth_date", "phone", "email")
"""The fields that are compared."""
_LEAST = 25
"""The lowest score worth showing."""
_BLOCK = 40
"""Most persons looked at under one key; what hundreds share (the office's own telephone number) tells nothing."""
_SLIP_FROM = 4
"""Shortest name in which a slip is looked for: Léo and Lou are two names."""
_WORD_FROM = 3
"""Shortest word of a name that may stand for the whole: not « de »."""
_LONG_FROM = 16
"""Names of at least so many letters are found by their halves when they differ by a slip, shorter ones by the forms
with one letter dropped, which would be many."""
_CROWD = 1_000
"""Most names kept under one of these keys; no list of real names has so many that differ by one letter."""
_WORDS = 8
"""Most words of one name that are looked at."""


class Person(NamedTuple):
    """A person's values, prepared for comparison."""

    id: int
    last: str
    first: str
    artist: str
    born: str
    phone: str
    email: str
    last_key: str
    first_key: str


@dataclass(frozen=True)
class Likeness:
    """How similar two persons are: reasons in French, and a score in points."""

    reasons: tuple[str, ...]
    points: int


def person(row_id: int, values: Mapping[str, Any]) -> Person:
    """Return a person of the file, or one to be entered (``row_id`` 0), from stored values."""
    last, first, artist = (_words(values.get(name) or "") for name in ("last_name", "first_name", "artist_name"))
    phone = str(values.get("phone") or "")
    return Person(
        row_id,
        last,
        first,
        artist,
        str(values.get("birth_date") or ""),
        f"0{phone[3:]}" if phone.startswith("+33") else phone,
        str(values.get("email") or "").lower(),
        phonetics.key(last) or last,
        phonetics.key(first) or first,
    )


@lru_cache(maxsize=50_000)
def _words(name: str) -> str:
    """Return the words of a name: « Jean-Pierre » and « jean pierre » are one name; « d’Arc » is « d arc »."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(name)).split())


def sounds(name: str) -> frozenset[str]:
    """Return the phonetic keys of the words of a name, of two letters and more."""
    return frozenset(filter(None, (phonetics.key(word) for word in _words(name).split() if len(word) > 1)))


# ---- two persons


def compare(one: Person, other: Person) -> Likeness | None:
    """Return how similar two persons are, or None when they are not."""
    reasons, points = _names(one, other)
    for reason, worth in (*_shared(one, other), *_born(one, other, bool(points))):
        reasons, points = (*reasons, reason), points + worth
    return Likeness(reasons, points) if points >= _LEAST else None


def _names(one: Person, other: Person) -> tuple[tuple[str, ...], int]:
    """Return what two persons' names have in common, at best."""
    if (one.last, one.first) == (other.last, other.first):
        return ("même nom et même prénom",), 60
    if (one.last, one.first) == (other.first, other.last):
        return ("nom et prénom inversés",), 60
    if (one.last_key, one.first_key) == (other.last_key, other.first_key):
        return ("se prononcent pareil",), 50
    if (one.last_key, one.first_key) == (other.first_key, other.last_key):
        return ("nom et prénom inversés", "se prononcent pareil"), 50
    same_last, same_first = one.last_key == other.last_key, one.first_key == other.first_key
    if (same_first and _is_slip(one.last, other.last)) or (same_last and _is_slip(one.first, other.first)):
        return ("une lettre d’écart",), 45
    if (same_first and _is_part(one.last, other.last)) or (same_last and _is_part(one.first, other.first)):
        return ("un nom ou un prénom de plus",), 35
    return (), 0


def _is_slip(one: str, other: str) -> bool:
    """Return whether two names differ by one letter added, missing, replaced, or by two swapped."""
    return min(len(one), len(other)) >= _SLIP_FROM and OSA.distance(one, other, score_cutoff=1) == 1


def _is_part(one: str, other: str) -> bool:
    """Return whether one name is a word of the other: « Moreau » and « Moreau Petit »."""
    short, long = sorted((one, other), key=len)
    return short != long and short in _own_words(long)


def _own_words(name: str) -> list[str]:
    return [word for word in name.split() if len(word) >= _WORD_FROM][:_WORDS]


def _shared(one: Person, other: Person) -> Iterator[tuple[str, int]]:
    """Score what two persons share. A couple shares a telephone and an address: with other birth dates it says
    nothing."""
    if are_born_apart(one, other):
        return
    for reason, mine, theirs, worth in (
        ("même téléphone", one.phone, other.phone, 35),
        ("même courriel", one.email, other.email, 35),
        ("même nom d’artiste", one.artist, other.artist, 30),
    ):
        if mine and mine == theirs:
            yield reason, worth


def _born(one: Person, other: Person, named: bool) -> Iterator[tuple[str, int]]:
    """Score two birth dates; equal or different ones weigh much. ``named``: whether the names are similar already."""
    if not one.born or not other.born:
        return
    if one.born == other.born:
        yield "même date de naissance", 30 if named else 20  # alone it says too little: many were born that day
        if named:
            return
        if one.first_key == other.first_key:
            yield "même prénom", 30
        elif one.last_key == other.last_key:
            yield "même nom", 20
    elif _is_near(one.born, other.born):
        yield "dates de naissance proches", 15
    else:
        yield "mais dates de naissance différentes", -25


def are_born_apart(one: Person, other: Person) -> bool:
    """Return whether two persons have birth dates that no slip explains."""
    return bool(one.born and other.born) and one.born != other.born and not _is_near(one.born, other.born)


def _is_near(one: str, other: str) -> bool:
    """Return whether two dates differ by one digit, or by day and month swapped."""
    return OSA.distance(one, other, score_cutoff=1) == 1 or one == f"{other[:4]}-{other[8:]}-{other[5:7]}"


# ---- among many


class Index:
    """Persons by the keys under which similar ones are found. Of a key only the hash is kept."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people: list[Person] = []
        self._by = CompactLists[int, Person](_BLOCK)
        self._near = {"last": _Near(), "first": _Near()}
        for one in people:
            self.add(one)

    def add(self, one: Person) -> None:
        """Add a person."""
        self.people.append(one)
        for key in _keys(one):
            self._by.add(hash(key), one)
        self._near["last"].add(one.last)
        self._near["first"].add(one.first)

    def like(self, one: Person, apart: bool = True) -> list[tuple[Person, Likeness]]:
        """Return similar persons, the most similar first, without the person itself. ``apart``: whether those who were
        born on quite different days may be among them."""
        met = (other for other in self._met(one) if other.id != one.id and (apart or not are_born_apart(one, other)))
        similar = [(other, like) for other in met if (like := compare(one, other))]
        return sorted(similar, key=lambda pair: (-pair[1].points, pair[0].id))

    def pairs(self) -> Iterator[tuple[Person, Person, Likeness]]:
        """Yield every pair of similar persons once, the lower number first."""
        for one in self.people:
            for other in self._met(one):
                if one.id < other.id and (like := compare(one, other)):
                    yield one, other, like

    def _met(self, one: Person) -> Iterable[Person]:
        return {other.id: other for key in self._keys(one) for other in self._by.get(hash(key))}.values()

    def _keys(self, one: Person) -> Iterator[Hashable]:
        """Return the keys under which persons similar to this one may be filed."""
        yield from _keys(one)
        for last in self._near["last"].of(one.last):
            yield ("last", last, one.first_key)
        for first in self._near["first"].of(one.first):
            yield ("first", first, one.last_key)
        for word in _own_words(one.last):
            yield ("last", word, one.first_key)
        for word in _own_words(one.first):
            yield ("first", word, one.last_key)
        yield ("last word", one.last, one.first_key)
        yield ("first word", one.first, one.last_key)


def _keys(one: Person) -> Iterator[Hashable]:
    """Return the keys under which a person is filed."""
    yield ("named", *sorted((one.last_key, one.first_key)))
    yield ("last", one.last, one.first_key)
    yield ("first", one.first, one.last_key)
    if " " in one.last:
        yield from (("last word", word, one.first_key) for word in _own_words(one.last))
    if " " in one.first:
        yield from (("first word", word, one.last_key) for word in _own_words(one.first))
    for kind, value in (("phone", one.phone), ("email", one.email), ("artist", one.artist)):
        if value:
            yield (kind, value)
    if one.born:
        yield ("born", one.born, one.first_key)
        yield ("born", one.born, one.last_key)


class _Near:
    """Finds names that differ by a slip."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._by = CompactLists[int, str](_CROWD)
        self._found: dict[str, list[str]] = {}

    def add(self, name: str) -> None:
        if name not in self._known and len(name) >= _SLIP_FROM:
            self._known.add(name)
            self._found.clear()
            for key in _slip_keys(name):
                self._by.add(hash(key), name)

    def of(self, name: str) -> list[str]:
        """Return the names that differ from this one by a slip."""
        if len(name) < _SLIP_FROM:
            return []
        if name not in self._found:
            met = {other for key in _slip_keys(name) for other in self._by.get(hash(key))}
            self._found[name] = [other for other in sorted(met) if _is_slip(name, other)]
        return self._found[name]


def _slip_keys(name: str) -> set[Hashable]:
    """Return keys of which two names that differ by a slip share one at least: forms with one letter dropped, or the
    beginning and the end, less one letter between them, of the longer one."""
    keys: set[Hashable] = set()
    if len(name) <= _LONG_FROM + 1:
        keys = {name, *(name[:index] + name[index + 1 :] for index in range(len(name)))}
    for longer in (len(name), len(name) + 1) if len(name) >= _LONG_FROM else ():
        start = (longer - 1) // 2
        keys |= {("start", longer, name[:start]), ("end", longer, name[start + 1 - longer :])}
    return keys
