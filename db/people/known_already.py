"""Who is in the file already, while somebody new is being entered: persons who resemble her, archived ones included.

A resemblance is a question. Whoever enters the person answers it, and the answer is kept with the pair (duplicates.py),
so that « Doublons » does not ask again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from db.base.errors import FieldError
from db.model.dictionary import PERSON
from db.model.office import Office
from db.people import duplicates, similarity
from db.rows import quick_search, records
from db.rows.records import Row
from db.rows.transactions import writing
from db.storage import connection

_SHOWN = 5


@dataclass(frozen=True)
class Resembling:
    """A person of the file. ``reasons``: what the two have in common, in French; none for one who was found by a part
    of the name."""

    row: Row
    reasons: tuple[str, ...]

    @property
    def asked(self) -> bool:
        """Whether somebody must say, before the new person is saved, that she is another one."""
        return bool(self.reasons)


def look(db: Office, typed: Mapping[str, Any]) -> list[Resembling]:
    """Return the persons who resemble what was typed so far, the most similar first. ``typed``: values of a person as
    the form holds them; one that cannot be read says nothing."""
    values = _readable(db, typed)
    alike = _alike(db, values) if any(values.values()) else {}
    words = " ".join(str(values[name]) for name in ("last_name", "first_name") if values.get(name))
    ids = list(dict.fromkeys([*alike, *quick_search.person_ids(db, words, _SHOWN)]))[:_SHOWN]
    nothing = similarity.Likeness((), 0)
    return [
        Resembling(row, alike.get(row.id, nothing).reasons) for row in records.rows(db, db.tables[PERSON.name], ids)
    ]


def _readable(db: Office, typed: Mapping[str, Any]) -> dict[str, Any]:
    table, context = db.tables[PERSON.name], records.context(db)
    values: dict[str, Any] = {}
    for name in similarity.FIELDS:
        try:
            values[name] = table.field(name).type.check(typed[name], context) if typed.get(name) else None
        except FieldError:
            values[name] = None
    return values


def _alike(db: Office, values: Mapping[str, Any]) -> dict[int, similarity.Likeness]:
    """Return the similar persons by id, the most similar first."""
    wanted = similarity.person(0, values)
    everybody = connection.remembered(db, ("known already",), lambda: duplicates.everybody(db))
    found = [(one.id, like) for one in everybody if (like := similarity.compare(wanted, one))]
    return dict(sorted(found, key=lambda pair: (-pair[1].points, pair[0])))


def add(db: Office, values: Mapping[str, Any], others: Iterable[int], who: str) -> int:
    """Add a person, and note that the ``others``, who resemble her, are other persons, in one operation. Returns the
    id. Raises InvalidError, BusyError."""
    with writing(db):
        number = records.add(db, db.tables[PERSON.name], values, who)
        for other in others:
            duplicates.note_apart(db, number, other, who)
    return number
