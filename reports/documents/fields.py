"""The fields of a document: what a contract and its person are called in a template, in French, and their values.

A field is named by its label in small letters without accents: « Signé le » of a contract is ``contrat.signe_le``. The
office's own fields of a contract are named the same way. What the officer notes for herself (notes, reviews of
diagnostics, what stands in other tables) is no field: it never leaves.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from db.base.french import capitalised, fold, french_date
from db.model.dictionary import ACTION, CER, PERSON
from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import contracts, records
from db.rows.records import Row

Data = dict[str, Any]
"""Group -> field -> text; ``actions`` and ``actions_precedentes``: a list of the same, one for each action."""
_OF_PERSON = (
    "last_name", "first_name", "artist_name", "birth_date", "phone", "email", "address", "postcode", "town", "craft",
    "domain", "legal_status",
)  # fmt: skip
_NOT_OF_CONTRACT = frozenset({"person_id", "replaces_id", "early_start_reason"})
_OF_ACTION = ("objective", "kind", "hours", "supervision", "group_form", "partner_id", "due_on", "state")
_COMMENT = ("supervision", "group_form", "partner_id")
LISTS = ("actions", "actions_precedentes")
_DOCUMENT = {
    "titre": "Titre du document", "service": "Service (l’en-tête, sur une ligne)", "commune": "Commune de signature",
    "aujourd_hui": "Date du jour", "recours": "Voies de recours", "projet": "« PROJET » tant que rien n’est signé",
    "avis": "Ce sur quoi l’avis d’orientation s’est fondé",
}  # fmt: skip


def name_of(label: str) -> str:
    """Return what a template calls the field of that label."""
    return re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")


@dataclass(frozen=True)
class UsableField:
    """One field that a template may use: « contrat.signe_le », and what it holds."""

    name: str
    label: str


def usable_fields(db: Office) -> list[UsableField]:
    """Return every field that a template of this office may use, in order; those of the lists under their group."""
    groups = {
        "document": _DOCUMENT,
        "personne": _labels(_fields(db.tables[PERSON.name], _OF_PERSON)),
        "contrat": _labels(_of_contract(db.tables[CER.name])),
        "precedent": _labels(_of_contract(db.tables[CER.name])),
        "diagnostic": {"termine_le": "Dernier diagnostic, terminé le"},
        **dict.fromkeys(LISTS, _of_action_labels(db)),
    }
    return [UsableField(f"{group}.{name}", label) for group, fields in groups.items() for name, label in fields.items()]


def _labels(fields: Iterable[Field | Computed]) -> dict[str, str]:
    return {name_of(field.label): field.label for field in fields}


def _fields(table: OfficeTable, names: Iterable[str]) -> list[Field]:
    return [table.field(name) for name in names]


def _of_contract(table: OfficeTable) -> list[Field | Computed]:
    stored = [field for field in table.fields if field.name not in _NOT_OF_CONTRACT and not field.hidden]
    return [*stored, table.column("plan_hours")]


def _of_action_labels(db: Office) -> dict[str, str]:
    labels = _labels(_fields(db.tables[ACTION.name], _OF_ACTION))
    return {**labels, "comment": "Encadrement, forme et qui la porte, ensemble"}


def of_contract(db: Office, contract: int, title: str, today: str) -> Data:
    """Return the fields of a contract's document. ``today``: ISO. Raises NotFoundError."""
    context, cer = records.context(db), db.tables[CER.name]
    row = records.get(db, cer, contract)
    person = records.get(db, db.tables[PERSON.name], row.values["person_id"])
    before = row.values["replaces_id"]
    previous = records.rows(db, cer, [before])[0] if before else None
    setting = records.get(db, db.tables["setting"], 1).values
    return {
        "document": {
            "titre": title,
            "service": ", ".join(setting["letterhead"].split("\n")),
            "commune": setting["document_town"],
            "aujourd_hui": french_date(today),
            "recours": setting["recourse"],
            "projet": "" if row.values["signed_on"] else "PROJET",
            "avis": _verdict(db, person.id, context),
        },
        "personne": _texts(_fields(db.tables[PERSON.name], _OF_PERSON), person.values, context),
        "contrat": _texts(_of_contract(cer), row.values, context),
        "precedent": _texts(_of_contract(cer), previous.values if previous else {}, context),
        "diagnostic": {"termine_le": _completed(db, person.id)},
        "actions": _actions(db, contract, context, but=("dropped",)),
        "actions_precedentes": _actions(db, before, context) if before else [],
    }


def _texts(fields: Iterable[Field | Computed], values: Mapping[str, Any], context: Context) -> dict[str, str]:
    return {name_of(field.label): field.type.show(values.get(field.name), context) for field in fields}


def _actions(db: Office, contract: int, context: Context, but: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Return the actions of a plan, without those in the states ``but``."""
    table, found = db.tables[ACTION.name], []
    for row in contracts.actions_of(db, contract):
        if row.values["state"] not in but:
            texts = _texts(_fields(table, _OF_ACTION), row.values, context)
            how, form, who = (texts[name_of(table.field(name).label)] for name in _COMMENT)
            words = ", ".join(filter(None, (how.lower(), form.lower(), who)))
            found.append({**texts, "comment": capitalised(words)})
    return found


def _completed(db: Office, person: int) -> str:
    day: str | None = db.execute(
        "SELECT max(completed_on) FROM diagnostic WHERE person_id = ? AND deleted_at IS NULL", (person,)
    ).fetchone()[0]
    return french_date(day) if day else ""


def _verdict(db: Office, person: int, context: Context) -> str:
    """Return what the computed verdict on the last request was based on (CRPA, article L311-3-1); '' when there is
    none, or somebody decided otherwise."""
    requests = [row for row in records.of_person(db, db.tables["orientation"], person) if _is_computed(row)]
    if not requests:
        return ""
    verdict = db.tables["orientation"].column("verdict").type.show(requests[0].values["verdict"], context)
    return (
        f"L’avis sur la demande du {french_date(requests[0].values['requested_on'])} (« {verdict} ») a été préparé par"
        " un calcul, d’après l’âge, un accompagnement par ailleurs, la mobilité que l’activité demande et une"
        " orientation vers un emploi alimentaire ; ses règles peuvent être demandées (code des relations entre le"
        " public et l’administration, article L311-3-1)."
    )


def _is_computed(row: Row) -> bool:
    return row.values["override"] is None and row.values["verdict"] in ("yes", "no") and bool(row.values["decided_on"])
