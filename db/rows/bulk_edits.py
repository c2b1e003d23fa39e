"""Bulk edits: one field of many rows, or the same new row for many persons. Each is previewed, then written as one
operation. A preview runs the real statements and rolls them back."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from db.base.errors import FieldError, InvalidError, PaletteError, StaleError
from db.model import contract_rules
from db.model.dictionary import ACTION, CER, DIAGNOSTIC, INTERVENTION, PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context, Reference, References
from db.rows import contracts, long_writes, records, rehearsals, titles, transactions
from db.rows.records import Edit
from db.rows.rule_errors import refusals
from db.storage import ddl

MOST = 5_000
"""Most rows in one bulk edit."""


# ---- one field of many rows


@dataclass(frozen=True)
class BulkChange:
    """The preview of a change of one field.

    ``versions``: the rows that would change, as they were read. ``groups``: their present values as text with counts,
    most first. ``same``: how many already have the new value. ``refused``: row -> reason.
    """

    table: str
    field: str
    value: Any
    new_text: str
    versions: Mapping[int, int]
    groups: tuple[tuple[str, int], ...]
    same: int
    refused: Mapping[int, str]


def preview(db: Office, table: OfficeTable, ids: Sequence[int], name: str, value: Any, who: str) -> BulkChange:
    """Return what writing ``value`` over a field of these rows would do. Raises FieldError when no row may hold the
    value, BusyError."""
    context, field = titles.context(db), table.field(name)
    value = None if value in ("", ()) else field.type.check(value, context)
    if value is None and field.required:
        raise FieldError("ce champ est obligatoire")
    stored = field.type.to_sql(value)
    sql = f"""SELECT id, version, {name} FROM "{table.name}"
      WHERE deleted_at IS NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id"""
    rows = db.execute(sql, (json.dumps(list(ids)),)).fetchall()
    other = {row_id: (version, old) for row_id, version, old in rows if old != stored}
    refused = _refused(db, table, list(other), {name: value}, who) if _may_refuse(table, name) else {}
    groups = Counter(old for row_id, (_, old) in other.items() if row_id not in refused)
    texts = {old: field.type.show(field.type.from_sql(old), context) for old in groups}
    return BulkChange(
        table.name,
        name,
        value,
        field.type.show(value, context),
        {row_id: version for row_id, (version, _) in other.items() if row_id not in refused},
        tuple((texts[old], number) for old, number in groups.most_common()),
        len(rows) - len(other),
        refused,
    )


def _may_refuse(table: OfficeTable, name: str) -> bool:
    """Return whether a rule watches that field; a checked value is never missing or unknown."""
    checked = {f"{name}_required", f"{name}_known"}
    watches = any(
        rule.name not in checked and (not rule.watches or name in rule.watches) for rule in ddl.rules_of(table)
    )
    return watches or isinstance(table.field(name).type, Reference | References)


def _refused(db: Office, table: OfficeTable, ids: list[int], values: Mapping[str, Any], who: str) -> dict[int, str]:
    refused = {}
    for batch in rehearsals.batches(ids, lambda row_id: records.person_of(db, table, row_id) or row_id):
        with transactions.rehearsing(db):
            for row_id in batch:
                try:
                    with refusals(db, table, {**records.stored(db, table, row_id).values, **values}, row_id, None):
                        records.write(db, table, row_id, values, who)
                except PaletteError as error:
                    refused[row_id] = _reason(error)
    return refused


def _reason(error: PaletteError) -> str:
    return str(error.problems[0]) if isinstance(error, InvalidError) else str(error)


def change(db: Office, table: OfficeTable, previewed: BulkChange, who: str) -> int:
    """Write a previewed change in one operation, and return how many rows changed.

    Raises ConflictError when a colleague changed the field of one of the rows since the preview, NotFoundError when one
    was deleted, RuleError, BusyError.
    """
    edits = [Edit({previewed.field: previewed.value}, *row) for row in previewed.versions.items()]
    with long_writes.in_slices(db, len(edits)) as write:
        saves = records.save_each(db, table, edits, who, titles.context(db))
        return sum(1 for _ in zip(write.each(edits), saves, strict=True))


def delete(db: Office, table: OfficeTable, versions: Mapping[int, int], who: str) -> None:
    """Delete rows in one operation, as ``records.delete``."""
    with long_writes.in_slices(db, len(versions)) as write:
        for row in write.each(versions.items()):
            records.delete_within(db, table, *row, who)


# ---- the same new row for many persons


@dataclass(frozen=True)
class DraftLine:
    """The new row of one person, from the selected row ``source``. ``basis``: what it builds on; ``refused``: the
    reason, or ''."""

    source: int
    person: int
    values: Mapping[str, Any]
    basis: str = ""
    refused: str = ""


@dataclass(frozen=True)
class Draft:
    """New rows of one table, one for each selected row. ``common``: the values they share."""

    table: OfficeTable
    sources: OfficeTable
    common: Mapping[str, Any]
    day: str
    lines: tuple[DraftLine, ...]

    @property
    def accepted(self) -> list[DraftLine]:
        """The lines that can be created."""
        return [line for line in self.lines if not line.refused]


KINDS = {"intervention": INTERVENTION, "action": ACTION, "cer": CER}
"""The tables of which rows can be created for several persons; contracts are renewed."""
MONTHS = "months"
"""Name of the number of months before the next update, asked for contracts."""


def draft(
    db: Office,
    table: OfficeTable,
    sources: OfficeTable,
    ids: Sequence[int],
    common: Mapping[str, Any],
    who: str,
    day: str,
) -> Draft:
    """Return what would be created for these persons, or for the persons of these contracts.

    ``common``: stored values of the new rows, and ``months`` for a contract. ``day``: an ISO date, today or the day of
    signing. Raises BusyError.
    """
    lines = list(_lines(db, table, sources, ids, common, day))
    context = titles.context(db)
    for batch in rehearsals.batches(range(len(lines)), lambda number: lines[number].person):
        with transactions.rehearsing(db):
            for number in batch:
                line = lines[number]
                if not line.refused:
                    try:
                        records.save_within(db, table, [Edit(line.values)], who, context)
                    except PaletteError as error:
                        lines[number] = replace(line, refused=_reason(error))
    return Draft(table, sources, common, day, tuple(lines))


def create(db: Office, drafted: Draft, who: str) -> int:
    """Create the accepted lines in one operation, and return how many. Raises StaleError when the file has changed so
    that a line would differ, RuleError, BusyError."""
    lines = drafted.accepted
    with long_writes.in_slices(db, len(lines)) as write:
        _refuse_moved(db, drafted, lines)
        edits = [Edit(line.values) for line in lines]
        saves = records.save_each(db, drafted.table, edits, who, titles.context(db))
        for number, line in enumerate(write.each(lines)):
            if write.changed_by_others():
                _refuse_moved(db, drafted, lines[number:])
            saved = next(saves)
            if before := line.values.get("replaces_id"):
                contracts.carry_over_actions(db, before, saved.row_id, who)
    return len(lines)


def _refuse_moved(db: Office, drafted: Draft, lines: Sequence[DraftLine]) -> None:
    sources = [line.source for line in lines]
    redrawn = _lines(db, drafted.table, drafted.sources, sources, drafted.common, drafted.day)
    now = {line.source: (line.person, line.values) for line in redrawn if not line.refused}
    moved = [line for line in lines if now.get(line.source) != (line.person, line.values)]
    if moved:
        context = titles.context(db)
        names = ", ".join(context.title(PERSON.name, line.person) for line in moved[:3])
        raise StaleError(f"Le fichier a changé depuis l’aperçu ({names}) : rien n’a été créé, relisez l’aperçu.")


def _lines(
    db: Office, table: OfficeTable, sources: OfficeTable, ids: Sequence[int], common: Mapping[str, Any], day: str
) -> Iterator[DraftLine]:
    """Yield a line for each selected row; a person selected through two contracts gets one, except for renewals and
    plans."""
    context = titles.context(db)
    seen: set[int] = set()
    for source in ids:
        person = source if sources.name == PERSON.name else records.person_of(db, sources, source) or 0
        if table.name == INTERVENTION.name:
            if person not in seen:
                yield DraftLine(source, person, {"person_id": person, **common})
            seen.add(person)
        elif table.name == ACTION.name:
            yield _action(db, sources, source, person, common, day, context)
        else:
            yield _renewal(db, sources, source, person, common, day, context)


def _action(
    db: Office, sources: OfficeTable, source: int, person: int, common: Mapping[str, Any], day: str, context: Context
) -> DraftLine:
    contract = source if sources.name == CER.name else _running(db, person, day)
    plan = ("cer_id", CER.name, contract)
    if contract is None:
        plan = ("diagnostic_id", DIAGNOSTIC.name, _last_diagnostic(db, person))
    name, target, row_id = plan
    if row_id is None:
        return DraftLine(source, person, {}, "", "ni contrat en cours ni diagnostic : aucun plan où mettre l’action")
    return DraftLine(source, person, {"person_id": person, name: row_id, **common}, context.title(target, row_id))


def _renewal(
    db: Office, sources: OfficeTable, source: int, person: int, common: Mapping[str, Any], day: str, context: Context
) -> DraftLine:
    contract = source if sources.name == CER.name else _running(db, person, day)
    title = context.title(CER.name, contract) if contract else "sans contrat en cours"
    prepared = db.execute(
        "SELECT id FROM cer WHERE person_id = ? AND deleted_at IS NULL AND (replaces_id = ? OR signed_on IS NULL)",
        (person, contract),
    ).fetchone()
    if prepared:
        return DraftLine(source, person, {}, title, f"déjà préparé : {context.title(CER.name, prepared[0])}")
    values: dict[str, Any] = {"person_id": person, "kind": "engagement", "rank": "first", "starts_on": day}
    if contract:
        values = contract_rules.next_contract(db, contract, day)
    own = {name: value for name, value in common.items() if name != MONTHS and value is not None}
    update = months_later(values["starts_on"], int(common[MONTHS]))
    start, until = (CER.field("starts_on").type.show(one, context) for one in (values["starts_on"], update))
    basis = f"{title} → à partir du {start}, à actualiser le {until}"
    return DraftLine(source, person, {**values, "next_update_on": update, **own}, basis)


def _running(db: Office, person: int, day: str) -> int | None:
    """Return the contract in force that ends last."""
    running = contract_rules.contract_in_force("c", ":day")
    sql = (
        f"SELECT c.id FROM cer c WHERE c.person_id = :person AND {running}"
        " ORDER BY coalesce(c.ends_on, '9999') DESC, c.id DESC LIMIT 1"
    )
    row = db.execute(sql, {"person": person, "day": day}).fetchone()
    return row[0] if row else None


def _last_diagnostic(db: Office, person: int) -> int | None:
    sql = (
        "SELECT id FROM diagnostic WHERE person_id = ? AND deleted_at IS NULL ORDER BY started_on DESC, id DESC LIMIT 1"
    )
    row = db.execute(sql, (person,)).fetchone()
    return row[0] if row else None


def months_later(start: str, months: int) -> str:
    """Return the last day of a period of that many months: from 15/01, six months end on 14/07."""
    year, month, day = map(int, start.split("-"))
    years, index = divmod(month - 1 + months, 12)
    following = date(year + years + (index == 11), (index + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    if day > last:  # no such day: the month's last one ends it
        return date(year + years, index + 1, last).isoformat()
    return (date(year + years, index + 1, day) - timedelta(days=1)).isoformat()
