"""The MAPPI board of some invented persons who are accompanied.

Drawn from a generator of its own and entered on days when something else was, so that the rest of the demonstration,
and with it the figures of the source and the days of entry, stay what they were without it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from db.demo.days import days, working
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import Story
from db.demo.texts import load

_TEXTS = load("boards")
_FIRST_YEAR = 2025
_VOICES = ("person", "person", "person", "together", "officer")


def add_board(story: Story) -> None:
    """Add a board to one person in three: the strategic step first, the others at the next meeting."""
    meetings = sorted(set(_meetings(story)))
    if story.index % 3 == 1 and len(meetings) > 1:
        _Draft(story, *meetings[:2]).write()


def _meetings(story: Story) -> Iterator[date]:
    begins, leaves = story.path.accompanied, story.path.leaves
    for row in story.rows:
        is_meeting = row.table == "intervention" and row.values["kind"] in ("meeting", "workshop_visit")
        if is_meeting and begins and leaves and max(begins, date(_FIRST_YEAR, 1, 1)) <= row.day < leaves:
            yield row.day


class _Draft:
    """The board of one person, begun at one meeting and completed at the next."""

    def __init__(self, story: Story, begun: date, completed: date) -> None:
        self.story, self.begun, self.completed = story, begun, completed
        self.rng = Random(f"{SEED} board {story.index}")

    def write(self) -> None:
        """Add the rows."""
        self.board = self.story.add_own_row(
            "board",
            self.begun,
            starts_on=self.begun,
            goal=self._text(_TEXTS["goals"]),
            goal_voice="person",
            question=self._text(_TEXTS["questions"]),
            question_voice=self.rng.choice(("person", "together")),
            elements=self._text(_TEXTS["elements"]),
            elements_voice=self.rng.choice(("officer", "together")),
        )
        self._add_obstacles()
        for rank, text in enumerate(self.rng.sample(_TEXTS["drivers"], self.rng.randint(2, 4)), 1):
            self._card("driver", self.begun, text, rank=rank)
        self._add_steps()
        self.board.then(self.story.path.leaves, ends_on=self.story.path.leaves)

    def _text(self, pool: Sequence[str]) -> str:
        return self.rng.choice(pool).format(**self.story.words)

    def _card(self, kind: str, day: date, text: str, **values: object) -> DemoRow:
        own = {"kind": kind, "text": text.format(**self.story.words), "voice": self.rng.choice(_VOICES)}
        return self.story.add_own_row("card", day, board_id=self.board, **own, **values)

    def _add_obstacles(self) -> None:
        """Add cards for the freins of the diagnosis, most with their objective."""
        listed = next((row for row in self.story.rows if row.table == "diagnostic"), None)
        known = (dict(pair for _, change in listed.later for pair in change.items()) if listed else {}).get("obstacles")
        codes = sorted(set(known or ("money", "isolation")) & set(_TEXTS["obstacles"]))
        for rank, code in enumerate(self.rng.sample(codes, min(len(codes), 4)), 1):
            text, objective = self.rng.choice(_TEXTS["obstacles"][code])
            card = self._card("obstacle", self.begun, text, obstacle=code, rank=rank)
            if self.rng.random() < 0.85:
                card.then(self.completed, objective=objective.format(**self.story.words))

    def _add_steps(self) -> None:
        pools, day = _TEXTS["steps"], working(self.completed + days(self.rng.randint(120, 220)))
        strategic = self._step(self.begun, self.rng.choice(pools["strategic"]), day, ("a", "b", "c"))
        self.board.then(self.completed, strategic_id=strategic)
        gap = (day - self.completed).days
        paths = (("a", "b"), ("a",), ("b",), ("a", "c"))
        for number, text in enumerate(self.rng.sample(pools["before"], self.rng.randint(2, 4)), 1):
            self._step(self.completed, text, working(self.completed + days(gap * number // 5)), paths[number - 1])
        for number, text in enumerate(self.rng.sample(pools["after"], self.rng.randint(1, 3)), 1):
            self._step(self.completed, text, working(day + days(24 * number)), paths[number - 1])
        if self.rng.random() < 0.7:
            self.board.then(self.completed, chosen=self.rng.choice("aab"), chosen_on=self.completed)

    def _step(self, entered: date, text: str, day: date, paths: tuple[str, ...]) -> DemoRow:
        return self._card("step", entered, text, due_on=day, paths=paths)
