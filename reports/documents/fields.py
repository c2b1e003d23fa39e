"""The fields of a document: what a row and its person are called in a template, in French, and their values.

A field is named by the label that Palette gives it, in small letters without accents: « Signé le » of a contract is
``contrat.signe_le``. The office's own fields are named the same way by theirs. What the officer notes for herself
(notes, reviews of diagnostics, what stands in other tables) is no field: it never leaves.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from db.base.french import fold, french_date, long_date
from db.model.dictionary import PERSON, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.records import Row

Data = dict[str, Any]
"""Group -> field -> text; one of LISTS: a list of the same, one for each line."""
Labels = dict[str, dict[str, str]]
"""Group -> name of a field -> what it holds, in French."""
LISTS = ("actions", "actions_precedentes", "etapes")
_OF_PERSON = (
    "last_name", "first_name", "artist_name", "birth_date", "phone", "email", "address", "postcode", "town", "craft",
    "domain", "legal_status",
)  # fmt: skip
_OF_DOCUMENT = {
    "titre": "Titre du document", "service": "Service (l’en-tête, sur une ligne)",
    "entete": "En-tête, ligne par ligne", "commune": "Commune de signature",
    "aujourd_hui": "Date du jour", "date": "Date du jour, en toutes lettres", "recours": "Voies de recours (RSA)",
}  # fmt: skip


def name_of(label: str) -> str:
    """Return what a template calls the field of that label."""
    return re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")


def labels(table: OfficeTable, names: Iterable[str]) -> dict[str, str]:
    """Return what templates call these columns of a table -> the label that the office gives them."""
    return {_name(table, name): table.column(name).label for name in names}


def texts(table: OfficeTable, names: Iterable[str], values: Mapping[str, Any], context: Context) -> dict[str, str]:
    """Return what templates call these columns -> their text in a row."""
    return {_name(table, name): table.column(name).type.show(values.get(name), context) for name in names}


def _name(table: OfficeTable, name: str) -> str:
    """Return what a template calls a column: by the label that Palette gives it, which stays when an office gives
    another, or that of the office's own field."""
    own = TABLES[table.name]
    declared = {field.name: field.label for field in own.fields}
    declared |= {column.name: column.label for column in own.computed}
    return name_of(declared.get(name, table.column(name).label))


def own_fields(table: OfficeTable) -> list[str]:
    """Return the names of the fields that the office added to a table."""
    return [field.name for field in table.fields if field.name.startswith("own_") and not field.hidden]


def common_labels(db: Office, more: Mapping[str, str]) -> Labels:
    """Return the groups that every document has. ``more``: further fields of « document »."""
    return {"document": {**_OF_DOCUMENT, **more}, "personne": labels(db.tables[PERSON.name], _OF_PERSON)}


def common(db: Office, person: Row, title: str, today: str, more: Mapping[str, str], context: Context) -> Data:
    """Return the values of ``common_labels``."""
    setting = settings(db)
    document = {
        "titre": title,
        "service": ", ".join(setting["letterhead"].split("\n")),
        "entete": setting["letterhead"],
        "commune": setting["document_town"],
        "aujourd_hui": french_date(today),
        "date": long_date(today),
        "recours": setting["recourse"],
    }
    own = texts(db.tables[PERSON.name], _OF_PERSON, person.values, context)
    return {"document": {**document, **more}, "personne": own}


def settings(db: Office) -> Mapping[str, Any]:
    """Return the values of the settings."""
    return records.get(db, db.tables["setting"], 1).values


def verdict_mention(db: Office, request: Row, context: Context) -> str:
    """Return what the computed verdict on a request was based on (CRPA, article L311-3-1); '' when there is none, or
    somebody decided otherwise."""
    values = request.values
    if values["override"] is not None or values["verdict"] not in ("yes", "no") or not values["decided_on"]:
        return ""
    verdict = db.tables["orientation"].column("verdict").type.show(values["verdict"], context)
    return (
        f"L’avis sur la demande du {french_date(values['requested_on'])} («\u00a0{verdict}\u00a0») a été préparé par"
        " un calcul, d’après l’âge, un accompagnement par ailleurs, la mobilité que l’activité demande et une"
        " orientation vers un emploi alimentaire\u00a0; ses règles peuvent être demandées (code des relations entre le"
        " public et l’administration, article L311-3-1)."
    )
