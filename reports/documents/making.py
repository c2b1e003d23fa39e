"""Documents made as Word or PDF: of one row, or of many in one file; and the copies that a file keeps of sent letters.

What makes them (python-docx, Typst) is imported when it is needed: every grid imports this module.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.attachments.files import MEDIA_TYPES
from db.base.errors import PaletteError
from db.base.progress import Progress, ignore_progress
from db.customise import office_files
from db.model.dictionary import CER
from db.model.office import Office
from reports.documents import contract_fields, fields, letter_fields
from reports.documents.letter_fields import NOTHING_ASKED, Asked
from reports.documents.texts import DOCUMENTS

WORD = MEDIA_TYPES["docx"]
PDF = MEDIA_TYPES["pdf"]
ZIP = "application/zip"
_OUTDATED = (
    "le modèle Word du bureau pour « {} » demande un champ qui n’existe plus. Déposez-le de nouveau dans « Réglages ›"
    " Documents », qui dira lequel, ou revenez à celui de Palette."
)


@dataclass(frozen=True)
class Printed:
    """One document to make: its name (texts.py), and the row of a table that it is about."""

    name: str
    table: str
    row: int


@dataclass(frozen=True)
class UsableField:
    """One field that a template may use: « contrat.signe_le », and what it holds."""

    name: str
    label: str


def of_contract(contract: int, values: Mapping[str, Any]) -> Printed:
    """Return the document of a contract: by its kind and rank."""
    if values["kind"] == "cer":
        return Printed("cer", CER.name, contract)
    return Printed("actualisation" if values["rank"] == "update" else "engagement", CER.name, contract)


def usable_fields(db: Office, name: str) -> list[UsableField]:
    """Return every field that a template of that document may use, in order; those of a list under its name."""
    kind = DOCUMENTS[name]
    groups = letter_fields.all_labels(db, kind) if kind.is_letter else contract_fields.all_labels(db)
    return [UsableField(f"{group}.{name}", label) for group, labels in groups.items() for name, label in labels.items()]


def word_bytes(db: Office, printed: Printed, today: str, asked: Asked = NOTHING_ASKED) -> bytes:
    """Return a document as DOCX, by the office's own template if there is one. ``today``: ISO. Raises NotFoundError,
    PaletteError for a template with a field that the office has removed since."""
    from jinja2 import TemplateError

    from reports.documents import word

    data = data_of(db, printed, today, asked)
    try:
        return word.filled(template(db, printed.name), data, office_files.get(db, office_files.LOGO))
    except TemplateError as error:
        raise PaletteError(_OUTDATED.format(DOCUMENTS[printed.name].title)) from error


def template(db: Office, name: str) -> bytes:
    """Return the Word template of a document: the office's own, or that of Palette."""
    from reports.documents import word

    return office_files.get(db, name) or word.shipped(name)


def pdf_bytes(
    db: Office, printed: Sequence[Printed], today: str, asked: Asked = NOTHING_ASKED, tick: Progress = ignore_progress
) -> bytes:
    """Return documents as one PDF, in this order. Raises NotFoundError, and what ``tick`` raises."""
    from reports.documents import pdf

    documents = []
    for number, one in enumerate(printed):
        tick(0.5 * number / len(printed), f"document {number + 1} sur {len(printed)}")
        documents.append((one.name, data_of(db, one, today, asked)))
    tick(0.5, "mise en page")
    return pdf.pdf_bytes(documents, fields.settings(db)["letterhead"], office_files.get(db, office_files.LOGO))


def zip_bytes(
    db: Office, printed: Sequence[Printed], today: str, asked: Asked = NOTHING_ASKED, tick: Progress = ignore_progress
) -> bytes:
    """Return documents as DOCX in one ZIP. Raises as ``word_bytes``, and what ``tick`` raises."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for number, one in enumerate(printed):
            tick(number / len(printed), f"document {number + 1} sur {len(printed)}")
            file.writestr(file_name(one, "docx"), word_bytes(db, one, today, asked))
    return content.getvalue()


def file_name(printed: Printed, ending: str, day: str = "") -> str:
    """Return the name of the file of one document, without a name of a person: « convocation-12-2026-11-28.pdf »."""
    word = printed.name if DOCUMENTS[printed.name].is_letter else "contrat"
    return "-".join(filter(None, (word, str(printed.row), day))) + f".{ending}"


def data_of(db: Office, printed: Printed, today: str, asked: Asked) -> fields.Data:
    """Return the fields of a document and their values. Raises NotFoundError."""
    kind = DOCUMENTS[printed.name]
    if not kind.is_letter:
        return contract_fields.values(db, printed.row, kind.title, today)
    from reports.documents.expressions import plain_text

    data = letter_fields.values(db, kind, printed.table, printed.row, today, asked)
    data["document"]["objet"] = plain_text(kind.subject, data)
    return data
