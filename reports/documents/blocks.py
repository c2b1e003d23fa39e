"""What a document is made of: blocks of text in order. Data only; Word templates and PDF are both made from it.

A text holds *fields* between double braces, as a Word template of an office does: {{ contrat.du }}. ``when`` is a
condition on fields: the block is left out where it is not met.
"""

import re
from dataclasses import dataclass

HEADING, TEXT, QUOTE, TABLE, SIGNATURES, SIGNED = "heading", "text", "quote", "table", "signatures", "signed"
_BEFORE, _AFTER = re.compile(r" (?=[:;?!»€])"), re.compile(r"(?<=[«°]) ")


@dataclass(frozen=True)
class Block:
    """One block. A table has a line for each ``item`` of ``each``; ``columns``: heading and text of each column, and
    its width in twenty-fourths. ``part`` names what the law asks of a contract (contract_texts.py)."""

    kind: str
    text: str = ""
    when: str = ""
    part: str = ""
    each: str = ""
    columns: tuple[tuple[str, str, int], ...] = ()
    item: str = "action"


@dataclass(frozen=True)
class DocumentKind:
    """One document. ``name``: that of an office's own template, and in files. ``sources``: the tables whose rows it is
    about. A letter has an object, and may ask for texts when it is printed (``asks``, letter_texts.py)."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    sources: tuple[str, ...] = ("cer",)
    subject: str = ""
    asks: tuple[str, ...] = ()

    @property
    def is_letter(self) -> bool:
        """Whether it is sent to the person, with her address on the first page."""
        return bool(self.subject)


def spaced(text: str) -> str:
    """Return the text with no-break spaces where French asks for them: before « : », after « n° », within « »."""
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", text))
