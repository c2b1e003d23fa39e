"""Search of persons by name and birth date: exact matches (accents and case ignored), and those that resemble.

What resembles is decided by db/people/similarity.py, as for « Doublons »: what an import does not ask, that screen does
not report afterwards.
"""

from collections.abc import Mapping, Sequence
from sys import intern
from typing import Any

from db.base.compact_lists import CompactLists
from db.base.french import french_date
from db.imports.plan_types import Candidate
from db.imports.text_keys import name_key
from db.people import similarity

Key = tuple[str, str, str | None]
_MAX_CANDIDATES = 5


def sorted_words(*texts: str | None) -> str:
    """Return the words of a name in alphabetical order: the same for « Jean DUPONT » and « Dupont Jean »."""
    return " ".join(sorted(name_key(" ".join(filter(None, texts))).split()))


class PersonIndex:
    """Index of the persons of the office file and, as they are read, of the imported file (negative ids)."""

    def __init__(self) -> None:
        self.names: dict[int, tuple[str, str, str | None]] = {}
        self._exact = CompactLists[Key, int]()
        self._words = CompactLists[str, int]()
        self._similar = similarity.Index()

    def add(self, person: int, values: Mapping[str, Any]) -> None:
        """Add a person by the stored values of the fields in ``similarity.FIELDS``."""
        last, first, birth = values.get("last_name") or "", values.get("first_name") or "", values.get("birth_date")
        self.names[person] = (last, first, birth)
        exact, words = (name_key(last), name_key(first), birth), sorted_words(last, first)
        if person not in self._exact.get(exact)[-3:]:
            self._exact.add(exact, person)
        if person not in self._words.get(words)[-3:]:
            self._words.add(words, person)
        self._similar.add(similarity.person(person, values))

    def title(self, person: int) -> str:
        """Return « DUPONT Jean, 01/02/1980 »."""
        last, first, birth = self.names[person]
        return f"{last} {first}" + (f", {french_date(birth)}" if birth else "")

    def exact(self, last: str, first: str, birth: str | None) -> Sequence[int]:
        """Return the persons with that name and birth date; for None, those without birth date."""
        return self._exact.get((name_key(last), name_key(first), birth))

    def named(self, text: str) -> list[int]:
        """Return the persons with these words as their whole name, in any order."""
        return list(dict.fromkeys(self._words.get(sorted_words(text))))

    def near(self, values: Mapping[str, Any]) -> tuple[Candidate, ...]:
        """Return the persons that resemble one with these values, the most similar first, and the evidence. Two of one
        name who were born on quite different days are two persons."""
        similar = self._similar.like(similarity.person(0, values), apart=False)
        return tuple(
            Candidate(other.id, self.title(other.id), intern(", ".join(likeness.reasons)))
            for other, likeness in similar[:_MAX_CANDIDATES]
        )
