"""One invented person with the rows written so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from random import Random
from typing import Any

from db.demo.paths import SEED, Path
from db.demo.places import at_town
from db.demo.profiles import Profile
from db.demo.rows import DemoRow
from db.demo.texts import PEOPLE, Decks, agreement_words, french_of

FILE_BEGINS = date(2018, 1, 1)
"""Persons of earlier years have only their stages and rights in the file."""


@dataclass
class Story:
    """One person: path, profile, the texts to draw from, and the rows written so far."""

    path: Path
    profile: Profile
    index: int
    decks: Decks
    rows: list[DemoRow] = field(default_factory=list)
    used_sentences: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = Random(f"{SEED} story {self.index}")
        craft = self.profile.craft
        self.words = agreement_words(self.profile.gender) | {
            "craft": self.profile.craft_name,
            "of_craft": french_of(self.profile.craft_name),
            "work": craft.work,
            "place": craft.place,
            "at_town": at_town(self.profile.town),
        }
        self.person = self.add_row("person", self.path.requested, **self._identity())

    def sentence(self, pool: Sequence[str], **words: str) -> str:
        """Return the next sentence of the pool that this person does not have yet, in the right gender."""
        text: str = self.decks.draw(pool)
        for _ in pool:
            if text not in self.used_sentences:
                break
            text = self.decks.draw(pool)
        self.used_sentences.add(text)
        return text.format(**self.words, **words)

    def maybe_sentence(self, chance: float, pool: Sequence[str], **words: str) -> str | None:
        """Return a sentence with that probability, else None."""
        return self.sentence(pool, **words) if self.rng.random() < chance else None

    def add_row(self, table: str, day: date, **values: Any) -> DemoRow:
        """Add a row created on that day."""
        row = DemoRow(table, day, values)
        self.rows.append(row)
        return row

    def add_own_row(self, table: str, day: date, **values: Any) -> DemoRow:
        """Add a row that belongs to this person."""
        return self.add_row(table, day, person_id=self.person, **values)

    def _identity(self) -> dict[str, Any]:
        person, taken_over = self.profile, self.path.requested < FILE_BEGINS
        attributes = {item.name: getattr(person, item.name) for item in fields(person) if item.name != "craft"}
        return attributes | {
            "craft": person.craft_name[0].upper() + person.craft_name[1:],
            "domain": person.craft.domain,
            "activity": "planned" if person.legal_status == "none" else "declared",
            "artist_name": f"Atelier {person.last_name}" if self.index % 14 == 3 else None,
            "website": f"https://{person.email.split('@')[0].replace('.', '-')}.exemple.fr"
            if self.index % 3 == 1
            else None,
            "agent": "replacement" if self.index % 29 == 11 else ("colleague" if self.index % 17 == 4 else "cipa"),
            "note": PEOPLE["person"]["kept"] if taken_over else self.maybe_sentence(0.3, PEOPLE["person"]["notes"]),
        }

    @property
    def until(self) -> date:
        """The last day in the caseload, or the day of the request."""
        return self.path.leaves or self.path.requested
