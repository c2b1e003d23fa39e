"""Documents as PDF (A4, tagged PDF/UA-1), typeset by Typst: one, or many after one another."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import typst

from db.base.version import PRODUCT
from db.base.work_folders import own_folder
from reports.documents.blocks import SIGNATURES, TABLE, Block
from reports.documents.contract_texts import SIGNATORIES
from reports.documents.expressions import plain_text
from reports.documents.fields import Data
from reports.documents.texts import DOCUMENTS

_TEMPLATE = Path(__file__).with_name("document.typ")


def pdf_bytes(documents: Sequence[tuple[str, Data]], letterhead: str, logo: bytes | None = None) -> bytes:
    """Return one PDF of these documents: the name of a document (texts.py) and its fields, each."""
    with own_folder() as name:
        folder = Path(name)
        image = ""
        if logo:
            image = "logo.png" if logo.startswith(b"\x89PNG") else "logo.jpg"
            (folder / image).write_bytes(logo)
        content = {
            "title": documents[0][1]["document"]["titre"] if len(documents) == 1 else _title(documents),
            "product": PRODUCT,
            "letterhead": letterhead,
            "logo": image,
            "documents": [_document(kind, data) for kind, data in documents],
        }
        (folder / "documents.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        try:
            return _compiled(folder, "ua-1")
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            return _compiled(folder, "1.7")  # still tagged: a text has letters that the font lacks


def _compiled(folder: Path, standard: Literal["ua-1", "1.7"]) -> bytes:
    compiler = typst.Compiler(_TEMPLATE.read_bytes(), root=str(folder), ignore_system_fonts=True)
    document = compiler.compile(format="pdf", pdf_standards=standard)
    return document if isinstance(document, bytes) else b""


def _title(documents: Sequence[tuple[str, Data]]) -> str:
    return "Lettres" if DOCUMENTS[documents[0][0]].is_letter else "Contrats"


def _document(name: str, data: Data) -> dict[str, Any]:
    person, document = data["personne"], data["document"]
    return {
        "title": document["titre"],
        "person": f"{person['prenom']} {person['nom']}",
        "draft": bool(document.get("projet")),
        "letter": _head(document) if DOCUMENTS[name].is_letter else None,
        "blocks": list(_blocks(DOCUMENTS[name].blocks, data)),
    }


def _head(document: dict[str, str]) -> dict[str, str]:
    """Return what stands above a letter."""
    return {
        "recipient": document["destinataire"],
        "place": f"{document['commune']}, le {document['date']}",
        "reference": f"Réf.\u00a0: {document['reference']}",
        "subject": document["objet"],
    }


def _blocks(blocks: Iterable[Block], data: Data) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if block.when and not plain_text("{% if " + block.when + " %}1{% endif %}", data):
            continue
        found: dict[str, Any] = {"kind": block.kind, "text": plain_text(block.text, data)}
        if block.kind == TABLE:
            found["header"] = [heading for heading, _, _ in block.columns]
            found["widths"] = [width for _, _, width in block.columns]
            found["rows"] = [
                [plain_text(cell, {**data, block.item: item}) for _, cell, _ in block.columns]
                for item in data[block.each]
            ]
        elif block.kind == SIGNATURES:
            found["names"] = [plain_text(name, data) for name in SIGNATORIES]
        yield found
