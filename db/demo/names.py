"""Names that fit gender, year of birth and origin, each given once."""

from random import Random
from typing import Any

from db.demo.texts import load

_NAMES = load("names")
SURNAMES: list[str] = [name.replace("_", " ") for name in _NAMES["surnames"]["names"].split()]
_ABROAD: list[dict[str, str]] = _NAMES["abroad"]


def first_names(gender: str) -> list[str]:
    """Return every French first name of that gender."""
    return [name for group in _NAMES["first"] if group["gender"] == gender for name in group["names"].split()]


class Names:
    """Draws names that no other person has."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[tuple[str, str]] = set()

    def draw(self, gender: str, born: int, origin: str) -> tuple[str, str]:
        """Return (first name, surname) for a year of birth."""
        while True:
            name = self._abroad(gender) if origin == "foreign" and gender != "other" else self._french(gender, born)
            if name not in self._given:
                self._given.add(name)
                return name

    def _french(self, gender: str, born: int) -> tuple[str, str]:
        groups: list[dict[str, Any]] = _NAMES["first"]
        names = next(group["names"] for group in groups if group["gender"] == gender and born < group["before"])
        return self._rng.choice(names.split()), self._rng.choice(SURNAMES)

    def _abroad(self, gender: str) -> tuple[str, str]:
        region = self._rng.choice(_ABROAD)
        first = region["women" if gender == "woman" else "men"]
        return self._rng.choice(first.split()), self._rng.choice(region["surnames"].split())
