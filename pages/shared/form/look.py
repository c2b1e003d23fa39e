"""How a form is shown, where it is a step of something longer (pages/shared/intake) and not a row by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records
from db.rows.records import Edit

Write = Callable[[Office, OfficeTable, Edit, str], int]
"""Writes what a form holds, in the name of somebody. Returns the id of its row. Raises as ``records.save``."""


def _save(db: Office, table: OfficeTable, edit: Edit, who: str) -> int:
    return records.save(db, table, edit, who).row_id


def _always(_field: str, _values: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True)
class FormLook:
    """``brief``: the fields that are shown at once, in this order; the others are folded away below them. Without any,
    all are shown by section. ``asks``: whether a field is shown, given the values before it. ``above``: shows what
    follows from the values: after the field ``above_after``, or after all of them."""

    brief: tuple[str, ...] = ()
    columns: int = 2
    save: str = "Enregistrer"
    cancels: bool = True
    """Whether there is « Annuler », and the offer of a draft can be closed."""
    pills: bool = False
    """Whether the few values of a short list are all in sight, one click each."""
    asks: Callable[[str, Mapping[str, Any]], bool] = _always
    above: Callable[[Mapping[str, Any]], None] | None = None
    above_after: str = ""
    write: Write = _save


ROW = FormLook()
"""A row by itself."""
