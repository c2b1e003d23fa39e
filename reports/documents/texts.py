"""The documents by name, and those of each table."""

from reports.documents.blocks import DocumentKind
from reports.documents.contract_texts import CONTRACTS
from reports.documents.letter_texts import LETTERS

DOCUMENTS: dict[str, DocumentKind] = {kind.name: kind for kind in (*CONTRACTS, *LETTERS)}
"""Contracts, then letters."""


def letters_of(table: str) -> list[DocumentKind]:
    """Return the letters that a row of that table may be about."""
    return [kind for kind in LETTERS if table in kind.sources]
