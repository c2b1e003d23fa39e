"""What matters of one person at a glance: how to reach her, contract, obstacles, open actions, meetings."""

from dataclasses import dataclass
from typing import Any

from db.model import contract_rules
from db.model.dictionary import ACTION, APPOINTMENT, CER, DIAGNOSTIC, INTERVENTION, PERSON
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.records import Row

_PLANNED = ("planned_on", "starts_at", "way", "purpose")
_OPEN = ("todo", "doing")


@dataclass(frozen=True)
class Overview:
    """The rows that matter of one person. ``contract``: that in force, or the draft of one; ``actions``: those that are
    open, the earliest due first; ``meetings``: the latest first; ``next``: the next appointment."""

    person: Row
    contract: Row | None
    diagnostic: Row | None
    actions: list[Row]
    meetings: list[Row]
    next: Row | None


def of_person(db: Office, person_id: int, today: str) -> Overview:
    """Return them. ``today``: ISO. Raises NotFoundError for an unknown person."""
    person = records.get(db, db.tables[PERSON.name], person_id)
    actions = [row for row in records.of_person(db, db.tables[ACTION.name], person_id) if row.values["state"] in _OPEN]
    actions.sort(key=lambda row: row.values["due_on"] or "9999")
    diagnostics = records.of_person(db, db.tables[DIAGNOSTIC.name], person_id)
    return Overview(
        person,
        _contract(db, person_id, today),
        diagnostics[0] if diagnostics else None,
        actions,
        records.of_person(db, db.tables[INTERVENTION.name], person_id),
        _next(db, person_id, today),
    )


def _contract(db: Office, person_id: int, today: str) -> Row | None:
    """Return the contract in force; without one, the latest that has not ended, such as a draft."""
    sql = f"""SELECT t.id FROM cer t WHERE t.person_id = :person AND t.deleted_at IS NULL
      AND NOT (t.signed_on IS NOT NULL AND {contract_rules.contract_over("t", ":today")})
      ORDER BY {contract_rules.contract_in_force("t", ":today")} DESC, t.starts_on DESC, t.id DESC LIMIT 1"""
    found = db.execute(sql, {"person": person_id, "today": today}).fetchone()
    return records.rows(db, db.tables[CER.name], [found[0]], today)[0] if found else None


def _next(db: Office, person_id: int, today: str) -> Row | None:
    coming = [
        row
        for row in records.of_person(db, db.tables[APPOINTMENT.name], person_id)
        if row.values["planned_on"] >= today and row.values["state"] in ("planned", "confirmed")
    ]
    return min(coming, key=lambda row: (row.values["planned_on"], row.values["starts_at"]), default=None)


def facts(db: Office, found: Overview, context: Context) -> list[tuple[str, list[str]]]:
    """Return what is short, as titles with their lines of text, without those of which nothing is known."""
    groups = [
        ("Contact", _shown(db, PERSON.name, found.person, ("phone", "email", "address"), context) + _place(found)),
        ("Prochain rendez-vous", _shown(db, APPOINTMENT.name, found.next, _PLANNED, context)),
        ("Freins", _shown(db, DIAGNOSTIC.name, found.diagnostic, ("obstacles",), context)),
        ("Contrat", _contract_lines(db, found, context)),
        ("Projet", _shown(db, CER.name, found.contract, ("project",), context)),
        ("Objectifs du contrat", _shown(db, CER.name, found.contract, ("objectives",), context)),
        ("Aide restante", _shown(db, PERSON.name, found.person, ("aid_left",), context)),
    ]
    return [(title, lines) for title, lines in groups if lines]


def _shown(db: Office, table: str, row: Row | None, names: tuple[str, ...], context: Context) -> list[str]:
    if row is None:
        return []
    texts = [db.tables[table].column(name).type.show(row.values[name], context) for name in names]
    return [line for text in texts for line in text.split("\n") if line]


def _place(found: Overview) -> list[str]:
    place = " ".join(filter(None, (found.person.values["postcode"], found.person.values["town"])))
    return [place] if place else []


def _contract_lines(db: Office, found: Overview, context: Context) -> list[str]:
    if found.contract is None:
        return []
    table, values = db.tables[CER.name], found.contract.values

    def shown(name: str) -> Any:
        return table.column(name).type.show(values[name], context)

    lines = [f"{shown('kind')} · {shown('validity')}", f"Du {shown('starts_on')}"]
    lines[1] += f" au {shown('ends_on')}" if values["ends_on"] else ""
    lines += [f"Prochaine actualisation : {shown('next_update_on')}"] if values["next_update_on"] else []
    return lines
