"""Which letters a row may give, what is missing before one is printed, and under which name a copy of it is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from db.base.french import french_date
from db.model.dictionary import APPOINTMENT, EXIT, PERSON, STAGE
from db.model.office import Office
from db.rows import records
from db.rows.records import Row
from reports.documents import fields, letter_fields
from reports.documents.blocks import DocumentKind
from reports.documents.letter_fields import Asked
from reports.documents.letter_texts import LETTERS
from reports.documents.making import Printed
from reports.documents.texts import DOCUMENTS

_ADDRESS = ("address", "postcode", "town")


@dataclass(frozen=True)
class About:
    """A row that a letter may be about, and its person."""

    table: str
    row: Row
    person: Row


def rows_about(db: Office, table: str, ids: Sequence[int]) -> list[About]:
    """Return these rows of a table with their persons, in this order, without deleted ones."""
    rows = records.rows(db, db.tables[table], ids)
    if table == PERSON.name:
        return [About(table, row, row) for row in rows]
    numbers = list(dict.fromkeys(row.values["person_id"] for row in rows))
    persons = {person.id: person for person in records.rows(db, db.tables[PERSON.name], numbers)}
    return [About(table, row, persons[row.values["person_id"]]) for row in rows if row.values["person_id"] in persons]


def rows_of_person(db: Office, person: Row) -> list[About]:
    """Return every row that a letter to a person may be about: the person, then those of each table, latest first."""
    tables = dict.fromkeys(table for kind in LETTERS for table in kind.sources if table != PERSON.name)
    rows = ((table, row) for table in tables for row in records.of_person(db, db.tables[table], person.id))
    return [About(PERSON.name, person, person), *(About(table, row, person) for table, row in rows)]


def possible(db: Office, about: Iterable[About], today: str) -> list[Printed]:
    """Return the letters that these rows may give, in the order of letters. ``today``: ISO."""
    rows = list(about)
    return [
        Printed(kind.name, one.table, one.row.id)
        for kind in LETTERS
        for one in rows
        if one.table in kind.sources and not why_not(db, kind, one, today)
    ]


def why_not(db: Office, kind: DocumentKind, about: About, today: str) -> str:
    """Return why this letter cannot be written about this row, '' when it can."""
    values, ready = about.row.values, ("planned", "confirmed")
    match kind.name, about.table:
        case "convocation", _ if values["state"] not in ready or values["planned_on"] < today:
            return "ce rendez-vous n’est plus à venir"
        case "relance", APPOINTMENT.name if values["state"] != "absent":
            return "ce rendez-vous n’a pas été manqué"
        case "avis", _ if values["verdict"] not in ("yes", "no") or not values["decided_on"]:
            return "l’avis n’est pas rendu"
        case "attestation", _ if not letter_fields.stages_of(db, about.person.id, today):
            return "aucun accompagnement n’a commencé"
        case "aide", _ if values["decision"] not in ("granted", "refused"):
            return "cette aide n’est ni accordée ni refusée"
        case "pieces", _ if values["decision"] != "pending":
            return "cette aide n’est plus en attente"
        case "fin", STAGE.name if values["kind"] != "accompaniment" or (values["ends_on"] or "9999") > today:
            return "cette étape n’est pas un accompagnement terminé"
        case "fin", EXIT.name if values["left_on"] > today:
            return "cette sortie n’est pas encore venue"
    return ""


def missing(db: Office, kind: DocumentKind, about: About, asked: Asked) -> list[str]:
    """Return what a letter lacks and the person could still fill in, in French."""
    return [*_missing_of_person(db, about), *_missing_of_row(kind, about, asked)]


def missing_of_office(db: Office) -> list[str]:
    """Return what every letter lacks because the settings do not say it."""
    table, setting = db.tables["setting"], fields.settings(db)
    return [table.field(name).label for name in ("signatory", "signatory_capacity") if not setting[name]]


def _missing_of_person(db: Office, about: About) -> Iterator[str]:
    table = db.tables[PERSON.name]
    for name in _ADDRESS:
        if not (about.person.values[name] or "").strip():
            yield table.field(name).label.lower()


def _missing_of_row(kind: DocumentKind, about: About, asked: Asked) -> Iterator[str]:
    values = about.row.values
    if kind.name == "aide" and values["decision"] == "refused" and not asked.reason.strip():
        yield "motif du refus (une ligne « Motif : …… » reste à remplir)"
    if kind.name == "aide" and not values["decided_on"]:
        yield "jour de la décision"
    if kind.name == "avis" and values["override"] == "no":
        yield "motif de l’avis contraire (une ligne « Motif : …… » reste à remplir)"
    if kind.name == "convocation" and values["way"] == "phone" and not about.person.values["phone"]:
        yield "téléphone"
    if kind.name == "convocation" and values["way"] in ("elsewhere", "video") and not values["place"]:
        yield "adresse ou lien du rendez-vous"
    if kind.name == "pieces" and not asked.pieces.strip():
        yield "liste des pièces (des lignes restent à remplir)"


# ---- copies


def title_of(printed: Printed, about: About) -> str:
    """Return the letter and what tells its row from others: « Convocation · 12/12/2026 »."""
    title, day = DOCUMENTS[printed.name].title, letter_fields.subject_day(about.row, printed.table)
    return f"{title} · {day}" if day else title


def kept_name(printed: Printed, about: About, today: str) -> str:
    """Return the name of the copy that the file keeps: « Convocation du 12/12/2026 », by the day of the appointment, or
    the day on which the letter was written."""
    day = about.row.values["planned_on"] if printed.name == "convocation" else today
    return f"{DOCUMENTS[printed.name].title} du {french_date(day)}"
