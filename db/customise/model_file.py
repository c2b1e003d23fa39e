"""What an office has shaped (fields, lists, limits) as one file, for another office's Palette. No person is in it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from db.base.errors import InvalidError, PaletteError, Problem
from db.customise import edit
from db.model import effective_dictionary
from db.model.dictionary import OWN_FIELD, OWN_VALUE, SETTING, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records, transactions
from db.storage import upgrade

FORMAT = 1
"""Grows when a later Palette writes what an earlier one could not read."""
_NOT_ONE = "ce fichier n’est pas un modèle de Palette"
_MOST = 5_000
_KEYS = {OWN_FIELD.name: ("of_table", "name"), OWN_VALUE.name: ("of_list", "code")}
_STAYS = ("privacy", "published")
"""Whether a field is published, each office says for itself: no model takes it along, nor changes it."""


class _NotReallyError(Exception):
    """Ends a trial: everything is rolled back."""


def export(db: Office) -> bytes:
    """Every field, value and limit of the office's own as JSON (UTF-8)."""
    limits = records.stored(db, db.tables["setting"], 1).values
    tables = (db.tables[table.name] for table in (OWN_FIELD, OWN_VALUE))
    parts = {table.name: [_told(table, row) for row in _rows(db, table)] for table in tables}
    content = {"palette": FORMAT, **parts, "setting": limits}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _rows(db: Office, table: OfficeTable) -> list[records.Row]:
    ids = [row[0] for row in db.execute(f"SELECT id FROM {table.name} WHERE deleted_at IS NULL ORDER BY id")]
    return [records.stored(db, table, row_id) for row_id in ids]


def _told(table: OfficeTable, row: records.Row) -> dict[str, Any]:
    names = [item.name for item in table.fields if item.name not in _STAYS]
    return {name: row.values[name] for name in names if row.values[name] is not None}


def bring_in(db: Office, content: bytes, who: str, really: bool) -> list[str]:
    """Take over what another office has shaped; returns what changes, as sentences. One save, or none at all.

    What is here and not there stays. ``really`` False: nothing is kept. Raises InvalidError, which names every problem.
    """
    wanted = _read(content)
    told: list[str] = []
    try:
        with transactions.writing(db):
            problems = [problem for problem in _take(db, wanted, who, told) if problem]
            if problems:
                raise InvalidError(problems)
            if not really:
                raise _NotReallyError
    except _NotReallyError:
        pass
    return told


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidError([Problem(_NOT_ONE)]) from error
    if not isinstance(found, dict) or not isinstance(found.get("palette"), int):
        raise InvalidError([Problem(_NOT_ONE)])
    if found["palette"] > FORMAT:
        raise InvalidError([Problem("ce modèle vient d’une version plus récente de Palette : mettez Palette à jour")])
    if not isinstance(found.setdefault("setting", {}), dict):
        raise InvalidError([Problem(_NOT_ONE)])
    for name in _KEYS:
        rows = found.setdefault(name, [])
        if not isinstance(rows, list) or len(rows) > _MOST or not all(isinstance(row, dict) for row in rows):
            raise InvalidError([Problem(_NOT_ONE)])
    return found


def _take(db: Office, wanted: Mapping[str, Any], who: str, told: list[str]) -> Iterator[Problem | None]:
    """Values first: a field's list is made from them. What is wrong with each, or None."""
    for table in (OWN_VALUE, OWN_FIELD):
        for row in wanted[table.name]:
            try:
                told += _take_row(db, db.tables[table.name], row, who)
            except PaletteError as error:
                yield Problem(str(error), f"{table.label} « {str(row.get('label', ''))[:60]} »")
    limits = {
        item.name: wanted["setting"][item.name] for item in SETTING.fields if item.name in wanted.get("setting", {})
    }
    here = records.stored(db, db.tables["setting"], 1).values
    for name, value in limits.items():
        if value != here[name]:
            item, known = SETTING.field(name), records.context(db)
            try:
                records.change(db, db.tables["setting"], 1, {name: value}, who)
            except PaletteError as error:
                yield Problem(str(error))
                continue
            kept = records.stored(db, db.tables["setting"], 1).values[name]
            told.append(
                f"Réglage « {item.label} » : {item.type.show(here[name], known)} → {item.type.show(kept, known)}"
            )
    yield None


def _take_row(db: Office, table: OfficeTable, row: Mapping[str, Any], who: str) -> Iterator[str]:
    values = {item.name: row.get(item.name, item.default) for item in table.fields if item.name not in _STAYS}
    first, second = _KEYS[table.name]
    sql = f"SELECT id FROM {table.name} WHERE {first} = ? AND {second} = ? AND deleted_at IS NULL"
    found = db.execute(sql, (str(values[first]), str(values[second]))).fetchone()
    name = f"{_where(db, table, values)} « {values['label']} »"
    if table.name == OWN_FIELD.name:
        _refuse_label(db, values)
    if found is None and table.name == OWN_VALUE.name:
        found = _as_it_is(db, values, who)
    if found is None:
        records.add(db, table, values, who)
        upgrade.renew(db)  # the next ones are checked against the list that this one brings
        yield f"{name} : ajouté" + "e" * table.feminine
        return
    here = records.stored(db, table, found[0]).values
    changed = {key: value for key, value in values.items() if here[key] != value}
    if changed:
        records.change(db, table, found[0], changed, who)
        labels = ", ".join(table.field(key).label.lower() for key in changed)
        yield f"{name} : change ({labels})"


def _as_it_is(db: Office, values: Mapping[str, Any], who: str) -> tuple[int] | None:
    """The row of a value that the list has here, as it has it, so that taking the change back leaves it so."""
    named = {one.name: one for one in db.lists}
    here = named.get(str(values["of_list"]))
    if here is None or values["code"] not in records.context(db).labels[here.name]:
        return None
    return (edit.value_row(db, here, str(values["code"]), who),)


def _where(db: Office, table: OfficeTable, values: Mapping[str, Any]) -> str:
    if table.name == OWN_FIELD.name:
        of = TABLES.get(str(values["of_table"]))
        return f"{of.plural if of else '?'}, champ"
    named = {one.name: one.label for one in db.lists}
    return f"Liste « {named.get(str(values['of_list']), values['of_list'])} », valeur"


def _refuse_label(db: Office, values: Mapping[str, Any]) -> None:
    table = TABLES.get(str(values["of_table"]))
    if table is None:
        raise InvalidError([Problem("cette table n’existe pas", "OfficeTable")])
    if values["kind"] is None and values["name"] not in {item.name for item in table.columns}:
        raise InvalidError([Problem("cette version de Palette n’a pas ce champ")])
    if values["kind"] in effective_dictionary.COMPUTED and str(values["source"]) not in effective_dictionary.sources(
        table, values["kind"]
    ):
        raise InvalidError([Problem("ce dont il découle n’existe pas ici", "Calculé d’après")])
    edit.checked_label(db, db.tables[table.name], str(values["label"] or ""), but=str(values["name"]))
