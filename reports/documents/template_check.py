"""Check of a Word template that an office uploads: read in a process of its own with hard limits, every field known,
every block closed. What is wrong is named with its place."""

import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from jinja2 import TemplateError

from db.base import helper_process
from db.base.errors import InvalidError, Problem
from db.base.helper_process import HelperError, HelperLimits
from db.base.turns import READING
from reports.documents import word
from reports.documents.expressions import problems_of
from reports.documents.fields import LISTS, Data

_LIMITS = HelperLimits(memory=800_000_000, processor=20, seconds=40, output=2_000_000, file=50_000_000)
_UNREADABLE = (
    "ce fichier n’est pas un document Word (DOCX) lisible : enregistrez-le de nouveau depuis votre traitement de texte"
)
_LARGE = "ce modèle est trop gros ou trop compliqué"
_NAMES = {"header": "en-tête", "footer": "pied de page"}
"""Kind of a part, beside the text -> its name."""
_ANY_TAG = re.compile(rb"\{(<[^>]*>)*[{%]")
_LISTED = 20
_LONG = 70


def check(content: bytes, fields: Sequence[str]) -> None:
    """Return when the template may be used with these fields (« contrat.signe_le »). Raises InvalidError with every
    problem: the place, the text there, the reason."""
    received: list[Any] = []
    request = [json.dumps(list(fields)).encode(), b"\n", content]
    try:
        with READING.turn():
            helper_process.run("reports.documents.template_check", request, _LIMITS, received.append)
    except HelperError as error:
        sentence = str(error) if error.why == helper_process.REFUSED else _LARGE
        raise InvalidError([Problem(_UNREADABLE if error.why == helper_process.FAILED else sentence)]) from error
    problems = [
        Problem(f"{place} : {reason}." + (f" Texte : « {text} »." if text else ""))
        for place, text, reason in received[:_LISTED]
    ]
    if problems:
        raise InvalidError(problems)


# ---- in the process


def answer(request: bytes) -> Iterator[Any]:
    """Yield [place, text, reason] of each problem."""
    end = request.index(b"\n")
    fields, content = frozenset(json.loads(request[:end])), request[end + 1 :]
    document = Document(io.BytesIO(content))
    found = False
    for place in _elsewhere(document):
        found = True
        yield [place, "", "aucun champ n’y est permis"]
    for place, element in _parts(document):
        paragraphs = ["".join(text.text or "" for text in one.iter(qn("w:t"))) for one in element.iter(qn("w:p"))]
        for number, text, reason in problems_of(paragraphs, fields):
            found = True
            shown = text if len(text) <= _LONG else f"{text[:_LONG]}…"
            yield [f"{place}, paragraphe {number}", shown, reason]
    if not found:
        try:
            word.filled(content, sample(fields))
        except TemplateError as error:
            yield ["document", "", f"une balise ne se lit pas ({type(error).__name__})"]


def _parts(document: WordDocument) -> Iterator[tuple[str, Any]]:
    yield "texte", document.element.body
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in _NAMES:
            yield _NAMES[kind], relation.target_part.element


def _elsewhere(document: WordDocument) -> Iterator[str]:
    """Yield the places in which docxtpl would fill in fields, and in which a template may have none."""
    values = document.core_properties._element.itertext()
    if any(sign in text for text in values for sign in ("{{", "{%")):
        yield "propriétés du document"
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/footnotes") and _ANY_TAG.search(relation.target_part.blob):
            yield "notes de bas de page"


def sample(fields: frozenset[str]) -> Data:
    """Return made-up values of all fields."""
    data: Data = {}
    for name in sorted(fields):
        group, _, field = name.partition(".")
        if group in LISTS:
            data.setdefault(group, [{}])[0][field] = "exemple"
        else:
            data.setdefault(group, {})[field] = "exemple"
    return data


if __name__ == "__main__":
    helper_process.serve(answer)
