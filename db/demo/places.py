"""Communes of the Lot with postcode and territory, and addresses."""

from random import Random

from db.demo.texts import load

_PLACES = load("places")

TOWNS: tuple[tuple[str, str, str], ...] = tuple(
    (postcode, town, territory)
    for postcode, town, territory, weight in (line.split("|") for line in _PLACES["towns"])
    for _ in range(int(weight))
)
"""(postcode, commune, territory); larger communes are repeated, so that they are drawn more often."""


def address(rng: Random) -> str:
    """Return a number and street, or a hamlet."""
    if rng.random() < 0.45:
        return f"Lieu-dit {rng.choice(_PLACES['hamlets'])}"
    return f"{rng.randint(1, 88)} {rng.choice(_PLACES['streets'])}"


def at_town(town: str) -> str:
    """Return « à Cahors », « au Montat »."""
    return f"au {town.removeprefix('Le ')}" if town.startswith("Le ") else f"à {town}"
