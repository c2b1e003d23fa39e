"""The contract that follows another one: prepared in one operation, with the actions that are still to be done."""

from db.model import contract_rules
from db.model.dictionary import ACTION, CER
from db.model.office import Office
from db.rows import records
from db.rows.records import Row
from db.rows.transactions import writing


def prepare_next(db: Office, contract: int, day: str, who: str) -> int:
    """Create the contract that replaces this one, not signed yet, and return its id; that of the one which is already
    there, if any. ``day``: ISO, on which it begins at the earliest. Raises RuleError, BusyError."""
    with writing(db):
        prepared = db.execute("SELECT id FROM cer WHERE replaces_id = ? AND deleted_at IS NULL", (contract,)).fetchone()
        if prepared:
            return int(prepared[0])
        return add_next(db, contract, day, who)


def add_next(db: Office, contract: int, day: str, who: str) -> int:
    """Do the same within ``writing``, for a contract that no other replaces."""
    following = records.add(db, db.tables[CER.name], contract_rules.next_contract(db, contract, day), who)
    carry_over_actions(db, contract, following, who)
    return following


def carry_over_actions(db: Office, contract: int, following: int, who: str) -> None:
    """Copy the actions that are still to be done into the plan of the following contract, within ``writing``. The
    earlier plan stays as it is: it tells what each action came to."""
    table = db.tables[ACTION.name]
    for action in open_actions(db, contract):
        stored = {field.name: action.values[field.name] for field in table.fields}
        records.add(db, table, {**stored, "cer_id": following}, who)


def open_actions(db: Office, contract: int) -> list[Row]:
    """Return the actions in the plan of a contract that are still to be done."""
    return [action for action in actions_of(db, contract) if action.values["state"] in ("todo", "doing")]


def actions_of(db: Office, contract: int) -> list[Row]:
    """Return the actions in the plan of a contract, in the order in which they were written."""
    sql = "SELECT id FROM action WHERE cer_id = ? AND deleted_at IS NULL ORDER BY id"
    return records.rows(db, db.tables[ACTION.name], [row[0] for row in db.execute(sql, (contract,))])


def plan_hours(db: Office, contract: int, but: int | None = None) -> int:
    """Return the hours a week of the actions of a contract that were not given up, without the action ``but``."""
    sql = """SELECT coalesce(sum(hours), 0) FROM action
      WHERE cer_id = ? AND id IS NOT ? AND deleted_at IS NULL AND state <> 'dropped'"""
    return int(db.execute(sql, (contract, but)).fetchone()[0])
