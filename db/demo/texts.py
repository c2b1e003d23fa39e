"""The texts of the TOML files, drawn so that a sentence is not repeated before all others of its list were drawn."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Return the content of the TOML file of that name."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


PEOPLE, TRAINING, CONTRACTS, FOLLOW_UP = map(load, ("people", "training", "contracts", "follow_up"))
NETWORK = load("network")


@dataclass(frozen=True)
class Craft:
    """A discipline: its names (masculine, feminine), products, workplace, skills, potential and equipment."""

    domain: str
    name: tuple[str, str]
    work: str
    place: str
    skills: tuple[str, ...]
    potential: tuple[str, ...]
    gear: tuple[tuple[str, str, int, int], ...]
    mobile: bool

    @property
    def epicene(self) -> bool:
        """Whether its masculine and feminine names are the same."""
        return self.name[0] == self.name[1]


def _craft(entry: Mapping[str, Any]) -> Craft:
    several = {key: tuple(entry[key]) for key in ("name", "skills", "potential")}
    gear = tuple(tuple(item) for item in entry["gear"])
    return Craft(
        entry["domain"],
        work=entry["work"],
        place=entry["place"],
        gear=gear,
        mobile=entry.get("mobile", False),
        **several,
    )


CRAFTS = tuple(_craft(entry) for name in ("crafts", "other_crafts") for entry in load(name)["craft"])


class Decks:
    """Draws the values of lists in random order; a list starts over only once all its values were drawn."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._piles: dict[int, list[Any]] = {}

    def draw(self, pool: Sequence[Any]) -> Any:
        """Return the next value of a list, which must be a module constant: lists are told apart by identity."""
        pile = self._piles.get(id(pool))
        if not pile:
            pile = self._piles[id(pool)] = self._rng.sample(pool, len(pool))
        return pile.pop()


def agreement_words(gender: str) -> dict[str, str]:
    """Return the words {e}, {il} and {Il} of a sentence for that gender."""
    forms = {"man": ("", "il", "Il"), "woman": ("e", "elle", "Elle")}
    return dict(zip(("e", "il", "Il"), forms.get(gender, ("e", "la personne", "La personne")), strict=True))


def french_of(noun: str) -> str:
    """Return « de relieuse », « d’ébéniste »."""
    return f"d’{noun}" if noun[0] in "aeéiou" else f"de {noun}"
