"""The fields of a letter (fields.py): of its row, of the person, and what is typed when it is printed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.base.french import french_date, long_date
from db.model.dictionary import AID, APPOINTMENT, EXIT, ORIENTATION, PERSON, STAGE
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.records import Row
from reports.documents import fields
from reports.documents.blocks import DocumentKind
from reports.documents.fields import Data, Labels
from reports.documents.letter_texts import DOTS

_OF_DOCUMENT = {
    "objet": "Objet de la lettre", "reference": "Référence, sans nom",
    "destinataire": "Nom et adresse, ligne par ligne",
    "appel": "« Madame, », « Monsieur, » ou « Bonjour, », d’après le genre déclaré",
    "politesse": "Formule de politesse",
    "signataire": "Qui signe", "qualite": "Sa qualité", "recours_aides": "Voies de recours (aides)",
    "pieces": "Pièces manquantes, tapées à l’impression, ou des lignes à remplir",
    "date_limite": "Date limite, choisie à l’impression",
}  # fmt: skip
_OF_AID = ("requested_on", "type", "requested", "decision", "granted", "decided_on", "paid_on")
_OF_ORIENTATION = (
    "requested_on",
    "prescriber",
    "decided_on",
    "pathway",
    "organisation",
    "notified_on",
    "verdict",
    "verdict_reasons",
)
_OF_EXIT = ("left_on", "scope", "reason")
_OF_STAGE = ("kind", "starts_on", "ends_on")
_MORE: Labels = {
    "aide": {
        "accordee": "Rempli si l’aide est accordée", "refusee": "Rempli si l’aide est refusée",
        "motif_du_refus": "Motif du refus, tapé à l’impression",
    },
    "orientation": {
        "mention": "Ce sur quoi l’avis calculé s’est fondé, et comment demander ses règles",
        "motif_a_remplir": "Rempli si un avis contraire défavorable demande un motif",
    },
    "suivi": {"dernier_contact": "Dernier contact", "en_cours": "Rempli si un accompagnement est en cours"},
    "rendez_vous": {
        "jour": "Jour, en toutes lettres", "date": "Jour", "heure": "Heure", "duree": "Durée prévue",
        "ou": "Où ou comment, en une phrase", "lieu": "Adresse ou lien",
    },
    "fin": {"le": "Dernier jour de l’accompagnement", "depuis": "Premier jour de l’accompagnement"},
}  # fmt: skip
_GROUPS = {
    "avis": ("orientation",), "aide": ("aide",), "pieces": ("aide",), "relance": ("suivi", "rendez_vous"),
    "convocation": ("rendez_vous",),
    "attestation": ("suivi", "etapes"), "fin": ("fin", "sortie"),
}  # fmt: skip
"""Letter -> the groups of fields that it has beside those of every document."""
_ON_ASKING = (
    " Pour les obtenir, écrivez au service\u00a0; en cas de refus, ou sans réponse dans le mois, vous pouvez saisir la"
    " Commission d’accès aux documents administratifs (CADA)."
)
_WHERE = {
    "office": "dans nos bureaux", "workshop": "à votre atelier ou à votre domicile", "phone": "par téléphone",
    "video": "en visioconférence", "elsewhere": "",
}  # fmt: skip
_CIVILITY = {"woman": "Madame", "man": "Monsieur"}


@dataclass(frozen=True)
class Asked:
    """What is typed when letters are printed. ``pieces``: one a line; ``deadline``: an ISO day, or ''."""

    pieces: str = ""
    deadline: str = ""
    reason: str = ""


NOTHING_ASKED = Asked()


def all_labels(db: Office, kind: DocumentKind) -> Labels:
    """Return every field that a template of a letter may use."""
    table = db.tables
    found: Labels = {
        "aide": fields.labels(table[AID.name], (*_OF_AID, *fields.own_fields(table[AID.name]))),
        "orientation": fields.labels(
            table[ORIENTATION.name], (*_OF_ORIENTATION, *fields.own_fields(table[ORIENTATION.name]))
        ),
        "sortie": fields.labels(table[EXIT.name], _OF_EXIT),
        "etapes": fields.labels(table[STAGE.name], _OF_STAGE),
    }
    groups = {name: {**found.get(name, {}), **_MORE.get(name, {})} for name in _GROUPS[kind.name]}
    return {**fields.common_labels(db, _OF_DOCUMENT), **groups}


def person_of(db: Office, table: str, row: Row) -> Row:
    """Return the person whom a row is about. Raises NotFoundError."""
    return row if table == PERSON.name else records.get(db, db.tables[PERSON.name], row.values["person_id"])


def values(db: Office, kind: DocumentKind, table: str, row_id: int, today: str, asked: Asked) -> Data:
    """Return the fields of a letter about a row of that table. ``today``: ISO. Raises NotFoundError."""
    context, row = records.context(db), records.get(db, db.tables[table], row_id)
    person = person_of(db, table, row)
    data = fields.common(db, person, kind.title, today, _document(db, kind, table, row, person, asked), context)
    makers: dict[str, Callable[[], Any]] = {
        "aide": lambda: _aid(db, row, asked, context), "orientation": lambda: _orientation(db, row, context),
        "suivi": lambda: _follow_up(db, person, today), "etapes": lambda: _stages(db, person, today, context),
        "fin": lambda: _end(db, table, row, person), "sortie": lambda: _exit(db, table, row, context),
        "rendez_vous": lambda: _appointment(db, table, row, context),
    }  # fmt: skip
    return data | {name: makers[name]() for name in _GROUPS[kind.name]}


def recipient(person: Mapping[str, Any]) -> str:
    """Return name and address in lines, as the post reads them: the town in capitals, no empty line."""
    town = " ".join(filter(None, (person["postcode"], (person["town"] or "").upper())))
    lines = (f"{person['first_name']} {person['last_name']}", person["address"], town)
    return "\n".join(" ".join(line.split()) for line in lines if line and line.strip())


def _document(db: Office, kind: DocumentKind, table: str, row: Row, person: Row, asked: Asked) -> dict[str, str]:
    setting, civility = fields.settings(db), _CIVILITY.get(person.values["gender"], "")
    about = "" if table == PERSON.name else f", {db.tables[table].label.lower()} n°\u00a0{row.id}"
    pieces = [line.strip(" •-") for line in asked.pieces.split("\n") if line.strip(" •-")] or [DOTS] * 3
    return {
        "reference": f"dossier n°\u00a0{person.id}{about}",
        "destinataire": recipient(person.values),
        "appel": f"{civility or 'Bonjour'},",
        "politesse": f"Veuillez agréer, {civility}, l’expression de ma considération distinguée."
        if civility
        else "Veuillez agréer l’expression de ma considération distinguée.",
        "signataire": setting["signatory"] or "",
        "qualite": setting["signatory_capacity"] or "",
        "recours_aides": setting["aid_recourse"],
        "pieces": "\n".join(f"•\u00a0{piece}" for piece in pieces),
        "date_limite": long_date(asked.deadline) if asked.deadline else "",
    }


def _aid(db: Office, row: Row, asked: Asked, context: Context) -> dict[str, str]:
    table, decision = db.tables[AID.name], row.values["decision"]
    found = fields.texts(table, (*_OF_AID, *fields.own_fields(table)), row.values, context)
    more = {"accordee": "oui" * (decision == "granted"), "refusee": "oui" * (decision == "refused")}
    return {**found, **more, "motif_du_refus": asked.reason.strip()}


def _orientation(db: Office, row: Row, context: Context) -> dict[str, str]:
    table, mention = db.tables[ORIENTATION.name], fields.verdict_mention(db, row, context)
    found = fields.texts(table, (*_OF_ORIENTATION, *fields.own_fields(table)), row.values, context)
    return {
        **found,
        # The criteria are the reasons of the computed verdict, not of one decided otherwise.
        "raisons": found["raisons"] if mention else "",
        "mention": mention + _ON_ASKING if mention else "",
        "motif_a_remplir": "oui" * (row.values["override"] == "no"),
    }


def stages_of(db: Office, person_id: int, today: str) -> list[Row]:
    """Return the stages of accompaniment of a person that have begun, earliest first."""
    rows = records.of_person(db, db.tables[STAGE.name], person_id)
    begun = [row for row in rows if row.values["kind"] == "accompaniment" and row.values["starts_on"] <= today]
    return sorted(begun, key=lambda row: row.values["starts_on"])


def is_running(stage: Row, today: str) -> bool:
    """Whether a stage that has begun has not ended."""
    return stage.values["ends_on"] is None or stage.values["ends_on"] >= today


def _stages(db: Office, person: Row, today: str, context: Context) -> list[dict[str, str]]:
    table = db.tables[STAGE.name]
    return [fields.texts(table, _OF_STAGE, row.values, context) for row in stages_of(db, person.id, today)]


def _follow_up(db: Office, person: Row, today: str) -> dict[str, str]:
    last = records.get(db, db.tables[PERSON.name], person.id).values["last_contact"]
    running = any(is_running(stage, today) for stage in stages_of(db, person.id, today))
    return {"dernier_contact": long_date(last) if last else "", "en_cours": "oui" * running}


def _end(db: Office, table: str, row: Row, person: Row) -> dict[str, str]:
    """Return the days of the accompaniment that a stage ends, or that an exit ended; it may have ended before."""
    day = row.values["ends_on" if table == STAGE.name else "left_on"]
    stages = [row] if table == STAGE.name else stages_of(db, person.id, day)
    if not stages:
        return {"le": long_date(day), "depuis": ""}
    last = stages[-1].values
    return {"le": long_date(min(day, last["ends_on"] or day)), "depuis": long_date(last["starts_on"])}


def _exit(db: Office, table: str, row: Row, context: Context) -> dict[str, str]:
    return fields.texts(db.tables[EXIT.name], _OF_EXIT, row.values if table == EXIT.name else {}, context)


def _appointment(db: Office, table: str, row: Row, context: Context) -> dict[str, str]:
    if table != APPOINTMENT.name:
        return dict.fromkeys(_MORE["rendez_vous"], "")
    values, way = row.values, db.tables[table].field("way").type
    where = _WHERE.get(values["way"], way.show(values["way"], context).lower())
    return {
        "jour": long_date(values["planned_on"], weekday=True),
        "date": french_date(values["planned_on"]),
        "heure": clock(values["starts_at"]),
        "duree": duration(values["minutes"]),
        "ou": where,
        "lieu": values["place"] or "",
    }


def clock(time: str) -> str:
    """Return a time as in a letter: « 14:30 » -> « 14 h 30 », « 09:00 » -> « 9 h »."""
    hours, minutes = time.split(":")
    return f"{int(hours)}\u00a0h" + (f"\u00a0{minutes}" if int(minutes) else "")


def duration(minutes: int) -> str:
    """Return minutes as in a letter: « 45 minutes », « 1 h 30 »."""
    return clock(f"{minutes // 60}:{minutes % 60:02}") if minutes >= 60 else f"{minutes}\u00a0minutes"


def subject_day(row: Row, table: str) -> str:
    """Return the day by which a row is told from others of its table: « 28/11/2026 »; '' for a person."""
    names = {
        AID.name: "requested_on", ORIENTATION.name: "requested_on", EXIT.name: "left_on", STAGE.name: "starts_on",
        APPOINTMENT.name: "planned_on",
    }  # fmt: skip
    return french_date(row.values[names[table]]) if table in names else ""
