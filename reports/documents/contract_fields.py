"""The fields of a contract's document (fields.py)."""

from collections.abc import Iterator

from db.base.french import capitalised, french_date
from db.model.dictionary import ACTION, CER, PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import contracts, records
from reports.documents import fields
from reports.documents.fields import Data, Labels

_NOT_OF_CONTRACT = frozenset({"person_id", "replaces_id", "early_start_reason"})
_OF_ACTION = ("objective", "kind", "hours", "supervision", "group_form", "partner_id", "due_on", "state")
_COMMENT = ("supervision", "group_form", "partner_id")
_OF_DOCUMENT = {
    "projet": "« PROJET » tant que rien n’est signé", "avis": "Ce sur quoi l’avis d’orientation s’est fondé",
}  # fmt: skip


def all_labels(db: Office) -> Labels:
    """Return every field that a template of a contract may use."""
    contract = fields.labels(db.tables[CER.name], _of_contract(db.tables[CER.name]))
    action = fields.labels(db.tables[ACTION.name], _OF_ACTION)
    action |= {"comment": "Encadrement, forme et qui la porte, ensemble"}
    return {
        **fields.common_labels(db, _OF_DOCUMENT),
        "contrat": contract,
        "precedent": contract,
        "diagnostic": {"termine_le": "Dernier diagnostic, terminé le"},
        "actions": action,
        "actions_precedentes": action,
    }


def values(db: Office, contract: int, title: str, today: str) -> Data:
    """Return the fields of a contract's document. ``today``: ISO. Raises NotFoundError."""
    context, cer = records.context(db), db.tables[CER.name]
    row = records.get(db, cer, contract)
    person = records.get(db, db.tables[PERSON.name], row.values["person_id"])
    before = row.values["replaces_id"]
    previous = records.rows(db, cer, [before])[0] if before else None
    more = {"projet": "" if row.values["signed_on"] else "PROJET", "avis": _verdict(db, person.id, context)}
    return {
        **fields.common(db, person, title, today, more, context),
        "contrat": fields.texts(cer, _of_contract(cer), row.values, context),
        "precedent": fields.texts(cer, _of_contract(cer), previous.values if previous else {}, context),
        "diagnostic": {"termine_le": _completed(db, person.id)},
        "actions": list(_actions(db, contract, context, but=("dropped",))),
        "actions_precedentes": list(_actions(db, before, context)) if before else [],
    }


def _of_contract(table: OfficeTable) -> list[str]:
    stored = [field.name for field in table.fields if field.name not in _NOT_OF_CONTRACT and not field.hidden]
    return [*stored, "plan_hours"]


def _actions(db: Office, contract: int, context: Context, but: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """Yield the actions of a plan, without those in the states ``but``."""
    table = db.tables[ACTION.name]
    for row in contracts.actions_of(db, contract):
        if row.values["state"] not in but:
            texts = fields.texts(table, _OF_ACTION, row.values, context)
            how, form, who = (table.field(name).type.show(row.values[name], context) for name in _COMMENT)
            words = ", ".join(filter(None, (how.lower(), form.lower(), who)))
            yield {**texts, "comment": capitalised(words)}


def _completed(db: Office, person: int) -> str:
    day: str | None = db.execute(
        "SELECT max(completed_on) FROM diagnostic WHERE person_id = ? AND deleted_at IS NULL", (person,)
    ).fetchone()[0]
    return french_date(day) if day else ""


def _verdict(db: Office, person: int, context: Context) -> str:
    """Return the mention of the last request of the person that has one, '' without any."""
    requests = records.of_person(db, db.tables["orientation"], person)
    return next(filter(None, (fields.verdict_mention(db, row, context) for row in requests)), "")
