"""The MAPPI board of a person: its cards in order, moved, dated and taken away. What is saved names the versions that
were shown, so that a colleague's change since is a conflict, never overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.base.errors import Problem, RuleError
from db.model.dictionary import BOARD, CARD
from db.model.office import Office
from db.rows import records
from db.rows.records import Edit, Filter, Query, Row
from db.rows.transactions import writing

OBSTACLE, DRIVER, STEP = "obstacle", "driver", "step"
_ALL = 1_000


@dataclass(frozen=True)
class Board:
    """A board with its cards: freins and moteurs by rank, steps by day. ``strategic``: the id of the strategic step."""

    row: Row
    obstacles: tuple[Row, ...]
    drivers: tuple[Row, ...]
    steps: tuple[Row, ...]

    @property
    def strategic(self) -> int | None:
        """The step that the board points to; while there is none, its first step."""
        ids = [step.id for step in self.steps]
        pointed = self.row.values["strategic_id"]
        return pointed if pointed in ids else next(iter(ids), None)

    @property
    def cards(self) -> tuple[Row, ...]:
        """Every card."""
        return (*self.obstacles, *self.drivers, *self.steps)

    def on_path(self, path: str) -> list[Row]:
        """Return the steps of one path, in order."""
        return [step for step in self.steps if path in (step.values["paths"] or ())]


def of_person(db: Office, person_id: int) -> list[Row]:
    """Return the boards of a person, latest first."""
    return records.of_person(db, db.tables[BOARD.name], person_id)


def is_current(board: Row, today: str) -> bool:
    """Return whether a board is still in use."""
    return board.values["ends_on"] is None or board.values["ends_on"] >= today


def get(db: Office, board_id: int) -> Board:
    """Return a board with its cards. Raises NotFoundError."""
    row, table = records.get(db, db.tables[BOARD.name], board_id), db.tables[CARD.name]
    query = Query((Filter("board_id", "is", board_id),), size=_ALL)
    cards = records.rows(db, table, records.page_ids(db, table, query))

    def of_kind(kind: str) -> tuple[Row, ...]:
        return tuple(sorted((card for card in cards if card.values["kind"] == kind), key=_place))

    return Board(row, of_kind(OBSTACLE), of_kind(DRIVER), of_kind(STEP))


def _place(card: Row) -> tuple[str, bool, int, int]:
    """Return what cards of one kind are sorted by."""
    rank = card.values["rank"]
    return (card.values["due_on"] or "", rank is None, rank or 0, card.id)


# ---- boards


def begin(db: Office, person_id: int, today: str, who: str) -> int:
    """Begin a board, and close the one in use on the day before, in one operation. Returns the id of the new one.
    Raises RuleError when the one in use has begun today."""
    table = db.tables[BOARD.name]
    with writing(db):
        for board in of_person(db, person_id):
            if is_current(board, today):
                eve = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
                records.save_within(db, table, [Edit({"ends_on": eve}, board.id, board.version)], who)
        return records.add(db, table, {"person_id": person_id, "starts_on": today}, who)


def choose(db: Office, board: Row, path: str | None, today: str, who: str) -> None:
    """Save which path the person prefers, as of today; None: none any more. Raises as ``records.save``."""
    values = {"chosen": path, "chosen_on": today if path else None}
    records.save(db, db.tables[BOARD.name], Edit(values, board.id, board.version), who)


def set_strategic(db: Office, board_id: int, version: int, card_id: int, who: str) -> None:
    """Save which step is the strategic one. Raises as ``records.save``."""
    records.save(db, db.tables[BOARD.name], Edit({"strategic_id": card_id}, board_id, version), who)


def note_first_step(db: Office, card_id: int, who: str) -> None:
    """Make the first step of a board its strategic one."""
    card = records.get(db, db.tables[CARD.name], card_id)
    board = get(db, card.values["board_id"])
    if card.values["kind"] == STEP and board.row.values["strategic_id"] is None:
        set_strategic(db, board.row.id, board.row.version, card_id, who)


# ---- cards


def change(db: Office, card_id: int, version: int, values: Mapping[str, Any], who: str) -> None:
    """Change a card. Raises as ``records.save``."""
    records.save(db, db.tables[CARD.name], Edit(values, card_id, version), who)


def move(db: Office, card_id: int, place: int, versions: Mapping[int, int], who: str) -> int:
    """Move a card to a place among those of its kind, from 0. ``versions``: those that were shown, by card. Returns the
    place where it is. Raises as ``records.save_all``."""
    table = db.tables[CARD.name]
    with writing(db):
        card = records.get(db, table, card_id)
        board = get(db, card.values["board_id"])
        same = [one for one in board.cards if one.values["kind"] == card.values["kind"]]
        others = [one for one in same if one.id != card_id]
        place = min(max(place, 0), len(others))
        ordered = [*others[:place], next(one for one in same if one.id == card_id), *others[place:]]
        edits = [
            Edit({"rank": rank}, one.id, versions.get(one.id, one.version))
            for rank, one in enumerate(ordered, 1)
            if one.values["rank"] != rank
        ]
        records.save_within(db, table, edits, who)
    return place


def remove(db: Office, card_id: int, version: int, who: str) -> None:
    """Delete a card. Raises RuleError for the strategic step while there are others; else as ``records.delete``."""
    table = db.tables[CARD.name]
    with writing(db):
        board = get(db, records.get(db, table, card_id).values["board_id"])
        if card_id == board.strategic and len(board.steps) > 1:
            reason = "c’est l’étape stratégique : dites d’abord quelle autre étape l’est"
            raise RuleError([Problem(reason, CARD.label)])
        if card_id == board.row.values["strategic_id"]:
            edit = Edit({"strategic_id": None}, board.row.id, board.row.version)
            records.save_within(db, db.tables[BOARD.name], [edit], who)
        records.delete_within(db, table, card_id, version, who)
