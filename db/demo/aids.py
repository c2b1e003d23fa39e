"""The aids of one invented person: requests, decisions and payments, under the ceiling. Amounts in cents."""

from datetime import date
from typing import Any

from db.demo.days import days, working
from db.demo.rows import DemoRow
from db.demo.story import FILE_BEGINS, Story
from db.demo.texts import FOLLOW_UP
from db.model.dictionary import SETTING

CEILING: int = SETTING.field("aid_ceiling").default

Gear = tuple[str, str, int, int]
"""What an aid pays for: (type, words, least euros, most euros)."""

_EXTRA: tuple[Gear, ...] = (
    ("communication", "cartes, dépliants et hébergement du site", 70, 210),
    ("accounting", "première année de suivi comptable", 120, 260),
    ("mobility", "pneus et révision du véhicule", 140, 320),
    ("training", "frais pédagogiques d’une formation courte", 180, 420),
    ("venue", "droit de place sur les marchés de la saison", 80, 240),
    ("company", "frais de création et assurance de départ", 110, 300),
    ("other", "adhésion à un espace de travail partagé", 60, 180),
)


def add_aids(story: Story) -> None:
    """Add aids to about one person in two, some with several requests; the sum granted stays under the ceiling."""
    path, rng = story.path, story.rng
    if path.over_ceiling:
        _pass_the_ceiling(story)
    elif path.accompanied and path.leaves and rng.random() < 0.62:
        last, left = (path.exits or path.leaves) - days(60), CEILING
        day = max(path.accompanied, FILE_BEGINS) + days(rng.randint(20, 220))
        wishes = list(story.profile.craft.gear)
        rng.shuffle(wishes)
        for gear in (*wishes, _EXTRA[story.index % len(_EXTRA)]):
            if day < last:
                left -= _aid(story, working(day), gear, left)
                day += days(rng.randint(60, 330))


def _request(story: Story, day: date, gear: Gear, requested: int) -> DemoRow:
    kind, what, _, _ = gear
    pools, words = FOLLOW_UP["aid"], {"gear": what, "Gear": what[0].upper() + what[1:]}
    note = story.sentence(pools["equipment" if kind == "equipment" else "notes"], **words)
    others = story.decks.draw(pools["other_funders"]) if story.rng.random() < 0.25 else None
    values = {"type": kind, "requested": requested, "decision": "pending", "other_funders": others, "note": note}
    return story.add_own_row("aid", day, requested_on=day, **values)


def _aid(story: Story, day: date, gear: Gear, left: int) -> int:
    """Add one request and its decision. Return the cents granted."""
    rng = story.rng
    requested = rng.randrange(gear[2], gear[3] + 1, 5) * 100
    row = _request(story, day, gear, requested)
    decided, chance = working(day + days(rng.randint(16, 58))), rng.random()
    granted = min(requested if rng.random() < 0.7 else requested * 4 // 5 // 500 * 500, left)
    if chance < 0.12 or granted < 30_00:
        decision = "withdrawn" if 0.08 <= chance < 0.12 else "refused"
        note = f"{row.values['note']}\n{story.sentence(FOLLOW_UP['aid'][decision])}"
        row.then(decided, decision=decision, decided_on=decided, note=note)
        return 0
    _grant(row, decided, granted, rng.randint(7, 24))
    return granted


def _grant(row: DemoRow, decided: date, granted: int, delay: int, **values: Any) -> None:
    paid = working(decided + days(delay))
    row.then(decided, decision="granted", decided_on=decided, granted=granted, **values)
    row.then(paid, paid_on=paid)


def _pass_the_ceiling(story: Story) -> None:
    """Add two aids that leave 40 € under the ceiling, then one above it, with its reason."""
    wishes: tuple[tuple[date, Gear, int], ...] = (
        (date(2021, 9, 6), story.profile.craft.gear[0], 480_00),
        (date(2022, 4, 11), story.profile.craft.gear[1], 380_00),
    )
    for day, gear, cents in wishes:
        _grant(_request(story, day, gear, cents), working(day + days(24)), cents, delay=12)
    last = _request(story, date(2022, 11, 14), ("equipment", "réparation de l’outil principal", 0, 0), 120_00)
    _grant(last, date(2022, 11, 28), 120_00, delay=9, override_reason=FOLLOW_UP["aid"]["override"])
