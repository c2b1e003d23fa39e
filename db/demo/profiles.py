"""The attributes of the invented persons, drawn without replacement in the shares of the presentation."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random

from db.demo.days import YEAR, between, days
from db.demo.names import Names
from db.demo.paths import SEED, Path
from db.demo.photo import REASONS_2022, REASONS_EARLY_2023
from db.demo.places import TOWNS, address
from db.demo.texts import CRAFTS, Craft, Decks

SHARES: dict[str, dict[str, int]] = {
    "gender": {"woman": 64, "man": 75},
    "origin": {"lot": 19, "foreign": 16, "chosen": 104},
    "household": {"alone": 90, "single_parent": 25, "couple": 9, "couple_children": 13, "unknown": 2},
    "education": {
        "none": 9, "cap": 17, "bac": 29, "bac2": 24, "licence": 31, "master": 22, "doctorate": 4, "unknown": 3,
    },
    "domain": {"visual_arts": 45, "crafts": 30, "performing_arts": 42, "literature": 8, "film": 9, "other": 5},
    "age": {"20": 4, "25": 16, "30": 41, "40": 35, "50": 36, "60": 7},
}  # fmt: skip
"""Numbers among the 139 persons of 2022, and shares for other years. « age »: the lower bound of a band."""

RECENT_IN_THE_RSA = 64
"""The number of the 139 persons who were in the RSA for less than 2 years on 31 December 2022."""

_SPAN = {"20": 5, "25": 5, "30": 10, "40": 10, "50": 10, "60": 4}
_STATUSES = {
    "visual_arts": "author author author micro none",
    "crafts": "micro micro company cae none author",
    "performing_arts": "intermittent association employee micro portage none",
    "literature": "author author portage none",
    "film": "author intermittent portage micro",
    "other": "micro association cae none",
}
_REASONS = {"income": 9, "job": 9, "company": 3, "moved": 3, "rights": 2, "other": 2}


@dataclass(frozen=True)
class Profile:
    """One invented person."""

    first_name: str
    last_name: str
    gender: str
    birth_date: date
    origin: str
    household: str
    education: str
    craft: Craft
    legal_status: str
    rsa_entry_on: date
    postcode: str
    town: str
    territory: str
    address: str
    phone: str
    email: str
    licence: bool
    vehicle: bool

    @property
    def craft_name(self) -> str:
        """The name of the discipline in the person's gender."""
        return self.craft.name[self.gender == "woman"]


def deal(rng: Random, number: int, shares: Mapping[str, int]) -> list[str]:
    """Return ``number`` shuffled values in these proportions, rounded by largest remainder."""
    total = sum(shares.values())
    exact = {value: number * share / total for value, share in shares.items()}
    counts = {value: int(part) for value, part in exact.items()}
    missing = number - sum(counts.values())
    for value in sorted(exact, key=lambda value: counts[value] - exact[value])[:missing]:
        counts[value] += 1
    cards = [value for value, count in counts.items() for _ in range(count)]
    rng.shuffle(cards)
    return cards


def profiles(paths: list[Path]) -> Iterator[tuple[Path, Profile]]:
    """Yield each path with its profile, in the order of requests; also sets the reasons for leaving of the paths."""
    hands = {id(path): hand for group in _groups(paths) for path, hand in group}
    names, decks = Names(Random(f"{SEED} names")), Decks(Random(f"{SEED} crafts"))
    for index, path in enumerate(paths):
        yield path, _profile(Random(f"{SEED} person {index}"), path, hands[id(path)], names, decks, index)


def _groups(paths: list[Path]) -> Iterator[list[tuple[Path, dict[str, str]]]]:
    """Yield the attributes of the 139 persons together, and those of the others by year of request."""
    photo = [path for path in paths if path.photo]
    yield _hands(Random(f"{SEED} cards 2022"), photo, recent=_recent(photo))
    others = [path for path in paths if not path.photo]
    for year, group in groupby(others, key=lambda path: path.requested.year):
        rng = Random(f"{SEED} cards {year}")
        same = list(group)
        yield _hands(rng, same, recent={id(path) for path in same if rng.random() < 0.62})


def _recent(photo: list[Path]) -> set[int]:
    """Return the 64 of the 139 persons who entered the RSA in 2021 or 2022: the latest requests except each ninth."""
    late = sorted(
        (path for path in photo if path.requested >= date(2021, 2, 1)), key=lambda path: path.requested, reverse=True
    )
    chosen = [path for index, path in enumerate(late) if index % 9 != 4][:RECENT_IN_THE_RSA]
    if len(chosen) < RECENT_IN_THE_RSA:
        raise ValueError(f"only {len(chosen)} recent requests")
    return {id(path) for path in chosen}


def _hands(rng: Random, paths: list[Path], recent: set[int]) -> list[tuple[Path, dict[str, str]]]:
    decks = {name: deal(rng, len(paths), shares) for name, shares in SHARES.items()}
    decks["age"] = _ages(rng, paths, decks["age"])
    pairs = [
        (path, {name: cards[index] for name, cards in decks.items()} | {"recent": "1" if id(path) in recent else ""})
        for index, path in enumerate(paths)
    ]
    _reasons(rng, pairs)
    return pairs


