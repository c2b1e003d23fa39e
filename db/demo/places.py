"""Places: communes of the Lot with their postcode and territory, and ways to write an address."""

from random import Random

from db.demo.texts import load

_PLACES = load("places")

TOWNS: tuple[tuple[str, str, str], ...] = tuple(
    (postcode, town, territory)
    for postcode, town, territory, weight in (line.split("|") for line in _PLACES["towns"])
    for _ in range(int(weight))
)
"""Postcode, commune, territory; larger communes stand several times."""


def address(rng: Random) -> str:
    """A street and number, or a hamlet."""
    if rng.random() < 0.45:
        return f"Lieu-dit {rng.choice(_PLACES['hamlets'])}"
    return f"{rng.randint(1, 88)} {rng.choice(_PLACES['streets'])}"


def at(town: str) -> str:
    """« à Cahors », « au Montat »."""
    return f"au {town.removeprefix('Le ')}" if town.startswith("Le ") else f"à {town}"
