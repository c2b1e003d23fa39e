"""Search of persons by name and birth date: exact (accents and case ignored) and approximate matches."""

import re
from functools import lru_cache
from operator import ne

from rapidfuzz import fuzz

from db.base.french import french_date
from db.imports.plan_types import Candidate
from db.imports.text_keys import name_key

Key = tuple[str, str, str | None]
_MAX_BLOCK = 300
"""Persons with the same birth date or sound are compared only up to this number."""
_MIN_SIMILARITY = 82
_MAX_CANDIDATES = 5


def sorted_words(*texts: str | None) -> str:
    """Return the words of a name in alphabetical order: the same for « Jean DUPONT » and « Dupont Jean »."""
    return " ".join(sorted(name_key(" ".join(filter(None, texts))).split()))


@lru_cache(100_000)
def sound_key(word: str) -> str:
    """Return a key for the sound of a French name: « Dupond » and « Dupont », « Philippe » and « Filipe » share one."""
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


class PersonIndex:
    """Index of the persons of the office file and, as they are read, of the imported file (negative ids)."""

    def __init__(self) -> None:
        self.names: dict[int, tuple[str, str, str | None]] = {}
        self._words_by_person: dict[int, str] = {}
        self._exact: dict[Key, list[int]] = {}
        self._words: dict[str, list[int]] = {}
        self._sounds: dict[str, list[int]] | None = None
        self._births: dict[str, list[int]] | None = None

    def add(self, person: int, last: str | None, first: str | None, birth: str | None) -> None:
        """Add a person, or another name of a person of the index."""
        self.names[person] = (last or "", first or "", birth)
        words = self._words_by_person[person] = sorted_words(last, first)
        exact = self._exact.setdefault((name_key(last or ""), name_key(first or ""), birth), [])
        for ids in (exact, self._words.setdefault(words, [])):
            if person not in ids[-3:]:
                ids.append(person)
        if self._sounds is not None:
            self._index_resemblance(person)

    def title(self, person: int) -> str:
        """Return « DUPONT Jean, 01/02/1980 »."""
        last, first, birth = self.names[person]
        return f"{last} {first}" + (f", {french_date(birth)}" if birth else "")

    def exact(self, last: str, first: str, birth: str | None) -> list[int]:
        """Return the persons with that name and birth date; for None, those without birth date."""
        return self._exact.get((name_key(last), name_key(first), birth), [])

    def named(self, text: str) -> list[int]:
        """Return the persons with these words as their whole name, in any order."""
        return list(dict.fromkeys(self._words.get(sorted_words(text), [])))

    def near(self, last: str, first: str, birth: str | None) -> tuple[Candidate, ...]:
        """Return the persons that resemble this one and the evidence; exact matches of name and date are left out."""
        if self._sounds is None:
            self._sounds, self._births = {}, {}
            for person in self.names:
                self._index_resemblance(person)
        words = sorted_words(last, first)
        evidence: dict[int, str] = {}
        for person in self._words.get(words, [])[:_MAX_BLOCK]:
            other_birth = self.names[person][2]
            if not birth or not other_birth:
                evidence.setdefault(person, "même nom, date de naissance absente d’un côté")
            elif birth == other_birth:
                evidence.setdefault(person, "nom et prénom inversés, même date de naissance")
            elif _is_date_slip(birth, other_birth):
                evidence.setdefault(person, "même nom, date de naissance proche")
        self._add_same_birth(words, birth, evidence)
        self._add_same_sound(words, last, first, birth, evidence)
        return tuple(
            Candidate(person, self.title(person), why) for person, why in list(evidence.items())[:_MAX_CANDIDATES]
        )

    def _add_same_birth(self, words: str, birth: str | None, evidence: dict[int, str]) -> None:
        block = (self._births or {}).get(birth or "", [])
        for person in block if len(block) <= _MAX_BLOCK else []:
            other_words = self._words_by_person[person]
            if other_words != words and person not in evidence:
                if fuzz.ratio(words, other_words, score_cutoff=_MIN_SIMILARITY):
                    evidence[person] = "même date de naissance, nom proche"
                elif _is_compound(set(words.split()), set(other_words.split())):
                    evidence[person] = "même date de naissance, nom composé d’un côté"

    def _add_same_sound(self, words: str, last: str, first: str, birth: str | None, evidence: dict[int, str]) -> None:
        block = (self._sounds or {}).get(_sounds(last, first), [])
        for person in block if len(block) <= _MAX_BLOCK else []:
            other_birth = self.names[person][2]
            if person not in evidence and self._words_by_person[person] != words:
                if not birth or not other_birth:
                    evidence[person] = "même prononciation, date de naissance absente d’un côté"
                elif birth == other_birth or _is_date_slip(birth, other_birth):
                    evidence[person] = "même prononciation, date de naissance proche"

    def _index_resemblance(self, person: int) -> None:
        last, first, birth = self.names[person]
        if self._sounds is not None and self._births is not None:
            self._sounds.setdefault(_sounds(last, first), []).append(person)
            if birth:
                self._births.setdefault(birth, []).append(person)


def _is_compound(one: set[str], other: set[str]) -> bool:
    """Return whether one name extends the other: « Jean Dupont » and « Jean Dupont Martin »."""
    return (one < other or other < one) and len(one & other) > 1


@lru_cache(100_000)
def _sounds(last: str, first: str) -> str:
    return " ".join(sorted(sound_key(word) for word in name_key(f"{last} {first}").split()))


def _is_date_slip(one: str, other: str) -> bool:
    """Return whether two ISO dates differ by one digit, or by day and month swapped."""
    swapped = f"{one[:4]}-{one[8:]}-{one[5:7]}"
    return other == swapped or sum(map(ne, one, other)) == 1