def _ages(rng: Random, paths: list[Path], cards: list[str]) -> list[str]:
    """Give the highest ages to the earliest requests: no request is oriented at 60 or more, and few before 25."""
    order = sorted(range(len(paths)), key=lambda index: paths[index].requested)
    old, young, youngest = (cards.count(band) for band in ("60", "25", "20"))
    middle = order[old : len(order) - youngest]
    late = set(rng.sample(middle[len(middle) * 2 // 5 :], young))
    rest = [card for card in cards if card in ("30", "40", "50")]
    ages = dict.fromkeys(order[:old], "60") | dict.fromkeys(order[len(order) - youngest :], "20")
    for index in middle:
        ages[index] = "25" if index in late else rest.pop()
    return [ages[index] for index in range(len(paths))]


def _reasons(rng: Random, pairs: list[tuple[Path, dict[str, str]]]) -> None:
    """Set the reasons for leaving the RSA: in 2022 and early 2023 those of the presentation, else a plausible one."""
    for first, last, counts in (
        (date(2022, 1, 1), date(2022, 12, 31), REASONS_2022),
        (date(2023, 1, 1), date(2023, 3, 6), REASONS_EARLY_2023),
    ):
        leavers = [pair for pair in pairs if pair[0].photo and pair[0].exits and first <= pair[0].exits <= last]
        if leavers:
            _three_reasons(rng, leavers, dict(counts))
    for path, hand in pairs:
        if path.reason == "":
            path.reason = _reason(rng, path, hand)


def _three_reasons(rng: Random, leavers: list[tuple[Path, dict[str, str]]], counts: dict[str, int]) -> None:
    counts["income"] -= sum(path.reason == "income" for path, _ in leavers)
    open_ = [(path, hand) for path, hand in leavers if path.reason == ""]
    on_stage = [path for path, hand in open_ if hand["domain"] in ("performing_arts", "film")]
    for path in on_stage[: counts["intermittent"]]:
        path.reason = "intermittent"
    rest = [path for path, _ in open_ if path.reason == ""]
    counts["intermittent"] -= min(counts["intermittent"], len(on_stage))
    for path, reason in zip(rest, deal(rng, len(rest), counts), strict=True):
        path.reason = reason


def _reason(rng: Random, path: Path, hand: dict[str, str]) -> str:
    shares = dict(_REASONS)
    if hand["domain"] in ("performing_arts", "film"):
        shares |= {"intermittent": 14}
    if hand["age"] == "60" and path.exits and path.exits.year - path.requested.year >= 2:
        shares |= {"retired": 40}
    if path.stays_after_exit:
        shares = {"income": 1}
    return rng.choices(list(shares), list(shares.values()))[0]


def _profile(rng: Random, path: Path, hand: dict[str, str], names: Names, decks: Decks, index: int) -> Profile:
    gender = "other" if index % 97 == 60 and not path.photo else hand["gender"]
    born = _birth_date(rng, path, int(hand["age"]))
    first, last = names.draw(gender, born.year, hand["origin"])
    craft = _craft(hand["domain"], gender, path.refused == "mobility", decks)
    postcode, town, territory = rng.choice(TOWNS)
    stranded = path.refused == "mobility" or (craft.mobile and index % 11 == 3)
    mobile = not stranded and (craft.mobile or rng.random() < 0.82)
    status = rng.choice(_STATUSES[hand["domain"]].split())
    return Profile(
        first, last, gender, born, hand["origin"], hand["household"], hand["education"], craft, status,
        _rsa_entry(rng, path, bool(hand["recent"]), born), postcode, town, territory, address(rng),
        _phone(index), f"{_plain(first)}.{_plain(last)}@exemple.fr", mobile or rng.random() < 0.4, mobile,
    )  # fmt: skip


def _birth_date(rng: Random, path: Path, band: int) -> date:
    """Return a birth date in the band on 31 December 2022 (or of the year of request), under 60 when requesting."""
    year = 2022 if path.photo else path.requested.year
    if path.refused == "age":
        return between(rng, date(year - 66, 1, 1), date(year - 61, 12, 31))
    youngest = path.requested.replace(day=1) - days(59.9 * YEAR)
    if band == 60 and not path.photo:
        band = 50
    first, last = date(year - band - _SPAN[str(band)] + 1, 1, 1), date(year - band, 12, 31)
    return between(rng, min(max(first, youngest), last), last)


def _craft(domain: str, gender: str, mobile: bool, decks: Decks) -> Craft:
    while True:
        craft: Craft = decks.draw(_BY_DOMAIN[domain])
        if (gender != "other" or craft.epicene) and (craft.mobile or not mobile or domain in _SELDOM_MOBILE):
            return craft


_BY_DOMAIN = {domain: tuple(craft for craft in CRAFTS if craft.domain == domain) for domain in SHARES["domain"]}
_SELDOM_MOBILE = {domain for domain, crafts in _BY_DOMAIN.items() if not any(craft.mobile for craft in crafts)}


def _rsa_entry(rng: Random, path: Path, recent: bool, born: date) -> date:
    """Return the entry into the RSA: in 2021 or 2022 for recent persons of the photograph, earlier for its others."""
    last = path.requested - timedelta(days=12)
    if path.photo and recent:
        return between(rng, max(date(2021, 1, 4), path.requested - days(1.4 * YEAR)), last)
    if path.photo:
        last = min(last, date(2020, 12, 20))
    since = rng.random() * 1.6 if recent else 0.4 + rng.random() ** 2 * 9
    return min(last, max(last - days(YEAR * since), born + days(20 * YEAR)))


def _phone(index: int) -> str:
    """Return a number of the ranges reserved for fiction (0536 49 and 0639 98)."""
    prefix = "+3363998" if index % 4 else "+3353649"
    return f"{prefix}{index * 37 % 10_000:04d}"


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", "-", letters).strip("-")
