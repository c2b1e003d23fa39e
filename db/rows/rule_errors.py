"""Map refusals of the file's triggers to errors that name the rule, the field and the reason; the ceiling of aids."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from db.base.errors import CeilingError, InvalidError, Problem, RuleError
from db.base.sqlite_errors import palette_error
from db.model import domain_rules
from db.model.dictionary import TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.storage import ddl


@contextmanager
def refusals(
    db: Office, table: OfficeTable, values: Mapping[str, Any], row_id: int | None, line: int | None
) -> Iterator[None]:
    """Raise RuleError, CeilingError or InvalidError for a refusal within the block. A trigger's message « aid.ceiling :
    Montant accordé : … » gives the rule, the label and the reason."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        if busy := palette_error(error):
            raise busy from error
        where, _, rest = str(error).partition(" : ")
        label, _, reason = rest.partition(" : ")
        of, _, rule = where.partition(".")
        refusing = db.tables.get(of, table)  # restoring a person restores rows of other tables
        if not reason:
            raise InvalidError([Problem("le fichier refuse cette valeur", line=line)]) from error
        if where == "aid.ceiling" and table.name == refusing.name:
            raise CeilingError([Problem(_ceiling_reason(db, values, row_id), label, "granted", line)]) from error
        name = next(one.field for one in ddl.rules_of(refusing) if one.name == rule)
        raise RuleError([Problem(reason, label, name, line)]) from error


def _ceiling_reason(db: Office, values: Mapping[str, Any], row_id: int | None) -> str:
    ceiling, already = ceiling_state(db, values, row_id)
    euros = TABLES["aid"].field("granted").type
    context = Context({})
    shown = {
        key: euros.show(sum_, context)
        for key, sum_ in (("c", ceiling), ("a", already), ("l", max(0, ceiling - already)))
    }
    return (
        f"le plafond de {shown['c']} serait dépassé : {shown['a']} déjà accordés, il reste {shown['l']}."
        " Pour passer outre, écrivez le motif dans « Motif de dépassement »"
    )


def ceiling_state(db: Office, values: Mapping[str, Any], row_id: int | None = None) -> tuple[int, int]:
    """Return (ceiling, already granted) in cents for the person and day of an aid, without that aid."""
    day = values.get("decided_on") or values.get("requested_on") or date.today().isoformat()
    sql = f"SELECT (SELECT aid_ceiling FROM setting), {domain_rules.most_granted(':person', ':day', but=':aid')}"
    row = db.execute(sql, {"person": values.get("person_id"), "day": day, "aid": row_id}).fetchone()
    return int(row[0]), int(row[1])
