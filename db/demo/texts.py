"""The words of the TOML files beside this one, dealt out so that a sentence does not come back before all others."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any


def load(name: str) -> dict[str, Any]:
    """What the TOML file of that name holds."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


PEOPLE, TRAINING, CONTRACTS, FOLLOW_UP = map(load, ("people", "training", "contracts", "follow_up"))
NETWORK = load("network")


@dataclass(frozen=True)
class Craft:
    """A discipline: its names (masculine, feminine), what it makes and needs, what somebody knows and could do."""

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
        """Whether its name is the same for everybody."""
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
    """One pile of cards per list: each is drawn to the end before it is shuffled anew."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._piles: dict[int, list[Any]] = {}

    def draw(self, pool: Sequence[Any]) -> Any:
        """The next card of that list, which lives as long as the program."""
        pile = self._piles.get(id(pool))
        if not pile:
            pile = self._piles[id(pool)] = self._rng.sample(pool, len(pool))
        return pile.pop()


def agreeing(gender: str) -> dict[str, str]:
    """{e}, {il}, {Il}: how a sentence agrees with somebody."""
    forms = {"man": ("", "il", "Il"), "woman": ("e", "elle", "Elle")}
    return dict(zip(("e", "il", "Il"), forms.get(gender, ("e", "la personne", "La personne")), strict=True))


def of(noun: str) -> str:
    """« de relieuse », « d’ébéniste »."""
    return f"d’{noun}" if noun[0] in "aeéiou" else f"de {noun}"
