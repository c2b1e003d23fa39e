"""Drafts: what a person is writing in a form, kept in the office file until it is saved.

Each time a form is opened it gets a random name, its *opening*. The page keeps under it what has reached the server
(``FormDrafts.keep``), and the browser what is being typed (``FormDrafts.add_texts``, by server/drafts.py). The row
exists from the opening on and is deleted when the form is saved or given up, so that a text that arrives late finds no
row and is dropped.

A draft belongs to one account. No role may read or write the table (db/storage/permissions.py): everything goes through
``FormDrafts``, on Palette's own connection and bound to the account signed in. Drafts are outside the history, the
search, and everything that is exported; backups hold them, as they are copies of the file.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.base.errors import InvalidError, Problem
from db.base.french import french_instant
from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.types import Reference, References
from db.rows import records
from db.rows.transactions import writing

KEPT_DAYS = 30
"""Days for which a draft that is not touched is kept."""
_EMPTY_DAYS = 1
"""Days for which the opening of a form in which nothing was written is kept: longer than any session."""
FOR_SEVERAL = "for_several"
"""The preset value of a form that makes the same row for several persons."""
PART = "__"
"""In the name of a field of a form that makes several rows: what follows says of which row (db/rows/intake.py)."""
_LONGEST = 1_000_000
"""Characters of one draft, as JSON."""
_SELECT = "SELECT opening, at, table_name, row_id, version, fixed, content FROM draft"


@dataclass(frozen=True)
class FormOpening:
    """Which form was opened: the table; the row with the version that was read, or None for a new row; its preset
    values."""

    table: str
    row_id: int | None
    version: int | None
    fixed: Mapping[str, Any]

    def is_same_form(self, other: "FormOpening") -> bool:
        """Return whether the other is a form of the same row, or of a new row for the same person or for several."""
        return self.name == other.name

    @property
    def name(self) -> str:
        """The same for every opening of the form of a row, or of a new row for the same person or for several."""
        tells = (FOR_SEVERAL, "kind")  # the form of a frein is not that of a moteur
        owners = [one for one in sorted(self.fixed.items()) if one[0].endswith("_id") or one[0] in tells]
        return json.dumps([self.table, self.row_id, owners])


@dataclass(frozen=True)
class FormDraft:
    """What was written in one opening of a form. ``at``: an ISO moment in UTC; ``values``: by field, as the widgets of
    the form hold them: the text that was typed, or the stored form of what was chosen."""

    opening: str
    at: str
    form: FormOpening
    values: Mapping[str, Any]

    @property
    def moment(self) -> str:
        """« 27/11 à 14:32 », in the server's time zone; a draft is never older than a month."""
        day, _, time = french_instant(self.at).partition(" ")
        return f"{day[:5]} {time}"


