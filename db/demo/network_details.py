"""What the demonstration knows of its partners beside their names: addresses, positions, numbers, sources, and the
actions and needs they take part in. Drawn from generators of their own, so that no other draw moves."""

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

from db.demo.days import days
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import Story
from db.demo.texts import NETWORK

_CARRIED = 0.35
"""The share of the actions against an obstacle that a partner carries."""
_IMPORTED = date(2025, 10, 6)
"""The day on which the office read a list of structures."""
_STREETS = (
    "rue du Pont",
    "place de la Halle",
    "avenue de la Gare",
    "rue des Tanneurs",
    "boulevard du Nord",
    "rue Basse",
)


def add_to(partners: Sequence[DemoRow]) -> None:
    """Add to each partner where it is, what it helps with and, to some, a SIRET and a source; all made up."""
    places = {line.split("|")[0]: line.split("|")[1:] for line in NETWORK["places"]}
    for index, row in enumerate(partners):
        rng = Random(f"{SEED} partner {index}")
        postcode, latitude, longitude = places[row.values["town"]]
        number, street = rng.randint(1, 60), rng.choice(_STREETS)
        row.values |= {
            "address": f"{number} {street}",
            "postcode": postcode,
            "latitude": f"{float(latitude) + rng.uniform(-0.006, 0.006):.5f}",
            "longitude": f"{float(longitude) + rng.uniform(-0.006, 0.006):.5f}",
            "helps_with": tuple(NETWORK["helps"].get(row.values["name"], "").split()) or None,
            "siret": _siret(rng) if row.values["kind"] in ("company", "network", "training") else None,
        }
        if row.values["kind"] in ("social", "training") and index % 2:
            row.then(
                _IMPORTED,
                source="exemple",
                source_id=f"exemple--{index:04d}",
                source_date=_IMPORTED - days(rng.randint(20, 400)),
                source_link=f"https://exemple.fr/structures/{index:04d}",
            )


def carry_actions(stories: Iterable[Story], partners: Sequence[DemoRow]) -> None:
    """Let partners carry some of the actions against an obstacle that they help with."""
    for index, story in enumerate(stories):
        rng = Random(f"{SEED} carried {index}")
        for row in story.rows:
            helping = helping_with(partners, row.values.get("obstacle")) if row.table == "action" else []
            if helping and rng.random() < _CARRIED:
                row.values["partner_id"] = rng.choice(helping)


def helping_with(partners: Iterable[DemoRow], obstacle: str | None) -> list[DemoRow]:
    """Return the partners that help with an obstacle."""
    return [row for row in partners if obstacle and obstacle in (row.values["helps_with"] or ())]


def _siret(rng: Random) -> str:
    """Return a number of the right form that was given to nobody's knowledge: it begins with 0."""
    siren = _with_key(f"0{rng.randint(0, 9_999_999):07d}")
    return _with_key(f"{siren}{rng.randint(10, 99):04d}")


def _with_key(digits: str) -> str:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return f"{digits}{-total % 10}"
