"""Everything known of one person, for that person: a PDF to read, a JSON file and the attachments, in one ZIP. GDPR,
articles 15 and 20. Deleted rows, earlier values and openings of the file are part of it."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from db.attachments import files
from db.base.french import french_date
from db.base.version import PRODUCT
from db.base.work_folders import own_folder
from db.export import attachments_zip
from db.model.dictionary import PERSON, TABLES
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, References
from db.rows import access_log, history, records
from db.rows.records import Row

_TEMPLATE = Path(__file__).with_suffix(".typ")
_ALL = 100_000


def zip_bytes(db: Office, person_id: int, today: str) -> bytes:
    """Return them. ``today``: an ISO day. Raises NotFoundError for an unknown person."""
    data = collect_data(db, person_id, today)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("dossier.pdf", pdf_bytes(data))
        file.writestr("dossier.json", json.dumps(data, ensure_ascii=False, indent=2))
        for one in files.of_persons(db, person_id, person_id, deleted=True):
            attachments_zip.add(file, one, "pieces")
    return content.getvalue()


def collect_data(db: Office, person_id: int, today: str) -> dict[str, Any]:
    """Return title, tables (name -> rows of {label: {text, value}}), changes, openings. A date in ``value`` is ISO."""
    context = records.context(db)
    person = records.stored(db, db.tables["person"], person_id)
    return {
        "titre": f"{person.values['first_name']} {person.values['last_name']}",
        "dossier": person_id,
        "date": french_date(today),
        "tables": [
            {"nom": _heading(table), "lignes": [_row(table, row, context) for row in rows]}
            for table, rows in _rows(db, person)
        ],
        "historique": [
            {"date": change.moment, "ligne": _row_name(change.table, change.row_id), "phrase": change.sentence}
            for change in history.of_person(db, person_id, context)
        ],
        "consultations": [
            {"date": line.moment, "par": line.who, "action": access_log.ACTIONS[line.action]}
            for line in access_log.find(db, person_id=person_id, size=_ALL)[0]
        ],
    }


def _rows(db: Office, person: Row) -> Iterator[tuple[OfficeTable, list[Row]]]:
    """Return the person's own row, the dated rows, and rows of other tables that refer to the person."""
    for table in db.work.values():
        if table.name == PERSON.name:
            yield table, [person]
        else:
            rows = list(_rows_about(db, table, person.id))
            if rows:
                yield table, rows


def _heading(table: OfficeTable) -> str:
    return "Fiche" if table.name == PERSON.name else table.plural


def _rows_about(db: Office, table: OfficeTable, person_id: int) -> Iterator[Row]:
    if table.belongs_to_person:
        for row_id in records.ids_of_person(db, table, person_id):
            yield records.stored(db, table, row_id)
    for field in table.fields:
        if isinstance(field.type, References) and field.target == PERSON.name:
            for row_id in records.ids_listing(db, table, field, person_id):
                yield records.stored(db, table, row_id)


def _row(table: OfficeTable, row: Row, context: Context) -> dict[str, Any]:
    fields = {
        field.label: {"texte": field.type.show(value, context), "valeur": value}
        for field in table.fields
        if _is_shown(field) and (value := row.values[field.name]) not in (None, ())
    }
    return {"n°": row.id, "supprimée": row.deleted, "champs": fields}


def _is_shown(field: Field) -> bool:
    """Return whether to show a field: not the person again on every line, nor other persons of a list."""
    return field.name != "person_id" and not (isinstance(field.type, References) and field.target == PERSON.name)


def _row_name(table: str, row_id: int) -> str:
    return f"{TABLES[table].label} n° {row_id}"


def pdf_bytes(data: dict[str, Any]) -> bytes:
    """Return the PDF (A4), typeset from what ``everything`` returns."""
    with own_folder() as name:
        folder = Path(name)
        (folder / "dossier.json").write_text(
            json.dumps(data | {"product": PRODUCT}, ensure_ascii=False), encoding="utf-8"
        )
        compiler = typst.Compiler(_TEMPLATE.read_bytes(), root=str(folder), ignore_system_fonts=True)
        document = compiler.compile(format="pdf")
    return document if isinstance(document, bytes) else b""