class FormDrafts:
    """The drafts of one account. ``db``: a connection without roles."""

    def __init__(self, db: Office, account_id: int) -> None:
        self._db, self._account_id = db, account_id

    def every(self) -> list[FormDraft]:
        """Return the drafts in which something was written, latest first."""
        sql = f"{_SELECT} WHERE account_id = ? AND content <> '{{}}' AND at >= {_ago(KEPT_DAYS)} ORDER BY at DESC"
        return [_read(row) for row in self._db.execute(sql, (self._account_id,)).fetchall()]

    def of_form(self, form: FormOpening) -> list[FormDraft]:
        """Return the drafts of one form, latest first."""
        return [draft for draft in self.every() if draft.form.is_same_form(form)]

    def begin(self, form: FormOpening, values: Mapping[str, Any] | None = None) -> str:
        """Note that a form was opened, with what is written in it already. Returns its opening. Raises BusyError,
        InvalidError."""
        opening = secrets.token_hex(16)
        with writing(self._db):
            self._write(opening, form, values or {})
        return opening

    def keep(self, opening: str, form: FormOpening, values: Mapping[str, Any], dropped: Iterable[str]) -> None:
        """Keep values of a form, and drop those of fields that are again as stored; other fields stay as they are.
        Raises BusyError, InvalidError."""
        with writing(self._db):
            row = self._row(opening)
            before = dict(_read(row).values) if row else {}
            content = {name: value for name, value in {**before, **values}.items() if name not in set(dropped)}
            self._write(opening, form, content)

    def add_texts(self, opening: str, texts: Mapping[str, str]) -> bool:
        """Keep what is being typed, by field; fields that the table lacks are ignored. Returns whether the form is
        still open: it is not once it was saved, given up, or erased with the person. Raises BusyError,
        InvalidError."""
        with writing(self._db):
            row = self._row(opening)
            if row is None:
                return False
            draft = _read(row)
            names = {field.name for field in self._db.tables[draft.form.table].fields}
            known = {name: text for name, text in texts.items() if name.partition(PART)[0] in names}
            if {**draft.values, **known} != draft.values:
                self._write(opening, draft.form, {**draft.values, **known})
        return True

    def resume(self, draft: FormDraft) -> FormDraft:
        """Move a draft, with what was added to it since it was read, to a new opening. A text that another tab sends
        later under the former one is dropped. Raises BusyError."""
        row = self._row(draft.opening)
        latest = _read(row) if row else draft
        self.drop(draft.opening)
        return replace(latest, opening=self.begin(latest.form, latest.values))

    def drop(self, opening: str) -> None:
        """Delete a draft, once its form is saved or given up. Raises BusyError."""
        with writing(self._db):
            self._db.execute("DELETE FROM draft WHERE account_id = ? AND opening = ?", (self._account_id, opening))

    def _row(self, opening: str) -> tuple[Any, ...] | None:
        sql = f"{_SELECT} WHERE account_id = ? AND opening = ?"
        row: tuple[Any, ...] | None = self._db.execute(sql, (self._account_id, opening)).fetchone()
        return row

    def _write(self, opening: str, form: FormOpening, values: Mapping[str, Any]) -> None:
        """Write a draft within a transaction; nothing for an account, a row or a person that no longer exists. Raises
        InvalidError for one that is too long."""
        person, content = self._person(form, values), _dumped(values)
        if len(content) > _LONGEST:
            raise InvalidError([Problem("ce texte est trop long pour être gardé", "Brouillon")])
        sql = f"""INSERT INTO draft (opening, account_id, table_name, row_id, version, person_id, fixed, content)
          SELECT ?, a.id, ?, ?, ?, ?, ?, ? FROM account a
          WHERE a.id = ? AND a.active AND (? IS NULL OR EXISTS (SELECT 1 FROM person p WHERE p.id = ?))
            AND (? IS NULL OR EXISTS (SELECT 1 FROM "{form.table}" r WHERE r.id = ?))
          ON CONFLICT (opening) DO UPDATE
          SET at = excluded.at, person_id = excluded.person_id, content = excluded.content
          WHERE account_id = excluded.account_id"""
        stored = (form.table, form.row_id, form.version, person, _dumped(form.fixed), content)
        needed = (self._account_id, person, person, form.row_id, form.row_id)
        self._db.execute(sql, (opening, *stored, *needed))

    def _person(self, form: FormOpening, values: Mapping[str, Any]) -> int | None:
        """Return the person whom a form is about, if known."""
        if form.table == PERSON.name:
            return form.row_id
        owner = values.get("person_id") or form.fixed.get("person_id")
        if owner is None and form.row_id is not None:
            owner = records.person_of(self._db, self._db.tables[form.table], form.row_id)
        return owner if isinstance(owner, int) else None


def _read(row: tuple[Any, ...]) -> FormDraft:
    opening, at, table, row_id, version, fixed, content = row
    return FormDraft(opening, at, FormOpening(table, row_id, version, json.loads(fixed)), json.loads(content))


def _dumped(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)


def _ago(days: int) -> str:
    """SQL: the moment that many days ago, in the form in which moments are stored."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{days} days')"


# ---- what must go


def purge(db: Office) -> None:
    """Delete the drafts that were not touched for ``KEPT_DAYS``, and openings in which nothing was written."""
    with writing(db):
        sql = f"DELETE FROM draft WHERE at < {_ago(KEPT_DAYS)} OR (content = '{{}}' AND at < {_ago(_EMPTY_DAYS)})"
        db.execute(sql)


def forget_account(db: Office, account_id: int) -> None:
    """Delete the drafts of an account, within the transaction that closes it."""
    db.execute("DELETE FROM draft WHERE account_id = ?", (account_id,))


def forget_person(db: Office, person_id: int) -> None:
    """Delete the drafts that refer to a person or are about one of the person's rows, within the transaction that
    erases the person and before these rows go. Those about the person go by a trigger of the file."""
    gone = [row[0] for row in db.execute(_SELECT).fetchall() if _concerns(db, _read(row), person_id)]
    db.executemany("DELETE FROM draft WHERE opening = ?", [(opening,) for opening in gone])


def _concerns(db: Office, draft: FormDraft, person_id: int) -> bool:
    form = draft.form
    if form.row_id is not None and records.person_of(db, db.tables[form.table], form.row_id) == person_id:
        return True
    return person_id in _persons_in(db, draft)


def _persons_in(db: Office, draft: FormDraft) -> Iterator[int]:
    """Yield the persons whom the values of a draft refer to."""
    for field in db.tables[draft.form.table].fields:
        if isinstance(field.type, Reference | References) and field.type.table == PERSON.name:
            for values in (draft.form.fixed, draft.values):
                value = values.get(field.name)
                yield from value if isinstance(value, list) else [value] if isinstance(value, int) else []
