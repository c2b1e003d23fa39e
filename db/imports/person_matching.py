"""Who somebody in a file is: by name and birth date, accents and case ignored; and whom she resembles."""

import re
from functools import lru_cache
from operator import ne

from rapidfuzz import fuzz

from db.base.french import french_date
from db.imports.plan_types import Candidate
from db.imports.text_keys import name_key

Key = tuple[str, str, str | None]
_MANY = 300
"""A block of more people than that tells nobody from anybody."""
_ALIKE = 82
_SHOWN = 5


def words_of(*texts: str | None) -> str:
    """The words of a name in alphabetical order: « Jean DUPONT » and « Dupont Jean » are the same."""
    return " ".join(sorted(name_key(" ".join(filter(None, texts))).split()))


@lru_cache(100_000)
def sound(word: str) -> str:
    """Roughly how a French name sounds: « Dupond » and « Dupont », « Philippe » and « Filipe » are the same."""
    for pattern, plain in _SOUNDS:
        word = pattern.sub(plain, word)
    return word


_SOUNDS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("ph", "f"), ("h", ""), ("eaux?|aux?", "o"), ("qu|k|ck", "c"), ("ss|sc(?=[ei])|c(?=[eiy])|z", "s"), ("y", "i"),
        ("ai|ei|ay|ey", "e"), ("ge(?=[ao])|g(?=[eiy])", "j"), ("[dtsxpe]+(?= |$)", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


class People:
    """Everybody of the office file and, as they are met, of the file that is brought in (negative ids)."""

    def __init__(self) -> None:
        self.names: dict[int, tuple[str, str, str | None]] = {}
        self._called: dict[int, str] = {}
        self._exact: dict[Key, list[int]] = {}
        self._words: dict[str, list[int]] = {}
        self._sounds: dict[str, list[int]] | None = None
        self._births: dict[str, list[int]] | None = None

    def add(self, person: int, last: str | None, first: str | None, birth: str | None) -> None:
        """Somebody, also under another name than she is already known by."""
        self.names[person] = (last or "", first or "", birth)
        words = self._called[person] = words_of(last, first)
        exact = self._exact.setdefault((name_key(last or ""), name_key(first or ""), birth), [])
        for ids in (exact, self._words.setdefault(words, [])):
            if person not in ids[-3:]:
                ids.append(person)
        if self._sounds is not None:
            self._add_near(person)

    def title(self, person: int) -> str:
        """« DUPONT Jean, 01/02/1980 »."""
        last, first, birth = self.names[person]
        return f"{last} {first}" + (f", {french_date(birth)}" if birth else "")

    def exact(self, last: str, first: str, birth: str | None) -> list[int]:
        """Those of that name and birth date; without one, those who have none either."""
        return self._exact.get((name_key(last), name_key(first), birth), [])

    def named(self, text: str) -> list[int]:
        """Those of that whole name, in any order of words."""
        return list(dict.fromkeys(self._words.get(words_of(text), [])))

    def near(self, last: str, first: str, birth: str | None) -> tuple[Candidate, ...]:
        """Whom somebody resembles, and what speaks for it; those of the very same name and date left out."""
        if self._sounds is None:
            self._sounds, self._births = {}, {}
            for person in self.names:
                self._add_near(person)
        mine = words_of(last, first)
        found: dict[int, str] = {}
        for person in self._words.get(mine, [])[:_MANY]:
            theirs = self.names[person][2]
            if not birth or not theirs:
                found.setdefault(person, "même nom, date de naissance absente d’un côté")
            elif birth == theirs:
                found.setdefault(person, "nom et prénom inversés, même date de naissance")
            elif _days_alike(birth, theirs):
                found.setdefault(person, "même nom, date de naissance proche")
        self._near_by_birth(mine, birth, found)
        self._near_by_sound(mine, last, first, birth, found)
        return tuple(Candidate(person, self.title(person), why) for person, why in list(found.items())[:_SHOWN])

    def _near_by_birth(self, mine: str, birth: str | None, found: dict[int, str]) -> None:
        block = (self._births or {}).get(birth or "", [])
        for person in block if len(block) <= _MANY else []:
            theirs = self._called[person]
            if theirs != mine and person not in found:
                if fuzz.ratio(mine, theirs, score_cutoff=_ALIKE):
                    found[person] = "même date de naissance, nom proche"
                elif _composed(set(mine.split()), set(theirs.split())):
                    found[person] = "même date de naissance, nom composé d’un côté"

    def _near_by_sound(self, mine: str, last: str, first: str, birth: str | None, found: dict[int, str]) -> None:
        block = (self._sounds or {}).get(_sounds(last, first), [])
        for person in block if len(block) <= _MANY else []:
            theirs = self.names[person][2]
            if person not in found and self._called[person] != mine:
                if not birth or not theirs:
                    found[person] = "même prononciation, date de naissance absente d’un côté"
                elif birth == theirs or _days_alike(birth, theirs):
                    found[person] = "même prononciation, date de naissance proche"

    def _add_near(self, person: int) -> None:
        last, first, birth = self.names[person]
        if self._sounds is not None and self._births is not None:
            self._sounds.setdefault(_sounds(last, first), []).append(person)
            if birth:
                self._births.setdefault(birth, []).append(person)


def _composed(one: set[str], other: set[str]) -> bool:
    """« Jean Dupont » and « Jean Dupont Martin »."""
    return (one < other or other < one) and len(one & other) > 1


@lru_cache(100_000)
def _sounds(last: str, first: str) -> str:
    return " ".join(sorted(sound(word) for word in name_key(f"{last} {first}").split()))


def _days_alike(one: str, other: str) -> bool:
    """A slip of the finger: one digit, or day and month the other way round."""
    swapped = f"{one[:4]}-{one[8:]}-{one[5:7]}"
    return other == swapped or sum(map(ne, one, other)) == 1
