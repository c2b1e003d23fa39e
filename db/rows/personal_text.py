"""Which texts are personal: they occur in the file as something written about a person, so they are never published."""

import re
from collections.abc import Collection, Iterable

from db.model import telephones
from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.types import Date, Email, Phone

_MIN_LENGTH = 6
"""Shorter words occur in any text."""
_MIN_SHARED_BY = 5
"""A value that at least this many persons share (a commune, a craft) identifies none of them."""


def collect_personal_texts(db: Office) -> set[str]:
    """Return full names in both orders, dates, phones (also as people write them), e-mails, and searched texts that few
    persons share."""
    columns = [" || ' ' || ".join(names) for names in (PERSON.title, PERSON.title[::-1])]
    for field in db.tables["person"].fields:
        if field.name not in PERSON.title and isinstance(field.type, Date | Phone | Email):
            columns.append(field.name)
        elif field.name not in PERSON.title and field.searched:
            columns.append(
                f"CASE WHEN count(*) OVER (PARTITION BY {field.name}) < {_MIN_SHARED_BY} THEN {field.name} END"
            )
    rows = db.execute(f"SELECT {', '.join(columns)} FROM person")
    texts = {value for row in rows for value in row if value and len(value) >= _MIN_LENGTH}
    shown = {telephones.show(text) for text in texts if re.fullmatch(r"\+[0-9]+", text)}
    return texts | shown | {text.replace(" ", "") for text in shown}


def find_personal_text(texts: Iterable[str], personal_texts: Collection[str]) -> str:
    """Return the first of ``texts`` that contains a personal text, or ''."""
    return next((text for text in texts if any(personal in text for personal in personal_texts)), "")
