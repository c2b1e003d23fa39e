"""Where the communes are, as far as the file knows: the mean of the partners' positions there. No position is invented:
a commune, or else its postcode, without a partner whose position is known has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from statistics import fmean

from rapidfuzz.distance import OSA

from db.base.french import fold
from db.model.office import Office
from db.people import phonetics

Position = tuple[float, float]
"""Latitude and longitude in degrees."""
_EARTH = 6_371.0
_SLIP_FROM = 5
"""Letters of the shortest name in which one slip is looked for."""


def key(town: str) -> str:
    """Return a commune as it is compared: « st cere » for « Saint-Céré »."""
    words = fold(town).replace("-", " ").replace("’", " ").replace("'", " ").split()
    return " ".join({"saint": "st", "sainte": "ste"}.get(word, word) for word in words)


def kilometres(one: Position, other: Position) -> float:
    """Return the distance as the crow flies."""
    (lat1, long1), (lat2, long2) = ((radians(lat), radians(long)) for lat, long in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((long2 - long1) / 2) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True)
class Places:
    """The communes of the file. ``names``: key -> name as written; positions by key and by postcode."""

    names: dict[str, str]
    by_town: dict[str, Position]
    by_postcode: dict[str, Position]
    postcodes: dict[str, str]
    """Key of a commune -> one of its postcodes."""

    def position(self, town: str | None, postcode: str | None = None) -> Position | None:
        """Return where a commune is, by its name, else by its postcode; None where the file does not know."""
        of_town = key(town or "")
        return self.by_town.get(of_town) or self.by_postcode.get(postcode or self.postcodes.get(of_town, ""))

    def find(self, text: str) -> list[str]:
        """Return the communes that a person may mean: the one of that name (or postcode) alone, else those that begin
        so, sound so or differ by a slip; these are questions."""
        wanted = key(text)
        if wanted in self.names:
            return [self.names[wanted]]
        if wanted.isdecimal():
            return [self.names[town] for town, postcode in self.postcodes.items() if postcode == wanted]
        if not wanted:
            return []
        sound = phonetics.key(wanted)
        alike = [town for town in self.names if town.startswith(wanted) or (sound and phonetics.key(town) == sound)]
        if len(wanted) >= _SLIP_FROM:
            alike += [town for town in self.names if OSA.distance(town, wanted, score_cutoff=1) <= 1]
        return [self.names[town] for town in sorted(dict.fromkeys(alike))]


_TOWNS = """SELECT town, postcode, latitude, longitude FROM partner WHERE deleted_at IS NULL
  UNION ALL SELECT DISTINCT town, postcode, NULL, NULL FROM person WHERE deleted_at IS NULL"""


def read(db: Office) -> Places:
    """Return the communes of the partners and persons in the file."""
    names: dict[str, str] = {}
    postcodes: dict[str, str] = {}
    towns: dict[str, list[Position]] = {}
    codes: dict[str, list[Position]] = {}
    for town, postcode, latitude, longitude in db.execute(_TOWNS):
        of_town = key(town or "")
        if of_town:
            names.setdefault(of_town, town)
        if of_town and postcode:
            postcodes.setdefault(of_town, postcode)
        position = position_of(latitude, longitude)
        if position:
            towns.setdefault(of_town, []).append(position)
            codes.setdefault(postcode or "", []).append(position)
    for unknown in (towns, codes):
        unknown.pop("", None)
    return Places(names, _means(towns), _means(codes), postcodes)


def position_of(latitude: str | None, longitude: str | None) -> Position | None:
    """Return the stored degrees of a row as a position, None without both."""
    return (float(latitude), float(longitude)) if latitude and longitude else None


def _means(positions: dict[str, list[Position]]) -> dict[str, Position]:
    return {name: (_mean(lat for lat, _ in all_), _mean(long for _, long in all_)) for name, all_ in positions.items()}


def _mean(numbers: Iterable[float]) -> float:
    return fmean(numbers)
