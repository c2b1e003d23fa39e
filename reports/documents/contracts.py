"""The document of a contract as Word or PDF, and those of several contracts in one file.

What makes them (python-docx, Typst) is imported when it is needed: every grid imports this module.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from db.attachments.files import MEDIA_TYPES
from db.base.progress import Progress, ignore_progress
from db.customise import office_files
from db.model.dictionary import CER
from db.model.office import Office
from db.rows import records
from reports.documents import fields
from reports.documents.texts import DOCUMENTS

WORD = MEDIA_TYPES["docx"]
PDF = MEDIA_TYPES["pdf"]


def document_of(values: Mapping[str, Any]) -> str:
    """Return the name of the document of a contract (texts.py): by its kind and rank."""
    if values["kind"] == "cer":
        return "cer"
    return "actualisation" if values["rank"] == "update" else "engagement"


def word_bytes(db: Office, contract: int, today: str) -> bytes:
    """Return a contract as DOCX, by the office's own template if there is one. ``today``: ISO. Raises NotFoundError,
    jinja2.TemplateError."""
    from reports.documents import word

    name, data = _document(db, contract, today)
    return word.filled(template(db, name), data, office_files.get(db, office_files.LOGO))


def template(db: Office, name: str) -> bytes:
    """Return the Word template of a document: the office's own, or that of Palette."""
    from reports.documents import word

    return office_files.get(db, name) or word.shipped(name)


def pdf_bytes(db: Office, contracts: Sequence[int], today: str, tick: Progress = ignore_progress) -> bytes:
    """Return contracts as one PDF, in this order. Raises NotFoundError, and what ``tick`` raises."""
    from reports.documents import pdf

    documents = []
    for number, contract in enumerate(contracts):
        tick(0.5 * number / len(contracts), f"contrat {number + 1} sur {len(contracts)}")
        documents.append(_document(db, contract, today))
    tick(0.5, "mise en page")
    letterhead = records.get(db, db.tables["setting"], 1).values["letterhead"]
    return pdf.pdf_bytes(documents, letterhead, office_files.get(db, office_files.LOGO))


def zip_bytes(db: Office, contracts: Sequence[int], today: str, tick: Progress = ignore_progress) -> bytes:
    """Return contracts as DOCX in one ZIP. Raises as ``word_bytes``, and what ``tick`` raises."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for number, contract in enumerate(contracts):
            tick(number / len(contracts), f"contrat {number + 1} sur {len(contracts)}")
            file.writestr(f"contrat-{contract}.docx", word_bytes(db, contract, today))
    return content.getvalue()


def _document(db: Office, contract: int, today: str) -> tuple[str, fields.Data]:
    name = document_of(records.get(db, db.tables[CER.name], contract).values)
    return name, fields.of_contract(db, contract, DOCUMENTS[name].title, today)
