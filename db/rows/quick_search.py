"""The quick search: persons and partners by anything their search index holds (names, artist name, telephone in any
spelling, e-mail, town…), archived persons included."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.base.french import fold
from db.model.dictionary import PARTNER, PERSON
from db.model.office import Office
from db.rows import queries, records, titles
from db.rows.queries import ARCHIVED, Filter, Query
from db.storage import permissions

_DETAILS = {PERSON.name: ("artist_name", "town", "phone"), PARTNER.name: ("contact", "town", "phone")}
"""The fields that tell two rows of one name apart."""


@dataclass(frozen=True)
class Found:
    """One row. ``title``: its name; ``detail``: what tells it from others of that name; ``archived``: of a person."""

    table: str
    id: int
    title: str
    detail: str
    archived: bool = False

    @property
    def label(self) -> str:
        """« Durand Anne (archivée) »."""
        return f"{self.title} (archivée)" if self.archived else self.title


def person_ids(db: Office, words: str, size: int) -> list[int]:
    """Return the persons found: by their names, then by anything else, then archived ones; at most ``size`` of each.
    None for words in which nothing can be searched."""
    if not queries.words(words):
        return []
    table = db.tables[PERSON.name]
    named = sorted(titles.suggestions(db, table, words, records.context(db), size), key=lambda one: fold(one[1]))
    conditions: Sequence[tuple[Filter, ...]] = ((), (Filter(ARCHIVED, "filled"),))
    others = [i for one in conditions for i in records.page_ids(db, table, Query(one, words, size=size))]
    return list(dict.fromkeys([*(row_id for row_id, _ in named), *others]))


def persons(db: Office, words: str, size: int) -> list[Found]:
    """Return the persons found; see ``person_ids``."""
    return _found(db, PERSON.name, person_ids(db, words, size))


def everything(db: Office, words: str, size: int) -> list[Found]:
    """Return the persons and partners found, at most ``size`` of each kind; none to roles that may not read them."""
    is_allowed = db.roles is None or permissions.readable(db.roles, "person_search", "rowid")
    if not is_allowed or not queries.words(words):
        return []
    partners = records.page_ids(db, db.tables[PARTNER.name], Query(search=words, size=size))
    return persons(db, words, size)[:size] + _found(db, PARTNER.name, partners)


def _found(db: Office, name: str, ids: Sequence[int]) -> list[Found]:
    context, table = records.context(db), db.tables[name]
    shown = [table.field(field) for field in _DETAILS[name]]
    return [
        Found(
            name,
            row.id,
            context.title(name, row.id),
            " · ".join(filter(None, (f.type.show(row.values[f.name], context) for f in shown if not f.hidden))),
            bool(row.values.get(ARCHIVED)),
        )
        for row in records.rows(db, table, ids)
    ]
