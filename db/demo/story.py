"""One invented person's story: what is known to tell it, and the rows told so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from random import Random
from typing import Any

from db.demo.paths import SEED, Path
from db.demo.places import at
from db.demo.profiles import Profile
from db.demo.rows import Row
from db.demo.texts import PEOPLE, Decks, agreeing, of

FILE_BEGINS = date(2018, 1, 1)
"""Older files were taken over with their stages and rights only."""


@dataclass
class Story:
    """What is needed to tell one person's rows, and the rows told so far."""

    path: Path
    profile: Profile
    place: int
    decks: Decks
    rows: list[Row] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = Random(f"{SEED} story {self.place}")
        craft = self.profile.craft
        self.words = agreeing(self.profile.gender) | {
            "craft": self.profile.craft_name,
            "of_craft": of(self.profile.craft_name),
            "work": craft.work,
            "place": craft.place,
            "at_town": at(self.profile.town),
        }
        self.person = self.row("person", self.path.requested, **self._identity())

    def say(self, pool: Sequence[str], **words: str) -> str:
        """The next sentence of the pool that this person's file does not hold yet, agreeing with the person."""
        text: str = self.decks.draw(pool)
        for _ in pool:
            if text not in self.told:
                break
            text = self.decks.draw(pool)
        self.told.add(text)
        return text.format(**self.words, **words)

    def maybe(self, chance: float, pool: Sequence[str], **words: str) -> str | None:
        """A sentence, or, more often than not, nothing."""
        return self.say(pool, **words) if self.rng.random() < chance else None

    def row(self, table: str, day: date, **values: Any) -> Row:
        """A row written down that day."""
        row = Row(table, day, values)
        self.rows.append(row)
        return row

    def mine(self, table: str, day: date, **values: Any) -> Row:
        """A row of this person, written down that day."""
        return self.row(table, day, person_id=self.person, **values)

    def _identity(self) -> dict[str, Any]:
        person, taken_over = self.profile, self.path.requested < FILE_BEGINS
        kept = {item.name: getattr(person, item.name) for item in fields(person) if item.name != "craft"}
        return kept | {
            "craft": person.craft_name[0].upper() + person.craft_name[1:],
            "domain": person.craft.domain,
            "activity": "planned" if person.legal_status == "none" else "declared",
            "artist_name": f"Atelier {person.last_name}" if self.place % 14 == 3 else None,
            "website": f"https://{person.email.split('@')[0].replace('.', '-')}.exemple.fr"
            if self.place % 3 == 1
            else None,
            "agent": "replacement" if self.place % 29 == 11 else ("colleague" if self.place % 17 == 4 else "cipa"),
            "note": PEOPLE["person"]["kept"] if taken_over else self.maybe(0.3, PEOPLE["person"]["notes"]),
        }

    @property
    def until(self) -> date:
        """The last day of the story."""
        return self.path.leaves or self.path.requested
