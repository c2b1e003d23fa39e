"""« Avant l’entretien »: what an officer reads before she meets somebody, as one page. Hers alone: it holds notes."""

import json
from pathlib import Path
from typing import Any

import typst

from db.base.french import french_date
from db.base.version import PRODUCT
from db.base.work_folders import own_folder
from db.model.dictionary import ACTION, INTERVENTION, PERSON
from db.model.office import Office
from db.model.types import Context
from db.rows import overview, records

_TEMPLATE = Path(__file__).with_suffix(".typ")
_NOTES, _NOTE = 3, 700
"""How many notes the page holds, and how many characters of each."""
_ACTIONS = 10


def pdf_bytes(db: Office, person_id: int, today: str) -> bytes:
    """Return the PDF (A4, tagged). ``today``: ISO. Raises NotFoundError."""
    with own_folder() as name:
        folder = Path(name)
        (folder / "sheet.json").write_text(json.dumps(_content(db, person_id, today), ensure_ascii=False), "utf-8")
        compiler = typst.Compiler(_TEMPLATE.read_bytes(), root=str(folder), ignore_system_fonts=True)
        document = compiler.compile(format="pdf")
    return document if isinstance(document, bytes) else b""


def _content(db: Office, person_id: int, today: str) -> dict[str, Any]:
    context, found = records.context(db), overview.of_person(db, person_id, today)
    person, values = db.tables[PERSON.name], found.person.values
    named = f"{values['first_name']} {values['last_name']}"
    facts = [person.column(one).type.show(values[one], context) for one in ("artist_name", "craft", "town", "state")]
    return {
        "title": f"{named}\u00a0: avant l’entretien",
        "subtitle": " · ".join(filter(None, facts)),
        "product": PRODUCT,
        "footer": f"Dossier n° {person_id}, imprimé le {french_date(today)}. Notes de travail, à garder pour vous.",
        "facts": [{"title": title, "lines": lines} for title, lines in overview.facts(db, found, context)],
        "actions": [_action(db, row.values, context) for row in found.actions[:_ACTIONS]],
        "notes": [_note(db, row.values, context) for row in found.meetings[:_NOTES]],
    }


def _action(db: Office, values: dict[str, Any], context: Context) -> list[str]:
    table = db.tables[ACTION.name]
    return [table.field(name).type.show(values[name], context) for name in ("objective", "due_on", "state")]


def _note(db: Office, values: dict[str, Any], context: Context) -> dict[str, Any]:
    table, text = db.tables[INTERVENTION.name], values["note"] or ""
    short = text if len(text) <= _NOTE else f"{text[:_NOTE].rstrip()}…"
    head = [table.field(name).type.show(values[name], context) for name in ("happened_on", "kind", "domain")]
    return {"head": " · ".join(filter(None, head)), "lines": short.split("\n")}
