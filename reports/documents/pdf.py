"""Contracts as PDF (A4, tagged PDF/UA-1), typeset by Typst: one, or many after one another."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import typst

from db.base.version import PRODUCT
from db.base.work_folders import own_folder
from reports.documents.expressions import ENVIRONMENT
from reports.documents.fields import Data
from reports.documents.texts import DOCUMENTS, SIGNATORIES, SIGNATURES, TABLE, Block

_PLAIN = ENVIRONMENT.overlay(autoescape=False)
_TEMPLATE = Path(__file__).with_name("contract.typ")


def pdf_bytes(contracts: Sequence[tuple[str, Data]], letterhead: str, logo: bytes | None = None) -> bytes:
    """Return one PDF of these contracts: the name of a document (texts.py) and its fields, each."""
    with own_folder() as name:
        folder = Path(name)
        image = ""
        if logo:
            image = "logo.png" if logo.startswith(b"\x89PNG") else "logo.jpg"
            (folder / image).write_bytes(logo)
        content = {
            "title": contracts[0][1]["document"]["titre"] if len(contracts) == 1 else "Contrats",
            "product": PRODUCT,
            "letterhead": letterhead,
            "logo": image,
            "contracts": [_contract(kind, data) for kind, data in contracts],
        }
        (folder / "contracts.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
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


def _contract(name: str, data: Data) -> dict[str, Any]:
    person = data["personne"]
    return {
        "title": data["document"]["titre"],
        "person": f"{person['prenom']} {person['nom']}",
        "draft": bool(data["document"]["projet"]),
        "blocks": list(_blocks(DOCUMENTS[name].blocks, data)),
    }


def _blocks(blocks: Iterable[Block], data: Data) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if block.when and not _text("{% if " + block.when + " %}1{% endif %}", data):
            continue
        found: dict[str, Any] = {"kind": block.kind, "text": _text(block.text, data)}
        if block.kind == TABLE:
            found["header"] = [heading for heading, _, _ in block.columns]
            found["widths"] = [width for _, _, width in block.columns]
            found["rows"] = [
                [_text(cell, {**data, "action": action}) for _, cell, _ in block.columns] for action in data[block.each]
            ]
        elif block.kind == SIGNATURES:
            found["names"] = [_text(name, data) for name in SIGNATORIES]
        yield found


def _text(template: str, data: Data) -> str:
    return _PLAIN.from_string(template).render(data)
