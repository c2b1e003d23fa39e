"""« Passer au plan d’action »: the actions that a MAPPI board leads to, in the draft of a contrat d’engagement, made in
one operation. A card says which action it became, so that none is made twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db.base.errors import Problem, RuleError, StaleError
from db.model.dictionary import ACTION, CARD, CER
from db.model.office import Office
from db.rows import boards, contracts, records
from db.rows.boards import Board
from db.rows.records import Edit, Row
from db.rows.transactions import writing


@dataclass(frozen=True)
class Plan:
    """What would be made of a board. ``draft``: the draft that the actions go to, or None; ``before``: the contract
    that a new draft follows. ``left``: the open actions of that contract, which its follower takes over."""

    board: Board
    draft: Row | None
    before: Row | None
    left: int
    obstacles: tuple[Row, ...]
    steps: tuple[Row, ...]
    without_objective: tuple[Row, ...]

    @property
    def actions(self) -> list[tuple[Row, dict[str, Any]]]:
        """The cards that become actions, each with the values of the action."""
        return [*map(_from_obstacle, self.obstacles), *map(_from_step, self.steps)]


def _from_obstacle(card: Row) -> tuple[Row, dict[str, Any]]:
    values = card.values
    return card, {"objective": values["objective"], "obstacle": values["obstacle"], "kind": "rights"}


def _from_step(card: Row) -> tuple[Row, dict[str, Any]]:
    return card, {"objective": card.values["text"], "due_on": card.values["due_on"]}


def look(db: Office, board_id: int) -> Plan:
    """Return what would be made of a board now. Raises NotFoundError, RuleError when no path is chosen."""
    board = boards.get(db, board_id)
    path = board.row.values["chosen"]
    if path is None:
        raise RuleError([Problem("choisissez d’abord le parcours préféré (point 10)", "Parcours choisi")])
    made = _made(db, board)
    kept = records.of_person(db, db.tables[CER.name], board.row.values["person_id"])
    draft = next((row for row in kept if row.values["kind"] == "engagement" and _is_draft(row)), None)
    before = None if draft else next((row for row in kept if not _is_draft(row)), None)
    todo = [card for card in board.obstacles if card.id not in made]
    return Plan(
        board,
        draft,
        before,
        len(contracts.open_actions(db, before.id)) if before else 0,
        tuple(card for card in todo if card.values["objective"]),
        tuple(step for step in board.on_path(path) if step.id not in made),
        tuple(card for card in todo if not card.values["objective"]),
    )


def _is_draft(contract: Row) -> bool:
    return bool(contract.values["validity"] == "draft")


def _made(db: Office, board: Board) -> set[int]:
    """Return the cards whose action is in the file."""
    cards = {card.id: card.values["action_id"] for card in board.cards if card.values["action_id"]}
    found = {row.id for row in records.rows(db, db.tables[ACTION.name], list(cards.values()))}
    return {card for card, action in cards.items() if action in found}


def make(db: Office, seen: Plan, today: str, who: str) -> tuple[int, int]:
    """Make the actions and, where there is none, the draft. Returns the id of the contract and that of the operation.
    Raises StaleError when it would no longer be what was shown, RuleError when nothing is left to make, InvalidError,
    BusyError."""
    done: list[int | None] = []
    with writing(db, at_end=done.append):
        plan = look(db, seen.board.row.id)
        _refuse_changed(seen, plan)
        if not plan.actions:
            raise RuleError([Problem("tout ce que ce tableau prévoit est déjà dans un plan d’action", CARD.label)])
        contract = plan.draft.id if plan.draft else _new_draft(db, plan, today, who)
        for card, values in plan.actions:
            action = {**values, "person_id": card.values["person_id"], "cer_id": contract}
            number = records.add(db, db.tables[ACTION.name], action, who)
            edit = Edit({"action_id": number}, card.id, card.version)
            records.save_within(db, db.tables[CARD.name], [edit], who)
    return contract, done[0] or 0


def _refuse_changed(seen: Plan, now: Plan) -> None:
    """Raise StaleError when what would be made differs from what was shown."""
    if [*_shown(seen)] != [*_shown(now)]:
        raise StaleError(
            "Le tableau ou les contrats ont changé entre-temps : rien n’a été fait. Relisez, puis confirmez."
        )


def _shown(plan: Plan) -> Iterator[Any]:
    yield plan.draft.id if plan.draft else None
    yield plan.before.id if plan.before else None
    yield from ((card.id, values) for card, values in plan.actions)


def _new_draft(db: Office, plan: Plan, today: str, who: str) -> int:
    """Add the draft, with the goal as its objectives and, in the person's words, as those."""
    table, board = db.tables[CER.name], plan.board.row.values
    if plan.before:
        contract = contracts.add_next(db, plan.before.id, today, who)
    else:
        values = {"person_id": board["person_id"], "kind": "engagement", "rank": "first", "starts_on": today}
        contract = records.add(db, table, values, who)
    own = {"objectives": board["goal"], "person_words": board["goal"] if board["goal_voice"] == "person" else None}
    empty = records.get(db, table, contract).values
    filled = {name: value for name, value in own.items() if value and not empty[name]}
    if filled:
        records.change(db, table, contract, filled, who)
    return contract
